//! Which kernel locks lie on a file, as `/proc/locks` tells. Takes none, not even to probe.
//! Blind to locks of processes in other process namespaces, and everywhere but on Linux.

use std::fs::{self, File};

use super::process;

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

/// A file as `/proc/locks` names it.
#[derive(Clone, Copy)]
struct Inode {
    major: u32,
    minor: u32,
    number: u64,
}

/// The kernel locks that can be seen on `file`.
pub(super) fn locks_on(file: &File) -> Vec<KernelLock> {
    let (Some(inode), Ok(text)) = (inode_of(file), fs::read_to_string("/proc/locks")) else {
        return Vec::new();
    };
    let pids_are_ours = process::proc_is_ours();
    let locks = text.lines().filter_map(|line| parse(line, inode));
    locks.map(|lock| KernelLock { pid: lock.pid.filter(|_| pids_are_ours), ..lock }).collect()
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
}
