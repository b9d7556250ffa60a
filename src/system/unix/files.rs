//! Files of Unix: opened without following a link, created for their owner alone, dressed as another.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::{Dir, FileType, OFlags};
use rustix::io::Errno;
use xattr::FileExt as _;

use crate::system::{Kind, Stat, Trace};

/// What the system tells of an open file.
///
/// # Errors
/// Those of the system.
pub fn stat(file: &File) -> io::Result<Stat> {
    file.metadata().map(|is| told(&is))
}

/// What the system tells of what stands at `path`, of a link itself.
///
/// # Errors
/// Those of the system.
pub fn stat_at(path: &Path) -> io::Result<Stat> {
    path.symlink_metadata().map(|is| told(&is))
}

fn told(is: &Metadata) -> Stat {
    Stat {
        identity: (is.dev(), is.ino()),
        kind: Kind::of(is.file_type()),
        len: is.len(),
        modified: is.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()),
        altered: altered(is),
        mode: Some(is.mode() & 0o7777),
        links: is.nlink(),
        is_own: is.uid() == rustix::process::geteuid().as_raw(),
    }
}

fn altered(is: &Metadata) -> Option<Duration> {
    let (seconds, nanos) = (is.ctime().try_into().ok()?, is.ctime_nsec().try_into().ok()?);
    Some(Duration::new(seconds, nanos))
}

/// The permission bits of what `path` leads to.
#[must_use]
pub fn mode_of(path: &Path) -> Option<u32> {
    path.metadata().ok().map(|is| is.mode() & 0o7777)
}

/// Opens a file to read it. Refuses a link ([`is_link_refused`]), never waits for a pipe.
///
/// # Errors
/// Those of the system.
pub fn open(path: &Path, trace: Trace) -> io::Result<File> {
    let plain = OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    opened(path, plain, trace)
}

/// A file that is to be replaced, as long as it may stay open meanwhile: NFS and FUSE first give an open one another name,
/// and between the two nothing would stand there. Who waits for its blocks to be freed is then whoever closes it.
#[must_use]
pub fn kept_open(file: File) -> Option<File> {
    is_local(&file).then_some(file)
}

/// Whether `file` surely lies where the kernel itself keeps it: ext2 to ext4, XFS, Btrfs, tmpfs, ZFS, F2FS, bcachefs, and
/// an overlay, which lies over one of these as a rule.
#[cfg(target_os = "linux")]
fn is_local(file: &File) -> bool {
    const LOCAL: &[u32] =
        &[0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x2fc1_2fc1, 0xf2f5_2010, 0xca45_1a4e, 0x794c_7630];
    rustix::fs::fstatfs(file).is_ok_and(|system| LOCAL.contains(&(system.f_type as u32)))
}

/// Elsewhere the kind of file system has no portable name.
#[cfg(not(target_os = "linux"))]
fn is_local(_file: &File) -> bool {
    false
}

fn opened(path: &Path, plain: OFlags, trace: Trace) -> io::Result<File> {
    let open = |flags: OFlags| OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    match trace {
        Trace::Left => open(plain),
        // Only the owner may ask for this; anyone else reads as usual.
        #[cfg(target_os = "linux")]
        Trace::Spared => open(plain | OFlags::NOATIME).or_else(|_| open(plain)),
        #[cfg(not(target_os = "linux"))]
        Trace::Spared => open(plain),
    }
}

/// Whether [`open`] failed because a link stands there.
#[must_use]
pub fn is_link_refused(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Creates a new file for the own user alone from its first moment, to write and to read; follows no link.
///
/// # Errors
/// Those of the system; also when something of that name exists.
pub fn create_private(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::CLOEXEC).bits().cast_signed();
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).custom_flags(flags).open(path)
}

/// Makes a folder for the own user alone.
///
/// # Errors
/// Those of the system; also when something of that name exists.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Makes a folder and those above it that are missing, for the own user alone.
///
/// # Errors
/// Those of the system.
pub fn make_private_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// The names of the regular files in a folder, in no order; leaves no trace where we own it.
///
/// # Errors
/// Those of the system.
pub fn files_in(folder: &Path) -> io::Result<Vec<OsString>> {
    let opened = opened(folder, OFlags::CLOEXEC | OFlags::DIRECTORY, Trace::Spared)?;
    let mut names = Vec::new();
    // Not `std::fs::read_dir`: that panics if closing the folder fails, and a sweep may follow a write.
    for entry in Dir::new(opened)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        let kind = entry.file_type();
        // Some file systems leave the kind to be asked for.
        let is_file = kind == FileType::RegularFile
            || (kind == FileType::Unknown && stat_at(&folder.join(name)).is_ok_and(|is| is.kind == Kind::File));
        names.extend(is_file.then(|| name.to_owned()));
    }
    Ok(names)
}

/// The names of all that lies in a folder, in no order; leaves no trace where we own it.
///
/// # Errors
/// Those of the system; also where a link stands.
pub fn names_in(folder: &Path) -> io::Result<Vec<OsString>> {
    let opened = opened(folder, OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::NOFOLLOW, Trace::Spared)?;
    let mut names = Vec::new();
    for entry in Dir::new(opened)? {
        let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
        names.extend((name != "." && name != "..").then_some(name));
    }
    Ok(names)
}

/// Puts `from` in the place of `to`, whoever has it open.
///
/// # Errors
/// Those of the system; `to` is then as it was.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Forces the names in a folder to the disk.
///
/// # Errors
/// Those of the system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Gives `file` the owner, extended attributes and mode of `like`.
///
/// # Errors
/// When any of them cannot be kept.
pub fn dress(file: &File, like: &File) -> io::Result<()> {
    let (is, should) = (file.metadata()?, like.metadata()?);
    let differs = |is: u32, should: u32| (is != should).then_some(should);
    let (user, group) = (differs(is.uid(), should.uid()), differs(is.gid(), should.gid()));
    if user.is_some() || group.is_some() {
        std::os::unix::fs::fchown(file, user, group)?;
    }
    copy_attributes(like, file)?;
    let mode = should.mode() & 0o7777;
    if is.mode() & 0o7777 != mode {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Copies access control lists, SELinux labels and the user's own attributes. A file system without any has none to lose.
fn copy_attributes(from: &File, to: &File) -> io::Result<()> {
    let names = match from.list_xattr() {
        Ok(names) => names,
        Err(error) if Errno::from_io_error(&error) == Some(Errno::OPNOTSUPP) => return Ok(()),
        Err(error) => return Err(error),
    };
    for name in names {
        let Some(value) = from.get_xattr(&name)? else {
            continue;
        };
        // Labels that the kernel has already given alike (SELinux, IMA) need no rights to keep.
        if to.get_xattr(&name)?.as_ref() != Some(&value) {
            to.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}

/// Gives `file` the owner of what stands at `like`, if we are root: root leaves nothing of its own in a user's home.
///
/// # Errors
/// Those of the system.
pub fn own_as(file: &File, like: &Path) -> io::Result<()> {
    let like = std::fs::symlink_metadata(like)?;
    let is = file.metadata()?;
    if (is.uid(), is.gid()) == (like.uid(), like.gid()) || !is_root() {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()))
}

/// Whether this process may read and write what belongs to anybody.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Fills `buffer` from `offset` on; other threads may read the same file meanwhile.
///
/// # Errors
/// Those of the system; it ends before the buffer is full.
pub fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    file.read_exact_at(buffer, offset)
}

/// Reads into `buffer` from `offset` on, as much as there is at once; other threads may read the same file meanwhile.
///
/// # Errors
/// Those of the system.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Whether `file` ends at `offset`, or before.
///
/// # Errors
/// Those of the system.
pub fn ends_at(file: &File, offset: u64) -> io::Result<bool> {
    Ok(file.read_at(&mut [0], offset)? == 0)
}

/// The bytes of a path, whatever their coding.
#[must_use]
pub fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    Cow::Borrowed(path.as_os_str().as_bytes())
}

/// The path that has these bytes.
#[must_use]
pub fn path_of(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}
