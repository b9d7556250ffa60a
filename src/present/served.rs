//! What to do when a server does not give or take a cache, or it is not there, in words for both faces.

use super::words::quoted;
use crate::source::{Place, ServerTrouble};

/// Where to look for what is not at `place`.
#[must_use]
pub fn look_around(place: &Place) -> String {
    if !place.is_served() {
        return "`saltcellar list` shows the caches found here".to_owned();
    }
    let all = place.before_slots();
    format!("those that are there: saltcellar list {}", quoted(all.trim_end_matches('#')))
}

/// What to do about `trouble`: a sentence without a period; empty if there is nothing to do.
#[must_use]
pub fn advice(trouble: &ServerTrouble) -> &'static str {
    match trouble {
        ServerTrouble::PasswordFile { .. } => {
            "a file with passwords is read only if nobody else can read it: chmod 600 it; `saltcellar help web-apps` has its form"
        }
        ServerTrouble::NoPassword => {
            "list it in ~/.config/saltcellar/passwords or name ?password-file=PATH, both with mode 0600, or run it at a terminal, which is asked"
        }
        ServerTrouble::WrongPassword => {
            "look at the user in the place (//USER@HOST) and at the password, and whether the server knows them"
        }
        ServerTrouble::Denied(_) => "let an administrator of the server grant it, or name another user: //USER@HOST",
        ServerTrouble::Plaintext(_) => {
            "connect over TLS (rediss:), through a tunnel to this machine, or say ?plaintext=yes if the network is yours alone"
        }
        ServerTrouble::Unreachable { .. } => "look whether the server runs, and at host and port in the place",
        ServerTrouble::Tls { .. } => {
            "look whether the server speaks TLS at this port and under this name; ?ca=FILE names the authority that signed it"
        }
        ServerTrouble::Slow { .. } => "it may be overloaded, or a firewall swallows what is sent; try again",
        ServerTrouble::NoDatabase(_) => "name one that it has, at the end of the place: //HOST/NAME",
        ServerTrouble::Unready(_) => "wait until it serves again, then run this once more: it plans anew",
        ServerTrouble::NoCache(_) => "",
    }
}
