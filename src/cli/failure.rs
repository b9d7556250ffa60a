//! What a command that did not do its work says, and every exit code. The only file that knows the numbers;
//! refuses to print: that is `io.rs`'s.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use super::sealed;
use crate::ops::FindError;
use crate::present;
use crate::present::Line;
use crate::present::Role;
use crate::present::keyring;
use crate::present::words;
use crate::secret::Forbidden;
use crate::source::{Holder, Obstacle, Place, SealTrouble, SourceError};

/// How a run ended: the contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done; also `--dry-run`, and nothing expired to prune.
    Done,
    /// 1: failed, declined, or refused because of read-only.
    Failed,
    /// 1: `--exit-code` was asked for, and something differs.
    Differs,
    /// 1: `config check` found something wrong.
    Wrong,
    /// The code of the command that `run` ran.
    Command(u8),
    /// 2: the command line is wrong, or `--yes` or `--confirm` is missing without a terminal.
    Usage,
    /// 3: a named account, client, key or query matched nothing, or no cache was found.
    NoMatch,
    /// 4: a cache cannot be opened: missing, sealed, no permission.
    CannotOpen,
    /// 5: another process holds the lock, or changed the cache.
    Conflict,
    /// 6: written, but not surely on the disk.
    NotDurable,
    /// 10: `status` found an account that needs a sign-in.
    SignInNeeded,
    /// 11: `status` found an account that needs one within `--within`.
    DiesSoon,
    /// 12: `doctor` found something at which an app fails, or a secret that lies open.
    Ill,
    /// 128 + n: ended by signal n before anything was written, or between two caches of many.
    Signal(u8),
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed | Self::Differs | Self::Wrong => 1,
            Self::Usage => 2,
            Self::NoMatch => 3,
            Self::CannotOpen => 4,
            Self::Conflict => 5,
            Self::NotDurable => 6,
            Self::SignInNeeded => 10,
            Self::DiesSoon => 11,
            Self::Ill => 12,
            Self::Signal(n) => n.saturating_add(128),
            Self::Command(code) => code,
        }
    }

    /// The worse of two, for several places: what could not be looked at is worse than what was seen there.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    fn weight(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::DiesSoon | Self::Differs | Self::Wrong => 1,
            Self::SignInNeeded => 2,
            Self::Ill => 3,
            Self::NotDurable => 4,
            Self::NoMatch => 5,
            Self::Conflict => 6,
            Self::CannotOpen => 7,
            Self::Failed => 8,
            Self::Usage => 9,
            Self::Signal(_) => 10,
            Self::Command(_) => 11,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The sort of a failure: exit code, hints and the `kind` of `--json` hang on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line asks for something that cannot be.
    Usage,
    /// A plan needs a confirmation that nobody gave.
    Unconfirmed,
    /// The user said no.
    Declined,
    /// Nothing is called as asked.
    NoMatch,
    /// There is no cache on this machine, as far as is known.
    NoCache,
    /// Nothing is at the place.
    Missing,
    /// There, but closed to us.
    Unreadable,
    /// Sealed, and not opened or not closed again.
    Sealed(SealTrouble),
    /// A keyring did not give or take it; the word for why.
    Keyring(&'static str),
    /// Not the text of a cache.
    NotACache,
    /// An entry is none that the runtime asked for could use.
    Unfit,
    /// Changes are refused.
    ReadOnly,
    /// The policy of this machine forbids it.
    Policy,
    /// A symlink or hard link.
    Link,
    /// Another process holds the lock.
    Locked,
    /// The cache is not what was planned for.
    Changed,
    /// Ended by a signal.
    Cancelled,
    /// A step of a write failed.
    Write,
    /// No undo is kept.
    NothingToUndo,
    /// No clipboard took the text.
    Clipboard,
    /// Standard output or input failed.
    Stream,
}

impl Kind {
    /// The word for it in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Unconfirmed => "unconfirmed",
            Self::Declined => "declined",
            Self::NoMatch => "no-match",
            Self::NoCache => "no-cache",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Sealed(trouble) => sealed::name(trouble),
            Self::Keyring(why) => why,
            Self::NotACache => "not-a-cache",
            Self::Unfit => "unfit",
            Self::ReadOnly => "read-only",
            Self::Policy => "policy",
            Self::Link => "link",
            Self::Locked => "locked",
            Self::Changed => "changed",
            Self::Cancelled => "cancelled",
            Self::Write => "write",
            Self::NothingToUndo => "nothing-to-undo",
            Self::Clipboard => "clipboard",
            Self::Stream => "stream",
        }
    }

    /// How a run ends that fails so.
    #[must_use]
    pub fn exit(self) -> Exit {
        match self {
            Self::Usage | Self::Unconfirmed => Exit::Usage,
            Self::NoMatch | Self::NoCache => Exit::NoMatch,
            Self::Missing | Self::Unreadable | Self::Keyring(_) | Self::Link => Exit::CannotOpen,
            Self::Sealed(trouble) => sealed::exit(trouble),
            Self::Locked | Self::Changed => Exit::Conflict,
            Self::Declined
            | Self::NotACache
            | Self::Unfit
            | Self::ReadOnly
            | Self::Policy
            | Self::Cancelled
            | Self::Write
            | Self::NothingToUndo
            | Self::Clipboard
            | Self::Stream => Exit::Failed,
        }
    }
}

/// Why a command did not do its work, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    reason: Option<&'static str>,
    cause: Box<dyn Error + Send + Sync>,
    shown: Vec<String>,
    hints: Vec<String>,
}

impl Failure {
    /// A failure in our own words: lower case, no period, never a secret.
    #[must_use]
    pub fn new(kind: Kind, says: impl Into<String>) -> Self {
        Self { kind, reason: None, cause: Box::new(Says(says.into())), shown: Vec::new(), hints: Vec::new() }
    }

    /// A failure with the error that brought it about.
    #[must_use]
    pub fn from_error(kind: Kind, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { kind, reason: None, cause: Box::new(cause), shown: Vec::new(), hints: Vec::new() }
    }

    /// What went wrong at `place`, with the hints that belong to it.
    #[must_use]
    pub fn at(place: &Place, error: SourceError) -> Self {
        if let SourceError::Keyring { trouble, .. } = &error {
            let (keyring::Advice { says, places }, kind) = (keyring::advice(trouble), keyring::name(trouble));
            let hints = Some(says.to_owned()).filter(|says| !says.is_empty()).into_iter().chain(places).collect();
            return Self { hints, ..Self::from_error(Kind::Keyring(kind), error) };
        }
        let (kind, hint) = judged(place, &error);
        let reason = error.obstacle().map(Obstacle::name);
        let failure = Self { reason, ..Self::from_error(kind, error) };
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// The failure with one more hint: a sentence without a period that says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The failure with one more line of what it is about, for people only.
    #[must_use]
    pub fn shows(mut self, line: impl Into<String>) -> Self {
        self.shown.push(line.into());
        self
    }

    /// The sort of the failure.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The word for what is in the way, where that was found out: finer than the kind.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// What to do about it.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// What went wrong, as one safe line.
    #[must_use]
    pub fn says(&self) -> String {
        words::error(self.cause.as_ref())
    }

    /// `error: …`, what it is about, and one `hint: …` each.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::new().with(Role::Bad, "error: ").with(Role::Plain, &self.says())];
        lines.extend(self.shown.iter().map(|line| Line::plain(&format!("  {line}"))));
        let hint = |hint: &String| Line::new().with(Role::Label, "hint: ").with(Role::Plain, hint);
        lines.extend(self.hints.iter().map(hint));
        lines
    }
}

/// What there is to do about a policy.
const POLICY_HINT: &str =
    "only the administrator of this machine can change that; `saltcellar config show` tells all of it";

impl From<Forbidden> for Failure {
    fn from(forbidden: Forbidden) -> Self {
        Self::from_error(Kind::Policy, forbidden).hint(POLICY_HINT)
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        let (kind, hints) = match &error {
            FindError::None(_) => (
                Kind::NoMatch,
                vec!["KEY is a key, SECTION/KEY, or 6 or more digits of a fingerprint of `list`".into()],
            ),
            FindError::Several(_, candidates) => (Kind::Usage, candidates.clone()),
        };
        Self { kind, reason: None, cause: Box::new(error), shown: Vec::new(), hints }
    }
}

/// The kind of a source's error, and what to do about it.
fn judged(place: &Place, error: &SourceError) -> (Kind, Option<String>) {
    match error {
        SourceError::Missing { .. } => (Kind::Missing, Some(present::served::look_around(place))),
        SourceError::Unreadable { .. } => (Kind::Unreadable, obstacle_hint(error)),
        SourceError::Sealed { error, .. } => {
            (Kind::Sealed(error.trouble), Some(present::sealed::advice(error.trouble).into()))
        }
        SourceError::Keyring { trouble, .. } => (Kind::Keyring(keyring::name(trouble)), None),
        SourceError::Served { trouble, .. } => {
            let advice = present::served::advice(trouble);
            (Kind::Unreadable, Some(advice.into()).filter(|_| !advice.is_empty()))
        }
        SourceError::NotACache { cause, .. } => (Kind::NotACache, Some(present::salvage::hint(place, cause.kind))),
        SourceError::ReadOnly { by, .. } => (Kind::ReadOnly, Some(readonly_hint(by))),
        SourceError::Forbidden(_) => (Kind::Policy, Some(POLICY_HINT.into())),
        SourceError::Link { .. } => (Kind::Link, obstacle_hint(error)),
        SourceError::Locked { holder, .. } => (Kind::Locked, Some(locked_hint(place, holder))),
        SourceError::Changed { .. } => (Kind::Changed, Some("run it again: it plans anew on what is there now".into())),
        SourceError::Cancelled { .. } => (Kind::Cancelled, None),
        SourceError::Write { .. } => (Kind::Write, obstacle_hint(error)),
        SourceError::Edit { .. } | SourceError::Refused(_) => (Kind::Write, None),
        SourceError::NothingToUndo { .. } if place.is_kept_by_desktop() => {
            (Kind::NothingToUndo, Some("in a keyring none is kept: outside it the old tokens would lie open".into()))
        }
        SourceError::NothingToUndo { .. } => {
            (Kind::NothingToUndo, Some("an undo is kept for an hour, and none for `forget` unless asked".into()))
        }
    }
}

/// What is in the way, where the error itself does not say it, and what to do about it.
fn obstacle_hint(error: &SourceError) -> Option<String> {
    let obstacle = error.obstacle()?;
    let (says, advice) = (obstacle.to_string(), present::obstacle::advice(obstacle));
    let is_said = error.to_string().ends_with(&says);
    Some(if is_said { advice } else { format!("{says}; {advice}") })
}

/// What lifts a read-only state, by what asked for it.
pub(super) fn readonly_hint(by: &str) -> String {
    match by {
        "--readonly" => "to write, run without --readonly".to_owned(),
        "SALTCELLAR_READONLY" => "to write, unset SALTCELLAR_READONLY".to_owned(),
        by if by.contains("policy.toml") => POLICY_HINT.to_owned(),
        by if by.contains("settings") => "to write this once, run with --write".to_owned(),
        _ => "to write, name the file itself".to_owned(),
    }
}

fn locked_hint(place: &Place, holder: &Holder) -> String {
    let place = words::quoted(&place.to_string());
    match holder.gone() {
        Some(_) => format!("to remove it: saltcellar lock clear {place}"),
        None => format!("wait longer with --wait, or see who holds it: saltcellar lock status {place}"),
    }
}

/// Words that are an error of their own.
#[derive(Debug)]
struct Says(String);

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Says {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_several_places_counts() {
        assert_eq!(Exit::Done.worse(Exit::SignInNeeded), Exit::SignInNeeded);
        assert_eq!(Exit::CannotOpen.worse(Exit::SignInNeeded), Exit::CannotOpen);
        assert_eq!(Exit::DiesSoon.worse(Exit::SignInNeeded).code(), 10);
    }

    #[test]
    fn a_signal_adds_128() {
        assert_eq!(Exit::Signal(15).code(), 143);
    }
}
