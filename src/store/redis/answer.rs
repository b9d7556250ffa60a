//! What a Redis answers, read off its connection (RESP2: the "Redis serialization protocol specification"). Reads much at
//! a time and copies each value once, which is what the time of a listing hangs on. Bounded in depth, in number and in
//! size; bytes of any other form make the connection useless, and nothing else.

use std::io::{self, Read};
use std::ops::Range;

use crate::secret::SecretBytes;

/// So many bytes are read at a time: a value of a usual size fits, and it stays in the processor's own memory.
const ROOM: usize = 128 << 10;
/// The largest value that is taken: one byte more than a cache may have, so that a longer one shows.
const LONGEST: usize = (64 << 20) + 1;
/// More parts than any answer has: a page of keys, the nodes of a cluster.
const MOST: usize = 1 << 20;
/// Deeper than any answer is.
const DEPTH: usize = 8;

/// One answer.
#[derive(PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Okay,
    /// A word of the server.
    Word(String),
    /// It was not done.
    Refused(Refusal),
    /// A number.
    Number(i64),
    /// What lies somewhere; wiped when it goes.
    Bytes(SecretBytes),
    /// Several answers.
    Many(Vec<Answer>),
    /// There is nothing.
    Nothing,
}

/// Why the server did not do something.
#[derive(PartialEq, Eq)]
pub struct Refusal {
    /// The first word: `WRONGTYPE`.
    pub code: String,
    /// The others.
    pub details: String,
}

/// The answers that come over `stream`, one after the other.
pub struct Answers<R> {
    stream: R,
    room: SecretBytes,
    /// What of the room was read and not yet taken.
    ready: Range<usize>,
}

impl<R: Read> Answers<R> {
    /// Those that come over `stream`.
    pub fn over(stream: R) -> Self {
        let mut room = SecretBytes::default();
        room.resize(ROOM, 0);
        Self { stream, room, ready: 0..0 }
    }

    /// The stream, to write to.
    pub(super) fn stream(&mut self) -> &mut R {
        &mut self.stream
    }

    /// The next answer; a refusal is one too.
    ///
    /// # Errors
    /// Those of the stream, its end, and of kind `InvalidData` what no Redis answers.
    pub fn read(&mut self) -> io::Result<Answer> {
        self.part(DEPTH)
    }

    fn part(&mut self, depth: usize) -> io::Result<Answer> {
        let line = self.line()?;
        let line = self.room.reveal().get(line).unwrap_or_default();
        let (kind, rest) = line.split_first().ok_or_else(odd)?;
        match kind {
            b'+' if rest == b"OK" => Ok(Answer::Okay),
            b'+' => Ok(Answer::Word(String::from_utf8_lossy(rest).into_owned())),
            b'-' => Ok(Answer::Refused(Refusal::read(rest))),
            b':' => number(rest).map(Answer::Number),
            b'$' => match length(rest, LONGEST)? {
                Some(length) => self.bytes(length).map(Answer::Bytes),
                None => Ok(Answer::Nothing),
            },
            b'*' => match length(rest, MOST)? {
                Some(length) => self.many(length, depth),
                None => Ok(Answer::Nothing),
            },
            _ => Err(odd()),
        }
    }

    /// The next line without its end, as a part of the room.
    fn line(&mut self) -> io::Result<Range<usize>> {
        let mut looked = 0;
        loop {
            let ready = self.room.reveal().get(self.ready.clone()).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', ready.get(looked..).unwrap_or_default()) {
                let length = looked + at;
                let line = self.ready.start..self.ready.start + length.saturating_sub(1);
                self.ready.start += length + 1;
                let ends_well = self.room.reveal().get(line.end) == Some(&b'\r');
                return if ends_well { Ok(line) } else { Err(odd()) };
            }
            looked = ready.len();
            self.fill()?;
        }
    }

    fn bytes(&mut self, length: usize) -> io::Result<SecretBytes> {
        let whole = length + END.len();
        if whole > ROOM {
            return self.long(length);
        }
        while self.ready.len() < whole {
            self.fill()?;
        }
        let ready = self.room.reveal().get(self.ready.clone()).unwrap_or_default();
        let (bytes, behind) = ready.split_at_checked(length).ok_or_else(odd)?;
        if !behind.starts_with(END) {
            return Err(odd());
        }
        let bytes = SecretBytes::new(bytes.to_vec());
        self.ready.start += whole;
        Ok(bytes)
    }

    /// A value that is longer than the room. Takes no more memory than has come, whatever length was told.
    fn long(&mut self, length: usize) -> io::Result<SecretBytes> {
        let (mut bytes, whole) = (SecretBytes::default(), length + END.len());
        while bytes.len() < whole {
            if self.ready.is_empty() {
                self.fill()?;
            }
            let part = self.ready.start..self.ready.end.min(self.ready.start + whole - bytes.len());
            self.ready.start = part.end;
            bytes.extend(self.room.reveal().get(part).unwrap_or_default());
        }
        let ends_well = bytes.reveal().ends_with(END);
        bytes.truncate(length);
        if ends_well { Ok(bytes) } else { Err(odd()) }
    }

    fn many(&mut self, length: usize, depth: usize) -> io::Result<Answer> {
        let deeper = depth.checked_sub(1).ok_or_else(odd)?;
        (0..length).map(|_| self.part(deeper)).collect::<io::Result<_>>().map(Answer::Many)
    }

    /// Reads on behind what is ready, which moves to the front first where nothing fits behind it.
    fn fill(&mut self) -> io::Result<()> {
        if self.ready.end == ROOM || self.ready.is_empty() {
            self.room.as_room().copy_within(self.ready.clone(), 0);
            self.ready = 0..self.ready.len();
        }
        let behind = self.room.as_room().get_mut(self.ready.end..).unwrap_or_default();
        if behind.is_empty() {
            return Err(odd());
        }
        let read = loop {
            match self.stream.read(behind) {
                // Whoever was stopped and goes on is told so.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.ready.end += read;
        Ok(())
    }
}

/// What a line and a value end with.
const END: &[u8] = b"\r\n";

impl Refusal {
    fn read(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line);
        let (code, details) = line.split_once(' ').unwrap_or((&line, ""));
        Self { code: code.to_owned(), details: details.to_owned() }
    }
}

/// A length of at most `most`; `None`: there is nothing.
fn length(line: &[u8], most: usize) -> io::Result<Option<usize>> {
    match number(line)? {
        -1 => Ok(None),
        length => usize::try_from(length).ok().filter(|length| *length <= most).map(Some).ok_or_else(odd),
    }
}

fn number(line: &[u8]) -> io::Result<i64> {
    std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()).ok_or_else(odd)
}

fn odd() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands over a few bytes at a time.
    struct Drops<'b>(&'b [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let few = self.1.min(room.len());
            self.0.read(&mut room[..few])
        }
    }

    /// The answers in `bytes` as words, and how they end.
    fn told(bytes: &[u8], few: usize) -> (String, io::ErrorKind) {
        let mut answers = Answers::over(Drops(bytes, few));
        let mut told = String::new();
        loop {
            match answers.read() {
                Ok(answer) => told += &format!("{} ", words(&answer)),
                Err(error) => return (told, error.kind()),
            }
        }
    }

    fn words(answer: &Answer) -> String {
        match answer {
            Answer::Okay => "ok".to_owned(),
            Answer::Word(word) => format!("+{word}"),
            Answer::Refused(Refusal { code, details }) => format!("-{code}:{details}"),
            Answer::Number(number) => number.to_string(),
            Answer::Bytes(bytes) => String::from_utf8_lossy(bytes.reveal()).into_owned(),
            Answer::Many(all) => format!("[{}]", all.iter().map(words).collect::<Vec<_>>().join(" ")),
            Answer::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn answers_read_the_same_in_however_small_pieces_they_come() {
        let sent = b"+OK\r\n+PONG\r\n-WRONGTYPE no such\r\n:-2\r\n$3\r\na\r\n\r\n$0\r\n\r\n$-1\r\n*-1\r\n*2\r\n$1\r\n0\r\n*1\r\n:7\r\n";

        for few in [1, 2, 3, 7, 4096] {
            let says = "ok +PONG -WRONGTYPE:no such -2 a\r\n  nothing nothing [0 [7]] ";
            assert_eq!(told(sent, few), (says.to_owned(), io::ErrorKind::UnexpectedEof), "{few}");
        }
    }

    #[test]
    fn values_longer_than_the_room_and_those_at_its_edge_are_whole() {
        for length in [ROOM - 3, ROOM - 2, ROOM - 1, ROOM, ROOM + 1, 3 * ROOM] {
            let value = "x".repeat(length);
            let mut answers =
                Answers::over(io::Cursor::new(format!("+a\r\n${length}\r\n{value}\r\n:1\r\n").into_bytes()));

            let read: Vec<String> = (0..3).filter_map(|_| answers.read().ok()).map(|answer| words(&answer)).collect();

            assert!(read == ["+a".to_owned(), value, "1".to_owned()], "{length}");
        }
    }

    #[test]
    fn what_no_redis_answers_is_refused_and_takes_no_memory() {
        let deep = "*1\r\n".repeat(100_000);
        let line = "x".repeat(ROOM + 1);
        let odd: [&[u8]; 11] = [
            b"HTTP/1.1 400 Bad Request\r\n",
            b"$-2\r\n",
            b"$67108866\r\n",
            b"$99999999999999999999\r\n",
            b"*1048577\r\n",
            b":seven\r\n",
            b"$1\r\nab\r\n",
            b"+OK\n",
            b"\r\n",
            deep.as_bytes(),
            line.as_bytes(),
        ];

        for bytes in odd {
            assert_eq!(told(bytes, usize::MAX), (String::new(), io::ErrorKind::InvalidData), "{:.20?}", bytes);
        }
        assert_eq!(told(b"$67108865\r\nab", usize::MAX).1, io::ErrorKind::UnexpectedEof);
    }
}
