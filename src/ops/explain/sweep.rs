//! The expired access tokens that MSAL Python drops after a search that found nothing. It makes each one's key anew from
//! its fields and removes what stands there: which may be another entry, or none.

use std::collections::BTreeSet;

use super::answer::{Named, Raise};
use super::shelf::{Held, Shelf};

/// What is dropped of the expired entries, and what dropping them raises.
pub(super) fn sweep(shelf: &Shelf<'_>, expired: &[usize]) -> (Vec<Named>, Option<Raise>) {
    let mut gone = BTreeSet::new();
    let mut deletes = Vec::new();
    for held in expired.iter().filter_map(|at| shelf.get(*at)) {
        if held.entry.written("credential_type").text().as_deref() != Some("AccessToken") {
            return (deletes, Some(Raise(format!("AssertionError: {} is no AccessToken", held.title()))));
        }
        let Some(at) = shelf.at_key(&key(held)) else { continue };
        if gone.insert(at) {
            deletes.extend(shelf.named(at));
        }
    }
    (deletes, None)
}

/// The key that MSAL Python makes of the fields of an access token.
fn key(held: &Held<'_>) -> String {
    let text = |name: &str| held.entry.written(name).text().map(|text| text.into_owned()).unwrap_or_default();
    let extra = text("ext_cache_key");
    let kind = if extra.is_empty() { "AccessToken" } else { "atext" };
    let mut parts = vec![text("home_account_id"), text("environment"), kind.to_owned()];
    parts.extend([text("client_id"), text("realm"), text("target")]);
    if !extra.is_empty() {
        parts.push(extra);
    }
    parts.join("-").to_lowercase()
}
