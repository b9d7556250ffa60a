//! `renew`: drops access tokens that come back by themselves, so that apps get fresh ones.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::{OnePlace, Writing};
use super::bulk::{Many, Request, run as carry_out};
use super::change::Keeps;
use super::complete;
use super::failure::{Exit, Failure};
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::ops;

/// Drop access tokens and keep refresh tokens, so that apps get fresh ones
///
/// For after a change of roles, consent or PIM: the next use of an app brings tokens with the new rights.
/// Without options it is about every access token that a refresh token can renew.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// Only an account's: its user name or home_account_id
    #[arg(long, value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(complete::accounts))]
    account: Vec<String>,
    /// Only for a resource: the beginning of a scope, or a well-known name
    #[arg(long, value_name = "RESOURCE", value_delimiter = ',')]
    resource: Vec<String>,
    /// Only a client's: its id or well-known name
    #[arg(long, value_name = "CLIENT", value_delimiter = ',', add = ArgValueCompleter::new(complete::clients))]
    client: Vec<String>,
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
    let options = ops::RenewOptions {
        accounts: arguments.account.clone(),
        resources: arguments.resource.clone(),
        clients: arguments.client.clone(),
        now: session.now,
    };
    let request = Request {
        place: &arguments.place,
        writing: &arguments.writing,
        many: &arguments.many,
        keeps: if arguments.no_undo { Keeps::Nothing } else { Keeps::Undo },
        verb: "Renew",
        propose: &|cache: &Cache<'_>| ops::renew(cache, &options),
        unmatched: &|roster: &Roster| options.unmatched(roster),
        nothing: "No access token here is renewed by a refresh token.",
    };
    carry_out(session, &request)
}
