//! The question for a server's password, at the terminal and without an echo, where no list of the user's has it.

use std::sync::Arc;

use super::io::{Io, ask_unechoed, warn};
use crate::config::Config;
use crate::present::Line;
use crate::secret::SecretText;
use crate::source::{Access, AskPassword, Collection, Passwords, Place, password_lists};

/// Passwords that the user has listed, or types at the terminal, if there is one.
pub(super) fn passwords(io: &Io) -> Passwords {
    let asked = if io.can_ask() { Passwords::asking(Arc::new(Terminal)) } else { Passwords::default() };
    asked.with_lists(password_lists())
}

/// Asks for the passwords of the servers among `places` that want one, before a screen takes the terminal.
#[must_use]
pub fn ask_ahead(places: &[Place], config: &Config) -> Passwords {
    let passwords = Passwords::asking(Arc::new(Terminal)).with_lists(password_lists());
    let access = Access { named: true, passwords: passwords.clone(), ..Access::under(config) };
    for place in places.iter().filter(|place| place.is_served()) {
        // What goes wrong here goes wrong on the screen again, where it is told.
        _ = Collection::open(place, access.clone()).map(|collection| collection.keys().next().is_some());
    }
    passwords.typed_so_far()
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
