//! `man`: the manual pages, made from the same arguments that are parsed, so that they cannot differ.

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::args::Cli;
use super::failure::{Exit, Failure, Kind};
use super::session::Session;

/// Print the manual page
///
/// For example: `saltcellar man | man -l -`, or `saltcellar man prune > saltcellar-prune.1`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The command whose page is meant; none for the whole program
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no such command.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => named(&program, name)?,
    };
    let mut page = Vec::new();
    let source = concat!("saltcellar ", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).render(&mut page).map_err(|error| Failure::from_error(Kind::Stream, error))?;
    // A fault of standard output is told when the run ends.
    _ = session.io.borrow_mut().data().write_all(&page);
    Ok(Exit::Done)
}

fn named(program: &clap::Command, name: &str) -> Result<clap::Command, Failure> {
    let command = program.find_subcommand(name).cloned();
    let command = command.ok_or_else(|| Failure::new(Kind::NoMatch, format!("there is no command {name}")))?;
    let title = format!("saltcellar-{}", command.get_name());
    Ok(command.display_name(title))
}
