//! A Secret Service of a test's own: the test runs once more in a process of its own, whose environment leads to a
//! private bus and a real GNOME Keyring (`tests/peers/keyring`). Nothing of it reaches the user's keyring.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::binary::{Run, command};
use super::msal::{cache_folder, program, ready};

/// Set by `tests/peers/keyring` for what it runs.
const FOLDER: &str = "KEYRING_FOLDER";

/// Whether this process runs beside a keyring already.
pub(crate) fn is_here() -> bool {
    std::env::var_os(FOLDER).is_some()
}

/// `true` beside a keyring in `state` (`unlocked`, `locked`, `fresh`, `none`); else runs `test` there, if it can be.
///
/// # Panics
/// The test failed there.
pub(crate) fn beside(state: &str, test: &str) -> bool {
    beside_filled(state, test, "")
}

/// The same, `fill` being a shell line that is run while the keyring is still open.
pub(crate) fn beside_filled(state: &str, test: &str, fill: &str) -> bool {
    if is_here() {
        return true;
    }
    if ready(&["keyring"]).is_empty() {
        return false;
    }
    let mut child = Command::new(program("keyring"));
    child.arg(std::env::current_exe().expect("a path")).args(["--exact", test, "--nocapture"]);
    child.env("KEYRING", state).env("KEYRING_FILL", fill).env("SALTCELLAR_PEER_CACHE", cache_folder());
    let status = child.stdin(Stdio::null()).status().expect("tests/peers/keyring runs");
    assert!(status.success(), "{test} failed beside a keyring that is {state}");
    false
}

/// The home of the user whose keyring it is.
pub(crate) fn home() -> PathBuf {
    Path::new(&std::env::var_os(FOLDER).expect("beside a keyring")).join("home")
}

/// `saltcellar WORDS…`, which reaches that keyring and has no terminal.
pub(crate) fn saltcellar(words: &[&str]) -> Run {
    let mut run = command(words);
    for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME"] {
        run.env(name, std::env::var_os(name).expect("beside a keyring"));
    }
    Run::of(run.output().expect("saltcellar runs"))
}

/// Keeps `secret` in an item with `attributes` (words of `secret-tool`), as an app would; tried again, for `KWallet` and
/// secret-tool come to no common key one time in a hundred.
///
/// # Panics
/// It is not kept.
pub(crate) fn store(secret: &str, attributes: &[&str]) {
    assert!((0..5).any(|_| kept(secret, attributes)), "secret-tool cannot store");
}

fn kept(secret: &str, attributes: &[&str]) -> bool {
    use std::io::Write as _;
    let mut tool = Command::new("secret-tool");
    tool.args(["store", "--label", "a label"]).args(attributes).stdin(Stdio::piped());
    let mut child = tool.spawn().expect("secret-tool runs");
    // One that gives up early does not listen.
    _ = child.stdin.take().expect("piped").write_all(secret.as_bytes());
    child.wait().expect("it ends").success()
}

/// What a shell prints for `line`, with standard error.
pub(crate) fn shell(line: &str) -> String {
    let binary = env!("CARGO_BIN_EXE_saltcellar");
    let output = Command::new("bash").arg("-c").arg(format!("exec 2>&1; {line}")).env("SALTCELLAR", binary).output();
    String::from_utf8_lossy(&output.expect("bash runs").stdout).into_owned()
}
