//! Counts and sizes of very many caches, one after another: no more room than for the names that they have in common.

use std::collections::HashMap;

use super::summary::{Realm, Share, Summary, Tally, by_name};

/// So many of the largest caches are named.
const LARGEST: usize = 10;

/// Caches counted together.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How many.
    pub caches: usize,
    /// Their sums; without the accounts by name, of which there are as many as caches.
    pub summary: Summary,
    /// The largest, by key: (key, entries, bytes).
    pub largest: Vec<Share>,
    tallies: [Tally; 3],
    /// By the id of the tenant.
    realms: HashMap<String, Share>,
}

impl Totals {
    /// Adds what was counted in the cache of `key`.
    pub fn add(&mut self, key: &str, summary: &Summary) {
        let all = &mut self.summary;
        self.caches += 1;
        all.bytes += summary.bytes;
        all.entries += summary.entries;
        all.accounts += summary.accounts;
        all.live += summary.live;
        all.expiring += summary.expiring;
        all.expired += summary.expired;
        let shares = [&summary.sections, &summary.clients, &summary.resources];
        for (tally, shares) in self.tallies.iter_mut().zip(shares) {
            shares.iter().for_each(|(name, entries, bytes)| tally.add(name, (*entries, *bytes)));
        }
        summary.realms.iter().for_each(|realm| self.add_realm(realm));
        let is_large = self.largest.len() < LARGEST || self.largest.last().is_some_and(|last| last.2 < summary.bytes);
        if is_large {
            self.largest.push((key.to_owned(), summary.entries, summary.bytes));
            self.largest.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
            self.largest.truncate(LARGEST);
        }
    }

    /// One cache may name a tenant of which another knows the id alone.
    fn add_realm(&mut self, Realm { id, share: (name, entries, bytes) }: &Realm) {
        let Some(sum) = self.realms.get_mut(id) else {
            self.realms.insert(id.clone(), (name.clone(), *entries, *bytes));
            return;
        };
        (sum.1, sum.2) = (sum.1 + entries, sum.2 + bytes);
        if id.starts_with(&sum.0) {
            sum.0.clone_from(name);
        }
    }

    /// The sums with their tables, the largest share first.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let [sections, clients, resources] = self.tallies.map(Tally::sorted);
        let tenants = by_name(self.realms.values());
        self.realms = HashMap::new();
        self.summary = Summary { sections, clients, tenants, resources, ..self.summary };
        self.tallies = Default::default();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_one_however_many_caches_know_its_name() {
        let mut totals = Totals::default();
        for (name, id) in
            [("fab21ca0", "fab21ca0-1"), ("fabrikam", "fab21ca0-1"), ("fab21ca0", "fab21ca0-1"), ("x", "y")]
        {
            let realms = vec![Realm { id: id.to_owned(), share: (name.to_owned(), 1, 10) }];
            totals.add("key", &Summary { realms, ..Summary::default() });
        }

        assert_eq!(totals.finish().summary.tenants, [("fabrikam".to_owned(), 3, 30), ("x".to_owned(), 1, 10)]);
    }

    #[test]
    fn shares_add_up_by_name_and_only_the_largest_caches_are_named() {
        let mut totals = Totals::default();
        for at in 0..12 {
            let clients = vec![("graph".to_owned(), 1, at)];
            totals.add(&format!("key {at:02}"), &Summary { bytes: at, entries: 1, clients, ..Summary::default() });
        }
        let totals = totals.finish();

        assert_eq!((totals.caches, totals.summary.bytes, totals.summary.entries), (12, 66, 12));
        assert_eq!(totals.summary.clients, [("graph".to_owned(), 12, 66)]);
        assert_eq!(totals.largest.len(), LARGEST);
        assert_eq!(totals.largest.first().map(|share| share.0.as_str()), Some("key 11"));
        assert_eq!(totals.largest.last().map(|share| share.0.as_str()), Some("key 02"));
    }
}
