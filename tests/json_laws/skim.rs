//! A text read in stretches tells what the whole reading tells, however it is cut: the same entries at the same places,
//! and no verdict that differs.

use proptest::prelude::*;
use saltcellar::json::{Document, EntrySpot, Joined, Sizes, Stretches, Worker};

use super::super::support::caches::made;
use super::parse;

/// An entry as both readings tell it: place, section, key, and its members.
type Told = (EntrySpot, String, String, Vec<(String, String)>);

fn told(document: &Document) -> Vec<Told> {
    let spots = document.sections().flat_map(|section| document.entries(section).map(move |spot| (section, spot)));
    let entry = |(section, place): (_, EntrySpot)| {
        let fields = document.fields(place);
        let members = fields.iter().map(|(name, node)| (name.into_owned(), node.raw().into_owned())).collect();
        (place, document.section_name(section).into_owned(), document.raw_key(place).into_owned(), members)
    };
    spots.map(entry).collect()
}

/// What the stretches of `text` tell; `None` if they give up.
fn read(text: &[u8], stretch: u64, probe: usize) -> Option<Vec<Told>> {
    let sizes = Sizes { text: text.len() as u64, stretch, probe };
    let read = |at: u64, room: &mut [u8]| {
        let rest = &text[at as usize..];
        let len = rest.len().min(room.len());
        room[..len].copy_from_slice(&rest[..len]);
        Some(len)
    };
    let stretches = Stretches { read: &read, each: &|(), part, _| told(part), sizes };
    let mut worker = Worker::default();
    let found: Vec<_> = (0..stretches.count()).filter_map(|nth| stretches.stretch(nth, &mut worker)).collect();
    let (mut joined, mut parts) = (Joined::default(), Vec::new());
    for stretch in found {
        stretches.add(&mut joined, stretch, &mut worker, &mut |base, part| parts.push((base, part)))?;
    }
    stretches.is_whole(&joined).then_some(())?;
    let told = parts.into_iter().flat_map(|(base, part)| part.into_iter().map(move |told| behind(base, told)));
    Some(told.collect())
}

fn behind(base: EntrySpot, (spot, section, key, fields): Told) -> Told {
    let before = if spot.section == 0 { base.entry } else { 0 };
    (EntrySpot { section: base.section + spot.section, entry: before + spot.entry }, section, key, fields)
}

/// A cache of tokens with holes to leave, in the layout of MSAL Python or of the others.
fn tokens(letters: &str, entries: usize, pretty: bool) -> String {
    let entry = |at: usize| format!(r#""k{at}": {{"secret": "{letters}{at}", "target": "a b", "n": {at}}}"#);
    let section = |name: &str| format!(r#""{name}": {{{}}}"#, (0..entries).map(entry).collect::<Vec<_>>().join(", "));
    let text = ["AccessToken", "Account", "IdToken", "RefreshToken", "AccessToken"].map(section).join(", ");
    if pretty { format!("{{\n    {text}\n}}\n") } else { format!("{{{text}}}").replace(": ", ":").replace(", ", ",") }
}

proptest! {
    #[test]
    fn stretches_tell_what_the_whole_reading_tells(made in made(), stretch in 1u64..200, probe in 1usize..90) {
        let document = parse(&made.text).expect("a made cache parses");

        if let Some(read) = read(made.text.as_bytes(), stretch, probe) {
            prop_assert_eq!(read, told(&document));
        }
    }

    #[test]
    fn a_usual_text_is_read_however_it_is_cut(
        letters in "[ -!#-\\[\\]-~]{0,40}", entries in prop_oneof![0usize..5, 60usize..90], pretty: bool,
        stretch in 20u64..900, probe in 20usize..300,
    ) {
        let text = tokens(&letters, entries, pretty);
        let document = parse(&text).expect("valid");

        let read = read(text.as_bytes(), stretch, probe).expect("nothing is odd");

        prop_assert_eq!(read, told(&document));
    }

    #[test]
    fn a_damaged_text_is_never_taken_for_a_whole_one(
        at in 0.0..1.0, byte: u8, much in 0usize..4, stretch in 1u64..200, probe in 1usize..90,
    ) {
        let mut bytes = tokens("token", 3, true).into_bytes();
        let at = (at * bytes.len() as f64) as usize;
        bytes.splice(at..(at + much).min(bytes.len()), (much != 1).then_some(byte));

        if let Some(read) = read(&bytes, stretch, probe) {
            let text = String::from_utf8(bytes).expect("what is not UTF-8 is refused");
            let document = parse(&text).expect("what is read is valid");
            prop_assert_eq!(read, told(&document));
        }
    }

    #[test]
    fn a_text_of_marks_is_never_taken_for_what_it_is_not(
        text in r#"[{]("A":[{]("k":([{]("secret":"x")?[}]|"y"|1|\[\])[,}]?[,}]?)*[}]?,?)*[}]? ?[}]?"#, stretch in 1u64..30,
    ) {
        match (read(text.as_bytes(), stretch, 9), parse(&text)) {
            (Some(read), Ok(document)) => prop_assert_eq!(read, told(&document)),
            (Some(_), Err(error)) => prop_assert!(false, "{} in {}", error, text),
            (None, _) => {}
        }
    }
}

#[test]
fn commas_without_entries_are_no_joints() {
    for text in [r#"{"A":{,"k":{}}}"#, r#"{"A":{"k":{},}}"#, r#"{"A":{"k":{},,"l":{}}}"#] {
        assert!(read(text.as_bytes(), 4, 9).is_none() && parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_joint_that_turns_out_to_be_none_is_passed_over() {
    let few: String = (0..70).map(|at| format!(r#""e{at}": {{}}, "#)).collect();
    let inner = r#""deep": {"a": {"x": 1}, "b": {"y": 2}, "c": 3}"#;
    let odd = format!(r#""k": {{{inner}}}, "l": {{"said": "}}, ", "n": 1}}, "m": {{}}"#);
    let text = format!(r#"{{"Account": {{{few}{odd}, {odd}, {odd}}}}}"#);
    let mut whole = 0;

    for stretch in 5..300 {
        if let Some(read) = read(text.as_bytes(), stretch, 99) {
            assert_eq!(read, told(&parse(&text).expect("valid")), "{stretch}");
            whole += 1;
        }
    }
    assert!(whole > 100, "{whole}");
}
