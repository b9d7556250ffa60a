//! FILTER of the command line, read into the filter of `ops`. Decides nothing.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::args::{Typed, moment};
use super::complete;
use super::failure::{Failure, Kind};
use super::session::Session;
use crate::ops::{Filter, TokenType};
use crate::present::words::quoted;
use crate::time::UnixSeconds;

/// Which entries: different options AND, one option repeated or comma-listed OR.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filter")]
pub(super) struct FilterArguments {
    /// Access tokens that have expired
    #[arg(long)]
    expired: bool,
    /// Access tokens that expire before this moment (a date, RFC 3339 or Unix seconds)
    #[arg(long, value_name = "TIME", value_parser = moment)]
    expires_before: Option<UnixSeconds>,
    /// Entries of an account: its user name or home_account_id
    #[arg(long, value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(complete::accounts))]
    account: Vec<String>,
    /// Entries of a tenant: its id or name
    #[arg(long, value_name = "TENANT", value_delimiter = ',')]
    tenant: Vec<String>,
    /// Entries of a client: its id or well-known name
    #[arg(long, value_name = "CLIENT", value_delimiter = ',', add = ArgValueCompleter::new(complete::clients))]
    client: Vec<String>,
    /// Access tokens for a resource: the beginning of a scope, or a well-known name
    #[arg(long, value_name = "RESOURCE", value_delimiter = ',')]
    resource: Vec<String>,
    /// Entries of a kind: AT, RT, ID, ACCOUNT, APP
    #[arg(long = "type", value_name = "KIND", value_delimiter = ',', ignore_case = true)]
    kind: Vec<EntryKind>,
    /// Access tokens that apps got for themselves, without an account
    #[arg(long)]
    app_only: bool,
    /// Credentials whose account is not in the cache
    #[arg(long)]
    orphans: bool,
}

/// The kinds of `--type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EntryKind {
    /// Access tokens
    #[value(name = "AT")]
    AccessToken,
    /// Refresh tokens
    #[value(name = "RT")]
    RefreshToken,
    /// Id tokens
    #[value(name = "ID")]
    IdToken,
    /// Accounts
    #[value(name = "ACCOUNT")]
    Account,
    /// App metadata
    #[value(name = "APP")]
    AppMetadata,
}

impl FilterArguments {
    /// The filter that was asked for.
    ///
    /// # Errors
    /// Nothing was asked for: then everything or nothing could be meant.
    pub(super) fn read(&self) -> Result<Filter, Failure> {
        let filter = self.asked();
        if filter.is_empty() {
            let failure = Failure::new(Kind::Usage, "nothing says which entries are meant");
            return Err(failure.hint("for example --expired; see: saltcellar help filters"));
        }
        Ok(filter)
    }

    /// The same, which takes nothing if nothing was asked for.
    pub(super) fn asked(&self) -> Filter {
        Filter {
            expired: self.expired,
            expires_before: self.expires_before,
            accounts: self.account.clone(),
            tenants: self.tenant.clone(),
            clients: self.client.clone(),
            resources: self.resource.clone(),
            types: self.kind.iter().map(|kind| kind.meant()).collect(),
            app_only: self.app_only,
            orphans: self.orphans,
        }
    }
}

impl EntryKind {
    fn meant(self) -> TokenType {
        match self {
            Self::AccessToken => TokenType::AccessToken,
            Self::RefreshToken => TokenType::RefreshToken,
            Self::IdToken => TokenType::IdToken,
            Self::Account => TokenType::Account,
            Self::AppMetadata => TokenType::AppMetadata,
        }
    }
}

/// Fails when a named account, client, tenant or resource is not in the cache at `place`.
///
/// # Errors
/// The first that is not, with all others and the command that shows those that are as hints.
pub(super) fn refuse_unmatched(unmatched: Vec<(&'static str, String)>, place: &str) -> Result<(), Failure> {
    let Some((first, others)) = unmatched.split_first() else { return Ok(()) };
    let says = |(option, value): &(&str, String)| format!("{option} {value} matches nothing in this cache");
    let failure = Failure::new(Kind::NoMatch, says(first));
    let failure = others.iter().fold(failure, |failure, other| failure.hint(says(other)));
    Err(failure.hint(shows(first.0, place)))
}

/// The command that shows what `option` can name at `place`.
pub(super) fn shows(option: &str, place: &str) -> String {
    match option {
        "--account" => format!("`saltcellar list{place}` shows the accounts"),
        _ => format!("`saltcellar stats{place}` shows the clients, tenants and resources"),
    }
}

/// The place of a command as it stands behind another one: " c.json", " --demo", nothing where none was named.
pub(super) fn again(session: &Session, place: Option<&Typed>) -> String {
    match place {
        _ if session.is_demo => " --demo".to_owned(),
        Some(typed) => format!(" {}", quoted(&typed.text)),
        None => String::new(),
    }
}
