//! Who holds a lock: pid, program, since when, alive or not, and how we know.
//! Reads only: no lock is taken to find out, and doubt is never resolved against the holder.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::kernel::{self, KernelLock};
use super::note::{self, Note, Origin};
use super::primitive;
use super::process::{self, Presence};
use crate::time::UnixSeconds;

/// What a process start may seem later than it was: the kernel tells its boot time in whole seconds.
const SLACK: Duration = Duration::from_secs(2);

/// Who holds a lock file, as far as its content, the process table and the kernel's lock list tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process, as numbered where it wrote the note.
    pub pid: Option<u32>,
    /// The running program's name, or what the note calls it: raw text of a foreign file.
    /// [`Holder`]'s `Display` is safe to print, this is not.
    pub program: Option<String>,
    /// When the lock file was last written.
    pub since: Option<UnixSeconds>,
    /// Whether the process still runs.
    pub alive: Liveness,
}

/// Whether a holder still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It runs, or the kernel holds a lock for it.
    Alive,
    /// It is gone, and this is why we are sure.
    Dead(Proof),
    /// Its pid may count in another process namespace (a container) or on another machine; the namespace, if the
    /// note names one. Said, never judged.
    Foreign(Option<String>),
    /// Nothing tells.
    Unknown,
}

/// Why a holder is surely gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No process has the pid, or a zombie has.
    Ended,
    /// The process with that pid started after the lock was written.
    Reused,
    /// The system was started anew since.
    Rebooted,
    /// This very process wrote it and holds no kernel lock on it: a removal that failed.
    LeftByUs,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "its process has ended",
            Self::Reused => "its pid belongs to a process that started later",
            Self::Rebooted => "the system was started anew since",
            Self::LeftByUs => "this process could not remove it",
        })
    }
}

impl Holder {
    /// The holder of whom nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { pid: None, program: None, since: None, alive: Liveness::Unknown }
    }

    /// Why it is surely gone, if it is.
    #[must_use]
    pub fn gone(&self) -> Option<Proof> {
        match self.alive {
            Liveness::Dead(proof) => Some(proof),
            Liveness::Alive | Liveness::Foreign(_) | Liveness::Unknown => None,
        }
    }

    /// What it does with a lock: "is held by python (pid 4242)", "was left by python (pid 4242): its process has ended".
    #[must_use]
    pub fn does(&self) -> String {
        self.gone().map_or_else(|| format!("is held by {self}"), |proof| format!("was left by {self}: {proof}"))
    }

    /// The holder of the lock file at `path`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        primitive::peek(path).map_or_else(|_| Self::unknown(), |file| look(&file).holder)
    }
}

/// `python (pid 4242)`. Prints of a name only `[A-Za-z0-9._/-]`, 64 characters at most.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.program {
            Some(name) => name.chars().take(64).map(plain).try_for_each(|c| fmt::Write::write_char(f, c))?,
            None => f.write_str("an unnamed program")?,
        }
        match (self.pid, &self.alive) {
            (Some(pid), Liveness::Foreign(_)) => {
                write!(f, " (pid {pid}, may belong to another container)")
            }
            (Some(pid), Liveness::Alive | Liveness::Dead(_) | Liveness::Unknown) => {
                write!(f, " (pid {pid})")
            }
            (None, _) => Ok(()),
        }
    }
}

fn plain(c: char) -> char {
    let is_plain = c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if is_plain { c } else { '?' }
}

/// What an open lock file tells.
pub(super) struct Sighting {
    pub(super) holder: Holder,
    pub(super) kernel: Vec<KernelLock>,
    /// Written by saltcellar.
    pub(super) is_ours: bool,
    /// The time since 1970 at which it was last written.
    pub(super) written: Option<Duration>,
}

/// Reads note, time and kernel locks of `file`, and judges.
pub(super) fn look(file: &File) -> Sighting {
    let note = read_note(file);
    let kernel = kernel::locks_on(file);
    let written = file.metadata().and_then(|meta| meta.modified()).ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let mut holder = note.as_ref().map_or_else(Holder::unknown, |note| described(note, written, is_remote(file)));
    holder.since = written.and_then(|time| i64::try_from(time.as_secs()).ok()).map(UnixSeconds);
    if !kernel.is_empty() && holder.alive != Liveness::Alive {
        holder = outvoted(holder, &kernel);
    }
    Sighting { holder, kernel, is_ours: note.is_some_and(|note| note.origin.is_some()), written }
}

/// Whether saltcellar wrote `file`. Reads the note, asks nothing of the system.
pub(super) fn is_ours(file: &File) -> bool {
    read_note(file).is_some_and(|note| note.origin.is_some())
}

fn read_note(mut file: &File) -> Option<Note> {
    let mut content = Vec::new();
    file.by_ref().take(note::LIMIT).read_to_end(&mut content).ok()?;
    Note::parse(&content)
}

fn described(note: &Note, written: Option<Duration>, is_remote: bool) -> Holder {
    let alive = verdict(note, written, is_remote);
    let running = if alive == Liveness::Alive { process::program(note.pid) } else { None };
    let told = || match &note.origin {
        Some(_) => Some("saltcellar".to_owned()),
        // Java writes its host where others write a program.
        None => note.words.clone().filter(|words| !process::is_host_name(words)),
    };
    Holder { pid: Some(note.pid), program: running.or_else(told), since: None, alive }
}

/// A kernel lock is proof of life, whatever the note says: .NET and Go lock files that others left.
fn outvoted(holder: Holder, kernel: &[KernelLock]) -> Holder {
    let since = holder.since;
    match kernel.iter().find_map(|lock| lock.pid) {
        Some(pid) => Holder { pid: Some(pid), program: process::program(pid), since, alive: Liveness::Alive },
        None if matches!(holder.alive, Liveness::Dead(_)) => {
            Holder { since, alive: Liveness::Alive, ..Holder::unknown() }
        }
        None => Holder { alive: Liveness::Alive, ..holder },
    }
}

fn verdict(note: &Note, written: Option<Duration>, is_remote: bool) -> Liveness {
    if let Some(origin) = &note.origin {
        return verdict_on_ours(note.pid, origin, written, is_remote);
    }
    let seen = liveness(note.pid, written);
    // A peer's pid tells no namespace: dead here may be alive in a container or on another machine.
    let is_doubtful = matches!(seen, Liveness::Dead(_)) && (is_remote || process::may_be_elsewhere(note.pid));
    if is_doubtful { Liveness::Foreign(None) } else { seen }
}

fn verdict_on_ours(pid: u32, origin: &Origin, written: Option<Duration>, is_remote: bool) -> Liveness {
    let here = Origin::here();
    let is_other_boot = origin.boot != here.boot;
    if origin.namespace != here.namespace || (is_other_boot && is_remote) {
        return Liveness::Foreign(Some(origin.namespace.clone()));
    }
    if is_other_boot {
        return Liveness::Dead(Proof::Rebooted);
    }
    // While we hold a lock its kernel locks say so, and outvote this.
    if pid == std::process::id() {
        return Liveness::Dead(Proof::LeftByUs);
    }
    liveness(pid, written)
}

/// Whether the process that went by `pid` when it made a file, last `altered` at this time since 1970, has surely ended:
/// what goes by that number now may be another.
#[must_use]
pub fn has_ended(pid: u32, altered: Option<Duration>) -> bool {
    matches!(liveness(pid, altered), Liveness::Dead(_))
}

fn liveness(pid: u32, written: Option<Duration>) -> Liveness {
    match (process::presence(pid), written) {
        (Presence::Untold, _) => Liveness::Unknown,
        (Presence::Ended, _) => Liveness::Dead(Proof::Ended),
        (Presence::Running { started: Some(started) }, Some(written)) if started > written + SLACK => {
            Liveness::Dead(Proof::Reused)
        }
        (Presence::Running { .. }, _) => Liveness::Alive,
    }
}

/// Whether other machines may have written `file`: NFS, SMB, CIFS, 9p (WSL), FUSE and virtiofs, vboxsf, Ceph, AFS,
/// Lustre, GFS2, OCFS2.
#[cfg(target_os = "linux")]
fn is_remote(file: &File) -> bool {
    const REMOTE: &[u32] = &[
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x6573_5546,
        0x786f_4256,
        0x00c3_6400,
        0x5346_414f,
        0x0bd0_0bd0,
        0x0116_1970,
        0x7461_636f,
    ];
    rustix::fs::fstatfs(file).map_or(true, |system| REMOTE.contains(&(system.f_type as u32)))
}

/// Elsewhere the kind of file system has no portable name.
#[cfg(not(target_os = "linux"))]
fn is_remote(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use std::time::SystemTime;

    use super::*;

    fn holder(program: Option<&str>, alive: Liveness) -> String {
        Holder { pid: Some(4242), program: program.map(str::to_owned), since: None, alive }.to_string()
    }

    #[test]
    fn a_holder_reads_as_program_and_pid() {
        assert_eq!(holder(Some("python3.11"), Liveness::Alive), "python3.11 (pid 4242)");
        assert_eq!(holder(None, Liveness::Unknown), "an unnamed program (pid 4242)");
        assert_eq!(Holder::unknown().to_string(), "an unnamed program");
    }

    #[test]
    fn a_foreign_namespace_is_said() {
        let text = holder(Some("az"), Liveness::Foreign(None));

        assert_eq!(text, "az (pid 4242, may belong to another container)");
    }

    #[test]
    fn a_hostile_name_drives_no_terminal() {
        let text = holder(Some(&format!("\u{1b}]52;c;x\u{7}\u{202e}{}", "a".repeat(5000))), Liveness::Alive);

        assert!(text.starts_with("??52?c?x??aaa"), "{text}");
        assert_eq!(text.len(), 64 + " (pid 4242)".len());
    }

    #[test]
    fn a_proof_reads_as_a_reason_of_its_own() {
        let proofs = [Proof::Ended, Proof::Reused, Proof::Rebooted, Proof::LeftByUs];

        let reasons: std::collections::HashSet<_> = proofs.map(|proof| proof.to_string()).into();

        assert_eq!(reasons.len(), proofs.len());
        assert!(reasons.iter().all(|reason| reason.contains(' ')), "{reasons:?}");
    }

    #[test]
    fn a_kernel_lock_outvotes_the_note_and_names_its_owner() {
        let since = Some(UnixSeconds(1_700_000_000));
        let left = |alive| Holder { pid: Some(4242), program: Some("az".to_owned()), since, alive };
        let lock = |pid| KernelLock { kind: kernel::LockKind::Flock, pid };
        let (own, nobody) = (std::process::id(), [lock(None)]);

        let named = outvoted(left(Liveness::Dead(Proof::Ended)), &[lock(None), lock(Some(own))]);
        let unnamed = outvoted(left(Liveness::Dead(Proof::Ended)), &nobody);
        let believed = outvoted(left(Liveness::Unknown), &nobody);

        assert_eq!(named, Holder { pid: Some(own), program: process::program(own), since, alive: Liveness::Alive });
        assert_eq!(unnamed, Holder { since, alive: Liveness::Alive, ..Holder::unknown() });
        assert_eq!(believed, left(Liveness::Alive));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_holder_is_called_by_its_process_then_by_its_note_but_never_by_its_machine() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let dead = super::super::testbed::dead_pid();
        let named = |words: &str| {
            let note = Note::parse(words.as_bytes()).expect("a note");
            described(&note, now, false).program
        };
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name");

        let origin = Origin::here();
        let ours = format!("{dead} saltcellar {} {}", origin.boot, origin.namespace);

        assert_eq!(named(&format!("{} az", std::process::id())), process::program(std::process::id()));
        assert_eq!(named(&format!("{dead} az")).as_deref(), Some("az"));
        assert_eq!(named(&format!("{dead} {host}")), None);
        assert_eq!(named(&ours).as_deref(), Some("saltcellar"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_started_after_a_file_was_made_did_not_make_it() {
        let (own, now) = (std::process::id(), SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970"));

        assert!(!has_ended(own, Some(now)) && !has_ended(own, None));
        assert!(has_ended(own, Some(now - Duration::from_secs(86_400 * 365))), "another went by this number then");
        assert!(has_ended(super::super::testbed::dead_pid(), Some(now)));
    }

    #[test]
    fn only_the_head_of_a_lock_file_is_read() {
        let mut file = tempfile::tempfile().expect("a file");
        std::io::Write::write_all(&mut file, format!("7 {}", "x".repeat(9000)).as_bytes()).expect("written");
        std::io::Seek::rewind(&mut file).expect("rewound");

        let note = read_note(&file).expect("a note");

        assert_eq!(note.words.map(|words| words.len()), Some(4096 - 2));
    }
}
