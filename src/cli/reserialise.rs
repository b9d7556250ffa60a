//! `reserialise`: the same tokens of text in another layout, in place or beside.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::{OnePlace, Writing};
use super::change::{Keeps, Wish, change};
use super::failure::{Exit, Failure, Kind};
use super::session::Session;
use super::{caches, new_file};
use crate::cache::Cache;
use crate::json::Layout;
use crate::ops;

/// Lay the same entries out anew
///
/// Number text, escapes, duplicates and unknown fields stay as they are; only white space changes, and with
/// `canonical` the order of names.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("how").required(true).args(["style", "dialect"]))]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// The layout: pretty has four spaces a level, canonical is compact with names sorted
    #[arg(long, value_name = "STYLE")]
    style: Option<StyleName>,
    /// The layout in which this runtime writes; keys stay as they are
    #[arg(long, value_name = "RUNTIME")]
    dialect: Option<DialectName>,
    /// Write a new file instead, which must not exist yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
    /// Keep no undo file
    #[arg(long, help_heading = "Before writing")]
    no_undo: bool,
}

/// The layouts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StyleName {
    Keep,
    Pretty,
    Compact,
    Canonical,
}

/// The runtimes by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DialectName {
    Python,
    Node,
    Dotnet,
    Java,
    Go,
}

impl Arguments {
    fn layout(&self) -> Layout {
        match (self.style, self.dialect) {
            // MSAL Python writes json.dumps(indent=4), every other runtime no white space at all.
            (Some(StyleName::Pretty), _) | (None, Some(DialectName::Python)) => Layout::Pretty,
            (Some(StyleName::Compact), _)
            | (None, Some(DialectName::Node | DialectName::Dotnet | DialectName::Java | DialectName::Go)) => {
                Layout::Compact
            }
            (Some(StyleName::Canonical), _) => Layout::Canonical,
            (Some(StyleName::Keep), _) | (None, None) => Layout::Keep,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Why nothing was written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let layout = arguments.layout();
    if let Some(out) = &arguments.out {
        return beside(session, arguments, layout, out);
    }
    let wish = Wish {
        place: &arguments.place,
        writing: &arguments.writing,
        keeps: if arguments.no_undo { Keeps::Nothing } else { Keeps::Undo },
        propose: &|cache: &Cache<'_>| Ok(ops::reserialise(cache, layout)),
        nothing: "The text is already laid out so.",
    };
    change(session, &wish)
}

/// Writes the new layout to a file of its own.
fn beside(session: &Session, arguments: &Arguments, layout: Layout, out: &Path) -> Result<Exit, Failure> {
    let source = caches::open_one(session, &arguments.place, session.access())?;
    let loaded = source.load().map_err(|error| Failure::at(source.place(), error))?;
    let patch = ops::reserialise(&Cache::of(&loaded.document), layout);
    let (document, _) = loaded.document.apply(&patch).map_err(|error| Failure::from_error(Kind::Write, error))?;
    new_file::write(session, &arguments.writing, out, &document)
}
