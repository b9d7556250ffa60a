//! The rules about what lies around a cache: modes, locks, files left behind, a twin, a sibling, text that is none.

use saltcellar::lint::{CopyFile, LeftLock, Remedy, SecretsFile, Severity, Surroundings, Twin, remedy};

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

fn secrets(files: &[(&str, u32, usize)], others_can_reach: bool) -> Surroundings {
    let file =
        |&(name, mode, secrets): &(&str, u32, usize)| SecretsFile { name: name.to_owned(), mode: Some(mode), secrets };
    Surroundings { app_secrets: files.iter().map(file).collect(), others_can_reach, ..Surroundings::default() }
}

#[test]
fn secrets_of_an_app_are_noted_even_where_they_are_private_and_are_graver_where_they_are_open() {
    let at = |mode, reach| secrets(&[("entries.json", mode, 2)], reach);

    assert_eq!(severities("app-secret", CACHE, &at(0o600, true)), [Severity::Note]);
    assert_eq!(severities("app-secret", CACHE, &at(0o640, true)), [Severity::Warning]);
    assert_eq!(severities("app-secret", CACHE, &at(0o644, false)), [Severity::Warning]);
    assert_eq!(severities("app-secret", CACHE, &at(0o644, true)), [Severity::Error]);
    assert_eq!(severities("app-secret", "{", &at(0o644, true)), [Severity::Error], "beside what is no cache, too");
    assert!(findings("app-secret", CACHE).is_empty());
}

#[test]
fn secrets_of_an_app_are_told_by_file_number_and_mode_and_only_open_files_are_closed() {
    let around = secrets(&[("entries.json", 0o644, 2), ("entries.json.bak", 0o600, 1)], true);

    let found = findings_among("app-secret", CACHE, &around);

    let says = found.iter().map(|finding| finding.says.as_str()).collect::<Vec<_>>();
    let [says] = says.as_slice() else { panic!("one finding") };
    assert!(says.starts_with("entries.json (2 secrets, 0644) and entries.json.bak (1 secret, 0600) are plain text"));
    assert!(says.ends_with(" Every user of this machine can open entries.json."), "{says}");
    assert_eq!(remedy("app-secret", &around), Some(Remedy::Close(vec!["entries.json".to_owned()])));
    assert_eq!(remedy("app-secret", &secrets(&[("entries.json", 0o600, 2)], true)), None);
}

fn copies(copies: &[(&str, u32)], copies_unread: usize) -> Surroundings {
    let copy = |&(name, mode): &(&str, u32)| CopyFile {
        name: name.to_owned(),
        mode: Some(mode),
        refresh_tokens: 2,
        accounts: 1,
        is_whole: true,
    };
    let copies = copies.iter().map(copy).collect();
    Surroundings { copies, copies_unread, others_can_reach: true, ..Surroundings::default() }
}

#[test]
fn a_forgotten_copy_is_a_warning_and_an_error_where_everyone_can_open_it() {
    assert_eq!(severities("forgotten-copy", CACHE, &copies(&[("c.json.bak", 0o600)], 0)), [Severity::Warning]);
    assert_eq!(severities("forgotten-copy", CACHE, &copies(&[("c.json.bak", 0o604)], 0)), [Severity::Error]);
    assert_eq!(severities("forgotten-copy", "", &copies(&[("c.json.bak", 0o600)], 0)), [Severity::Warning]);
    assert!(findings("forgotten-copy", CACHE).is_empty());
}

#[test]
fn each_forgotten_copy_is_named_and_to_be_looked_into_before_it_goes() {
    let around = copies(&[("c.json.bak", 0o600), ("c-2024.json", 0o600), ("c.json~", 0o640)], 1);

    let found = findings_among("forgotten-copy", CACHE, &around);

    let says: Vec<_> = found.iter().map(|finding| finding.says.as_str()).collect();
    assert_eq!(
        says,
        [
            "c.json.bak (2 refresh tokens, 1 account, 0600), c-2024.json (2 refresh tokens, 1 account, 0600) and c.json~ (2 \
          refresh tokens, 1 account, 0640) look like copies of this cache: a sign-out or prune here leaves what they \
          hold. Its group can open c.json~. 1 more such file was not looked into."
        ]
    );
    let names = ["c.json.bak", "c-2024.json", "c.json~"].map(str::to_owned).to_vec();
    assert_eq!(remedy("forgotten-copy", &around), Some(Remedy::LookAndDelete(names)));
}

#[test]
fn what_was_not_read_to_its_end_is_counted_from_below() {
    let part = |refresh_tokens| CopyFile {
        name: "c.json.bak".to_owned(),
        mode: None,
        refresh_tokens,
        accounts: 0,
        is_whole: false,
    };
    let says = |copy| {
        let around = Surroundings { copies: vec![copy], ..Surroundings::default() };
        findings_among("forgotten-copy", CACHE, &around).remove(0).says
    };

    assert!(says(part(1)).starts_with("c.json.bak (at least 1 refresh token) looks like a copy of this cache"));
    assert!(says(part(0)).starts_with("c.json.bak (tokens) looks like a copy of this cache: "));
}
