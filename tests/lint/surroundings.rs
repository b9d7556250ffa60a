//! The rules about what lies around a cache: modes, locks, files left behind, a twin, a sibling, text that is none.

use saltcellar::lint::{LeftLock, Severity, Surroundings, Twin};

use crate::support::lint::{findings, findings_among};

/// A cache with one account and its refresh token.
const CACHE: &str = r#"{"Account":{"a":{"home_account_id":"U.t","environment":"h","realm":"t","username":"ada@x"}},"RefreshToken":{"r":{"home_account_id":"U.t","environment":"h","client_id":"c","secret":"s"}}}"#;

fn severities(rule: &str, text: &str, around: &Surroundings) -> Vec<Severity> {
    findings_among(rule, text, around).iter().map(|finding| finding.severity).collect()
}

fn modes(file: u32, folder: u32, others_can_reach: bool) -> Surroundings {
    Surroundings { file_mode: Some(file), folder_mode: Some(folder), others_can_reach, ..Surroundings::default() }
}

#[test]
fn a_file_that_others_can_read_is_graver_where_they_can_reach_it() {
    assert_eq!(severities("open-file", CACHE, &modes(0o644, 0o755, true)), [Severity::Error]);
    assert_eq!(severities("open-file", CACHE, &modes(0o644, 0o700, false)), [Severity::Warning]);
    assert_eq!(severities("open-file", CACHE, &modes(0o640, 0o755, true)), [Severity::Warning]);
    assert_eq!(severities("open-file", "{\"AccessToken\":{", &modes(0o644, 0o755, true)), [Severity::Error]);
}

#[test]
fn a_private_file_and_one_without_secrets_are_not_open() {
    assert_eq!(severities("open-file", CACHE, &modes(0o600, 0o755, true)), []);
    assert_eq!(severities("open-file", CACHE, &modes(0o700, 0o755, true)), []);
    assert_eq!(severities("open-file", "{}", &modes(0o644, 0o755, true)), []);
}

#[test]
fn a_folder_that_others_can_write_lets_them_swap_the_cache() {
    assert_eq!(severities("open-folder", CACHE, &modes(0o600, 0o777, true)), [Severity::Error]);
    assert_eq!(severities("open-folder", CACHE, &modes(0o600, 0o770, true)), [Severity::Warning]);
    assert_eq!(severities("open-folder", CACHE, &modes(0o600, 0o1777, true)), [Severity::Note]);
}

#[test]
fn a_folder_that_others_can_only_list_is_noted_for_an_apps_own_folder() {
    let of_app = Surroundings { app: Some("Azure CLI".to_owned()), ..modes(0o600, 0o755, true) };

    assert_eq!(severities("open-folder", CACHE, &of_app), [Severity::Note]);
    assert_eq!(severities("open-folder", CACHE, &modes(0o600, 0o755, true)), []);
    assert_eq!(severities("open-folder", CACHE, &modes(0o600, 0o700, true)), []);
}

#[test]
fn refresh_tokens_in_plain_text_count_where_the_app_usually_seals() {
    let sealed = Surroundings { usually_sealed: true, ..Surroundings::default() };

    let found = findings_among("plain-tokens", CACHE, &sealed);

    assert_eq!(found.iter().map(|finding| finding.entries.len()).collect::<Vec<_>>(), [1]);
    assert!(findings("plain-tokens", CACHE).is_empty());
    assert!(findings_among("plain-tokens", r#"{"AccessToken":{"a":{"secret":"s"}}}"#, &sealed).is_empty());
}

fn left(proof: Option<&str>, age: i64) -> Surroundings {
    let proof = proof.map(str::to_owned);
    let lock = LeftLock { name: "c.lockfile".to_owned(), holder: "python (pid 7)".to_owned(), proof, age: Some(age) };
    Surroundings { left_locks: vec![lock], ..Surroundings::default() }
}

#[test]
fn a_lock_is_left_for_sure_with_a_proof_and_perhaps_when_nobody_signed_it_for_minutes() {
    assert_eq!(severities("left-lock", CACHE, &left(Some("its process has ended"), 1)), [Severity::Error]);
    assert_eq!(severities("left-lock", CACHE, &left(None, 121)), [Severity::Warning]);
    assert_eq!(severities("left-lock", CACHE, &left(None, 119)), []);
}

#[test]
fn temps_and_undos_of_ours_are_told() {
    let temps = Surroundings { left_temps: vec![".c.saltcellar-1-2.tmp".to_owned()], ..Surroundings::default() };
    let undo = |age| Surroundings { undo_age: Some(age), ..Surroundings::default() };

    assert_eq!(severities("left-temp", CACHE, &temps), [Severity::Warning]);
    assert_eq!(severities("undo-kept", CACHE, &undo(3599)), [Severity::Note]);
    assert_eq!(severities("undo-kept", CACHE, &undo(3600)), [Severity::Warning]);
    assert!(findings("left-temp", CACHE).is_empty() && findings("undo-kept", CACHE).is_empty());
}

#[test]
fn an_empty_file_is_a_signal_only_where_tokens_may_lie_in_a_keyring() {
    let of = |may_be_signal, length| Surroundings { may_be_signal, length: Some(length), ..Surroundings::default() };

    assert_eq!(severities("empty-signal", "", &of(true, 0)), [Severity::Note]);
    assert_eq!(severities("empty-signal", "{}", &of(true, 2)), [Severity::Note]);
    assert_eq!(severities("empty-signal", "", &of(false, 0)), []);
    assert_eq!(severities("empty-signal", CACHE, &of(true, 200)), []);
}

fn with_twin(ids: Option<&[&str]>) -> Surroundings {
    let home_account_ids = ids.map(|ids| ids.iter().map(ToString::to_string).collect());
    let twin = Twin { name: "msal.cache.cae".to_owned(), home_account_ids };
    Surroundings { twin: Some(twin), ..Surroundings::default() }
}

#[test]
fn twins_with_other_accounts_are_noted_and_ids_compare_without_case() {
    assert_eq!(severities("cae-twin", CACHE, &with_twin(Some(&[]))), [Severity::Note]);
    assert_eq!(severities("cae-twin", CACHE, &with_twin(Some(&["u.t", "v.t"]))), [Severity::Note]);
    assert_eq!(severities("cae-twin", CACHE, &with_twin(Some(&["u.t"]))), []);
    assert_eq!(severities("cae-twin", CACHE, &with_twin(None)), []);
}

#[test]
fn each_way_of_being_no_cache_is_told_by_its_cause() {
    for (text, cause) in [
        ("{\"Account\":{}}}", "followed by more text"),
        ("{\"Account\":{", "ends too early"),
        ("\0\0\0", "NUL bytes"),
        ("{\"Account\":\0\0", "NUL bytes"),
        ("[]", "not a JSON object"),
        ("{,}", "not valid JSON"),
    ] {
        let found = findings("not-a-cache", text);
        assert!(found.iter().any(|finding| finding.says.contains(cause)), "{text}: {found:?}");
        assert_eq!(found.len(), 1, "{text}");
    }
    assert!(findings("not-a-cache", "").is_empty() && findings("not-a-cache", CACHE).is_empty());
}

#[test]
fn a_sibling_that_names_somebody_else_is_told() {
    let stale = vec![("azureProfile.json".to_owned(), "zoe@x".to_owned())];
    let around = Surroundings { stale_siblings: stale, ..Surroundings::default() };

    assert_eq!(severities("stale-sibling", CACHE, &around), [Severity::Warning]);
    assert_eq!(severities("stale-sibling", "{", &around), []);
}
