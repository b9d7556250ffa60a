//! Which refresh token gets a new access token for what: as MSAL Python looks for one
//! (application.py:1558, own client first, then family); in a cache of Node's as Node does, which knows no families.
//! Local data only: no refresh token is tried.

use std::collections::HashMap;

use crate::cache::{Cache, Dialect, Field, Row, Section, environment, names};

/// The refresh tokens of a cache, found by account.
#[derive(Clone, Debug)]
pub(super) struct Renewers<'r> {
    dialect: Dialect,
    by_account: HashMap<String, Vec<Renewer<'r>>>,
    families: HashMap<String, Option<String>>,
}

/// One refresh token.
#[derive(Clone, Debug)]
struct Renewer<'r> {
    row: &'r Row,
    assertion: Option<String>,
}

impl<'r> Renewers<'r> {
    /// Those among `rows`, which are rows of `cache`.
    pub(super) fn among(cache: &Cache<'_>, rows: impl IntoIterator<Item = &'r Row>) -> Self {
        let mut found = Self { dialect: cache.dialect(), by_account: HashMap::new(), families: HashMap::new() };
        for row in rows {
            match row.section {
                Section::RefreshToken => found.add(row, assertion(cache, row)),
                Section::AppMetadata => {
                    let family = row.family_id.as_deref().filter(|family| !family.is_empty());
                    found.families.insert(folded(row.client_id.as_deref()), family.map(str::to_owned));
                }
                Section::AccessToken | Section::IdToken | Section::Account | Section::Other => {}
            }
        }
        found
    }

    /// The refresh token that renews `row` (a token of an account), if one does.
    pub(super) fn of(&self, cache: &Cache<'_>, row: &Row) -> Option<&'r Row> {
        let candidates = self.by_account.get(&folded(row.home_account_id.as_deref()))?;
        let assertion = assertion(cache, row);
        let fits = |renewer: &&Renewer<'_>| renewer.assertion == assertion && same_cloud(renewer.row, row);
        let own = |renewer: &&Renewer<'_>| is_same(renewer.row.client_id.as_deref(), row.client_id.as_deref());
        let shared = |renewer: &&Renewer<'_>| self.shares(renewer.row, row);
        let mut fitting = candidates.iter().filter(fits);
        let found = fitting.clone().find(own).or_else(|| fitting.find(shared));
        found.map(|renewer| renewer.row)
    }

    fn add(&mut self, row: &'r Row, assertion: Option<String>) {
        let account = folded(row.home_account_id.as_deref());
        if !account.is_empty() {
            self.by_account.entry(account).or_default().push(Renewer { row, assertion });
        }
    }

    /// Whether the family of `renewer` takes in the client of `row`: by its metadata, else by what is
    /// known of it in general. MSAL Python would try the family's token for a stranger too; it would fail.
    fn shares(&self, renewer: &Row, row: &Row) -> bool {
        let Some(family) = renewer.family_id.as_deref().filter(|family| !family.is_empty()) else { return false };
        if !self.dialect.shares_families() {
            return false;
        }
        match self.families.get(&folded(row.client_id.as_deref())) {
            Some(known) => known.as_deref() == Some(family),
            None => row.client_id.as_deref().and_then(names::client_family) == Some(family),
        }
    }
}

/// What ties a token to one on-behalf-of exchange: only a refresh token of the same one renews it.
fn assertion(cache: &Cache<'_>, row: &Row) -> Option<String> {
    // Few caches hold any: a look at the text spares reading every entry's fields.
    cache.document().node(row.spot).filter(|node| node.raw().contains("ssertion"))?;
    let entry = cache.entry(row.spot)?;
    entry.text(Field::UserAssertionHash).filter(|hash| !hash.is_empty()).map(|hash| hash.into_owned())
}

fn same_cloud(a: &Row, b: &Row) -> bool {
    match (a.environment.as_deref(), b.environment.as_deref()) {
        (Some(a), Some(b)) => environment::same_cloud(a, b),
        (None, _) | (_, None) => false,
    }
}

/// Whether two ids are one, whatever their case; few that are differ in it.
fn is_same(a: Option<&str>, b: Option<&str>) -> bool {
    a == b || folded(a) == folded(b)
}

fn folded(text: Option<&str>) -> String {
    text.unwrap_or("").to_lowercase()
}
