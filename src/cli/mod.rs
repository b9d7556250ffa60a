//! The command line face: one file per command, and the parts they share. A top: `main.rs` calls [`run`].
//!
//! Data goes to standard output, talk to standard error. `args` is what was typed, `session` what it means;
//! `io` alone prints, `failure` alone knows exit codes, `change` alone writes caches, `report` alone knows JSON shapes.

mod args;
mod arriving;
mod ascii;
mod between;
mod bulk;
mod caches;
mod change;
mod claims;
mod complete;
mod completions;
mod config;
mod confirm;
mod copy;
mod crossing;
mod dialect;
mod diff;
mod differences;
mod discover;
mod doctor;
mod each;
mod explain;
mod export;
mod failure;
mod filter;
mod folders;
mod forget;
mod gathering;
mod help;
mod import;
mod interrupt;
mod io;
mod issue;
mod late;
mod lax;
mod list;
mod lock;
mod man;
mod mend;
mod merge;
mod naming;
mod new_file;
mod one;
mod paint;
mod partition;
mod password;
mod patient;
mod people;
mod prune;
mod query;
mod renew;
mod report;
mod reserialise;
mod rows;
mod run;
mod salvage;
mod sealed;
mod session;
mod show;
mod sign_out;
mod snapshot;
mod stats;
mod status;
mod sweep;
mod target;
mod transfer;
mod transfer_report;
mod undo;
mod usage;
mod visit;
mod watch;
mod which;

pub use args::{Cli, ColorChoice, Command, Global, Screen, Typed};
pub use between::Between;
pub use caches::is_stream;
pub use completions::VARIABLE as COMPLETION_VARIABLE;
pub use failure::{Exit, Failure, Kind};
pub use folders::each_of;
pub use interrupt::Interrupt;
pub use io::settings_text;
pub use late::Late;
pub use session::{Chosen, readonly_by};
pub use usage::made_safe;

use session::{DEMO_NAME, Form, Session};

use crate::config::Concern;
use crate::present::{Line, Role};
use crate::system::{self, Umask};

/// Runs what `cli` asks for; without a command it lists. `umask` is the one with which the process was started:
/// what `run` runs gets it back.
#[must_use]
pub fn run(cli: &Cli, chosen: Chosen, interrupt: Interrupt, umask: Umask) -> Exit {
    let session = Session::new(&cli.screen.global, chosen, interrupt, umask);
    // What `run` runs is not ours to hold back.
    if session.access().readonly.is_some() && !matches!(cli.command, Some(Command::Run(_))) {
        system::forbid_writes();
    }
    advise(&session, cli);
    let exit = match dispatch(&session, cli) {
        Ok(exit) => exit,
        Err(failure) => fail(&session, cli, &failure),
    };
    let finished = session.io.borrow_mut().finish();
    match finished {
        Ok(()) => exit,
        // What is written is written, whether or not the report of it arrived.
        Err(failure) if session.has_written() => {
            session.report(&failure.hint("the change itself was written"));
            exit
        }
        Err(failure) => exit.worse(session.report(&failure)),
    }
}

/// Says what is wrong with the settings, where it matters to this run.
fn advise(session: &Session, cli: &Cli) {
    match &cli.command {
        // It says so itself.
        Some(Command::Config(_)) => return,
        Some(Command::Status(arguments)) if arguments.silent => return,
        Some(_) | None => {}
    }
    for sentence in session.config().sentences(session.home.as_deref(), Concern::Everyone) {
        session.io.borrow().talk(&Line::new().with(Role::Warn, &format!("warning: {sentence}")));
    }
}

fn dispatch(session: &Session, cli: &Cli) -> Result<Exit, Failure> {
    let Some(command) = &cli.command else {
        refuse_unknown_word(&cli.screen.places)?;
        let arguments = list::Arguments { places: cli.screen.places.clone(), ..list::Arguments::default() };
        return list::run(session, &arguments);
    };
    refuse_place_before(&cli.screen.places)?;
    banner(session, command);
    run_command(session, command)
}

fn run_command(session: &Session, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::List(arguments) => list::run(session, arguments),
        Command::Discover(arguments) => discover::run(session, arguments),
        Command::Show(arguments) => show::run(session, arguments),
        Command::Claims(arguments) => claims::run(session, arguments),
        Command::Status(arguments) => status::run(session, arguments),
        Command::People(arguments) => people::run(session, arguments),
        Command::Stats(arguments) => stats::run(session, arguments),
        Command::Diff(arguments) => diff::run(session, arguments),
        Command::Run(arguments) => run::run(session, arguments),
        Command::Snapshot(arguments) => snapshot::run(session, arguments),
        Command::Watch(arguments) => watch::run(session, arguments),
        Command::Explain(arguments) => explain::run(session, arguments),
        Command::Doctor(arguments) => doctor::run(session, arguments),
        Command::Copy(arguments) => copy::run(session, arguments),
        Command::Prune(arguments) => prune::run(session, arguments),
        Command::Forget(arguments) => forget::run(session, arguments),
        Command::SignOut(arguments) => sign_out::run(session, arguments),
        Command::Renew(arguments) => renew::run(session, arguments),
        Command::Export(arguments) => export::run(session, arguments),
        Command::Reserialise(arguments) => reserialise::run(session, arguments),
        Command::Between(command) => between::run(session, command),
        Command::Salvage(arguments) => salvage::run(session, arguments),
        Command::Undo(arguments) => undo::run(session, arguments),
        Command::Lock(arguments) => lock::run(session, arguments),
        Command::Config(arguments) => config::run(session, arguments),
        Command::Completions(arguments) => completions::run(session, arguments),
        Command::Man(arguments) => man::run(session, arguments),
        Command::Help(arguments) => help::run(session, arguments),
    }
}

fn refuse_place_before(places: &[Typed]) -> Result<(), Failure> {
    let Some(place) = places.first() else { return Ok(()) };
    let failure = Failure::new(Kind::Usage, format!("{} stands before the command", place.text));
    Err(failure.hint("the command comes first, then its PLACE"))
}

/// A lone word that names no file was rather meant as a command.
fn refuse_unknown_word(places: &[Typed]) -> Result<(), Failure> {
    let [Typed { text, place }] = places else { return Ok(()) };
    let is_word = text.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !place.is_stdin();
    if !is_word || place.path().is_none_or(|path| path.symlink_metadata().is_ok()) {
        return Ok(());
    }
    let failure = Failure::new(Kind::Missing, format!("there is no command and no file called {text}"));
    Err(failure.hint("`saltcellar --help` lists the commands"))
}

/// Says what the demo is, where the answer itself does not name its place.
fn banner(session: &Session, command: &Command) {
    if !session.is_demo || session.form == Form::Json {
        return;
    }
    let line = Line::new().with(Role::Warn, DEMO_NAME);
    match command {
        Command::Show(_) | Command::Claims(_) | Command::Stats(_) | Command::Diff(_) | Command::Explain(_) => {
            session.say(&line);
        }
        Command::Copy(_)
        | Command::Prune(_)
        | Command::Forget(_)
        | Command::Renew(_)
        | Command::Export(_)
        | Command::Reserialise(_)
        | Command::Between(_)
        | Command::Salvage(_)
        | Command::Undo(_)
        | Command::Lock(_)
        | Command::Run(_)
        | Command::Snapshot(_)
        | Command::Watch(_) => session.talk_all(&[line]),
        // Lists name the place of each cache; the rest opens none.
        Command::List(_)
        | Command::Discover(_)
        | Command::Status(_)
        | Command::People(_)
        | Command::SignOut(_)
        | Command::Doctor(_)
        | Command::Config(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::Help(_) => {}
    }
}

fn fail(session: &Session, cli: &Cli, failure: &Failure) -> Exit {
    let exit = match (failure.kind(), session.signal()) {
        (Kind::Cancelled, Some(signal)) => Exit::Signal(signal),
        (kind, _) => kind.exit(),
    };
    if matches!(&cli.command, Some(Command::Status(arguments)) if arguments.silent) {
        return exit;
    }
    session.report(failure);
    if session.form == Form::Json {
        report::answer(session, &report::Failed::new(None, failure));
    }
    exit
}
