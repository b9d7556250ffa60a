//! `claims`: what a token says about itself. Decoded, never verified, and that is said.

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::args::{OnePlace, PlaceAndKey, Typed, place_parser};
use super::failure::{Exit, Failure, Kind};
use super::one::One;
use super::session::{Form, Session};
use super::{complete, report};
use crate::cache::Claims;
use crate::cache::claims::of_token;
use crate::ops::claims::{Changed, Compared};
use crate::{ops, present};

/// Show what a token says about itself, with notes
///
/// The token is decoded and not verified. Encrypted and opaque tokens say so. --against compares it with a second
/// one: what only one of them says, what they say differently, roles and permissions item by item.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    which: PlaceAndKey,
    /// Compare with this token: a KEY of the same cache, or of the one that --in names
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    against: Option<String>,
    /// The cache of the token to compare with
    #[arg(long = "in", value_name = "PLACE", requires = "against", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    other: Option<Typed>,
}

/// `claims --json`.
#[derive(Serialize)]
struct Told<'a> {
    place: &'a str,
    section: &'a str,
    key: &'a str,
    form: &'static str,
    verified: bool,
    header: Members<'a>,
    claims: Members<'a>,
}

/// Names with compact JSON values, in order, duplicates kept.
struct Members<'a>(&'a [(String, String)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &report::raw_value(value))?;
        }
        map.end()
    }
}

/// Runs the command.
///
/// # Errors
/// The entry cannot be found, or holds no token.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let one = One::read(session, &arguments.which)?;
    let claims = claims_of(&one)?;
    if let Some(key) = &arguments.against {
        let place = arguments.other.as_ref().map(|place| OnePlace { place: Some(place.clone()) });
        let other = One::at(session, &place.unwrap_or_else(|| arguments.which.read().0), key)?;
        return compare(session, [&one, &other], [&claims, &claims_of(&other)?]);
    }
    match session.form {
        Form::Words => session.say_all(&present::entry::claims(&one.cache(), one.spot, session.now)),
        Form::Json => in_json(session, &one, &claims),
    }
    Ok(Exit::Done)
}

fn claims_of(one: &One) -> Result<Claims, Failure> {
    let secret = one.entry().and_then(|entry| entry.secret());
    let claims = secret.map(|secret| of_token(&secret));
    claims.ok_or_else(|| Failure::new(Kind::NoMatch, "this entry holds no token"))
}

/// Says where the two tokens differ.
///
/// # Errors
/// One of them cannot be read.
fn compare(session: &Session, ones: [&One; 2], [first, second]: [&Claims; 2]) -> Result<Exit, Failure> {
    let Some(compared) = ops::claims::compare(first, second) else {
        let which = if matches!(first, Claims::Jwt { .. }) { "second" } else { "first" };
        let form = if which == "first" { form(first) } else { form(second) };
        let failure = Failure::new(Kind::NoMatch, format!("the {which} token is no readable JWT ({form})"));
        return Err(failure.hint("only tokens that say something can be compared by what they say"));
    };
    match session.form {
        Form::Words => session.say_all(&present::claims::differences(&compared, session.now)),
        Form::Json => differences_in_json(session, ones, &compared),
    }
    Ok(Exit::Done)
}

/// `claims --against --json`.
#[derive(Serialize)]
struct Differences<'a> {
    first: Which<'a>,
    second: Which<'a>,
    verified: bool,
    only_in_first: Vec<&'a str>,
    only_in_second: Vec<&'a str>,
    changed: Vec<Change<'a>>,
    same: &'a [String],
}

#[derive(Serialize)]
struct Which<'a> {
    place: &'a str,
    section: String,
    key: String,
}

/// A claim of which the tokens say different things, or only one says anything.
#[derive(Serialize)]
struct Change<'a> {
    claim: &'a str,
    first: Option<&'a RawValue>,
    second: Option<&'a RawValue>,
    added: &'a [String],
    removed: &'a [String],
}

impl<'a> Change<'a> {
    fn of(changed: &'a Changed) -> Self {
        let raw = |value: &'a Option<String>| value.as_deref().and_then(report::raw_value);
        let Changed { name, first, second, added, removed } = changed;
        Self { claim: name, first: raw(first), second: raw(second), added, removed }
    }
}

fn differences_in_json(session: &Session, [one, other]: [&One; 2], compared: &Compared) {
    let (Some(first), Some(second)) = (which(one), which(other)) else { return };
    let only = |is_missing: fn(&Changed) -> bool| -> Vec<&str> {
        compared.changed.iter().filter(|changed| is_missing(changed)).map(|changed| changed.name.as_str()).collect()
    };
    let differences = Differences {
        first,
        second,
        verified: false,
        only_in_first: only(|changed| changed.second.is_none()),
        only_in_second: only(|changed| changed.first.is_none()),
        changed: compared.changed.iter().map(Change::of).collect(),
        same: &compared.same,
    };
    report::answer(session, &differences);
}

fn which(one: &One) -> Option<Which<'_>> {
    let entry = one.entry()?;
    let (section, key) = (entry.section_name().into_owned(), entry.key().into_owned());
    Some(Which { place: &one.place, section, key })
}

fn form(claims: &Claims) -> &'static str {
    match claims {
        Claims::Jwt { .. } => "jwt",
        Claims::Encrypted { .. } => "encrypted",
        Claims::SshCertificate => "ssh-certificate",
        Claims::Opaque => "opaque",
    }
}

fn in_json(session: &Session, one: &One, claims: &Claims) {
    let Some(entry) = one.entry() else { return };
    let (section, key) = (entry.section_name(), entry.key());
    let told = Told {
        place: &one.place,
        section: &section,
        key: &key,
        form: form(claims),
        verified: false,
        header: Members(claims.header()),
        claims: Members(claims.payload()),
    };
    report::answer(session, &told);
}
