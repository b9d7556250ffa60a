//! `claims`: what a token says about itself. Decoded, never verified, and that is said.

use clap::Args;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::args::PlaceAndKey;
use super::failure::{Exit, Failure, Kind};
use super::one::One;
use super::report;
use super::session::{Form, Session};
use crate::cache::Claims;
use crate::cache::claims::of_token;
use crate::present;

/// Show what a token says about itself, with notes
///
/// The token is decoded and not verified. Encrypted and opaque tokens say so.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    which: PlaceAndKey,
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
    let Some(claims) = one.entry().and_then(|entry| entry.secret()).map(|secret| of_token(&secret)) else {
        return Err(Failure::new(Kind::NoMatch, "this entry holds no token"));
    };
    match session.form {
        Form::Words => session.say_all(&present::entry::claims(&one.cache(), one.spot, session.now)),
        Form::Json => in_json(session, &one, &claims),
    }
    Ok(Exit::Done)
}

fn in_json(session: &Session, one: &One, claims: &Claims) {
    let (form, header): (_, &[_]) = match claims {
        Claims::Jwt { header, .. } => ("jwt", header),
        Claims::Encrypted { header } => ("encrypted", header),
        Claims::SshCertificate => ("ssh-certificate", &[]),
        Claims::Opaque => ("opaque", &[]),
    };
    let Some(entry) = one.entry() else { return };
    let (section, key) = (entry.section_name(), entry.key());
    let told = Told {
        place: &one.place,
        section: &section,
        key: &key,
        form,
        verified: false,
        header: Members(header),
        claims: Members(claims.payload()),
    };
    report::answer(session, &told);
}
