//! Why a cache in a keyring cannot be opened: each reason brought about for real, told from the others, and answered
//! within bounds.

use std::time::{Duration, Instant};

use super::support::binary::{Run, command};
use super::support::keyring::{beside, beside_filled, home, saltcellar, shell, store};

const PLACE: &str = "secret-service:a-schema";
const CACHE: &str = r#"{"Account":{"k":{"home_account_id":"a.b","environment":"e","realm":"r","username":"u@v.w"}}}"#;

/// The kind of the failure of `list PLACE --json`, and what the same says to people.
fn refusal(place: &str) -> (String, String) {
    let run = saltcellar(&["list", place, "--json"]);
    assert_eq!(run.code, Some(4), "{run:?}");
    (kind(&run), saltcellar(&["list", place]).err)
}

fn kind(run: &Run) -> String {
    run.json()["caches"][0]["error"]["kind"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn without_a_bus_it_says_so_and_starts_none() {
    let run = Run::of(command(["list", PLACE, "--json"]).output().expect("it runs"));

    assert_eq!((kind(&run).as_str(), run.code), ("no-bus", Some(4)), "{run:?}");
    let words = Run::of(command(["list", PLACE]).output().expect("it runs"));
    assert!(words.err.contains("no session bus") && words.err.contains("DBUS_SESSION_BUS_ADDRESS"), "{}", words.err);
}

#[test]
fn under_sudo_it_says_to_run_without_it() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can be root by sudo");
        return;
    }
    let sudo = |words: &[&str], user: &str| Run::of(command(words).env("SUDO_USER", user).output().expect("it runs"));

    let told = sudo(&["list", PLACE, "--json"], "ada");
    let words = sudo(&["list", PLACE], "ada").err;

    assert_eq!((kind(&told).as_str(), told.code), ("elevated", Some(4)), "{told:?}");
    assert!(words.contains("the session of ada") && words.contains("run it without sudo"), "{words}");
    // Root's own shell is no sudo.
    assert_eq!(kind(&sudo(&["list", PLACE, "--json"], "root")), "no-bus");
}

#[test]
fn the_bus_of_another_user_is_closed_and_the_refusal_told() {
    if !beside("unlocked", "keyrings::the_bus_of_another_user_is_closed_and_the_refusal_told") {
        return;
    }
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can become another user");
        return;
    }
    store(CACHE, &["xdg:schema", "a-schema"]);

    // The folder lets others pass, so that it is the bus that refuses.
    let line = "chmod -R a+rX $KEYRING_FOLDER; chmod 777 $KEYRING_FOLDER/bus; chmod a+x $(dirname $SALTCELLAR)";
    let told = shell(&format!("{line}; HOME=/ setpriv --reuid 65534 --clear-groups $SALTCELLAR list {PLACE} --json"));

    assert!(told.contains("\"kind\":\"bus-closed\"") && told.contains("another user"), "{told}");
    assert!(!told.contains("u@v.w"), "{told}");
}

#[test]
fn a_bus_without_a_service_is_told() {
    if !beside("none", "keyrings::a_bus_without_a_service_is_told") {
        return;
    }
    let (kind, says) = refusal(PLACE);

    assert_eq!(kind, "no-keyring");
    assert!(says.contains("no keyring answers") && says.contains("gnome-keyring-daemon"), "{says}");
}

#[test]
fn a_service_without_a_collection_is_told() {
    if !beside("fresh", "keyrings::a_service_without_a_collection_is_told") {
        return;
    }
    let (kind, says) = refusal(PLACE);

    assert_eq!(kind, "no-collection");
    assert!(says.contains("sign in with the app once"), "{says}");
}

#[test]
fn a_locked_keyring_is_told_and_nobody_is_asked() {
    let fill = format!("printf '%s' '{CACHE}' | secret-tool store --label x xdg:schema a-schema");
    if !beside_filled("locked", "keyrings::a_locked_keyring_is_told_and_nobody_is_asked", &fill) {
        return;
    }
    let (kind, says) = refusal(PLACE);
    assert_eq!(kind, "keyring-locked");
    assert!(says.contains("run this at a terminal"), "{says}");

    // At a terminal too, if it is only a look.
    let looked = shell(&format!("script -qec '$SALTCELLAR list {PLACE} --readonly' /dev/null"));
    assert!(looked.contains("the keyring is locked"), "{looked}");
}

#[test]
fn a_dismissed_question_is_told() {
    let fill = format!("printf '%s' '{CACHE}' | secret-tool store --label x xdg:schema a-schema");
    if !beside_filled("locked", "keyrings::a_dismissed_question_is_told", &fill) {
        return;
    }
    // GNOME Keyring dismisses its own question where no desktop can show it.
    let asked = shell(&format!("script -qec '$SALTCELLAR list {PLACE}' /dev/null"));

    assert!(asked.contains("question was dismissed") && asked.contains("answer the keyring's question"), "{asked}");
}

#[test]
fn nothing_that_fits_names_what_was_searched_and_what_looks_like_a_cache() {
    if !beside("unlocked", "keyrings::nothing_that_fits_names_what_was_searched_and_what_looks_like_a_cache") {
        return;
    }
    store(CACHE, &["xdg:schema", "msal.cache", "MsalClientID", "x"]);
    store("hunter2", &["user", "ada"]);

    let (kind, says) = refusal("secret-service:a-schema?attr.a=b");

    assert_eq!(kind, "no-item");
    assert!(says.contains("no item has a=b and xdg:schema=a-schema"), "{says}");
    assert!(says.contains("'secret-service:msal.cache?attr.MsalClientID=x#login/1'"), "{says}");
    assert!(!says.contains("ada") && !says.contains("hunter2"), "{says}");
}

#[test]
fn several_that_fit_are_named_and_the_slot_chooses() {
    if !beside("unlocked", "keyrings::several_that_fit_are_named_and_the_slot_chooses") {
        return;
    }
    store(CACHE, &["xdg:schema", "a-schema", "n", "1"]);
    store(CACHE, &["xdg:schema", "a-schema", "n", "2"]);

    let (kind, says) = refusal(PLACE);

    assert_eq!(kind, "several-items");
    assert!(says.contains("attr.n=1#login/1'") && says.contains("attr.n=2#login/2'"), "{says}");
    assert_eq!(saltcellar(&["list", "secret-service:a-schema#login/2"]).code, Some(0));
}

#[test]
fn an_item_that_is_no_cache_is_told() {
    if !beside("unlocked", "keyrings::an_item_that_is_no_cache_is_told") {
        return;
    }
    store("hunter2", &["xdg:schema", "a-schema"]);

    let run = saltcellar(&["list", PLACE, "--json"]);

    assert_eq!((kind(&run).as_str(), run.code), ("not-a-cache", Some(1)), "{run:?}");
    assert!(!run.out.contains("hunter2") && !run.err.contains("hunter2"));
}

#[test]
fn a_service_that_hangs_is_waited_for_no_longer_than_seconds() {
    if !beside("unlocked", "keyrings::a_service_that_hangs_is_waited_for_no_longer_than_seconds") {
        return;
    }
    shell("kill -STOP $KEYRING_DAEMON");
    let began = Instant::now();

    let run = saltcellar(&["list", PLACE, "--json"]);

    shell("kill -CONT $KEYRING_DAEMON");
    assert_eq!((kind(&run).as_str(), run.code), ("keyring-hangs", Some(4)), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn without_a_place_no_bus_is_touched() {
    if !beside("unlocked", "keyrings::without_a_place_no_bus_is_touched") {
        return;
    }
    let file = home().join(".azure/msal_token_cache.json");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(&file, CACHE).expect("written");

    for words in ["list", "doctor", "status"] {
        let told = shell(&format!("strace -f -e trace=connect -- $SALTCELLAR {words}"));
        assert!(told.contains("u@v.w") || told.contains("exited with"), "{told}");
        assert!(!told.contains("AF_UNIX"), "{words}: {told}");
    }
}

#[test]
fn what_a_keyring_keeps_goes_to_a_plain_file_only_if_a_person_says_so() {
    if !beside("unlocked", "keyrings::what_a_keyring_keeps_goes_to_a_plain_file_only_if_a_person_says_so") {
        return;
    }
    store(CACHE, &["xdg:schema", "a-schema"]);
    let plain = home().join("plain.json");
    let there = plain.display().to_string();

    for words in [
        &["copy-to", PLACE, &there, "--yes"][..],
        &["copy-to", PLACE, &there, "--confirm", "u@v.w"],
        &["copy-to", PLACE, &there, "--plaintext", "--yes"],
        &["move", PLACE, &there, "--yes"],
        &["move", PLACE, &there, "--confirm", "u@v.w"],
    ] {
        let run = saltcellar(words);
        assert_eq!(run.code, Some(2), "{words:?} {run:?}");
        assert!(run.err.contains("plain text"), "{words:?} {}", run.err);
        assert!(!plain.exists() && saltcellar(&["list", PLACE]).out.contains("u@v.w"), "{words:?}");
    }

    let run = saltcellar(&["copy-to", PLACE, &there, "--plaintext", "--confirm", "u@v.w"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(std::fs::read_to_string(&plain).expect("readable"), CACHE);
    // From one keyring's item to another nothing comes to lie open.
    assert_eq!(saltcellar(&["copy-to", PLACE, "secret-service:b-schema", "--yes"]).code, Some(0));
}

#[test]
fn base64_in_a_file_is_plain_text_in_other_letters() {
    if !beside("unlocked", "keyrings::base64_in_a_file_is_plain_text_in_other_letters") {
        return;
    }
    store(CACHE, &["xdg:schema", "a-schema"]);
    let coded = home().join("coded.bin").display().to_string();
    shell(&format!("printf '{{}}' | base64 > {coded}"));

    let run = saltcellar(&["copy-to", PLACE, &coded, "--yes"]);

    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(shell(&format!("base64 -d {coded}")), "{}");
}

#[test]
fn an_item_is_made_under_no_policy_and_no_read_only_that_forbids_it_and_never_twice() {
    if !beside("unlocked", "keyrings::an_item_is_made_under_no_policy_and_no_read_only_that_forbids_it_and_never_twice")
    {
        return;
    }
    let file = home().join("plain.json");
    std::fs::write(&file, CACHE).expect("written");
    let file = file.display().to_string();
    let count = || shell("secret-tool search --all xdg:schema a-schema").matches("secret = ").count();

    let readonly = saltcellar(&["--readonly", "copy-to", &file, PLACE, "--yes"]);
    assert_eq!((readonly.code, count()), (Some(1), 0), "{readonly:?}");
    let planned = saltcellar(&["copy-to", &file, PLACE, "--dry-run"]);
    assert_eq!((planned.code, count()), (Some(0), 0), "{planned:?}");
    let slot = saltcellar(&["copy-to", &file, "secret-service:a-schema#login/7", "--yes"]);
    assert_eq!((slot.code, count()), (Some(4), 0), "{slot:?}");
    assert_eq!(saltcellar(&["copy-to", &file, PLACE, "--yes"]).code, Some(0));
    assert_eq!(saltcellar(&["copy-to", &file, PLACE, "--yes"]).code, Some(0));
    assert_eq!(count(), 1);
}

#[test]
fn a_new_item_is_in_the_hand_of_its_app_unless_the_place_says_which() {
    if !beside("unlocked", "keyrings::a_new_item_is_in_the_hand_of_its_app_unless_the_place_says_which") {
        return;
    }
    let file = home().join("plain.json");
    std::fs::write(&file, CACHE).expect("written");
    let log = home().join("noted");
    let settings = home().join(".config/saltcellar");
    std::fs::create_dir_all(&settings).expect("a folder");
    std::fs::write(settings.join("config.toml"), format!("audit = \"{}\"", log.display())).expect("written");
    let make = |place: &str| saltcellar(&["copy-to", &file.display().to_string(), place, "--yes"]);
    let kept = |schema: &str, more: &str| shell(&format!("secret-tool lookup xdg:schema {schema} {more}"));
    let coded = shell(&format!("base64 -w 0 {}", file.display()));

    for (place, schema, expected) in [
        ("secret-service:of-text", "of-text", CACHE),
        ("secret-service:of-code?seal=base64", "of-code", &coded),
        ("secret-service:azure-identity-java?seal=plain", "msal.cache", CACHE),
    ] {
        let run = make(place);
        assert_eq!((run.code, kept(schema, "").as_str()), (Some(0), expected), "{place} {run:?}");
    }
    let refused = make("secret-service:of-jwe?seal=jwe");
    assert!(refused.code != Some(0) && refused.err.contains("nothing new is sealed with ?seal=jwe"), "{refused:?}");
    assert_eq!(kept("of-jwe", ""), "");
    // Each one that was made is noted, and nothing of it.
    let noted = std::fs::read_to_string(log).expect("noted");
    assert_eq!(noted.matches("secret-service:").count(), 3, "{noted}");
    assert!(!noted.contains("u@v.w"), "{noted}");
}

#[test]
fn a_key_of_the_kernel_is_told_to_be_no_cache() {
    let run = Run::of(command(["list", "keyctl:msal.cache.nocae", "--json"]).output().expect("it runs"));

    assert_eq!(run.code, Some(4), "{run:?}");
    let says = run.json()["caches"][0]["error"]["says"].to_string();
    assert!(says.contains("no app keeps a cache in a key") && says.contains("file"), "{says}");
}
