//! What lies at keys, read many at once: the text of a string, or the one field of a hash in which ASP.NET keeps a
//! cache. Looks at sizes before it reads, and knows nothing of what the bytes mean.

use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;

use super::answer::Answer;
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
/// So many bytes of a value are read at first, far more than apps keep for one user: a page of keys takes little memory
/// here and on the server, whatever lies there.
const FIRST: usize = 64 << 10;
/// The same, as the last byte asked for.
const LAST_OF_FIRST: &[u8] = b"65535";

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

/// Adds what [`Look`] wants to know of `key`.
pub(super) fn look(request: &mut Request, key: &[u8]) {
    request.add(&[b"GETRANGE", key, b"0", LAST_OF_FIRST]);
    request.add(&[b"PTTL", key]);
}

/// What two answers say of a key.
pub(super) enum Look {
    /// Nothing is there.
    Gone,
    /// The bytes of a string, and when they end.
    Whole(SecretBytes, Option<UnixSeconds>),
    /// The beginning of a string, and when it ends.
    Longer(Option<UnixSeconds>),
    /// Another kind of key, and when it ends.
    Other(Option<UnixSeconds>),
    /// The key belongs to another node by now.
    Elsewhere,
    /// The server's refusal.
    Refused(StoreError),
}

impl Look {
    /// Reads the answers to [`look`].
    pub(super) fn of(value: Answer, ends: &Answer, now: UnixSeconds) -> Self {
        let left = number(ends);
        let expires = left.filter(|left| *left >= 0).map(|left| now.plus(left.saturating_add(500) / 1000));
        match refusal(&value) {
            Some(refusal) if refusal.code == "WRONGTYPE" => Self::Other(expires),
            Some(refusal) if ["MOVED", "ASK"].contains(&refusal.code.as_str()) => Self::Elsewhere,
            Some(refusal) => Self::Refused(trouble::said(refusal)),
            // An empty string and no key at all read alike.
            None if left == Some(NO_KEY) => Self::Gone,
            None => match bytes(value) {
                Some(bytes) if bytes.len() < FIRST => Self::Whole(bytes, expires),
                Some(_) => Self::Longer(expires),
                None => Self::Gone,
            },
        }
    }
}

/// A key, and what is known of it; `None` where nothing lies.
pub(super) type Known = Option<Result<Snapshot, StoreError>>;

/// The whole of a string that is longer than a first look.
pub(super) fn longer(line: &mut Line, key: &[u8], expires: Option<UnixSeconds>) -> Result<Known, StoreError> {
    let mut request = Request::default();
    Layout::Whole.read(&mut request, key);
    let value = line.ask(&request)?.pop().unwrap_or(Answer::Nothing);
    Ok(match granted(value) {
        // It went meanwhile.
        Ok(value) => bytes(value).filter(|bytes| !bytes.is_empty()).map(|bytes| whole(bytes, expires)),
        Err(error) => Some(Err(error)),
    })
}

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
    let hash = FixedState::with_seed(0).hash_one(bytes.reveal());
    let version = u128::from(hash) << 64 | bytes.len() as u128;
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
fn judged(answers: &[Answer]) -> Option<Result<Layout, StoreError>> {
    let (kind, sizes) = answers.split_first()?;
    if let Some(refusal) = refusal(kind) {
        return Some(Err(trouble::said(refusal)));
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

fn field(layout: Layout, value: Answer, expires: Option<UnixSeconds>) -> Known {
    match granted(value) {
        Ok(value) => bytes(value).map(|bytes| snapshot(layout, bytes, expires)),
        Err(error) => Some(Err(error)),
    }
}

/// What was found at `key`.
pub(super) fn found(key: &[u8], known: Known) -> Option<Found> {
    Some(Found { slot: name::slot(key), snapshot: known? })
}
