//! One entry in words: summary, claims with notes, raw fields. A secret stands here only as its mask,
//! or when the caller brings a [`RevealGrant`].

use super::claims::{digest, lines, plain};
use super::when;
use super::words::{Line, Role};
use crate::cache::claims::{self, Claims};
use crate::cache::{Cache, Entry, Field, FieldValue, Roster, Row, Section, State, names};
use crate::json::{EntrySpot, quote};
use crate::secret::{Masked, RevealGrant};
use crate::time::UnixSeconds;

/// Label-and-value lines: status, account, tenant, client, times (UTC, relative, local), lifetime, secret (masked,
/// with length and fingerprint), scopes, the most telling claims, raw ids.
/// Empty when there is no such entry.
#[must_use]
pub fn summary(
    cache: &Cache<'_>,
    roster: &Roster,
    spot: EntrySpot,
    now: UnixSeconds,
    grant: Option<&RevealGrant>,
) -> Vec<Line> {
    let Some(entry) = cache.entry(spot) else { return Vec::new() };
    let row = roster.row_at(spot);
    let mut lines = vec![named("What", &what(&entry, row))];
    lines.extend(row.map(|row| status(roster, row, now)));
    lines.extend(identity(roster, row, &entry));
    let time = |label, field| entry.time(field).map(|at| moment(label, at, now));
    lines.extend([time("Expires", Field::ExpiresOn), time("Cached", Field::CachedAt)].into_iter().flatten());
    lines.extend(row.and_then(|row| lifetime(row, now)));
    lines.extend(entry.secret().map(|secret| secret_line(&secret, grant)));
    // What not every entry of a kind has comes last: the lines before stay in place from one to the next.
    lines.extend(time("Refresh", Field::RefreshOn));
    lines.extend(refresh_age(&entry, now));
    lines.extend(name(roster, row));
    lines.extend(scopes(&entry));
    lines.extend(entry.secret().map(|secret| digest(&claims::of_token(&secret), now)).unwrap_or_default());
    lines.extend(particulars(&entry));
    lines
}

/// The token's claims with plain-English notes; says "signature not verified". Empty without a secret.
#[must_use]
pub fn claims(cache: &Cache<'_>, spot: EntrySpot, now: UnixSeconds) -> Vec<Line> {
    let Some(entry) = cache.entry(spot) else { return Vec::new() };
    let Some(secret) = entry.secret() else { return Vec::new() };
    lines(&claims::of_token(&secret), entry.time(Field::ExpiresOn), now)
}

/// (name, value as plain text) of each claim of the payload, for copying and `claims --json`.
#[must_use]
pub fn claim_values(cache: &Cache<'_>, spot: EntrySpot) -> Vec<(String, String)> {
    let Some(secret) = cache.entry(spot).and_then(|entry| entry.secret()) else { return Vec::new() };
    match claims::of_token(&secret) {
        Claims::Jwt { payload, .. } => payload.into_iter().map(|(name, value)| (name, plain(&value))).collect(),
        Claims::Encrypted { .. } | Claims::SshCertificate | Claims::Opaque => Vec::new(),
    }
}

/// The entry's fields as JSON lines, secrets masked unless granted.
#[must_use]
pub fn raw(cache: &Cache<'_>, spot: EntrySpot, grant: Option<&RevealGrant>) -> Vec<Line> {
    let Some(entry) = cache.entry(spot) else { return Vec::new() };
    let fields = entry.fields();
    if fields.is_empty() {
        return vec![Line::new().with(Role::Dim, "no fields")];
    }
    let count = fields.len();
    let mut lines = vec![Line::plain("{")];
    for (at, (name, value)) in fields.iter().enumerate() {
        // No label: what goes on of a long value would stand too far to the right.
        let line = Line::plain("  ").with(Role::Dim, &quote(name, false)).with(Role::Plain, ": ");
        let line = match value {
            FieldValue::Plain(raw) => line.with(Role::Plain, raw),
            FieldValue::Secret(secret) => line.with(Role::Secret, &quote(&shown(secret, grant), false)),
        };
        lines.push(if at + 1 < count { line.with(Role::Plain, ",") } else { line });
    }
    lines.push(Line::plain("}"));
    lines
}

/// `"name": value` of each field, secrets as `<redacted 1842>`: the lines of a diff.
pub(super) fn masked_fields(entry: &Entry<'_>) -> Vec<String> {
    let shown = |value: &FieldValue<'_>| match value {
        FieldValue::Plain(raw) => raw.to_string(),
        FieldValue::Secret(secret) => format!("\"<redacted {}>\"", secret.len()),
    };
    entry.fields().iter().map(|(name, value)| format!("{}: {}", quote(name, false), shown(value))).collect()
}

fn named(label: &str, value: &str) -> Line {
    Line::labelled(label).with(Role::Plain, value)
}

fn what(entry: &Entry<'_>, row: Option<&Row>) -> String {
    let title = row.map(Row::title).unwrap_or_default();
    let kind = match entry.section() {
        Section::AccessToken => "Access token",
        Section::RefreshToken => "Refresh token",
        Section::IdToken => "Id token",
        Section::Account => "Account",
        Section::AppMetadata => "App metadata",
        Section::Other => "Unknown",
    };
    format!("{kind}  {title}").trim_end().to_owned()
}

/// What the entry is worth at `now`. An old token beside a refresh token is nothing to worry about.
fn status(roster: &Roster, row: &Row, now: UnixSeconds) -> Line {
    let line = Line::labelled("Status");
    if row.section != Section::AccessToken {
        return match (row.section, row.orphan) {
            (Section::IdToken, _) => line.with(Role::Dim, "profile data: its own exp matters to no one"),
            (_, true) => line.with(Role::Warn, "orphan: no account entry"),
            (_, false) => line.with(Role::Dim, "no expiry"),
        };
    }
    let left = row.expires_on.map(|at| when::relative(at, now)).unwrap_or_default();
    match row.state(now) {
        State::Live => line.with(Role::Good, "live").with(Role::Plain, &format!(", expires {left}")),
        State::Expiring => line.with(Role::Warn, "! expiring").with(Role::Plain, &format!(", {left}")),
        State::Expired if row.renews(roster, now) => line.with(Role::Dim, &format!("old, renews; expired {left}")),
        State::Expired => line.with(Role::Bad, "x expired").with(Role::Plain, &format!(" {left}")),
        State::None => line.with(Role::Warn, "no expiry that can be read"),
    }
}

/// "2026-11-22 12:52:00Z  in 52m, local 13:52:00 +01:00".
fn moment(label: &str, at: UnixSeconds, now: UnixSeconds) -> Line {
    let relative = format!("  {}", when::relative(at, now));
    let line = named(label, &when::utc(at)).with(Role::Plain, &relative);
    match when::beside_utc(at) {
        Some(local) => line.with(Role::Dim, &format!(", {local}")),
        None => line,
    }
}

/// "1h05  [##........] 20% gone".
fn lifetime(row: &Row, now: UnixSeconds) -> Option<Line> {
    let (from, to) = row.cached_at.zip(row.expires_on).filter(|_| row.section == Section::AccessToken)?;
    let whole = i128::from(to.since(from));
    let gone = i128::from(now.since(from)).clamp(0, whole.max(0)) * 100 / whole.max(1);
    let gone = usize::try_from(if whole > 0 { gone } else { 100 }).unwrap_or(100);
    let bar = format!("[{}{}]", "#".repeat(gone / 10), ".".repeat(10 - (gone / 10).min(10)));
    let line = named("Lifetime", &when::span(to.since(from)));
    Some(line.with(Role::Dim, &format!("  {bar} ")).with(Role::Plain, &format!("{gone}% gone")))
}

/// A refresh token bears no expiry: its age is what can be said, and it is no promise.
fn refresh_age(entry: &Entry<'_>, now: UnixSeconds) -> Option<Line> {
    let at = entry.time(Field::LastModificationTime).filter(|_| entry.section() == Section::RefreshToken)?;
    Some(
        named("Age", &format!("written {}", when::relative(at, now)))
            .with(Role::Dim, "  (estimate; renewal not tested)"),
    )
}

/// What the account's person is called.
fn name(roster: &Roster, row: Option<&Row>) -> Option<Line> {
    let account = row.and_then(|row| row.account).and_then(|at| roster.accounts.get(at))?;
    account.name.as_deref().map(|name| named("Name", name))
}

fn identity(roster: &Roster, row: Option<&Row>, entry: &Entry<'_>) -> Vec<Line> {
    let account = row.and_then(|row| row.account).and_then(|at| roster.accounts.get(at));
    let mut lines = Vec::new();
    lines.extend(account.map(|account| named("Account", account.label())));
    if let Some(realm) = entry.text(Field::Realm) {
        let tenant = account.and_then(|account| account.tenant(&realm));
        let short = names::tenant(&realm).or(tenant.map(|tenant| tenant.name.as_str()));
        lines.push(with_name("Tenant", &realm, short));
    }
    lines.extend(entry.text(Field::ClientId).map(|id| with_name("Client", &id, names::client(&id))));
    lines
}

/// What matters to who looks closely: raw ids, the key.
fn particulars(entry: &Entry<'_>) -> Vec<Line> {
    let fields = [
        ("Type", Field::TokenType),
        ("Family", Field::FamilyId),
        ("Env", Field::Environment),
        ("Source", Field::AccountSource),
        ("Home id", Field::HomeAccountId),
    ];
    let told = fields.into_iter().filter_map(|(label, field)| Some((label, entry.text(field)?)));
    let mut lines: Vec<Line> =
        told.filter(|(_, text)| !text.is_empty()).map(|(label, text)| named(label, &text)).collect();
    lines.push(named("Section", &entry.section_name()));
    lines.push(named("Key", &entry.key()));
    lines
}

fn with_name(label: &str, id: &str, name: Option<&str>) -> Line {
    let line = named(label, id);
    match name.filter(|name| *name != id) {
        Some(name) => line.with(Role::Strong, &format!("  {name}")),
        None => line,
    }
}

/// One line a scope; of several of one resource, the resource once.
fn scopes(entry: &Entry<'_>) -> Vec<Line> {
    let target = entry.text(Field::Target).unwrap_or_default();
    let scopes: Vec<&str> = target.split_whitespace().collect();
    let resource = |scope: &str| scope.rfind('/').map(|at| scope.get(..=at).unwrap_or("").to_owned());
    let mut lines: Vec<Line> = Vec::new();
    let mut last = None;
    for (at, scope) in scopes.iter().enumerate() {
        let label = if lines.is_empty() { "Scopes" } else { "" };
        let own = resource(scope);
        let is_shared = own.is_some() && scopes.get(at + 1).and_then(|next| resource(next)) == own;
        let name = own.as_deref().and_then(|own| scope.strip_prefix(own));
        match name.filter(|_| is_shared || own == last) {
            Some(name) if own == last => lines.push(named(label, &format!("  {name}"))),
            Some(name) => {
                lines.push(named(label, own.as_deref().unwrap_or("")));
                lines.push(named("", &format!("  {name}")));
            }
            None => lines.push(named(label, scope)),
        }
        last = own;
    }
    lines
}

fn secret_line(secret: &Masked<'_>, grant: Option<&RevealGrant>) -> Line {
    let facts = format!("  {} bytes  sha256:{}", secret.len(), secret.fingerprint());
    let line = Line::labelled("Secret");
    match grant {
        Some(grant) => line.with(Role::Secret, secret.reveal(grant)).with(Role::Dim, &facts),
        None => line.with(Role::Secret, Masked::MASK).with(Role::Dim, &facts),
    }
}

fn shown(secret: &Masked<'_>, grant: Option<&RevealGrant>) -> String {
    match grant {
        Some(grant) => secret.reveal(grant).to_owned(),
        None => format!("{}  {} bytes  sha256:{}", Masked::MASK, secret.len(), secret.fingerprint()),
    }
}
