//! From a place to a source, and what the user allows there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::audit::{Audit, audits};
use super::discover::keeper;
use super::{SourceError, discover};
use crate::config::{Config, Policy};
use crate::lock::{self, ClearError, Conventions, Holder, LockStatus, Patience, Which};
use crate::secret::SecretBytes;
use crate::store::desktop::{Desktop, Prompts};
use crate::store::file::{Links, Reading};
use crate::store::passwords::Passwords;
use crate::store::place::Place;
use crate::store::{self, Slot, Store};
use crate::system;
use crate::time::{Clock, SystemClock, UnixSeconds};

/// Longer than an app reads or saves a cache.
const A_READING: Duration = Duration::from_millis(50);

/// What the user allows.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// `Some(by)`: nothing is written, and `by` says why ("--readonly", "`SALTCELLAR_READONLY`").
    pub readonly: Option<String>,
    /// Whether a symlink is resolved and its target written.
    pub follow_symlink: bool,
    /// Whether no undo file is kept.
    pub no_undo: bool,
    /// Whether the user named this very cache: only then is a seal opened.
    pub named: bool,
    /// Whether a locked keyring may ask the user: at a terminal, and for a place that the user named.
    pub prompts: Prompts,
    /// Where the passwords of servers come from.
    pub passwords: Passwords,
    /// What the administrator of this machine says.
    pub policy: Arc<Policy>,
    /// Where each change is noted.
    pub audits: Vec<Audit>,
}

impl Access {
    /// What `config` allows: the administrator's word, and where changes are noted.
    #[must_use]
    pub fn under(config: &Config) -> Self {
        Self { policy: Arc::new(config.policy.clone()), audits: audits(config), ..Self::default() }
    }
}

/// The apps that may save a cache over a change: they take no lock that tells of it.
pub struct Apps {
    /// Who has its file open and keeps it so.
    pub open_in: Vec<Holder>,
    /// Whether a known app keeps a cache there. If not, it may be one that an app saves at its end.
    pub is_of_a_known_one: bool,
}

/// A store, and the clock it goes by.
type Reached = (Arc<dyn Store>, Arc<dyn Clock>);

/// The store at `place`, as far as `access` and the administrator allow. Nothing is read yet.
pub(super) fn reach(place: &Place, access: &Access) -> Result<Reached, SourceError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    access.policy.allow_store(place.scheme()).map_err(SourceError::Forbidden)?;
    let links = if access.follow_symlink { Links::Follow } else { Links::Refuse };
    let reading =
        if access.readonly.is_some() || access.policy.readonly.is_some() { Reading::Traceless } else { Reading::Plain };
    let desktop = match place.is_kept_by_desktop() {
        true => discover::desktop(if access.named { access.prompts } else { Prompts::Never }),
        false => Desktop::default(),
    };
    let store = store::open::open(place, links, reading, &desktop, &access.passwords, Arc::clone(&clock));
    let store = store.map_err(|error| SourceError::of(place, error))?;
    Ok((store, clock))
}

/// One cache at one place: the store, the seal, and the only way to write it.
pub struct Source {
    pub(super) place: Place,
    pub(super) access: Access,
    pub(super) store: Arc<dyn Store>,
    pub(super) slot: Slot,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether a change is looked back at a moment later.
    pub(super) looks_back: bool,
}

impl Source {
    /// Opens the cache at `place`, which is made absolute: what lies around a file is told by the folders above it.
    /// Nothing is read yet.
    ///
    /// # Errors
    /// A place that holds no single cache.
    pub fn open(place: &Place, access: Access) -> Result<Self, SourceError> {
        let place = place.absolute();
        let (store, clock) = reach(&place, &access)?;
        Ok(Self::with_store(place, store, access, clock))
    }

    /// A cache in memory that begins with `bytes`: the demo, standard input. Changes stay in memory.
    #[must_use]
    pub fn memory(name: &str, bytes: SecretBytes, access: Access) -> Self {
        let place = if name == "-" { Place::stdin() } else { Place::memory(name) };
        Self::with_store(place, store::open::memory(bytes), access, Arc::new(SystemClock::new()))
    }

    /// A source over a store and a clock of the caller's: for tests.
    #[must_use]
    pub fn with_store(place: Place, store: Arc<dyn Store>, access: Access, clock: Arc<dyn Clock>) -> Self {
        let slot = Slot(place.slot.clone().unwrap_or_default());
        Self { place, access, store, slot, clock, looks_back: true }
    }

    /// The same source, of which changes keep no undo.
    #[must_use]
    pub fn without_undo(mut self) -> Self {
        self.access.no_undo = true;
        self
    }

    /// The same source, of which changes are not looked back at: whoever makes very many does so for all of them.
    #[must_use]
    pub fn without_look_back(mut self) -> Self {
        self.looks_back = false;
        self
    }

    /// The same cache opened once more, of which changes keep no undo.
    ///
    /// # Errors
    /// It cannot be opened any more.
    pub fn again_without_undo(&self) -> Result<Self, SourceError> {
        Self::open(&self.place, Access { no_undo: true, ..self.access.clone() })
    }

    /// Where this cache lies.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The file, if the place is one.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        self.place.path().map(ToOwned::to_owned)
    }

    /// The file that holds the cache, if the place is one: what its path leads to, where links are followed.
    pub(super) fn target(&self) -> Option<PathBuf> {
        let path = self.path()?;
        let leads = self.access.follow_symlink.then(|| lock::target_of(&path)).flatten();
        Some(leads.unwrap_or(path))
    }

    /// The names under which apps may lock this cache.
    fn locked_names(&self) -> Vec<PathBuf> {
        self.signal().map(|path| lock::names_of(&path, self.access.follow_symlink)).unwrap_or_default()
    }

    /// The file by which apps lock this cache and learn of its changes: its own, or the signal file of a keyring's item.
    #[must_use]
    pub fn signal(&self) -> Option<PathBuf> {
        self.store.signal().map(ToOwned::to_owned)
    }

    /// Why it cannot be written, as far as is known before a try; `None` if it can.
    #[must_use]
    pub fn readonly(&self) -> Option<String> {
        self.access
            .readonly
            .clone()
            .or_else(|| self.access.policy.readonly.clone())
            .or_else(|| self.place.is_stdin().then(|| "standard input".to_owned()))
    }

    pub(super) fn refuse_readonly(&self) -> Result<(), SourceError> {
        match self.readonly() {
            Some(by) => Err(SourceError::ReadOnly { place: self.place.to_string(), by }),
            None => Ok(()),
        }
    }

    /// The locks of this cache and who holds them. Looks only; takes nothing.
    #[must_use]
    pub fn lock_status(&self) -> Vec<LockStatus> {
        lock::status(&self.locked_names(), &self.conventions())
    }

    /// Which apps may save this cache over a change, as far as this system tells; looks only.
    #[must_use]
    pub fn apps(&self) -> Apps {
        let mut open_in = self.openers(Which::Present);
        if !open_in.is_empty() {
            self.clock.sleep(A_READING);
            let still = self.openers(Which::Present);
            open_in.retain(|one| still.contains(one));
        }
        let is_of_a_known_one = self.path().is_none_or(|path| keeper(&path).is_some());
        Apps { open_in, is_of_a_known_one }
    }

    pub(super) fn openers(&self, which: Which) -> Vec<Holder> {
        self.path().map(|path| lock::openers(&path, which)).unwrap_or_default()
    }

    /// The size and the last change of the file, which is not opened; `None` where there is none.
    #[must_use]
    pub fn stat(&self) -> Option<(u64, UnixSeconds)> {
        let is = system::stat_at(&self.path()?).ok()?;
        let modified = i64::try_from(is.modified.unwrap_or_default().as_secs()).ok()?;
        Some((is.len, UnixSeconds(modified)))
    }

    /// Removes stale locks, each with proof, and returns the paths removed and the refusal that stopped it, if one did.
    ///
    /// # Errors
    /// Read-only: nothing is even tried.
    pub fn clear_locks(&self, patience: &Patience<'_>) -> Result<(Vec<PathBuf>, Option<ClearError>), SourceError> {
        self.refuse_readonly()?;
        let mut cleared = Vec::new();
        for lock in lock::lock_paths(&self.locked_names(), &self.conventions()) {
            match lock::clear(&lock, patience.clock) {
                Ok(_) => cleared.push(lock),
                Err(ClearError::Missing { .. }) => {}
                Err(error) => return Ok((cleared, Some(error))),
            }
        }
        Ok((cleared, None))
    }

    pub(super) fn conventions(&self) -> Conventions {
        store::open::conventions(&self.place)
    }
}
