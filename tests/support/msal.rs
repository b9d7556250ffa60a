//! The real MSAL libraries beside our tests: runs `tests/peers/peer`, whose README lists the commands.
//! Judges no answer.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;

use super::peers::missing;

/// One library, with its own way of locking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) &'static str);

/// Every library that does all that a peer can. `dotnet`, which writes only what `make` asks for, is not among them.
pub(crate) const LIBRARIES: &[&str] = &["python-filelock", "python-portalocker", "node", "java", "java-old", "go"];

/// Those of `names` that are installed; says of the others that they are skipped.
///
/// # Panics
/// With `SALTCELLAR_PEERS=required`, where a missing peer is a failure.
pub(crate) fn ready(names: &[&'static str]) -> Vec<Peer> {
    let list = fs::read_to_string(cache_folder().join("ready")).unwrap_or_default();
    let is_ready = |name: &&'static str| {
        let is_ready = list.lines().any(|line| line == *name);
        if !is_ready {
            missing(&format!("the MSAL peer {name} is not installed (tests/peers/prepare)"));
        }
        is_ready
    };
    names.iter().copied().filter(is_ready).map(Peer).collect()
}

/// Where `tests/peers/prepare` installs.
pub(crate) fn cache_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let below_home = || variable("HOME").map(|home| home.join(".cache"));
    let of_user = || variable("XDG_CACHE_HOME").or_else(below_home).unwrap_or_default().join("saltcellar/peers");
    variable("SALTCELLAR_PEER_CACHE").unwrap_or_else(of_user)
}

/// A file of `tests/peers`.
pub(crate) fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// The bytes of a cache, once they are made.
type Once = Arc<OnceLock<Vec<u8>>>;

impl Peer {
    /// A cache file in a new folder below `root`, where saltcellar takes the lock that this peer takes.
    pub(crate) fn cache_in(self, root: &Path) -> PathBuf {
        let folder = root.join(self.0).join(if self.0.starts_with("java") { ".IdentityService" } else { "app" });
        fs::create_dir_all(&folder).expect("a folder");
        folder.join("c.json")
    }

    /// A cache of `scenario`, made by this library, below `root`.
    pub(crate) fn make(self, root: &Path, scenario: &'static str) -> PathBuf {
        let file = self.cache_in(root);
        fs::write(&file, self.made(scenario)).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("0600");
        file
    }

    /// The bytes of `scenario`: made once for all tests, since a Java takes seconds to start.
    fn made(self, scenario: &'static str) -> Vec<u8> {
        static MADE: Mutex<BTreeMap<(&str, &str), Once>> = Mutex::new(BTreeMap::new());
        let once = Arc::clone(MADE.lock().expect("not poisoned").entry((self.0, scenario)).or_default());
        let make = || {
            let root = tempfile::tempdir().expect("a folder");
            let file = self.cache_in(root.path());
            self.run("make", &file, &[scenario]);
            fs::read(file).expect("readable")
        };
        once.get_or_init(make).clone()
    }

    /// Runs a command to its end; its answer.
    pub(crate) fn run(self, command: &str, file: &Path, words: &[&str]) -> Value {
        self.start(command, file, words).end()
    }

    /// Starts a command.
    pub(crate) fn start(self, command: &str, file: &Path, words: &[&str]) -> Running {
        let words = [OsStr::new(self.0), OsStr::new(command), file.as_os_str()]
            .into_iter()
            .chain(words.iter().map(|word| OsStr::new(*word)));
        let mut child = Command::new(program("peer"))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/peers/peer runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Running { peer: self, child, out }
    }
}

/// A command of a peer that has not ended. Ends with this value.
pub(crate) struct Running {
    peer: Peer,
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// The process, whose lock notes carry this number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of its output, without its end; empty when there is none.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("peers speak UTF-8");
        line.trim_end().to_owned()
    }

    /// Waits for exactly this line.
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.line(), line, "{}", self.peer.0);
    }

    /// Gives `stay` an order.
    pub(crate) fn order(&mut self, order: &str) {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{order}").expect("the peer listens");
    }

    /// Waits for the end; the last line, which is the answer.
    pub(crate) fn end(self) -> Value {
        let last = self.lines().pop();
        serde_json::from_str(&last.expect("an answer")).expect("JSON")
    }

    /// Waits for the end; every line as an answer of its own.
    pub(crate) fn answers(self) -> Vec<Value> {
        self.lines().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn lines(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        let lines = self.out.by_ref().lines().map(|line| line.expect("peers speak UTF-8")).collect();
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{} ended with {status}", self.peer.0);
        lines
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, most of the time.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
