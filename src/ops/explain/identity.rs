//! What id tokens and accounts do to a search for access tokens: Node decodes them, Go is spoiled by a broken one,
//! MSAL4J stumbles over nulls. Reads no claim.

use super::answer::{Named, Raise};
use super::ask::Ask;
use super::check::{Purpose, Verdict, check};
use super::lookup::{Filter, IdTokens};
use super::shelf::{Held, Shelf};
use crate::cache::Claims;
use crate::cache::claims::of_token;

/// What id tokens mean for an access token that was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bearing {
    /// Id tokens that are dropped.
    pub(super) deletes: Vec<Named>,
    /// Whether the access token may be not used for one.
    pub(super) spoils: Spoils,
}

/// Whether a broken id token keeps an access token from being used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Spoils {
    /// It does not.
    #[default]
    Never,
    /// It depends on which of several is met first.
    Perhaps,
    /// It does.
    Always,
}

/// What the id tokens on `shelf` mean.
///
/// # Errors
/// What the library raises.
pub(super) fn bearing(ask: &Ask<'_>, shelf: &Shelf<'_>) -> Result<Bearing, Raise> {
    match ask.lookup.id_tokens {
        IdTokens::Unread => Ok(Bearing::default()),
        IdTokens::Searched(filters, _) => first(ask, shelf, filters).map(|_| Bearing::default()),
        IdTokens::Decoded(filters) => {
            let fitting = fitting(ask, shelf, filters)?;
            if let [only] = fitting.as_slice() {
                return if is_readable(only) { Ok(Bearing::default()) } else { Err(broken(only)) };
            }
            Ok(Bearing { deletes: fitting.iter().map(|held| held.named()).collect(), ..Bearing::default() })
        }
        IdTokens::Spoil(filters) => {
            let fitting = fitting(ask, shelf, filters)?;
            let broken = fitting.iter().filter(|held| !is_readable(held)).count();
            let spoils = match broken {
                0 => Spoils::Never,
                all if all == fitting.len() => Spoils::Always,
                _ => Spoils::Perhaps,
            };
            Ok(Bearing { spoils, ..Bearing::default() })
        }
    }
}

/// Searches accounts as MSAL4J does before anything else; tells whether the account's is missing that it relies on.
///
/// # Errors
/// What the library raises.
pub(super) fn account_is_missing(ask: &Ask<'_>, shelf: &Shelf<'_>) -> Result<bool, Raise> {
    let is_searched = matches!(ask.lookup.id_tokens, IdTokens::Searched(..)) && ask.home.is_some();
    Ok(is_searched && first(ask, shelf, &[Filter::Owner, Filter::Environment])?.is_none())
}

/// Searches refresh tokens for an app, as MSAL4J does though an app has none.
///
/// # Errors
/// What the library raises.
pub(super) fn search_in_vain(ask: &Ask<'_>, shelf: &Shelf<'_>) -> Result<(), Raise> {
    match ask.lookup.id_tokens {
        IdTokens::Searched(_, filters) if !filters.is_empty() => first(ask, shelf, filters).map(|_| ()),
        IdTokens::Unread | IdTokens::Decoded(_) | IdTokens::Spoil(_) | IdTokens::Searched(..) => Ok(()),
    }
}

fn broken(held: &Held<'_>) -> Raise {
    Raise(format!("ClientAuthError: token_parsing_error: {} is no JWT", held.title()))
}

fn is_readable(held: &Held<'_>) -> bool {
    held.entry.secret().is_some_and(|secret| matches!(of_token(&secret), Claims::Jwt { .. }))
}

fn fits(ask: &Ask<'_>, held: &Held<'_>, filters: &[Filter]) -> Result<bool, Raise> {
    for filter in filters {
        match check(*filter, ask, held, Purpose::Identity) {
            Verdict { raise: Some(raise), .. } => return Err(raise),
            Verdict { check, .. } if !check.pass => return Ok(false),
            Verdict { .. } => {}
        }
    }
    Ok(true)
}

fn fitting<'h, 'd>(ask: &Ask<'_>, shelf: &'h Shelf<'d>, filters: &[Filter]) -> Result<Vec<&'h Held<'d>>, Raise> {
    let mut found = Vec::new();
    for held in &shelf.held {
        if fits(ask, held, filters)? {
            found.push(held);
        }
    }
    Ok(found)
}

fn first<'h, 'd>(ask: &Ask<'_>, shelf: &'h Shelf<'d>, filters: &[Filter]) -> Result<Option<&'h Held<'d>>, Raise> {
    for held in &shelf.held {
        if fits(ask, held, filters)? {
            return Ok(Some(held));
        }
    }
    Ok(None)
}
