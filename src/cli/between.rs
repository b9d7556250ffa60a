//! The commands between caches: what goes from one into another, apart or together. Each has a file of its own.

use clap::Subcommand;

use super::failure::{Exit, Failure};
use super::late::Late;
use super::session::Session;
use super::{import, merge, partition, transfer};

/// The commands between caches.
#[derive(Debug, Subcommand)]
pub enum Between {
    /// Take the entries of another cache in
    Import(Late<import::Arguments>),
    /// Put several caches together into a new one
    Merge(Late<merge::Arguments>),
    /// Part a cache into one for each account
    Partition(Late<partition::Arguments>),
    /// Copy entries to another place
    CopyTo(Late<transfer::CopyArguments>),
    /// Move entries to another place
    Move(Late<transfer::MoveArguments>),
}

/// Runs the command.
///
/// # Errors
/// Why it did not do its work.
pub(super) fn run(session: &Session, command: &Between) -> Result<Exit, Failure> {
    match command {
        Between::Import(arguments) => import::run(session, arguments),
        Between::Merge(arguments) => merge::run(session, arguments),
        Between::Partition(arguments) => partition::run(session, arguments),
        Between::CopyTo(arguments) => transfer::copy(session, arguments),
        Between::Move(arguments) => transfer::move_(session, arguments),
    }
}
