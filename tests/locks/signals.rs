//! Signals and errors while saltcellar waits for a lock and while it holds one: no lock file stays, no temp file,
//! and the exit code tells which text stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::super::support::binary::{Run, command, sheltered};
use super::super::support::peers::peer;
use super::{CACHE, left_beside};

const SIGNALS: [(Signal, i32); 3] = [(Signal::TERM, 15), (Signal::INT, 2), (Signal::HUP, 1)];
const PRUNE: [&str; 5] = ["prune", "--expired", "--yes", "--wait", "20"];
/// How long a system call under the lock is made to take, in microseconds.
const SLOW: &str = "2500000";

/// A cache in a folder where both locks are taken: the file's own and the folder's, which is MSAL4J's.
fn cache() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join(".IdentityService");
    fs::create_dir(&folder).expect("made");
    let path = folder.join("c.json");
    fs::write(&path, CACHE).expect("written");
    (root, path)
}

/// Waits until `found` finds something.
fn wait_for<T>(found: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(it) = found() {
            return it;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    kill_process(pid, signal).expect("sent");
}

fn end(child: Child) -> Run {
    Run::of(child.wait_with_output().expect("it ends"))
}

/// The pid in the lock file of `cache`, once it is there.
fn holder(cache: &Path) -> u32 {
    let lock = cache.with_file_name("c.json.lockfile");
    wait_for(|| fs::read_to_string(&lock).ok()?.split_whitespace().next()?.parse().ok())
}

/// Saltcellar under strace, which does `inject` to its system calls.
fn strained(cache: &Path, inject: &str) -> Option<Child> {
    let mut strace = peer("strace")?;
    let call = inject.split(':').next().unwrap_or_default();
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &format!("inject={inject}")]);
    strace.arg(env!("CARGO_BIN_EXE_saltcellar")).args(PRUNE).arg(cache);
    sheltered(&mut strace);
    Some(piped(&mut strace))
}

fn piped(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

#[test]
fn a_signal_while_waiting_for_the_lock_leaves_everything_as_it_was() {
    std::thread::scope(|scope| {
        for (signal, number) in SIGNALS {
            scope.spawn(move || {
                let (_folder, cache) = cache();
                let lock = cache.with_file_name("c.json.lockfile");
                fs::write(&lock, format!("{} az", std::process::id())).expect("somebody holds it");
                let child = piped(command(PRUNE).arg(&cache));
                // The staged file is there, so it waits by now.
                wait_for(|| (left_beside(&cache).len() > 1).then_some(()));
                std::thread::sleep(Duration::from_millis(300));

                let sent = Instant::now();
                send(child.id(), signal);
                let run = end(child);

                println!("signal {number} while waiting: ended after {} ms", sent.elapsed().as_millis());
                assert_eq!(run.code, Some(128 + number), "{run:?}");
                assert_eq!(fs::read_to_string(&cache).expect("readable"), CACHE);
                assert_eq!(left_beside(&cache), ["c.json.lockfile"], "the other's lock alone");
                assert!(fs::read_to_string(&lock).expect("readable").ends_with(" az"));
            });
        }
    });
}

/// Sends `signal` while `call` takes its time under the lock; how it ended, and the text and names left.
fn interrupt(call: &str, signal: Signal) -> Option<(Run, String, Vec<String>)> {
    let (_folder, cache) = cache();
    let child = strained(&cache, &format!("{call}:delay_enter={SLOW}"))?;
    let pid = holder(&cache);
    std::thread::sleep(Duration::from_millis(200));
    send(pid, signal);
    let run = end(child);
    Some((run, fs::read_to_string(&cache).expect("readable"), left_beside(&cache)))
}

#[test]
fn a_signal_under_the_lock_leaves_no_lock_and_the_exit_code_tells_the_text() {
    // The stamp before the rename, the rename, and the removal of the lock file.
    let calls = ["utimensat", "rename", "unlink"];
    let cells = calls.iter().flat_map(|call| SIGNALS.map(|(signal, number)| (*call, signal, number)));
    let threads: Vec<_> = cells
        .map(|(call, signal, number)| std::thread::spawn(move || (call, number, interrupt(call, signal))))
        .collect();

    for thread in threads {
        let (call, number, outcome) = thread.join().expect("no panic");
        let Some((run, text, left)) = outcome else { continue };
        println!("signal {number} during {call}: exit {:?}", run.code);
        let written = !text.contains("dead");
        assert!(written || text == CACHE, "{text}");
        assert_eq!(run.code, Some(if written { 0 } else { 128 + number }), "{call}: {run:?}");
        assert!(left.is_empty(), "{call}: {left:?}");
    }
}

#[test]
fn an_error_under_the_lock_leaves_no_lock_and_the_old_text() {
    for error in ["EIO", "ENOSPC", "EPERM", "EROFS"] {
        let (_folder, cache) = cache();
        let Some(child) = strained(&cache, &format!("rename:error={error}")) else { return };

        let run = end(child);

        assert_eq!(run.code, Some(1), "{error}: {run:?}");
        assert_eq!(fs::read_to_string(&cache).expect("readable"), CACHE);
        assert!(left_beside(&cache).is_empty(), "{error}: {:?}", left_beside(&cache));
    }
}
