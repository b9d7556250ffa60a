//! `people`: who stands behind the accounts of one or several caches, and which of them get in each other's way.
//! Looks, and changes nothing: `forget` and `sign-out` do.

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{Typed, place_parser};
use super::caches::{self, Content, Found, Looked};
use super::failure::{Exit, Failure};
use super::session::{Form, Session};
use super::{complete, report};
use crate::ops::Clash;
use crate::ops::people::{Bond, Census, Identity, Person, Reader, Sighting, people};
use crate::present::people::{Named, Remedy, footer, lines, remedies, says};
use crate::present::{Line, Role};

/// Show people with all their accounts, and why two get in each other's way
///
/// Puts accounts together by user name, object id and home account id, over all caches found here or named:
/// home and guest tenants, personal and work accounts, clouds, names that were given anew. Says what makes
/// Azure CLI stop with "Found multiple accounts with the same username", and which command takes one out.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Caches to look at; none for those found here
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    places: Vec<Typed>,
}

/// Runs the command.
///
/// # Errors
/// No cache was found.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let looked = caches::read_all(session, &arguments.places)?;
    let opened: Vec<(&Looked, &Content)> = looked.iter().filter_map(|one| Some((one, one.content()?))).collect();
    let census: Vec<Census<'_>> = opened.iter().map(|(one, content)| census(one, content)).collect();
    let named: Vec<Named> = opened.iter().map(|(one, content)| named(session, one, content)).collect();
    let people = people(&census, session.now);
    match session.form {
        Form::Words => in_words(session, &looked, &people, &named),
        Form::Json => in_json(session, &looked, &people, &named),
    }
    Ok(looked.iter().fold(Exit::Done, |worst, one| worst.worse(one.exit())))
}

fn census<'a>(looked: &Looked, content: &'a Content) -> Census<'a> {
    let file = content.source.path().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    let reader = Reader::of(looked.app.as_deref(), file.as_deref());
    Census { cache: content.cache(), roster: &content.roster, reader }
}

fn named(session: &Session, looked: &Looked, content: &Content) -> Named {
    let place = content.source.place();
    let argument = place.path().map_or_else(|| place.to_string(), |path| path.display().to_string());
    Named {
        app: looked.app.clone().unwrap_or_else(|| content.roster.dialect.name().to_owned()),
        short: session.named(place),
        argument,
    }
}

fn in_words(session: &Session, looked: &[Looked], people: &[Person], named: &[Named]) {
    for one in looked {
        match &one.found {
            Found::Cache(_) => {}
            Found::Closed(shut) => {
                let app = one.app.as_deref().unwrap_or_default();
                let place = session.short(&one.place);
                session
                    .talk_all(&[Line::new().with(Role::Dim, &format!("{app}  {place}  {}, not opened", shut.state))]);
            }
            Found::Failed(failure) => {
                session.report(failure);
            }
        }
    }
    for person in people {
        session.say_all(&lines(person, named, session.now));
        session.say(&Line::new());
    }
    if !named.is_empty() {
        session.say(&footer(people, named.len()));
    }
}

/// `people --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    caches: Vec<report::One<'a, LookedAt>>,
    people: Vec<Told<'a>>,
}

/// That a cache was looked at is all that is told of it here.
#[derive(Serialize)]
struct LookedAt {}

#[derive(Serialize)]
struct Told<'a> {
    label: &'a str,
    accounts: Vec<Account<'a>>,
    bonds: Vec<ToldBond<'a>>,
    clashes: Vec<ToldClash<'a>>,
}

#[derive(Serialize)]
struct Account<'a> {
    home_account_id: &'a str,
    username: Option<&'a str>,
    name: Option<&'a str>,
    kind: &'static str,
    tenants: Vec<Tenant<'a>>,
    seen: Vec<Seen<'a>>,
}

#[derive(Serialize)]
struct Tenant<'a> {
    realm: &'a str,
    name: &'a str,
    home: bool,
}

#[derive(Serialize)]
struct Seen<'a> {
    place: &'a str,
    environments: &'a [String],
    health: &'static str,
    last_written: Option<i64>,
}

#[derive(Serialize)]
struct ToldBond<'a> {
    by: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct ToldClash<'a> {
    cause: &'static str,
    misleads: bool,
    name: Option<&'a str>,
    accounts: Vec<&'a str>,
    places: Vec<&'a str>,
    /// Where Azure CLI stops.
    stops_azure_cli: Option<&'a str>,
    stalest: Option<&'a str>,
    says: String,
    remedies: Vec<ToldRemedy<'a>>,
}

#[derive(Serialize)]
struct ToldRemedy<'a> {
    place: &'a str,
    account: &'a str,
    command: String,
}

/// The places of the opened caches, by the numbers that people give them.
struct Places<'a> {
    places: Vec<&'a str>,
    named: &'a [Named],
}

impl<'a> Places<'a> {
    fn of(&self, cache: usize) -> &'a str {
        self.places.get(cache).copied().unwrap_or_default()
    }
}

fn in_json(session: &Session, looked: &[Looked], people: &[Person], named: &[Named]) {
    let opened = looked.iter().filter(|one| one.content().is_some());
    let places = Places { places: opened.map(|one| one.place.as_str()).collect(), named };
    let caches = looked.iter().map(|one| report::One::of(one, one.app.as_deref(), |_| LookedAt {})).collect();
    let people = people.iter().map(|person| told(person, &places)).collect();
    report::answer(session, &Report { at: session.now.0, caches, people });
}

fn told<'a>(person: &'a Person, places: &Places<'a>) -> Told<'a> {
    let bond = |bond: &'a Bond| match bond {
        Bond::UserName(value) => ToldBond { by: "user-name", value },
        Bond::Object(value) => ToldBond { by: "object", value },
    };
    Told {
        label: &person.label,
        accounts: person.accounts.iter().map(|account| told_account(account, places)).collect(),
        bonds: person.bonds.iter().map(bond).collect(),
        clashes: person.clashes.iter().map(|clash| told_clash(person, clash, places)).collect(),
    }
}

fn told_account<'a>(account: &'a Identity, places: &Places<'a>) -> Account<'a> {
    let seen = |seen: &'a Sighting| Seen {
        place: places.of(seen.cache),
        environments: &seen.hosts,
        health: seen.health.name(),
        last_written: seen.last_written.map(|at| at.0),
    };
    let tenants = account.tenants().into_iter();
    Account {
        home_account_id: &account.home_account_id,
        username: account.username.as_deref(),
        name: account.name.as_deref(),
        kind: account.kind.name(),
        tenants: tenants.map(|of| Tenant { realm: &of.realm, name: &of.name, home: of.home }).collect(),
        seen: account.sightings.iter().map(seen).collect(),
    }
}

fn told_clash<'a>(person: &'a Person, clash: &'a Clash, places: &Places<'a>) -> ToldClash<'a> {
    let id = |at: usize| person.accounts.get(at).map_or("", |account| account.home_account_id.as_str());
    let remedy = |Remedy { cache, account, command }: Remedy| ToldRemedy {
        place: places.of(cache),
        account: id(account),
        command,
    };
    ToldClash {
        cause: clash.cause.name(),
        misleads: clash.cause.misleads(),
        name: Some(clash.name.as_str()).filter(|name| !name.is_empty()),
        accounts: clash.accounts.iter().map(|at| id(*at)).collect(),
        places: clash.caches.iter().map(|cache| places.of(*cache)).collect(),
        stops_azure_cli: clash.stops_azure_cli.map(|cache| places.of(cache)),
        stalest: clash.stalest.map(id),
        says: says(person, clash),
        remedies: remedies(person, clash, places.named).into_iter().map(remedy).collect(),
    }
}
