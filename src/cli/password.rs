//! The question for a server's password, at the terminal and without an echo. Takes no password from anywhere else.

use std::sync::Arc;

use super::io::{Io, ask_unechoed};
use crate::present::Line;
use crate::secret::SecretText;
use crate::source::{AskPassword, Passwords};

/// Passwords typed at the terminal, if there is one.
pub(super) fn passwords(io: &Io) -> Passwords {
    if io.can_ask() { Passwords::asking(Arc::new(Terminal)) } else { Passwords::default() }
}

struct Terminal;

impl AskPassword for Terminal {
    fn ask(&self, server: &str) -> Option<SecretText> {
        let question = Line::plain(&format!("password of {server}: ")).text();
        ask_unechoed(&question)
    }
}
