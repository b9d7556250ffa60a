//! Caches that real SDKs keep in a real GNOME Keyring: read, changed under their lock, and announced to apps that run.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::super::support::keyring::{beside, home, saltcellar, shell};
use super::super::support::msal::{cache_folder, program, ready};
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
];

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
        // msal-node merges what it reads again into its memory: only what it asks the keyring for anew is seen there.
        let is_gone = !seen["accounts"].as_array().expect("accounts").iter().any(named);
        assert!(is_gone || sdk.peer == "node", "{}: {seen}", sdk.peer);
        drop(orders);
        app.wait().expect("it ends");
    }
}

#[test]
fn azure_cli_reads_its_own_encrypted_cache_after_a_change() {
    if !beside("unlocked", "peers::keyring::azure_cli_reads_its_own_encrypted_cache_after_a_change") {
        return;
    }
    if ready(&["az", "python-filelock"]).len() < 2 {
        return;
    }
    let plain = home().join("made.json");
    let made = Command::new(program("peer")).args(["python-filelock", "make"]).arg(&plain).arg("work").output();
    assert!(made.expect("the peer runs").status.success());
    // Azure CLI's own module, as `az` calls it with core.encrypt_token_cache=true.
    let az = |does: &str| {
        let mut python = Command::new(cache_folder().join("az/venv/bin/python"));
        python.env("PYTHONPATH", cache_folder().join("keyring/gi")).env("AZURE_CONFIG_DIR", home().join(".azure"));
        let head = "import os, sys\nfrom azure.cli.core.auth.persistence import build_persistence, load_persisted_token_cache\n\
                    at = os.environ['AZURE_CONFIG_DIR'] + '/msal_token_cache'\nos.makedirs(os.path.dirname(at), exist_ok=True)\n";
        let output = python.arg("-c").arg(format!("{head}{does}")).arg(&plain).output().expect("az's Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let names = "print(sorted(a['username'] for a in load_persisted_token_cache(at, True).search('Account')))";
    az("build_persistence(at, True).save(open(sys.argv[1]).read())");
    assert!(az(names).contains(GRACE));

    forget("secret-service:azure-cli");

    let left = az(names);
    assert!(!left.contains(GRACE) && left.contains("ada@contoso.com"), "{left}");
    assert_eq!(account_ids(&listed("secret-service:azure-cli")).len(), left.matches('@').count(), "{left}");
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
