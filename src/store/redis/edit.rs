//! Changes of one key: only if its bytes still are what the change was planned for, and with its time to live kept. By
//! WATCH and MULTI, which need no script: what another writes in between undoes our transaction, not theirs.

use std::time::Duration;

use super::answer::Answer;
use super::value::{Layout, revision};
use super::wire::{Line, Request, bytes, granted, is_refused};
use super::{RedisStore, name, trouble};
use crate::secret::SecretBytes;
use crate::store::expected::Expected;
use crate::store::{Held, Released, Replaced, Slot, Snapshot, Staged, Store as _, StoreError, StoreErrorKind};
use crate::time::UnixSeconds;

/// How often a key is tried again whose bytes are as expected, but which an app touched just then: it writes the same
/// bytes anew, or moves their end.
const TOUCHED: usize = 16;

/// Bytes to write; nothing of them lies on the server yet.
pub(super) struct StagedValue(pub(super) SecretBytes);

impl Staged for StagedValue {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

/// A key that can be changed. Nothing is locked: apps know no lock here.
pub(super) struct HeldKey<'s> {
    pub(super) store: &'s RedisStore,
    pub(super) slot: Slot,
}

/// What a transaction shall do to a key.
#[derive(Clone, Copy)]
enum Deed<'b> {
    Write(&'b SecretBytes),
    Remove,
}

/// Whether the server was asked to write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    No,
    Yes,
}

/// How a transaction ended.
enum Outcome {
    Done,
    /// The bytes are others.
    Changed,
    /// The bytes may be the same, but the key was touched.
    Touched,
}

impl Held for HeldKey<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        self.store.peek(&self.slot)
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedValue>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        self.change(expected, Deed::Write(&staged.0))?;
        Ok(Replaced { revision: revision(Layout::of(&expected.state), &staged.0), durable: true })
    }

    fn remove(&mut self, expected: &Expected) -> Result<(), StoreError> {
        self.change(expected, Deed::Remove)
    }

    fn release(self: Box<Self>) -> Released {
        Released { held: Duration::ZERO, durable: true, trouble: None }
    }
}

impl HeldKey<'_> {
    fn change(&self, expected: &Expected, deed: Deed<'_>) -> Result<(), StoreError> {
        for _ in 0..TOUCHED {
            let mut sent = Sent::No;
            let mut done = self.attempt(expected, deed, &mut sent);
            if done.as_ref().is_err_and(|error| trouble::may_pass(error) && !(sent == Sent::Yes && is_lost(error))) {
                done = self.attempt(expected, deed, &mut sent);
            }
            match done {
                Ok(Outcome::Done) => return Ok(()),
                Ok(Outcome::Changed) => return Err(StoreErrorKind::Changed.into()),
                Ok(Outcome::Touched) => {}
                Err(error) if sent == Sent::Yes => return self.read_back(error, deed),
                Err(error) => return Err(error),
            }
        }
        Err(StoreErrorKind::Changed.into())
    }

    /// Both steps over one connection that nobody else uses meanwhile: it is the one that watches.
    fn attempt(&self, expected: &Expected, deed: Deed<'_>, sent: &mut Sent) -> Result<Outcome, StoreError> {
        let (key, layout) = (name::key(&self.slot), Layout::of(&expected.state));
        self.store.on_line_once(&key, &mut |line| {
            if !watched(line, &key, layout, expected)? {
                return Ok(Outcome::Changed);
            }
            *sent = Sent::Yes;
            transaction(line, &key, layout, deed)
        })
    }

    /// The answer to a write was lost, or was a refusal: looks what stands there.
    fn read_back(&self, error: StoreError, deed: Deed<'_>) -> Result<(), StoreError> {
        if !is_lost(&error) {
            return Err(error);
        }
        let found = match (self.store.peek(&self.slot), deed) {
            (Ok(Some(now)), Deed::Write(bytes)) if now.bytes == *bytes => return Ok(()),
            (Ok(None), Deed::Remove) => return Ok(()),
            (Ok(Some(_)), _) => "other bytes lie there now",
            (Ok(None), Deed::Write(_)) => "nothing lies there now",
            (Err(_), _) => "nor can it be read back; look again when the server answers",
        };
        Err(trouble::ambiguous(found, error))
    }
}

/// Whether the connection was lost, so that nobody knows what the server did.
fn is_lost(error: &StoreError) -> bool {
    use crate::store::server::ServerTrouble;
    matches!(&error.kind, StoreErrorKind::Served(trouble)
        if matches!(**trouble, ServerTrouble::Unreachable { .. } | ServerTrouble::Slow { .. } | ServerTrouble::Tls { .. }))
}

/// Watches `key` and compares its bytes; whether they are as expected.
fn watched(line: &mut Line, key: &[u8], layout: Layout, expected: &Expected) -> Result<bool, StoreError> {
    let mut request = Request::of(&[b"WATCH", key]);
    layout.read(&mut request, key);
    let [watch, value] = answers(line, &request)?;
    granted(watch)?;
    // Another kind of key is another content; so is none.
    let found = if is_refused(&value, "WRONGTYPE") { None } else { bytes(granted(value)?) };
    let is_expected = found.is_some_and(|found| expected.is(&found));
    if !is_expected {
        granted(line.one(&[b"UNWATCH"])?)?;
    }
    Ok(is_expected)
}

/// Does `deed` if nobody touched the watched key.
fn transaction(line: &mut Line, key: &[u8], layout: Layout, deed: Deed<'_>) -> Result<Outcome, StoreError> {
    let mut request = Request::of(&[b"MULTI"]);
    match (deed, layout) {
        (Deed::Write(bytes), Layout::Whole) => request.add(&[b"SET", key, bytes.reveal(), b"XX", b"KEEPTTL"]),
        (Deed::Write(bytes), Layout::Field(field)) => request.add(&[b"HSET", key, field.as_bytes(), bytes.reveal()]),
        (Deed::Remove, _) => request.add(&[b"DEL", key]),
    }
    request.add(&[b"EXEC"]);
    let [multi, queued, done] = answers(line, &request)?;
    granted(multi)?;
    granted(queued)?;
    let Answer::Many(results) = granted(done)? else { return Ok(Outcome::Touched) };
    let result = granted(results.into_iter().next().unwrap_or(Answer::Nothing))?;
    let success = match (deed, layout) {
        (Deed::Write(_), Layout::Whole) => Answer::Okay,
        // No new field: the old one was replaced.
        (Deed::Write(_), Layout::Field(_)) => Answer::Number(0),
        (Deed::Remove, _) => Answer::Number(1),
    };
    // Else it ended between the two: XX and DEL found nothing.
    Ok(if result == success { Outcome::Done } else { Outcome::Changed })
}

/// Makes a key that is not there yet.
pub(super) fn create(
    line: &mut Line,
    key: &[u8],
    bytes: &SecretBytes,
    left: Option<Duration>,
) -> Result<(), StoreError> {
    let millis = left.map(|left| left.as_millis().max(1).to_string());
    let mut words: Vec<&[u8]> = vec![b"SET", key, bytes.reveal(), b"NX"];
    if let Some(millis) = &millis {
        words.extend([b"PX".as_slice(), millis.as_bytes()]);
    }
    let answer = granted(line.one(&words)?)?;
    if answer == Answer::Okay { Ok(()) } else { Err(StoreErrorKind::Changed.into()) }
}

/// The answer to a creation was `error`: looks what stands there if it was lost.
pub(super) fn made(store: &RedisStore, slot: &Slot, bytes: &SecretBytes, error: StoreError) -> Result<(), StoreError> {
    HeldKey { store, slot: slot.clone() }.read_back(error, Deed::Write(bytes))
}

/// How long a slot has to live that ends at `expires`. By our clock alone, which also told the end of the slot that it is
/// a copy of: so the server's may go wrong.
pub(super) fn left(expires: UnixSeconds, now: UnixSeconds) -> Duration {
    Duration::from_secs(u64::try_from(expires.since(now)).unwrap_or_default())
}

fn answers<const N: usize>(line: &mut Line, request: &Request) -> Result<[Answer; N], StoreError> {
    <[Answer; N]>::try_from(line.ask(request)?).map_err(|_| trouble::odd(&line.server))
}
