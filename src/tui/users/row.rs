//! The cache of one user as a line of the list: a short summary that is owned, since a list may have very many.
//! Holds no secret.

use crate::cache::{Cache, Health, Roster, Section};
use crate::ops::query::Whole;
use crate::ops::tenure::{Holds, holds};
use crate::present::user;
use crate::source::{Loaded, Row, SourceError};
use crate::time::UnixSeconds;

/// One user's cache.
pub struct UserRow {
    /// The key, and behind it the names of the accounts or the label, breaks between them.
    text: Box<str>,
    /// Where the key ends.
    key: usize,
    /// What lies there.
    pub what: What,
    /// The size of what is stored, in bytes.
    pub bytes: u64,
    /// When the place itself drops it, where it does (Unix seconds).
    pub dropped: Option<UnixSeconds>,
}

/// What lies in a slot.
pub enum What {
    /// A cache with something in it.
    Cache(Sum),
    /// Nothing that can be told of, or nothing at all: a label says what.
    Label,
}

/// The sum of a cache.
pub struct Sum {
    /// Entries of every kind.
    pub entries: u32,
    /// Refresh tokens among them.
    pub refresh: u32,
    /// When the access tokens expire.
    pub expiries: Box<[UnixSeconds]>,
    /// Until when the accounts are well that need a sign-in, that nobody can tell of, that renew themselves afterwards;
    /// `i64::MAX`: there are none.
    lapses: [i64; 3],
}

impl UserRow {
    /// The line of `row`.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        match &row.cache {
            Ok(loaded) => Self::of_cache(row, loaded),
            Err(error) => Self::of_trouble(row, error),
        }
    }

    fn of_cache(row: &Row, loaded: &Loaded) -> Self {
        let cache = Cache::of(&loaded.document);
        let roster = Roster::of(&cache);
        let label = match holds(&cache, &roster) {
            Holds::Entries => None,
            Holds::Nothing => Some(user::EMPTY),
            Holds::Other => Some(user::OTHER),
        };
        if let Some(label) = label {
            return Self::new(row, [label], What::Label, loaded.bytes);
        }
        let labels = roster.accounts.iter().map(|account| account.label());
        Self::new(row, labels, What::Cache(Sum::of(&roster)), loaded.bytes)
    }

    fn of_trouble(row: &Row, error: &SourceError) -> Self {
        Self::new(row, [user::label(error).as_str()], What::Label, 0)
    }

    /// What is left of it once its key was removed.
    #[must_use]
    pub fn removed(&self) -> Self {
        let row =
            Row { key: self.key().to_owned(), expires: None, cache: Err(SourceError::Refused("removed".to_owned())) };
        Self::of(&row)
    }

    fn new<'t>(row: &Row, behind: impl IntoIterator<Item = &'t str>, what: What, bytes: u64) -> Self {
        let mut text = row.key.clone();
        for part in behind {
            text.push(Whole::BREAK);
            text.push_str(part);
        }
        Self { key: row.key.len(), text: text.into_boxed_str(), what, bytes, dropped: row.expires }
    }

    /// The name of its slot, as the place has it: text of a stranger.
    #[must_use]
    pub fn key(&self) -> &str {
        self.text.get(..self.key).unwrap_or_default()
    }

    /// The names of its accounts; none of what is no cache.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let names = match self.what {
            What::Cache(_) => self.behind(),
            What::Label => "",
        };
        names.split(Whole::BREAK).filter(|name| !name.is_empty())
    }

    /// What it is, where it is no cache with something in it. Not yet safe.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        match self.what {
            What::Label => Some(self.behind()),
            What::Cache(_) => None,
        }
    }

    fn behind(&self) -> &str {
        self.text.get(self.key + Whole::BREAK.len_utf8()..).unwrap_or_default()
    }

    /// Its sum, if it is a cache with something in it.
    #[must_use]
    pub fn sum(&self) -> Option<&Sum> {
        match &self.what {
            What::Cache(sum) => Some(sum),
            What::Label => None,
        }
    }

    /// How its accounts stand at `now`: as the one that is worst off; `None` without any.
    #[must_use]
    pub fn health(&self, now: UnixSeconds) -> Option<Health> {
        self.sum().and_then(|sum| sum.health(now))
    }

    /// When its last access token expires.
    #[must_use]
    pub fn last_expiry(&self) -> Option<UnixSeconds> {
        self.sum()?.expiries.iter().max().copied()
    }

    /// Whether the place drops it while an access token in it still lives.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.dropped.zip(self.last_expiry()).is_some_and(|(dropped, last)| dropped < last)
    }

    /// What a filter asks about.
    #[must_use]
    pub fn whole(&self) -> Whole<'_> {
        Whole { key: self.key(), accounts: self.behind(), expiries: self.sum().map_or(&[], |sum| &sum.expiries) }
    }
}

impl Sum {
    fn of(roster: &Roster) -> Self {
        let count = |section| roster.rows.iter().filter(|row| row.section == section).count();
        let short = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let access = roster.rows.iter().filter(|row| row.section == Section::AccessToken);
        Self {
            entries: short(roster.rows.len()),
            refresh: short(count(Section::RefreshToken)),
            expiries: access.filter_map(|row| row.expires_on).collect(),
            lapses: lapses(roster),
        }
    }

    fn health(&self, now: UnixSeconds) -> Option<Health> {
        let worst = [Health::SignInNeeded, Health::Unknown, Health::Renews].into_iter().zip(self.lapses);
        let known = self.lapses.iter().any(|until| *until != i64::MAX);
        known.then(|| worst.into_iter().find(|(_, until)| *until <= now.0).map_or(Health::Ok, |(health, _)| health))
    }

    /// How many access tokens live at `now`.
    #[must_use]
    pub fn live(&self, now: UnixSeconds) -> usize {
        self.expiries.iter().filter(|at| **at > now).count()
    }
}

/// Each account is well until its last access token expires, and then as the rest of the cache has it.
fn lapses(roster: &Roster) -> [i64; 3] {
    let mut lapses = [i64::MAX; 3];
    let people = roster.accounts.iter().enumerate().filter(|(_, account)| !account.is_app_only());
    for (at, account) in people {
        let rows = account.rows.iter().filter_map(|row| roster.rows.get(*row));
        let access = rows.filter(|row| row.section == Section::AccessToken);
        let until = access.filter_map(|row| row.expires_on).max().map_or(i64::MIN, |last| last.0.min(i64::MAX - 1));
        let [sign_in, unknown, renews] = &mut lapses;
        let lapse = match roster.health(at, None, UnixSeconds(i64::MAX)) {
            Health::SignInNeeded => sign_in,
            Health::Unknown => unknown,
            Health::Renews | Health::Ok => renews,
        };
        *lapse = (*lapse).min(until);
    }
    lapses
}
