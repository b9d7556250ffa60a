//! Masked by default: no command, file, argument or environment betrays a secret that nobody asked to see; and what
//! is asked for does come, so that the search itself is seen to work.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::calls::{CALLS, Scene, with_options};
use super::home::{BINARY, both, code, finish, wait};
use super::secrets::AT;

#[test]
fn no_command_betrays_a_secret() {
    let scene = Scene::new();
    let mut runs = 0;

    for call in CALLS {
        for more in [&["--color", "always"][..], &["--color", "never"], &["--json"]] {
            let words = with_options(scene.words(call.words), more);
            let output = scene.home.run(&words);

            scene.secrets.must_not_be_in(&both(&output), &words.join(" "));
            assert!(code(&output) < 100, "{words:?} ended with {}", code(&output));
            runs += 1;
        }
    }

    assert!(scene.secrets.count() >= 30 && runs >= 3 * CALLS.len());
    files_betray_nothing(&scene);
}

#[test]
fn a_watch_betrays_neither_what_was_nor_what_is() {
    for form in [&[][..], &["--json"]] {
        let scene = Scene::new();
        let words: Vec<String> = scene.words("watch {c} --count 2");
        let mut command = scene.home.command(words.iter().map(String::as_str).chain(form.iter().copied()));
        let writer = std::thread::spawn({
            let (from, to) = (scene.home.path("o/c.json"), scene.home.path("d/c.json"));
            move || {
                std::thread::sleep(Duration::from_millis(600));
                std::fs::copy(from, &to).expect("written");
                std::thread::sleep(Duration::from_millis(600));
                std::fs::write(to, "{\"AccessToken\":{}}").expect("written");
            }
        });

        let output = finish(&mut command);

        writer.join().expect("written");
        scene.secrets.must_not_be_in(&both(&output), "watch");
        assert!(output.stdout.len() > 500, "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn what_is_said_of_a_command_betrays_nothing() {
    for form in [&[][..], &["--json"]] {
        let scene = Scene::new();
        let copy = ["--", "cp", "o/c.json", "d/c.json"];
        let words = [&["run", "--place", "d/c.json", "--at", AT][..], form, &copy].concat();

        let output = scene.home.run(words);

        scene.secrets.must_not_be_in(&both(&output), "run");
        assert!(output.stderr.len() > 100, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Every file but the caches, their undo files and the raw exports that were asked for.
fn files_betray_nothing(scene: &Scene) {
    let copies = ["raw.json", "all.json", "laid-out.json", "salvaged.json", "imported.json", "merged.json"];
    let between = ["copied.json", "box.json", "moved.json", "dotnet.json", "users.json", "app.db"];
    let may_hold = [&["msal_token_cache.json", "c.json", "l.json", "b.json"][..], &copies, &between].concat();
    let is_undo = |name: &str| name.ends_with(".saltcellar-undo");
    let mut looked_at = 0;
    for path in files_below(&scene.home.path("")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_part = path.parent().is_some_and(|folder| folder.ends_with("parts"));
        if !may_hold.contains(&name.as_str()) && !is_undo(&name) && !is_part {
            scene.secrets.must_not_be_in(&std::fs::read(&path).expect("it is readable"), &path.display().to_string());
            looked_at += 1;
        }
    }
    assert!(looked_at > 0, "the redacted export is one of them");
}

/// The files below `folder`, hidden ones too.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().expect("listed").flatten() {
        let kind = entry.file_type().expect("known");
        match kind.is_dir() {
            true => found.extend(files_below(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[test]
fn revealing_shows_the_secret_that_was_asked_for_and_no_other() {
    let scene = Scene::new();
    let cases = [
        ("show {c} AccessToken/live --reveal", "live"),
        ("show {c} AccessToken/opaque --reveal", "opaque"),
        ("show {c} AccessToken/opaque --reveal --json", "opaque"),
        ("show {c} RefreshToken/rt --reveal --yes", "refresh"),
    ];

    for (call, name) in cases {
        let output = scene.home.run(scene.words(call));

        assert_eq!(
            scene.secrets.found_in(&output.stdout),
            [name],
            "{call}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        scene.secrets.must_not_be_in(&output.stderr, call);
    }
}

#[test]
fn a_refresh_token_is_not_revealed_unasked_twice() {
    let scene = Scene::new();

    let output = scene.home.run(scene.words("show {c} RefreshToken/rt --reveal"));

    assert_eq!(code(&output), 2);
    scene.secrets.must_not_be_in(&both(&output), "show --reveal");
}

#[test]
fn copying_without_a_terminal_betrays_nothing() {
    let scene = Scene::new();

    for key in ["AccessToken/live", "RefreshToken/rt", "Account/acc"] {
        // A session of its own has no terminal: the developer's clipboard stays as it is.
        let words = ["-w", BINARY, "copy", "d/c.json", key, "--yes"];
        let output = finish(&mut scene.home.program("setsid", words));

        assert_ne!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
        scene.secrets.must_not_be_in(&both(&output), key);
    }
}

#[test]
fn raw_exports_are_refused_to_a_terminal_or_pipe() {
    let scene = Scene::new();

    let output = scene.home.run(scene.words("export {c} --with-secrets"));

    assert_eq!(code(&output), 2);
    scene.secrets.must_not_be_in(&both(&output), "export --with-secrets");
}

#[test]
fn arguments_and_environment_of_a_waiting_command_hold_no_secret() {
    let scene = Scene::new();
    let mut command = scene.home.command(["list", "-", "--at", AT]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(150));
    let of = |name: &str| std::fs::read(format!("/proc/{}/{name}", child.id())).unwrap_or_default();

    let (words, environment, limits) = (of("cmdline"), of("environ"), of("limits"));

    drop(child.stdin.take());
    wait(&mut child, Duration::from_secs(10)).expect("it ends with its input");
    scene.secrets.must_not_be_in(&[words.clone(), environment].concat(), "/proc");
    assert!(words.starts_with(BINARY.as_bytes()));
    let limits = String::from_utf8_lossy(&limits).into_owned();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
}

#[test]
fn another_process_of_the_same_user_cannot_read_its_memory() {
    let scene = Scene::new();
    let mut words = vec!["list".to_owned(), "-".to_owned()];
    let mut program = BINARY.to_owned();
    // What is root's may be read by root in any case: the files of a process tell the same of another user's.
    if rustix::process::geteuid().is_root() {
        let as_nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", BINARY].map(str::to_owned);
        words.splice(..0, as_nobody);
        program = "setpriv".to_owned();
    }
    let mut command = scene.home.program(&program, &words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(300));

    let memory =
        std::fs::metadata(format!("/proc/{}/mem", child.id())).map(|is| std::os::unix::fs::MetadataExt::uid(&is));

    drop(child.stdin.take());
    wait(&mut child, Duration::from_secs(10)).expect("it ends with its input");
    // The kernel gives the files of a process that cannot be dumped to root.
    assert_eq!(memory.expect("it runs"), 0);
}

#[test]
fn debug_and_errors_of_what_holds_secrets_betray_nothing() {
    use saltcellar::cache::{Cache, Roster};
    use saltcellar::json::Document;
    use saltcellar::secret::SecretBytes;
    let mut secrets = super::secrets::Secrets::new();
    let text = super::secrets::cache(&mut secrets);
    let document = Document::parse(SecretBytes::new(text.clone().into_bytes())).expect("it is a cache");
    let cache = Cache::of(&document);

    let mut said = format!("{document:?} {cache:?} {:?}", Roster::of(&cache).rows);
    for end in (1..text.len()).step_by(97) {
        let Some(cut) = text.get(..end) else { continue };
        let error = Document::parse(SecretBytes::new(cut.as_bytes().to_vec())).expect_err("half a cache is none");
        said.push_str(&format!("{error} {error:?} {}", saltcellar::present::words::error(&error)));
    }

    secrets.must_not_be_in(said.as_bytes(), "Debug");
}
