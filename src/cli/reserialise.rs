//! `reserialise`: the same tokens of text in another layout, in place or beside.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::{OnePlace, Writing};
use super::change::{Keeps, Wish, change};
use super::dialect::{self, Wanted};
use super::failure::{Exit, Failure, Kind};
use super::session::Session;
use super::{caches, new_file};
use crate::cache::{Cache, Dialect};
use crate::json::Layout;
use crate::ops;

/// Lay the same entries out anew
///
/// With --style, number text, escapes, duplicates and unknown fields stay as they are; only white space changes, and
/// with `canonical` the order of names. With --dialect the entries are written as another runtime would have: its keys,
/// its spellings, its hosts, its accounts. What cannot be carried over (SSH certificates, tokens of one session, older
/// tokens under the same key) is refused with the reason.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("how").required(true).args(["style", "dialect"]))]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// The layout: pretty has four spaces a level, canonical is compact with names sorted
    #[arg(long, value_name = "STYLE")]
    style: Option<StyleName>,
    /// Write as this runtime does: keys, names of members, accounts and layout
    #[arg(long, value_name = "RUNTIME")]
    dialect: Option<DialectName>,
    /// Leave out what that runtime could not use, instead of refusing
    #[arg(long, requires = "dialect")]
    drop_unfit: bool,
    /// Write a new file instead, which must not exist yet
    #[arg(long, value_name = "FILE", value_parser = new_file::path_parser())]
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

impl DialectName {
    fn dialect(self) -> Dialect {
        match self {
            Self::Python => Dialect::Python,
            Self::Node => Dialect::Node,
            Self::Dotnet => Dialect::DotNet,
            Self::Java => Dialect::Java,
            Self::Go => Dialect::Go,
        }
    }
}

impl Arguments {
    fn layout(&self) -> Layout {
        match self.style {
            Some(StyleName::Pretty) => Layout::Pretty,
            Some(StyleName::Compact) => Layout::Compact,
            Some(StyleName::Canonical) => Layout::Canonical,
            Some(StyleName::Keep) | None => Layout::Keep,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Why nothing was written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(to) = arguments.dialect {
        let wanted = Wanted {
            place: &arguments.place,
            to: to.dialect(),
            drop_unfit: arguments.drop_unfit,
            out: arguments.out.as_deref(),
            writing: &arguments.writing,
            no_undo: arguments.no_undo,
        };
        return dialect::run(session, &wanted);
    }
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
    new_file::write(session, arguments.writing.making(), out, &document)
}
