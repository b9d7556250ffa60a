//! A home of its own for each test, and the shipped binary run in it: nothing of the user's is seen or touched,
//! nothing runs longer than it may.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// More than any command takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that is the home, the place of temp files and the working folder of what runs in it.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    /// An empty home.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("tmp")).expect("a folder for temp files");
        Self { folder }
    }

    /// The path of `name` in it.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a private file, with the folders above it.
    pub(crate) fn put(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it lies in the home")).expect("folders");
        std::fs::write(&path, bytes).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("made private");
        path
    }

    /// The environment of what runs here: nothing is inherited.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.path("")),
            ("TMPDIR", self.path("tmp")),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("PATH", "/usr/bin:/bin".into()),
        ]
    }

    /// The binary with `words`, ready to run here.
    pub(crate) fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        self.program(BINARY, words)
    }

    /// Any program, ready to run here.
    pub(crate) fn program<W: AsRef<OsStr>>(&self, program: &str, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(program);
        command.args(words).env_clear().envs(self.environment()).current_dir(self.path(""));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary with `words`.
    pub(crate) fn run<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Output {
        finish(&mut self.command(words))
    }
}

/// The shipped binary.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_saltcellar");

/// Runs `command` to its end.
///
/// # Panics
/// It did not end in time: it is killed then.
pub(crate) fn finish(command: &mut Command) -> Output {
    let mut child = command.spawn().expect("it starts");
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let status = wait(&mut child, PATIENCE).unwrap_or_else(|| panic!("it hangs: {command:?}"));
    let read = |stream: Option<std::thread::JoinHandle<Vec<u8>>>| {
        stream.map(|stream| stream.join().expect("a reader does not panic")).unwrap_or_default()
    };
    Output { status, stdout: read(stdout), stderr: read(stderr) }
}

/// Waits until `child` ends; kills it when `patience` is over.
pub(crate) fn wait(child: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    while start.elapsed() < patience {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return Some(status);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    _ = child.kill();
    _ = child.wait();
    None
}

fn drain(mut stream: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        _ = stream.read_to_end(&mut bytes);
        bytes
    })
}

/// The exit code, or 128 and the signal.
pub(crate) fn code(output: &Output) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default())
}

/// What was said on both streams.
pub(crate) fn both(output: &Output) -> Vec<u8> {
    [output.stdout.as_slice(), output.stderr.as_slice()].concat()
}
