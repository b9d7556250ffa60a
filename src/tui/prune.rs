//! Rules by which to prune, and what each would take. Pure, but not quick on a large cache: a worker counts.

use super::input::Input;
use super::model::{CacheId, Reading};
use crate::cache::Cache;
use crate::json::Patch;
use crate::lint::{self, Subject, Surroundings};
use crate::ops::{self, Filter, PruneOptions};
use crate::time::UnixSeconds;

/// A rule by which to prune.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Access tokens that expired.
    Expired,
    /// Access tokens that expired so many days ago.
    ExpiredFor(u32),
    /// What names an account that is not there.
    Orphans,
    /// Twins of access tokens, but for the one worth keeping.
    Duplicates,
    /// Everything of an app.
    Client(Named),
    /// Everything of a tenant.
    Tenant(Named),
}

/// An id, and the name that people know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name; not safe yet.
    pub name: String,
}

/// The menu of rules.
pub struct Menu {
    /// Of which cache.
    pub cache: CacheId,
    /// The rules; the one of days has what is typed.
    pub rules: Vec<Rule>,
    /// The rule under the cursor.
    pub cursor: usize,
    /// How many days, as typed.
    pub days: Input,
    /// How many entries each rule takes, as far as they are counted.
    pub counts: Vec<Option<usize>>,
    /// Whether the rule under the cursor is planned as soon as it is counted: enter was pressed before.
    pub awaited: bool,
}

/// A week: what expired before it is of no use to anybody.
const DAYS: u32 = 7;
const DAY: i64 = 24 * 3600;

impl Menu {
    /// The rules for a cache, with those of the app and tenant of `row`, if there is one.
    #[must_use]
    pub fn new(cache: CacheId, reading: &Reading, row: Option<usize>) -> Self {
        let row = row.and_then(|at| reading.roster.rows.get(at));
        let named = |id: &str, name: String| Named { id: id.to_owned(), name };
        let client = row.and_then(|row| Some(Rule::Client(named(row.client_id.as_deref()?, row.client_name()))));
        let tenant = row.and_then(|row| {
            Some(Rule::Tenant(named(row.realm.as_deref()?, reading.roster.tenant_name(row).into_owned())))
        });
        let common = [Rule::Expired, Rule::ExpiredFor(DAYS), Rule::Orphans, Rule::Duplicates];
        let rules: Vec<_> = common.into_iter().chain(client).chain(tenant).collect();
        let counts = vec![None; rules.len()];
        Self { cache, rules, cursor: 0, days: Input::of(&DAYS.to_string()), counts, awaited: false }
    }

    /// The rule under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<&Rule> {
        self.rules.get(self.cursor)
    }

    /// Why the rule under the cursor can do nothing; `None` if it can.
    #[must_use]
    pub fn why_not(&self) -> Option<&'static str> {
        match self.counts.get(self.cursor).copied().flatten() {
            None if self.awaited => Some("it is planned as soon as it is counted"),
            None => Some("it is still being counted"),
            Some(0) => self.chosen().map(Rule::nothing),
            Some(_) => None,
        }
    }

    /// Takes over the number of days that is typed; what was counted for another number counts no more.
    pub fn read_days(&mut self) {
        let days = self.days.text().parse().unwrap_or(0);
        for (rule, count) in self.rules.iter_mut().zip(&mut self.counts) {
            if let Rule::ExpiredFor(now) = rule
                && *now != days
            {
                (*now, *count) = (days, None);
            }
        }
    }
}

impl Rule {
    /// What it takes, in words. Not yet safe: an id may be odd.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Expired => "expired access tokens".to_owned(),
            Self::ExpiredFor(_) => "expired for more than … days".to_owned(),
            Self::Orphans => "orphans: tokens of an account that is not there".to_owned(),
            Self::Duplicates => "duplicates: all but one access token for the same".to_owned(),
            Self::Client(app) => format!("everything of the app {}", app.name),
            Self::Tenant(tenant) => format!("everything of the tenant {}", tenant.name),
        }
    }

    /// Why it takes nothing.
    #[must_use]
    pub fn nothing(&self) -> &'static str {
        match self {
            Self::Expired => "no access token has expired",
            Self::ExpiredFor(_) => "no access token expired that long ago",
            Self::Orphans => "every token has its account",
            Self::Duplicates => "no access token has a twin",
            Self::Client(_) => "nothing is left of this app",
            Self::Tenant(_) => "nothing is left of this tenant",
        }
    }

    /// What it takes of a cache at `now`.
    #[must_use]
    pub fn patch(&self, reading: &Reading, now: UnixSeconds) -> Patch {
        let cache = Cache::of(&reading.document);
        let by = |filter| ops::prune(&cache, &PruneOptions { filter, now });
        match self {
            Self::Expired => by(Filter { expired: true, ..Filter::default() }),
            Self::ExpiredFor(days) => {
                let before = Some(now.plus(-i64::from(*days) * DAY));
                by(Filter { expired: true, expires_before: before, ..Filter::default() })
            }
            Self::Orphans => by(Filter { orphans: true, ..Filter::default() }),
            Self::Duplicates => duplicates(&cache, reading, now),
            Self::Client(app) => by(Filter { clients: vec![app.id.clone()], ..Filter::default() }),
            Self::Tenant(tenant) => by(Filter { tenants: vec![tenant.id.clone()], ..Filter::default() }),
        }
    }
}

/// The rule that finds twins says which of them is worth keeping.
const TWINS: &str = "duplicate-access-token";

fn duplicates(cache: &Cache<'_>, reading: &Reading, now: UnixSeconds) -> Patch {
    let surroundings = Surroundings::default();
    let subject = Subject {
        cache: Some(cache),
        roster: Some(&reading.roster),
        unreadable: None,
        surroundings: &surroundings,
        now,
    };
    let rule = lint::RULES.iter().find(|rule| rule.about().id == TWINS);
    let mut patch = lint::together(&rule.map(|rule| rule.check(&subject)).unwrap_or_default());
    patch.title = match patch.changes.len() {
        1 => "Prune 1 duplicate".to_owned(),
        count => format!("Prune {count} duplicates"),
    };
    patch
}
