//! What the json room promises of any text: it is read whole, changed only where an edit says so,
//! and led back byte for byte; and no text, however hostile, brings it down.

mod hostile;
mod model;
mod peer;
mod skim;
mod suite;

use proptest::prelude::*;
use saltcellar::json::{Document, Layout, ParseError, Patch, relayout};
use saltcellar::secret::SecretBytes;

use super::support::caches::{Value, bare, made};
use model::{Expected, moves};

fn parse(text: &str) -> Result<Document, ParseError> {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec()))
}

fn text_of(document: &Document) -> String {
    let mut out = Vec::new();
    document.write_to(&mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("a document is text")
}

fn laid_out(document: &Document, layout: Layout) -> String {
    String::from_utf8(relayout(document, layout).reveal().to_vec()).expect("a document is text")
}

proptest! {
    #[test]
    fn what_is_parsed_is_written_back_byte_for_byte(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");

        prop_assert_eq!(text_of(&document), &*made.text);
        prop_assert_eq!(document.len(), made.text.len());
    }

    #[test]
    fn the_index_shows_every_member_verbatim_and_in_order(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");

        prop_assert_eq!(document.sections().count(), made.sections.len());
        for (spot, (_, section)) in document.sections().zip(&made.sections) {
            let node = document.section_node(spot).expect("it is there");
            prop_assert_eq!(bare(&node.raw()), section.compact());
            let read: Vec<_> = document.entries(spot).map(|entry| {
                (document.raw_key(entry).into_owned(), document.node(entry).map(|node| bare(&node.raw())))
            }).collect();
            let written: Vec<_> = match section {
                Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), Some(value.compact()))).collect(),
                Value::Scalar(_) | Value::List(_) => Vec::new(),
            };
            prop_assert_eq!(read, written);
        }
    }

    #[test]
    fn a_path_names_one_entry_and_reads_back(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");

        for spot in document.sections().flat_map(|section| document.entries(section)) {
            let path = document.path(spot);
            prop_assert_eq!(document.spot(&path), Some(spot));
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn only_what_an_edit_names_changes(made in made(), moves in moves()) {
        let document = parse(&made.text).expect("a made cache parses");
        let (patch, expected) = Expected::after(&document, &moves);

        let (changed, _) = document.apply(&patch).expect("the patch fits");

        expected.check(&document, &changed)?;
    }

    #[test]
    fn a_change_and_its_inverse_give_the_text_back(made in made(), moves in moves()) {
        let document = parse(&made.text).expect("a made cache parses");
        let (patch, _) = Expected::after(&document, &moves);

        let (changed, inverse) = document.apply(&patch).expect("the patch fits");
        let back = inverse.apply(&changed).expect("the way back fits");

        prop_assert_eq!(text_of(&back), made.text);
        prop_assert!(changed.hash() == document.hash() || inverse.apply(&document).is_err());
    }

    #[test]
    fn a_changed_text_is_what_any_parser_reads(made in made(), moves in moves()) {
        let document = parse(&made.text).expect("a made cache parses");
        let (patch, _) = Expected::after(&document, &moves);

        let text = text_of(&document.apply(&patch).expect("the patch fits").0);

        prop_assert_eq!(text.starts_with('\u{feff}'), made.text.starts_with('\u{feff}'));
        let read: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text.trim_start_matches('\u{feff}'));
        prop_assert!(read.is_ok(), "{:?}", text);
    }

    #[test]
    fn an_empty_patch_changes_nothing(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");

        let (same, _) = document.apply(&Patch::new("nothing")).expect("nothing always fits");

        prop_assert_eq!(text_of(&same), made.text);
    }

    #[test]
    fn another_layout_keeps_every_token(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");
        let tokens = bare(made.text.trim_start_matches('\u{feff}'));

        let pretty = laid_out(&document, Layout::Pretty);
        let compact = laid_out(&document, Layout::Compact);

        prop_assert_eq!(&bare(&pretty), &tokens);
        prop_assert_eq!(compact, tokens);
        prop_assert_eq!(laid_out(&parse(&pretty).expect("it parses"), Layout::Pretty), pretty);
        prop_assert_eq!(laid_out(&document, Layout::Keep), made.text);
    }

    #[test]
    fn the_canonical_layout_is_settled_at_once(made in made()) {
        let document = parse(&made.text).expect("a made cache parses");

        let canonical = laid_out(&document, Layout::Canonical);

        prop_assert_eq!(laid_out(&parse(&canonical).expect("it parses"), Layout::Canonical), &*canonical);
        prop_assert_eq!(canonical.len(), bare(made.text.trim_start_matches('\u{feff}')).len());
    }

    #[test]
    fn a_text_is_read_if_and_only_if_it_is_one_object(text in "[{}\\[\\]\",:0-9eE.+\\\\utrfalsn \n\u{feff}é-]{0,24}|[{]\"[a-e\\\\u0d8\"]{0,9}\"[ :,0-9]{1,4}[}]") {
        let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let is_object = body.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();

        match parse(&text) {
            Ok(document) => prop_assert!(is_object || document.is_empty()),
            Err(error) => prop_assert!(!is_object && error.offset <= text.len() && error.line > 0),
        }
    }
}
