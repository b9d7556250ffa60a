//! `move` and `copy-to` under bad luck: killed at any system call nothing is lost, and what another process writes
//! meanwhile stays. Runs the binary.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::binary::{self, Run};
use crate::support::peers::peer;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
const BOB: &str = "bob@fabrikam.com";

/// Two caches in a folder of their own.
struct Ground {
    folder: tempfile::TempDir,
    here: PathBuf,
    there: PathBuf,
}

impl Ground {
    /// `here` holds two people, `there` one of them, or nothing at all.
    fn new(there: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str, data: &str| {
            let path = folder.path().join(name);
            fs::copy(Path::new(DATA).join(data), &path).expect("copied");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("0600");
            path
        };
        let here = place("here.json", "two_people.json");
        let there = there.map_or_else(|| folder.path().join("there.json"), |data| place("there.json", data));
        Self { folder, here, there }
    }

    fn words(&self, command: &str, more: &[&str]) -> Vec<String> {
        let places = [&self.here, &self.there].map(|path| path.display().to_string());
        let words = [command.to_owned()].into_iter().chain(places);
        words.chain(more.iter().map(|word| (*word).to_owned())).collect()
    }

    fn run(&self, command: &str, more: &[&str]) -> Run {
        binary::run(self.words(command, more))
    }

    /// Section, key and value of every entry of both caches.
    fn all(&self) -> BTreeSet<String> {
        [&self.here, &self.there].into_iter().flat_map(|path| entries(path)).collect()
    }
}

/// Section, key and value of every entry; of a file that is not there or empty, none.
fn entries(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    if text.is_empty() {
        return BTreeSet::new();
    }
    let read: Value = serde_json::from_str(&text).expect("never half a text");
    let sections = read.as_object().expect("a cache");
    let of = |(section, entries): (&String, &Value)| {
        let entries = entries.as_object().expect("entries");
        entries.iter().map(|(key, value)| format!("{section} {key} {value}")).collect::<Vec<_>>()
    };
    sections.iter().flat_map(of).collect()
}

fn of_bob(entries: &BTreeSet<String>) -> usize {
    entries.iter().filter(|entry| entry.contains("bbbbbbbb-0000")).count()
}

#[test]
fn a_move_takes_an_account_to_another_cache_and_out_of_its_own() {
    let ground = Ground::new(Some("one_person.json"));
    let all = ground.all();

    let run = ground.run("move", &["--account", BOB, "--confirm", BOB, "--at", "1700000000", "--json"]);

    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(ground.all(), all);
    assert_eq!((of_bob(&entries(&ground.here)), of_bob(&entries(&ground.there))), (0, 2));
    assert_eq!(run.json()["removed"].as_array().map(Vec::len), Some(2), "{run:?}");
    // Ada's apps are the same, and keep their metadata.
    assert!(entries(&ground.here).iter().any(|entry| entry.starts_with("AppMetadata")));
}

#[test]
fn everything_moves_into_a_file_that_is_made_for_its_owner_alone() {
    let ground = Ground::new(None);
    let old = fs::read(&ground.here).expect("readable");
    let all = ground.all();

    let run = ground.run("move", &["--confirm", "here.json", "--at", "1700000000"]);

    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(fs::read(&ground.there).expect("it is there") == old, "byte for byte");
    assert_eq!(fs::metadata(&ground.there).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!((ground.all(), entries(&ground.here).len()), (all, 0));
    let names: Vec<_> =
        fs::read_dir(ground.folder.path()).expect("listed").flatten().map(|file| file.file_name()).collect();
    assert_eq!(names.len(), 2, "no undo of tokens that were to go, no temp, no lock: {names:?}");
}

#[test]
fn a_newer_token_at_the_target_stays_and_so_does_the_older_one_here_with_its_account() {
    let ground = Ground::new(Some("two_people.json"));
    let text = fs::read_to_string(&ground.there).expect("readable");
    let newer = text.replace("\"cached_at\": \"1", "\"cached_at\": \"2").replace("\"secret\": \"", "\"secret\": \"NEW");
    fs::write(&ground.there, newer).expect("written");
    let (here, there) = (entries(&ground.here), entries(&ground.there));

    let run = ground.run("move", &["--account", BOB, "--confirm", BOB, "--at", "1700000000"]);

    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(entries(&ground.there), there);
    let stays: Vec<_> = entries(&ground.here).into_iter().filter(|entry| entry.contains("bbbbbbbb-0000")).collect();
    assert!(stays.iter().all(|entry| here.contains(entry)), "{stays:?}");
    let sections: Vec<&str> = stays.iter().filter_map(|entry| entry.split(' ').next()).collect();
    assert_eq!(sections, ["AccessToken", "Account"]);
    let told = format!("{BOB} stays here too, with 1 token of which another value stands there");
    assert!(run.err.contains(&told), "{}", run.err);
    let planned = ground.run("move", &["--account", BOB, "--at", "1700000000", "--dry-run", "--json"]);
    assert_eq!(planned.json()["stays"], serde_json::json!([BOB]), "{planned:?}");
}

#[test]
fn what_may_not_survive_a_power_cut_is_not_taken_out_here() {
    let ground = Ground::new(Some("one_person.json"));
    let here = entries(&ground.here);
    let Some(mut strace) = peer("strace") else { return };
    let log = ground.folder.path().with_extension("log");
    // The second is that of the folder, after the rename.
    strace.args(["-f", "-qq", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2", "-o"]).arg(&log);
    let words = ground.words("move", &["--account", BOB, "--confirm", BOB, "--at", "1700000000"]);
    strace.arg(env!("CARGO_BIN_EXE_saltcellar")).args(words);

    let run = Run::of(binary::sheltered(&mut strace).output().expect("strace runs"));

    fs::remove_file(log).expect("removed");
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.err.contains("Nothing was taken out here"), "{}", run.err);
    assert_eq!((entries(&ground.here), of_bob(&entries(&ground.there))), (here, 2));
}

#[test]
fn what_another_process_takes_away_there_at_once_stays_here() {
    let ground = Ground::new(Some("one_person.json"));
    let (here, old) = (entries(&ground.here), fs::read(&ground.there).expect("readable"));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let over = || is_over.load(std::sync::atomic::Ordering::Relaxed);

    let run = std::thread::scope(|scope| {
        // An app that writes what it has in memory over whatever stands there.
        scope.spawn(|| {
            while !over() {
                if fs::read(&ground.there).is_ok_and(|now| now != old) {
                    fs::write(&ground.there, &old).expect("written");
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        let run = ground.run("move", &["--account", BOB, "--confirm", BOB, "--at", "1700000000"]);
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        run
    });

    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(run.err.contains("nothing was taken out here"), "{}", run.err);
    assert_eq!(entries(&ground.here), here);
}

#[test]
fn nothing_moves_onto_itself_nor_out_of_what_cannot_be_written() {
    let ground = Ground::new(None);
    let here = ground.here.display().to_string();

    let onto = binary::run(["move", &here, &format!("{}/./here.json", ground.folder.path().display()), "--yes"]);
    let from = binary::run(["move", "-", &ground.there.display().to_string(), "--confirm", "-"]);

    assert_eq!(onto.code, Some(2), "{onto:?}");
    assert_ne!(from.code, Some(0), "{from:?}");
    assert!(!ground.there.exists(), "nothing is written before it is known that it can be taken out here");
}

/// The calls of a move that change something, and those around them.
const CALLS: &[&str] = &["openat", "write", "fsync", "rename", "unlink", "utimensat", "flock", "fchmod"];

/// Kills a move at the `nth` call of `name`; whether it was killed.
fn killed(ground: &Ground, name: &str, nth: usize) -> Option<bool> {
    let mut strace: Command = peer("strace")?;
    let words = ground.words("move", &["--confirm", "here.json", "--at", "1700000000"]);
    let log = ground.folder.path().with_extension("log");
    strace.args(["-f", "-qq", "-o"]).arg(&log).args(["-e", &format!("trace={name}")]);
    strace.args(["-e", &format!("inject={name}:signal=SIGKILL:when={nth}")]).arg(env!("CARGO_BIN_EXE_saltcellar"));
    let output = binary::sheltered(strace.args(words)).output().expect("strace runs");
    fs::remove_file(log).expect("removed");
    Some(output.status.signal() == Some(9) || output.status.code() == Some(137))
}

#[test]
fn a_move_that_is_killed_at_any_call_loses_nothing() {
    let cell = |(name, data): (&&str, Option<&'static str>)| {
        let mut at = 1;
        loop {
            let ground = Ground::new(data);
            let all = ground.all();
            let Some(was_killed) = killed(&ground, name, at) else { return };
            assert_eq!(ground.all(), all, "{name} {at}: something is lost");
            if !was_killed {
                println!("move into {}: {name}: killed at {} calls, nothing lost", data.unwrap_or("nothing"), at - 1);
                return;
            }
            // Of the many reads at the start every few are enough.
            at += if *name == "openat" || *name == "write" { 3 } else { 1 };
        }
    };
    for data in [None, Some("one_person.json")] {
        CALLS.iter().for_each(|name| cell((name, data)));
    }
}
