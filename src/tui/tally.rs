//! What is counted once when a cache is read, so that a frame need not go through all its entries.

use super::browse::{Counts, Whose};
use super::model::Reading;
use crate::cache::{AccountRow, EXPIRING, Row, Section};
use crate::time::UnixSeconds;

/// The counts of one reading.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The lines of the accounts pane.
    pub lines: Vec<Line>,
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

impl Tally {
    /// Counts `reading`.
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        let rows = &reading.roster.rows;
        let timed = |row: &Row| row.expires_on.filter(|_| row.section == Section::AccessToken);
        let mut expiries: Vec<_> = rows.iter().filter_map(timed).collect();
        expiries.sort_unstable();
        Self { lines: lines(reading), lasting: rows.len() - expiries.len(), expiries }
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
}

/// Whether `row` stands under `tenant` of its account. What names no tenant, as refresh tokens do, is at home.
#[must_use]
pub fn is_in_tenant(row: &Row, account: &AccountRow, tenant: usize) -> bool {
    let Some(tenant) = account.tenants.get(tenant) else { return false };
    row.realm.as_deref().map_or(tenant.home, |realm| tenant.realm.eq_ignore_ascii_case(realm))
}

/// Everybody, each account with its tenants where it has several, and what is nobody's.
fn lines(reading: &Reading) -> Vec<Line> {
    let rows = &reading.roster.rows;
    let mut lines = vec![counted(Whose::All, rows.iter())];
    for (at, account) in reading.roster.accounts.iter().enumerate() {
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
