//! `discover` in a home where every app has left something: exactly those places, each opened or told why not; nothing is
//! unsealed, nobody is asked, nothing is written.

mod seeded;

use serde_json::{Value, json};

use crate::support::binary::Run;
use crate::support::home::Home;
use crate::support::peers::peer;
use seeded::{PLACES, environment, seeded};

/// `saltcellar WORDS…` in `home`.
fn run(home: &Home, words: &str) -> Run {
    let variables: Vec<String> = environment(home).iter().map(|(name, value)| format!("{name}={value}")).collect();
    Run::of(home.shell(&format!("env {} saltcellar {words}", variables.join(" "))))
}

#[test]
fn a_seeded_home_gives_exactly_its_places_each_opened_or_told_why() {
    let home = seeded();

    let run = run(&home, "discover --json");

    assert_eq!(run.code, Some(0), "{}", run.err);
    let told: Vec<(String, String, String)> =
        run.json()["places"].as_array().expect("places").iter().map(told).collect();
    let told: Vec<_> = told.iter().map(|(app, path, how)| (app.as_str(), home.scrub(path), how.as_str())).collect();
    let wanted: Vec<_> = PLACES.iter().map(|place| (place.app, format!("/home/{}", place.file), place.how)).collect();
    assert_eq!(told, wanted);
}

/// The app, the file, and "read, N entries, accounts" or why not and the command that opens it.
fn told(place: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let how = match (&place["why_not"], &place["accounts"]) {
        (Value::Null, accounts) => {
            let count = |name: &str| accounts[name].as_u64().expect("a number");
            let people = count("ok") + count("renews") + count("sign_in_needed") + count("unknown");
            format!("{} entries, {people} accounts", place["entries"])
        }
        (why, _) => {
            let run = text(&why["run"]);
            let opens = run.strip_prefix("saltcellar list ").map(|place| match place.strip_prefix("file:") {
                Some(path) => path.split('/').next_back().unwrap_or(place),
                None => place,
            });
            format!("{} {}", text(&why["kind"]), opens.unwrap_or("-"))
        }
    };
    (text(&place["app"]), text(&place["path"]), how)
}

#[test]
fn what_a_place_is_is_told_in_full() {
    let home = seeded();
    home.put(".azure/msal_token_cache.json.lockfile", &format!("{} python", std::process::id()));

    let answer = run(&home, "discover --json --at 1795348800").json();

    let place = |app: &str| {
        let mut place = answer["places"].as_array().expect("places").iter().find(|place| place["app"] == app).cloned();
        let place = place.as_mut().expect(app);
        place.as_object_mut().expect("an object").retain(|name, _| !["modified", "says"].contains(&name.as_str()));
        serde_json::from_str::<Value>(&home.scrub(&place.to_string())).expect("still JSON")
    };
    let of_cli = place("Azure CLI");
    assert_eq!(of_cli["holder"]["pid"], std::process::id());
    let accounts = json!({"ok": 1, "renews": 0, "sign_in_needed": 0, "unknown": 0});
    let told = (&of_cli["lock"], &of_cli["seal"], &of_cli["accounts"], &of_cli["place"]);
    let file = json!("file:/home/.azure/msal_token_cache.json");
    assert_eq!(told, (&json!("held"), &json!("plaintext"), &accounts, &file));
    let why = json!({"kind": "in-keyring", "says": "the tokens are in the keyring",
        "run": "saltcellar list secret-service:git-credential-manager", "hint": null});
    assert_eq!(
        place("Git Credential Manager"),
        json!({"app": "Git Credential Manager", "place": "secret-service:git-credential-manager",
            "path": "/home/.local/.IdentityService/msal.cache", "seal": "secret-service", "opened": false, "why_not": why,
            "entries": null, "accounts": null, "bytes": 0, "lock": "free", "holder": null})
    );
}

#[test]
fn nothing_anywhere_is_exit_code_3() {
    let home = Home::new();

    assert_eq!(run(&home, "discover").code, Some(3));
    assert_eq!(run(&home, "discover --json").json()["error"]["kind"], "no-cache");
    let all = run(&home, "discover --all");
    assert_eq!(all.code, Some(3));
    assert!(all.out.contains("made by: az login"), "{}", all.out);
}

/// What must not be called: a bus or any other socket, a key of the kernel, a prompt, and whatever writes.
const CALLS: &str = "trace=socket,connect,keyctl,add_key,request_key,execve,/^(open|creat|unlink|rename|mkdir|rmdir|link|symlink|\
                     mknod|chmod|fchmod|chown|fchown|lchown|utime|futime|truncate|ftruncate|fallocate|setxattr|lsetxattr|\
                     fsetxattr|flock).*$";

#[test]
fn no_decryption_no_prompt_and_no_write_even_where_a_bus_and_a_terminal_are() {
    if peer("strace").is_none() {
        return;
    }
    let home = seeded();
    let bus = std::os::unix::net::UnixListener::bind(home.path().join("bus")).expect("a socket");
    bus.set_nonblocking(true).expect("set");
    for words in ["discover", "discover --json", "list", "list --json", "doctor", "status", "people"] {
        let log = home.path().join("calls");
        let traced = format!("exec strace -f -qq -o {} -e '{CALLS}' saltcellar {words}", log.display());
        let variables: Vec<String> = environment(&home).iter().map(|(name, value)| format!("{name}={value}")).collect();
        let bus_at = format!("DBUS_SESSION_BUS_ADDRESS=unix:path={}", home.path().join("bus").display());
        let output = home.shell(&format!("exec env {} {bus_at} bash -c {:?}", variables.join(" "), traced));

        let calls = std::fs::read_to_string(&log).expect("a log");
        std::fs::remove_file(&log).expect("removed");
        assert!(calls.contains("openat("), "strace saw nothing of {words}: {output:?}");
        assert_eq!(calls.lines().filter(|line| is_offence(line)).collect::<Vec<_>>(), Vec::<&str>::new(), "{words}");
    }
    assert!(bus.accept().is_err(), "somebody came to the bus");
}

/// Whether a call could ask, unseal or write. The start of the program itself is none; nor is a terminal's own file.
fn is_offence(line: &str) -> bool {
    let call = line.split_once(' ').map_or(line, |(_, call)| call).trim_start();
    let name = call.split('(').next().unwrap_or_default();
    match name {
        "execve" => !call.contains("saltcellar"),
        "open" | "openat" | "openat2" => {
            let may_write = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag));
            may_write || call.contains("\"/dev/tty")
        }
        _ => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
    }
}
