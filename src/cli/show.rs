//! `show`: one entry in words and fields. The only command that prints a secret, and only when `--reveal` asks.

use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use super::args::PlaceAndKey;
use super::failure::{Exit, Failure};
use super::one::One;
use super::session::{Form, Session};
use super::{confirm, report};
use crate::cache::{Cache, Roster, Section};
use crate::json::EntrySpot;
use crate::present::{self, Line};
use crate::secret::{Deed, RevealGrant};

/// Show one entry: times, account, scopes, fields
///
/// Secrets show as a mask with their length and fingerprint.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) which: PlaceAndKey,
    /// Print the secret itself; a refresh token asks once more
    #[arg(long)]
    reveal: bool,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
}

/// `show --json`: `fields` as they stand if revealed, else with each secret's length and fingerprint in its place.
#[derive(Serialize)]
struct Shown<'a, F: Serialize> {
    at: i64,
    place: &'a str,
    entry: Option<report::Entry<'a>>,
    fields: F,
}

/// Runs the command.
///
/// # Errors
/// The entry cannot be found, or showing its secret was not confirmed.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let one = One::read(session, &arguments.which)?;
    let grant = if arguments.reveal { Some(granted(session, arguments, &one)?) } else { None };
    match session.form {
        Form::Words => in_words(session, &one, grant.as_ref()),
        Form::Json => in_json(session, &one, grant.as_ref()),
    }
    Ok(Exit::Done)
}

/// A refresh token opens more than it says, so it takes a second yes.
fn granted(session: &Session, arguments: &Arguments, one: &One) -> Result<RevealGrant, Failure> {
    let law = &session.config().policy.law;
    law.allow(Deed::Reveal)?;
    let is_grave = one.entry().is_some_and(|entry| entry.section() == Section::RefreshToken);
    if is_grave && !arguments.yes {
        confirm::yes(session, "Print a refresh token? Whoever has it can sign in.", "--yes prints it without asking")?;
    }
    Ok(RevealGrant::asked_for(law)?)
}

fn in_words(session: &Session, one: &One, grant: Option<&RevealGrant>) {
    let cache = one.cache();
    session.say_all(&present::entry::summary(&cache, &Roster::of(&cache), one.spot, session.now, grant));
    session.say(&Line::new());
    session.say_all(&present::entry::raw(&cache, one.spot, grant));
}

fn in_json(session: &Session, one: &One, grant: Option<&RevealGrant>) {
    let cache = one.cache();
    let roster = Roster::of(&cache);
    let row = roster.rows.iter().find(|row| row.spot == one.spot);
    let entry = row.map(|row| report::Entry::new(row, session.now));
    let (at, place) = (session.now.0, one.place.as_str());
    match grant {
        Some(grant) => report::answer(session, &Shown { at, place, entry, fields: verbatim(&cache, one.spot, grant) }),
        None => {
            let fields = report::Fields(one.entry().map(|entry| entry.fields()).unwrap_or_default());
            report::answer(session, &Shown { at, place, entry, fields });
        }
    }
}

/// The entry's own text, number text and duplicates included.
fn verbatim(cache: &Cache<'_>, spot: EntrySpot, _grant: &RevealGrant) -> Option<Box<RawValue>> {
    let raw = cache.document().node(spot)?.raw().into_owned();
    RawValue::from_string(raw).ok()
}
