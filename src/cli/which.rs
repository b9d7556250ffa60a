//! Which cache could be meant, for a command that is about one and was given none, or a folder. Opens nothing.

use std::path::Path;

use super::failure::{Failure, Kind};
use super::folders::Lying;
use super::session::Session;
use crate::present::words::quoted;
use crate::source::{Known, discover};

/// So many are named.
const OFFERS: usize = 5;

/// The failure of a command that was given no place.
pub(super) fn none(session: &Session) -> Failure {
    let offers = known(session, |_| true).iter().map(offer).collect();
    let failure = named(Failure::new(Kind::Usage, "a PLACE is missing"), "found here: ", offers);
    failure.hint("see: saltcellar help places")
}

/// That of one that was given `folder`, typed as `text`.
pub(super) fn folder(session: &Session, text: &str, folder: &Path) -> Failure {
    let failure = Failure::new(Kind::Usage, format!("{text} is a folder"));
    let Ok(whole) = std::path::absolute(folder) else { return failure.hint("name one of its files") };
    let mut offers: Vec<String> =
        known(session, |path| path.parent() == Some(whole.as_path())).iter().map(offer).collect();
    if offers.is_empty() {
        let files = Lying::of(folder).map(|lying| lying.caches).unwrap_or_default();
        offers = files.iter().map(|path| quoted(&path.display().to_string())).collect();
    }
    if offers.is_empty() {
        return failure.hint("no cache lies in it");
    }
    named(failure, "name one of its files: ", offers)
}

/// The caches at the places that are known, of those where `is_meant` says so.
fn known(session: &Session, is_meant: impl Fn(&Path) -> bool) -> Vec<Known> {
    let mut known = discover(&session.config().settings.places);
    known.retain(|known| known.exists && is_meant(&known.path));
    known
}

/// "/home/ada/.azure/msal_token_cache.json (Azure CLI)", to be pasted up to the bracket.
fn offer(known: &Known) -> String {
    format!("{} ({})", quoted(&known.path.display().to_string()), known.app)
}

/// `failure` with a hint for each of the first `offers`.
fn named(failure: Failure, before: &str, offers: Vec<String>) -> Failure {
    let more = offers.len().saturating_sub(OFFERS);
    let failure = offers.iter().take(OFFERS).fold(failure, |failure, offer| failure.hint(format!("{before}{offer}")));
    if more == 0 { failure } else { failure.hint(format!("and {more} more")) }
}
