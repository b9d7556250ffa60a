//! `merge`: several caches into a new one. Changes none of them.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{Making, OnePlace, Typed, place_parser};
use super::caches::{self, Content};
use super::failure::{Exit, Failure, Kind};
use super::import::{Choice, Told, cautions, refused};
use super::session::{Form, Session};
use super::{complete, gathering, new_file, report};
use crate::json::Document;
use crate::ops::import::{Import, ImportOptions};
use crate::ops::merge::{Merge, MergeError, merge};
use crate::present::{Line, Role, arrival};

/// Put several caches together into a new one
///
/// Every entry comes as it is, in the layout of the first cache. Of two different values of one key the later one is
/// taken and the other named. The caches themselves stay as they are.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The caches, at least one; all of them, of a place with one cache per user
    #[arg(value_name = "FILE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    files: Vec<Typed>,
    /// Write the new cache to this file, which must not exist yet
    #[arg(long, value_name = "FILE", value_parser = new_file::path_parser())]
    out: PathBuf,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    making: Making,
}

/// `merge --json`.
#[derive(Serialize)]
struct Report<'a> {
    out: String,
    bytes: usize,
    files: Vec<File<'a>>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
struct File<'a> {
    place: &'a str,
    added: usize,
    same: usize,
    new_accounts: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    mixes: Option<bool>,
    replaced: Vec<report::Named<'a>>,
    kept: Vec<report::Named<'a>>,
}

/// Runs the command.
///
/// # Errors
/// A cache cannot be read or is refused, or the new file cannot be written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    new_file::refuse_taken(&arguments.out)?;
    let contents = read(session, &arguments.files)?;
    let documents: Vec<Document> = contents.iter().map(|content| content.loaded.document.clone()).collect();
    let options = ImportOptions { prefer: arguments.choice.prefer(), only: None };
    let merged = merge(&documents, &options).map_err(|error| why_not(&contents, error))?;
    if session.form == Form::Words {
        session.talk_all(&told(session, &contents, &merged));
    }
    let exit = new_file::put(session, arguments.making, &arguments.out, &merged.document)?;
    if session.form == Form::Json {
        in_json(session, arguments, &contents, &merged);
    }
    Ok(exit)
}

fn read(session: &Session, files: &[Typed]) -> Result<Vec<Content>, Failure> {
    if files.iter().filter(|typed| typed.place.is_stdin()).count() > 1 {
        return Err(Failure::new(Kind::Usage, "standard input can be one of the caches, not two"));
    }
    if files.is_empty() && !session.is_demo {
        let failure = Failure::new(Kind::Usage, "a FILE is missing: which caches are put together?");
        return Err(failure.hint("see: saltcellar help merge"));
    }
    let open = |typed: &Typed| {
        Content::read(caches::open_one(session, &OnePlace { place: Some(typed.clone()) }, session.access())?)
    };
    if files.is_empty() {
        return Ok(vec![Content::read(session.demo(session.access()))?]);
    }
    let mut contents = Vec::new();
    for typed in files {
        match typed.place.is_collection() {
            true => {
                let (_, found) = gathering::caches(session, typed, None, session.access())?;
                contents.extend(found.into_iter().map(|(_, content)| content));
            }
            false => contents.push(open(typed)?),
        }
    }
    Ok(contents)
}

fn why_not(contents: &[Content], error: MergeError) -> Failure {
    match error {
        MergeError::Refused(at, cause) => match contents.get(at) {
            Some(content) => refused(content.source.place(), cause),
            None => Failure::from_error(Kind::NotACache, cause),
        },
        MergeError::Edit(cause) => Failure::from_error(Kind::Write, cause),
    }
}

/// What came of each cache but the first, of which everything is taken.
fn told(session: &Session, contents: &[Content], merged: &Merge) -> Vec<Line> {
    /// Of more, as the users of a web app are, only the number is told.
    const MOST: usize = 50;
    let Some((first, others)) = contents.split_first() else { return Vec::new() };
    if others.len() > MOST {
        return vec![Line::plain(&format!("From {} caches", contents.len()))];
    }
    let mut lines =
        vec![Line::new().with(Role::Strong, &format!("From {}: everything", session.named(first.source.place())))];
    for (content, import) in others.iter().zip(&merged.imports) {
        lines.push(Line::new().with(Role::Strong, &format!("From {}", session.named(content.source.place()))));
        lines.extend(arrival::lines(&content.cache(), import));
        lines.extend(cautions(&first.cache(), &content.cache(), import));
    }
    lines
}

fn in_json(session: &Session, arguments: &Arguments, contents: &[Content], merged: &Merge) {
    let places: Vec<String> = contents.iter().map(|content| content.source.place().to_string()).collect();
    let first = contents.first().map(|content| content.cache().entries().count());
    let whole = places.first().zip(first).map(|(place, added)| File {
        place,
        added,
        same: 0,
        new_accounts: &[],
        mixes: None,
        replaced: Vec::new(),
        kept: Vec::new(),
    });
    let others = places.iter().skip(1).zip(&merged.imports).map(|(place, import)| file(place, import));
    let body = Report {
        out: arguments.out.display().to_string(),
        bytes: merged.document.len(),
        files: whole.into_iter().chain(others).collect(),
        written: !arguments.making.dry_run,
        dry_run: arguments.making.dry_run.then_some(true),
    };
    report::answer(session, &body);
}

fn file<'a>(place: &'a str, import: &'a Import) -> File<'a> {
    let Told { added, replaced, kept, same, new_accounts, mixes } = Told::new(import);
    File { place, added: added.len(), same, new_accounts, mixes, replaced, kept }
}
