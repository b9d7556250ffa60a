//! Which kernel locks lie on a file, as `/proc/locks` tells. Takes none, not even to probe.
//! Blind to locks of processes in other process namespaces, and everywhere but on Linux.

use std::fs::File;
use std::io::{self, Read};

use super::process;

/// The kernel answers one read with one page of whole lines, taken at one moment. An answer that leaves room for
/// another line is the whole list; what comes after a full one is of a later moment, by when lines may have moved:
/// some are told twice, and some not at all.
const ONE_MOMENT: usize = 4096 - 256;

/// A list of several moments is read until two in a row agree on a file, this often at most.
const READINGS: usize = 8;

/// The kinds of kernel lock that a lock file may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// `flock`: .NET, Go, Python with portalocker, and ours.
    Flock,
    /// `fcntl` of a process: Java.
    Posix,
    /// `fcntl` of an open file: ours.
    Ofd,
}

/// One kernel lock on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KernelLock {
    pub(super) kind: LockKind,
    /// Who took it; an OFD lock belongs to nobody.
    pub(super) pid: Option<u32>,
}

impl KernelLock {
    /// The same without its owner, whose number counts in another process namespace.
    fn of_nobody(self) -> Self {
        Self { pid: None, ..self }
    }
}

/// A file as `/proc/locks` names it.
#[derive(Clone, Copy)]
struct Inode {
    major: u32,
    minor: u32,
    number: u64,
}

/// The kernel locks that can be seen on `file`, each kind and owner once. One that was seen at any moment of the
/// looking counts: who is taken for the holder of a lock just let go of is asked again, who is overlooked is not.
pub(super) fn locks_on(file: &File) -> Vec<KernelLock> {
    let Some(inode) = inode_of(file) else { return Vec::new() };
    let pids_are_ours = process::proc_is_ours();
    let mut seen = Vec::new();
    let mut last = None;
    for _ in 0..READINGS {
        let Ok(list) = list_once() else { break };
        let locks: Vec<KernelLock> = list.text.lines().filter_map(|line| parse(line, inode)).collect();
        let told = locks.iter().map(|lock| if pids_are_ours { *lock } else { lock.of_nobody() });
        told.for_each(|lock| add(&mut seen, lock));
        if list.of_one_moment || last.replace(locks.clone()).is_some_and(|before| before == locks) {
            break;
        }
    }
    seen
}

fn add(seen: &mut Vec<KernelLock>, lock: KernelLock) {
    if !seen.contains(&lock) {
        seen.push(lock);
    }
}

/// The kernel's list of all locks.
struct List {
    text: String,
    of_one_moment: bool,
}

/// Reads the list in the largest pieces there are: with small ones, even neighbouring lines are of different moments.
fn list_once() -> io::Result<List> {
    let mut file = File::open("/proc/locks")?;
    let mut piece = vec![0; 64 << 10];
    let mut length = file.read(&mut piece)?;
    let of_one_moment = length < ONE_MOMENT;
    let mut bytes = Vec::new();
    while length > 0 {
        bytes.extend(piece.iter().take(length));
        length = if of_one_moment { 0 } else { file.read(&mut piece)? };
    }
    Ok(List { text: String::from_utf8_lossy(&bytes).into_owned(), of_one_moment })
}

#[cfg(target_os = "linux")]
fn inode_of(file: &File) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt;
    let meta = file.metadata().ok()?;
    let (major, minor) = (rustix::fs::major(meta.dev()), rustix::fs::minor(meta.dev()));
    Some(Inode { major, minor, number: meta.ino() })
}

#[cfg(not(target_os = "linux"))]
fn inode_of(_file: &File) -> Option<Inode> {
    None
}

/// Reads `3: FLOCK  ADVISORY  WRITE 10533 fe:00:9977857 0 EOF`. A waiter (`3: -> FLOCK …`) holds nothing.
fn parse(line: &str, inode: Inode) -> Option<KernelLock> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let kind = match words.next()? {
        "FLOCK" => LockKind::Flock,
        "POSIX" => LockKind::Posix,
        "OFDLCK" => LockKind::Ofd,
        _ => return None,
    };
    let pid = words.nth(2)?.parse().ok().filter(|pid| *pid > 0);
    let mut parts = words.next()?.split(':');
    let major = u32::from_str_radix(parts.next()?, 16).ok()?;
    let minor = u32::from_str_radix(parts.next()?, 16).ok()?;
    let number: u64 = parts.next()?.parse().ok()?;
    // btrfs and overlayfs tell stat another device than the kernel's list; both have major 0.
    let same_device = (major, minor) == (inode.major, inode.minor) || (major, inode.major) == (0, 0);
    (number == inode.number && same_device).then_some(KernelLock { kind, pid })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INODE: Inode = Inode { major: 0xfe, minor: 0, number: 77 };

    #[test]
    fn every_kind_of_lock_is_read() {
        let flock = parse("3: FLOCK  ADVISORY  WRITE 10533 fe:00:77 0 EOF", INODE);
        let posix = parse("2: POSIX  ADVISORY  WRITE 4242 fe:00:77 0 EOF", INODE);
        let ofd = parse("1: OFDLCK ADVISORY  WRITE -1 fe:00:77 0 EOF", INODE);

        assert_eq!(flock, Some(KernelLock { kind: LockKind::Flock, pid: Some(10533) }));
        assert_eq!(posix, Some(KernelLock { kind: LockKind::Posix, pid: Some(4242) }));
        assert_eq!(ofd, Some(KernelLock { kind: LockKind::Ofd, pid: None }));
    }

    #[test]
    fn an_owner_in_another_namespace_has_no_number_here() {
        let flock = parse("3: FLOCK  ADVISORY  WRITE 0 fe:00:77 0 EOF", INODE);

        assert_eq!(flock, Some(KernelLock { kind: LockKind::Flock, pid: None }));
        let numbered = KernelLock { kind: LockKind::Posix, pid: Some(7) };
        assert_eq!(numbered.of_nobody(), KernelLock { kind: LockKind::Posix, pid: None });
    }

    #[test]
    fn waiters_leases_and_other_files_are_passed_over() {
        for line in [
            "3: -> FLOCK  ADVISORY  WRITE 10533 fe:00:77 0 EOF",
            "3: LEASE  ACTIVE    READ  10533 fe:00:77 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 10533 fe:00:78 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 10533 fe:01:77 0 EOF",
            "3: FLOCK  ADVISORY",
            "",
        ] {
            assert_eq!(parse(line, INODE), None, "{line}");
        }
    }

    #[test]
    fn a_nameless_device_is_known_by_its_inode() {
        let inode = Inode { major: 0, minor: 41, number: 77 };

        assert!(parse("3: FLOCK  ADVISORY  WRITE 10533 00:1c:77 0 EOF", inode).is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_held_lock_is_seen_once_however_many_others_come_and_go() {
        use std::sync::atomic::{AtomicBool, Ordering};

        let folder = tempfile::tempdir().expect("a folder");
        let locked = |name: &str| {
            let file = File::create(folder.path().join(name)).expect("created");
            file.lock().expect("locked");
            file
        };
        let ours = locked("ours");
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    (0..5).map(|n| locked(&format!("brief{n}"))).for_each(drop);
                }
            });
            let looks = (0..400).map(|_| locks_on(&ours).iter().map(|lock| lock.kind).collect());
            let few: Vec<Vec<LockKind>> = looks.clone().collect();
            let others: Vec<File> = (0..200).map(|n| locked(&format!("other{n}"))).collect();
            let many: Vec<Vec<LockKind>> = looks.collect();
            over.store(true, Ordering::Relaxed);

            for (seen, of) in [(few, 1), (many, others.len())] {
                let wrong = seen.iter().filter(|kinds| **kinds != [LockKind::Flock]).count();
                assert_eq!(wrong, 0, "wrong answers of 400, among {of} locks");
            }
        });
    }
}
