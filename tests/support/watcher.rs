//! The real `saltcellar watch --json`, and what it says line by line.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

use super::binary::command;

/// Longer than a loaded machine needs to see a change and to tell it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running watch. Ends with this value.
pub(crate) struct Watcher {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Watcher {
    /// Watches `file`, and looks already when this returns.
    pub(crate) fn of(file: &Path, words: &[&str]) -> Self {
        let mut command = command(["watch", "--json"].iter().chain(words));
        Self::started(command.arg(file), file)
    }

    /// The same in words.
    pub(crate) fn in_words(file: &Path, words: &[&str]) -> Self {
        let mut command = command(["watch"].iter().chain(words));
        let this = Self::started(command.arg(file), file);
        let line = next(&this.err).unwrap_or_default();
        assert!(line.starts_with("Watching "), "{line}");
        this
    }

    fn started(command: &mut Command, file: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("saltcellar runs");
        let out = lines(child.stdout.take().expect("piped"));
        let err = lines(child.stderr.take().expect("piped"));
        // It has read the cache when the kernel has told it of the folder and it has closed the file again.
        let is_ready = || {
            let of = |name: &str| std::fs::read_dir(format!("/proc/{}/{name}", child.id()));
            let files: Vec<_> =
                of("fd").into_iter().flatten().flatten().filter_map(|fd| fd.path().read_link().ok()).collect();
            files.iter().any(|file| file.to_string_lossy().contains("inotify"))
                && !files.iter().any(|open| open == file)
        };
        for _ in 0..500 {
            if is_ready() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(100));
        Self { child, out, err }
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line, without its end; empty at the end.
    pub(crate) fn line(&mut self) -> String {
        next(&self.out).unwrap_or_default()
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Sends the signal called `name`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end: the exit code and the lines that nobody has read yet.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<Value>) {
        let rest = std::iter::from_fn(|| next(&self.out));
        let rest = rest.map(|line| serde_json::from_str(&line).expect("whole lines of JSON")).collect();
        // Its output has ended, so it is about to.
        let status = self.child.wait().expect("it ends");
        (status.code(), rest)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Ended already, most of the time.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The lines of `pipe`, read by a thread of its own: a read cannot be given up, a wait can.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            if tell.send(line.expect("it speaks UTF-8")).is_err() {
                return;
            }
        }
    });
    told
}

/// The next line without its end; `None` at the end of all of them.
fn next(told: &Receiver<String>) -> Option<String> {
    match told.recv_timeout(PATIENCE) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("saltcellar watch has told nothing for {PATIENCE:?}"),
    }
}

/// `event` as "kind Section/key" of each of its differences.
pub(crate) fn told(event: &Value) -> Vec<String> {
    let differences = event["differences"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    differences
        .iter()
        .map(|one| format!("{} {}/{}", text(&one["kind"]), text(&one["section"]), text(&one["key"])))
        .collect()
}

/// (section, key) to the fingerprint of its secret.
pub(crate) type State = BTreeMap<(String, String), Value>;

/// Makes of `state` what `event` says happened. Fails when the event does not fit: something was lost or told twice.
pub(crate) fn replay(state: &mut State, event: &Value) {
    for one in event["differences"].as_array().expect("a list") {
        let name = |side: &Value| {
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            (text(&one["section"]), text(&side["key"]))
        };
        if !one["was"].is_null() {
            let gone = state.remove(&name(&one["was"]));
            assert_eq!(gone.as_ref(), Some(&one["was"]["fingerprint"]), "{one}");
        }
        if !one["is"].is_null() {
            let old = state.insert(name(&one["is"]), one["is"]["fingerprint"].clone());
            assert_eq!(old, None, "{one}");
        }
    }
}
