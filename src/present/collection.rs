//! The rows of a place with one cache per user in words: what lies in each, when the place drops it, and all of them
//! counted. Both faces say what stands here.

use super::list::{self, Tally};
use super::words::{Line, Role};
use crate::cache::{Cache, Roster};
use crate::ops::tenure::{Early, Holds, holds};
use crate::source::{Loaded, PLAINTEXT, Place, SealTrouble, SourceError};
use crate::time::{Span, UnixSeconds};

/// What lies under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A cache with something in it.
    Cache,
    /// A cache of which nothing is left.
    Empty,
    /// A session in which nobody signed in.
    NoSignIn,
    /// A value that is no cache.
    NoCache,
    /// A value that is encrypted and not opened.
    Sealed,
    /// A value that could not be read.
    Unreadable,
}

impl Standing {
    /// Of what was `loaded`, whose roster is `roster`.
    #[must_use]
    pub fn of(loaded: &Loaded, roster: &Roster) -> Self {
        match holds(&Cache::of(&loaded.document), roster) {
            Holds::Entries => Self::Cache,
            Holds::Nothing if loaded.document.is_empty() && loaded.seal() != PLAINTEXT => Self::NoSignIn,
            Holds::Nothing => Self::Empty,
            Holds::Other => Self::NoCache,
        }
    }

    /// Of one that was not.
    #[must_use]
    pub fn of_error(error: &SourceError) -> Self {
        if let SourceError::Sealed { error, .. } = error {
            return match error.trouble {
                SealTrouble::Damaged => Self::NoCache,
                SealTrouble::Odd | SealTrouble::Code => Self::Unreadable,
                SealTrouble::Closed
                | SealTrouble::NotHere
                | SealTrouble::Another
                | SealTrouble::KeyGone
                | SealTrouble::KeyElsewhere
                | SealTrouble::WrongKey
                | SealTrouble::NoKey
                | SealTrouble::Refused
                | SealTrouble::Unproven => Self::Sealed,
            };
        }
        let is_none = matches!(error, SourceError::NotACache { .. });
        if is_none { Self::NoCache } else { Self::Unreadable }
    }

    /// The word for it in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Empty => "empty",
            Self::NoSignIn => "no-sign-in",
            Self::NoCache => "no-cache",
            Self::Sealed => "sealed",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How a cache is kept under its key: "msgpack session, goes in 20m", "no expiry".
#[must_use]
pub fn kept(seal: &str, expires: Option<UnixSeconds>, now: UnixSeconds) -> String {
    let goes = expires.map(|expires| expires.since(now)).map_or("no expiry".to_owned(), |left| match left {
        ..=0 => "past its expiry".to_owned(),
        left => format!("goes in {}", Span(left)),
    });
    if seal == PLAINTEXT { goes } else { format!("{seal}, {goes}") }
}

/// The head of one row: its key, and how it is kept or why it is not shown.
#[must_use]
pub fn head(key: &str, kept: &str, role: Role) -> Line {
    let name = if key.is_empty() { "(no name)" } else { key };
    Line::new().with_safe(Role::Strong, super::columns::padded(name, 56)).with(Role::Plain, "  ").with(role, kept)
}

/// "the key goes in 20m, the token lives 58m: the app signs in again".
#[must_use]
pub fn early(place: &Place, early: &Early) -> Line {
    let Early { goes_in, token_lives } = early;
    let goes = if *goes_in > 0 { format!("goes in {}", Span(*goes_in)) } else { "should be gone".to_owned() };
    let says = format!("  the {} {goes}, the token lives {}: the app signs in again", noun(place), Span(*token_lives));
    Line::new().with(Role::Warn, &says)
}

/// What one cache lies in: "key", "row".
#[must_use]
pub fn noun(place: &Place) -> &'static str {
    match place.scheme() {
        "redis" => "key",
        "sqlite" | "postgres" => "row",
        _ => "cache",
    }
}

/// The rows of a collection, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Caches with something in them, and their accounts.
    pub tally: Tally,
    /// Caches of which nothing is left.
    pub empty: usize,
    /// Sessions in which nobody signed in.
    pub no_sign_in: usize,
    /// Values that are no cache.
    pub no_cache: usize,
    /// Values that are encrypted and not opened.
    pub sealed: usize,
    /// Values that could not be read.
    pub unreadable: usize,
    /// Caches that go before their tokens do.
    pub early: usize,
}

impl Count {
    /// Counts one more row; `roster` is that of a cache that was read.
    pub fn add(&mut self, standing: Standing, roster: Option<&Roster>, now: UnixSeconds) {
        match standing {
            Standing::Cache => {
                if let Some(roster) = roster {
                    self.tally.add(roster, now);
                }
            }
            Standing::Empty => self.empty += 1,
            Standing::NoSignIn => self.no_sign_in += 1,
            Standing::NoCache => self.no_cache += 1,
            Standing::Sealed => self.sealed += 1,
            Standing::Unreadable => self.unreadable += 1,
        }
    }
}

/// "1002 caches, 998 accounts: 900 renew, 98 need sign-in. …" and what lies beside them.
#[must_use]
pub fn footer(count: &Count) -> Vec<Line> {
    let besides = [
        (count.empty, "empty", "empty"),
        (count.no_sign_in, "session without a sign-in", "sessions without a sign-in"),
        (count.no_cache, "no cache", "no caches"),
        (count.sealed, "encrypted", "encrypted"),
        (count.unreadable, "unreadable", "unreadable"),
    ];
    let told: Vec<String> = besides
        .iter()
        .filter(|(many, ..)| *many > 0)
        .map(|(many, one, more)| format!("{many} {}", if *many == 1 { one } else { more }))
        .collect();
    let mut lines = vec![list::footer(&count.tally)];
    if !told.is_empty() {
        lines.push(Line::new().with(Role::Dim, &format!("Besides: {}.", told.join(", "))));
    }
    match count.early {
        0 => {}
        1 => lines.push(Line::new().with(Role::Warn, "1 goes before its tokens do.")),
        many => lines.push(Line::new().with(Role::Warn, &format!("{many} go before their tokens do."))),
    }
    lines
}
