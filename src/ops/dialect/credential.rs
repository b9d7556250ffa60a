//! Tokens and app metadata in another runtime's spelling. Refuses what that runtime would not find again, or would give
//! to somebody it is not for.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::draft::{Body, Draft, Verdict};
use super::fields::{order, spelled};
use crate::cache::{Dialect, Entry, Field, Scopes, Section, environment};
use crate::json::{Document, quote};
use crate::time::UnixSeconds;

/// Names and values as JSON text.
pub(super) type Members<'doc> = Vec<(Cow<'doc, str>, Cow<'doc, str>)>;

/// `entry` as `to` writes it.
pub(super) fn convert<'doc>(document: &'doc Document, entry: &Entry<'doc>, to: Dialect) -> Verdict<'doc> {
    match unfit(entry, to) {
        Some(why) => Verdict::Unfit(why),
        None => {
            let body = Body::Members(members(document, entry, to));
            Verdict::Fits(Draft { section: entry.section(), from: vec![entry.spot()], body })
        }
    }
}

/// Why `to` could not use `entry`.
fn unfit(entry: &Entry<'_>, to: Dialect) -> Option<Cow<'static, str>> {
    if entry.bare_value().is_some() {
        return Some("it is no object".into());
    }
    let is_empty = |field: &Field| entry.text(*field).is_none_or(|text| text.is_empty());
    if let Some(field) = needed(entry.section()).iter().find(|field| is_empty(field)) {
        return Some(format!("it has no {}", name(*field)).into());
    }
    if !entry.section().is_credential() {
        return None;
    }
    if entry.secret().is_none_or(|secret| secret.is_empty()) {
        return Some("it has no secret".into());
    }
    own_kind(entry, to).or_else(|| for_its_app_alone(entry, to)).or_else(|| times(entry, to))
}

/// The fields without which an entry is not found.
fn needed(section: Section) -> &'static [Field] {
    match section {
        Section::AccessToken => &[Field::Environment, Field::ClientId, Field::Realm],
        Section::RefreshToken => &[Field::HomeAccountId, Field::Environment, Field::ClientId],
        Section::IdToken => &[Field::HomeAccountId, Field::Environment, Field::ClientId, Field::Realm],
        Section::Account => &[Field::HomeAccountId, Field::Environment],
        Section::AppMetadata => &[Field::Environment, Field::ClientId],
        Section::Other => &[],
    }
}

fn name(field: Field) -> &'static str {
    field.spellings().first().copied().unwrap_or_default()
}

/// The type that an entry of its section calls itself in every runtime.
fn kind(section: Section) -> &'static str {
    match section {
        Section::AccessToken => "AccessToken",
        Section::RefreshToken => "RefreshToken",
        Section::IdToken => "IdToken",
        Section::Account | Section::AppMetadata | Section::Other => "",
    }
}

fn own_kind(entry: &Entry<'_>, to: Dialect) -> Option<Cow<'static, str>> {
    let stated = entry.text(Field::CredentialType)?;
    let is_known = stated.eq_ignore_ascii_case(kind(entry.section())) || stated.is_empty();
    // What calls itself otherwise is told apart by more than its fields.
    (!is_known).then(|| format!("its credential_type is not one that {} reads there", to.library()).into())
}

/// What only the app that got it can use or may find.
fn for_its_app_alone(entry: &Entry<'_>, to: Dialect) -> Option<Cow<'static, str>> {
    let has = |field| entry.text(field).is_some_and(|text| !text.is_empty());
    let is_bound =
        entry.text(Field::TokenType).is_some_and(|kind| !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer"));
    if is_bound || has(Field::KeyId) {
        return Some("it is bound to a key that only its app has (SSH certificate, proof of possession)".into());
    }
    let components = entry.components().filter(|raw| !matches!(raw.as_ref(), "{}" | "\"\""));
    if components.is_some() {
        return Some(format!("it is for one session or purpose alone, which {} spells otherwise", to.library()).into());
    }
    if has(Field::UserAssertionHash) {
        return Some("it was got on behalf of somebody, and only that request may find it".into());
    }
    let claims = entry.claims_hash().is_some_and(|hash| !hash.is_empty());
    claims.then(|| "it was got for certain claims, which only Node's key names".into())
}

const TIMES: &[Field] =
    &[Field::CachedAt, Field::ExpiresOn, Field::ExtendedExpiresOn, Field::RefreshOn, Field::LastModificationTime];

fn times(entry: &Entry<'_>, to: Dialect) -> Option<Cow<'static, str>> {
    let unreadable = |field: &&Field| entry.is_written_as(**field) && entry.time(**field).is_none();
    if let Some(field) = TIMES.iter().find(unreadable) {
        return Some(format!("its {} cannot be read as a time", name(*field)).into());
    }
    if entry.section() != Section::AccessToken {
        return None;
    }
    if entry.time(Field::ExpiresOn).is_none() {
        return Some("it has no expires_on".into());
    }
    // items.go takes a token without it for invalid.
    let needs_birth = to == Dialect::Go && entry.time(Field::CachedAt).is_none();
    needs_birth.then(|| "it has no cached_at, without which MSAL Go does not use it".into())
}

/// The members as `to` spells and orders them; those that mean nothing to any runtime come last, as they are.
pub(super) fn members<'doc>(document: &'doc Document, entry: &Entry<'doc>, to: Dialect) -> Members<'doc> {
    let mut known: Vec<(Field, Cow<'doc, str>)> = Vec::new();
    let mut strange: Members<'doc> = Vec::new();
    for (name, node) in document.fields(entry.spot()).iter() {
        match Field::named(&name) {
            Some(field) if known.iter().any(|(other, _)| *other == field) => {}
            Some(field) => known.extend(value(entry, field, to).map(|value| (field, value))),
            None if is_gathered(&name) => {}
            None => strange.push((name, node.raw())),
        }
    }
    for (field, value) in added(entry, to) {
        if !known.iter().any(|(other, _)| *other == field) {
            known.push((field, value));
        }
    }
    let place = |field: &Field| order(to).iter().position(|one| one == field).unwrap_or(usize::MAX);
    known.sort_by_key(|(field, _)| place(field));
    let spell = |(field, value): (Field, Cow<'doc, str>)| {
        spelled(field, to).iter().map(move |name| (Cow::Borrowed(*name), value.clone())).collect::<Vec<_>>()
    };
    known.into_iter().flat_map(spell).chain(strange).collect()
}

/// What Node keeps in one account, other runtimes keep in several.
fn is_gathered(name: &str) -> bool {
    name == "tenantProfiles"
}

/// The value of `field` in `to`'s way, as JSON text; `None` where it does not write any.
fn value<'doc>(entry: &Entry<'doc>, field: Field, to: Dialect) -> Option<Cow<'doc, str>> {
    if TIMES.contains(&field) {
        return entry.time(field).map(|UnixSeconds(at)| format!("\"{at}\"").into());
    }
    match field {
        Field::HomeAccountId => home(entry, to),
        Field::Environment => Some(quoted(host(&entry.text(field)?, to)).into()),
        Field::CredentialType => Some(quoted(kind(entry.section())).into()),
        Field::Target if entry.section() == Section::AccessToken => Some(target(entry, to)),
        // MSAL.NET alone writes it beside tokens, where it says no more than the home account id does.
        Field::ClientInfo if entry.section().is_credential() && to != Dialect::DotNet => {
            let known = entry.text(Field::HomeAccountId).and_then(|id| client_info(&id));
            entry.raw_of(field).filter(|raw| known.as_deref() != Some(raw))
        }
        // Nothing is what all take an absent family for.
        Field::FamilyId if entry.text(field).is_none_or(|family| family.is_empty()) => None,
        Field::TokenType if entry.text(field).is_none_or(|kind| kind.is_empty()) => None,
        Field::Realm
        | Field::ClientId
        | Field::Secret
        | Field::Target
        | Field::TokenType
        | Field::CachedAt
        | Field::ExpiresOn
        | Field::ExtendedExpiresOn
        | Field::RefreshOn
        | Field::KeyId
        | Field::UserAssertionHash
        | Field::ExtCacheKey
        | Field::FamilyId
        | Field::LastModificationTime
        | Field::LocalAccountId
        | Field::Username
        | Field::AuthorityType
        | Field::AccountSource
        | Field::ClientInfo
        | Field::Name => entry.raw_of(field).filter(|raw| raw != "null"),
    }
}

/// Python looks for a null, Node for an empty text, the others for nothing.
fn home<'doc>(entry: &Entry<'doc>, to: Dialect) -> Option<Cow<'doc, str>> {
    let id = entry.raw_of(Field::HomeAccountId).filter(|raw| raw.starts_with('"') && raw != "\"\"");
    id.or(match to {
        Dialect::Python => Some("null".into()),
        Dialect::Node => Some("\"\"".into()),
        Dialect::DotNet | Dialect::Java | Dialect::Go | Dialect::Unknown => None,
    })
}

/// Python and Go store the host that they talk to, the others the cloud's preferred cache.
pub(super) fn host(host: &str, to: Dialect) -> &str {
    let stored = environment::preferred_cache(host);
    match to {
        Dialect::DotNet | Dialect::Node | Dialect::Java => stored,
        Dialect::Python | Dialect::Go if host.eq_ignore_ascii_case(stored) => {
            environment::cloud(host).and_then(|cloud| cloud.hosts.first()).copied().unwrap_or(host)
        }
        Dialect::Python | Dialect::Go | Dialect::Unknown => host,
    }
}

/// Python looks for sorted scopes first.
fn target<'doc>(entry: &Entry<'doc>, to: Dialect) -> Cow<'doc, str> {
    let Scopes(mut scopes) = entry.scopes();
    match (to, entry.text(Field::Target)) {
        (Dialect::DotNet | Dialect::Node | Dialect::Java | Dialect::Go | Dialect::Unknown, Some(_)) => {
            entry.raw_of(Field::Target).unwrap_or_default()
        }
        (_, is) => {
            if to == Dialect::Python {
                scopes.sort_unstable();
            }
            let text = scopes.join(" ");
            // As it stands, if it stands so: escapes too.
            let same = is.is_some_and(|is| is == text).then(|| entry.raw_of(Field::Target)).flatten();
            same.unwrap_or_else(|| quoted(&text).into())
        }
    }
}

/// What `to` writes besides, for entries that do not have it.
fn added<'doc>(entry: &Entry<'doc>, to: Dialect) -> Vec<(Field, Cow<'doc, str>)> {
    let mut added: Vec<(Field, Cow<'doc, str>)> = Vec::new();
    let is_token = entry.section() == Section::AccessToken;
    if entry.section().is_credential() {
        added.push((Field::CredentialType, quoted(kind(entry.section())).into()));
    }
    if is_token {
        added.push((Field::TokenType, "\"Bearer\"".into()));
        added.push((Field::Target, "\"\"".into()));
    }
    if is_token {
        added.extend(home(entry, to).map(|home| (Field::HomeAccountId, home)));
    }
    if to == Dialect::DotNet && entry.section().is_credential() {
        let info = entry.text(Field::HomeAccountId).and_then(|id| client_info(&id));
        added.extend(info.map(|info| (Field::ClientInfo, info.into())));
    }
    added
}

/// What the service sends along with tokens, as JSON text: base64url of `{"uid":…,"utid":…}`.
pub(super) fn client_info(home_account_id: &str) -> Option<String> {
    let (uid, utid) = home_account_id.rsplit_once('.')?;
    let json = format!("{{\"uid\":{},\"utid\":{}}}", quoted(uid), quoted(utid));
    Some(quoted(&URL_SAFE_NO_PAD.encode(json)))
}

pub(super) fn quoted(text: &str) -> String {
    quote(text, false)
}
