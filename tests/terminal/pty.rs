//! The real binary in a pseudo terminal: keys in, the screen and every byte out.

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than a loaded machine needs, shorter than a tester's patience.
const PATIENCE: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(5);

/// A program in a terminal.
pub(crate) struct Pty {
    seen: Arc<Mutex<Seen>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    before: String,
}

struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

/// How a program is started.
pub(crate) struct Start<'a> {
    pub(crate) args: &'a [&'a str],
    pub(crate) home: &'a Path,
    pub(crate) env: &'a [(&'a str, &'a str)],
}

impl Pty {
    /// Starts the binary in a terminal of 80 by 24.
    pub(crate) fn start(start: &Start<'_>) -> Self {
        let (rows, cols) = (24, 80);
        let pair = native_pty_system().openpty(size(rows, cols)).expect("a pty");
        let before = termios(&*pair.master);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_saltcellar"));
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", start.home);
        command.cwd(start.home);
        start.env.iter().for_each(|(name, value)| command.env(name, value));
        command.args(start.args);
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        let seen = Arc::new(Mutex::new(Seen { parser: vt100::Parser::new(rows, cols, 0), bytes: Vec::new() }));
        watch(&*pair.master, Arc::clone(&seen));
        // The slave stays open in `pair` until here: the program has its own by now.
        drop(pair.slave);
        let keys = pair.master.take_writer().expect("the first writer");
        Self { seen, keys, child, master: pair.master, before }
    }

    pub(crate) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the terminal takes keys");
    }

    /// Waits until the screen shows `part`.
    pub(crate) fn wait_for(&self, part: &str) {
        self.wait(&format!("{part:?} to be shown"), |seen| seen.parser.screen().contents().contains(part));
    }

    /// Waits until the screen no longer shows `part`.
    pub(crate) fn wait_without(&self, part: &str) {
        self.wait(&format!("{part:?} to go"), |seen| !seen.parser.screen().contents().contains(part));
    }

    /// Waits until the alternate screen is left.
    pub(crate) fn wait_left(&self) {
        self.wait("the alternate screen to be left", |seen| !seen.parser.screen().alternate_screen());
    }

    /// Waits until `part` was sent.
    pub(crate) fn wait_for_bytes(&self, part: &str) {
        let part = part.as_bytes();
        self.wait(&format!("{part:?} to be sent"), |seen| seen.bytes.windows(part.len()).any(|sent| sent == part));
    }

    /// Waits until the cursor is shown in this row and column.
    pub(crate) fn wait_for_cursor(&self, place: (u16, u16)) {
        self.wait(&format!("the cursor at {place:?}"), |seen| {
            !seen.parser.screen().hide_cursor() && seen.parser.screen().cursor_position() == place
        });
    }

    /// Waits until no cursor is shown.
    pub(crate) fn wait_hidden(&self) {
        self.wait("the cursor to be hidden", |seen| seen.parser.screen().hide_cursor());
    }

    /// The letters of the screen.
    pub(crate) fn contents(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// The row in which the cursor stands.
    pub(crate) fn line_at_cursor(&self) -> String {
        let seen = self.seen();
        let screen = seen.parser.screen();
        let (row, _) = screen.cursor_position();
        screen.rows(0, 80).nth(usize::from(row)).unwrap_or_default()
    }

    /// Whether `part` stands on the screen in reverse.
    pub(crate) fn has_inverse(&self, part: &str) -> bool {
        let seen = self.seen();
        let screen = seen.parser.screen();
        let found = (0_u16..).zip(screen.rows(0, 80)).find_map(|(row, text)| {
            let before = text.get(..text.find(part)?)?;
            Some((row, u16::try_from(before.chars().count()).expect("a column")))
        });
        found.and_then(|(row, column)| screen.cell(row, column)).is_some_and(vt100::Cell::inverse)
    }

    fn wait(&self, what: &str, done: impl Fn(&Seen) -> bool) {
        let start = Instant::now();
        while !done(&self.seen()) {
            assert!(start.elapsed() < PATIENCE, "waited for {what} in\n{}", self.seen().parser.screen().contents());
            std::thread::sleep(STEP);
        }
    }

    pub(crate) fn resize(&mut self, rows: u16, cols: u16) {
        self.seen().parser.screen_mut().set_size(rows, cols);
        self.master.resize(size(rows, cols)).expect("the pty resizes");
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = self.child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("it runs");
        let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
        rustix::process::kill_process(pid, signal).expect("it takes signals");
    }

    /// Waits for the end, and returns the exit code and all bytes that were ever sent.
    pub(crate) fn end(mut self) -> (u32, Vec<u8>) {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => break status,
                None => std::thread::sleep(STEP),
            }
            assert!(start.elapsed() < PATIENCE, "it does not end\n{}", self.seen().parser.screen().contents());
        };
        self.wait("the end of its output", |seen| {
            seen.bytes.ends_with(b"\x1b[?1049l") || !seen.parser.screen().alternate_screen()
        });
        assert_eq!(termios(&*self.master), self.before, "the terminal's settings come back");
        assert!(!self.seen().parser.screen().hide_cursor(), "the cursor comes back");
        let bytes = self.seen().bytes.clone();
        (status.exit_code(), bytes)
    }

    /// All bytes so far, once the terminal is as it was before the start.
    pub(crate) fn given_back(&self) -> Vec<u8> {
        self.wait_left();
        let start = Instant::now();
        while termios(&*self.master) != self.before {
            assert!(start.elapsed() < PATIENCE, "the terminal's settings do not come back");
            std::thread::sleep(STEP);
        }
        self.seen().bytes.clone()
    }

    /// Waits until the program is stopped, and no longer about to be: a wake-up before that would be lost.
    pub(crate) fn wait_stopped(&self) {
        let stat = format!("/proc/{}/stat", self.child.process_id().expect("it runs"));
        let is_stopped = || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T "));
        let start = Instant::now();
        while !is_stopped() {
            assert!(start.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(STEP);
        }
    }

    /// How long it takes until the screen shows `part`.
    pub(crate) fn time_for(&self, part: &str) -> Duration {
        let start = Instant::now();
        self.wait_for(part);
        start.elapsed()
    }

    /// How many bytes came so far.
    pub(crate) fn count(&self) -> usize {
        self.seen().bytes.len()
    }

    /// How many ticks of processor time it has taken.
    pub(crate) fn ticks(&self) -> u64 {
        let stat = format!("/proc/{}/stat", self.child.process_id().expect("it runs"));
        let stat = std::fs::read_to_string(stat).expect("it runs");
        let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
        // Of user and system: fields 14 and 15, the third being the first behind the name.
        fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A test that failed leaves its program running: nobody else ends it.
        _ = self.child.kill();
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn termios(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

fn watch(master: &dyn MasterPty, seen: Arc<Mutex<Seen>>) {
    let mut reader = master.try_clone_reader().expect("a reader");
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let bytes = buffer.get(..count).unwrap_or_default();
            seen.parser.process(bytes);
            seen.bytes.extend_from_slice(bytes);
        }
    });
}
