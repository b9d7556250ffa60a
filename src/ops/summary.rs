//! Counts and sizes of one cache. Counts what stands there, judges nothing.

use std::collections::HashMap;

use crate::cache::{Cache, Health, Roster, Row, Section, State};
use crate::json::Document;
use crate::time::UnixSeconds;

/// A name, the entries that bear it and their bytes.
pub type Share = (String, usize, usize);

/// What `stats` and the title bar say.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The whole text, in bytes.
    pub bytes: usize,
    /// Entries of every section, duplicates included.
    pub entries: usize,
    /// Accounts; app-only tokens are no account.
    pub accounts: usize,
    /// (section name in the file, entries, bytes), in file order.
    pub sections: Vec<Share>,
    /// Access tokens with more than 15 minutes left.
    pub live: usize,
    /// Access tokens with 15 minutes left or fewer.
    pub expiring: usize,
    /// Access tokens past their time.
    pub expired: usize,
    /// (client name, entries, bytes), by bytes, descending; likewise below.
    pub clients: Vec<Share>,
    /// By the name of the tenant; entries without a realm are left out.
    pub tenants: Vec<Share>,
    /// The same by the tenant itself: not every cache knows its name.
    pub realms: Vec<Realm>,
    /// By resource: access tokens alone.
    pub resources: Vec<Share>,
    /// By account label.
    pub by_account: Vec<Share>,
}

/// What stands in a cache for one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    /// Its id as entries have it, in lower case.
    pub id: String,
    /// How it is called: by its id where no name of it is known.
    pub share: Share,
}

/// Counts the entries of `cache`, whose roster is `roster`, as they stand at `now`.
#[must_use]
pub fn summary(cache: &Cache<'_>, roster: &Roster, now: UnixSeconds) -> Summary {
    let document = cache.document();
    let (mut tallies, mut realms) = ([(); 3].map(|()| Tally::default()), HashMap::new());
    let mut summary = Summary { bytes: document.len(), entries: roster.rows.len(), ..Summary::default() };
    for row in &roster.rows {
        let bytes = size(document, row);
        summary.count_state(row, now);
        let account = row.account.and_then(|at| roster.accounts.get(at)).map(|account| account.label().to_owned());
        let resource = (row.section == Section::AccessToken).then(|| row.title());
        let client = row.client_id.is_some().then(|| row.client_name());
        for (tally, name) in tallies.iter_mut().zip([client, resource, account]) {
            name.iter().for_each(|name| tally.add(name, (1, bytes)));
        }
        if let Some(realm) = &row.realm {
            let new = || (roster.tenant_name(row).into_owned(), 0, 0);
            let share: &mut Share = realms.entry(realm.to_ascii_lowercase()).or_insert_with(new);
            (share.1, share.2) = (share.1 + 1, share.2 + bytes);
        }
    }
    let realms: Vec<_> = realms.into_iter().map(|(id, share)| Realm { id, share }).collect();
    let tenants = by_name(realms.iter().map(|realm| &realm.share));
    let [clients, resources, by_account] = tallies.map(Tally::sorted);
    let accounts = roster.accounts.iter().filter(|account| !account.is_app_only()).count();
    Summary { accounts, sections: sections(document), clients, tenants, realms, resources, by_account, ..summary }
}

/// Accounts by health; what apps got for themselves is no account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// With a live access token.
    pub ok: usize,
    /// With a refresh token that gets one.
    pub renews: usize,
    /// With nothing to get a token with.
    pub sign_in_needed: usize,
    /// That cannot be told of.
    pub unknown: usize,
}

/// How the accounts of `roster` stand at `now`.
#[must_use]
pub fn standing(roster: &Roster, now: UnixSeconds) -> Standing {
    let mut standing = Standing::default();
    let accounts = roster.accounts.iter().enumerate().filter(|(_, account)| !account.is_app_only());
    for (at, _) in accounts {
        standing.count(roster.health(at, None, now));
    }
    standing
}

impl Standing {
    /// Counts one more account.
    pub fn count(&mut self, health: Health) {
        match health {
            Health::Ok => self.ok += 1,
            Health::Renews => self.renews += 1,
            Health::SignInNeeded => self.sign_in_needed += 1,
            Health::Unknown => self.unknown += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.ok + self.renews + self.sign_in_needed + self.unknown
    }
}

impl Summary {
    fn count_state(&mut self, row: &Row, now: UnixSeconds) {
        if row.section != Section::AccessToken {
            return;
        }
        match row.state(now) {
            State::Live => self.live += 1,
            State::Expiring => self.expiring += 1,
            State::Expired => self.expired += 1,
            State::None => {}
        }
    }
}

/// The sums of `shares` by name, the largest first: tenants may bear the same.
pub(super) fn by_name<'s>(shares: impl Iterator<Item = &'s Share>) -> Vec<Share> {
    let mut tally = Tally::default();
    shares.for_each(|(name, entries, bytes)| tally.add(name, (*entries, *bytes)));
    tally.sorted()
}

/// Entries and bytes by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(HashMap<String, (usize, usize)>);

impl Tally {
    pub(super) fn add(&mut self, name: &str, (entries, bytes): (usize, usize)) {
        // Most names are known: no text of their own is made for those.
        match self.0.get_mut(name) {
            Some(sum) => *sum = (sum.0 + entries, sum.1 + bytes),
            None => _ = self.0.insert(name.to_owned(), (entries, bytes)),
        }
    }

    /// The largest first.
    pub(super) fn sorted(self) -> Vec<Share> {
        let mut shares: Vec<Share> =
            self.0.into_iter().map(|(name, (entries, bytes))| (name, entries, bytes)).collect();
        shares.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        shares
    }
}

fn sections(document: &Document) -> Vec<Share> {
    let size = |spot| document.section_node(spot).map_or(0, |node| node.span().end - node.span().start);
    let share = |spot| (document.section_name(spot).into_owned(), document.entry_count(spot), size(spot));
    document.sections().map(share).collect()
}

/// The bytes of an entry's key and value.
pub(super) fn size(document: &Document, row: &Row) -> usize {
    let value = document.node(row.spot).map_or(0, |node| node.span().end - node.span().start);
    document.raw_key(row.spot).len() + value
}
