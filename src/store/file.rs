//! A cache in a file: read as MSAL reads, replaced by rename under every lock that MSAL's runtimes know.
//! Refuses links, pipes, devices and files that another user owns.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::atomic::{self, Disk};
use super::expected::{Expected, Seen};
use super::fixed;
use super::locking::lock_error;
use super::read::{holds, read_all, read_head, read_pieces};
use super::{
    Abilities, Held, Pieces, Released, Replaced, Revision, Slot, Snapshot, Staged, State, Store, StoreError,
    StoreErrorKind, Streamed,
};
use crate::lock::{CacheLock, Conventions, Patience, acquire, lock_paths, names_of, temp_among_sessions, temp_beside};
use crate::secret::SecretBytes;
use crate::system::{self, Kind, Stat, Trace};
use crate::time::Clock;

/// What a file store needs to know.
#[derive(Clone)]
pub struct FileOptions {
    /// The path as the apps spell it: the lock lies beside it.
    pub path: PathBuf,
    /// Whether a symlink is resolved and its target written.
    pub links: Links,
    /// The lock protocols of the apps that may use the cache.
    pub conventions: Conventions,
    /// Whether reading leaves the access time alone.
    pub reading: Reading,
}

/// What to do with a symlink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Refuse it, as MSAL .NET does.
    Refuse,
    /// Read and write what it leads to.
    Follow,
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As usual.
    Plain,
    /// Without moving the access time, where we own the file: `--readonly` leaves no trace.
    Traceless,
}

/// One cache file.
pub struct FileStore {
    options: FileOptions,
    target: PathBuf,
    /// The names under which apps may lock it.
    names: Vec<PathBuf>,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
}

impl FileStore {
    /// The store of one file.
    ///
    /// # Errors
    /// A symlink that leads nowhere.
    pub fn new(options: FileOptions, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let target = match options.links {
            Links::Refuse => options.path.clone(),
            Links::Follow if !options.path.exists() => options.path.clone(),
            Links::Follow => std::fs::canonicalize(&options.path).map_err(unreadable)?,
        };
        let names = names_of(&options.path, options.links == Links::Follow);
        Ok(Self { options, target, names, disk, clock })
    }

    /// The file that is read and replaced.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Whether some process holds or left a lock file of this cache.
    #[must_use]
    pub fn lock_stands(&self) -> bool {
        let paths = lock_paths(&self.names, &self.options.conventions);
        paths.iter().any(|path| path.symlink_metadata().is_ok())
    }

    fn open(&self) -> Result<Option<File>, StoreError> {
        let trace = match self.options.reading {
            Reading::Plain => Trace::Left,
            Reading::Traceless => Trace::Spared,
        };
        match system::open(&self.target, trace) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if system::is_link_refused(&error) => Err(StoreErrorKind::Link("symbolic link").into()),
            Err(error) => Err(unreadable(error)),
        }
    }

    fn read(&self) -> Result<Option<Snapshot>, StoreError> {
        let read = self.look(|file, size| read_all(file, size).map(|bytes| (bytes.len() as u64, bytes)))?;
        Ok(read.map(|(_, bytes, Streamed { state, unsteady })| Snapshot { bytes, state, unsteady }))
    }

    /// The file and its state, if it is the expected one, byte for byte.
    fn still(&self, expected: &Expected) -> Result<(File, State), StoreError> {
        let compare = |file: &File, size| match &expected.seen {
            Seen::Text(text) => holds(file, size, text.reveal().as_bytes()).map(|same| (size, same)),
            Seen::Hash(_) => read_all(file, size).map(|bytes| (size, expected.is(&bytes))),
        };
        let (file, same_bytes, now) = self.look(compare)?.ok_or(StoreErrorKind::Changed)?;
        // The new file is dressed already: a mode or owner that was changed since would be lost with the old one.
        let is_dressed_alike = now.state.altered == expected.state.altered;
        let is_same = is_dressed_alike && now.state.revision.identity == expected.state.revision.identity;
        if !is_same || !same_bytes {
            return Err(StoreErrorKind::Changed.into());
        }
        Ok((file, now.state))
    }

    /// Reads the file by `read`, which is told its size and tells how much it read, and looks whether it is steady. Gives
    /// the file too, still open.
    fn look<T>(
        &self,
        read: impl FnOnce(&File, u64) -> Result<(u64, T), StoreError>,
    ) -> Result<Option<(File, T, Streamed)>, StoreError> {
        let Some(file) = self.open()? else {
            return Ok(None);
        };
        let before = system::stat(&file).map_err(unreadable)?;
        if before.kind != Kind::File {
            return Err(StoreErrorKind::NotAFile.into());
        }
        let start = self.clock.elapsed();
        let (bytes, value) = read(&file, before.len)?;
        let took = self.clock.elapsed().saturating_sub(start);
        let after = system::stat(&file).map_err(unreadable)?;
        // In this order: a peer that truncated before our read has either still its lock, or has written by the last look.
        let lock_stands = self.lock_stands();
        let named = system::stat_at(&self.target).ok();
        let steady = same_state(&before, &after) && named.is_some_and(|named| same_state(&before, &named));
        let state = State {
            revision: revision(&before),
            mode: before.mode,
            modified: before.modified,
            altered: before.altered,
            expires: None,
            took,
        };
        let unsteady = !steady || bytes != before.len || lock_stands;
        Ok(Some((file, value, Streamed { state, unsteady })))
    }

    /// Makes a temp file beside the cache, dressed as the file it is to replace, with what `write` writes into it.
    fn write_temp(
        &self,
        write: &mut dyn FnMut(&dyn Disk, &mut File) -> io::Result<()>,
        like: &State,
    ) -> Result<StagedFile, StoreError> {
        let Some(old) = self.open()? else {
            return Err(StoreErrorKind::Changed.into());
        };
        refuse_unkeepable(&system::stat(&old).map_err(unreadable)?)?;
        fixed::refuse(&self.target)?;
        atomic::sweep(&*self.disk, &self.target);
        for lock in lock_paths(&self.names, &self.options.conventions) {
            atomic::sweep(&*self.disk, &lock);
        }
        let path = match self.options.conventions {
            Conventions::Nobody => temp_among_sessions(&self.target),
            Conventions::AsFolderSays | Conventions::BesideCache | Conventions::WithFolder => temp_beside(&self.target),
        };
        let file = self
            .disk
            .create(&path)
            .map_err(|cause| write_error("a temporary file cannot be created beside it", cause))?;
        let mut staged = StagedFile { path: Some(path), file, disk: Arc::clone(&self.disk), took: like.took };
        let disk = &*self.disk;
        write(disk, &mut staged.file).map_err(|cause| write_error("the new text cannot be written", cause))?;
        disk.dress(&staged.file, &old)
            .map_err(|cause| write_error("its owner, mode or attributes cannot be kept", cause))?;
        let stamp = atomic::stamp_after(self.clock.wall(), like.took, like.modified);
        atomic::stamp_up(disk, &staged.file, stamp)
            .map_err(|cause| write_error("the new file cannot be time-stamped", cause))?;
        disk.sync(&staged.file).map_err(|cause| write_error("the new text cannot be brought to the disk", cause))?;
        Ok(staged)
    }
}

impl Store for FileStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(std::iter::once(Ok(Slot(String::new()))))
    }

    fn signal(&self) -> Option<&Path> {
        Some(&self.options.path)
    }

    fn peek(&self, _slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        self.read()
    }

    fn head(&self, _slot: &Slot, limit: u64) -> Result<Option<SecretBytes>, StoreError> {
        let Some(file) = self.open()? else { return Ok(None) };
        let found = system::stat(&file).map_err(unreadable)?;
        let is_longer = found.kind == Kind::File && found.len > limit;
        is_longer.then(|| read_head(&file, limit)).transpose()
    }

    fn pieces(
        &self,
        _slot: &Slot,
        least: u64,
        read: &mut dyn FnMut(&dyn Pieces, u64),
    ) -> Result<Option<Streamed>, StoreError> {
        // Most caches are small: they are not opened to find that out.
        if self.target.symlink_metadata().is_ok_and(|file| file.len() < least) {
            return Ok(None);
        }
        let read = self.look(|file, size| read_pieces(file, size, read).map(|()| (size, ())))?;
        Ok(read.map(|(_, _, streamed)| streamed))
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(self.write_temp(&mut |disk, file| disk.write(file, bytes.reveal()), like)?))
    }

    fn stage_pieces(
        &self,
        _slot: &Slot,
        pieces: &mut dyn Iterator<Item = &str>,
        like: &State,
    ) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(self.write_temp(&mut |disk, file| atomic::write_pieces(disk, file, pieces), like)?))
    }

    /// Our stamp lies ahead of the clock, so that whoever writes moves it, in place too.
    fn stands(&self, _slot: &Slot, is: &Revision) -> bool {
        *is != Revision::default() && system::stat_at(&self.target).is_ok_and(|now| revision(&now) == *is)
    }

    fn hold<'s>(&'s self, _slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        let lock = acquire(&self.names, &self.options.conventions, patience).map_err(lock_error)?;
        Ok(Box::new(HeldFile { store: self, lock, durable: true, replaced: false, old: None }))
    }
}

struct HeldFile<'s> {
    store: &'s FileStore,
    lock: CacheLock,
    durable: bool,
    replaced: bool,
    /// What was replaced. With its last handle the system frees its blocks, for which nobody is to wait under the lock: a
    /// quarter of a second for one of 400 MB.
    old: Option<File>,
}

impl Held for HeldFile<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        self.store.read()
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(mut staged) = staged.into_any().downcast::<StagedFile>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        let (old, now) = self.store.still(expected)?;
        let old = system::kept_open(old);
        if !self.lock.still_ours() {
            return Err(StoreErrorKind::LockLost.into());
        }
        let disk = &*self.store.disk;
        let temp = staged.path.clone().unwrap_or_default();
        disk.rename(&temp, &self.store.target)
            .map_err(|cause| write_error("the new file cannot take its place", cause))?;
        staged.path = None;
        (self.replaced, self.old) = (true, old);
        // From here on the new text stands: trouble makes the change less than durable, never undone.
        let stamp = atomic::stamp_after(self.store.clock.wall(), expected.state.took.max(staged.took), now.modified);
        self.durable &= atomic::stamp_up(disk, &staged.file, stamp).is_ok();
        let state = system::stat(&staged.file).map(|is| revision(&is)).unwrap_or_default();
        Ok(Replaced { revision: state, durable: self.durable })
    }

    fn release(self: Box<Self>) -> Released {
        let HeldFile { store, lock, mut durable, replaced, old } = *self;
        let held = lock.held_for();
        let trouble = lock.release().err().map(|error| error.to_string());
        drop(old);
        if replaced {
            // After the unlock: the peers need not wait for our disk.
            durable &= store.disk.sync_folder(atomic::folder_of(&store.target)).is_ok();
        }
        Released { held, durable, trouble }
    }
}

/// A temp file that is removed unless it was renamed.
struct StagedFile {
    path: Option<PathBuf>,
    file: File,
    disk: Arc<dyn Disk>,
    took: Duration,
}

impl Staged for StagedFile {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // Nothing more can be done here: the next write sweeps it.
            let _ = self.disk.remove(&path);
        }
    }
}

/// A replacement is a new inode: another name of the old one would be left behind, and another user's file would change hands.
fn refuse_unkeepable(old: &Stat) -> Result<(), StoreError> {
    if old.links > 1 {
        return Err(StoreErrorKind::Link("hard link").into());
    }
    if !old.is_own && !system::is_root() {
        return Err(StoreErrorKind::OtherUser.into());
    }
    Ok(())
}

fn same_state(a: &Stat, b: &Stat) -> bool {
    revision(a) == revision(b) && a.len == b.len
}

fn revision(is: &Stat) -> Revision {
    Revision { identity: is.identity, version: is.modified.unwrap_or_default().as_nanos() }
}

pub(super) fn unreadable(cause: io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Unreadable, cause)
}

fn write_error(what: &str, cause: io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Write(what.to_owned()), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat() -> Stat {
        let (modified, altered) = (Some(Duration::from_secs(4)), None);
        Stat { identity: (1, 2), kind: Kind::File, len: 3, modified, altered, mode: None, links: 1, is_own: true }
    }

    #[test]
    fn a_file_is_steady_only_if_it_is_the_same_of_the_same_time_and_length() {
        assert!(same_state(&stat(), &stat()));
        assert!(!same_state(&stat(), &Stat { identity: (1, 3), ..stat() }));
        assert!(!same_state(&stat(), &Stat { modified: None, ..stat() }));
        assert!(!same_state(&stat(), &Stat { len: 4, ..stat() }), "the time is as coarse as the file system's");
    }

    #[test]
    fn a_file_of_two_names_or_of_another_user_is_not_replaced() {
        assert!(refuse_unkeepable(&stat()).is_ok());
        assert!(refuse_unkeepable(&Stat { links: 2, ..stat() }).is_err());
        assert_eq!(refuse_unkeepable(&Stat { is_own: false, ..stat() }).is_ok(), system::is_root());
    }
}
