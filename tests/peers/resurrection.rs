//! Apps that put back what others deleted: said beforehand, found right after the write, never silent.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use saltcellar::cache::Cache;
use saltcellar::lock::{Conventions, Patience};
use saltcellar::ops::{self, ForgetOptions};
use saltcellar::source::{Access, Committed, Place, ReadBack, Source};
use saltcellar::store::atomic::RealDisk;
use saltcellar::store::file::{FileOptions, FileStore, Links, Reading};
use saltcellar::time::{Clock, SystemClock};
use serde_json::Value;

use super::super::support::binary::{Run, command, sheltered};
use super::super::support::msal::{Peer, Running};
use super::super::support::peers::peer as tool;
use super::super::support::witness;
use super::{all_at_once, names, now, ready};

const GRACE: &str = "grace@fabrikam.com";
/// Puts entries back, and as what saltcellar warns of it.
const RESURRECTING: &[(&str, &str)] = &[("node", "Node"), ("java", "new MSAL4J")];
const FAITHFUL: &[&str] = &["python-filelock", "python-portalocker", "java-old", "go"];
const FORGET: [&str; 5] = ["forget", "--account", GRACE, "--confirm", GRACE];
const PRUNE: [&str; 4] = ["prune", "--resource", "https://graph.microsoft.com", "--yes"];

/// An app that has loaded its cache.
struct App {
    _root: tempfile::TempDir,
    cache: PathBuf,
    app: Running,
}

fn app(peer: Peer) -> App {
    let root = tempfile::tempdir().expect("a folder");
    let cache = peer.make(root.path(), "work");
    let mut app = peer.start("stay", &cache, &[]);
    app.expect("LOADED");
    App { _root: root, cache, app }
}

fn view(cache: &Path) -> Value {
    witness::read(cache, now()).expect("a cache")
}

fn saltcellar(words: &[&str], cache: &Path) -> Run {
    let run = Run::of(command(words).arg(cache).output().expect("saltcellar runs"));
    assert_eq!(run.code, Some(0), "{run:?}");
    run
}

/// Has a running app write after saltcellar: what saltcellar said beforehand, how much it took, how much came back.
fn take_then_touch(peer: Peer, words: &[&str]) -> (String, usize, usize) {
    let App { _root, cache, mut app } = app(peer);
    let before = view(&cache);
    let said = saltcellar(&[words, &["--dry-run"]].concat(), &cache).err;
    saltcellar(words, &cache);
    let after = view(&cache);

    app.order("touch");
    app.expect("DONE");

    let now = view(&cache);
    let (before, after, now) = (names(&before["entries"]), names(&after["entries"]), names(&now["entries"]));
    let taken: Vec<_> = before.difference(&after).collect();
    let back = taken.iter().filter(|entry| now.contains(**entry)).count();
    assert!(!taken.is_empty() && now.len() > after.len() + back, "the app has written");
    (said, taken.len(), back)
}

#[test]
fn node_and_java_put_back_what_saltcellar_warned_of() {
    let ready = ready(&["node", "java"]);
    let cells = RESURRECTING.iter().filter(|(name, _)| ready.contains(&Peer(name)));
    let cells = cells.flat_map(|cell| [(cell, &FORGET[..]), (cell, &PRUNE[..])]);

    all_at_once(cells, |((name, warned_as), words)| {
        let (said, taken, back) = take_then_touch(Peer(name), words);

        println!("{name} {}: {back} of {taken} put back", words[0]);
        assert!(back > 0);
        let warning = format!("{warned_as} apps put deleted entries back until restarted");
        assert!(said.contains(&warning), "{name}: {said}");
    });
}

#[test]
fn python_go_and_old_java_put_nothing_back_and_are_not_warned_of() {
    let cells = ready(FAITHFUL).into_iter().flat_map(|peer| [(peer, &FORGET[..]), (peer, &PRUNE[..])]);

    all_at_once(cells, |(peer, words)| {
        let (said, taken, back) = take_then_touch(peer, words);

        println!("{} {}: {back} of {taken} put back", peer.0, words[0]);
        assert_eq!(back, 0);
        // Which MSAL4J wrote a cache cannot be told: the warning then says "new".
        let is_warned = said.contains("put deleted entries back");
        assert_eq!(is_warned, peer.0 == "java-old", "{}: {said}", peer.0);
    });
}

/// A clock on which an app writes whenever saltcellar sleeps.
struct AppWakes {
    clock: SystemClock,
    app: Mutex<Running>,
}

impl Clock for AppWakes {
    fn wall(&self) -> Duration {
        self.clock.wall()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn sleep(&self, _: Duration) {
        let mut app = self.app.lock().expect("not poisoned");
        app.order("touch");
        app.expect("DONE");
    }
}

/// Forgets an account while `app` writes right after.
fn forget_beside(cache: &Path, app: Running) -> Committed {
    let clock: Arc<dyn Clock> = Arc::new(AppWakes { clock: SystemClock::new(), app: Mutex::new(app) });
    let options = FileOptions {
        path: cache.to_owned(),
        links: Links::Refuse,
        conventions: Conventions::AsFolderSays,
        reading: Reading::Plain,
    };
    let store = FileStore::new(options, Arc::new(RealDisk), Arc::new(SystemClock::new())).expect("a store");
    let source = Source::with_store(Place::file(cache), std::sync::Arc::new(store), Access::default(), clock);
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    let patience = Patience { clock: &clock, wait: Duration::from_secs(5), cancel: &cancel, waiting: &|_| {} };
    let options = ForgetOptions { accounts: vec![GRACE.to_owned()], clients: Vec::new() };
    let committed = source.commit(&patience, &|loaded| Ok(ops::forget(&Cache::of(&loaded.document), &options)));
    committed.expect("committed")
}

#[test]
fn what_an_app_puts_back_at_once_is_named() {
    all_at_once(ready(&["node", "java"]), |peer| {
        let App { _root, cache, app } = app(peer);

        let committed = forget_beside(&cache, app);

        let ReadBack::Resurrected(back) = &committed.read_back else { panic!("{:?}", committed.read_back) };
        let seen = view(&cache);
        let there = names(&seen["entries"]);
        let named = |path: &saltcellar::json::Path| match path.0.as_slice() {
            [section, key] => there.contains(&(section.name.as_str(), key.name.as_str())),
            _ => false,
        };
        println!("{}: {} of {} named as put back", peer.0, back.len(), committed.patch.changes.len());
        assert!(!back.is_empty() && back.iter().all(named), "{back:?}");
        let still_gone = committed.patch.paths().filter(|path| !back.contains(path));
        assert_eq!(still_gone.filter(|path| named(path)).count(), 0);
    });
}

#[test]
fn a_write_of_another_app_that_puts_nothing_back_is_told_apart() {
    all_at_once(ready(&["python-filelock", "go"]), |peer| {
        let App { _root, cache, app } = app(peer);

        let committed = forget_beside(&cache, app);

        assert_eq!(committed.read_back, ReadBack::Changed, "{}", peer.0);
    });
}

/// Runs the binary so that its sleep after the write takes seconds, in which `app` writes.
fn binary_beside(cache: &Path, mut app: Running, words: &[&str]) -> Option<Run> {
    let mut strace = tool("strace")?;
    let inject = ["-e", "trace=clock_nanosleep", "-e", "inject=clock_nanosleep:delay_enter=6000000"];
    strace.args(["-f", "-qq", "-o", "/dev/null"]).args(inject);
    strace.arg(env!("CARGO_BIN_EXE_saltcellar")).args(FORGET).args(words).arg(cache);
    sheltered(&mut strace);
    let child = strace.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("strace runs");
    let began = Instant::now();
    while fs::read_to_string(cache).is_ok_and(|text| text.contains(GRACE)) {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing is forgotten");
        std::thread::sleep(Duration::from_millis(5));
    }
    app.order("touch");
    app.expect("DONE");
    Some(Run::of(child.wait_with_output().expect("it ends")))
}

#[test]
fn the_command_line_says_what_was_put_back() {
    all_at_once(ready(&["node"]), |peer| {
        let (words, json) = (app(peer), app(peer));

        let Some(words) = binary_beside(&words.cache, words.app, &[]) else { return };
        let Some(json) = binary_beside(&json.cache, json.app, &["--json"]) else { return };

        assert_eq!((words.code, json.code), (Some(0), Some(0)), "{words:?} {json:?}");
        assert!(words.err.contains("put back by a running app"), "{}", words.err);
        let answer = json.json();
        assert_eq!(answer["read_back"], "resurrected", "{answer}");
        let back = names(&answer["resurrected"]).len();
        println!("{}: {back} named by the command line", peer.0);
        assert!(back > 0);
    });
}
