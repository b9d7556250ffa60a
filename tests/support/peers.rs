//! What may be missing on this machine: real runtimes, shared reference files. A test without them
//! says `skipped: why`, a line that `tests/run` collects; it never passes in silence.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The path of a shared reference file or folder; says that the test is skipped when it is absent.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("SALTCELLAR_SHARED").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    say_skipped(&format!("{name} is not in the shared folder (SALTCELLAR_SHARED)"));
    None
}

/// A command that runs `program`; says that the test is skipped when there is none.
///
/// # Panics
/// With `SALTCELLAR_PEERS=required`, where a missing peer is a failure.
pub(crate) fn peer(program: &str) -> Option<Command> {
    let answers = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if answers.is_ok_and(|status| status.success()) {
        return Some(Command::new(program));
    }
    missing(&format!("{program} is not on this machine"));
    None
}

/// Whether the Python script at `path` agrees with all of `cases`, a line each; `None` without Python.
pub(crate) fn agrees(path: &str, cases: &[String]) -> Option<bool> {
    let mut python = peer("python3")?;
    let started = python.args(["-B", path]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut script = started.expect("python3 starts");
    let mut input = script.stdin.take().expect("stdin is a pipe");
    input.write_all(cases.join("\n").as_bytes()).expect("the script reads");
    drop(input);
    Some(script.wait().expect("the script ends").success())
}

/// Whether `program` is on the PATH; says that the test is skipped when it is not.
///
/// # Panics
/// With `SALTCELLAR_PEERS=required`, where a missing peer is a failure.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
        return true;
    }
    missing(&format!("{program} is not on this machine"));
    false
}

/// Says that something real is missing, and that what needs it is skipped.
///
/// # Panics
/// With `SALTCELLAR_PEERS=required`.
pub(crate) fn missing(what: &str) {
    let required = std::env::var_os("SALTCELLAR_PEERS").is_some_and(|value| value == "required");
    assert!(!required, "{what}, and is required");
    say_skipped(what);
}

/// `tests/run` collects these lines.
fn say_skipped(why: &str) {
    println!("skipped: {why}");
}
