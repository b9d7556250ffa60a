//! Small wounds, one of each kind, and all that is told of each: what is kept, what is lost, where, and why.

use std::fmt::Write as _;

use saltcellar::json::Document;
use saltcellar::json::salvage::{Damage, Salvage};
use saltcellar::secret::SecretBytes;

/// In these texts the letter before the dash says to which section an entry belongs.
fn belongs(alone: &Document) -> Option<&'static str> {
    let spot = alone.sections().flat_map(|section| alone.entries(section)).next()?;
    let key = alone.key(spot);
    ["A", "R"].into_iter().find(|section| key.strip_prefix(*section).is_some_and(|rest| rest.starts_with('-')))
}

fn left(bytes: &[u8]) -> Salvage {
    Salvage::of(SecretBytes::new(bytes.to_vec()), &belongs)
}

fn copy(left: &Salvage) -> String {
    String::from_utf8(left.document().expect("it reads").to_bytes().reveal().to_vec()).expect("text")
}

/// All that is told of `text`.
fn told(text: &str) -> String {
    let left = left(text.as_bytes());
    assert_eq!(left.is_healthy(), left.damage.is_empty(), "{text}");
    let mut out = format!("{text:?}\n  kept {:?}\n", copy(&left));
    let mut line = |words: String| writeln!(out, "  {words}").expect("a string takes all");
    left.damage.iter().for_each(|damage| line(format!("{damage:?}")));
    for part in &left.documents {
        line(format!("document {}..{}{}", part.at.start, part.at.end, if part.whole { "" } else { ", damaged" }));
    }
    for loss in &left.lost {
        let at = format!("{}..{}", loss.at.start, loss.at.end);
        line(format!("lost {at} {:?}, in {:?} of {:?}", loss.why, loss.section, loss.key));
    }
    for other in &left.conflicts {
        let (kept, dropped) = (other.kept, other.dropped);
        let at = format!("{}..{}, not {}..{}", kept.start, kept.end, dropped.start, dropped.end);
        line(format!("conflict {at}, in {:?} of {:?}", other.section, other.key));
    }
    out
}

fn all_told(texts: &[&str]) -> String {
    texts.iter().map(|text| told(text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_stands_between_members_may_be_wrong() {
    let told = all_told(&[
        r#"{"A":{"A-1":{"x":1},"A-2":{"x":2}},"n":1,"R":{}}"#,
        r#"{"A":{},"n":{"x":1}}"#,
        r#"{"A":{"A-1":{"x":1},}}"#,
        r#"{"A":{"A-1":{"x":1},,"A-2":{"x":2}}}"#,
        r#"{"A":{"A-1":{"x":1}"A-2":{"x":2}}}"#,
        r#"{"A":{"A-1"={"x":1},"A-2":{"x":2}}}"#,
        r#"{"A":{"A-1":{"x":1}],"A-2":{"x":2}}}"#,
        r#"{"A":{"A-1":{"x":1}},"n":1"m":2,"R":{"R-1":{"x":1}}}"#,
        r#"{"A":{"A-1":{"x":1},"A-2":5,"A-3":{"x":3}}}"#,
        "{\"A\":{\"A-1\":{\"x\":\"\u{1}\"},\"A-2\":{\"x\":2}}}",
        r#"["A-1", {"x":1}]"#,
    ]);

    insta::assert_snapshot!(told);
}

#[test]
fn what_says_where_an_entry_belongs_may_be_lost() {
    let told = all_told(&[
        r#"{X"A-1":{"x":1},"A-2":{"x":2}},"R":{"R-1":{"x":3}}}"#,
        r#"{"A-1":{"x":1},"n":1}"#,
        r#"{"A":{"A-1":{"x":1}},"R-1":{"x":1}},"n":1}"#,
        r#"{"A":{"A-1":{"x":1}X,"R"X{"R-1":{"x":1}}}"#,
        r#"{"A":{"A-1":{"x":1}X,"R":{"R-1":{"x":1}}}"#,
        r#"{"A":{"A-1":{"x":1}X,"B":{"b":{"x":1}}}"#,
        r#"{"A":{"A-1":{"x":1},"A-2":{"x":2,"A-3":{"x":3}},"A-4":{"x":4}}}"#,
        r#"{"B":{"a":{"x":1},"b"X{"x":2},"c":{"x":3},"d":{"x":4}},"A":{}}"#,
        r#"{"B":{"a":{"x":1},"b"X{"x":2},"c":{"x":3}},"A":{}}"#,
        r#"{"B":{"a":{"x":1},"b"X{"x":2},"c":{"x":3}}}"#,
        r#"{"A":{"A-1":{"x":1}},"B":{"b"X{"x":2},"c":{"x":3},"d":{"x":4}}}"#,
        r#"{"A":{"A-1":{"x":1}},"B":{"b":{"z":X},"c":{"x":3},"d":{"x":4}}}"#,
        r#"{"B":{"a":{"x":1},"b":X{"x":2},"c":{"y":3}}}"#,
        r#"{"B":{"a":{"x":1},"b":{"z":X2,"c":{"x":3},"y":1}}}"#,
        r#"{"B":{"a":{"x":1},"b":{"z":X2,"c":{"x":3}},"d":{"x":1}}}"#,
        r#"{"B":{"a":{"x":1},"b":{"z":X2,"k":{"x":5},"c":{"x":3},"y":1}}}"#,
        "{\"B\":{\"a\":{\"x\":1},\"b\"X{\"x\":2},\"q\u{1}\":{\"c\":{}},\"d\":{\"x\":4}}}",
        r#"{"A":{"A-1":{"x":"\"\\"X},"A-\"2\\":{"x":"{"},"A-3":{"x":3}}}"#,
    ]);

    insta::assert_snapshot!(told);
}

#[test]
fn a_text_may_end_early_or_late() {
    let told = all_told(&[
        r#"{"A":{"A-1":{"x":1},"A-2":{"x""#,
        r#"{"A":{"A-1":{"x":1},"A-2":"#,
        r#"{"A":{"A-1":{"x":1},"A-2""#,
        r#"{"A":{"A-1":{"x":1},"A-"#,
        "{\"A\":{\"A-1\":{\"x\":1} \n\0\0",
        "{\"A\":{\"A-1\":{\"x\":1}}}\0\0 \n",
        r#"{"A":{"A-1":{"x":1}}}}} "#,
        r#"{"A":{"A-1":{"x":1}}},"x":1},"A-2":{"x":2}},"n":1}"#,
        r#"{"A":{"A-1":{"x":1}}} 5 {"R":{"R-1":{"x":1}}}"#,
        r#""x":1},"A-1":{"x":1},"A-2":{"x":2}},"R":{"R-1":{"x":3}}}"#,
        "\"x\": 1\n},\n\"A-1\": {\"x\": 1}\n}\n}",
    ]);

    insta::assert_snapshot!(told);
}

#[test]
fn documents_that_follow_each_other_are_one_cache() {
    let told = all_told(&[
        r#"{"A":{"A-1":{"x":1}}}{"A":{"A-1":{"x":2},"A-2":{"x":3}},"n":1}"#,
        r#"{"A":{"A-1":{"x":1}}}{"A":{"A-1": {"x" : 1}}}"#,
        r#"{"A":{"A-1":{"x":1},"A-1":{"x":2}}}"#,
        r#"{"A":{"A-1":{"x":1}}}{"n":1}"#,
        r#"{"n":1}{"n":2,"m":3,"A":{"A-1":{"x":1}}}"#,
        r#"{"A":{"A-1":{"x":1},{"A":{"A-1":{"x":2}},"R":{"R-1":{"x":1}}}{"A":{"A-1":{"x":3}}}"#,
    ]);

    insta::assert_snapshot!(told);
}

#[test]
fn a_small_text_is_looked_through_to_its_end() {
    let fields = (0..200).map(|n| format!(r#""f{n}":{{"g":1}},"#)).collect::<String>();

    let left = left(format!(r#"{{"A":{{"A-1":X{{{fields}"A-2":{{"x":2}}}}}}"#).as_bytes());

    assert_eq!(copy(&left), r#"{"A":{"A-2":{"x":2}}}"#);
    assert!(!left.damage.iter().any(|damage| matches!(damage, Damage::Hopeless { .. })), "{:?}", left.damage);
}

#[test]
fn utf_16_is_read_with_and_without_a_mark_and_its_places_are_those_of_its_bytes() {
    let text = r#"{"A":{"A-é":{"x":1},"A-𝕏"X{"x":2},"A-3":{"x":3}},"R":{"R-1":{"x":1}}}{"A":{"A-é":{"x":2}}}"#;
    let plain = left(text.as_bytes());
    for (mark, to_bytes) in [
        ("\u{feff}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("\u{feff}", u16::to_be_bytes),
        ("", u16::to_le_bytes),
        ("", u16::to_be_bytes),
    ] {
        let wide: Vec<u8> = mark.encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect();
        let place = |at: usize| 2 * (mark.encode_utf16().count() + text[..at].encode_utf16().count());

        let left = left(&wide);

        assert_eq!(copy(&left), copy(&plain));
        assert_eq!(left.damage.first(), Some(&Damage::Utf16));
        let places = |left: &Salvage| -> Vec<usize> {
            let spans = left.kept.iter().map(|piece| piece.at).chain(left.lost.iter().map(|loss| loss.at));
            let spans = spans.chain(left.documents.iter().map(|part| part.at));
            let ends = spans.flat_map(|span| [span.start, span.end]);
            ends.chain(left.conflicts.iter().map(|other| other.dropped.end)).collect()
        };
        assert_eq!(places(&left), places(&plain).into_iter().map(place).collect::<Vec<_>>());
        let told = left.damage.iter().filter_map(|damage| {
            let (Damage::Broken { at } | Damage::SecondDocument { at }) = damage else { return None };
            Some(*at)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [place(text.find("X{").expect("it is there")), place(text.rfind(r#"{"A":{"#).expect("it is there"))]
        );
    }
}

#[test]
fn what_only_looks_like_utf_16_is_none() {
    for bytes in [&b"{\0\"A\":{}}"[..], b"\0{\"A\":{}}", b"{", b"\0{", b"{\0\"", b"{}\0\0"] {
        assert!(!left(bytes).damage.contains(&Damage::Utf16), "{bytes:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_counted_from_the_first() {
    let bytes = b"{\"A\":{\"A-1\":{\"x\":\"\xff\xfe\"},\"A-2\":{\"x\":2},\"A-3\":{\"x\":\"\xc3\"}}}";

    let left = left(bytes);

    assert_eq!(left.damage.first(), Some(&Damage::NotUtf8 { at: 18, count: 3 }));
    assert_eq!(copy(&left), r#"{"A":{"A-2":{"x":2}}}"#);
}
