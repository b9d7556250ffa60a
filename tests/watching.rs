//! `watch` beside a plain script that writes: each step is told exactly once, in order, with what it means.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::watcher::{State, Watcher, replay, told};

const PLAIN: &str = r#"{"AccessToken":{"a":{"secret":"AT-a","client_id":"c","home_account_id":"u.t","environment":"e","target":"s"},"b":{"secret":"AT-b","client_id":"c","home_account_id":"u.t","environment":"e","target":"t","expires_on":"1700000000"}},"RefreshToken":{"r":{"secret":"RT-1","client_id":"c","home_account_id":"u.t","environment":"e"}},"Account":{"x":{"home_account_id":"u.t","environment":"e","username":"ada@contoso.com"}}}"#;

/// A cache in a folder of its own.
struct Scene {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("c.json");
        fs::write(&file, PLAIN).expect("written");
        Self { _folder: folder, file }
    }

    /// Writes as MSAL does: in place, cut to nothing first.
    fn write(&self, text: &str) {
        fs::write(&self.file, text).expect("written");
    }

    /// Writes as saltcellar does: a new file in place of the old one.
    fn replace(&self, text: &str) {
        let new = self.file.with_extension("new");
        fs::write(&new, text).expect("written");
        fs::rename(new, &self.file).expect("renamed");
    }
}

/// `PLAIN` with each of `changes` made.
fn plain(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(PLAIN.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn without_b() -> String {
    let begin = PLAIN.find(",\"b\":").expect("it is there");
    let end = PLAIN.find("},\"RefreshToken\"").expect("it is there");
    format!("{}{}", &PLAIN[..begin], &PLAIN[end..])
}

#[test]
fn each_step_of_a_script_is_one_event_that_says_what_it_means() {
    let scene = Scene::new();
    let mut watch = Watcher::of(&scene.file, &[]);
    let new_client =
        plain(&[("\"username\":\"ada@contoso.com\"", "\"username\":\"ada@contoso.com\",\"name\":\"Ada\"")]);
    let steps: [(String, &[&str]); 9] = [
        (plain(&[("RT-1", "RT-2")]), &["rotated RefreshToken/r"]),
        (without_b().replace("RT-1", "RT-2"), &["removed AccessToken/b"]),
        (plain(&[("RT-1", "RT-2")]), &["resurrected AccessToken/b"]),
        (plain(&[("RT-1", "RT-2"), ("\"b\":", "\"b2\":")]), &["re-keyed AccessToken/b2"]),
        (plain(&[("\"b\":", "\"b2\":")]), &["resurrected RefreshToken/r"]),
        (PLAIN.to_owned(), &["re-keyed AccessToken/b"]),
        (new_client.clone(), &["changed Account/x"]),
        (new_client.replace(",\"Account\"", ", \"Account\""), &[]),
        (
            plain(&[("\"a\":{\"secret\":\"AT-a\"", "\"n\":{\"secret\":\"AT-n\"},\"a\":{\"secret\":\"AT-a2\"")]),
            &["added AccessToken/n", "rotated AccessToken/a", "changed Account/x"],
        ),
    ];

    for (at, (text, wanted)) in steps.iter().enumerate() {
        if at % 2 == 0 {
            scene.write(text)
        } else {
            scene.replace(text)
        }
        let event = watch.event();

        assert_eq!(told(&event), *wanted, "step {at}");
        assert_eq!((&event["event"], &event["writer"], &event["schema"]), (&json!("changed"), &json!(null), &json!(1)));
        assert_eq!(event["layout"], wanted.is_empty(), "step {at}");
    }
    watch.signal("TERM");
    let (code, rest) = watch.end();
    assert_eq!((code, rest.len()), (Some(143), 0), "{rest:?}");
}

#[test]
fn quick_steps_are_never_lost_and_never_told_twice() {
    let scene = Scene::new();
    let watch = Watcher::of(&scene.file, &["--for", "3"]);
    let mut state: State = State::new();
    let begin = json!({"differences": [
        {"section": "AccessToken", "is": {"key": "a", "fingerprint": print("AT-a")}},
        {"section": "AccessToken", "is": {"key": "b", "fingerprint": print("AT-b")}},
        {"section": "RefreshToken", "is": {"key": "r", "fingerprint": print("RT-1")}},
        {"section": "Account", "is": {"key": "x", "fingerprint": null}},
    ]});
    replay(&mut state, &begin);
    let steps = 60;

    for step in 0..steps {
        let text = plain(&[("RT-1", &format!("RT-{step}-")), ("AT-a", &format!("AT-{}", step / 7))]);
        if step % 3 == 0 {
            scene.write(&text)
        } else {
            scene.replace(&text)
        }
        std::thread::sleep(Duration::from_millis(step % 20));
    }

    let (code, events) = watch.end();
    events.iter().for_each(|event| replay(&mut state, event));
    println!("{} events of {steps} writes", events.len());
    assert_eq!(code, Some(0));
    assert_eq!(state[&("RefreshToken".to_owned(), "r".to_owned())], print(&format!("RT-{}-", steps - 1)));
    assert!(events.len() as u64 <= steps && events.len() > 10, "{}", events.len());
    assert!(events.iter().all(|event| event["event"] == "changed"), "no torn text is told: {events:?}");
}

fn print(secret: &str) -> serde_json::Value {
    json!(saltcellar::secret::Fingerprint::of(secret).to_string())
}

#[test]
fn a_broken_text_is_said_once_and_so_is_its_mending() {
    let scene = Scene::new();
    let mut watch = Watcher::of(&scene.file, &["--for", "6"]);

    scene.write(&PLAIN[..90]);
    let broken = watch.event();
    scene.write(&PLAIN[..80]);
    std::thread::sleep(Duration::from_millis(1500));
    scene.write(PLAIN);
    let mended = watch.event();

    assert_eq!((&broken["event"], told(&broken).len()), (&json!("broken"), 0));
    assert!(broken["says"].as_str().is_some_and(|says| says.contains("c.json")), "{broken}");
    assert_eq!((&mended["event"], &mended["same"]), (&json!("mended"), &json!(true)));
    assert_eq!(watch.end(), (Some(0), vec![]));
}

#[test]
fn a_file_that_goes_is_said_once_and_what_returns_is_resurrected() {
    let scene = Scene::new();
    let mut watch = Watcher::of(&scene.file, &["--count", "2"]);

    fs::remove_file(&scene.file).expect("removed");
    let gone = watch.event();
    std::thread::sleep(Duration::from_millis(500));
    scene.replace(PLAIN);
    let back = watch.event();

    assert_eq!(gone["event"], "gone");
    let removed = ["removed AccessToken/a", "removed AccessToken/b", "removed RefreshToken/r", "removed Account/x"];
    assert_eq!(told(&gone), removed);
    // An account has no secret by which it could be known again.
    let resurrected =
        ["resurrected AccessToken/a", "resurrected AccessToken/b", "resurrected RefreshToken/r", "added Account/x"];
    assert_eq!(told(&back), resurrected);
    assert_eq!(watch.end(), (Some(0), vec![]));
}

#[test]
fn what_saltcellar_removed_before_is_known_when_it_comes_back() {
    let scene = Scene::new();
    let pruned = crate::support::binary::answer("prune", &scene.file, &["--expired", "--yes"]);
    assert_eq!(pruned["removed"].as_array().map(Vec::len), Some(1), "{pruned}");
    let mut watch = Watcher::of(&scene.file, &["--count", "1"]);

    scene.write(PLAIN);

    assert_eq!(told(&watch.event()), ["resurrected AccessToken/b"]);
}

#[test]
fn who_holds_the_lock_at_the_change_is_the_likely_writer() {
    let scene = Scene::new();
    let mut watch = Watcher::of(&scene.file, &["--count", "3"]);
    let lock = scene.file.with_extension("json.lockfile");
    let under_lock = |text: &str| {
        fs::write(&lock, format!("{} my-writer", std::process::id())).expect("locked");
        std::thread::sleep(Duration::from_millis(60));
        scene.write(text);
        std::thread::sleep(Duration::from_millis(60));
        fs::remove_file(&lock).expect("unlocked");
        std::thread::sleep(Duration::from_millis(60));
    };

    under_lock(&without_b());
    scene.write(PLAIN);
    let (locked, free) = (watch.event(), watch.event());
    fs::write(&lock, "4194303 ended").expect("left over");
    std::thread::sleep(Duration::from_millis(60));
    scene.write(&without_b());
    let left_over = watch.event();

    assert_eq!(locked["writer"]["pid"], std::process::id());
    assert_eq!(free["writer"], json!(null), "nobody held the lock any more");
    // Whether a dead process is proof enough depends on the machine; a living writer it is not.
    assert_ne!(left_over["writer"]["pid"], std::process::id());
}

#[test]
fn it_ends_after_a_time_after_a_count_or_by_a_signal() {
    let scene = Scene::new();
    let began = Instant::now();
    assert_eq!(Watcher::of(&scene.file, &["--for", "0"]).end().0, Some(0));
    assert_eq!(Watcher::of(&scene.file, &["--for", "1"]).end().0, Some(0));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let watch = Watcher::of(&scene.file, &[]);
        watch.signal(signal);
        assert_eq!(watch.end(), (Some(code), vec![]), "{signal}");
    }
    let mut watch = Watcher::in_words(&scene.file, &["--count", "1"]);
    scene.write(&without_b());
    assert!(watch.line().ends_with("  writer unknown: no lock was seen"));
    assert!(watch.line().starts_with("  - AccessToken  "));
    assert_eq!(watch.line(), "", "and nothing more");
}
