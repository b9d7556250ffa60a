//! What goes on working after an account was taken out of caches: tokens that are valid wherever a copy is.
//! Counts what the caches tell; asks no server, and revokes nothing.

use std::collections::BTreeSet;

use super::effect::is_live;
use super::{Effect, removed};
use crate::cache::{Cache, Health, Roster, Row, Section};
use crate::json::Patch;
use crate::time::UnixSeconds;

/// What a removal leaves at work, over any number of caches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Access tokens that go before their time.
    pub access_tokens: usize,
    /// When the last of them expires.
    pub until: Option<UnixSeconds>,
    /// Refresh tokens that go: good at the issuer as before.
    pub refresh_tokens: usize,
    /// Whether an account that goes has its tokens with a broker, as far as its cache says.
    pub broker: bool,
    /// Runtimes that put deleted entries back until restarted, if a cache may be theirs.
    pub put_back_by: BTreeSet<&'static str>,
}

impl Left {
    /// Adds what `patch`, which does `effect` to `cache`, leaves at work at `now`.
    #[must_use]
    pub fn with(mut self, cache: &Cache<'_>, patch: &Patch, effect: &Effect, now: UnixSeconds) -> Self {
        let roster = Roster::shared(cache);
        let gone = removed(cache, patch);
        let rows: Vec<&Row> = roster.rows.iter().filter(|row| gone.contains(&row.spot)).collect();
        let live = rows.iter().filter(|row| is_live(row, now));
        self.until = live.filter_map(|row| row.expires_on).chain(self.until).max();
        self.access_tokens += effect.live_tokens_gone;
        self.refresh_tokens += effect.refresh_tokens_gone;
        self.broker |= rows.iter().any(|row| is_with_a_broker(&roster, row));
        self.put_back_by.extend(&effect.resurrecting);
        self
    }
}

/// An account entry that nothing in its cache renews once the last access token has died, and yet needs no sign-in.
fn is_with_a_broker(roster: &Roster, row: &Row) -> bool {
    let account = row.account.filter(|_| row.section == Section::Account);
    account.is_some_and(|account| roster.health(account, None, UnixSeconds(i64::MAX)) == Health::Unknown)
}
