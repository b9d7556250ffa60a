//! Differences in JSON: the shape that `diff`, `snapshot diff`, `watch` and `run` share. Secrets are fingerprints.

use serde::Serialize;

use crate::ops::{Comparison, Difference, Item, Word};
use crate::present;

/// What differs, and whether anything does.
#[derive(Serialize)]
pub(super) struct Differences<'a> {
    same: bool,
    /// Whether the texts differ though their entries do not.
    layout: bool,
    differences: Vec<One<'a>>,
}

/// One entry that differs.
#[derive(Serialize)]
struct One<'a> {
    kind: &'static str,
    section: &'a str,
    key: &'a str,
    home_account_id: Option<&'a str>,
    environment: Option<&'a str>,
    client_id: Option<&'a str>,
    realm: Option<&'a str>,
    target: Option<&'a str>,
    was: Option<State<'a>>,
    is: Option<State<'a>>,
    fields: Vec<&'a str>,
}

/// What of an entry may differ.
#[derive(Serialize)]
struct State<'a> {
    key: &'a str,
    fingerprint: Option<String>,
    cached_at: Option<i64>,
    expires_on: Option<i64>,
}

impl<'a> Differences<'a> {
    /// What `comparison` found.
    pub(super) fn new(comparison: &'a Comparison) -> Self {
        let differences = comparison.differences.iter().filter_map(One::new).collect();
        Self { same: comparison.is_same(), layout: comparison.is_layout, differences }
    }
}

impl<'a> One<'a> {
    fn new(difference: &'a Difference) -> Option<Self> {
        let item = difference.item()?;
        let text = |word: &'a Option<Word>| word.as_ref().map(|word| &*word.0);
        Some(Self {
            kind: present::difference::name(difference.kind),
            section: &item.section.0,
            key: &item.key,
            home_account_id: text(&item.home_account_id),
            environment: text(&item.environment),
            client_id: text(&item.client_id),
            realm: text(&item.realm),
            target: text(&item.target),
            was: difference.was.as_ref().map(State::new),
            is: difference.is.as_ref().map(State::new),
            fields: difference.fields.iter().map(|name| &*name.0).collect(),
        })
    }
}

impl<'a> State<'a> {
    fn new(item: &'a Item) -> Self {
        Self {
            key: &item.key,
            fingerprint: item.fingerprint.map(|print| print.0.to_string()),
            cached_at: item.cached_at,
            expires_on: item.expires_on,
        }
    }
}
