//! The command line as a value. Reads words into types once, at the door; decides and does nothing.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Parser, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::between::Between;
use super::late::Late;
use super::{
    claims, complete, completions, config, copy, diff, discover, doctor, explain, export, forget, help, list, lock,
    man, people, prune, renew, reserialise, run, salvage, show, sign_out, snapshot, stats, status, undo, watch,
};
use crate::source::Place;
use crate::time::{UnixSeconds, read_moment, read_span};

/// Inspect and manage MSAL token caches: klist for MSAL
///
/// Without a command it opens the terminal UI; without a terminal it lists.
/// Secrets stay masked, nothing goes over the network, and every change shows what it will do first.
#[derive(Debug, Parser)]
#[command(name = "saltcellar", version, disable_help_subcommand = true, max_term_width = 100)]
// A command behind a PLACE is then told from a second PLACE, and refused with a hint.
#[command(subcommand_precedence_over_arg = true)]
#[command(
    after_help = "`saltcellar help TOPIC` explains: places, web-apps, between, key, keys, config, filters, safety, locks, undo, exit-codes, json."
)]
pub struct Cli {
    /// What the terminal UI is told, and what holds for every command.
    #[command(flatten)]
    pub screen: Screen,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is said without a command: what the terminal UI shows, and how.
#[derive(Clone, Debug, Args)]
pub struct Screen {
    /// Caches to open: paths, file: or dir: places, - for standard input; none for those found here
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    pub places: Vec<Typed>,
    /// Looks of the terminal UI: auto, ansi, light, dark, colour-blind, mono, or a theme file
    #[arg(long, value_name = "NAME", env = "SALTCELLAR_THEME", hide_env = true, add = ArgValueCompleter::new(complete::themes))]
    pub theme: Option<String>,
    /// Terminal UI for screen readers: ASCII, no borders, the cursor on what is chosen
    #[arg(long, env = "SALTCELLAR_PLAIN_UI", hide_env = true, num_args = 0, default_missing_value = "true")]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub plain_ui: Option<bool>,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Print JSON (schema 1) instead of words
    #[arg(long, global = true)]
    pub json: bool,
    /// Judge expiry at this moment: a date, RFC 3339 or Unix seconds
    #[arg(long, global = true, value_name = "TIME", value_parser = moment)]
    pub at: Option<UnixSeconds>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: ColorChoice,
    /// Read the settings from this file (also SALTCELLAR_CONFIG)
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Write nothing at all, not even a lock (also SALTCELLAR_READONLY=1)
    #[arg(long, global = true, conflicts_with = "write")]
    pub readonly: bool,
    /// Allow changes although the configuration says read-only
    #[arg(long, global = true)]
    pub write: bool,
    /// How long to wait for a cache that is in use, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value = "20", value_parser = seconds, hide_default_value = true)]
    pub wait: Duration,
    /// Use an invented cache in memory
    #[arg(long, global = true)]
    pub demo: bool,
    /// Open and write what a symbolic link leads to
    #[arg(long, global = true)]
    pub follow_symlink: bool,
}

/// The option of a command that writes new files alone: nothing is lost by them, so nobody is asked.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Before writing")]
pub(super) struct Making {
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of every command that writes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Before writing")]
pub(super) struct Writing {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask (a refresh token or whole account also needs --confirm)
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// The account, client or file whose sign-in goes, instead of typing it
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
}

impl Writing {
    /// What of it is about new files.
    pub(super) fn making(&self) -> Making {
        Making { dry_run: self.dry_run }
    }
}

/// Options of a command that takes whole accounts out: an undo would hold the tokens that were to go.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Before writing")]
pub(super) struct Forgetting {
    #[command(flatten)]
    pub writing: Writing,
    /// Keep an undo file, which holds the forgotten tokens for an hour
    #[arg(long, conflicts_with = "no_undo")]
    pub keep_undo: bool,
    /// Keep no undo file, which is the default here
    #[arg(long)]
    pub no_undo: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says no.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands; each one's file holds its own arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List accounts, tokens and their expiry
    List(Late<list::Arguments>),
    /// List every known place of token caches on this machine
    Discover(Late<discover::Arguments>),
    /// Show one entry: times, account, scopes, fields
    Show(Late<show::Arguments>),
    /// Show what a token says about itself, with notes
    Claims(Late<claims::Arguments>),
    /// Say which accounts need a sign-in, for scripts
    Status(Late<status::Arguments>),
    /// Show people with all their accounts, and why two get in each other's way
    People(Late<people::Arguments>),
    /// Show counts and sizes by client, tenant, resource and account
    Stats(Late<stats::Arguments>),
    /// Show what differs between two caches, by meaning
    Diff(Late<diff::Arguments>),
    /// Run a command and say what it did with the caches, and why it asked to sign in or not
    Run(Late<run::Arguments>),
    /// Keep what stands in a cache, without its secrets, and compare later
    Snapshot(Late<snapshot::Arguments>),
    /// Follow a cache and say what changes, and who likely wrote
    Watch(Late<watch::Arguments>),
    /// Explain why a cached token would be used or not
    Explain(Late<explain::Arguments>),
    /// Find what is wrong with caches and their surroundings
    Doctor(Late<doctor::Arguments>),
    /// Copy a token to the clipboard, cleared after 10 seconds
    Copy(Late<copy::Arguments>),
    /// Remove dead or chosen entries
    Prune(Late<prune::Arguments>),
    /// Remove whole accounts or clients
    Forget(Late<forget::Arguments>),
    /// Remove an account from every cache found here
    SignOut(Late<sign_out::Arguments>),
    /// Drop access tokens and keep refresh tokens, so that apps get fresh ones
    Renew(Late<renew::Arguments>),
    /// Print a copy of a cache, secrets redacted
    Export(Late<export::Arguments>),
    /// Lay the same entries out anew
    #[command(alias = "reserialize")]
    Reserialise(Late<reserialise::Arguments>),
    /// What goes between caches.
    #[command(flatten)]
    Between(Between),
    /// Recover the whole entries of a damaged cache
    Salvage(Late<salvage::Arguments>),
    /// Undo the last change
    Undo(Late<undo::Arguments>),
    /// See or clear the locks of a cache
    Lock(Late<lock::Arguments>),
    /// Show the settings, and what is wrong with them
    Config(Late<config::Arguments>),
    /// Print the completion script of a shell
    Completions(Late<completions::Arguments>),
    /// Print the manual page
    Man(Late<man::Arguments>),
    /// Explain a topic or a command
    Help(Late<help::Arguments>),
}

/// The one PLACE of a command.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct OnePlace {
    /// The cache: a path, a file: place, or - for standard input
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    pub place: Option<Typed>,
}

/// PLACE KEY of `show`, `claims` and `copy`.
#[derive(Debug, Args)]
pub(super) struct PlaceAndKey {
    #[command(flatten)]
    place: OnePlace,
    /// A key, SECTION/KEY, SECTION/KEY#2, or 6 or more digits of a fingerprint
    // Keys of app-only tokens begin with a dash.
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    key: Option<String>,
}

impl PlaceAndKey {
    /// The place and the key; of a single word, which is enough for the demo, it is the key.
    pub(super) fn read(&self) -> (OnePlace, Option<&str>) {
        match (&self.key, &self.place.place) {
            (Some(key), _) => (self.place.clone(), Some(key)),
            (None, word) => (OnePlace::default(), word.as_ref().map(|word| word.text.as_str())),
        }
    }
}

/// A place, and how it was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The word of the command line.
    pub text: String,
    /// What it names.
    pub place: Place,
}

pub(super) fn place_parser() -> ValueParser {
    ValueParser::new(PlaceParser)
}

/// Reads places. Clap repeats a word that it refuses; this one does not where there is a password in it.
#[derive(Clone)]
struct PlaceParser;

impl TypedValueParser for PlaceParser {
    type Value = Typed;

    fn parse_ref(&self, command: &clap::Command, argument: Option<&Arg>, word: &OsStr) -> Result<Typed, clap::Error> {
        let refused = word.to_str().and_then(|text| Some((text, text.parse::<Place>().err()?)));
        match refused {
            Some((text, error)) if error.text != text => {
                Err(clap::Error::raw(ErrorKind::ValueValidation, format!("{error}\n")).with_cmd(command))
            }
            Some(_) | None => OsStringValueParser::new().try_map(typed).parse_ref(command, argument, word),
        }
    }
}

fn typed(word: OsString) -> Result<Typed, Cow<'static, str>> {
    let text = word.to_string_lossy().into_owned();
    match word.to_str() {
        Some(word) => word.parse::<Place>().map(|place| Typed { text, place }).map_err(|error| error.why),
        // A name that is no UTF-8 cannot be a URI, so it is a path.
        None => Ok(Typed { text, place: Place::file(Path::new(&word)) }),
    }
}

/// Reads `--at` and `--expires-before`.
///
/// # Errors
/// What forms there are.
pub(super) fn moment(text: &str) -> Result<UnixSeconds, String> {
    read_moment(text)
        .ok_or_else(|| "a time is a date, RFC 3339 or Unix seconds, such as 2026-11-22T12:00:00Z".to_owned())
}

/// Reads whole seconds.
///
/// # Errors
/// Not a number.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).map_err(|_| "this takes whole seconds".to_owned())
}

/// Reads `15m`, `1h30m`, `2d` or plain seconds.
///
/// # Errors
/// What forms there are.
pub(super) fn span(text: &str) -> Result<i64, String> {
    read_span(text).ok_or_else(|| "a span is a number with s, m, h or d, such as 15m or 1h30m".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn spans_read_in_the_usual_units() {
        assert_eq!(span("15m"), Ok(900));
        assert_eq!(span("1h30m"), Ok(5400));
        assert_eq!(span("2d"), Ok(172_800));
        assert_eq!(span("90"), Ok(90));
        assert!(["", "m", "15", "1x", "15m3", "99999999999999999999s"].map(span).iter().skip(3).all(Result::is_err));
    }

    #[test]
    fn a_key_may_begin_with_a_dash() {
        let cli = Cli::try_parse_from(["saltcellar", "show", "c.json", "-login.microsoftonline.com-accesstoken-c1"]);

        let Some(Command::Show(arguments)) = cli.expect("it parses").command else { panic!("show") };
        assert_eq!(arguments.which.read().1, Some("-login.microsoftonline.com-accesstoken-c1"));
    }

    #[test]
    fn with_the_demo_a_single_word_is_the_key() {
        let cli = Cli::try_parse_from(["saltcellar", "show", "--demo", "a1b2c3"]).expect("it parses");

        let Some(Command::Show(arguments)) = cli.command else { panic!("show") };
        assert_eq!(arguments.which.read().1, Some("a1b2c3"));
    }
}
