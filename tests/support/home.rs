//! A home folder of a test's own and the real binary in it. Sets every variable that matters, so that neither the
//! machine's caches nor its settings are ever seen.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::patient;

/// `hold` lets a living process hold the lock of `c.json`, as MSAL Python does; `once` waits until a word stands in a
/// file, so that a story need not guess how long a loaded machine takes.
const PRELUDE: &str = "umask 022; set -o pipefail
hold() { sleep 20 > /dev/null 2>&1 & echo \"$! python\" > c.json.lockfile; trap \"kill $!\" EXIT; }
once() { until grep -qs \"$1\" \"$2\"; do sleep 0.05; done; }
";
/// Longer than any command of a story takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A home folder that goes with the value.
pub(crate) struct Home {
    folder: TempDir,
    /// The prepared folder of `tests/windows/run`, if the program runs under Wine.
    windows: Option<PathBuf>,
}

impl Home {
    /// An empty home.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for the test"), windows: None }
    }

    /// An empty home in which `saltcellar` is the program of Windows.
    pub(crate) fn on_windows(prepared: PathBuf) -> Self {
        Self { windows: Some(prepared), ..Self::new() }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts `text` at `name`, for its owner alone.
    pub(crate) fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("inside the home")).expect("a folder");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("its owner's");
        path
    }

    /// What `line` does in a shell that starts here: `saltcellar` is the binary under test, `$DATA` the test's data.
    ///
    /// # Panics
    /// It, or something that it started and that still holds its output, goes on for longer than [`PATIENCE`].
    pub(crate) fn shell(&self, line: &str) -> Output {
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(format!("{PRELUDE}{line}")).stdin(Stdio::null());
        self.settle(&mut shell);
        patient::output(&mut shell, PATIENCE)
            .unwrap_or_else(|late| panic!("after {PATIENCE:?} this goes on: {line}\n{late}"))
    }

    /// Gives `command` this home and nothing of the machine's environment.
    fn settle(&self, command: &mut Command) {
        command.env_clear().current_dir(self.path());
        for (name, value) in self.environment() {
            command.env(name, value);
        }
    }

    /// The variables of a process in this home.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let program = Path::new(env!("CARGO_BIN_EXE_saltcellar"));
        let folder = program.parent().expect("a binary lies in a folder").to_owned();
        let folder = self.windows.as_ref().map_or(folder, |windows| windows.join("bin"));
        let folder = folder.display();
        vec![
            ("HOME", self.path().display().to_string()),
            ("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin")),
            ("DATA", format!("{}/tests/data", env!("CARGO_MANIFEST_DIR"))),
            // Copies of caches are looked for in there: those of the machine are none of a test's business.
            ("TMPDIR", self.path().join("tmp").display().to_string()),
            ("TZ", "UTC".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
        ]
    }

    /// `text` with this home's path as `/home`, so that transcripts are the same on every machine.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let path = self.path().display().to_string();
        match self.windows {
            Some(_) => without_backslashes(&as_on_unix(text, &path)),
            None => text.replace(&path, "/home"),
        }
    }
}

/// `text` with the home at `path`, as Windows and JSON spell it, called `/home`.
fn as_on_unix(text: &str, path: &str) -> String {
    let text = text.replace("saltcellar.exe", "saltcellar");
    let windows = format!("Z:{}", path.replace('/', "\\"));
    text.replace(&windows.replace('\\', "\\\\"), "/home").replace(&windows, "/home").replace(path, "/home")
}

/// `text` with slashes in every path that begins with `/home` or `~`, and without the quotes that backslashes ask for.
fn without_backslashes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = ["/home", "~\\", "~/"].iter().filter_map(|begin| rest.find(begin)).min() {
        let (before, path) = rest.split_at(at);
        let end = path.find(|c: char| !(c.is_alphanumeric() || "~\\/._-%".contains(c))).unwrap_or(path.len());
        let (path, behind) = path.split_at(end);
        let is_quoted = before.ends_with('\'') && behind.starts_with('\'');
        out.push_str(if is_quoted { before.strip_suffix('\'').unwrap_or(before) } else { before });
        out.push_str(&path.replace("\\\\", "/").replace('\\', "/"));
        rest = if is_quoted { behind.strip_prefix('\'').unwrap_or(behind) } else { behind };
    }
    out + rest
}
