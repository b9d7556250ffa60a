//! Damage is called by its name, with its place.

use saltcellar::json::salvage::{Damage, Salvage, Why};
use saltcellar::ops::salvage;
use saltcellar::secret::SecretBytes;

use super::texts::{document, entries, made, pretty};

fn left(bytes: &[u8]) -> Salvage {
    salvage(SecretBytes::new(bytes.to_vec()))
}

fn copy(salvage: &Salvage) -> String {
    String::from_utf8(salvage.document().expect("it reads").to_bytes().reveal().to_vec()).expect("text")
}

#[test]
fn a_healthy_text_has_no_damage_and_comes_back_as_it_was() {
    for text in [made(3), pretty(&made(3)), "{}".to_owned(), r#"{"A": {}, "B": 7}"#.to_owned()] {
        let left = left(text.as_bytes());

        assert!(left.is_healthy() && left.lost.is_empty(), "{:?}", left.damage);
        assert_eq!(copy(&left), text);
    }
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    for text in ["", " \n", "\u{feff}"] {
        assert!(left(text.as_bytes()).damage.contains(&Damage::Empty), "{text:?}");
    }
    assert_eq!(left(&[0; 64]).damage, [Damage::Nul { at: 0, count: 64 }, Damage::Empty]);
}

#[test]
fn extra_data_is_called_so_with_its_size() {
    let text = pretty(&made(2));

    let left = left(format!("{text}    }}\n}}").as_bytes());

    assert_eq!(left.damage, [Damage::ExtraData { at: text.len() + 4, bytes: 3 }]);
    assert_eq!(left.lost.iter().map(|loss| loss.why).collect::<Vec<_>>(), [Why::Leftover]);
    assert_eq!(copy(&left), text);
}

#[test]
fn a_cut_is_told_with_the_entry_that_it_hit() {
    let text = made(2);
    let last = entries(&text).pop().expect("entries");

    let left = left(&text.as_bytes()[..last.end - 5]);

    assert_eq!(left.damage, [Damage::Truncated { at: last.end - 5 }]);
    let [loss] = left.lost.as_slice() else { panic!("{:?}", left.lost) };
    assert_eq!((loss.at.start, loss.at.end, loss.why), (last.start, last.end - 5, Why::CutOff));
    assert_eq!(loss.section.as_deref(), Some(last.section.as_str()));
    assert!(loss.key.as_deref().is_some_and(|key| last.text.contains(key)));
}

#[test]
fn of_two_documents_the_first_whole_one_leads_and_conflicts_are_told() {
    let (old, new) = (made(2), made(3).replace("rt-1", "RT-1"));

    let left = left(format!("{old}{new}").as_bytes());

    assert_eq!(left.damage, [Damage::SecondDocument { at: old.len() }]);
    let [conflict] = left.conflicts.as_slice() else { panic!("{:?}", left.conflicts) };
    assert!(conflict.section == "RefreshToken" && conflict.kept.end <= old.len() && conflict.dropped.start > old.len());
    let (copy, old, new) = (copy(&left), entries(&old), entries(&new));
    assert_eq!(entries(&copy).len(), new.len());
    assert!(old.iter().all(|whole| copy.contains(&whole.text)));
}

#[test]
fn a_second_document_leads_when_the_first_is_damaged() {
    let (old, new) = (made(2), made(2).replace("rt-1", "RT-1"));

    let left = left(format!("{}{new}", &old[..old.len() - 1]).as_bytes());

    assert!(copy(&left).contains("RT-1") && !copy(&left).contains("rt-1"), "{:?} {:?}", left.documents, left.damage);
}

#[test]
fn other_encodings_are_named_and_offsets_count_their_bytes() {
    let text = made(1);
    let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let with_mark = format!("\u{feff}{text}");

    let wide = left(&utf_16);
    let cut = left(&utf_16[..utf_16.len() - 20]);
    let marked = left(with_mark.as_bytes());

    assert_eq!((&wide.damage, copy(&wide)), (&vec![Damage::Utf16], text.clone()));
    assert_eq!(cut.damage, [Damage::Utf16, Damage::Truncated { at: utf_16.len() - 20 }]);
    assert_eq!((&marked.damage, copy(&marked)), (&vec![Damage::ByteOrderMark], text));
    let first = &wide.kept[0].at;
    assert_eq!(&utf_16[first.start..first.start + 2], &[b'"', 0]);
}

#[test]
fn an_entry_that_lost_its_end_does_not_swallow_the_next() {
    let text = made(4);
    let all = entries(&text);
    let hit = &all[2];
    let bytes = [&text.as_bytes()[..hit.end - 1], &text.as_bytes()[hit.end..]].concat();

    let left = left(&bytes);

    let kept: Vec<_> = left.kept.iter().filter_map(|piece| piece.key.clone()).collect();
    assert_eq!(kept.len(), all.len() - 1, "{:?}", left.lost);
    assert!(document(copy(&left).as_bytes()).is_some());
}

#[test]
fn a_field_of_a_lost_entry_is_no_entry() {
    let text = r#"{"Odd":{"k":{"x":0},"a":X"x":1,"n":{"x":2},"z":3},"b":{"x":2}}}"#;

    let left = left(text.as_bytes());

    assert_eq!(copy(&left), r#"{"Odd":{"k":{"x":0},"b":{"x":2}}}"#);
}

#[test]
fn an_entry_of_unknown_kind_goes_to_no_section_but_its_own() {
    let text = r#"{"Odd":{"k":{"x":0},"l":{"x"X0}},"Other"Y{"a":{"y":1},"b":{"y":2}}}"#;

    let left = left(text.as_bytes());

    assert_eq!(copy(&left), r#"{"Odd":{"k":{"x":0}}}"#);
}
