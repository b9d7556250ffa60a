//! One run: what arguments, environment and clock mean together. Built once, before the command;
//! refuses to guess later.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::Duration;

use super::args::Global;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use super::io::{self, Io};
use super::password;
use crate::cache::demo::{DEMO, DEMO_NOW};
use crate::config::{Action, Config};
use crate::present::{Line, Role, place};
use crate::secret::SecretBytes;
use crate::source::{Access, Holder, Patience, Place, Prompts, Source};
use crate::system::{self, Umask};
use crate::time::{Clock as _, SystemClock, UnixSeconds};

/// What `--demo` says of itself, everywhere.
pub(super) const DEMO_NAME: &str = "DEMO, invented data";

/// What the user chose, and what there was to choose from.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The settings.
    pub config: Config,
    /// Lists the actions of the terminal UI, which this face does not know.
    pub actions: fn() -> Vec<Action>,
    /// The theme that flag or environment ask for.
    pub theme: Option<String>,
    /// Whether flag or environment ask for a screen that is read aloud.
    pub plain_ui: Option<bool>,
}

impl Chosen {
    /// Whether a screen reader reads the screen: flag and environment count more than the settings.
    #[must_use]
    pub fn wants_plain_ui(&self) -> bool {
        self.plain_ui.unwrap_or_else(|| self.config.settings.wants_plain_ui())
    }
}

/// In which form answers come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Sentences and tables.
    Words,
    /// One JSON object on standard output.
    Json,
}

/// What every command works with.
pub(super) struct Session {
    /// The streams.
    pub(super) io: RefCell<Io>,
    /// The moment at which expiry is judged: `--at`, the demo's, or now.
    pub(super) now: UnixSeconds,
    /// The moment of `--at`, if it was given.
    pub(super) at: Option<UnixSeconds>,
    /// Words or JSON.
    pub(super) form: Form,
    /// Whether the demo's cache stands for every place.
    pub(super) is_demo: bool,
    /// The user's folder, for short names of places.
    pub(super) home: Option<PathBuf>,
    chosen: Chosen,
    access: Access,
    clock: SystemClock,
    wait: Duration,
    interrupt: Interrupt,
    has_written: Cell<bool>,
    umask: Umask,
}

impl Session {
    /// The run that `global` asks for.
    pub(super) fn new(global: &Global, chosen: Chosen, interrupt: Interrupt, umask: Umask) -> Self {
        let clock = SystemClock::new();
        let now = if global.demo { DEMO_NOW } else { clock.now() };
        let readonly = readonly_by(global, &chosen.config);
        let io = Io::new(global.color);
        Self {
            now: global.at.unwrap_or(now),
            at: global.at,
            form: if global.json { Form::Json } else { Form::Words },
            is_demo: global.demo,
            home: io::home(),
            access: Access {
                follow_symlink: global.follow_symlink,
                no_undo: false,
                named: false,
                prompts: prompts(&io, readonly.as_deref()),
                passwords: password::passwords(&io),
                readonly,
                ..Access::under(&chosen.config)
            },
            io: RefCell::new(io),
            chosen,
            clock,
            wait: global.wait,
            interrupt,
            has_written: Cell::new(false),
            umask,
        }
    }

    /// What the user chose.
    pub(super) fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// The settings.
    pub(super) fn config(&self) -> &Config {
        &self.chosen.config
    }

    /// The actions of the terminal UI, for which keys can be chosen.
    pub(super) fn actions(&self) -> Vec<Action> {
        (self.chosen.actions)()
    }

    /// What the user allows.
    pub(super) fn access(&self) -> Access {
        self.access.clone()
    }

    /// The demo's cache; its changes stay in memory.
    pub(super) fn demo(&self, access: Access) -> Source {
        Source::memory(DEMO_NAME, SecretBytes::new(DEMO.as_bytes().to_vec()), access)
    }

    /// The place that JSON names `place`, as a person would write it; what names no place, as it is.
    pub(super) fn short(&self, place: &str) -> String {
        place.parse::<Place>().map_or_else(|_| place.to_owned(), |known| known.short(self.home.as_deref()))
    }

    /// `place` as a person would write it.
    pub(super) fn named(&self, place: &Place) -> String {
        place.short(self.home.as_deref())
    }

    /// Writes a line of data.
    pub(super) fn say(&self, line: &Line) {
        self.io.borrow_mut().say(line);
    }

    /// Writes lines of data.
    pub(super) fn say_all(&self, lines: &[Line]) {
        self.io.borrow_mut().say_all(lines);
    }

    /// Writes lines that are safe already, with their ends, without colour.
    pub(super) fn say_lines(&self, lines: &str) {
        // A fault is kept, and told when the run finishes.
        _ = self.io.borrow_mut().data().write_all(lines.as_bytes());
    }

    /// Writes a sentence of talk.
    pub(super) fn tell(&self, sentence: &str) {
        self.io.borrow().talk(&Line::plain(sentence));
    }

    /// Writes lines of talk.
    pub(super) fn talk_all(&self, lines: &[Line]) {
        self.io.borrow().talk_all(lines);
    }

    /// Says what went wrong; the exit code that goes with it.
    pub(super) fn report(&self, failure: &Failure) -> Exit {
        // Without it only the second ctrl-c is lost.
        _ = self.interrupt.settle(failure.kind().exit());
        self.talk_all(&failure.lines());
        failure.kind().exit()
    }

    /// Runs `work` with the patience of `--wait`. From here on ctrl-c no longer ends the process, but is obeyed where
    /// nothing is half done.
    pub(super) fn patiently<T>(&self, work: impl FnOnce(&Patience<'_>) -> T) -> T {
        self.interrupt.defer();
        let waiting = |holder: &Holder| self.tell_waiting(holder);
        let cancel = self.interrupt.cancel();
        work(&Patience { clock: &self.clock, wait: self.wait, cancel, waiting: &waiting })
    }

    /// Waits for `duration`, or until the user wants to stop.
    pub(super) fn linger(&self, duration: Duration) {
        use std::sync::atomic::Ordering;

        const STEP: Duration = Duration::from_millis(50);
        self.interrupt.defer();
        let end = self.clock.elapsed() + duration;
        while self.clock.elapsed() < end && !self.interrupt.cancel().load(Ordering::Relaxed) {
            self.clock.sleep(STEP.min(end.saturating_sub(self.clock.elapsed())));
        }
    }

    /// From here on signals are only noted.
    pub(super) fn hold_signals(&self) {
        self.interrupt.defer();
    }

    /// Runs `work` under the umask with which this process was started.
    pub(super) fn with_own_umask<T>(&self, work: impl FnOnce() -> T) -> T {
        system::under(self.umask, work)
    }

    /// Waits for `duration`, whatever signals come.
    pub(super) fn pause(&self, duration: Duration) {
        self.clock.sleep(duration);
    }

    /// From here on a signal is only noted; the second one ends the process.
    pub(super) fn listen(&self) {
        self.interrupt.defer();
        // Without it only the second ctrl-c is lost.
        _ = self.interrupt.settle(Exit::Failed);
    }

    /// The moment on the system's clock, whatever `--at` says.
    pub(super) fn wall(&self) -> UnixSeconds {
        self.clock.now()
    }

    /// The time since this run began.
    pub(super) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// The signal that came, if one came.
    pub(super) fn signal(&self) -> Option<u8> {
        self.interrupt.signal()
    }

    /// Notes that something was written: from here on the exit code says so, whatever else fails.
    pub(super) fn note_write(&self, exit: Exit) {
        self.has_written.set(true);
        // Without it only the second ctrl-c is lost.
        _ = self.interrupt.settle(exit);
    }

    /// Whether something was written.
    pub(super) fn has_written(&self) -> bool {
        self.has_written.get()
    }

    fn tell_waiting(&self, holder: &Holder) {
        let left =
            if holder.gone().is_some() { ", which has ended: `saltcellar lock clear` removes its lock" } else { "" };
        let line = Line::new().with(Role::Dim, &format!("waiting for {}{left}", place::holder(holder)));
        self.io.borrow().talk(&line);
    }
}

/// Whether a keyring may ask for a password: only where somebody sits, and never for a mere look.
fn prompts(io: &Io, readonly: Option<&str>) -> Prompts {
    match readonly {
        None if io.can_ask() => Prompts::Allowed,
        _ => Prompts::Never,
    }
}

/// Who asks for read-only: a flag, the environment, or the settings, which `--write` lifts.
#[must_use]
pub fn readonly_by(global: &Global, config: &Config) -> Option<String> {
    if let Some(by) = &config.policy.readonly {
        return Some(by.clone());
    }
    let by_settings = || config.readonly_by().filter(|_| !global.write);
    readonly_now(global).or_else(by_settings)
}

fn readonly_now(global: &Global) -> Option<String> {
    const NO: &[&str] = &["0", "false", "no", "off"];
    if global.readonly {
        return Some("--readonly".to_owned());
    }
    let value = io::variable("SALTCELLAR_READONLY")?;
    let is_off = NO.iter().any(|no| value.eq_ignore_ascii_case(no));
    (!is_off).then(|| "SALTCELLAR_READONLY".to_owned())
}
