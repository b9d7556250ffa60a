//! A second reader: `check_bytes.py` cuts old and new text apart with Python's own json module and
//! compares what stayed, byte for byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use saltcellar::json::{Change, Document, Edit, EntrySpot, Patch};

use super::super::support::{caches::made, peers::agrees};
use super::{parse, text_of};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/check_bytes.py");

/// A few dozen caches, always the same.
fn caches() -> Vec<Document> {
    let mut runner = TestRunner::deterministic();
    let mut next = || made().new_tree(&mut runner).expect("a cache is made").current().text;
    (0..60).map(|_| parse(&next()).expect("a made cache parses")).collect()
}

/// One line for the script: the texts, and which entries should be gone.
fn case(old: &str, new: &str, gone: &[EntrySpot]) -> String {
    let gone: Vec<_> = gone.iter().map(|spot| (spot.section, spot.entry)).collect();
    serde_json::json!({ "old": STANDARD.encode(old), "new": STANDARD.encode(new), "gone": gone }).to_string()
}

#[test]
fn python_finds_every_kept_entry_byte_for_byte() {
    let every_third = |document: &Document| -> Vec<EntrySpot> {
        document.sections().flat_map(|section| document.entries(section)).step_by(3).collect()
    };
    let pruned = |document: Document| {
        let gone = every_third(&document);
        let edits = gone.iter().map(|spot| Edit::Remove(document.path(*spot)));
        let changes = edits.map(|edit| Change { edit, why: "every third".into() }).collect();
        let patch = Patch { title: "every third".to_owned(), changes };
        let (new, _) = document.apply(&patch).expect("the patch fits");
        case(&text_of(&document), &text_of(&new), &gone)
    };

    let cases: Vec<String> = caches().into_iter().map(pruned).collect();

    assert_ne!(agrees(SCRIPT, &cases), Some(false));
}

#[test]
fn python_notices_a_single_changed_byte() {
    let old = r#"{"A": {"k": 1.50, "l": 2}}"#;
    let gone = [EntrySpot { section: 0, entry: 1 }];

    assert_ne!(agrees(SCRIPT, &[case(old, r#"{"A": {"k": 1.50}}"#, &gone)]), Some(false));
    for wrong in [r#"{"A": {"k": 1.5}}"#, r#"{"A": {"l": 2}}"#, r#"{"A":{"k": 1.50}}"#, r#"{"A": {"k": 1.50, "l": 2}}"#]
    {
        assert_ne!(agrees(SCRIPT, &[case(old, wrong, &gone)]), Some(true), "{wrong}");
    }
}
