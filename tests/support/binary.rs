//! The real `saltcellar` binary, away from the user's own environment.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// `saltcellar WORDS…`, which sees nothing of the user's home and has no terminal.
pub(crate) fn command<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saltcellar"));
    sheltered(command.args(words));
    command
}

/// Gives `command` an environment of its own.
pub(crate) fn sheltered(command: &mut Command) -> &mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("LANG", "C.UTF-8").stdin(Stdio::null());
    // Copies of caches are looked for among temporary files too.
    command.env("HOME", "/nonexistent").env("TMPDIR", "/nonexistent")
}

/// Runs it to its end.
pub(crate) fn run<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Run {
    Run::of(command(words).output().expect("saltcellar runs"))
}

/// `saltcellar COMMAND FILE WORDS… --json`, which must end well; its answer.
pub(crate) fn answer(subcommand: &str, file: &Path, words: &[&str]) -> Value {
    let head = [OsStr::new(subcommand), file.as_os_str(), OsStr::new("--json")];
    let run = run(head.into_iter().chain(words.iter().map(|word| OsStr::new(*word))));
    assert_eq!(run.code, Some(0), "{subcommand} {words:?}: {}{}", run.out, run.err);
    run.json()
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("saltcellar prints UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
