//! What to do about a cache whose seal does not open. Words for both faces; what is wrong the error itself says.

use crate::source::SealTrouble;

/// What helps, or that nothing does. A sentence without a period.
#[must_use]
pub fn advice(trouble: SealTrouble) -> &'static str {
    match trouble {
        SealTrouble::Closed => "a sealed cache is opened only when it is named itself: name the file",
        SealTrouble::NotHere => "it cannot be opened here; the app itself goes on using it",
        SealTrouble::Another => "leave ?seal= away: how a cache is sealed is seen by its first bytes",
        SealTrouble::Damaged => "nothing is left to recover: the app writes it anew at its next sign-in",
        SealTrouble::KeyGone => "what it held is lost for every program: the app signs in again and writes it anew",
        SealTrouble::KeyElsewhere => "open it as the user, in the session and on the machine where its app runs",
        SealTrouble::WrongKey => {
            "open it as the user and on the machine where its app runs; if that is here, what it held is lost, and the \
             app signs in again"
        }
        SealTrouble::Refused => {
            "run it outside of this container or sandbox, or let it use keyctl, add_key and request_key"
        }
        SealTrouble::Odd => "only the app itself can change what it keeps so; nothing was written",
        SealTrouble::NoKey => {
            "name a file with the key by ?key-file=, or run it at a terminal, where it is asked for; it is kept nowhere"
        }
        SealTrouble::Code => "nothing was run; a session of plain data has no objects: find out who wrote it",
        SealTrouble::Unproven => "nothing was written; please report it",
    }
}
