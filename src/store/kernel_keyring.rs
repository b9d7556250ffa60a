//! Keys in the Linux kernel's keyrings, by name. Reads keys and makes none; what it must link to be let in, it links to
//! its own process alone.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier, KeySerialId};

use crate::secret::SecretBytes;

/// Why a key cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyAbsent {
    /// The kernel has no such key.
    #[error("the kernel has no such key")]
    Gone,
    /// It was there until its time was over.
    #[error("the key expired")]
    Expired,
    /// Somebody took it back.
    #[error("the key was revoked")]
    Revoked,
    /// The kernel has it, in a keyring that is closed to this process; whose it is, where that is told.
    #[error("the kernel has the key in a keyring that is closed to this process")]
    Elsewhere(Option<u32>),
    /// The kernel answers no questions about keys: what it said.
    #[error("the kernel refuses: {0}")]
    Refused(std::io::ErrorKind),
    /// There is a key that cannot be one.
    #[error("the key is of another length")]
    Odd,
}

/// The first `length` bytes of the user key called `name`; `serial` is the number that it had when it was used.
///
/// As azidentity/cache for Go does (cache_linux.go): in the user keyring, and in the persistent one that it links there.
/// The cache may have been copied under another name: then the key with that number is taken, if it may be read.
///
/// # Errors
/// Why it cannot be had.
pub fn key(name: &str, serial: Option<i32>, length: usize) -> Result<SecretBytes, KeyAbsent> {
    let user = KeyRing::from_special_id(KeyRingIdentifier::User, false).map_err(|error| absent(error, None))?;
    possess(user);
    let found = match user.search(name) {
        Err(KeyError::KeyDoesNotExist) => persistent(name),
        found => found,
    };
    let by_number = || serial.and_then(|serial| read(&Key::from_id(KeySerialId(serial)), length).ok());
    match found.and_then(|key| read(&key, length)) {
        Ok(bytes) => bytes.ok_or(KeyAbsent::Odd),
        Err(error) => by_number().flatten().ok_or_else(|| absent(error, serial)),
    }
}

/// The first `length` bytes of `key`; `None` if it has fewer.
fn read(key: &Key, length: usize) -> Result<Option<SecretBytes>, KeyError> {
    let mut room = vec![0; length + 1];
    let held = key.read(&mut room);
    let mut bytes = SecretBytes::new(room);
    bytes.truncate(length);
    Ok((held? >= length).then_some(bytes))
}

/// A process that was not given the user keyring by its session may search it, and not read what it finds there.
fn possess(user: KeyRing) {
    // Where this fails the key says so.
    if let Ok(own) = KeyRing::from_special_id(KeyRingIdentifier::Process, true) {
        _ = own.link_keyring(user);
    }
}

/// In the keyring that outlives sessions, where the system has one.
fn persistent(name: &str) -> Result<Key, KeyError> {
    let ring = KeyRing::get_persistent(KeyRingIdentifier::Process);
    ring.map_err(|_| KeyError::KeyDoesNotExist)?.search(name)
}

/// What `error` means, asked about the key that had the number `serial`.
fn absent(error: KeyError, serial: Option<i32>) -> KeyAbsent {
    let known = || Some(Key::from_id(KeySerialId(serial?)).metadata());
    match error {
        KeyError::KeyExpired => KeyAbsent::Expired,
        KeyError::KeyRevoked | KeyError::KeyRejected => KeyAbsent::Revoked,
        KeyError::KeyDoesNotExist | KeyError::KeyringDoesNotExist | KeyError::MissingFileOrDirectory => match known() {
            Some(Ok(key)) => KeyAbsent::Elsewhere(Some(key.get_uid())),
            Some(Err(KeyError::AccessDenied)) => KeyAbsent::Elsewhere(None),
            Some(Err(KeyError::KeyExpired)) => KeyAbsent::Expired,
            Some(Err(KeyError::KeyRevoked)) => KeyAbsent::Revoked,
            Some(Err(_)) | None => KeyAbsent::Gone,
        },
        KeyError::AccessDenied => KeyAbsent::Elsewhere(known().and_then(Result::ok).map(|key| key.get_uid())),
        KeyError::PermissionDenied => KeyAbsent::Refused(std::io::ErrorKind::PermissionDenied),
        KeyError::Unknown(number) => KeyAbsent::Refused(std::io::Error::from_raw_os_error(number).kind()),
        KeyError::QuotaExceeded
        | KeyError::BadAddress
        | KeyError::InvalidArguments
        | KeyError::OutOfMemory
        | KeyError::InvalidDescription
        | KeyError::InvalidIdentifier
        | KeyError::OperationNotSupported
        | KeyError::WriteError => KeyAbsent::Refused(std::io::ErrorKind::Unsupported),
    }
}
