//! The key of a cache that azidentity for Go sealed, from the kernel's keyrings; and why it is not there. Between `seal`,
//! which knows no system, and `store`, which knows no seal.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::seal::jwe::KeyRing;
use crate::seal::sniff::Mark;
use crate::seal::{SealError, SealTrouble};
use crate::secret::SecretBytes;
use crate::store::kernel_keyring::{self, KeyAbsent};

/// The keyrings of this user, asked for the key of one file.
pub(super) struct KernelKeys {
    /// The key is called as the file (cache_linux.go, `newKeyring`).
    pub(super) file: PathBuf,
}

/// A128CBC-HS256 takes 32 bytes; Go keeps a zero behind them.
const LENGTH: usize = 32;

impl KeyRing for KernelKeys {
    fn key(&self, kid: &str) -> Result<SecretBytes, SealError> {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        kernel_keyring::key(&name, kid.parse().ok(), LENGTH).map_err(|absent| self.told(&name, &absent))
    }

    fn chance(&self, iv: &mut [u8; 16]) -> Result<(), SealError> {
        let got = rustix::rand::getrandom(iv.as_mut_slice(), rustix::rand::GetRandomFlags::empty());
        match got {
            Ok(length) if length == iv.len() => Ok(()),
            Ok(_) | Err(_) => Err(error(SealTrouble::Refused, "the system gives no chance for a new iv")),
        }
    }
}

impl KernelKeys {
    fn told(&self, name: &str, absent: &KeyAbsent) -> SealError {
        let owner = self.file.metadata().ok().map(|is| is.uid());
        let us = rustix::process::geteuid().as_raw();
        match absent {
            KeyAbsent::Gone if owner.is_some_and(|owner| owner != us) => {
                let owner = owner.unwrap_or_default();
                error(
                    SealTrouble::KeyElsewhere,
                    format!("the file is user {owner}'s, in whose keyring the key would be"),
                )
            }
            KeyAbsent::Gone if is_older_than_boot(&self.file) => error(
                SealTrouble::KeyGone,
                "the machine has started since it was written, and the kernel's keyrings began empty",
            ),
            KeyAbsent::Gone | KeyAbsent::Elsewhere(_) if is_in_user_namespace() => error(
                SealTrouble::KeyElsewhere,
                "this process is in a user namespace, such as a container's, which has keyrings of its own",
            ),
            KeyAbsent::Gone => error(SealTrouble::KeyGone, format!("no keyring of yours has a key called {name}")),
            KeyAbsent::Expired => error(SealTrouble::KeyGone, format!("the key called {name} expired")),
            KeyAbsent::Revoked => error(SealTrouble::KeyGone, format!("the key called {name} was revoked")),
            KeyAbsent::Elsewhere(Some(uid)) if *uid != us => {
                error(SealTrouble::KeyElsewhere, format!("the key is in the keyring of user {uid}"))
            }
            KeyAbsent::Elsewhere(_) => error(
                SealTrouble::KeyElsewhere,
                "the kernel has the key in a keyring of another session or user, which this one cannot search",
            ),
            KeyAbsent::Refused(kind) => error(SealTrouble::Refused, format!("{kind} was the answer about the keyring")),
            KeyAbsent::Odd => error(SealTrouble::WrongKey, format!("the key called {name} is not of 32 bytes")),
        }
    }
}

fn error(trouble: SealTrouble, why: impl Into<String>) -> SealError {
    SealError::new(Mark::Jwe.by(), trouble).because(why)
}

/// Whether the file was last written before the kernel began.
fn is_older_than_boot(file: &Path) -> bool {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let boot = stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<i64>().ok());
    let written = file.metadata().ok().map(|is| is.mtime());
    boot.zip(written).is_some_and(|(boot, written)| written < boot)
}

/// Whether user ids are those of a namespace and not the machine's: keyrings are apart by namespace.
fn is_in_user_namespace() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let fields: Vec<&str> = map.split_whitespace().collect();
    !fields.is_empty() && fields != ["0", "0", "4294967295"]
}
