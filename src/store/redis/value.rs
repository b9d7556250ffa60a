//! What lies at keys, read many at once: the text of a string, or the one field of a hash in which ASP.NET keeps a
//! cache. Looks at sizes before it reads, and knows nothing of what the bytes mean.

use std::hash::{DefaultHasher, Hasher as _};

use redis::Value;

use super::name;
use super::trouble;
use super::wire::{Line, Request, bytes, granted, number, refusal, text};
use crate::secret::SecretBytes;
use crate::store::server::ServerTrouble;
use crate::store::{Found, Revision, Snapshot, State, StoreError, StoreErrorKind};
use crate::time::UnixSeconds;

/// The largest value that is read: far above any session, below what memory bears many times over.
pub(super) const MAX_BYTES: u64 = 64 << 20;
/// The same, as the last byte asked for: one more than is taken, so that a longer value shows.
const LAST: &[u8] = b"67108864";

/// What PTTL says of a key that is not there.
const NO_KEY: i64 = -2;

/// Where in a key the bytes of a cache lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// The key is a string, and the cache is all of it.
    Whole,
    /// The key is a hash, and the cache is this field (`Microsoft.Extensions.Caching.StackExchangeRedis`: `data`, beside
    /// `absexp` and `sldexp`; `dv` beside `swv` and `aev` in a newer commit).
    Field(&'static str),
}

/// The fields of a hash that may hold a cache.
const FIELDS: [&str; 2] = ["data", "dv"];

impl Layout {
    /// The layout of the slot that was found in `state`.
    pub(super) fn of(state: &State) -> Self {
        let field = state.revision.identity.0.checked_sub(1).and_then(|at| FIELDS.get(usize::try_from(at).ok()?));
        field.map_or(Self::Whole, |field| Self::Field(field))
    }

    fn number(self) -> u64 {
        let at = |field| FIELDS.iter().position(|known| *known == field).unwrap_or_default() as u64;
        match self {
            Self::Whole => 0,
            Self::Field(field) => at(field) + 1,
        }
    }

    /// Adds the command that reads the bytes, and not more than are taken.
    pub(super) fn read(self, request: &mut Request, key: &[u8]) {
        match self {
            Self::Whole => request.add(&[b"GETRANGE", key, b"0", LAST]),
            Self::Field(field) => request.add(&[b"HGET", key, field.as_bytes()]),
        }
    }
}

/// Adds what [`taken`] wants to know of `key`.
pub(super) fn look(request: &mut Request, key: &[u8]) {
    Layout::Whole.read(request, key);
    request.add(&[b"PTTL", key]);
}

/// What two answers say of a key.
pub(super) enum Look {
    /// Nothing is there.
    Gone,
    /// The bytes of a string, and when they end.
    Whole(SecretBytes, Option<UnixSeconds>),
    /// Another kind of key, and when it ends.
    Other(Option<UnixSeconds>),
    /// The key belongs to another node by now.
    Elsewhere,
    /// The server's refusal.
    Refused(StoreError),
}

impl Look {
    /// Reads the answers to [`look`].
    pub(super) fn of(value: Value, ends: &Value, now: UnixSeconds) -> Self {
        let left = number(ends);
        let expires = left.filter(|left| *left >= 0).map(|left| now.plus(left.saturating_add(500) / 1000));
        match refusal(&value) {
            Some(error) if error.code() == "WRONGTYPE" => Self::Other(expires),
            Some(error) if ["MOVED", "ASK"].contains(&error.code()) => Self::Elsewhere,
            Some(error) => Self::Refused(trouble::said(error)),
            // An empty string and no key at all read alike.
            None if left == Some(NO_KEY) => Self::Gone,
            None => bytes(value).map_or(Self::Gone, |bytes| Self::Whole(bytes, expires)),
        }
    }
}

/// A key, and what is known of it; `None` where nothing lies.
pub(super) type Known = Option<Result<Snapshot, StoreError>>;

/// A string as a snapshot.
pub(super) fn whole(bytes: SecretBytes, expires: Option<UnixSeconds>) -> Result<Snapshot, StoreError> {
    snapshot(Layout::Whole, bytes, expires)
}

fn snapshot(layout: Layout, bytes: SecretBytes, expires: Option<UnixSeconds>) -> Result<Snapshot, StoreError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(StoreErrorKind::TooLarge(MAX_BYTES).into());
    }
    let revision = revision(layout, &bytes);
    Ok(Snapshot { bytes, state: State { revision, expires, ..State::default() }, unsteady: false })
}

/// The bytes decide, not the time to live: an app that is used writes the same bytes again and again.
pub(super) fn revision(layout: Layout, bytes: &SecretBytes) -> Revision {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes.reveal());
    let version = u128::from(hasher.finish()) << 64 | bytes.len() as u128;
    Revision { identity: (layout.number(), 0), version }
}

/// What lies at keys that are no strings, told by two more rounds: kinds and sizes, then bytes.
pub(super) fn others(line: &mut Line, keys: &[(&[u8], Option<UnixSeconds>)]) -> Result<Vec<Known>, StoreError> {
    let mut request = Request::default();
    for (key, _) in keys {
        request.add(&[b"TYPE", key]);
        for field in FIELDS {
            request.add(&[b"HSTRLEN", key, field.as_bytes()]);
        }
    }
    let answers = line.ask(&request)?;
    let judged: Vec<_> = answers.chunks_exact(1 + FIELDS.len()).map(judged).collect();
    let mut request = Request::default();
    for ((key, _), layout) in keys.iter().zip(&judged) {
        if let Some(Ok(layout)) = layout {
            layout.read(&mut request, key);
        }
    }
    let mut bytes = line.ask(&request)?.into_iter();
    let known = judged.into_iter().zip(keys).map(|(layout, (_, expires))| match layout? {
        Ok(layout) => field(layout, bytes.next()?, *expires),
        Err(error) => Some(Err(error)),
    });
    Ok(known.collect())
}

/// Where the cache lies in a key of which kind and sizes were told; `None`: it is gone.
fn judged(answers: &[Value]) -> Option<Result<Layout, StoreError>> {
    let (kind, sizes) = answers.split_first()?;
    if let Some(error) = refusal(kind) {
        return Some(Err(trouble::said(error)));
    }
    let kind = text(kind)?;
    let no_cache = |says: String| Some(Err(ServerTrouble::NoCache(says).into()));
    match kind.as_str() {
        "none" => None,
        // It was another kind a moment ago.
        "string" => Some(Ok(Layout::Whole)),
        "hash" => {
            let sizes = sizes.iter().map(|size| number(size).unwrap_or_default());
            let held = sizes.zip(FIELDS).find(|(size, _)| *size > 0);
            match held {
                Some((size, _)) if u64::try_from(size).is_ok_and(|size| size > MAX_BYTES) => {
                    Some(Err(StoreErrorKind::TooLarge(MAX_BYTES).into()))
                }
                Some((_, field)) => Some(Ok(Layout::Field(field))),
                None => no_cache("it is a hash without the fields of an ASP.NET cache (data or dv)".to_owned()),
            }
        }
        kind => no_cache(format!("it is a {kind}; caches are strings, or hashes of ASP.NET")),
    }
}

fn field(layout: Layout, value: Value, expires: Option<UnixSeconds>) -> Known {
    match granted(value) {
        Ok(value) => bytes(value).map(|bytes| snapshot(layout, bytes, expires)),
        Err(error) => Some(Err(error)),
    }
}

/// What was found at `key`.
pub(super) fn found(key: &[u8], known: Known) -> Option<Found> {
    Some(Found { slot: name::slot(key), snapshot: known? })
}
