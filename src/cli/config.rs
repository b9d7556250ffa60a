//! `config`: where the settings are, what counts and why, what is wrong. Reads nothing itself and writes no file:
//! `config default > FILE` begins one.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::failure::{Exit, Failure, Kind};
use super::io::variable;
use super::report;
use super::session::{Form, Session};
use crate::config::{Concern, Found, Shown, Warning, as_toml, example, schema, shown};
use crate::ops::query::Query;
use crate::present::{Line, Role, words};
use crate::text::Safe;

/// Show the settings, and what is wrong with them
///
/// `saltcellar help config` tells what can be set. For example: `saltcellar config default > "$(saltcellar config path)"`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// Print where the settings are
    Path,
    /// Print the settings that count, each with where it comes from
    Show,
    /// Print a file of all defaults, commented, to begin with
    Default,
    /// Say what is wrong with the settings, line by line
    Check,
    /// Print the JSON schema of the file, for editors
    Schema,
}

/// Runs the command.
///
/// # Errors
/// Something is wrong with the settings.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    match arguments.what {
        What::Path => path(session),
        What::Show => show(session),
        What::Default => text(session, &example(&own_path(session), &session.actions())),
        What::Check => return Ok(check(session)),
        What::Schema => {
            let schema = serde_json::to_string_pretty(&schema(&session.actions()));
            text(session, &format!("{}\n", schema.map_err(|error| Failure::from_error(Kind::Stream, error))?));
        }
    }
    Ok(Exit::Done)
}

fn text(session: &Session, text: &str) {
    // A fault of standard output is told when the run ends.
    _ = session.io.borrow_mut().data().write_all(text.as_bytes());
}

/// The path in full, safe to print.
fn own_path(session: &Session) -> String {
    let path = session.config().path.as_ref().map(|path| path.display().to_string());
    path.map_or_else(|| "config.toml".to_owned(), |path| Safe::capped(&path, usize::from(u16::MAX)).to_string())
}

/// `config path --json`, and the head of the others.
#[derive(Serialize)]
struct File {
    path: Option<String>,
    by: &'static str,
    found: &'static str,
}

impl File {
    fn of(session: &Session) -> Self {
        let config = session.config();
        let found = match config.found {
            Found::Nothing => "nothing",
            Found::Read => "read",
            Found::Unreadable => "unreadable",
        };
        Self { path: config.path.as_ref().map(|path| path.display().to_string()), by: config.origin.words(), found }
    }
}

fn path(session: &Session) {
    match session.form {
        Form::Words => text(session, &format!("{}\n", own_path(session))),
        Form::Json => report::answer(session, &File::of(session)),
    }
}

/// A setting of `config show --json`.
#[derive(Serialize)]
struct Told {
    name: String,
    value: String,
    from: String,
}

/// `config show --json`.
#[derive(Serialize)]
struct Settings {
    #[serde(flatten)]
    file: File,
    settings: Vec<Told>,
    keys: Vec<Told>,
    policy: Vec<Told>,
}

/// What the administrator says, which counts more than all settings.
fn policy(session: &Session) -> Vec<Told> {
    let policy = &session.config().policy;
    let from = policy.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let told = |(name, value): (&str, String)| Told { name: format!("policy.{name}"), value, from: from.clone() };
    policy.told().into_iter().map(told).collect()
}

fn show(session: &Session) {
    let settings: Vec<Told> =
        shown(&session.config().settings).into_iter().map(|one| effective(session, one)).collect();
    let (keys, policy) = (keys(session), policy(session));
    match session.form {
        Form::Json => report::answer(session, &Settings { file: File::of(session), settings, keys, policy }),
        Form::Words => {
            let file = File::of(session);
            session
                .say(&Line::new().with(Role::Dim, &format!("# {} ({}): {}", own_path(session), file.by, file.found)));
            settings.iter().chain(&keys).chain(&policy).for_each(|told| session.say(&line(told)));
        }
    }
}

fn line(told: &Told) -> Line {
    let text = format!("{} = {}", told.name, told.value);
    let role = if told.from == DEFAULT { Role::Plain } else { Role::Strong };
    Line::new().with(role, &format!("{text:<48}")).with(Role::Dim, &format!("  # {}", told.from))
}

const DEFAULT: &str = "default";

/// What counts, flags and environment included: the same order as everywhere.
fn effective(session: &Session, one: Shown) -> Told {
    let from = one.line.map_or_else(|| DEFAULT.to_owned(), |line| format!("line {line}"));
    let told = Told { name: one.name, value: one.value, from };
    let instead =
        |value: &str, from: &str| Told { value: value.to_owned(), from: from.to_owned(), name: told.name.clone() };
    match told.name.as_str() {
        "readonly" => match session.access().readonly {
            Some(by) if told.value != "true" || by.contains("READONLY") || by.starts_with("--") => instead("true", &by),
            None if told.value == "true" => instead("false", "--write"),
            Some(_) | None => told,
        },
        "mouse" => match variable("SALTCELLAR_MOUSE") {
            Some(value) => instead(if is_no(&value) { "false" } else { "true" }, "SALTCELLAR_MOUSE"),
            None => told,
        },
        "theme" => match &session.chosen().theme {
            Some(wish) => instead(&as_toml(&[wish]), said_by("SALTCELLAR_THEME", wish, "--theme")),
            None => told,
        },
        "plain-ui" => match session.chosen().plain_ui {
            Some(true) => instead("true", said_by("SALTCELLAR_PLAIN_UI", "true", "--plain-ui")),
            Some(false) => instead("false", "SALTCELLAR_PLAIN_UI"),
            None => told,
        },
        _ => told,
    }
}

/// Who wants `value`: the environment, where it says just that, else the flag, which counts more.
fn said_by(name: &'static str, value: &str, flag: &'static str) -> &'static str {
    let said = variable(name).filter(|said| said == value || (value == "true" && !is_no(said)));
    if said.is_some() { name } else { flag }
}

fn is_no(value: &str) -> bool {
    ["0", "false", "no", "off"].iter().any(|no| value.eq_ignore_ascii_case(no))
}

/// The keys of each action that are not the first preset's.
fn keys(session: &Session) -> Vec<Told> {
    let settings = &session.config().settings;
    let Some(bindings) = &settings.keys else { return Vec::new() };
    let preset = settings.preset();
    let other = session.actions().into_iter().filter(|action| bindings.of(action.id) != action.keys);
    other
        .map(|action| {
            let keys = bindings.of(action.id);
            let from = match bindings.line_of(action.id) {
                Some(line) => format!("line {line}"),
                None if keys == action.keys_in(&preset) => format!("preset {preset}"),
                None => format!("preset {preset}, but for what other actions took"),
            };
            let value = as_toml(keys);
            Told { name: format!("keys.{}", action.id), value, from }
        })
        .collect()
}

/// A warning of `config check --json`.
#[derive(Serialize)]
struct Wrong<'a> {
    line: Option<usize>,
    column: Option<usize>,
    says: &'a str,
}

/// `config check --json`.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    file: File,
    warnings: Vec<Wrong<'a>>,
}

fn check(session: &Session) -> Exit {
    let found = session.config().found;
    let warnings: Vec<Warning> = session.config().warnings.iter().cloned().chain(filter_fault(session)).collect();
    match session.form {
        Form::Json => report::answer(session, &Checked::of(session, &warnings)),
        Form::Words if warnings.is_empty() => session.say(&Line::plain(match found {
            Found::Nothing => "There is no file of settings: the defaults count.",
            Found::Read | Found::Unreadable => "Nothing is wrong with the settings.",
        })),
        Form::Words => warnings.iter().for_each(|warning| session.say(&warning_line(session, warning))),
    }
    match (found, warnings.is_empty()) {
        (Found::Unreadable, _) => Exit::CannotOpen,
        (Found::Read | Found::Nothing, false) => Exit::Wrong,
        (Found::Read | Found::Nothing, true) => Exit::Done,
    }
}

/// What is wrong with the filter to begin with: only the room of queries knows its language.
fn filter_fault(session: &Session) -> Option<Warning> {
    let settings = &session.config().settings;
    let error = Query::parse(&settings.filter()).err()?;
    let line = shown(settings).into_iter().find(|one| one.name == "filter")?.line?;
    let says = format!("filter is no query: {}", words::error(&error));
    Some(Warning { line, column: 1, says, concern: Concern::Screen })
}

fn warning_line(session: &Session, warning: &Warning) -> Line {
    let path = own_path(session);
    let place = if warning.line > 0 { format!(":{}:{}", warning.line, warning.column) } else { String::new() };
    Line::new().with(Role::Warn, &format!("{path}{place}: {}", warning.says))
}

impl<'a> Checked<'a> {
    fn of(session: &Session, warnings: &'a [Warning]) -> Self {
        let wrong = |warning: &'a Warning| {
            let place = (warning.line > 0).then_some((warning.line, warning.column));
            Wrong { line: place.map(|at| at.0), column: place.map(|at| at.1), says: &warning.says }
        };
        Self { file: File::of(session), warnings: warnings.iter().map(wrong).collect() }
    }
}
