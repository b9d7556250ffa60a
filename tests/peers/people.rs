//! Accounts of one name beside the real library: MSAL Python, on which Azure CLI stands, finds as many as `people`
//! says that it stops at, and one after the command that `people` offers.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::support::binary::{Run, command};
use super::super::support::msal::Peer;
use super::{account_ids, ready, rows};

const TENANT: &str = "c0de0000-0000-4000-8000-00000000c0de";
const ADA: &str = "ada00000-0000-4000-8000-000000000001";
const OTHER: &str = "ada00000-0000-4000-8000-0000000000ff";
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A second account entry for ada@contoso.com, and whether it makes MSAL Python find two accounts.
struct Twin {
    uid: &'static str,
    utid: &'static str,
    realm: &'static str,
    host: &'static str,
    stops: bool,
}

const TWINS: &[Twin] = &[
    Twin { uid: OTHER, utid: CONSUMERS, realm: CONSUMERS, host: "login.microsoftonline.com", stops: true },
    Twin { uid: OTHER, utid: TENANT, realm: TENANT, host: "login.microsoftonline.com", stops: true },
    Twin { uid: OTHER, utid: OTHER, realm: OTHER, host: "login.microsoftonline.com", stops: true },
    Twin { uid: OTHER, utid: TENANT, realm: TENANT, host: "login.windows.net", stops: false },
    Twin { uid: ADA, utid: TENANT, realm: OTHER, host: "login.microsoftonline.com", stops: false },
    Twin { uid: ADA, utid: TENANT, realm: TENANT, host: "login.windows.net", stops: false },
];

/// A cache of the library with a second account entry for Ada.
fn cache(peer: Peer, root: &Path, twin: &Twin) -> PathBuf {
    let made = peer.make(root, "work");
    let file = made.with_file_name("msal_token_cache.json");
    let mut text: Value = serde_json::from_slice(&fs::read(&made).expect("readable")).expect("JSON");
    let Twin { uid, utid, realm, host, .. } = twin;
    let entry = json!({"home_account_id": format!("{uid}.{utid}"), "environment": host, "realm": realm,
        "local_account_id": uid, "username": "Ada@Contoso.com", "authority_type": "MSSTS"});
    text["Account"][format!("{uid}.{utid}-{host}-{realm}")] = entry;
    fs::write(&file, text.to_string()).expect("written");
    file
}

/// How many accounts the library finds for Ada's user name.
fn found(peer: Peer, file: &Path) -> usize {
    let seen = peer.run("read", file, &[]);
    let is_ada = |account: &&Value| {
        account["username"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("ada@contoso.com"))
    };
    assert!(account_ids(&seen).len() > 1, "{seen}");
    rows(&seen["accounts"]).filter(is_ada).count()
}

fn people(file: &Path) -> Value {
    let run = Run::of(command(["people", "--json"]).arg(file).output().expect("saltcellar runs"));
    assert_eq!(run.code, Some(0), "{run:?}");
    run.json()
}

/// What `people` says that Azure CLI stops at.
fn stop(answer: &Value) -> Option<&Value> {
    rows(&answer["people"])
        .flat_map(|person| rows(&person["clashes"]))
        .find(|clash| !clash["stops_azure_cli"].is_null())
}

#[test]
fn people_knows_what_azure_cli_stops_at_and_takes_one_out() {
    for peer in ready(&["python-filelock"]) {
        for (at, twin) in TWINS.iter().enumerate() {
            let root = tempfile::tempdir().expect("a folder");
            let file = cache(peer, root.path(), twin);

            let answer = people(&file);
            let (before, stop) = (found(peer, &file), stop(&answer));

            println!("twin {at}: the library finds {before}, people says it stops: {}", stop.is_some());
            assert_eq!((before > 1, stop.is_some()), (twin.stops, twin.stops), "twin {at}: {answer}");
            let Some(stop) = stop else { continue };
            let remedy = &stop["remedies"][0];
            let words = remedy["command"].as_str().expect("a command").split(' ').skip(1);
            let run =
                Run::of(command(words).args(["--yes", "--confirm", "ada@contoso.com"]).output().expect("it runs"));
            assert_eq!(run.code, Some(0), "{run:?}");
            assert_eq!(remedy["account"], format!("{}.{}", twin.uid, twin.utid), "the one without tokens goes first");
            assert_eq!(found(peer, &file), 1, "twin {at}");
        }
    }
}
