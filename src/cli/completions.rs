//! `completions`: the script that lets a shell ask us what to offer. The asking itself is `complete.rs`.

use clap::{Args, ValueEnum};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use super::failure::{Exit, Failure, Kind};
use super::session::Session;

/// The environment variable by which the script asks. A name of our own: COMPLETE alone may mean anything.
pub const VARIABLE: &str = "SALTCELLAR_COMPLETE";

/// Print the completion script of a shell
///
/// bash: `source <(saltcellar completions bash)`; fish: `saltcellar completions fish | source`;
/// zsh: `source <(saltcellar completions zsh)`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// Runs the command.
///
/// # Errors
/// The script cannot be made.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let shell: &dyn EnvCompleter = match arguments.shell {
        Shell::Bash => &Bash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
        Shell::Zsh => &Zsh,
    };
    let mut script = Vec::new();
    let name = "saltcellar";
    let made = shell.write_registration(VARIABLE, name, name, name, &mut script);
    made.map_err(|error| Failure::from_error(Kind::Stream, error))?;
    // A fault of standard output is told when the run ends.
    _ = session.io.borrow_mut().data().write_all(&script);
    Ok(Exit::Done)
}
