//! Caches that real SDKs keep in a real GNOME Keyring: read, changed under their lock, and announced to apps that run.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::super::support::keyring::{beside, home, saltcellar, shell};
use super::super::support::msal::{program, ready};
use super::account_ids;

const GRACE: &str = "grace@fabrikam.com";

/// An SDK, the item in which it keeps its cache, and the place of that item.
struct Sdk {
    peer: &'static str,
    /// `KEYRING_ITEM` of its driver.
    item: &'static str,
    place: fn(&Path) -> String,
}

const SDKS: &[Sdk] = &[
    Sdk { peer: "python-filelock", item: "{}", place: |signal| format!("secret-service:{}", signal.display()) },
    Sdk {
        peer: "python-portalocker",
        item: r#"{"schema_name": "my_schema_name", "attributes": {"my_attr1": "foo", "my_attr2": "bar"}}"#,
        place: |signal| {
            format!("secret-service:my_schema_name?attr.my_attr1=foo&attr.my_attr2=bar&signal={}", signal.display())
        },
    },
    Sdk {
        peer: "node",
        item: "a service/an account",
        place: |signal| {
            let item = "org.freedesktop.Secret.Generic?attr.service=a service&attr.account=an account";
            format!("secret-service:{item}&signal={}", signal.display())
        },
    },
    // MSAL4J over JNA, as azure-identity for Java sets it up: base64. Of these two only the old one replaces its memory.
    Sdk { peer: "java", item: JAVA, place: of_java },
    Sdk { peer: "java-old", item: JAVA, place: of_java },
    Sdk { peer: "dotnet", item: DOTNET, place: of_dotnet },
];

/// As Azure PowerShell sets MSAL.NET's helper up: base64, too.
const DOTNET: &str = "msal.cache/msal.cache.cae/MsalClientID/Microsoft.Developer.IdentityService/Microsoft.Developer.IdentityService/1.0.0.0";

fn of_dotnet(signal: &Path) -> String {
    let item = "msal.cache?attr.MsalClientID=Microsoft.Developer.IdentityService\
                &attr.Microsoft.Developer.IdentityService=1.0.0.0";
    format!("secret-service:{item}&signal={}&seal=base64", signal.display())
}

const JAVA: &str = "msal.cache/MSALCache/MsalClientID/Microsoft.Developer.IdentityService";

fn of_java(signal: &Path) -> String {
    let item = "msal.cache?attr.MsalClientID=Microsoft.Developer.IdentityService";
    format!("secret-service:{item}&signal={}&lock=java&seal=base64", signal.display())
}

impl Sdk {
    /// A command of its driver, on the cache of which `signal` is the signal file.
    fn command(&self, command: &str, signal: &Path) -> Command {
        let mut peer = Command::new(program("peer"));
        peer.args([self.peer, command]).arg(signal).env("KEYRING_ITEM", self.item);
        peer
    }

    fn ask(&self, command: &str, signal: &Path, words: &[&str]) -> Value {
        answer(&self.command(command, signal).args(words).output().expect("the peer runs"))
    }
}

fn answer(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(last).expect("JSON")
}

fn listed(place: &str) -> Value {
    let run = saltcellar(&["list", place, "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.json()["caches"][0].clone()
}

fn forget(place: &str) {
    let run = saltcellar(&["forget", place, "--account", GRACE, "--confirm", GRACE]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("No undo is kept"), "{}", run.err);
}

#[test]
fn what_each_sdk_keeps_in_the_keyring_is_read_and_what_is_forgotten_stays_so() {
    if !beside("unlocked", "peers::keyring::what_each_sdk_keeps_in_the_keyring_is_read_and_what_is_forgotten_stays_so")
    {
        return;
    }
    for sdk in SDKS.iter().filter(|sdk| !ready(&[sdk.peer]).is_empty()) {
        let signal = home().join(sdk.peer);
        let place = (sdk.place)(&signal);
        shell("secret-tool clear xdg:schema msal.cache");
        sdk.ask("make", &signal, &["work"]);
        let seen = sdk.ask("read", &signal, &[]);

        assert_eq!(account_ids(&listed(&place)), account_ids(&seen), "{}", sdk.peer);
        forget(&place);

        let after = sdk.ask("read", &signal, &[]);
        assert_eq!(account_ids(&after), account_ids(&listed(&place)), "{}", sdk.peer);
        assert_eq!(account_ids(&after).len(), account_ids(&seen).len() - 1, "{}", sdk.peer);
        assert!(!signal.with_file_name(format!("{}.lockfile", sdk.peer)).exists(), "{}", sdk.peer);
    }
}

#[test]
fn a_running_app_notices_through_its_signal_file() {
    if !beside("unlocked", "peers::keyring::a_running_app_notices_through_its_signal_file") {
        return;
    }
    for sdk in SDKS.iter().filter(|sdk| !ready(&[sdk.peer]).is_empty()) {
        let signal = home().join(sdk.peer);
        shell("secret-tool clear xdg:schema msal.cache");
        sdk.ask("make", &signal, &["work"]);
        let mut app = sdk.command("stay", &signal);
        let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the peer runs");
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(app.stdout.take().expect("piped")));
        let mut line = || lines.next().expect("a line").expect("UTF-8");
        assert_eq!(line(), "LOADED");

        forget(&(sdk.place)(&signal));

        let mut orders = app.stdin.take().expect("piped");
        std::io::Write::write_all(&mut orders, b"read\n").expect("it listens");
        let seen: Value = serde_json::from_str(&line()).expect("JSON");
        let named = |account: &Value| account["username"] == json!(GRACE);
        // msal-node and MSAL4J merge what they read again into their memory: only what is asked of the keyring anew is seen there.
        let is_gone = !seen["accounts"].as_array().expect("accounts").iter().any(named);
        assert!(is_gone || ["node", "java"].contains(&sdk.peer), "{}: {seen}", sdk.peer);
        drop(orders);
        app.wait().expect("it ends");
    }
}

#[test]
fn base64_of_msal_net_is_read_and_written_back_as_base64() {
    if !beside("unlocked", "peers::keyring::base64_of_msal_net_is_read_and_written_back_as_base64") {
        return;
    }
    let key = "MsalClientID Microsoft.Developer.IdentityService Microsoft.Developer.IdentityService 1.0.0.0";
    shell(&format!(
        r#"printf '{{"Account":{{"k":{{"home_account_id":"a.b","environment":"e","realm":"r","username":"{GRACE}"}}}}}}' |
        base64 -w0 | secret-tool store --label msal.cache.cae xdg:schema msal.cache {key}"#
    ));

    forget("secret-service:azure-powershell");

    assert_eq!(shell(&format!("secret-tool lookup {key} | base64 -d")), r#"{"Account":{}}"#);
    let item = shell(&format!("secret-tool search {key}"));
    assert!(item.contains("label = msal.cache.cae") && item.contains("schema = msal.cache"), "{item}");
}

#[test]
fn an_item_that_we_make_is_the_one_that_its_sdk_looks_for() {
    if !beside("unlocked", "peers::keyring::an_item_that_we_make_is_the_one_that_its_sdk_looks_for") {
        return;
    }
    for sdk in SDKS.iter().filter(|sdk| !ready(&[sdk.peer]).is_empty()) {
        let plain = home().join(format!("{}.json", sdk.peer));
        let made = Command::new(program("peer")).args([sdk.peer, "make"]).arg(&plain).arg("work").output();
        assert!(made.expect("the peer runs").status.success());
        let signal = home().join("new").join(sdk.peer);
        let place = (sdk.place)(&signal);
        shell("secret-tool clear xdg:schema msal.cache");

        let run = saltcellar(&["copy-to", &plain.display().to_string(), &place, "--yes"]);

        assert_eq!(run.code, Some(0), "{run:?}");
        let seen = sdk.ask("read", &signal, &[]);
        assert_eq!(account_ids(&seen), account_ids(&listed(&place)), "{}", sdk.peer);
        assert_eq!(account_ids(&seen).len(), 3, "{}: {seen}", sdk.peer);
        let is = std::fs::metadata(&signal).expect("a signal file");
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&is.permissions()) & 0o777, 0o600);
    }
}

#[test]
fn an_item_for_msal_net_is_made_in_base64_with_its_schema_and_label() {
    if !beside("unlocked", "peers::keyring::an_item_for_msal_net_is_made_in_base64_with_its_schema_and_label") {
        return;
    }
    let plain = home().join("made.json");
    let text = format!(
        r#"{{"Account":{{"k":{{"home_account_id":"a.b","environment":"e","realm":"r","username":"{GRACE}"}}}}}}"#
    );
    std::fs::write(&plain, &text).expect("written");
    let plain = plain.display().to_string();

    let moved = saltcellar(&["move", &plain, "secret-service:azure-powershell", "--confirm", GRACE]);

    assert_eq!(moved.code, Some(0), "{moved:?}");
    let key = "MsalClientID Microsoft.Developer.IdentityService Microsoft.Developer.IdentityService 1.0.0.0";
    assert_eq!(shell(&format!("secret-tool lookup {key} | base64 -d")), text);
    let item = shell(&format!("secret-tool search {key}"));
    assert!(item.contains("label = msal.cache.cae") && item.contains("schema = msal.cache"), "{item}");
    let again = saltcellar(&["copy-to", &plain, "secret-service:azure-powershell?seal=jwe", "--yes"]);
    assert_eq!(again.code, Some(4), "{again:?}");
}
