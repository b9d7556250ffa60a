//! A skim tells of a text what the whole reading tells, however the text is cut: the same entries at the same places,
//! the fingerprints of the tokens that it leaves out, and no verdict that differs.

use proptest::prelude::*;
use saltcellar::json::{Document, EntrySpot, Node, Skim};
use saltcellar::secret::{Fingerprint, FingerprintMaker, SecretBytes};

use super::super::support::caches::made;
use super::parse;

/// An entry as both readings tell it: place, section, key, and its members with secrets by fingerprint and length.
type Told = (EntrySpot, String, String, Vec<(String, String)>);

fn told(document: &Document, base: EntrySpot) -> Vec<Told> {
    let spots = document.sections().flat_map(|section| document.entries(section).map(move |spot| (section, spot)));
    let entry = |(section, spot): (_, EntrySpot)| {
        let before = if spot.section == 0 { base.entry } else { 0 };
        let place = EntrySpot { section: base.section + spot.section, entry: before + spot.entry };
        let fields = document.fields(spot).into_iter().map(|(name, node)| {
            let value = shown(&name, &node);
            (name.into_owned(), value)
        });
        (place, document.section_name(section).into_owned(), document.raw_key(spot).into_owned(), fields.collect())
    };
    spots.map(entry).collect()
}

fn shown(name: &str, node: &Node<'_>) -> String {
    match node.secret().filter(|_| name == "secret") {
        Some(secret) => format!("{} {}", secret.fingerprint(), secret.len()),
        None => node.raw().into_owned(),
    }
}

/// What a skim tells of `text`, cut into pieces of `piece` bytes and batches of about `batch`; `None` if it gives up.
fn skimmed(text: &[u8], piece: usize, batch: usize) -> Option<Vec<Told>> {
    let mut skim = Skim::new(batch);
    let (mut maker, mut prints, mut batches) = (FingerprintMaker::default(), Vec::<Fingerprint>::new(), Vec::new());
    for piece in text.chunks(piece) {
        let room = SecretBytes::new(piece.to_vec());
        for part in skim.take(&room, piece.len()) {
            maker.add(&room, part.range);
            prints.extend(part.ends.then(|| maker.finish()));
        }
        batches.extend(skim.ready());
    }
    batches.push(skim.finish()?);
    let mut all = Vec::new();
    for batch in batches {
        let (base, range) = (batch.base, batch.before..batch.before + batch.secrets());
        all.extend(told(&batch.document(&prints[range])?, base));
    }
    Some(all)
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
    fn a_skim_tells_what_the_whole_reading_tells(made in made(), piece in 1usize..40, batch in 0usize..200) {
        let document = parse(&made.text).expect("a made cache parses");

        if let Some(skimmed) = skimmed(made.text.as_bytes(), piece, batch) {
            prop_assert_eq!(skimmed, told(&document, EntrySpot::default()));
        }
    }

    #[test]
    fn usual_tokens_are_left_out_and_told(
        letters in "[ -!#-\\[\\]-~]{0,40}", entries in 0usize..5, pretty: bool, piece in 1usize..90, batch in 0usize..300,
    ) {
        let text = tokens(&letters, entries, pretty);
        let document = parse(&text).expect("valid");

        let skimmed = skimmed(text.as_bytes(), piece, batch).expect("nothing is odd");

        prop_assert_eq!(skimmed, told(&document, EntrySpot::default()));
    }

    #[test]
    fn a_damaged_text_is_never_taken_for_a_whole_one(
        at in 0.0..1.0, byte: u8, much in 0usize..4, piece in 1usize..60, batch in 0usize..100,
    ) {
        let mut bytes = tokens("token", 3, true).into_bytes();
        let at = (at * bytes.len() as f64) as usize;
        bytes.splice(at..(at + much).min(bytes.len()), (much != 1).then_some(byte));

        if let Some(skimmed) = skimmed(&bytes, piece, batch) {
            let text = String::from_utf8(bytes).expect("what is not UTF-8 is refused");
            let document = parse(&text).expect("what a skim takes is valid");
            prop_assert_eq!(skimmed, told(&document, EntrySpot::default()));
        }
    }

    #[test]
    fn a_text_of_marks_has_the_same_verdict(
        text in r#"[{]("A":[{]("k":([{]("secret":"x")?[}]|"y"|1|\[\])[,}]?[,}]?)*[}]?,?)*[}]? ?[}]?"#, piece in 1usize..9,
    ) {
        prop_assert_eq!(skimmed(text.as_bytes(), piece, 0).is_some(), parse(&text).is_ok(), "{}", text);
    }
}

#[test]
fn commas_without_entries_are_no_place_to_cut() {
    for text in [r#"{"A":{,"k":{}}}"#, r#"{"A":{"k":{},}}"#, r#"{"A":{"k":{},,"l":{}}}"#] {
        assert!(skimmed(text.as_bytes(), 1, 0).is_none() && parse(text).is_err(), "{text}");
    }
    assert!(skimmed(br#"{"A":[{},{}]}"#, 1, 0).is_none(), "a list is left to the whole reading");
}

#[test]
fn escapes_and_wide_letters_in_a_token_end_the_skim() {
    for odd in ["\\u0041", "é", "\u{7f}\u{80}"] {
        assert!(skimmed(tokens(odd, 2, false).as_bytes(), 7, 0).is_none(), "{odd:?}");
    }
}

#[test]
#[should_panic(expected = "for reading alone")]
fn a_text_with_holes_cannot_be_written() {
    let text = tokens("token", 1, false);
    let mut skim = Skim::new(1 << 20);
    let mut maker = FingerprintMaker::default();
    let parts = skim.take(&SecretBytes::new(text.clone().into_bytes()), text.len());
    let prints: Vec<_> = parts.iter().map(|_| maker.finish()).collect();
    let document = skim.finish().and_then(|batch| batch.document(&prints)).expect("valid");

    let _ = document.to_bytes();
}
