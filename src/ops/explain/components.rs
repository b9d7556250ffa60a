//! Token types, key ids and further components of the cache key as each runtime compares them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::ask::Ask;
use super::check::{Verdict, asked_and_has, plain, read, shown};
use super::request::Scheme;
use super::rules::{Extra, TypeRule};
use super::shelf::Held;
use crate::cache::Written;

/// Whether the token is of the type asked for.
pub(super) fn token_type(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("token_type");
    let wanted = ask.scheme.token_type();
    let has = if let Written::Text(text) = &written { text.as_ref() } else { "" };
    let is_bare = has.is_empty() && ask.scheme == Scheme::Bearer;
    let pass = match ask.rules.token_type {
        TypeRule::Ignored => true,
        TypeRule::Equal => is_bare || has.eq_ignore_ascii_case(wanted),
        TypeRule::EqualWithKey => is_bare || (has.eq_ignore_ascii_case(wanted) && has_key(ask, held)),
    };
    let why = match (pass, has.eq_ignore_ascii_case(wanted)) {
        (true, _) => wanted.to_owned(),
        (false, true) => asked_and_has(ask.key_id.unwrap_or("no key"), &held.entry.written(ask.rules.key_id)),
        (false, false) => asked_and_has(wanted, &written),
    };
    plain(name, pass, why)
}

fn has_key(ask: &Ask<'_>, held: &Held<'_>) -> bool {
    let written = held.entry.written(ask.rules.key_id);
    let has = read(ask.rules.blank, &written).unwrap_or_default();
    has == wanted_key(ask)
}

/// Bearer tokens are bound to no key, whatever a caller says.
fn wanted_key<'a>(ask: &Ask<'a>) -> &'a str {
    if ask.scheme == Scheme::Bearer { "" } else { ask.key_id.unwrap_or_default() }
}

/// Whether the token is bound to the key asked for.
pub(super) fn key_id(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let Some(wanted) = ask.key_id else { return plain(name, true, "no key is asked for".to_owned()) };
    let written = held.entry.written(ask.rules.key_id);
    let pass = written == Written::Text(Cow::Borrowed(wanted));
    plain(name, pass, if pass { wanted.to_owned() } else { asked_and_has(wanted, &written) })
}

/// Whether the token has the further components that are asked for.
pub(super) fn extra(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = |field| held.entry.written(field);
    let (pass, has) = match ask.rules.extra {
        // Without components MSAL Python asks another question: see `isolation`.
        Extra::Hash(field) => (ask.hash.is_empty() || is_text(&written(field), &ask.hash), shown(&written(field))),
        Extra::InKey(field) => {
            let blank = matches!(&written(field), Written::Absent | Written::Null) || is_text(&written(field), "");
            (if ask.hash.is_empty() { blank } else { held.key.contains(&ask.hash) }, shown(&written(field)))
        }
        Extra::CasedHash(field) => {
            let has = written(field).text().unwrap_or_default().into_owned();
            (if ask.hash.is_empty() { has.trim().is_empty() } else { has == ask.hash }, shown(&written(field)))
        }
        Extra::Components(field) => {
            let has = components(&written(field));
            let wanted: BTreeMap<_, _> = ask.components.iter().cloned().collect();
            let names = has.keys().cloned().collect::<Vec<_>>().join(" ");
            (has == wanted, if names.is_empty() { "none".to_owned() } else { names })
        }
    };
    let names: Vec<&str> = ask.components.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = if names.is_empty() { "none".to_owned() } else { names.join(" ") };
    plain(name, pass, if pass { format!("asked for {wanted}") } else { format!("asked for {wanted}, has {has}") })
}

/// Whether a token with further components meets a request without.
pub(super) fn isolation(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let Extra::Hash(field) = ask.rules.extra else { return plain(name, true, String::new()) };
    let written = held.entry.written(field);
    let pass = !ask.hash.is_empty() || !written.is_there();
    plain(
        name,
        pass,
        if pass { "none of its own".to_owned() } else { format!("asked for none, has {}", shown(&written)) },
    )
}

fn is_text(written: &Written<'_>, wanted: &str) -> bool {
    *written == Written::Text(Cow::Borrowed(wanted))
}

fn components(written: &Written<'_>) -> BTreeMap<String, String> {
    let Written::Nested(raw) = written else { return BTreeMap::new() };
    let members: BTreeMap<String, serde_json::Value> = serde_json::from_str(raw).unwrap_or_default();
    members
        .into_iter()
        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}
