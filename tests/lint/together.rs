//! Many fixes as one patch: none gets into another's way.

use saltcellar::json::{Change, Edit, Patch, Path, Position, Text};
use saltcellar::lint::{Finding, Severity, together};
use saltcellar::secret::SecretText;

fn finding(edits: Vec<Edit>) -> Finding {
    let changes = edits.into_iter().map(|edit| Change { edit, why: "a test".into() }).collect();
    let fix = Some(Patch { title: String::new(), changes });
    Finding { rule: "test", severity: Severity::Error, entries: Vec::new(), says: String::new(), fix }
}

fn text(raw: &str) -> Text {
    Text::Printed(SecretText::new(raw.to_owned()))
}

fn remove(key: &str) -> Edit {
    Edit::Remove(Path::entry("A", key))
}

fn insert(name: &str) -> Edit {
    Edit::Insert { object: Path::entry("A", "k"), at: Position::Last, name: text(name), value: text("1") }
}

#[test]
fn the_first_of_two_fixes_for_one_entry_wins() {
    let replace = Edit::Replace(Path::entry("A", "k"), text("2"));

    let patch =
        together(&[finding(vec![remove("k")]), finding(vec![replace, remove("l")]), finding(vec![remove("m")])]);

    assert_eq!(patch.changes.into_iter().map(|change| change.edit).collect::<Vec<_>>(), [remove("k"), remove("m")]);
    assert_eq!(patch.title, "Mend 2 findings");
}

#[test]
fn the_same_edit_twice_is_one_edit() {
    let patch = together(&[finding(vec![remove("k")]), finding(vec![remove("k"), remove("l")])]);

    assert_eq!(patch.changes.len(), 2);
}

#[test]
fn members_can_be_added_side_by_side_but_not_to_what_goes() {
    assert_eq!(together(&[finding(vec![insert("\"a\"")]), finding(vec![insert("\"b\"")])]).changes.len(), 2);
    assert_eq!(together(&[finding(vec![insert("\"a\"")]), finding(vec![insert("\"a\"")])]).changes.len(), 1);
    assert_eq!(together(&[finding(vec![remove("k")]), finding(vec![insert("\"a\"")])]).changes.len(), 1);
}

#[test]
fn a_new_text_for_the_whole_waits_for_the_rest() {
    let whole = Edit::Replace(Path(Vec::new()), text("{}"));

    assert_eq!(together(&[finding(vec![remove("k")]), finding(vec![whole])]).changes.len(), 1);
}
