//! What a blob of DPAPI and the system's refusal of one say. Opens nothing, so that every system can try it.

use crate::seal::sniff::{self, Mark};
use crate::seal::{SealError, SealTrouble};

/// `CRYPTPROTECT_LOCAL_MACHINE` of `dpapi.h`: any user of the machine opens it.
pub(super) const LOCAL_MACHINE: u32 = 4;

/// Where in a blob of Windows the flags stand: behind version, provider, version and id of the master key.
const FLAGS: std::ops::Range<usize> = 40..44;

/// `ERROR_FILE_NOT_FOUND` of `winerror.h`: there is no file of the master key.
const NO_MASTER_KEY: i32 = 2;
/// `ERROR_INVALID_DATA`: altered, or not sealed with this key.
const INVALID_DATA: i32 = 13;
/// `ERROR_INVALID_PARAMETER`: no blob, or cut short.
const INVALID_PARAMETER: i32 = 87;
/// `NTE_BAD_KEY_STATE`: the master key is of another user or machine.
const BAD_KEY_STATE: i32 = 0x8009_000B_u32.cast_signed();

/// Whether any user of the machine opens `blob`, as a flag.
pub(super) fn scope_of(blob: &[u8]) -> u32 {
    let flags = Some(blob).filter(|blob| sniff::is_of_windows(blob)).and_then(|blob| blob.get(FLAGS));
    let flags = flags.and_then(|flags| flags.try_into().ok()).map_or(0, u32::from_le_bytes);
    flags & LOCAL_MACHINE
}

/// Why the system refused a blob with `code`, in whose words that is `says`.
pub(super) fn refused(code: i32, says: &str) -> SealError {
    let (trouble, more) = match code {
        BAD_KEY_STATE | NO_MASTER_KEY => (SealTrouble::KeyElsewhere, ""),
        INVALID_DATA => (SealTrouble::WrongKey, "; another user sealed it, or it was altered since"),
        INVALID_PARAMETER => (SealTrouble::Damaged, ""),
        _ => (SealTrouble::WrongKey, ""),
    };
    SealError::new(Mark::Dpapi.by(), trouble).because(format!("{says}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of what Windows 10 writes: version, provider, version and id of the master key, flags.
    fn blob(flags: u8) -> Vec<u8> {
        let provider =
            [1, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 1, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0, 0xc0, 0x4f, 0xc2, 0x97, 0xeb];
        [&provider[..], &[1, 0, 0, 0], &[0xff; 16], &[flags, 0, 0, 0], b"the rest"].concat()
    }

    #[test]
    fn what_any_user_of_the_machine_opened_stays_so_and_nothing_else_becomes_so() {
        assert_eq!(scope_of(&blob(4)), LOCAL_MACHINE);
        assert_eq!(scope_of(&blob(0)), 0);
        // Other flags are the system's own.
        assert_eq!([scope_of(&blob(0xf7)), scope_of(&blob(0xfb))], [LOCAL_MACHINE, 0]);
    }

    #[test]
    fn where_the_flags_cannot_be_read_the_user_alone_opens_it() {
        let whole = blob(4);
        let mut of_wine = whole.clone();
        of_wine.splice(4..20, *b"Wine Crypt32 ok\0");

        assert_eq!(scope_of(&of_wine), 0);
        assert_eq!(whole.get(..43).map(scope_of), Some(0));
        assert_eq!(whole.get(..44).map(scope_of), Some(LOCAL_MACHINE));
        assert_eq!(scope_of(b""), 0);
    }

    #[test]
    fn the_key_of_another_is_told_from_what_was_altered_and_from_what_is_cut_short() {
        let told = |code| refused(code, "x").trouble;

        assert_eq!([BAD_KEY_STATE, NO_MASTER_KEY].map(told), [SealTrouble::KeyElsewhere; 2]);
        assert_eq!([INVALID_DATA, 5].map(told), [SealTrouble::WrongKey; 2]);
        assert_eq!(told(INVALID_PARAMETER), SealTrouble::Damaged);
        let words = refused(INVALID_DATA, "The data is invalid.").to_string();
        assert!(words.contains("DPAPI, for one Windows user, and the key does not fit: The data"), "{words}");
        assert!(words.contains("another user sealed it, or it was altered"), "{words}");
    }
}
