//! What is counted once when a cache is read, so that neither a frame nor a key need go through all its entries.

use super::browse::{Counts, Tab, Whose};
use crate::cache::{AccountRow, EXPIRING, Roster, Row, Section};
use crate::ops::query::Bits;
use crate::time::UnixSeconds;

/// The counts of one reading, and sets of its rows that no filter changes.
#[derive(Debug, Default)]
pub struct Tally {
    /// The lines of the accounts pane.
    pub lines: Vec<Line>,
    /// The rows of each tab.
    pub tabs: Vec<Bits>,
    /// The rows that can stand in the timeline.
    pub timed: Bits,
    /// The number of each row's account, if it has one.
    owners: Vec<Option<u32>>,
    /// The rows that name an account that is not there.
    orphans: Bits,
    /// When access tokens expire, the soonest first.
    expiries: Vec<UnixSeconds>,
    /// How many entries have no expiry.
    lasting: usize,
}

/// A line of the accounts pane, with what stands under it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Whose entries it shows.
    pub whose: Whose,
    /// All of them.
    pub all: usize,
    /// Access tokens among them.
    pub access: usize,
    /// Refresh tokens among them.
    pub refresh: usize,
}

/// What sets of rows are made of.
#[derive(Clone, Copy)]
struct Mark {
    section: Section,
    expires: Option<UnixSeconds>,
    is_orphan: bool,
}

impl Tally {
    /// Counts the rows of `roster`: one walk over the rows, which are long; all else looks at what is short.
    #[must_use]
    pub fn of(roster: &Roster) -> Self {
        let timed = |row: &Row| row.expires_on.filter(|_| row.section == Section::AccessToken);
        let mark = |row: &Row| Mark { section: row.section, expires: timed(row), is_orphan: row.orphan };
        let (marks, owners): (Vec<_>, Vec<_>) =
            roster.rows.iter().map(|row| (mark(row), row.account.and_then(|at| u32::try_from(at).ok()))).unzip();
        let all = |has: &dyn Fn(&Mark) -> bool| Bits::of(marks.len(), |at| marks.get(at).is_some_and(has));
        let mut expiries: Vec<_> = marks.iter().filter_map(|mark| mark.expires).collect();
        expiries.sort_unstable();
        Self {
            lines: lines(roster),
            tabs: Tab::ALL.iter().map(|(tab, _)| all(&|mark| tab.takes(mark.section))).collect(),
            timed: all(&|mark| mark.expires.is_some()),
            orphans: all(&|mark| mark.is_orphan),
            lasting: marks.len() - expiries.len(),
            owners,
            expiries,
        }
    }

    /// How many entries are in each state at `now`.
    #[must_use]
    pub fn counts(&self, now: UnixSeconds) -> Counts {
        let expired = self.expiries.partition_point(|at| at.since(now) <= 0);
        let soon = self.expiries.partition_point(|at| at.since(now) <= EXPIRING);
        Counts { live: self.expiries.len() - soon, expiring: soon - expired, expired, none: self.lasting }
    }

    /// The place of the line for `whose`.
    #[must_use]
    pub fn line_of(&self, whose: Whose) -> Option<usize> {
        self.lines.iter().position(|line| line.whose == whose)
    }

    /// The rows of `roster`, which was counted here, that belong to `whose`.
    #[must_use]
    pub fn rows_of(&self, whose: Whose, roster: &Roster) -> Bits {
        let len = self.owners.len();
        let is_owned = |at: usize, account: usize| {
            self.owners.get(at).is_some_and(|owner| owner.is_some_and(|owner| owner as usize == account))
        };
        match whose {
            Whose::All => Bits::all(len),
            Whose::Orphans => self.orphans.clone(),
            Whose::Account(account) => Bits::of(len, |at| is_owned(at, account)),
            Whose::Tenant(account, tenant) => {
                let Some(own) = roster.accounts.get(account) else { return Bits::none(len) };
                let is_there = |at: usize| roster.rows.get(at).is_some_and(|row| is_in_tenant(row, own, tenant));
                Bits::of(len, |at| is_owned(at, account) && is_there(at))
            }
        }
    }

    /// Whether anything is nobody's.
    #[must_use]
    pub fn has_orphans(&self) -> bool {
        self.orphans.count() > 0
    }
}

/// Whether `row` stands under `tenant` of its account. What names no tenant, as refresh tokens do, is at home.
fn is_in_tenant(row: &Row, account: &AccountRow, tenant: usize) -> bool {
    let Some(tenant) = account.tenants.get(tenant) else { return false };
    row.realm.as_deref().map_or(tenant.home, |realm| tenant.realm.eq_ignore_ascii_case(realm))
}

/// Everybody, each account with its tenants where it has several, and what is nobody's.
fn lines(roster: &Roster) -> Vec<Line> {
    let rows = &roster.rows;
    let mut lines = vec![counted(Whose::All, rows.iter())];
    for (at, account) in roster.accounts.iter().enumerate() {
        let own = || account.rows.iter().filter_map(|row| rows.get(*row));
        lines.push(counted(Whose::Account(at), own()));
        let tenants = if account.tenants.len() > 1 { account.tenants.len() } else { 0 };
        lines.extend((0..tenants).map(|tenant| {
            let inside = own().filter(|row| is_in_tenant(row, account, tenant));
            counted(Whose::Tenant(at, tenant), inside)
        }));
    }
    let orphans = counted(Whose::Orphans, rows.iter().filter(|row| row.orphan));
    lines.extend((orphans.all > 0).then_some(orphans));
    lines
}

fn counted<'r>(whose: Whose, rows: impl Iterator<Item = &'r Row>) -> Line {
    let mut line = Line { whose, ..Line::default() };
    for row in rows {
        line.all += 1;
        line.access += usize::from(row.section == Section::AccessToken);
        line.refresh += usize::from(row.section == Section::RefreshToken);
    }
    line
}
