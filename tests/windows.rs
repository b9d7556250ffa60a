//! saltcellar on Windows: the real program, built for it, under Wine beside real peers. `tests/windows/run` builds and
//! prepares it all and names the folder in `SALTCELLAR_WINDOWS`; without it these tests say that they are skipped.
//! What fails here is ours only if Wine does as Windows would: `tests/windows/README.md` tells where it does not.

mod dpapi;
mod files;
mod locks;
mod stories;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::patient;

/// Longer than any program here takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The folder that `tests/windows/run` prepared.
fn prepared() -> Option<PathBuf> {
    let folder = std::env::var_os("SALTCELLAR_WINDOWS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: Windows is run by tests/windows/run");
    }
    folder
}

/// A folder with a cache in it, on a Windows.
struct Desk {
    store: PathBuf,
    folder: TempDir,
}

impl Desk {
    /// An empty folder; `None` where nothing is prepared.
    fn new() -> Option<Self> {
        Some(Self { store: prepared()?, folder: tempfile::tempdir().expect("a folder for the test") })
    }

    /// The same, with two people's cache as `c.json`.
    fn with_cache() -> Option<Self> {
        let desk = Self::new()?;
        std::fs::copy(data("two_people.json"), desk.path("c.json")).expect("copied");
        Some(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("readable")
    }

    /// The files that are there, in order.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("listed");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// `name` as Windows calls it.
    fn windows_path(&self, name: &str) -> String {
        format!("Z:{}", self.path(name).display()).replace('/', "\\")
    }

    /// A program of Windows, in this folder.
    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut wine = Command::new("/usr/lib/wine/wine64");
        wine.arg(self.store.join(program)).args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        wine.env_clear().env("WINEPREFIX", self.store.join("prefix")).env("WINEDEBUG", "-all");
        wine.env("HOME", &self.store).env("TZ", "UTC").env("NODE_SKIP_PLATFORM_CHECK", "1");
        wine
    }

    /// What saltcellar says to `words` when another user of this Windows runs it, who may read the folder; `None` where
    /// nobody can become another.
    fn saltcellar_of_another(&self, words: &[&str]) -> Option<Output> {
        use std::os::unix::fs::PermissionsExt as _;
        let prefix = self.store.join("of-another");
        if !prefix.join("drive_c").is_dir() {
            println!("skipped: tests/windows/run made no Wine of another user: only root can");
            return None;
        }
        for (path, mode) in [(self.folder.path().to_owned(), 0o755), (self.path("c.bin"), 0o644)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("opened");
        }
        let own = self.command("bin/saltcellar.exe", words);
        let mut other = Command::new("setpriv");
        other
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .arg(own.get_program())
            .args(own.get_args());
        other.current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        other.env("WINEPREFIX", &prefix).env("HOME", &prefix).env("WINEDEBUG", "-all").env("TZ", "UTC");
        Some(patient::output(&mut other, PATIENCE).expect("it ends"))
    }

    /// What saltcellar says to `words`.
    fn saltcellar(&self, words: &[&str]) -> Output {
        patient::output(&mut self.command("bin/saltcellar.exe", words), PATIENCE).expect("it ends")
    }

    /// Starts a program that says one line once it has what it came for; the line, and the program itself.
    fn begin(&self, program: &str, words: &[&str]) -> Begun {
        let mut child =
            self.command(program, words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut said = String::new();
        out.read_line(&mut said).expect("it says something");
        Begun { said: said.trim_end().to_owned(), child, out }
    }
}

/// A program at work.
struct Begun {
    said: String,
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Begun {
    /// Ends its input and waits for its end; what it said last.
    fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.out, &mut rest).expect("text");
        self.child.wait().expect("it ends");
        rest.trim_end().to_owned()
    }

    /// The same after a while, from a thread of its own.
    fn end_after(self, pause: Duration) -> JoinHandle<String> {
        std::thread::spawn(move || {
            std::thread::sleep(pause);
            self.end()
        })
    }

    /// Ends it as a crash would.
    fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a change here would make of the same file on this machine, for comparison.
fn changed_here(text: &str, words: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.json");
    std::fs::write(&path, text).expect("written");
    let mut ours = Command::new(env!("CARGO_BIN_EXE_saltcellar"));
    let (verb, options) = words.split_first().expect("a command");
    let done = ours.arg(verb).arg(&path).args(options).output().expect("it runs");
    assert!(done.status.success(), "{}", self::text(&done.stderr));
    std::fs::read_to_string(&path).expect("readable")
}
