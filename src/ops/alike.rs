//! Access tokens for the same: for one account, cloud, app, tenant and binding, whatever the order and case of their
//! scopes. Says which stand together, not which of them is too many.

use std::collections::BTreeMap;

use crate::cache::{Cache, Entry, Field, QuickMap, Roster, Row, Scopes, Section, Shared, environment};
use crate::json::EntrySpot;

/// Tokens for the same resource, by how they spell their scopes: single and double slashes are one resource to people
/// and two audiences to the service. Each spelling has its tokens in file order.
pub type Alike = Vec<Vec<EntrySpot>>;

/// For whom and what a token is, but for how it is bound: account, cloud, app, tenant, scopes.
type Owner = [String; 5];
/// What tells tokens for the same apart on purpose: scheme, key, assertion, extended key.
type Binding = [String; 4];

/// The groups of two tokens and more. Tokens without scopes are in none.
#[must_use]
pub fn alike(cache: &Cache<'_>, roster: &Roster) -> Vec<Alike> {
    let mut owners: BTreeMap<Owner, Vec<&Row>> = BTreeMap::new();
    for row in in_company(roster) {
        owners.entry(owner(row)).or_default().push(row);
    }
    let mut groups: BTreeMap<(Owner, Binding), BTreeMap<Vec<String>, Vec<EntrySpot>>> = BTreeMap::new();
    for (owner, rows) in owners {
        for entry in rows.into_iter().filter_map(|row| cache.entry(row.spot)) {
            let spellings = groups.entry((owner.clone(), binding(&entry))).or_default();
            spellings.entry(spelling(&entry.scopes())).or_default().push(entry.spot());
        }
    }
    let groups = groups.into_values().map(|spellings| spellings.into_values().collect());
    groups.filter(|alike: &Alike| alike.iter().map(Vec::len).sum::<usize>() > 1).collect()
}

/// The access tokens that are not the only one of their owner: few as a rule, and only they are worth a look at their
/// entries.
fn in_company(roster: &Roster) -> impl Iterator<Item = &Row> {
    let tokens = || roster.rows.iter().filter(|row| row.section == Section::AccessToken && row.target.is_some());
    let mut numbers: [Numbers; 5] = Default::default();
    let mut number = |row| {
        let mut number = [0; 5];
        let parts = parts(row).into_iter().zip(&mut numbers);
        number.iter_mut().zip(parts).for_each(|(number, ((text, fold), numbers))| *number = numbers.of(text, fold));
        number
    };
    let owners: Vec<_> = tokens().map(&mut number).collect();
    let mut counts: QuickMap<_, usize> = QuickMap::default();
    owners.iter().for_each(|owner| *counts.entry(*owner).or_default() += 1);
    let has_company = move |owner| counts.get(&owner).is_some_and(|count| *count > 1);
    tokens().zip(owners).filter(move |(_, owner)| has_company(*owner)).map(|(row, _)| row)
}

/// Numbers texts: those that are the same once folded have the same number. Each text of a cache, which many rows share,
/// is folded once.
#[derive(Default)]
struct Numbers {
    by_place: QuickMap<(usize, usize), usize>,
    by_text: QuickMap<String, usize>,
}

impl Numbers {
    fn of(&mut self, text: &str, fold: Fold) -> usize {
        *self.by_place.entry((text.as_ptr().addr(), text.len())).or_insert_with(|| {
            let next = self.by_text.len();
            *self.by_text.entry(fold(text)).or_insert(next)
        })
    }
}

/// What makes texts that mean the same the same.
type Fold = fn(&str) -> String;

/// What an owner is made of.
fn parts(row: &Row) -> [(&str, Fold); 5] {
    let cloud = |host: &str| environment::preferred_cache(&host.to_lowercase()).to_owned();
    let scopes = |target: &str| Scopes::of(target).normal().0.join(" ");
    [
        (text(&row.home_account_id), str::to_lowercase),
        (text(&row.environment), cloud),
        (text(&row.client_id), str::to_lowercase),
        (text(&row.realm), str::to_lowercase),
        (text(&row.target), scopes),
    ]
}

fn text(field: &Option<Shared>) -> &str {
    field.as_deref().unwrap_or_default()
}

fn owner(row: &Row) -> Owner {
    parts(row).map(|(text, fold)| fold(text))
}

fn binding(entry: &Entry<'_>) -> Binding {
    let text = |field| entry.text(field).unwrap_or_default().to_lowercase();
    let scheme = Some(text(Field::TokenType)).filter(|scheme| scheme != "bearer").unwrap_or_default();
    let components = entry.components().unwrap_or_default().into_owned();
    [scheme, text(Field::KeyId), text(Field::UserAssertionHash), components]
}

/// The scopes in lower case, sorted, their slashes as written.
fn spelling(scopes: &Scopes) -> Vec<String> {
    let mut spelled: Vec<_> = scopes.iter().map(str::to_lowercase).collect();
    spelled.sort_unstable();
    spelled.dedup();
    spelled
}
