//! One filter held against one entry: pass or fail, the values that were compared, and whether the comparison itself
//! raises. Knows the rules' types, not the runtimes.

use std::borrow::Cow;

use super::answer::{Check, Raise};
use super::ask::Ask;
use super::lookup::{Filter, Left, Nobody};
use super::rules::{Blank, Letters, Numbers};
use super::shelf::Held;
use super::{components, scopes, value};
use crate::cache::scopes::same;
use crate::cache::{Section, Written};
use crate::json::Kind;
use crate::time::span;

/// What an entry is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose<'a> {
    /// As an access token.
    Token,
    /// As a refresh token of a family; of any without a name.
    Family(Option<&'a str>),
    /// As the client's own refresh token.
    Own,
    /// As an id token.
    Identity,
}

/// What a filter says of an entry.
pub(super) struct Verdict {
    /// The filter, and whether the entry passes.
    pub(super) check: Check,
    /// What the comparison raises.
    pub(super) raise: Option<Raise>,
}

/// Seconds that a token must still live, to be used by any MSAL.
pub(super) const SKEW: i64 = 300;

/// How far away an expiry may be for .NET, in seconds: ten years.
const FAR: i64 = 10 * 365 * 86_400;

/// Holds `filter` against `held`.
pub(super) fn check(filter: Filter, ask: &Ask<'_>, held: &Held<'_>, purpose: Purpose<'_>) -> Verdict {
    let name = name(filter);
    let rules = ask.rules;
    match filter {
        Filter::Client => text(name, ask, held, "client_id", ask.client, rules.ids),
        Filter::Account => account(name, ask, held),
        Filter::Owner => owner(name, ask, held),
        Filter::Environment => environment(name, ask, held),
        Filter::Tenant => text(name, ask, held, "realm", &ask.tenant, rules.realm),
        Filter::Scopes => scopes::check(name, ask, held),
        Filter::TokenType => components::token_type(name, ask, held),
        Filter::KeyId => components::key_id(name, ask, held),
        Filter::Extra => components::extra(name, ask, held),
        Filter::Isolation => components::isolation(name, ask, held),
        Filter::Kind => kind(name, held),
        Filter::KeyText => key_text(name, ask, held, purpose),
        Filter::VeryKey => plain(name, true, "it stands under the very key of the request".to_owned()),
        Filter::Alive => alive(name, ask, held),
        Filter::Expiry => expiry(name, ask, held),
        Filter::CachedAt => cached_at(name, ask, held),
        Filter::Family => family(name, held, purpose),
        Filter::Usable => usable(name, held),
        Filter::Times => times(name, ask, held),
        Filter::Secret => {
            plain(name, !is_empty(held), if is_empty(held) { "it is empty" } else { "there is one" }.to_owned())
        }
    }
}

fn name(filter: Filter) -> &'static str {
    match filter {
        Filter::Client => "client",
        Filter::Account | Filter::Owner => "account",
        Filter::Environment => "environment",
        Filter::Tenant => "tenant",
        Filter::Scopes => "scopes",
        Filter::TokenType | Filter::Usable => "token_type",
        Filter::KeyId => "key_id",
        Filter::Extra | Filter::Isolation => "data",
        Filter::Kind => "credential_type",
        Filter::KeyText | Filter::VeryKey => "key",
        Filter::Alive | Filter::Expiry => "expiry",
        Filter::CachedAt => "cached_at",
        Filter::Family => "family",
        Filter::Secret => "secret",
        Filter::Times => "times",
    }
}

/// A verdict without a fault.
pub(super) fn plain(name: &'static str, pass: bool, why: String) -> Verdict {
    Verdict { check: Check { name, pass, why }, raise: None }
}

/// A comparison that raises `what`.
pub(super) fn raised(name: &'static str, what: String) -> Verdict {
    Verdict { check: Check { name, pass: false, why: what.clone() }, raise: Some(Raise(what)) }
}

/// The value that is written, in words.
pub(super) fn shown(written: &Written<'_>) -> String {
    match written {
        Written::Absent => "none".to_owned(),
        Written::Null => "null".to_owned(),
        Written::Text(text) if text.is_empty() => "an empty text".to_owned(),
        Written::Text(text) => text.to_string(),
        Written::Number(raw) => raw.to_string(),
        Written::Bool(is) => is.to_string(),
        Written::Nested(_) => "an object".to_owned(),
        Written::Hidden => "a secret".to_owned(),
    }
}

/// The text of `written` as the runtime has it.
pub(super) fn read<'a>(blank: Blank, written: &'a Written<'_>) -> Option<Cow<'a, str>> {
    match written {
        Written::Text(text) => Some(Cow::Borrowed(text)),
        // MSAL4J reads any scalar as its text.
        Written::Number(raw) if blank == Blank::Raises => Some(Cow::Borrowed(raw)),
        Written::Absent | Written::Null if blank == Blank::Empty => Some(Cow::Borrowed("")),
        Written::Absent
        | Written::Null
        | Written::Number(_)
        | Written::Bool(_)
        | Written::Nested(_)
        | Written::Hidden => None,
    }
}

fn text(name: &'static str, ask: &Ask<'_>, held: &Held<'_>, field: &str, wanted: &str, letters: Letters) -> Verdict {
    let written = held.entry.written(field);
    let Some(has) = read(ask.rules.blank, &written) else {
        if ask.rules.blank == Blank::Raises {
            return raised(name, format!("NullPointerException: {} has no {field}", held.title()));
        }
        return plain(name, false, asked_and_has(wanted, &written));
    };
    let pass = match letters {
        Letters::Exact => has == wanted,
        Letters::AnyCase => same(&has, wanted),
    };
    plain(name, pass, if pass { wanted.to_owned() } else { asked_and_has(wanted, &written) })
}

/// "asked for X, has Y".
pub(super) fn asked_and_has(wanted: &str, written: &Written<'_>) -> String {
    let wanted = if wanted.is_empty() { "none" } else { wanted };
    format!("asked for {wanted}, has {}", shown(written))
}

fn account(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("home_account_id");
    if let Some(home) = ask.home {
        let pass = read(ask.rules.blank, &written).is_some_and(|has| match ask.rules.ids {
            Letters::Exact => has == home,
            Letters::AnyCase => same(&has, home),
        });
        return plain(name, pass, if pass { home.to_owned() } else { asked_and_has(home, &written) });
    }
    let is_empty = written == Written::Text(Cow::Borrowed(""));
    let (pass, form) = match ask.lookup.nobody {
        Nobody::Null => (written == Written::Null, "null"),
        Nobody::EmptyText => (is_empty, "an empty text"),
        Nobody::Blank => (is_empty || matches!(written, Written::Null | Written::Absent), "none"),
    };
    let why =
        if pass { "an app's own token".to_owned() } else { format!("an app's is {form}, this {}", shown(&written)) };
    plain(name, pass, why)
}

fn owner(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let wanted = ask.home.unwrap_or_default();
    text(name, ask, held, "home_account_id", wanted, Letters::Exact)
}

fn environment(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("environment");
    let host = ask.hosts.first().map_or("a host of another cloud", String::as_str);
    let fits = |wanted: &String, has: &str| match ask.rules.realm {
        // .NET and Node know aliases; Node compares their letters.
        Letters::AnyCase if ask.rules.ids == Letters::AnyCase => wanted.eq_ignore_ascii_case(has),
        Letters::Exact | Letters::AnyCase => wanted == has,
    };
    let pass = read(ask.rules.blank, &written).is_some_and(|has| ask.hosts.iter().any(|wanted| fits(wanted, &has)));
    let why = match (pass, written == Written::Text(Cow::Borrowed(host))) {
        (true, true) => host.to_owned(),
        (true, false) => format!("{}, an alias of {host}", shown(&written)),
        (false, _) => asked_and_has(host, &written),
    };
    plain(name, pass, why)
}

fn kind(name: &'static str, held: &Held<'_>) -> Verdict {
    let wanted = match held.section {
        Section::AccessToken => "AccessToken",
        Section::RefreshToken => "RefreshToken",
        Section::IdToken => "IdToken",
        Section::Account | Section::AppMetadata | Section::Other => "",
    };
    let written = held.entry.written("credential_type");
    let pass = written == Written::Text(Cow::Borrowed(wanted));
    plain(name, pass, if pass { wanted.to_owned() } else { asked_and_has(wanted, &written) })
}

/// Node looks at the key before the value.
fn key_text(name: &'static str, ask: &Ask<'_>, held: &Held<'_>, purpose: Purpose<'_>) -> Verdict {
    let key = held.key.to_lowercase();
    let home = ask.home.unwrap_or_default();
    let mut parts = match purpose {
        Purpose::Family(family) => vec![family.unwrap_or_default(), home],
        Purpose::Own | Purpose::Identity => vec![ask.client, home],
        Purpose::Token => vec![ask.client, home, &ask.tenant],
    };
    if purpose == Purpose::Token {
        parts.extend(ask.scopes.iter().map(String::as_str));
    }
    match parts.iter().find(|part| !key.contains(&part.to_lowercase())) {
        Some(part) => plain(name, false, format!("the key does not contain {part}")),
        None => plain(name, true, "the key contains what is asked for".to_owned()),
    }
}

fn alive(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    if held.kind != Kind::Object {
        return raised(name, format!("TypeError: {} is no object", held.title()));
    }
    match value::number(ask.rules.numbers, &held.entry.written("expires_on")) {
        Err(fault) => raised(name, format!("{fault}: expires_on of {}", held.title())),
        Ok(at) => {
            let ago = ask.now.0.saturating_sub(at.unwrap_or(0));
            let why = if ago > 0 { format!("expired {} ago", span(ago)) } else { "not expired".to_owned() };
            plain(name, ago <= 0, why)
        }
    }
}

fn expiry(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let at = match value::number(ask.rules.numbers, &held.entry.written("expires_on")) {
        Err(fault) => return raised(name, format!("{fault}: expires_on of {}", held.title())),
        Ok(at) => at,
    };
    let zero = (ask.rules.numbers == Numbers::JavaScript).then_some(0);
    let Some(at) = at.or(zero) else { return plain(name, false, "no expires_on".to_owned()) };
    let left = at.saturating_sub(ask.now.0);
    let pass = match ask.lookup.left {
        Left::FiveMinutes => left >= SKEW,
        Left::MoreThanFiveMinutes => left > SKEW,
        Left::Plausible => left > SKEW && left <= FAR,
    };
    let why = match left {
        ..=0 => format!("expired {} ago", span(left.saturating_neg())),
        _ if pass => format!("{} left", span(left)),
        1..=SKEW => format!("{} left, less than 5 minutes count as expired", span(left)),
        _ => format!("{} left, more than 10 years count as wrong", span(left)),
    };
    plain(name, pass, why)
}

fn cached_at(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("cached_at");
    let read = if ask.rules.numbers == Numbers::JavaScript {
        value::rounded_up(&written)
    } else {
        value::number(ask.rules.numbers, &written).unwrap_or_default()
    };
    match read {
        Some(at) if at > ask.now.0 => {
            plain(name, false, format!("cached in the future, {} from now", span(at.saturating_sub(ask.now.0))))
        }
        None if ask.rules.numbers == Numbers::Go => plain(name, false, "no cached_at".to_owned()),
        Some(_) | None => plain(name, true, "not in the future".to_owned()),
    }
}

fn family(name: &'static str, held: &Held<'_>, purpose: Purpose<'_>) -> Verdict {
    let written = held.entry.written("family_id");
    let has = if let Written::Text(text) = &written { text.as_ref() } else { "" };
    let (wanted, pass) = match purpose {
        Purpose::Family(Some(family)) => (family, has == family),
        Purpose::Family(None) | Purpose::Token | Purpose::Own | Purpose::Identity => {
            ("any family", !has.trim().is_empty())
        }
    };
    plain(name, pass, if pass { format!("family {has}") } else { asked_and_has(wanted, &written) })
}

/// MSAL4J reads both times of the token that it found before it looks at anything else.
fn times(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    for field in ["expires_on", "refresh_on"] {
        let written = held.entry.written(field);
        let is_needed = field == "expires_on" || !matches!(written, Written::Absent | Written::Null);
        if let (true, Err(fault)) = (is_needed, value::number(ask.rules.numbers, &written)) {
            return raised(name, format!("{fault}: {field} of {}", held.title()));
        }
    }
    plain(name, true, "its times can be read".to_owned())
}

/// Whether an entry holds no token.
pub(super) fn is_empty(held: &Held<'_>) -> bool {
    held.entry.secret().is_none_or(|secret| secret.is_empty())
}

/// msal-node hands out no token of a type that it would have to sign for.
fn usable(name: &'static str, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("token_type");
    let kind = if let Written::Text(text) = &written { text.to_lowercase() } else { String::new() };
    if written == Written::Text(Cow::Borrowed("pop")) {
        return raised(name, format!("{} is a pop token, which msal-node cannot sign for", held.title()));
    }
    plain(name, kind != "dpop", if kind == "dpop" { "its key is not here".to_owned() } else { shown(&written) })
}
