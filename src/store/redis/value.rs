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

    /// The field of a hash, if it is one.
    pub(super) fn field(self) -> Option<&'static str> {
        if let Self::Field(field) = self { Some(field) } else { None }
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

/// What a key is taken for at the first look: as the keys before it were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Guess {
    /// A string, which is read at once.
    #[default]
    Text,
    /// A hash with this field, of which the size is asked at once.
    Field(&'static str),
}

/// Adds what [`Look`] wants to know of `key`.
pub(super) fn look(request: &mut Request, key: &[u8], guess: Guess) {
    match guess {
        Guess::Text => request.add(&[b"GETRANGE", key, b"0", LAST_OF_FIRST]),
        Guess::Field(field) => request.add(&[b"HSTRLEN", key, field.as_bytes()]),
    }
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
    /// A hash with so many bytes in the field that was looked for, and when it ends.
    Held(&'static str, u64, Option<UnixSeconds>),
    /// Another kind of key, or another hash, and when it ends.
    Other(Option<UnixSeconds>),
    /// The key belongs to another node by now.
    Elsewhere,
    /// The server's refusal.
    Refused(StoreError),
}

impl Look {
    /// Reads the answers to [`look`].
    pub(super) fn of(value: Answer, ends: &Answer, now: UnixSeconds, guess: Guess) -> Self {
        let left = number(ends);
        let expires = left.filter(|left| *left >= 0).map(|left| now.plus(left.saturating_add(500) / 1000));
        match (refusal(&value), guess) {
            (Some(refusal), _) if refusal.code == "WRONGTYPE" => Self::Other(expires),
            (Some(refusal), _) if ["MOVED", "ASK"].contains(&refusal.code.as_str()) => Self::Elsewhere,
            (Some(refusal), _) => Self::Refused(trouble::said(refusal)),
            // An empty string and no key at all read alike.
            (None, _) if left == Some(NO_KEY) => Self::Gone,
            (None, Guess::Field(field)) => match size(&value) {
                0 => Self::Other(expires),
                size => Self::Held(field, size, expires),
            },
            (None, Guess::Text) => match bytes(value) {
                Some(bytes) if bytes.len() < FIRST => Self::Whole(bytes, expires),
                Some(_) => Self::Longer(expires),
                None => Self::Gone,
            },
        }
    }
}

/// A key, and what is known of it; `None` where nothing lies.
pub(super) type Known = Option<Result<Snapshot, StoreError>>;

/// Bytes that are to be read by themselves: where they lie in their key, and when that ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    pub(super) layout: Layout,
    pub(super) expires: Option<UnixSeconds>,
}

/// The whole of what is longer than a first look.
pub(super) fn longer(line: &mut Line, key: &[u8], rest: Rest) -> Result<Known, StoreError> {
    let mut request = Request::default();
    rest.layout.read(&mut request, key);
    let known = told(line.ask(&request)?.pop().unwrap_or(Answer::Nothing), rest);
    let is_empty = matches!(&known, Some(Ok(snapshot)) if snapshot.bytes.is_empty());
    // No bytes, and no key at all, read alike: it may have gone meanwhile.
    let is_gone = is_empty && line.one(&[b"EXISTS", key])? == Answer::Number(0);
    Ok(known.filter(|_| !is_gone))
}

/// The bytes at `keys`, of which none is long.
pub(super) fn short(line: &mut Line, keys: &[(&[u8], Rest)]) -> Result<Vec<Known>, StoreError> {
    let mut request = Request::default();
    keys.iter().for_each(|(key, rest)| rest.layout.read(&mut request, key));
    Ok(line.ask(&request)?.into_iter().zip(keys).map(|(value, (_, rest))| told(value, *rest)).collect())
}

fn told(value: Answer, rest: Rest) -> Known {
    match granted(value) {
        Ok(value) => bytes(value).map(|bytes| snapshot(rest.layout, bytes, rest.expires)),
        Err(error) => Some(Err(error)),
    }
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

/// How the bytes of a key are to be read.
pub(super) enum Read {
    /// Together with those of other keys.
    Short(Rest),
    /// By themselves.
    Long(Rest),
    /// Not at all: what is known already.
    Not(Known),
}

impl Read {
    /// Of a hash with so many bytes in `field`.
    pub(super) fn of_field(field: &'static str, size: u64, expires: Option<UnixSeconds>) -> Self {
        let rest = Rest { layout: Layout::Field(field), expires };
        match size {
            0 => Self::Not(None),
            size if size < FIRST as u64 => Self::Short(rest),
            size if size <= MAX_BYTES => Self::Long(rest),
            _ => Self::Not(Some(Err(StoreErrorKind::TooLarge(MAX_BYTES).into()))),
        }
    }
}

/// How keys that are no strings, or not what they were taken for, are to be read: by their kinds and sizes.
pub(super) fn others(line: &mut Line, keys: &[(&[u8], Option<UnixSeconds>)]) -> Result<Vec<Read>, StoreError> {
    let mut request = Request::default();
    for (key, _) in keys {
        request.add(&[b"TYPE", key]);
        for field in FIELDS {
            request.add(&[b"HSTRLEN", key, field.as_bytes()]);
        }
    }
    let answers = line.ask(&request)?;
    Ok(answers.chunks_exact(1 + FIELDS.len()).zip(keys).map(|(told, (_, expires))| judged(told, *expires)).collect())
}

/// The same, by what was told of one key.
fn judged(answers: &[Answer], expires: Option<UnixSeconds>) -> Read {
    let Some((kind, sizes)) = answers.split_first() else { return Read::Not(None) };
    if let Some(refusal) = refusal(kind) {
        return Read::Not(Some(Err(trouble::said(refusal))));
    }
    let no_cache = |says: String| Read::Not(Some(Err(ServerTrouble::NoCache(says).into())));
    match text(kind).as_deref() {
        None | Some("none") => Read::Not(None),
        Some("string") => Read::Long(Rest { layout: Layout::Whole, expires }),
        Some("hash") => match sizes.iter().map(size).zip(FIELDS).find(|(size, _)| *size > 0) {
            Some((size, field)) => Read::of_field(field, size, expires),
            None => no_cache("it is a hash without the fields of an ASP.NET cache (data or dv)".to_owned()),
        },
        Some(kind) => no_cache(format!("it is a {kind}; caches are strings, or hashes of ASP.NET")),
    }
}

/// The number of bytes that was told.
fn size(answer: &Answer) -> u64 {
    number(answer).and_then(|size| u64::try_from(size).ok()).unwrap_or_default()
}

/// What was found at `key`.
pub(super) fn found(key: &[u8], known: Known) -> Option<Found> {
    Some(Found { slot: name::slot(key), snapshot: known? })
}
