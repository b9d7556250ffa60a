//! A folder as it is, down to the nanosecond, and the calls that a program makes: what was touched, and what was even
//! tried. Reads no content while it compares access times.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};

/// Everything about a file that a read or a write could move.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    inode: u64,
    mode: u32,
    size: u64,
    times: [(i64, i64); 3],
}

/// Every file and folder below a folder.
pub(crate) struct Snapshot {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, Seen>,
    contents: BTreeMap<PathBuf, Vec<u8>>,
}

impl Snapshot {
    /// The folder as it is. Access times are set to the past first, so that under `relatime` any read moves them.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut paths = Vec::new();
        walk(folder, &mut paths);
        let is_file = |path: &&PathBuf| path.symlink_metadata().is_ok_and(|is| is.is_file());
        let contents = paths.iter().filter(is_file).map(|path| (path.clone(), read(path))).collect();
        paths.iter().for_each(|path| age(path));
        let seen = paths.iter().map(|path| (path.clone(), look(path))).collect();
        Self { folder: folder.to_owned(), seen, contents }
    }

    /// What is no longer as it was, in words.
    pub(crate) fn changes(&self) -> Vec<String> {
        // Before the folders are read again.
        let now: BTreeMap<&PathBuf, Option<Seen>> =
            self.seen.keys().map(|path| (path, path.symlink_metadata().is_ok().then(|| look(path)))).collect();
        let moved = self.seen.iter().filter(|(path, was)| now[path].as_ref() != Some(was));
        let mut changes: Vec<String> =
            moved.map(|(path, was)| format!("{} was {was:?}, is {:?}", path.display(), now[path])).collect();
        let mut paths = Vec::new();
        walk(&self.folder, &mut paths);
        changes.extend(
            paths.iter().filter(|path| !self.seen.contains_key(*path)).map(|path| format!("{} is new", path.display())),
        );
        let altered = self.contents.iter().filter(|(path, was)| path.exists() && read(path) != **was);
        changes.extend(altered.map(|(path, _)| format!("{} has other bytes", path.display())));
        changes
    }
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    paths.push(folder.to_owned());
    for entry in folder.read_dir().expect("listed").flatten() {
        if entry.file_type().expect("known").is_dir() {
            walk(&entry.path(), paths);
        } else {
            paths.push(entry.path());
        }
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("it is readable")
}

fn age(path: &Path) {
    let modified = path.symlink_metadata().expect("there");
    let past = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
    let same = Timespec { tv_sec: modified.mtime(), tv_nsec: modified.mtime_nsec() };
    let times = Timestamps { last_access: past, last_modification: same };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).expect("it is ours");
}

fn look(path: &Path) -> Seen {
    let is = path.symlink_metadata().expect("there");
    // SQLite opens its databases itself, without O_NOATIME.
    let is_database = path.extension().is_some_and(|extension| extension == "db");
    let read = if is_database { (0, 0) } else { (is.atime(), is.atime_nsec()) };
    let times = [read, (is.mtime(), is.mtime_nsec()), (is.ctime(), is.ctime_nsec())];
    Seen { inode: is.ino(), mode: is.mode(), size: is.len(), times }
}

/// Calls that change something by themselves.
const CHANGES: &str = "unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,mknod,\
                       mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,utime,utimes,utimensat,futimesat,truncate,\
                       ftruncate,fallocate,setxattr,lsetxattr,fsetxattr,flock,creat";
/// Calls whose arguments tell whether they may.
const DOORS: &str = "open,openat,openat2,socket,connect";

/// `strace` around a program, with what it saw in `log`; `None`, and a word about it, where there is none.
pub(crate) fn traced(log: &Path) -> Option<Vec<String>> {
    crate::support::peers::peer("strace")?;
    let calls = format!("trace={CHANGES},{DOORS}");
    let words = ["-f", "--seccomp-bpf", "-qq", "-o", log.to_str().expect("plain"), "-e", &calls];
    Some(words.map(str::to_owned).to_vec())
}

/// The calls in `log` that changed or could have changed a file, or opened a way to the network.
pub(crate) fn offences(log: &str) -> Vec<String> {
    log.lines().filter(|line| is_offence(line)).map(str::to_owned).collect()
}

fn is_offence(line: &str) -> bool {
    let Some((_, call)) = line.split_once(' ') else { return false };
    let call = call.trim_start();
    let name = call.split('(').next().unwrap_or("");
    if name == "socket" || name == "connect" {
        return call.contains("AF_INET");
    }
    if name.starts_with("open") {
        let may_write =
            ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_TMPFILE"].iter().any(|flag| call.contains(flag));
        let harmless = ["\"/dev/", "\"/proc/"].iter().any(|place| call.contains(place));
        return may_write && !harmless;
    }
    CHANGES.split(',').any(|change| change.trim() == name)
}

/// The calls in `log` that opened a way to the network.
pub(crate) fn ways_out(log: &str) -> Vec<String> {
    log.lines().filter(|line| line.contains("AF_INET")).map(str::to_owned).collect()
}

#[test]
fn what_is_touched_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a"), "a").expect("written");

    let untouched = Snapshot::of(folder.path()).changes();
    let before = Snapshot::of(folder.path());
    std::fs::read(folder.path().join("a")).expect("read");
    let after_read = before.changes();
    let before = Snapshot::of(folder.path());
    std::fs::write(folder.path().join("b"), "").expect("written");
    let after_write = before.changes();

    assert_eq!(untouched, Vec::<String>::new());
    let noatime = Command::new("findmnt").args(["-no", "OPTIONS", "-T"]).arg(folder.path()).output();
    let has_times = noatime.is_ok_and(|said| !String::from_utf8_lossy(&said.stdout).contains("noatime"));
    assert_eq!(after_read.len(), usize::from(has_times), "{after_read:?}");
    assert_eq!(after_write.len(), 2, "the folder and the file: {after_write:?}");
}

#[test]
fn what_is_tried_is_seen() {
    let offends = |call: &str| is_offence(&format!("123 {call}"));

    assert!(offends(r#"openat(AT_FDCWD, "c.json.lockfile", O_RDWR|O_CREAT|O_EXCL, 0600) = 3"#));
    assert!(offends(r#"unlink("c.json") = -1 ENOENT"#) && offends("flock(3, LOCK_EX) = 0"));
    assert!(offends("socket(AF_INET6, SOCK_DGRAM, 0) = 3"));
    assert!(!offends(r#"openat(AT_FDCWD, "c.json", O_RDONLY|O_NOATIME) = 3"#));
    assert!(!offends(r#"openat(AT_FDCWD, "/dev/tty", O_RDWR) = 3"#));
}
