//! The real binary in a pseudo terminal: it draws, writes, follows, and gives the terminal back.

mod following;
mod look;
mod pty;
mod restored;
mod users;

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use pty::{Pty, Start};
use saltcellar::cache::demo::DEMO;

/// The moment around which the demo was invented.
const AT: &str = "1795348800";

struct Home {
    folder: tempfile::TempDir,
    cache: PathBuf,
}

fn home() -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("msal.json");
    std::fs::write(&cache, DEMO).expect("a cache");
    std::fs::set_permissions(&cache, std::fs::Permissions::from_mode(0o600)).expect("a file of our own");
    Home { folder, cache }
}

impl Home {
    fn start(&self) -> Pty {
        self.start_with(&[])
    }

    fn start_with(&self, env: &[(&str, &str)]) -> Pty {
        let cache = self.cache.to_str().expect("a plain path");
        let pty = Pty::start(&Start { args: &[cache, "--at", AT], home: self.folder.path(), env });
        pty.wait_for("Key Vault");
        pty
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.cache).expect("a cache")
    }
}

#[test]
fn a_plan_names_who_has_the_cache_open_at_that_moment() {
    let home = home();
    let mut pty = home.start();
    pty.send("P\r");
    pty.wait_for("show what");
    pty.send("\x1b");
    pty.wait_without("show what");
    let mut sh = std::process::Command::new("sh");
    sh.args(["-c", "exec 7<\"$0\"; echo open; read x"]).arg(&home.cache);
    let mut app = sh.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().expect("sh runs");
    let mut told = [0; 5];
    app.stdout.take().expect("piped").read_exact(&mut told).expect("it has opened it");

    pty.send("P\r");

    pty.wait_for(&format!("sh (pid {}) has it open: close that first.", app.id()));
    drop(app.stdin.take());
    app.wait().expect("it ends");
    pty.send("\x1b");
    pty.wait_without("has it open");
    pty.send("q");
    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_session_filters_marks_prunes_undoes_resizes_and_quits() {
    let home = home();
    let mut pty = home.start();

    pty.send("/vault\r");
    pty.wait_for("1 of 25 shown");
    pty.send("\x1b");
    pty.wait_without("shown");
    pty.send(" ");
    pty.wait_for("1 marked");
    pty.send("uP");
    pty.wait_for("3 entries");
    pty.send("\r");
    pty.wait_for("show what");
    pty.send("W");
    pty.wait_for("z takes it back");
    pty.wait_for("22 items");
    assert!(!home.text().contains("vault.azure.net/user_impersonation\","));
    pty.send("z");
    pty.wait_for("Undo the last write?");
    pty.send("W");
    pty.wait_for("is taken back");
    pty.wait_for("25 items");
    assert_eq!(home.text(), DEMO, "an undo brings every byte back");
    pty.resize(5, 20);
    pty.wait_without("1 Accounts");
    pty.resize(24, 80);
    pty.wait_for("1 Accounts");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn health_is_told_mended_and_left() {
    let home = home();
    let mut pty = home.start();

    pty.send("H");
    pty.wait_for("Tokens of an account that no app can see");
    pty.send("\r");
    pty.wait_for("https://");
    pty.send("q");
    pty.wait_for("1 warning");
    pty.send("F");
    pty.wait_for("show what");
    pty.send("W");
    pty.wait_for("z takes it back");
    pty.wait_without("1 warning");
    pty.send("z");
    pty.wait_for("Undo the last write?");
    pty.send("W");
    pty.wait_for("is taken back");
    pty.wait_for("1 warning");
    assert_eq!(home.text(), DEMO);
    pty.send("\x1b");
    pty.wait_for("1 Accounts");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn why_is_told_searched_and_followed_to_an_entry() {
    let home = home();
    let mut pty = home.start();

    pty.send("w");
    pty.wait_for("All libraries agree");
    pty.send("/vm login\r");
    pty.wait_for("1 of ");
    pty.send("\r");
    pty.wait_for("1 Accounts");
    pty.wait_for("> AT   Azure VM login");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_write_that_waits_for_a_lock_can_be_cancelled_and_the_screen_stays() {
    let home = home();
    std::fs::write(home.folder.path().join("msal.json.lockfile"), "1 python").expect("a lock");
    let mut pty = home.start();

    pty.send("P");
    pty.wait_for("3 entries");
    pty.send("\rW");
    pty.wait_for("waiting for");
    pty.send("\x1b");
    pty.wait_for("cancelled");
    pty.send("?");
    pty.wait_for("this pane first");
    pty.send("Q");
    pty.send("qq");

    assert_eq!(pty.end().0, 0);
    assert_eq!(home.text(), DEMO);
}

#[test]
fn an_idle_screen_sends_nothing_and_takes_no_time() {
    let home = home();
    let cache = home.cache.to_str().expect("a plain path");
    // Nothing expires within the hour, and the minute turns in three quarters of one.
    let args = [cache, "--at", "1700000000"];
    let mut pty = Pty::start(&Start { args: &args, home: home.folder.path(), env: &[] });
    pty.wait_for("Key Vault");
    std::thread::sleep(Duration::from_secs(2));

    let (bytes, ticks) = (pty.count(), pty.ticks());
    std::thread::sleep(Duration::from_secs(10));

    let (bytes, ticks) = (pty.count() - bytes, pty.ticks() - ticks);
    println!("idle for 10 s: {bytes} bytes, {ticks} ticks");
    assert_eq!(bytes, 0);
    // A look at the file's stamp every two seconds may fill up a tick that was begun before.
    assert!(ticks <= 1, "{ticks} ticks");
    pty.send("q");
    pty.end();
}

#[test]
fn moving_the_cursor_sends_few_bytes() {
    let home = home();
    let mut pty = home.start();
    std::thread::sleep(Duration::from_millis(300));
    let before = pty.count();

    pty.send("1");
    std::thread::sleep(Duration::from_millis(300));

    assert!(pty.count() - before < 2500, "{} bytes", pty.count() - before);
    pty.send("q");
    pty.end();
}

#[test]
fn read_only_touches_nothing() {
    let home = home();
    let cache = home.cache.to_str().expect("a plain path");
    let args = [cache, "--at", AT, "--readonly"];
    let mut pty = Pty::start(&Start { args: &args, home: home.folder.path(), env: &[] });
    pty.wait_for("Key Vault");

    pty.send("P\rWdWRWzWZW\r");
    pty.wait_without("1 Accounts");
    pty.send("e\r\rW\x1b");
    pty.wait_for("1 Accounts");
    pty.send("q");
    pty.end();

    assert_eq!(home.text(), DEMO);
    assert_eq!(std::fs::read_dir(home.folder.path()).expect("a folder").count(), 1, "nothing lies beside the cache");
}

#[test]
fn the_demo_needs_no_cache() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pty = Pty::start(&Start { args: &["--demo"], home: folder.path(), env: &[] });

    pty.wait_for("DEMO, invented data");
    pty.wait_for("ada@contoso.com");
    pty.send("P");
    pty.wait_for("3 entries");
    pty.send("\rW");
    pty.wait_for("All 22");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn without_any_cache_the_places_tried_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    // Copies of caches are looked for among temporary files too.
    let mut pty = Pty::start(&Start { args: &[], home: folder.path(), env: &[("TMPDIR", "/nonexistent")] });

    pty.wait_for("No plaintext token cache is found here.");
    pty.wait_for("Azure CLI");
    pty.send("d");
    pty.wait_for("DEMO, invented data");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}
