//! `forget`: takes whole accounts or clients out. Keeps no undo unless asked: it would hold the forgotten tokens.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::{Forgetting, OnePlace};
use super::bulk::{Many, Request, run as carry_out};
use super::change::Keeps;
use super::complete;
use super::failure::{Exit, Failure};
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::ops;

/// Remove whole accounts or clients
///
/// This is local: it does not revoke anything, and running apps keep what they hold in memory.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).multiple(true).args(["account", "client"]))]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// An account: its user name or home_account_id
    #[arg(long, value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(complete::accounts))]
    account: Vec<String>,
    /// A client: its id or well-known name
    #[arg(long, value_name = "CLIENT", value_delimiter = ',', add = ArgValueCompleter::new(complete::clients))]
    client: Vec<String>,
    #[command(flatten)]
    many: Many,
    #[command(flatten)]
    forgetting: Forgetting,
}

/// Runs the command.
///
/// # Errors
/// Why nothing was written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let options = ops::ForgetOptions { accounts: arguments.account.clone(), clients: arguments.client.clone() };
    let request = Request {
        place: &arguments.place,
        writing: &arguments.forgetting.writing,
        many: &arguments.many,
        keeps: if arguments.forgetting.keep_undo { Keeps::Undo } else { Keeps::Nothing },
        verb: "Forget",
        propose: &|cache: &Cache<'_>| ops::forget(cache, &options),
        unmatched: &|roster: &Roster| options.unmatched(roster),
        nothing: "Nothing to forget.",
    };
    carry_out(session, &request)
}
