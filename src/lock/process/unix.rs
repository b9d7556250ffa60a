//! Unix: signal 0, and `/proc` where there is one.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use super::Presence;
use crate::system::{self, Running};

/// Ticks a second in `/proc/<pid>/stat`: what the kernel tells programs (USER_HZ), whatever its own clock.
const TICKS: u64 = 100;
/// The namespace every Linux machine boots with; a container has another.
const INITIAL_NAMESPACE: &str = "4026531836";
/// More descriptors than a user has open; a look at all of them takes a tenth of a second at most.
const DESCRIPTORS: usize = 50_000;
/// Stands for what this system does not tell.
const UNTOLD: &str = "-";

/// Looks for the process `pid`.
pub(in crate::lock) fn presence(pid: u32) -> Presence {
    match system::is_running(pid) {
        Running::No => return Presence::Ended,
        Running::Untold => return Presence::Untold,
        // `/proc` may hide it (hidepid).
        Running::Yes => {}
    }
    let stat = read_proc(pid, "stat").and_then(|text| Stat::parse(&text));
    match stat {
        Some(stat) if stat.has_ended() => Presence::Ended,
        Some(stat) => Presence::Running { started: boot_time().map(|boot| boot + stat.since_boot()) },
        None => Presence::Running { started: None },
    }
}

/// The name of the program that runs as `pid`.
pub(in crate::lock) fn program(pid: u32) -> Option<String> {
    let name = read_proc(pid, "comm")?;
    Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
}

/// Whether `word` is the name of this machine.
pub(in crate::lock) fn is_host_name(word: &str) -> bool {
    fs::read_to_string("/proc/sys/kernel/hostname").is_ok_and(|name| name.trim() == word)
}

/// The id of this run of the system, `-` where there is none.
pub(in crate::lock) fn boot_id() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    one_word(id.trim())
}

/// The number of this process's pid namespace, `-` where there are none.
pub(in crate::lock) fn namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let link = link.to_string_lossy();
    one_word(link.strip_prefix("pid:[").and_then(|rest| rest.strip_suffix(']')).unwrap_or_default())
}

fn one_word(text: &str) -> String {
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    if is_word { text } else { UNTOLD }.to_owned()
}

/// Whether a process that is not ours to see may go by `pid`: the note of a container names the pid that
/// counts inside. We are in a container ourselves, or one below us has such a process.
pub(in crate::lock) fn may_be_elsewhere(pid: u32) -> bool {
    cfg!(target_os = "linux") && (namespace() != INITIAL_NAMESPACE || runs_below(pid))
}

/// `NSpid: 10533 7` in `/proc/10533/status`: 7 is what the process goes by in its own namespace.
fn runs_below(pid: u32) -> bool {
    // With hidepid the processes of others are out of sight: no telling what they go by.
    let (Ok(all), Some(_)) = (fs::read_dir("/proc"), read_proc(1, "status")) else {
        return true;
    };
    let pids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|outer: u32| read_proc(outer, "status")).any(|status| inner_pids(&status).any(|inner| inner == pid))
}

fn inner_pids(status: &str) -> impl Iterator<Item = u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
    line.split_ascii_whitespace().skip(1).filter_map(|pid| pid.parse().ok())
}

/// Whether `/proc` counts pids as this process does: `unshare -p` alone leaves the outer one mounted.
pub(in crate::lock) fn proc_is_ours() -> bool {
    let own = std::process::id().to_string();
    fs::read_link("/proc/self").is_ok_and(|link| link.as_os_str() == own.as_str())
}

/// The processes of this user, but for this one, of which a descriptor leads to `name`, as the kernel prints it. Those of
/// other users are not looked into.
pub(in crate::lock) fn that_have_open(name: &OsStr) -> Vec<u32> {
    if !proc_is_ours() {
        return Vec::new();
    }
    let (own, user) = (std::process::id(), rustix::process::geteuid().as_raw());
    let pids = names_in("/proc").into_iter().filter_map(|name| name.parse().ok());
    let pids = pids.filter(|pid| *pid != own && fs::metadata(format!("/proc/{pid}")).is_ok_and(|is| is.uid() == user));
    let mut left = DESCRIPTORS;
    pids.filter(|pid| {
        let folder = format!("/proc/{pid}/fd");
        let descriptors = names_in(&folder);
        left = left.saturating_sub(descriptors.len());
        let leads =
            |number: &String| fs::read_link(format!("{folder}/{number}")).is_ok_and(|to| to.as_os_str() == name);
        left > 0 && descriptors.iter().any(leads)
    })
    .collect()
}

/// The names in a folder of `/proc`; none if it is closed to us. Not by `std`, which panics where a folder cannot be closed.
fn names_in(folder: &str) -> Vec<String> {
    let Some(entries) = fs::File::open(folder).ok().and_then(|folder| rustix::fs::Dir::new(folder).ok()) else {
        return Vec::new();
    };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn read_proc(pid: u32, file: &str) -> Option<String> {
    if !proc_is_ours() {
        return None;
    }
    let path: PathBuf = ["/proc", &pid.to_string(), file].iter().collect();
    fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn boot_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let seconds = text.lines().find_map(|line| line.strip_prefix("btime "))?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// What we read of `/proc/<pid>/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    threads: u32,
    start_ticks: u64,
}

impl Stat {
    /// The name stands in parentheses and may hold any character: fields are counted behind the last one.
    fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        Some(Self {
            state: fields.next()?.chars().next()?,
            threads: fields.nth(16)?.parse().ok()?,
            start_ticks: fields.nth(1)?.parse().ok()?,
        })
    }

    /// A zombie, all threads of which are gone.
    fn has_ended(self) -> bool {
        matches!(self.state, 'Z' | 'X') && self.threads <= 1
    }

    fn since_boot(self) -> Duration {
        Duration::from_millis(self.start_ticks.saturating_mul(1000 / TICKS))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_stat_line_is_read_behind_the_name() {
        let line = "77 (a ) Z 9) R 1 77 77 0 -1 4194304 1 2 3 4 1 3 4 2 20 0 5 0 154375 169 3 18";

        assert_eq!(Stat::parse(line), Some(Stat { state: 'R', threads: 5, start_ticks: 154_375 }));
        assert_eq!(Stat::parse("77 (a) R 1"), None);
    }

    #[test]
    fn this_process_runs_and_started_before_now() {
        let Presence::Running { started: Some(started) } = presence(std::process::id()) else {
            panic!("this process is not seen");
        };

        let now = crate::time::Clock::wall(&crate::time::SystemClock::new());
        assert!(started <= now + Duration::from_secs(2), "{started:?} {now:?}");
        assert!(program(std::process::id()).is_some());
    }

    #[test]
    fn the_start_of_a_process_is_told_to_the_second() {
        let clock = crate::time::SystemClock::new();
        let before = crate::time::Clock::wall(&clock);
        let mut child = Command::new("sleep").arg("20").spawn().expect("sleep runs");
        let seen = presence(child.id());
        let after = crate::time::Clock::wall(&clock);
        child.kill().expect("killed");
        child.wait().expect("reaped");

        let Presence::Running { started: Some(started) } = seen else { panic!("{seen:?}") };
        let slack = Duration::from_secs(2);
        assert!(before <= started + slack && started <= after + slack, "{before:?} {started:?} {after:?}");
    }

    #[test]
    fn only_a_zombie_without_threads_has_ended() {
        let ended = |state, threads| Stat { state, threads, start_ticks: 0 }.has_ended();

        assert!(ended('Z', 1) && ended('X', 0));
        assert!(!ended('Z', 2), "its first thread has ended, others go on");
        assert!(!ended('S', 1));
    }

    #[test]
    fn a_host_a_boot_and_a_namespace_are_one_word_each() {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("a name");
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("an id");

        assert!(is_host_name(host.trim()) && !is_host_name("no.such.host"));
        assert_eq!(boot_id(), boot.trim());
        assert!(namespace().parse::<u64>().is_ok(), "{}", namespace());
        assert_eq!(["", "a b", "ab"].map(one_word), [UNTOLD, UNTOLD, "ab"]);
    }

    #[test]
    fn a_pid_may_be_elsewhere_if_one_below_us_goes_by_it() {
        const NOBODYS: u32 = u32::MAX - 1;
        if namespace() != INITIAL_NAMESPACE {
            assert!(may_be_elsewhere(NOBODYS), "in a container every pid may be another's outside");
            return;
        }
        assert!(!may_be_elsewhere(NOBODYS));
        let mut below = Command::new("unshare");
        below.args(["--pid", "--fork", "--kill-child", "sh", "-c", "echo; sleep 20 & wait"]);
        let Ok(mut child) = below.stdout(std::process::Stdio::piped()).spawn() else {
            return println!("skipped: unshare is not installed");
        };
        let mut first = [0];
        let told = std::io::Read::read_exact(&mut child.stdout.take().expect("piped"), &mut first);
        let may = may_be_elsewhere(1);
        child.kill().expect("killed");
        child.wait().expect("reaped");
        match told {
            Ok(()) => assert!(may, "the shell is number 1 there"),
            Err(_) => println!("skipped: only root makes a namespace"),
        }
    }

    #[test]
    fn a_zombie_and_a_reaped_child_have_ended() {
        let mut child = Command::new("true").spawn().expect("true runs");
        let pid = child.id();
        while presence(pid) != Presence::Ended {
            std::thread::yield_now();
        }
        child.wait().expect("the child is reaped");

        assert_eq!(presence(pid), Presence::Ended);
    }

    #[test]
    fn a_pid_no_system_gives_is_not_judged() {
        assert_eq!(presence(0), Presence::Untold);
        assert_eq!(presence(u32::MAX), Presence::Untold);
    }

    #[test]
    fn pids_inside_containers_are_found() {
        let status = "Name:\taz\nNSpid:\t10533\t7\t1\nNSsid:\t1\t0\n";

        assert_eq!(inner_pids(status).collect::<Vec<_>>(), [7, 1]);
        assert_eq!(inner_pids("NSpid:\t10533\n").count(), 0);
    }
}
