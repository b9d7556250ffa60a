//! Counts and sizes of very many caches, one after another: no more room than for the names that they have in common.

use std::collections::HashMap;

use super::summary::{Share, Summary};

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
    tables: [HashMap<String, (usize, usize)>; 4],
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
        let shares = [&summary.sections, &summary.clients, &summary.tenants, &summary.resources];
        for (table, shares) in self.tables.iter_mut().zip(shares) {
            for (name, entries, bytes) in shares {
                // Most names are known: no text of their own is made for those.
                match table.get_mut(name) {
                    Some(sum) => *sum = (sum.0 + entries, sum.1 + bytes),
                    None => _ = table.insert(name.clone(), (*entries, *bytes)),
                }
            }
        }
        let is_large = self.largest.len() < LARGEST || self.largest.last().is_some_and(|last| last.2 < summary.bytes);
        if is_large {
            self.largest.push((key.to_owned(), summary.entries, summary.bytes));
            self.largest.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
            self.largest.truncate(LARGEST);
        }
    }

    /// The sums with their tables, the largest share first.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let [sections, clients, tenants, resources] = self.tables.map(sorted);
        self.summary = Summary { sections, clients, tenants, resources, ..self.summary };
        self.tables = Default::default();
        self
    }
}

fn sorted(table: HashMap<String, (usize, usize)>) -> Vec<Share> {
    let mut shares: Vec<Share> = table.into_iter().map(|(name, (entries, bytes))| (name, entries, bytes)).collect();
    shares.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

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
