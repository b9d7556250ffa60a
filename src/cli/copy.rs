//! `copy`: a token to the clipboard, named by its route, and cleared again where that can be done.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::args::{PlaceAndKey, seconds};
use super::failure::{Exit, Failure, Kind};
use super::io::variable;
use super::one::One;
use super::session::{Form, Session};
use super::{confirm, report};
use crate::cache::{Entry, Section};
use crate::clipboard::{Clipboard, ClipboardError, Preferred, Route, Surroundings};
use crate::secret::Deed;

/// Copy a token to the clipboard, cleared after 10 seconds
///
/// Over SSH and without a display the terminal's own clipboard is asked (OSC 52), which cannot be cleared.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    which: PlaceAndKey,
    /// How long the token stays, in seconds; 10 unless the settings say otherwise
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    clear_after: Option<Duration>,
    /// Do not ask before a refresh token
    #[arg(long, short = 'y')]
    yes: bool,
}

/// `copy --json`.
#[derive(Serialize)]
struct Report {
    route: &'static str,
    /// Null where it is not known what became of the text.
    cleared: Option<bool>,
}

/// Runs the command.
///
/// # Errors
/// No such token, not confirmed, or no clipboard took it.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let one = One::read(session, &arguments.which)?;
    let entry = one.entry();
    let secret = entry.as_ref().and_then(Entry::secret);
    let Some(secret) = secret else { return Err(Failure::new(Kind::NoMatch, "this entry holds no token")) };
    session.config().policy.law.allow(Deed::Copy)?;
    let is_grave = entry.is_some_and(|entry| entry.section() == Section::RefreshToken);
    if is_grave && !arguments.yes {
        confirm::yes(session, "Copy a refresh token? Whoever has it can sign in.", "--yes copies it without asking")?;
    }
    let settings = &session.config().settings;
    let preferred = Preferred::named(&settings.clipboard_route());
    let clipboard = Clipboard::new(Surroundings::read(&|name| variable(name).is_some())).preferring(preferred);
    let mut clipboard = clipboard.under(session.config().policy.law.clone());
    let stay = arguments.clear_after.unwrap_or(Duration::from_secs(settings.clear_seconds()));
    let mut terminal = Terminal { session };
    let route = clipboard.copy_secret(secret, &mut terminal).map_err(refused)?;
    let cleared = match route {
        Route::Native => Some(wait_and_clear(session, &mut clipboard, stay)?),
        Route::Osc52 { .. } => None,
    };
    tell(session, route, cleared);
    Ok(Exit::Done)
}

/// Stays for the paste: on X11 and Wayland the text goes when we go.
fn wait_and_clear(session: &Session, clipboard: &mut Clipboard, stay: Duration) -> Result<bool, Failure> {
    if session.form == Form::Words {
        session.tell(&format!("Copied; cleared in {} seconds, or with ctrl-c.", stay.as_secs()));
    }
    session.linger(stay);
    clipboard.clear_if_ours().map_err(refused)
}

fn tell(session: &Session, route: Route, cleared: Option<bool>) {
    let (name, says) = match (route, cleared) {
        (Route::Native, Some(true)) => ("native", "Cleared."),
        (Route::Native, Some(false) | None) => ("native", "The clipboard holds something else by now; left alone."),
        (Route::Osc52 { tmux: false }, _) => {
            ("osc52", "Handed to the terminal's clipboard (OSC 52), which cannot be cleared from here.")
        }
        (Route::Osc52 { tmux: true }, _) => {
            ("osc52", "Handed through tmux to the terminal's clipboard (OSC 52), which cannot be cleared from here.")
        }
    };
    match session.form {
        Form::Words => session.tell(says),
        Form::Json => report::answer(session, &Report { route: name, cleared }),
    }
}

fn refused(error: ClipboardError) -> Failure {
    if let ClipboardError::Forbidden(forbidden) = error {
        return forbidden.into();
    }
    Failure::from_error(Kind::Clipboard, error).hint("a display or a terminal is needed; `export` writes a file")
}

/// The controlling terminal, opened only if the sequence is really needed; never a file or a pipe.
struct Terminal<'a> {
    session: &'a Session,
}

impl Write for Terminal<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.session.io.borrow().write_to_terminal(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
