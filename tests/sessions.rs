//! Sessions of Flask on the disk, as cachelib lays them out: listed, changed, taken back, with nothing beside them that
//! cachelib would take for a session. Runs the binary; Python's own pickle judges.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::binary::{self, Run};
use crate::support::peers::peer;

/// The user of the session.
const ZOE: &str = "zoë.müller@contoso.com";

/// A session folder of cachelib, in a home of its own.
struct Ground {
    home: tempfile::TempDir,
    session: PathBuf,
}

impl Ground {
    fn new(version: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("flask_session");
        fs::create_dir(&folder).expect("a folder");
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(format!("flask-session-{version}"));
        for file in fs::read_dir(data).expect("listed") {
            let file = file.expect("a file");
            let to = folder.join(file.file_name());
            fs::copy(file.path(), &to).expect("copied");
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).expect("0600");
        }
        let files = fs::read_dir(&folder).expect("listed").map(|file| file.expect("a file").path());
        let session = files.max_by_key(|file| file.metadata().expect("there").len()).expect("a session");
        Self { home, session }
    }

    fn folder(&self) -> &Path {
        self.session.parent().expect("in a folder")
    }

    fn run(&self, words: &[&str]) -> Run {
        let session = self.session.display().to_string();
        let words = words.iter().map(|word| if *word == "SESSION" { session.as_str() } else { *word });
        Run::of(binary::command(words).env("HOME", self.home.path()).output().expect("saltcellar runs"))
    }

    fn names(&self) -> BTreeSet<String> {
        let names = fs::read_dir(self.folder()).expect("listed").map(|file| file.expect("a file").file_name());
        names.map(|name| name.to_string_lossy().into_owned()).collect()
    }

    /// What Python reads, its cache apart from the rest; `None` without Python.
    fn as_python_reads(&self) -> Option<(String, String)> {
        let script = "import pickle, sys
file = open(sys.argv[1], 'rb')
if file.read(4)[:2] == b'\\x80\\x05':
    file.seek(0)
    pickle.load(file)
session = pickle.load(file)
assert not file.read()
cache = session.pop('token_cache')
print(cache.replace('\\n', ' '))
print(session)";
        let output = peer("python3")?.args(["-c", script]).arg(&self.session).output().expect("python3 runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let (cache, rest) = text.split_once('\n').unwrap_or_else(|| panic!("{:?}", output.stderr));
        Some((cache.to_owned(), rest.to_owned()))
    }
}

#[test]
fn a_session_folder_lists_its_sessions_and_passes_over_what_cachelib_counts_with() {
    for version in ["0.6.0", "0.17.0"] {
        let ground = Ground::new(version);
        fs::write(ground.folder().join("tmp123.__wz_cache"), b"half").expect("written");

        let listed = ground.run(&["list", &ground.folder().display().to_string(), "--json"]);

        let caches = listed.json()["caches"].as_array().expect("a list").len();
        assert_eq!((listed.code, caches), (Some(0), 1), "{listed:?}");
        let shown = ground.run(&["list", "SESSION"]);
        assert!(shown.out.contains(ZOE) && shown.out.contains("Flask session (pickle)"), "{shown:?}");
    }
}

#[test]
fn a_change_leaves_the_rest_of_the_session_and_nothing_beside_it() {
    for version in ["0.6.0", "0.17.0"] {
        let ground = Ground::new(version);
        let (names, before) = (ground.names(), ground.as_python_reads());
        let old = fs::read(&ground.session).expect("read");

        let run = ground.run(&["forget", "SESSION", "--account", ZOE, "--confirm", ZOE, "--keep-undo"]);

        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(ground.names(), names, "no lock, temp or undo file");
        let mode = ground.session.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let (Some((cache, rest)), Some((_, rest_before))) = (ground.as_python_reads(), before) else { return };
        assert!(!cache.contains(ZOE) && rest == rest_before, "{cache}");
        let undone = ground.run(&["undo", "SESSION", "--yes"]);
        assert_eq!(undone.code, Some(0), "{undone:?}");
        assert!(fs::read(&ground.session).expect("read") == old, "every byte is back");
        assert_eq!(ground.names(), names);
    }
}

#[test]
fn a_session_that_would_run_code_is_refused_and_runs_nothing() {
    let ground = Ground::new("0.17.0");
    let trap = ground.home.path().join("ran");
    let command = format!("touch {}", trap.display());
    let mut evil = b"\0\0\0\0\x80\x04\x95\0\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c".to_vec();
    evil.push(u8::try_from(command.len()).expect("short"));
    evil.extend(command.as_bytes());
    evil.extend(b"\x94\x85\x94R\x94.");
    fs::write(&ground.session, evil).expect("written");

    let run = ground.run(&["list", "SESSION", "--json"]);

    let error = run.json()["caches"][0]["error"].clone();
    assert_eq!(error["kind"], "session-code", "{run:?}");
    assert!(error["says"].as_str().is_some_and(|says| says.contains("posix.system")), "{error}");
    assert!(!trap.exists());
}

#[test]
fn no_hostile_session_ends_the_program_by_a_signal() {
    let ground = Ground::new("0.17.0");
    let head = |rest: &[u8]| [b"\0\0\0\0\x80\x05".as_slice(), rest].concat();
    let hostile = [
        head(&b"](".repeat(200_000)),
        head(&b"]".repeat(400_000)),
        head(b"}\x8d\xff\xff\xff\xff\xff\xff\xff\x7f"),
        b"\x81\xa1k".repeat(200_000),
        b"\x91".repeat(400_000),
        (0..=255).collect(),
    ];
    for bytes in hostile {
        fs::write(&ground.session, &bytes).expect("written");

        let run = ground.run(&["list", "SESSION"]);

        assert!(run.code.is_some_and(|code| code != 0 && code != 101) && !run.err.is_empty(), "{:?}", run.err);
    }
}
