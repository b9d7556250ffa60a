//! The disk calls of a replacement: a temp file beside the cache, dressed as it, synced, renamed over it, stamped.
//! Each call goes through [`Disk`], so that a test can make the nth one fail. Never writes in place.

use std::ffi::OsString;
use std::fs::{File, FileTimes};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::lock::{has_ended, temp_beside, temp_owner};
use crate::secret::SecretBytes;
use crate::system::{self, Kind, Stat};

/// The calls that can fail while a file is replaced.
pub trait Disk: Send + Sync {
    /// Creates a new file, for the own user alone from its first moment.
    ///
    /// # Errors
    /// Those of the system; also when something of that name exists.
    fn create(&self, path: &Path) -> io::Result<File>;

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// Those of the system.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Gives `file` the owner, extended attributes and mode of `like`.
    ///
    /// # Errors
    /// When any of them cannot be kept: then the cache must not be replaced.
    fn dress(&self, file: &File, like: &File) -> io::Result<()>;

    /// Sets the modification time, and returns what the file system kept of it.
    ///
    /// # Errors
    /// Those of the system.
    fn stamp(&self, file: &File, at: Duration) -> io::Result<Duration>;

    /// Forces a file's bytes and times to the disk. Never tried twice: after an error the bytes may be gone.
    ///
    /// # Errors
    /// Those of the system.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Puts `from` in the place of `to`.
    ///
    /// # Errors
    /// Those of the system; `to` is then as it was.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Forces the names in a folder to the disk.
    ///
    /// # Errors
    /// Those of the system.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Those of the system.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        system::create_private(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn dress(&self, file: &File, like: &File) -> io::Result<()> {
        system::dress(file, like)
    }

    fn stamp(&self, file: &File, at: Duration) -> io::Result<Duration> {
        // Behind a file of the last moment there is none: tmpfs keeps whatever anyone has stamped one with.
        let wanted = UNIX_EPOCH.checked_add(at).ok_or_else(|| io::Error::other("the time stamp lies too far ahead"))?;
        file.set_times(FileTimes::new().set_accessed(wanted).set_modified(wanted))?;
        system::stat(file)?.modified.ok_or_else(|| io::Error::other("the time stamp lies before 1970"))
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        system::replace(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        system::sync_folder(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

/// So much of a text that comes in many pieces is written at once: it stays in the processor's own memory until then.
const AT_ONCE: usize = 256 << 10;

/// Writes all of `pieces`: a single one as it is, many by way of a buffer that is wiped.
pub(super) fn write_pieces(disk: &dyn Disk, file: &mut File, pieces: &mut dyn Iterator<Item = &str>) -> io::Result<()> {
    let pieces: Vec<&str> = pieces.collect();
    if let [piece] = pieces.as_slice() {
        return disk.write(file, piece.as_bytes());
    }
    let mut room = SecretBytes::new(vec![0; AT_ONCE]);
    let mut filled = 0;
    for part in pieces.iter().flat_map(|piece| piece.as_bytes().chunks(AT_ONCE)) {
        if filled + part.len() > AT_ONCE {
            disk.write(file, room.reveal().get(..filled).unwrap_or_default())?;
            filled = 0;
        }
        let place = room.as_room().get_mut(filled..).and_then(|left| left.get_mut(..part.len()));
        place.ok_or_else(|| io::Error::other("a piece does not fit its room"))?.copy_from_slice(part);
        filled += part.len();
    }
    disk.write(file, room.reveal().get(..filled).unwrap_or_default())
}

/// The least step from the old stamp. A file's time may be that of the last clock tick (10 ms ago), and MSAL notes
/// its last sync some time after its write: after a clock was set back, only the old stamp tells where that lies.
const STEP: Duration = Duration::from_millis(100);

/// The moment to stamp a new file with: two seconds ahead, or four times our own reading time if that is more,
/// and behind the old stamp in any case. MSAL Python reloads if its last sync is before the file's time; a peer's
/// unlocked reload that began before our rename may end after it, and must still see a later time.
#[must_use]
pub(super) fn stamp_after(now: Duration, took: Duration, old: Option<Duration>) -> Duration {
    let ahead = now + Duration::from_secs(2).max(took.saturating_mul(4));
    old.map_or(ahead, |old| ahead.max(old + STEP))
}

/// Stamps `file`, rounding up where the file system keeps whole seconds only (ext4 with 128-byte inodes).
pub(super) fn stamp_up(disk: &dyn Disk, file: &File, at: Duration) -> io::Result<Duration> {
    let kept = disk.stamp(file, at)?;
    if kept >= at {
        return Ok(kept);
    }
    disk.stamp(file, Duration::from_secs(at.as_secs() + 1))
}

/// Removes temp files for `target` that processes of ours left when they were killed. They hold live tokens.
pub(super) fn sweep(disk: &dyn Disk, target: &Path) {
    for left in left_temps(target, &system::files_in(folder_of(target)).unwrap_or_default()) {
        // Best effort: a temp that cannot be removed now is tried again by the next write.
        let _ = disk.remove(&left);
    }
}

/// Temp files for `target` among the files of its folder that processes of ours left when they were killed: the name
/// carries the process id, and no such process lives, or only one that has started since: after a restart the numbers are
/// given out anew.
#[must_use]
pub fn left_temps(target: &Path, names: &[OsString]) -> Vec<PathBuf> {
    let is_left = |name: &str| {
        let Some(pid) = temp_owner(name, target) else { return false };
        let is_one = |is: Stat| is.kind == Kind::File && is.is_own && has_ended(pid, is.altered);
        system::stat_at(&target.with_file_name(name)).is_ok_and(is_one)
    };
    names
        .iter()
        .filter_map(|name| name.to_str())
        .filter(|name| is_left(name))
        .map(|name| target.with_file_name(name))
        .collect()
}

/// The folder in which `path` lies.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file of our own beside a cache, as [`write_parts`] does.
///
/// # Errors
/// As [`write_parts`].
pub fn write_private(disk: &dyn Disk, file: &Path, bytes: &SecretBytes, like: &Path) -> io::Result<()> {
    write_parts(disk, file, &[bytes.reveal()], like)
}

/// Writes `parts` into a file of our own beside a cache, whole or not at all: 0600, and owned by whoever owns the cache,
/// so that root leaves nothing of its own in a user's home. Its temp file is named as the cache's, so that a write sweeps
/// it.
///
/// # Errors
/// The step that failed; nothing new is left behind.
pub fn write_parts(disk: &dyn Disk, file: &Path, parts: &[&[u8]], like: &Path) -> io::Result<()> {
    sweep(disk, like);
    let temp = temp_beside(like);
    let mut new = disk.create(&temp)?;
    let written = system::own_as(&new, like)
        .and_then(|()| parts.iter().try_for_each(|part| disk.write(&mut new, part)))
        .and_then(|()| disk.sync(&new))
        .and_then(|()| disk.rename(&temp, file));
    written.inspect_err(|_| {
        let _ = disk.remove(&temp);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    #[test]
    fn pieces_of_any_length_are_written_one_behind_the_other() {
        let lengths = [0, 3, AT_ONCE - 3, 1, AT_ONCE, 0, AT_ONCE + 5, 7, 2 * AT_ONCE + 1, AT_ONCE - 8, 7];
        let letter = |at: usize| char::from(b'a' + (at % 26) as u8);
        let pieces: Vec<String> =
            (0..).zip(lengths).map(|(at, length)| letter(at).to_string().repeat(length)).collect();
        let folder = tempfile::tempdir().expect("a folder");
        for count in 0..=pieces.len() {
            let pieces = &pieces[..count];
            let path = folder.path().join(count.to_string());
            let mut file = RealDisk.create(&path).expect("created");

            write_pieces(&RealDisk, &mut file, &mut pieces.iter().map(String::as_str)).expect("written");

            assert!(std::fs::read_to_string(&path).expect("read") == pieces.concat(), "{count}");
        }
    }

    #[test]
    fn the_stamp_lies_ahead_of_every_reload_that_may_still_run() {
        assert_eq!(stamp_after(NOW, Duration::ZERO, None), NOW + Duration::from_secs(2));
        assert_eq!(stamp_after(NOW, Duration::from_secs(3), None), NOW + Duration::from_secs(12));
    }

    #[test]
    fn the_stamp_moves_forward_even_when_the_clock_stepped_back() {
        let old = NOW + Duration::from_secs(86_400);

        assert_eq!(stamp_after(NOW, Duration::ZERO, Some(old)), old + STEP);
    }

    /// The disk of this machine, on a file system that keeps whole seconds.
    struct WholeSeconds;

    impl Disk for WholeSeconds {
        fn create(&self, path: &Path) -> io::Result<File> {
            RealDisk.create(path)
        }
        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            RealDisk.write(file, bytes)
        }
        fn dress(&self, file: &File, like: &File) -> io::Result<()> {
            RealDisk.dress(file, like)
        }
        fn stamp(&self, file: &File, at: Duration) -> io::Result<Duration> {
            RealDisk.stamp(file, Duration::from_secs(at.as_secs()))
        }
        fn sync(&self, file: &File) -> io::Result<()> {
            RealDisk.sync(file)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            RealDisk.rename(from, to)
        }
        fn sync_folder(&self, folder: &Path) -> io::Result<()> {
            RealDisk.sync_folder(folder)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove(path)
        }
    }

    #[test]
    fn a_stamp_that_is_cut_is_rounded_up() {
        let file = tempfile::tempfile().expect("a file");
        let at = NOW + Duration::from_millis(1);

        let kept = stamp_up(&WholeSeconds, &file, at).expect("stamped");

        assert_eq!(kept, NOW + Duration::from_secs(1));
        assert_eq!(stamp_up(&WholeSeconds, &file, NOW).expect("stamped"), NOW);
    }

    #[test]
    fn no_stamp_lies_behind_the_end_of_time() {
        let file = tempfile::tempfile().expect("a file");
        let end = Duration::from_secs(i64::MAX.unsigned_abs());

        assert!(RealDisk.stamp(&file, end).is_ok(), "cut to what the file system keeps");
        let error = RealDisk.stamp(&file, end + Duration::from_secs(1)).expect_err("behind it");

        assert_eq!(error.to_string(), "the time stamp lies too far ahead");
    }

    #[test]
    fn temps_of_dead_processes_are_swept_and_others_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let own = temp_beside(&path("c"));
        for file in [
            &own,
            &path(".c.saltcellar-4194399-1.tmp"),
            &path(".c.saltcellar-undo"),
            &path(".d.saltcellar-4194399-1.tmp"),
        ] {
            std::fs::write(file, "x").expect("written");
        }

        sweep(&RealDisk, &path("c"));

        assert!(!path(".c.saltcellar-4194399-1.tmp").exists());
        assert!(own.exists() && path(".c.saltcellar-undo").exists() && path(".d.saltcellar-4194399-1.tmp").exists());
    }
}
