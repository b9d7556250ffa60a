//! Standard input, output and error, the terminal's question, and the environment: the only file of this face
//! that touches them. A pipe that nobody reads any more is no error; a full disk is.

use std::fs::File;
use std::io::{self, BufRead as _, BufWriter, IsTerminal as _, Read, Write};
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::args::ColorChoice;
use super::failure::{Failure, Kind};
use super::paint::Paint;
use crate::config::Origin;
use crate::present::Line;
use crate::secret::{SecretBytes, SecretText};
use crate::source::settings_file;
use crate::system;

/// The largest text taken from standard input: as much as a file store reads is far above every real cache.
const MAX_INPUT: usize = 1 << 30;

/// The streams of one run. Data goes to standard output, talk to standard error.
pub(super) struct Io {
    out: Out,
    out_paint: Paint,
    err_paint: Paint,
}

impl Io {
    /// The process's own streams.
    pub(super) fn new(choice: ColorChoice) -> Self {
        let out = Out { to: BufWriter::with_capacity(1 << 16, io::stdout()), fault: None };
        let out_paint = paint(choice, io::stdout().is_terminal());
        let err_paint = paint(choice, io::stderr().is_terminal());
        Self { out, out_paint, err_paint }
    }

    /// Writes a line of data.
    pub(super) fn say(&mut self, line: &Line) {
        // A fault is kept in `Out` and told by `finish`.
        for part in self.out_paint.parts(line).filter(|part| !part.is_empty()).chain(["\n"]) {
            _ = self.out.write_all(part.as_bytes());
        }
    }

    /// Writes lines of data.
    pub(super) fn say_all(&mut self, lines: &[Line]) {
        lines.iter().for_each(|line| self.say(line));
    }

    /// Standard output, for JSON and texts that are printed as they are.
    pub(super) fn data(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Writes a line of talk at once.
    pub(super) fn talk(&self, line: &Line) {
        self.talk_text(&self.err_paint.line(line));
    }

    /// Writes lines of talk at once.
    pub(super) fn talk_all(&self, lines: &[Line]) {
        let text: String = lines.iter().map(|line| self.err_paint.line(line)).collect();
        self.talk_text(&text);
    }

    fn talk_text(&self, text: &str) {
        self.talk_bytes(text.as_bytes());
    }

    /// Writes a text that is safe already to standard error at once.
    pub(super) fn talk_bytes(&self, bytes: &[u8]) {
        // Nobody is left to tell when standard error fails.
        _ = io::stderr().write_all(bytes);
    }

    /// Says how far something is, over what was said so the last time; `None` takes it away. Only on a terminal.
    pub(super) fn progress(&self, says: Option<&str>) {
        if io::stderr().is_terminal() {
            let line = says.map(|says| Line::plain(&format!("  {says}")).text()).unwrap_or_default();
            self.talk_text(&format!("\r{line:<40}\r"));
        }
    }

    /// Sends what was said so far; whether somebody still takes it.
    pub(super) fn send(&mut self) -> bool {
        self.out.flush().is_ok()
    }

    /// Sends the rest of standard output.
    ///
    /// # Errors
    /// It could not be written, except that its reader has gone: that is how `head` ends a pipe.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        _ = self.out.flush();
        match self.out.fault.take() {
            Some(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Kind::Stream, format!("cannot write to standard output: {fault}")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether data goes to a person's terminal.
    pub(super) fn shows_to_person(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a question reaches somebody who has seen what it is about.
    pub(super) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks at the terminal and returns the answer without its white space; `None` without a terminal.
    pub(super) fn ask(&mut self, question: &Line) -> Option<String> {
        if !self.can_ask() {
            return None;
        }
        _ = self.out.flush();
        self.talk_text(&self.err_paint.words(question));
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned())
    }

    /// Writes to the controlling terminal itself: a sequence that must not land in a file or pipe.
    ///
    /// # Errors
    /// There is no terminal.
    pub(super) fn write_to_terminal(&self, bytes: &[u8]) -> io::Result<()> {
        std::fs::OpenOptions::new().write(true).open("/dev/tty")?.write_all(bytes)
    }
}

/// Standard output, which remembers what went wrong and then takes nothing more.
struct Out {
    to: BufWriter<io::Stdout>,
    fault: Option<io::Error>,
}

impl Out {
    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            self.fault = Some(error);
            kind.into()
        })
    }

    fn refuse_after_fault(&self) -> io::Result<()> {
        self.fault.as_ref().map_or(Ok(()), |fault| Err(fault.kind().into()))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.refuse_after_fault()?;
        let result = self.to.write(bytes);
        self.keep(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.refuse_after_fault()?;
        let result = self.to.flush();
        self.keep(result)
    }
}

/// `NO_COLOR` (no-color.org), `CLICOLOR` and `CLICOLOR_FORCE` (bixense.com/clicolors), `TERM=dumb`.
fn paint(choice: ColorChoice, is_terminal: bool) -> Paint {
    let is_on = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if variable("NO_COLOR").is_some() => false,
        ColorChoice::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => {
            let is_off = variable("CLICOLOR").is_some_and(|value| value == "0");
            is_terminal && !is_off && variable("TERM").is_none_or(|term| term != "dumb")
        }
    };
    if is_on { Paint::Colours } else { Paint::Plain }
}

/// Says something beside the streams of a run: whoever has it to say is deep inside a place.
pub(super) fn warn(says: &Line) {
    _ = io::stderr().write_all(format!("{}\n", says.text()).as_bytes());
}

/// Asks at the terminal for what it shall not show. Beside the streams of a run: whoever asks is deep inside a place.
pub(super) fn ask_unechoed(question: &str) -> Option<SecretText> {
    let mut error = io::stderr();
    let typed = system::read_unechoed(|| io::stderr().write_all(question.as_bytes()));
    // The end of the line was not shown either.
    _ = error.write_all(b"\n");
    typed.ok().flatten().map(|typed| SecretText::new(typed.as_str().to_owned()))
}

/// An environment variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// The user's own folder.
pub(super) fn home() -> Option<PathBuf> {
    variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)
}

/// Far more than settings are.
const SETTINGS_BYTES: u64 = 1 << 20;

/// The file of the settings that `flag` names, else the environment, else the usual place; who says so, and what
/// stands in it. `None` where there is no place for one.
#[must_use]
pub fn settings_text(flag: Option<PathBuf>) -> Option<(PathBuf, Origin, io::Result<String>)> {
    let variable = || std::env::var_os("SALTCELLAR_CONFIG").filter(|path| !path.is_empty());
    let (path, origin) = match (flag, variable()) {
        (Some(path), _) => (path, Origin::Flag),
        (None, Some(path)) => (PathBuf::from(path), Origin::Environment),
        (None, None) => (settings_file()?, Origin::Usual),
    };
    let text = File::open(&path).and_then(settings_in);
    Some((path, origin, text))
}

/// What stands in `file`; of a longer one nothing, for what is cut off may matter most.
fn settings_in(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(SETTINGS_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > SETTINGS_BYTES {
        return Err(io::Error::other("it is longer than a megabyte"));
    }
    Ok(text)
}

/// The arguments of this run, for completion.
pub(super) fn words_typed() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::args_os()
}

/// Everything on standard input.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn read_input() -> Result<SecretBytes, Failure> {
    read_stream(&mut io::stdin().lock(), "standard input")
}

/// Everything that `stream` yields, without leaving copies behind in memory.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn read_stream(stream: &mut dyn Read, name: &str) -> Result<SecretBytes, Failure> {
    let mut bytes = SecretBytes::default();
    let mut chunk = Zeroizing::new([0u8; 1 << 13]);
    loop {
        let read = match stream.read(chunk.as_mut_slice()) {
            Ok(0) => return Ok(bytes),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::new(Kind::Stream, format!("cannot read {name}: {error}"))),
        };
        if bytes.len() + read > MAX_INPUT {
            return Err(Failure::new(Kind::Stream, format!("{name} is larger than 1 GiB")));
        }
        bytes.extend(chunk.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |length: usize| {
            let path = folder.path().join("config.toml");
            std::fs::write(&path, " ".repeat(length)).expect("written");
            File::open(path).and_then(settings_in).map(|text| text.len()).ok()
        };
        let most = usize::try_from(SETTINGS_BYTES).expect("it fits");

        assert_eq!([read(0), read(most), read(most + 1)], [Some(0), Some(most), None]);
    }

    #[test]
    fn a_stream_is_read_whole() {
        let text = "x".repeat(300_000);

        let read = read_stream(&mut text.as_bytes(), "a test").expect("memory can be read");

        assert_eq!(read.hash(), crate::secret::Hash::of(text.as_bytes()));
    }
}
