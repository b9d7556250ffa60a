//! `prune`: takes dead or chosen entries out. What goes is `ops`'s to say.

use clap::Args;

use super::args::{OnePlace, Writing};
use super::bulk::{Many, Request, run as carry_out};
use super::change::Keeps;
use super::failure::{Exit, Failure};
use super::filter::FilterArguments;
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
    many: Many,
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
    // Keys with nothing left in them are a filter of their own.
    let filter = if arguments.many.drop_empty { arguments.filter.asked() } else { arguments.filter.read()? };
    let options = ops::PruneOptions { filter, now: session.now };
    let request = Request {
        place: &arguments.place,
        writing: &arguments.writing,
        many: &arguments.many,
        keeps: if arguments.no_undo { Keeps::Nothing } else { Keeps::Undo },
        verb: "Prune",
        propose: &|cache: &Cache<'_>| ops::prune(cache, &options),
        unmatched: &|roster: &Roster| options.filter.unmatched(roster),
        nothing: "Nothing to prune.",
    };
    carry_out(session, &request)
}
