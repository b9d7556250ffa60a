//! Before something is written or shown that cannot be taken back: the question, and the flags that answer it.
//! The default is no; a refresh token or a whole account takes a name, not a yes.

use super::args::Writing;
use super::failure::{Failure, Kind};
use super::session::Session;
use crate::ops::Severity;
use crate::present::words::quoted;
use crate::present::{Line, Role};

/// Asks for what `severity` needs, unless flags have answered.
///
/// # Errors
/// Nobody confirmed: declined at the terminal, or no terminal and no flags.
pub(super) fn change(session: &Session, writing: &Writing, severity: &Severity, file: &str) -> Result<(), Failure> {
    match severity {
        Severity::Mild | Severity::Moderate if writing.yes => Ok(()),
        Severity::Mild | Severity::Moderate => {
            yes(session, "Write this?", "--yes goes on without asking; --dry-run only looks")
        }
        Severity::Severe { names } if names.is_empty() => name(session, writing, &[file.to_owned()], Stake::SignIn),
        Severity::Severe { names } => name(session, writing, names, Stake::SignIn),
    }
}

/// Asks a question that `--yes` answers too; `hint` says so where there is nobody to ask.
///
/// # Errors
/// The answer is no, or there is nobody to ask.
pub(super) fn yes(session: &Session, question: &str, hint: &str) -> Result<(), Failure> {
    let question = Line::new().with(Role::Strong, question).with(Role::Plain, " [y/N] ");
    let Some(answer) = session.io.borrow_mut().ask(&question) else {
        return Err(Failure::new(Kind::Unconfirmed, "there is no terminal to ask on").hint(hint));
    };
    let is_yes = ["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes));
    if is_yes { Ok(()) } else { Err(declined()) }
}

/// What a name confirms.
#[derive(Clone, Copy)]
pub(super) enum Stake {
    /// A sign-in is taken out.
    SignIn,
    /// Refresh tokens go into a file of somebody's own.
    RefreshTokens,
    /// What is sealed comes to lie in plain text.
    Seal,
}

impl Stake {
    /// What to say where there is nobody to ask.
    fn unnamed(self) -> &'static str {
        match self {
            Self::SignIn => "a sign-in goes with this, which takes its name",
            Self::RefreshTokens => "refresh tokens leave with this: name the account",
            Self::Seal => "what is sealed comes to lie in plain text: name the account or cache",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::SignIn => "goes",
            Self::RefreshTokens | Self::Seal => "leaves",
        }
    }
}

/// Asks for one of `names`, unless `--confirm` gave it.
///
/// # Errors
/// Another name, none, or nobody to ask.
pub(super) fn name(session: &Session, writing: &Writing, names: &[String], stake: Stake) -> Result<(), Failure> {
    let is_named = |given: &str| names.iter().any(|name| name.to_lowercase() == given.to_lowercase());
    let wanted = names.first().map_or("", String::as_str);
    if let Some(given) = &writing.confirm {
        let says = format!("--confirm {} names none of what {}", quoted(given), stake.verb());
        return if is_named(given) { Ok(()) } else { Err(unconfirmed(&says, wanted)) };
    }
    let question = Line::new().with(Role::Plain, "Type ").with(Role::Strong, wanted).with(Role::Plain, " to go on: ");
    match session.io.borrow_mut().ask(&question) {
        Some(answer) if is_named(&answer) => Ok(()),
        Some(_) => Err(declined()),
        None => Err(unconfirmed(stake.unnamed(), wanted)),
    }
}

fn declined() -> Failure {
    Failure::new(Kind::Declined, "declined: nothing was written")
}

fn unconfirmed(says: &str, wanted: &str) -> Failure {
    Failure::new(Kind::Unconfirmed, says).hint(format!("--confirm {}", quoted(wanted)))
}
