//! What the one door out promises: fresh plans, the way back, refusals, and what a peer did meanwhile.

mod undo;

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::json::{Change, Edit, Patch, Path, Position, Text};
use saltcellar::ops;
use saltcellar::secret::SecretText;
use saltcellar::source::{Access, Committed, Patience, Place, ReadBack, Source, SourceError, Turn, Undoable};
use saltcellar::time::{Clock as _, SystemClock};

fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("0600");
    (folder, path)
}

fn open(path: &FilePath, access: Access) -> Source {
    Source::open(&Place::file(path), access).expect("opened")
}

fn patience<T>(work: impl FnOnce(&Patience<'_>) -> T) -> T {
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    work(&Patience { clock: &clock, wait: Duration::from_secs(1), cancel: &cancel, waiting: &|_| {} })
}

fn removal(path: &str) -> Patch {
    let edit = Edit::Remove(path.parse().expect("a path"));
    Patch { title: "Remove".to_owned(), changes: vec![Change { edit, why: "test".into() }] }
}

fn remove(source: &Source, path: &str) -> Result<Committed, SourceError> {
    patience(|patience| source.commit(patience, &|_| Ok(removal(path))))
}

/// Brings in a letter that is not ASCII.
fn wide() -> Patch {
    let [name, value] = ["\"c\"", "{\"username\": \"Zoë\"}"].map(|raw| Text::Printed(SecretText::new(raw.to_owned())));
    let edit = Edit::Insert { object: "/AccessToken".parse().expect("a path"), at: Position::Last, name, value };
    Patch { title: "Insert".to_owned(), changes: vec![Change { edit, why: "test".into() }] }
}

fn text(path: &FilePath) -> String {
    std::fs::read_to_string(path).expect("readable")
}

const TWO: &str = r#"{"AccessToken":{"a":{"secret":"A"},"b":{"secret":"B"}}}"#;

#[test]
fn a_proposal_is_asked_again_about_what_another_process_wrote() {
    let (_folder, path) = write(TWO);
    let source = open(&path, Access::default());
    let asked = std::cell::Cell::new(0);

    let committed = patience(|patience| {
        source.commit(patience, &|loaded| {
            if asked.replace(asked.get() + 1) == 0 {
                // Between our reading and the lock, a peer that ignores locks writes in place.
                std::fs::write(&path, r#"{"AccessToken":{"c":{"secret":"C"},"a":{"secret":"A"}}}"#).expect("written");
            }
            assert!(loaded.document.get(&Path::entry("AccessToken", "a")).is_some());
            Ok(removal("/AccessToken/a"))
        })
    });

    assert!(committed.expect("committed").written);
    assert_eq!(asked.get(), 2);
    assert_eq!(text(&path), r#"{"AccessToken":{"c":{"secret":"C"}}}"#);
}

#[test]
fn a_plan_at_hand_is_carried_out_as_it_is_and_made_anew_only_on_another_file() {
    let (_folder, path) = write(TWO);
    let source = open(&path, Access::default());
    let commit = |peer: Option<&str>| {
        let planned = (source.load().expect("loaded"), removal("/AccessToken/a"));
        peer.into_iter().for_each(|text| std::fs::write(&path, text).expect("written"));
        let asked = std::cell::Cell::new(0);
        let again = |_: &_| {
            asked.set(asked.get() + 1);
            Ok(removal("/AccessToken/b"))
        };
        let committed = patience(|patience| source.commit_planned(patience, planned, &again)).expect("committed");
        assert!(committed.written);
        (text(&path), asked.get())
    };

    assert_eq!(commit(None), (TWO.replace(r#""a":{"secret":"A"},"#, ""), 0));
    std::fs::write(&path, TWO).expect("written");
    assert_eq!(commit(Some(&TWO.replace("\"A\"", "\"C\""))), (r#"{"AccessToken":{"a":{"secret":"C"}}}"#.to_owned(), 1));
}

/// A cache of nine megabytes: the new text of one is judged while it is written, and by stretches from eight on.
fn large() -> String {
    let entries: Vec<String> =
        (0..6000).map(|at| format!("\"k{at}\":{{\"secret\":\"{at}{}\"}}", "x".repeat(1500))).collect();
    format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","))
}

#[test]
fn a_large_cache_keeps_every_byte_that_no_edit_names() {
    let old = large();
    let (_folder, path) = write(&old);
    let source = open(&path, Access::default());

    let committed = remove(&source, "/AccessToken/k3000").expect("committed");

    let gone = old.find("\"k3000\"").expect("there")..old.find("\"k3001\"").expect("there");
    assert!(text(&path) == [&old[..gone.start], &old[gone.end..]].concat());
    assert_eq!((committed.read_back, committed.after.len()), (ReadBack::Same, old.len() - gone.len()));
    patience(|patience| source.undo(patience, &ops::restore)).expect("undone");
    assert!(text(&path) == old);
}

#[test]
fn a_large_cache_in_a_session_stays_in_it() {
    let wrapped = |text: &str| format!(r#"{{"cookie":{{}},"tokenCache":{},"visits":1}}"#, serde_json::json!(text));
    let (_folder, path) = write(&wrapped(&large()));

    let committed = remove(&open(&path, Access::default()), "/AccessToken/k3000").expect("committed");

    let pieces: String = committed.after.document().pieces().collect();
    assert!(text(&path) == wrapped(&pieces) && !pieces.contains("\"k3000\""));
}

#[test]
fn a_large_text_that_was_written_before_its_verdict_goes_when_that_is_no() {
    let old = large();
    let (folder, path) = write(&old);
    let source = open(&path, Access::default());

    let error = patience(|patience| source.commit(patience, &|_| Ok(wide()))).expect_err("refused");

    assert!(error.to_string().contains("is ASCII and would not be any more"), "{error}");
    assert!(text(&path) == old);
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "the cache alone");
}

/// What is found after a change if a peer writes `back` in place as soon as the new text stands. On a loaded machine it
/// may come too late, and is tried again.
fn found_behind_a_peer(back: &str) -> ReadBack {
    let once = |_| {
        let (_folder, path) = write(TWO);
        let source = open(&path, Access::default());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while text(&path) == TWO {
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::fs::write(&path, back).expect("written");
            });
            remove(&source, "/AccessToken/a").expect("committed").read_back
        })
    };
    (0..20).map(once).find(|found| *found != ReadBack::Same).expect("the peer is quick enough once")
}

#[test]
fn what_a_peer_puts_back_at_once_is_named_and_what_else_it_writes_is_not() {
    let back = ReadBack::Resurrected(vec![Path::entry("AccessToken", "a")]);

    assert_eq!(found_behind_a_peer(TWO), back);
    assert_eq!(found_behind_a_peer(r#"{"AccessToken":{"c":{"secret":"C"}}}"#), ReadBack::Changed);
}

#[test]
fn nothing_is_written_read_only() {
    let (folder, path) = write(TWO);
    let source = open(&path, Access { readonly: Some("--readonly".to_owned()), ..Access::default() });

    let error = remove(&source, "/AccessToken/a").expect_err("refused");

    assert!(error.to_string().ends_with("is open read-only, by --readonly"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
}

#[test]
fn a_cache_that_is_ascii_stays_ascii() {
    let (_other, path) = write(r#"{"AccessToken":{"é":{}}}"#);
    let grown = patience(|patience| open(&path, Access::default()).commit(patience, &|_| Ok(wide())));
    assert!(grown.expect("committed").written);
    let (_folder, path) = write(TWO);
    let source = open(&path, Access::default());

    let error = patience(|patience| source.commit(patience, &|_| Ok(wide()))).expect_err("refused");

    assert!(error.to_string().contains("is ASCII and would not be any more"), "{error}");
    assert_eq!(text(&path), TWO);
}

#[test]
fn links_are_refused_unless_asked_for() {
    let (folder, path) = write(TWO);
    let (link, hard) = (folder.path().join("link.json"), folder.path().join("hard.json"));
    std::os::unix::fs::symlink(&path, &link).expect("linked");

    let refused = remove(&open(&link, Access::default()), "/AccessToken/a").expect_err("refused");
    let followed = remove(&open(&link, Access { follow_symlink: true, ..Access::default() }), "/AccessToken/a");
    std::fs::hard_link(&path, &hard).expect("linked");
    let hard = remove(&open(&hard, Access::default()), "/AccessToken/b").expect_err("refused");

    assert!(refused.to_string().contains("symbolic link"), "{refused}");
    assert!(followed.expect("followed").written);
    assert!(link.symlink_metadata().expect("there").is_symlink());
    assert!(hard.to_string().contains("hard link"), "{hard}");
}

#[test]
fn mode_and_attributes_are_kept_and_new_files_are_private() {
    let (folder, path) = write(TWO);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("0640");
    let attribute = xattr::set(&path, "user.note", b"kept").is_ok();
    let source = open(&path, Access::default());

    remove(&source, "/AccessToken/a").expect("committed");

    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
    if attribute {
        assert_eq!(xattr::get(&path, "user.note").expect("read").as_deref(), Some(&b"kept"[..]));
    } else {
        println!("skipped: this file system keeps no extended attributes");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 2, "the cache and its undo");
}

#[test]
fn a_torn_text_is_waited_for_while_a_lock_stands() {
    let (folder, path) = write("{\"AccessToken\":{");
    let lock = folder.path().join("cache.json.lockfile");
    std::fs::write(&lock, "1 az").expect("written");
    let source = open(&path, Access::default());
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(700));
            std::fs::write(&path, TWO).expect("written");
            std::fs::remove_file(lock).expect("removed");
        })
    };

    let loaded = source.load().expect("whole in the end");

    writer.join().expect("the writer ends");
    assert_eq!(loaded.document.len(), TWO.len());
}

#[test]
fn no_bytes_are_no_empty_cache_while_somebody_alive_holds_the_lock() {
    let (folder, path) = write("");
    let lock = folder.path().join("cache.json.lockfile");
    let (alive, nobody) = (format!("{} az", std::process::id()), String::new());

    let [written, left] = [alive, nobody].map(|note| {
        std::fs::write(&lock, note).expect("written");
        open(&path, Access::default()).load()
    });

    assert!(matches!(written, Err(SourceError::Locked { .. })));
    assert!(left.is_ok_and(|loaded| loaded.document.is_empty()));
}

#[test]
fn a_broken_text_gets_its_verdict_within_a_second() {
    let (_folder, path) = write("{\"AccessToken\":{");
    let start = std::time::Instant::now();

    let error = open(&path, Access::default()).load().expect_err("broken");

    assert!(matches!(error, SourceError::NotACache { .. }));
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn special_files_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("run").success());

    for path in [pipe.as_path(), folder.path(), FilePath::new("/dev/zero")] {
        let error = open(path, Access::default()).load().expect_err("refused");
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
}

#[test]
fn a_busy_peer_waits_for_a_rename_only_and_cannot_keep_us_out() {
    let (_folder, path) = write(TWO);
    let source = open(&path, Access::default());
    let (lock, seen) = (lock_of(&path), RefCell::new(Vec::new()));

    // The peer respects the lock: it writes between our plan and our lock, as long as it can.
    let committed = patience(|patience| {
        source.commit(patience, &|_| {
            let locked = lock.exists();
            if !locked {
                let turn = seen.borrow().len();
                std::fs::write(&path, TWO.replace("\"A\"", &format!("\"A{turn}\""))).expect("the peer writes");
            }
            seen.borrow_mut().push(locked);
            Ok(removal("/AccessToken/a"))
        })
    });

    assert!(committed.expect("committed").written);
    assert_eq!(seen.into_inner(), [false, false, false, false, true]);
    assert!(!lock.exists());
}

fn lock_of(path: &FilePath) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lockfile");
    PathBuf::from(name)
}
