//! `export`: a copy of a cache for other eyes. Redacted unless a person asks otherwise, and raw only into a file.

use std::path::PathBuf;

use clap::Args;

use super::args::{OnePlace, Writing};
use super::caches::{self, Content};
use super::change::file_name;
use super::confirm::{self, Stake};
use super::failure::{Exit, Failure, Kind};
use super::new_file;
use super::query::QueryArgument;
use super::session::Session;
use crate::cache::Section;
use crate::json::{Document, EntrySpot};
use crate::ops::export::{Secrets, export};
use crate::ops::query::Query;
use crate::secret::Pepper;

/// Print a copy of a cache, secrets redacted
///
/// Secrets become fingerprints that no other export has, names and ids become stand-ins, in keys and in the claims of
/// tokens too; structure, times and lengths stay.
/// Raw tokens go only into a new file of mode 0600.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    #[command(flatten)]
    query: QueryArgument,
    /// Keep access and id tokens as they are
    #[arg(long, requires = "out")]
    with_secrets: bool,
    /// Keep refresh tokens too: whoever has the file can sign in
    #[arg(long, requires = "with_secrets")]
    include_refresh_tokens: bool,
    /// Write a new file, which must not exist yet
    #[arg(long, value_name = "FILE", value_parser = new_file::path_parser())]
    out: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
}

/// Runs the command.
///
/// # Errors
/// The query is none, nothing matches, not confirmed, or the text or file cannot be made.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let query = arguments.query.read()?;
    let content = Content::read(caches::open_one(session, &arguments.place, session.access())?)?;
    let only = chosen(session, &content, query.as_ref())?;
    if arguments.include_refresh_tokens {
        confirm_sign_ins(session, arguments, &content)?;
    }
    let text = export(&content.cache(), only.as_deref(), secrets(arguments), &Pepper::random())
        .map_err(|error| Failure::from_error(Kind::Write, error))?;
    // What goes out must itself be a cache: parsed again before anybody gets it.
    let document = Document::parse(text.into_bytes()).map_err(|error| Failure::from_error(Kind::Write, error))?;
    match &arguments.out {
        Some(out) => new_file::write(session, arguments.writing.making(), out, &document),
        None => Ok(print(session, &document)),
    }
}

fn secrets(arguments: &Arguments) -> Secrets {
    match (arguments.with_secrets, arguments.include_refresh_tokens) {
        (false, _) => Secrets::Redacted,
        (true, false) => Secrets::WithoutRefreshTokens,
        (true, true) => Secrets::All,
    }
}

/// The entries that the query takes; all without one.
fn chosen(session: &Session, content: &Content, query: Option<&Query>) -> Result<Option<Vec<EntrySpot>>, Failure> {
    let Some(query) = query else { return Ok(None) };
    let look = content.look(session.now);
    let taken = look.roster.rows.iter().filter(|row| query.takes(&look, row));
    let spots: Vec<EntrySpot> = taken.map(|row| row.spot).collect();
    if spots.is_empty() {
        return Err(Failure::new(Kind::NoMatch, "no entry matches the query"));
    }
    Ok(Some(spots))
}

/// One of the accounts whose refresh tokens leave must be named.
fn confirm_sign_ins(session: &Session, arguments: &Arguments, content: &Content) -> Result<(), Failure> {
    let roster = &content.roster;
    let is_grave = |at: &usize| roster.rows.get(*at).is_some_and(|row| row.section == Section::RefreshToken);
    let accounts = roster.accounts.iter().filter(|account| account.rows.iter().any(is_grave));
    let mut names: Vec<String> =
        accounts.flat_map(|account| [account.label().to_owned(), account.home_account_id.clone()]).collect();
    if names.is_empty() {
        names.push(file_name(&content.source));
    }
    session.tell("The file will hold refresh tokens: whoever has it can sign in as these accounts.");
    confirm::name(session, &arguments.writing, &names, Stake::RefreshTokens)
}

fn print(session: &Session, document: &Document) -> Exit {
    let mut io = session.io.borrow_mut();
    // A fault of standard output is told when the run ends.
    _ = document.write_to(io.data());
    _ = io.data().write_all(b"\n");
    Exit::Done
}
