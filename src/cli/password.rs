//! The question for a server's password, at the terminal and without an echo, where no list of the user's has it.

use std::sync::Arc;

use super::io::{Io, ask_unechoed, warn};
use crate::present::Line;
use crate::secret::SecretText;
use crate::source::{AskPassword, Passwords, password_lists};

/// Passwords that the user has listed, or types at the terminal, if there is one.
pub(super) fn passwords(io: &Io) -> Passwords {
    let asked = if io.can_ask() { Passwords::asking(Arc::new(Terminal)) } else { Passwords::default() };
    asked.with_lists(password_lists())
}

struct Terminal;

impl AskPassword for Terminal {
    fn ask(&self, server: &str) -> Option<SecretText> {
        let question = Line::plain(&format!("password of {server}: ")).text();
        ask_unechoed(&question)
    }

    fn warn(&self, says: &str) {
        warn(&Line::plain(&format!("warning: {says}")));
    }
}
