//! The report for an upstream issue names nobody: neither who is in the cache nor who is only beside it, no path, no
//! program; and what it says of the cache is there all the same.

use super::calls::Scene;
use super::home::{both, code};
use super::secrets::AT;

#[test]
fn a_report_for_an_issue_names_nobody() {
    let scene = Scene::new();
    let profile = r#"{"subscriptions":[{"user":{"name":"eve@tailspin.example","type":"user"}}]}"#;
    scene.home.put(".azure/azureProfile.json", profile);
    scene.home.put(".azure/msal_token_cache.json.lockfile", "4194303 /home/eve/ledger.py");
    scene.home.put(".azure/.msal_token_cache.json.saltcellar-4194303-0eve.tmp", "x");

    scene.home.put(".azure/msal_token_cache-eve.json", r#"{"Account":{"a":{"username":"eve@tailspin.example"}}}"#);
    let entries = r#"[{"client_id":"tailspin","client_secret":"ledger"}]"#;
    scene.home.put(".azure/service_principal_entries.json", entries);
    scene.home.put(".azure/service_principal_entries-eve.json", entries);

    let asked = ["--client", "c1", "--account", "ada@contoso.com", "--scope", "graph", "--runtime", "all"];
    let words = ["doctor", ".azure/msal_token_cache.json", "--issue", "report.md", "--at", AT];
    let output = scene.home.run(words.iter().chain(&asked));
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&both(&output)));

    let report = std::fs::read(scene.home.path("report.md")).expect("written");
    scene.secrets.must_not_be_in(&report, "the report");
    let report = String::from_utf8(report).expect("UTF-8").to_lowercase();
    let home = scene.home.path("").display().to_string().to_lowercase();
    for name in ["ada", "contoso", "eve", "tailspin", "ledger", home.trim_end_matches('/')] {
        assert!(!holds(&report, name), "{name} stands in the report: {report}");
    }
    let around = ["`stale-sibling`", "`left-lock`", "`left-temp`", "`app-secret`", "`forgotten-copy`"];
    for told in around.iter().chain(&["msal go:", "fails at:", "redacted:"]) {
        assert!(report.contains(told), "{told} is missing: {report}");
    }
}

/// Whether `name` stands in `text` as a word of its own.
fn holds(text: &str, name: &str) -> bool {
    let is_open = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    text.match_indices(name)
        .any(|(at, _)| is_open(text[..at].chars().next_back()) && is_open(text[at + name.len()..].chars().next()))
}
