//! Facts in words: the list at 80 columns, changes, effects, details; and no secret in any of them.

use std::cell::Cell;

use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Roster, Section};
use saltcellar::json::{Change, Document, Edit, Layout, Patch, Path, Position, Text};
use saltcellar::ops::{self, Filter, ForgetOptions, PruneOptions};
use saltcellar::present::list::{CacheTitle, Tally, cache_lines, footer, title_line};
use saltcellar::present::record::{records, title_record};
use saltcellar::present::{Line, Role, Word, change, entry};
use saltcellar::secret::{Law, RevealGrant, SecretBytes, SecretText};
use unicode_width::UnicodeWidthStr;

fn document(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a cache")
}

fn title() -> CacheTitle {
    CacheTitle {
        app: "Azure CLI".to_owned(),
        place: "~/.azure/msal_token_cache.json".to_owned(),
        protection: "plaintext 0600".to_owned(),
        mode: "RW".to_owned(),
    }
}

fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text() + "\n").collect()
}

fn listed(document: &Document) -> Vec<Line> {
    let cache = Cache::of(document);
    cache_lines(&title(), &Roster::of(&cache), DEMO_NOW)
}

fn forget_ada(document: &Document) -> Patch {
    let options = ForgetOptions { accounts: vec!["ada@contoso.com".to_owned()], ..ForgetOptions::default() };
    ops::forget(&Cache::of(document), &options)
}

fn prune_expired(document: &Document) -> Patch {
    let filter = Filter { expired: true, ..Filter::default() };
    ops::prune(&Cache::of(document), &PruneOptions { filter, now: DEMO_NOW })
}

#[test]
fn the_list_shows_accounts_their_health_and_their_tokens_in_columns() {
    insta::assert_snapshot!(text(&listed(&document(DEMO))));
}

#[test]
fn the_list_stays_within_80_columns_in_any_script() {
    let demo = DEMO
        .replace("ada@contoso.com", "アダ・ラブレス・バイロン・キング@contoso.example.com")
        .replace("bob@", "b\\u0007\\u202eob@");

    for line in listed(&document(&demo)) {
        let text = line.text();
        assert!(text.width() <= 80, "{} {text}", text.width());
        assert!(!text.contains(['\u{7}', '\u{202e}']), "{text}");
    }
}

#[test]
fn the_command_to_sign_in_again_is_the_app_s_own() {
    let az = DEMO.replace("c0270500-a991-4a1e-8000-5a17ce11a003", "04b07795-8ddb-461a-bbee-02f9e1bf7b46");

    let listed = text(&listed(&document(&az)));

    assert!(listed.contains("    no refresh token here; run: az login --tenant fabrikam.com\n"), "{listed}");
}

#[test]
fn what_is_longer_than_its_column_keeps_a_gap_behind_it() {
    let title = CacheTitle {
        place: "redis://localhost/0#a-key-longer-than-its-column".into(),
        protection: "Flask session (pickle) 0644".into(),
        ..title()
    };

    let line = title_line(&title).text();

    assert!(line.ends_with("column  Flask session (pickle) 0644  RW"), "{line}");
}

fn told(roster: &Roster) -> Vec<Line> {
    let mut text = String::new();
    records(&title(), roster, DEMO_NOW, &mut |lines| text.push_str(lines));
    text.lines().map(|line| Line(vec![Word { text: line.to_owned(), role: Role::Plain }])).collect()
}

#[test]
fn a_record_is_one_line_of_twelve_fields_with_nothing_cut() {
    let long = "a-very-long-name-that-would-be-cut-on-a-terminal@contoso.com";
    let document = document(&DEMO.replace("ada@contoso.com", long).replace("bob@", "b\\tob@"));
    let cache = Cache::of(&document);

    let records = told(&Roster::of(&cache));

    assert_eq!(records.len(), 11);
    assert!(records.iter().chain([&title_record(&title())]).all(|record| record.text().split('\t').count() == 12));
    assert!(records.first().is_some_and(|record| record.text().contains(long)));
    assert!(text(&records).contains("\tb^Iob@fabrikam.com\tfabrikam\tSIGN-IN NEEDED\t"));
}

#[test]
fn scopes_of_no_resource_are_told_by_the_client_of_each_token() {
    let token = |key: &str, client: &str| {
        format!(
            r#""{key}":{{"credential_type":"AccessToken","secret":"x","home_account_id":"a.b","environment":"login.windows.net",
            "client_id":"{client}","realm":"r","target":"openid profile","expires_on":"2000000000"}}"#
        )
    };
    let document = document(&format!(r#"{{"AccessToken":{{{},{}}}}}"#, token("1", "first"), token("2", "second")));

    let told = text(&told(&Roster::of(&Cache::of(&document))));

    assert!(["first", "second"].iter().all(|client| told.contains(&format!("\t{client}\t"))), "{told}");
}

#[test]
fn tokens_without_scopes_and_client_are_told_by_their_keys() {
    let token = r#"{"credential_type":"AccessToken","secret":"x","home_account_id":"a.b","expires_on":"2000000000"}"#;
    let document = document(&format!(r#"{{"AccessToken":{{"one-key":{token},"other-key":{token}}}}}"#));

    let told = text(&told(&Roster::of(&Cache::of(&document))));

    assert!(["one-key", "other-key"].iter().all(|key| told.contains(&format!("\t{key}\t"))), "{told}");
}

#[test]
fn a_cache_that_is_not_opened_has_its_head_alone() {
    let sealed = CacheTitle {
        app: "azure-identity".to_owned(),
        place: "~/.IdentityService/msal.cache.nocae".to_owned(),
        protection: "sealed, not opened".to_owned(),
        mode: String::new(),
    };

    assert_eq!(title_line(&sealed).text(), "azure-identity  ~/.IdentityService/msal.cache.nocae   sealed, not opened");
}

#[test]
fn the_last_line_counts_accounts_by_health() {
    let document = document(DEMO);
    let mut tally = Tally::default();

    tally.add(&Roster::of(&Cache::of(&document)), DEMO_NOW);
    tally.caches += 1;

    let expected = "2 caches, 2 accounts: 1 ok, 1 needs sign-in. Secrets hidden; local data only.";
    assert_eq!(footer(&tally).text(), expected);
    assert_eq!(footer(&Tally::default()).text(), "0 caches, 0 accounts. Secrets hidden; local data only.");
}

#[test]
fn a_plan_names_what_goes_and_why() {
    let document = document(DEMO);
    let patch = prune_expired(&document);

    let told = text(&change::changes(&Cache::of(&document), &patch));

    let expected = "\
- AccessToken  Key Vault               ada@contoso.com   expired 3d ago
- AccessToken  Microsoft Graph         bob@fabrikam.com  expired 2h00 ago
- AccessToken  Azure Resource Manager                    expired 9d ago
";
    assert_eq!(told, expected);
    assert_eq!(change::done(&Cache::of(&document), &patch), "Removed 3 access tokens.");
}

#[test]
fn a_long_plan_names_the_first_changes_and_counts_the_others() {
    let document = document(DEMO);
    let patch = prune_expired(&document);
    let told = |limit| text(&change::first_changes(&Cache::of(&document), &patch, limit));

    assert_eq!(told(1), "- AccessToken  Key Vault  ada@contoso.com  expired 3d ago\n  … and 2 more\n");
    assert_eq!(told(3), text(&change::changes(&Cache::of(&document), &patch)));
}

#[test]
fn who_is_told_to_stop_says_no_more_of_a_change() {
    let document = document(DEMO);
    let (cache, patch) = (Cache::of(&document), prune_expired(&document));
    let left = Cell::new(2_usize);
    let go_on = || left.replace(left.get().saturating_sub(1)) > 0;

    let told = change::changes_while(&cache, &Roster::of(&cache), &patch, &go_on);
    let diff = change::diff_while(&cache, &patch, 1000, &go_on);

    assert_eq!((told.len(), diff.len()), (2, 0));
}

#[test]
fn a_diff_shows_keys_and_fields_but_no_secret() {
    let document = document(
        r#"{"AccessToken":{"a":{"secret":"hunter2","expires_on":"1"},"b":{"expires_on":"2000000000"},"c":{"expires_on":"1"}}}"#,
    );
    let patch = prune_expired(&document);

    let lines = change::diff(&Cache::of(&document), &patch, 100);

    let expected = "  \"AccessToken\": {
-   \"a\": {
-     \"secret\": \"<redacted 7>\",
-     \"expires_on\": \"1\",
-   },
    ... 1 unchanged ...
-   \"c\": {
-     \"expires_on\": \"1\",
-   },
";
    assert_eq!(text(&lines), expected);
    assert!(lines.iter().skip(1).take(4).all(|line| line.0.iter().all(|word| word.role == Role::Removed)));
    let short = change::diff(&Cache::of(&document), &patch, 4);
    assert_eq!(short.last().map(Line::text).as_deref(), Some("  … and 1 more entry"));
    assert_eq!(short.len(), 5);
}

#[test]
fn a_diff_of_other_edits_reads_what_will_stand_there() {
    let document = document(r#"{"AccessToken":{"a":{"secret":"hunter2","n":1}}}"#);
    let printed = |text: &str| Text::Printed(SecretText::new(text.to_owned()));
    let object: Path = "/RefreshToken".parse().expect("a path");
    let changes = vec![
        Change { edit: Edit::Replace("/AccessToken/a/n".parse().expect("a path"), printed("2")), why: "t".into() },
        Change {
            edit: Edit::Insert {
                object,
                at: Position::Last,
                name: printed("\"r\""),
                value: printed(r#"{"secret":"hunter3"}"#),
            },
            why: "t".into(),
        },
    ];
    let patch = Patch { title: "Mixed".to_owned(), changes };

    let diff = text(&change::diff(&Cache::of(&document), &patch, 100));

    let expected = "  \"AccessToken\": {
    \"a\": {
-     \"n\": 1,
+     \"n\": 2,
+ \"RefreshToken\": {
+   \"r\": {
+     \"secret\": \"<redacted 7>\",
+   },
";
    assert_eq!(diff, expected);
    let layout = ops::reserialise(&Cache::of(&document), Layout::Pretty);
    let says = text(&change::diff(&Cache::of(&document), &layout, 100));
    assert_eq!(says, "  the whole text is laid out anew: 48 B -> 107 B\n");
}

#[test]
fn a_severe_effect_says_who_signs_in_and_that_nothing_is_revoked() {
    let document = document(DEMO);
    let cache = Cache::of(&document);

    let told = text(&change::effect(&ops::effect(&cache, &forget_ada(&document), DEMO_NOW)));

    let expected = "\
After: 12 entries (was 25): AT 3 (-6), RT 0 (-2), ID 1 (-3), Acct 1 (-2), App 6, ? 1; 27.6 KiB -> 8.2 KiB.
ada@contoso.com must sign in again.
2 refresh tokens go: without another one, the apps that used them ask for a sign-in.
3 other apps share the family token and must sign in too: Azure PowerShell, Microsoft Teams and Visual Studio Code.
This is local only: it does not revoke anything at Entra ID.
Open apps keep what they hold in memory until they reload.
";
    assert_eq!(told, expected);
    let done = "Removed 6 access tokens, 2 refresh tokens, 3 id tokens and 2 account entries of ada@contoso.com.";
    assert_eq!(change::done(&cache, &forget_ada(&document)), done);
}

#[test]
fn an_effect_on_node_caches_warns_that_entries_come_back() {
    let node = r#"{"Account":{"u.t-login.windows.net-t":{"home_account_id":"u.t","environment":"login.windows.net","realm":"t","username":"u","authority_type":"MSSTS","local_account_id":"u","client_info":"e30","tenantProfiles":[]}},"IdToken":{},"AccessToken":{"u.t-login.windows.net-accesstoken-c-t-s--":{"home_account_id":"u.t","environment":"login.windows.net","credential_type":"AccessToken","client_id":"c","secret":"s","realm":"t","target":"s","cached_at":"1","expires_on":"2"}},"RefreshToken":{},"AppMetadata":{}}"#;
    let document = document(node);
    let cache = Cache::of(&document);

    let told = text(&change::effect(&ops::effect(&cache, &prune_expired(&document), DEMO_NOW)));

    assert!(told.contains("Node apps put deleted entries back until restarted.\n"), "{told}");
    assert!(!told.contains("Entra ID"), "{told}");
}

/// Everything this room says of a cache without a grant.
fn everything(document: &Document) -> String {
    let cache = Cache::of(document);
    let roster = Roster::of(&cache);
    let mut lines = listed(document);
    lines.extend(told(&roster));
    for patch in [forget_ada(document), prune_expired(document), ops::reserialise(&cache, Layout::Canonical)] {
        lines.extend(change::changes(&cache, &patch));
        lines.extend(change::diff(&cache, &patch, usize::MAX));
        lines.extend(change::effect(&ops::effect(&cache, &patch, DEMO_NOW)));
    }
    for row in &roster.rows {
        lines.extend(entry::summary(&cache, &roster, row.spot, DEMO_NOW, None));
        lines.extend(entry::raw(&cache, row.spot, None));
    }
    text(&lines)
}

#[test]
fn no_twelve_bytes_of_a_secret_are_shown_without_a_grant() {
    let document = document(DEMO);
    let said = everything(&document);
    let windows: std::collections::HashSet<&[u8]> = said.as_bytes().windows(12).collect();
    let cache = Cache::of(&document);
    let grant = RevealGrant::asked_for(&Law::default()).expect("no law");

    for secret in cache.entries().filter_map(|entry| entry.secret()) {
        let leak = secret.reveal(&grant).as_bytes().windows(12).find(|window| windows.contains(window));
        assert_eq!(leak, None);
    }
}

#[test]
fn a_grant_shows_the_whole_secret() {
    let document = document(DEMO);
    let cache = Cache::of(&document);
    let spot = Roster::of(&cache).rows.first().expect("rows").spot;
    let grant = RevealGrant::asked_for(&Law::default()).expect("no law");
    let secret = cache.entry(spot).and_then(|entry| entry.secret()).expect("a token");

    let shown = text(&entry::summary(&cache, &Roster::of(&cache), spot, DEMO_NOW, Some(&grant)));
    let raw = text(&entry::raw(&cache, spot, Some(&grant)));

    assert!(shown.contains(secret.reveal(&grant)) && raw.contains(secret.reveal(&grant)));
}

#[test]
fn claims_are_told_with_notes_and_as_not_verified() {
    let document = document(DEMO);
    let cache = Cache::of(&document);
    let spot = Roster::of(&cache).rows.first().expect("rows").spot;

    let claims = text(&entry::claims(&cache, spot, DEMO_NOW));
    let values = entry::claim_values(&cache, spot);

    assert!(claims.starts_with("! signature not verified\n"), "{claims}");
    assert!(claims.contains("  exp         1795351920  2026-11-22 12:52:00Z (in 52m)  not valid"), "{claims}");
    assert!(claims.contains("https://graph.microsoft.com  Microsoft Graph  "), "{claims}");
    assert!(claims.contains("Global Administrator"), "{claims}");
    assert!(values.contains(&("upn".to_owned(), "ada@contoso.com".to_owned())));
}

#[test]
fn an_entry_that_is_no_object_or_not_there_has_no_details() {
    let document = document(r#"{"AccessToken":{"k":7}}"#);
    let cache = Cache::of(&document);
    let roster = Roster::of(&cache);
    let spot = roster.rows.first().expect("rows").spot;
    let nowhere = saltcellar::json::EntrySpot { section: 4, entry: 0 };

    assert!(text(&entry::summary(&cache, &roster, spot, DEMO_NOW, None)).contains("no expiry that can be read"));
    assert_eq!(entry::raw(&cache, spot, None).len(), 1);
    assert_eq!(entry::summary(&cache, &roster, nowhere, DEMO_NOW, None), []);
    assert_eq!(entry::claims(&cache, nowhere, DEMO_NOW), []);
}

#[test]
fn the_details_of_entries_of_one_kind_begin_with_the_same_lines() {
    let document = document(DEMO);
    let cache = Cache::of(&document);
    let roster = Roster::of(&cache);
    let labels = |spot| {
        let lines = entry::summary(&cache, &roster, spot, DEMO_NOW, None);
        let labels: Vec<String> =
            lines.iter().filter_map(|line| line.0.first()).map(|word| word.text.trim().to_owned()).collect();
        let secret = labels.iter().position(|label| label == "Secret").expect("a token has one");
        labels.into_iter().take(secret + 1).collect::<Vec<_>>()
    };

    let tokens = roster.rows.iter().filter(|row| row.section == Section::AccessToken && row.account.is_some());
    let mut seen: Vec<_> = tokens.filter(|row| !row.is_app_only()).map(|row| labels(row.spot)).collect();
    seen.dedup();

    let same = ["What", "Status", "Account", "Tenant", "Client", "Expires", "Cached", "Lifetime", "Secret"];
    assert_eq!(seen, [same]);
}
