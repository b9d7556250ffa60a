//! Files that hold tokens are their owner's alone from the first moment, under any umask; and a stream that fails is
//! told by the exit code, never by a panic.

use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use super::calls::{CALLS, Scene};
use super::home::{BINARY, code, finish};
use super::masked::files_below;
use super::secrets::AT;

/// Runs `script` with the binary as `$1` in the shell, where umask and descriptors are set.
fn shell(scene: &Scene, script: &str) -> std::process::Output {
    finish(&mut scene.home.program("sh", ["-c", script, "sh", BINARY]))
}

#[test]
fn what_holds_tokens_is_private_under_any_umask() {
    for umask in ["000", "077"] {
        let scene = Scene::new();
        let script = format!(
            "umask {umask}; cd d; $1 renew c.json --yes --at {AT} && $1 export c.json --out redacted.json && \
             $1 export c.json --with-secrets --out raw.json --at {AT} && $1 reserialise c.json --style compact --out laid-out.json"
        );

        let output = shell(&scene, &script);

        assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        let files = files_below(&scene.home.path("d"));
        assert!(files.iter().any(|file| file.ends_with(".c.json.saltcellar-undo")), "{files:?}");
        for file in files.iter().filter(|file| !file.ends_with("l.json.lockfile")) {
            let mode = file.metadata().expect("there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{} under {umask}", file.display());
        }
    }
}

#[test]
fn files_are_private_from_their_creation() {
    let scene = Scene::new();
    let log = tempfile::NamedTempFile::new().expect("a log");
    let Some(strace) = super::snapshot::traced(log.path()) else { return };
    let calls = ["renew {c} --yes", "export {c} --with-secrets --out {d}/raw.json"];

    for call in calls {
        let words = strace.iter().cloned().chain([BINARY.to_owned()]).chain(scene.words(call));
        let output = finish(&mut scene.home.program("strace", words));

        assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        let log = std::fs::read_to_string(log.path()).expect("a log");
        let made: Vec<&str> = log.lines().filter(|line| line.contains("O_CREAT")).collect();
        assert!(!made.is_empty() && made.iter().all(|line| line.contains("0600")), "{made:#?}");
    }
}

#[test]
fn only_the_temp_and_undo_files_are_ever_written_with_a_token() {
    let scene = Scene::new();
    let log = tempfile::NamedTempFile::new().expect("a log");
    if super::snapshot::traced(log.path()).is_none() {
        return;
    }
    let calls = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,sendfile,copy_file_range";
    let strace = ["-f", "-y", "-qq", "-s", "1000000", "-o", log.path().to_str().expect("plain"), "-e", calls, BINARY];
    let words = scene.words("prune {c} --expired --yes");
    let output = finish(&mut scene.home.program("strace", strace.iter().map(|word| (*word).to_owned()).chain(words)));

    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let log = std::fs::read_to_string(log.path()).expect("a log");
    let with_token: Vec<&str> =
        log.lines().filter(|line| !scene.secrets.found_in(line.as_bytes()).is_empty()).collect();
    assert!(with_token.len() >= 2, "the new text and the undo are written");
    for line in with_token {
        let head: String = line.chars().take(200).collect();
        assert!(head.contains("/d/."), "a token goes elsewhere: {}", head.split(',').next().unwrap_or(""));
    }
}

#[test]
fn a_full_or_closed_stream_is_told_and_never_a_panic() {
    for call in CALLS {
        let scene = Scene::new();
        let plain = scene.home.run(scene.words(call.words));
        let scene = Scene::new();
        let mut command = scene.home.command(scene.words(call.words));
        let full = finish(command.stdout(Stdio::from(File::create("/dev/full").expect("there is one"))));
        let scene = Scene::new();
        let words = scene.words(call.words).join(" ");
        let closed = shell(&scene, &format!("exec $1 {words} >&-"));
        let scene = Scene::new();
        let headless = shell(&scene, &format!("set -o pipefail 2>/dev/null; $1 {words} | head -c0"));
        let mute = finish(
            scene.home.command(scene.words(call.words)).stderr(Stdio::from(File::create("/dev/full").expect("one"))),
        );

        let data = !plain.stdout.is_empty();
        for (how, output) in [("full", &full), ("closed", &closed), ("head", &headless), ("mute", &mute)] {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                code(output) < 100 && !said.contains("panicked") && !said.contains("fault of its own"),
                "{how} {words}: {said}"
            );
        }
        if data && code(&plain) == 0 && call.does == super::calls::Does::Reads {
            assert_ne!(code(&full), 0, "{words} > /dev/full loses what was asked for");
        }
    }
}
