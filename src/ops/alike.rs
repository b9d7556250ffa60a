//! Access tokens for the same: for one account, cloud, app, tenant and binding, whatever the order and case of their
//! scopes. Says which stand together, not which of them is too many.

use std::collections::BTreeMap;

use crate::cache::{Cache, Entry, Field, Roster, Row, Scopes, Section, Shared, environment};
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
    for row in roster.rows.iter().filter(|row| row.section == Section::AccessToken && row.target.is_some()) {
        owners.entry(owner(row)).or_default().push(row);
    }
    let mut groups: BTreeMap<(Owner, Binding), BTreeMap<Vec<String>, Vec<EntrySpot>>> = BTreeMap::new();
    // Only where several have one owner is an entry worth reading.
    for (owner, rows) in owners.into_iter().filter(|(_, rows)| rows.len() > 1) {
        for entry in rows.into_iter().filter_map(|row| cache.entry(row.spot)) {
            let spellings = groups.entry((owner.clone(), binding(&entry))).or_default();
            spellings.entry(spelling(&entry.scopes())).or_default().push(entry.spot());
        }
    }
    let groups = groups.into_values().map(|spellings| spellings.into_values().collect());
    groups.filter(|alike: &Alike| alike.iter().map(Vec::len).sum::<usize>() > 1).collect()
}

fn owner(row: &Row) -> Owner {
    let text = |field: &Option<Shared>| field.as_deref().unwrap_or_default().to_lowercase();
    let host = text(&row.environment);
    let cloud = environment::preferred_cache(&host).to_owned();
    [text(&row.home_account_id), cloud, text(&row.client_id), text(&row.realm), row.scopes().normal().0.join(" ")]
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
