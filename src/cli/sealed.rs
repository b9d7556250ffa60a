//! Seals that do not open: their words in `--json` and how a run ends. What to do is said by `present`, for both faces.

use super::failure::Exit;
use crate::source::SealTrouble;

/// The `kind` in `--json`.
pub(super) fn name(trouble: SealTrouble) -> &'static str {
    match trouble {
        SealTrouble::Closed | SealTrouble::NotHere => "sealed",
        SealTrouble::Another => "seal-mismatch",
        SealTrouble::Damaged => "seal-damaged",
        SealTrouble::KeyGone => "key-gone",
        SealTrouble::KeyElsewhere => "key-elsewhere",
        SealTrouble::WrongKey => "wrong-key",
        SealTrouble::Refused => "key-refused",
        SealTrouble::Unproven => "seal-unproven",
        SealTrouble::Odd => "session-odd",
        SealTrouble::Code => "session-code",
        SealTrouble::NoKey => "no-key",
    }
}

/// How a run ends that met it: a cache that cannot be opened, or a write that was not made.
pub(super) fn exit(trouble: SealTrouble) -> Exit {
    match trouble {
        SealTrouble::Closed
        | SealTrouble::NotHere
        | SealTrouble::Another
        | SealTrouble::Damaged
        | SealTrouble::KeyGone
        | SealTrouble::KeyElsewhere
        | SealTrouble::WrongKey
        | SealTrouble::Refused
        | SealTrouble::Odd
        | SealTrouble::NoKey
        | SealTrouble::Code => Exit::CannotOpen,
        SealTrouble::Unproven => Exit::Failed,
    }
}
