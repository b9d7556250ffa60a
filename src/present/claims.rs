//! What tokens say about themselves, in words, and where two of them differ. Always says that nothing was verified.

use super::change::listed;
use super::when;
use super::words::{Line, Role};
use crate::cache::{Claims, names};
use crate::json::decode;
use crate::ops::claims::{Changed, Compared};
use crate::time::UnixSeconds;

/// How far the cache's expiry may be from the token's own before it is said.
const SLACK: i64 = 60;
const NOT_VERIFIED: &str = "! signature not verified";
const TIME_CLAIMS: [&str; 5] = ["exp", "iat", "nbf", "auth_time", "xms_tcdt"];
/// What is new in every token, and tells nothing.
const ROUTINE: [&str; 7] = ["aio", "uti", "rh", "xms_ftd", "jti", "at_hash", "nonce"];

/// The claims with plain-English notes. `expires_on` is what the cache says of the token's life.
#[must_use]
pub fn lines(claims: &Claims, expires_on: Option<UnixSeconds>, now: UnixSeconds) -> Vec<Line> {
    match claims {
        Claims::Jwt { header, payload } => {
            let mut lines = vec![Line::new().with(Role::Warn, NOT_VERIFIED)];
            lines.extend(remarks(claims, expires_on));
            lines.extend(payload.iter().map(|(name, value)| claim(name, value, now)));
            lines.push(Line::new().with(Role::Label, "header"));
            lines.extend(header.iter().map(|(name, value)| claim(name, value, now)));
            lines
        }
        Claims::Encrypted { header } => {
            let says = "encrypted: only the resource it is for can read it; its header says";
            let head = Line::new().with(Role::Dim, says);
            [head].into_iter().chain(header.iter().map(|(name, value)| claim(name, value, now))).collect()
        }
        Claims::SshCertificate => vec![Line::new().with(Role::Dim, "an SSH certificate: `ssh-keygen -L` reads it")],
        Claims::Opaque => vec![Line::new().with(Role::Dim, "opaque: it says nothing to anyone but its audience")],
    }
}

/// What of a token stands in its summary: whom it is for, who issued it to whom, and how they signed in.
const TELLING: [&str; 5] = ["aud", "iss", "oid", "amr", "ver"];

/// The most telling claims, and that nobody verified them; nothing of a token that cannot be read.
pub(super) fn digest(claims: &Claims, now: UnixSeconds) -> Vec<Line> {
    let told = TELLING.into_iter().filter_map(|name| Some((name, plain(claims.get(name)?))));
    let mut lines: Vec<Line> = told
        .map(|(name, text)| {
            let line = Line::labelled(name).with(Role::Plain, &text);
            match in_words(name, &text, now) {
                Some(words) => line.with(Role::Strong, &format!("  {words}")),
                None => line,
            }
        })
        .collect();
    if !lines.is_empty() {
        lines.push(Line::labelled("").with(Role::Warn, NOT_VERIFIED));
    }
    lines
}

/// Where two tokens differ: what only one of them says, and what they say differently.
#[must_use]
pub fn differences(compared: &Compared, now: UnixSeconds) -> Vec<Line> {
    let mut lines = vec![Line::new().with(Role::Warn, "! signatures not verified")];
    let (routine, telling): (Vec<&Changed>, Vec<&Changed>) =
        compared.changed.iter().partition(|changed| ROUTINE.contains(&changed.name.as_str()));
    lines.extend(telling.into_iter().flat_map(|changed| difference(changed, now)));
    if !routine.is_empty() {
        let names: Vec<String> = routine.iter().map(|changed| changed.name.clone()).collect();
        lines.push(Line::new().with(Role::Dim, &format!("  differ in every token: {}", listed(&names))));
    }
    let same = match compared.same.as_slice() {
        [] => "  nothing is the same".to_owned(),
        names => format!("  the same in both: {}", listed(names)),
    };
    lines.push(Line::new().with(Role::Dim, &same));
    lines
}

/// A claim's compact JSON value as plain text: strings without their quotes.
pub(super) fn plain(value: &str) -> String {
    if value.starts_with('"') { decode(value).into_owned() } else { value.to_owned() }
}

/// What follows from several claims together.
fn remarks(claims: &Claims, expires_on: Option<UnixSeconds>) -> Vec<Line> {
    let warn = |says: &str| Line::new().with(Role::Warn, says);
    let mut lines = Vec::new();
    let exp = claims.get("exp").map(plain).and_then(|text| UnixSeconds::parse(&text));
    if let Some((exp, cached)) = exp.zip(expires_on).filter(|(exp, cached)| exp.since(*cached).abs() > SLACK) {
        let sides = (when::utc(cached), when::utc(exp));
        lines.push(warn(&format!("! the cache has it expire at {}, the token itself at {}", sides.0, sides.1)));
    }
    let left_out = claims.get("_claim_names").is_some_and(|raw| raw.contains("\"groups\""));
    if left_out || claims.get("hasgroups") == Some("true") {
        lines.push(warn("! groups are left out, being too many for a token: the app must ask Microsoft Graph"));
    }
    let is_request =
        claims.header().iter().any(|(name, value)| name == "typ" && plain(value).eq_ignore_ascii_case("pop"));
    if is_request {
        lines.push(warn(
            "! a signed request (proof of possession), good for one method and address; the token is inside",
        ));
    } else if claims.get("cnf").is_some() {
        lines.push(warn("! bound to a key (proof of possession): of no use to whoever lacks the key"));
    }
    lines
}

fn claim(name: &str, value: &str, now: UnixSeconds) -> Line {
    let text = plain(value);
    let line = Line::plain("  ").with(Role::Label, &format!("{name:<11} ")).with(Role::Plain, &text);
    let line = match in_words(name, &text, now) {
        Some(words) => line.with(Role::Strong, &format!("  {words}")),
        None => line,
    };
    match names::claim(name) {
        Some(note) => line.with(Role::Dim, &format!("  {note}")),
        None => line,
    }
}

/// What the value of a claim stands for, if that is known.
fn in_words(name: &str, text: &str, now: UnixSeconds) -> Option<String> {
    let known = match name {
        "aud" => names::resource(text).or(names::client(text)),
        "appid" | "azp" => names::client(text),
        "tid" => names::tenant(text),
        "wids" => return items_in_words(text, names::role),
        "amr" | "xms_cc" | "signin_state" => return items_in_words(text, |item| names::claim_value(name, item)),
        "groups" => return counted(text, "group"),
        "cnf" => Some(bound_to(text)),
        _ if TIME_CLAIMS.contains(&name) => {
            return UnixSeconds::parse(text).map(|at| moment(at, now));
        }
        _ => names::claim_value(name, text),
    };
    known.map(str::to_owned)
}

/// "2026-11-22 12:52:00Z (in 52m, local 13:52:00 +01:00)".
fn moment(at: UnixSeconds, now: UnixSeconds) -> String {
    let local = when::beside_utc(at).map_or_else(String::new, |local| format!(", {local}"));
    format!("{} ({}{local})", when::utc(at), when::relative(at, now))
}

/// The known ones of the JSON list `text`, in words.
fn items_in_words(text: &str, known: impl Fn(&str) -> Option<&'static str>) -> Option<String> {
    let items: Vec<String> = serde_json::from_str(text).ok()?;
    let words: Vec<&str> = items.iter().filter_map(|item| known(item)).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn counted(text: &str, one: &str) -> Option<String> {
    let items: Vec<serde::de::IgnoredAny> = serde_json::from_str(text).ok()?;
    Some(super::change::counted(items.len(), one, &format!("{one}s")))
}

fn bound_to(text: &str) -> &'static str {
    match () {
        () if text.contains("\"jwk\"") => "the key itself",
        () if text.contains("\"x5t#S256\"") => "a client certificate",
        () => "the thumbprint of a key",
    }
}

fn difference(changed: &Changed, now: UnixSeconds) -> Vec<Line> {
    let side = |sign: &str, role: Role, value: &str| {
        let text = plain(value);
        let line = Line::new().with(role, &format!("{sign} ")).with(Role::Label, &format!("{:<11} ", changed.name));
        let line = line.with(Role::Plain, &text);
        match in_words(&changed.name, &text, now) {
            Some(words) => line.with(Role::Strong, &format!("  {words}")),
            None => line,
        }
    };
    if changed.added.is_empty() && changed.removed.is_empty() {
        let first = changed.first.iter().map(|value| side("-", Role::Removed, value));
        return first.chain(changed.second.iter().map(|value| side("+", Role::Added, value))).collect();
    }
    let item = |sign: &str, role: Role, item: &String| {
        let line = Line::new().with(role, &format!("{sign} ")).with(Role::Label, &format!("{:<11} ", changed.name));
        let line = line.with(Role::Plain, item);
        match item_in_words(&changed.name, item) {
            Some(words) => line.with(Role::Strong, &format!("  {words}")),
            None => line,
        }
    };
    let gone = changed.removed.iter().map(|one| item("-", Role::Removed, one));
    gone.chain(changed.added.iter().map(|one| item("+", Role::Added, one))).collect()
}

fn item_in_words(name: &str, item: &str) -> Option<&'static str> {
    if name == "wids" { names::role(item) } else { names::claim_value(name, item) }
}
