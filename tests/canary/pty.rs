//! The terminal UI in a pseudo terminal: keys in, raw bytes out, what a terminal would show, and the terminal's own
//! modes. Kills what it started, whatever happens.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::home::{BINARY, Home};

/// More than any screen takes to come on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long nothing comes before a screen counts as drawn; details come a moment after what they tell of.
const QUIET: Duration = saltcellar::tui::rest::REST.saturating_mul(2);

/// A program in a terminal of its own.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    /// The terminal's own end: keeps it open when the program is gone, and tells its modes.
    tty: File,
    /// Its end takes the program's terminal away.
    _master: Box<dyn MasterPty + Send>,
}

struct Seen {
    bytes: Vec<u8>,
    screen: vt100::Parser,
    at: Instant,
}

impl Terminal {
    /// The binary with `words` in a terminal with room for every pane.
    pub(crate) fn start(home: &Home, words: &[&str]) -> Self {
        Self::program(home, BINARY, words, &[])
    }

    /// Any program, with more environment.
    pub(crate) fn program(home: &Home, program: &str, words: &[&str], more: &[(&str, &str)]) -> Self {
        let (rows, cols) = (34, 122);
        let pair = native_pty_system().openpty(PtySize { rows, cols, ..PtySize::default() }).expect("a terminal");
        let name = pair.master.tty_name().expect("it has a name");
        let tty = OpenOptions::new().read(true).write(true).custom_flags(NOCTTY).open(name).expect("it opens");
        let mut command = CommandBuilder::new(program);
        command.args(words);
        command.env_clear();
        home.environment().into_iter().for_each(|(name, value)| command.env(name, value));
        more.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(home.path(""));
        let reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let child = pair.slave.spawn_command(command).expect("it starts");
        let seen = Seen { bytes: Vec::new(), screen: vt100::Parser::new(rows, cols, 1000), at: Instant::now() };
        let seen = Arc::new(Mutex::new(seen));
        follow(reader, Arc::clone(&seen));
        Self { child, keys, seen, tty, _master: pair.master }
    }

    /// The modes of the terminal.
    pub(crate) fn modes(&self) -> String {
        let modes = rustix::termios::tcgetattr(&self.tty).expect("it is a terminal");
        let flags = (modes.input_modes, modes.output_modes, modes.control_modes, modes.local_modes);
        format!("{flags:?} {:?}", modes.special_codes)
    }

    /// The process's id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Types, then waits until it is drawn.
    pub(crate) fn press(&mut self, keys: &str) {
        self.send(keys);
        self.settle();
    }

    /// Types, and waits only until the program has read it: what follows is another key, not the rest of a sequence.
    pub(crate) fn send(&mut self, keys: &str) {
        self.type_ahead(keys);
        // The kernel hands them over in its own time.
        std::thread::sleep(Duration::from_millis(if keys.ends_with('\u{1b}') { 4 } else { 1 }));
        let start = Instant::now();
        while rustix::io::ioctl_fionread(&self.tty).is_ok_and(|unread| unread > 0) && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// Types, and waits for nothing.
    pub(crate) fn type_ahead(&mut self, keys: &str) {
        // A program that ended takes no keys: what the test asks of it next says so.
        _ = self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush());
    }

    /// Waits until nothing comes any more.
    pub(crate) fn settle(&self) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let quiet = self.seen.lock().expect("its reader lives").at.elapsed();
            if quiet > QUIET && start.elapsed() > QUIET {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the screen shows `words`.
    ///
    /// # Panics
    /// It does not come to show them.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        self.wait_for_one_of(&[words]);
    }

    /// Waits until the screen shows one of `words`.
    ///
    /// # Panics
    /// It does not come to show any.
    #[track_caller]
    pub(crate) fn wait_for_one_of(&self, words: &[&str]) {
        let start = Instant::now();
        while !words.iter().any(|words| self.shows(words)) {
            assert!(start.elapsed() < PATIENCE, "none of {words:?} on the screen:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
        self.settle();
    }

    /// Whether the screen shows `words`.
    pub(crate) fn shows(&self, words: &str) -> bool {
        self.screen().contains(words)
    }

    /// The text of the screen.
    pub(crate) fn screen(&self) -> String {
        self.seen.lock().expect("its reader lives").screen.screen().contents()
    }

    /// Looks at the state of the screen.
    pub(crate) fn state<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.seen.lock().expect("its reader lives").screen.screen())
    }

    /// What scrolled out of the screen, and the screen itself.
    pub(crate) fn scrollback(&self) -> Vec<u8> {
        let mut seen = self.seen.lock().expect("its reader lives");
        seen.screen.screen_mut().set_scrollback(usize::MAX);
        let above = seen.screen.screen().contents();
        seen.screen.screen_mut().set_scrollback(0);
        above.into_bytes()
    }

    /// All that came so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.lock().expect("its reader lives").bytes.clone()
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.pid().cast_signed()).expect("a pid");
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    /// Whether the program still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_none()
    }

    /// Waits for the program's end: its exit code.
    ///
    /// # Panics
    /// It does not end.
    #[track_caller]
    pub(crate) fn end(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                self.settle();
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The test's own terminal stays what it was.
const NOCTTY: i32 = rustix::fs::OFlags::NOCTTY.bits().cast_signed();

fn follow(mut reader: Box<dyn std::io::Read + Send>, seen: Arc<Mutex<Seen>>) {
    std::thread::spawn(move || {
        let mut chunk = [0; 1 << 14];
        while let Ok(read @ 1..) = reader.read(&mut chunk) {
            let mut seen = seen.lock().expect("nobody panics holding it");
            seen.bytes.extend_from_slice(&chunk[..read]);
            seen.screen.process(&chunk[..read]);
            seen.at = Instant::now();
        }
    });
}
