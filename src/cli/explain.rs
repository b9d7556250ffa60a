//! `explain`: why a cached token would be used or not, library by library. Asks no network and changes nothing.

use std::mem::ManuallyDrop;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::OnePlace;
use super::caches::{self, Content};
use super::complete;
use super::failure::{Exit, Failure, Kind};
use super::filter::{again, refuse_unmatched};
use super::report;
use super::session::{Form, Session};
use crate::cache::{AccountRow, Cache, Dialect, Roster, Row, Section, names};
use crate::ops::Filter;
use crate::ops::explain::{self, Answer, Authority, Cached, Explanation, Extent, Named, Request, Runtime, Scheme, Who};
use crate::present::explanation::{Detail, extent, lines};

/// Explain why a cached token would be used or not
///
/// Walks the silent acquisition of each MSAL library over the cache: what it looks at, in its order, with every check.
/// No network is asked: what a service would answer is not known here.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    #[command(flatten)]
    asked: Asked,
    /// Show every entry with every check
    #[arg(long)]
    all: bool,
}

/// What an app asks for.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The application: its client id or well-known name
    #[arg(long, value_name = "CLIENT", add = ArgValueCompleter::new(complete::clients))]
    client: Option<String>,
    /// Whose token: a user name or home_account_id; the only account, if there is one
    #[arg(long, value_name = "NAME", conflicts_with = "app_only", add = ArgValueCompleter::new(complete::accounts))]
    account: Option<String>,
    /// A token of the app itself, by its own credential
    #[arg(long)]
    app_only: bool,
    /// Who issues it: https://HOST/TENANT; the account's own, if not said
    #[arg(long, value_name = "URL", value_parser = authority)]
    authority: Option<Authority>,
    /// A scope; repeat it for several
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// The claims challenge of a resource
    #[arg(long, value_name = "JSON")]
    claims: Option<String>,
    /// How the token is bound: Bearer, pop, ssh-cert
    #[arg(long, value_name = "TYPE", default_value = "Bearer", ignore_case = true, hide_possible_values = true)]
    token_type: TokenType,
    /// The key of a bound token
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// A further part of the cache key, such as client_session or fmi_path; repeat it for several
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    data: Vec<(String, String)>,
    /// As if the app asked for a new token
    #[arg(long)]
    force_refresh: bool,
    /// The library: python, dotnet, node, java, go or all; the one that wrote the cache, if not said
    #[arg(long, value_name = "LIBRARY", hide_possible_values = true)]
    runtime: Option<Library>,
}

impl Asked {
    /// Whether anything was asked.
    pub(super) fn is_given(&self) -> bool {
        self.client.is_some() || self.account.is_some() || self.authority.is_some() || !self.scopes.is_empty()
    }
}

/// What the libraries would do with what is asked, in the cache that [`again`] calls `place`.
///
/// # Errors
/// The request is not complete, or the account or client is not in the cache.
pub(super) fn explanations(
    session: &Session,
    asked: &Asked,
    (cache, roster): (&Cache<'_>, &Roster),
    place: &str,
    extent: Extent,
) -> Result<(Request, Vec<Explanation>), Failure> {
    let request = request(asked, roster, place)?;
    let explain = |runtime| explain::explain(cache, roster, &request, runtime, session.now, extent);
    let told = runtimes(asked.runtime, roster.dialect).into_iter().map(explain).collect();
    Ok((request, told))
}

/// The types of `--token-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TokenType {
    /// Bound to nobody
    #[value(name = "Bearer")]
    Bearer,
    /// Proof of possession
    #[value(name = "pop")]
    Pop,
    /// An SSH certificate
    #[value(name = "ssh-cert")]
    SshCert,
}

/// The libraries of `--runtime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Library {
    /// MSAL Python
    Python,
    /// MSAL.NET
    Dotnet,
    /// MSAL Node
    Node,
    /// MSAL4J
    Java,
    /// MSAL Go
    Go,
    /// Each of them
    All,
}

/// `explain --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    place: String,
    runtimes: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    runtime: &'static str,
    #[serde(flatten)]
    answer: Course<'a>,
    also_possible: Vec<Course<'a>>,
    deletes: Vec<Name<'a>>,
    candidates: Vec<Looked<'a>>,
    notes: &'a [String],
    advice: &'a [String],
}

#[derive(Serialize)]
struct Course<'a> {
    outcome: &'static str,
    why: Option<&'a str>,
    entry: Option<Name<'a>>,
    refresh_tokens: Vec<Name<'a>>,
}

#[derive(Serialize)]
struct Name<'a> {
    section: &'a str,
    key: &'a str,
}

#[derive(Serialize)]
struct Looked<'a> {
    section: &'a str,
    key: &'a str,
    checks: Vec<Held<'a>>,
}

#[derive(Serialize)]
struct Held<'a> {
    check: &'static str,
    pass: bool,
    why: &'a str,
}

/// Runs the command.
///
/// # Errors
/// The cache cannot be read, the request is not complete, or the account or client is not in the cache.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let source = caches::open_one(session, &arguments.place, session.access())?;
    let Content { source, loaded, roster } = Content::read(source)?;
    // Not taken apart at the end, as behind a listing.
    let roster = ManuallyDrop::new(roster);
    let cache = Cache::of(&loaded.document);
    let detail = if arguments.all { Detail::Full } else { Detail::Brief };
    let extent = match session.form {
        Form::Words => extent(detail),
        Form::Json => Extent::Every,
    };
    let here = again(session, arguments.place.place.as_ref());
    let (request, explanations) = explanations(session, &arguments.asked, (&cache, &roster), &here, extent)?;
    match session.form {
        Form::Words => {
            session.say_all(&lines(&request, &explanations, &roster, session.now, detail));
        }
        Form::Json => {
            let place = source.place().to_string();
            let runtimes = explanations.iter().map(told).collect();
            report::answer(session, &Report { at: session.now.0, place, runtimes });
        }
    }
    Ok(Exit::Done)
}

fn told(explanation: &Explanation) -> Told<'_> {
    let looked = explanation.candidates.iter().map(|candidate| Looked {
        section: &candidate.named.section,
        key: &candidate.named.key,
        checks: candidate.checks.iter().map(|c| Held { check: c.name, pass: c.pass, why: &c.why }).collect(),
    });
    Told {
        runtime: explanation.runtime.name(),
        answer: course(&explanation.answer),
        also_possible: explanation.also_possible.iter().map(course).collect(),
        deletes: explanation.deletes.iter().map(name).collect(),
        candidates: looked.collect(),
        notes: &explanation.notes,
        advice: &explanation.advice,
    }
}

fn course(answer: &Answer) -> Course<'_> {
    Course {
        outcome: answer.outcome.name(),
        why: answer.why.as_deref(),
        entry: answer.entry.as_ref().map(name),
        refresh_tokens: answer.refresh_tokens.iter().map(name).collect(),
    }
}

fn name(named: &Named) -> Name<'_> {
    Name { section: &named.section, key: &named.key }
}

/// The libraries that are asked about: the cache's own where nothing else is said.
fn runtimes(library: Option<Library>, dialect: Dialect) -> Vec<Runtime> {
    let one = match library {
        None => Runtime::of(dialect),
        Some(Library::Python) => Some(Runtime::Python),
        Some(Library::Dotnet) => Some(Runtime::Dotnet),
        Some(Library::Node) => Some(Runtime::Node),
        Some(Library::Java) => Some(Runtime::Java),
        Some(Library::Go) => Some(Runtime::Go),
        Some(Library::All) => None,
    };
    one.map_or_else(|| Runtime::ALL.to_vec(), |one| vec![one])
}

fn request(arguments: &Asked, roster: &Roster, place: &str) -> Result<Request, Failure> {
    let (Some(client), false) = (&arguments.client, arguments.scopes.is_empty()) else {
        return Err(incomplete(roster));
    };
    let named = Filter {
        clients: vec![client.clone()],
        accounts: arguments.account.iter().cloned().collect(),
        ..Filter::default()
    };
    refuse_unmatched(named.unmatched(roster), place)?;
    let client_id = client_id(client, roster);
    let who = who(arguments, &client_id, roster)?;
    let authority = match &arguments.authority {
        Some(authority) => authority.clone(),
        None => own_authority(&who, &client_id, roster)?,
    };
    Ok(Request {
        client_id,
        who,
        authority,
        scopes: arguments.scopes.iter().flat_map(|scope| scope.split_whitespace()).map(str::to_owned).collect(),
        claims: arguments.claims.clone(),
        scheme: match arguments.token_type {
            TokenType::Bearer => Scheme::Bearer,
            TokenType::Pop => Scheme::Pop,
            TokenType::SshCert => Scheme::SshCert,
        },
        key_id: arguments.key_id.clone(),
        data: arguments.data.clone(),
        cached: if arguments.force_refresh { Cached::Refused } else { Cached::Welcome },
    })
}

/// So many requests are offered.
const OFFERS: usize = 5;

/// Which requests would make sense: those that an access token of the cache answers.
fn incomplete(roster: &Roster) -> Failure {
    let failure = Failure::new(Kind::Usage, "--client and --scope say what is asked for");
    let tokens = roster.rows.iter().filter(|row| row.section == Section::AccessToken);
    let mut offers: Vec<String> = Vec::new();
    for offer in tokens.filter_map(|row| offer(row, roster)) {
        if !offers.contains(&offer) {
            offers.push(offer);
        }
        // A large cache has very many.
        if offers.len() == OFFERS {
            break;
        }
    }
    offers.into_iter().fold(failure, Failure::hint)
}

fn offer(row: &Row, roster: &Roster) -> Option<String> {
    let request = Request::of_row(row, roster)?;
    let account = row.account.and_then(|at| roster.accounts.get(at));
    let who = match (&request.who, account) {
        (Who::App, _) => "--app-only".to_owned(),
        (Who::Account(_), Some(account)) => format!("--account {}", account.label()),
        (Who::Account(id), None) => format!("--account {id}"),
    };
    let scope = request.scopes.first()?;
    Some(format!("cached: --client {} {who} --authority {} --scope {scope}", request.client_id, request.authority))
}

/// The id of the client that is called so here, else `client` as it is typed: not every runtime ignores the case of ids.
fn client_id(client: &str, roster: &Roster) -> String {
    let mut ids = roster.rows.iter().filter_map(|row| row.client_id.as_deref());
    let is_called = |id: &&str| names::client(id).is_some_and(|name| name.eq_ignore_ascii_case(client));
    ids.find(is_called).unwrap_or(client).to_owned()
}

fn who(arguments: &Asked, client_id: &str, roster: &Roster) -> Result<Who, Failure> {
    if arguments.app_only {
        return Ok(Who::App);
    }
    let people: Vec<&AccountRow> = roster.accounts.iter().filter(|account| !account.is_app_only()).collect();
    if let Some(name) = &arguments.account {
        let is_meant = |account: &&&AccountRow| {
            account.home_account_id == *name || account.label().to_lowercase() == name.to_lowercase()
        };
        let meant: Vec<_> = people.iter().filter(is_meant).collect();
        return match meant.as_slice() {
            [_, _, ..] => Err(several(meant.iter().map(|account| account.home_account_id.clone()))),
            [one] => Ok(Who::Account(one.home_account_id.clone())),
            [] => Ok(Who::Account(name.clone())),
        };
    }
    let of_client = |account: &&&AccountRow| {
        let mut rows = account.rows.iter().filter_map(|at| roster.rows.get(*at));
        rows.any(|row| row.client_id.as_deref() == Some(client_id))
    };
    let mine: Vec<_> = people.iter().filter(of_client).collect();
    match mine.as_slice() {
        [] => Ok(Who::App),
        [one] => Ok(Who::Account(one.home_account_id.clone())),
        [_, _, ..] => Err(several(mine.iter().map(|account| account.label().to_owned()))),
    }
}

fn several(names: impl Iterator<Item = String>) -> Failure {
    let failure = Failure::new(Kind::Usage, "several accounts could be meant");
    names.fold(failure, |failure, name| failure.hint(format!("--account {name}")))
}

/// The authority under which the account, or the app's first token, is kept.
fn own_authority(who: &Who, client_id: &str, roster: &Roster) -> Result<Authority, Failure> {
    let is_meant = |row: &&Row| match who {
        Who::Account(id) => row.section == Section::Account && row.home_account_id.as_deref() == Some(id),
        Who::App => row.is_app_only() && row.client_id.as_deref() == Some(client_id),
    };
    let row = roster.rows.iter().find(is_meant);
    let own = row.and_then(|row| {
        Some(Authority { host: row.environment.as_deref()?.to_lowercase(), tenant: row.realm.as_deref()?.to_owned() })
    });
    own.ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, "the cache does not say which authority is meant");
        failure.hint("--authority https://login.microsoftonline.com/TENANT")
    })
}

fn authority(text: &str) -> Result<Authority, String> {
    Authority::parse(text).ok_or_else(|| "an authority is https://HOST/TENANT".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("this takes NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
