//! `prune`: takes dead or chosen entries out. What goes is `ops`'s to say.

use clap::Args;

use super::args::{OnePlace, Writing};
use super::change::{Keeps, Wish, change};
use super::failure::{Exit, Failure};
use super::filter::{FilterArguments, refuse_unmatched};
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::ops;

/// Remove dead or chosen entries
///
/// Different options must all hold; values of one option, repeated or with commas, are alternatives.
/// Refresh tokens go only when asked for: with --type RT, --account, --client, --tenant or --orphans.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    #[command(flatten)]
    filter: FilterArguments,
    #[command(flatten)]
    writing: Writing,
    /// Keep no undo file
    #[arg(long, help_heading = "Before writing")]
    no_undo: bool,
}

/// Runs the command.
///
/// # Errors
/// Why nothing was written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let options = ops::PruneOptions { filter: arguments.filter.read()?, now: session.now };
    let propose = |cache: &Cache<'_>| {
        refuse_unmatched(options.filter.unmatched(&Roster::of(cache)))?;
        Ok(ops::prune(cache, &options))
    };
    let wish = Wish {
        place: &arguments.place,
        writing: &arguments.writing,
        keeps: if arguments.no_undo { Keeps::Nothing } else { Keeps::Undo },
        propose: &propose,
        nothing: "Nothing to prune.",
    };
    change(session, &wish)
}
