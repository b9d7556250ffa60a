//! Caches in a Redis, one at each key: read page by page, changed only if they still are what was read, with their time
//! to live kept. Takes no lock, since apps know none here; never lists keys at one go.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::passwords::Passwords;
use super::place::{Made, Place, Reach, RedisPlace};
use super::{Abilities, Found, Held, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind};
use crate::lock::Patience;
use crate::secret::SecretBytes;
use crate::time::{Clock, UnixSeconds};

pub mod answer;
mod edit;
mod fleet;
mod hash;
mod name;
mod scan;
mod slots;
mod stream;
mod trouble;
mod value;
mod wire;

use edit::{HeldKey, StagedValue};
use fleet::Fleet;
use scan::Looked;
use value::{Guess, Known};
use wire::{Dialling, End, Line, Request};

/// How often a key is looked for that belongs to another node than was thought.
const MOVES: usize = 4;
/// So many keys are read at once.
const PAGE: usize = 64;

/// The caches of a Redis.
pub struct RedisStore {
    dialling: Dialling,
    fleet: Mutex<Fleet>,
    clock: Arc<dyn Clock>,
}

impl RedisStore {
    /// The store at `place`, of which `redis` are the parts. Nobody is called yet.
    #[must_use]
    pub fn new(place: &Place, redis: &RedisPlace, passwords: Passwords, clock: Arc<dyn Clock>) -> Self {
        let label = place.to_string().split(['?', '#']).next().unwrap_or_default().to_owned();
        let dialling = Dialling { place: redis.clone(), label, passwords };
        Self { dialling, fleet: Mutex::new(Fleet::new()), clock }
    }

    fn fleet(&self) -> MutexGuard<'_, Fleet> {
        self.fleet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work`, which may be done twice, over the connection to the node that has `key`: again over a new one if
    /// that was lost while nobody used it, or on the node to which the key has moved.
    fn on_line<T>(
        &self,
        key: &[u8],
        work: &mut dyn FnMut(&mut Line) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.on_line_once(key, work) {
            Err(error) if trouble::may_pass(&error) => self.on_line_once(key, work),
            done => done,
        }
    }

    /// The same, once.
    fn on_line_once<T>(
        &self,
        key: &[u8],
        work: &mut dyn FnMut(&mut Line) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut fleet = self.fleet();
        let end = fleet.end_of(&self.dialling, key)?;
        let done = fleet.line(&self.dialling, &end).and_then(work);
        if done.is_err() {
            fleet.forget();
        }
        done
    }

    /// What lies at `keys`, in their order.
    fn look(&self, keys: &[Vec<u8>]) -> Result<Vec<Known>, StoreError> {
        let mut known: Vec<Known> = keys.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..keys.len()).collect();
        for _ in 0..MOVES {
            open = self.look_at(keys, &open, &mut known)?;
            if open.is_empty() {
                return Ok(known);
            }
            self.fleet().forget();
        }
        let is_cluster = matches!(self.dialling.place.reach, Reach::Cluster { .. });
        let moving = || if is_cluster { trouble::moving() } else { trouble::one_of_many() };
        for at in open {
            if let Some(room) = known.get_mut(at) {
                *room = Some(Err(moving()));
            }
        }
        Ok(known)
    }

    /// Looks at the keys numbered `open`, node by node; those that have moved are told.
    fn look_at(&self, keys: &[Vec<u8>], open: &[usize], known: &mut [Known]) -> Result<Vec<usize>, StoreError> {
        let mut fleet = self.fleet();
        let mut by_node: Vec<(End, Vec<usize>)> = Vec::new();
        for &at in open {
            let Some(key) = keys.get(at) else { continue };
            let end = fleet.end_of(&self.dialling, key)?;
            match by_node.iter_mut().find(|(known, _)| *known == end) {
                Some((_, there)) => there.push(at),
                None => by_node.push((end, vec![at])),
            }
        }
        let mut elsewhere = Vec::new();
        for (end, there) in by_node {
            for page in there.chunks(PAGE) {
                let looked = fleet.line(&self.dialling, &end).and_then(|line| self.look_over(line, keys, page));
                let (told, moved) = looked.inspect_err(|_| fleet.forget())?;
                for (at, told) in page.iter().zip(told) {
                    if let Some(room) = known.get_mut(*at) {
                        *room = told;
                    }
                }
                elsewhere.extend(moved.into_iter().filter_map(|index| page.get(index)));
            }
        }
        Ok(elsewhere)
    }

    fn look_over(
        &self,
        line: &mut Line,
        keys: &[Vec<u8>],
        page: &[usize],
    ) -> Result<(Vec<Known>, Vec<usize>), StoreError> {
        let keys: Vec<&[u8]> = page.iter().filter_map(|at| keys.get(*at)).map(Vec::as_slice).collect();
        let mut request = Request::default();
        keys.iter().for_each(|key| value::look(&mut request, key, Guess::Text));
        line.send(&request)?;
        let mut looked = scan::looked(line, &keys, self.clock.now(), Guess::Text)?;
        scan::tell_more(line, &keys, &mut looked)?;
        let Looked { mut known, longer, moved, .. } = looked;
        for (at, rest) in longer {
            if let (Some(key), Some(room)) = (keys.get(at), known.get_mut(at)) {
                *room = value::longer(line, key, rest)?;
            }
        }
        Ok((known, moved))
    }

    /// The same, and once more if the connection was lost while nobody used it.
    fn look_patiently(&self, keys: &[Vec<u8>]) -> Result<Vec<Known>, StoreError> {
        match self.look(keys) {
            Err(error) if trouble::may_pass(&error) => self.look(keys),
            looked => looked,
        }
    }
}

impl Store for RedisStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        let nodes = self.fleet().nodes(&self.dialling).map(<[_]>::to_vec);
        match nodes {
            Ok(nodes) => Box::new(scan::Names::new(&self.dialling, nodes)),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn peek_all(&self, slots: &[Slot]) -> Result<Vec<Found>, StoreError> {
        let keys: Vec<Vec<u8>> = slots.iter().map(name::key).collect();
        let known = self.look_patiently(&keys)?;
        Ok(keys.iter().zip(known).filter_map(|(key, known)| value::found(key, known)).collect())
    }

    fn scan(&self, take: &mut dyn FnMut(Vec<Found>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let nodes = self.fleet().nodes(&self.dialling)?.to_vec();
        let scanned = scan::each(&self.dialling, &nodes, &*self.clock, &|slots| self.peek_all(slots), take);
        scanned.inspect_err(|_| self.fleet().forget())
    }

    fn create(&self, slot: &Slot, bytes: &SecretBytes, expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        let key = name::key(slot);
        let left = expires.map(|expires| edit::left(expires, self.clock.now()));
        let ends = expires.zip(left);
        // A connection that nobody used for long may be dead: that is found before the one command that counts.
        self.on_line(&key, &mut |line| line.one(&[b"EXISTS", &key]).and_then(wire::granted))?;
        let made = self.on_line_once(&key, &mut |line| match self.dialling.place.layout {
            Made::String => edit::create(line, &key, bytes, left),
            Made::AspNet => hash::create(line, &key, bytes, ends),
        });
        made.or_else(|error| edit::made(self, slot, bytes, error))
    }

    fn peek(&self, slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        self.look_patiently(&[name::key(slot)])?.into_iter().next().flatten().transpose()
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        match bytes.len() as u64 > value::MAX_BYTES {
            true => Err(StoreErrorKind::TooLarge(value::MAX_BYTES).into()),
            false => Ok(Box::new(StagedValue(bytes.clone()))),
        }
    }

    fn hold<'s>(&'s self, slot: &Slot, _patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        Ok(Box::new(HeldKey { store: self, slot: slot.clone() }))
    }
}
