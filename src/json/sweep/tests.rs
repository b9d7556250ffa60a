//! The quick reading by one and by two, held against `serde_json`.

use proptest::prelude::*;

use super::*;

fn whole(text: &str) -> Span {
    Span { start: 0, end: text.len() }
}

/// What was found, in the words of the text.
fn told<'t>(text: &'t str, (sections, fields): &(Vec<Section>, Fields)) -> Vec<Vec<&'t str>> {
    let words = |member: Member| [member.key.of(text), member.value.of(text)];
    let mut told = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        told.push(words(section.member).to_vec());
        for (nth, entry) in section.entries.iter().enumerate() {
            let fields = fields.of(at, nth).expect("read");
            let named = |at: usize| {
                let member = fields.member(at).expect("a field");
                assert_eq!(fields.name(at).expect("a name").of(text), member.key.of(text));
                member
            };
            let members = (0..fields.len()).map(named);
            told.push(words(*entry).into_iter().chain(members.flat_map(words)).collect());
        }
        assert!(fields.of(at, section.entries.len()).is_none());
    }
    told
}

/// What two threads find that part the text at `joint`.
fn parted(text: &str, joint: usize) -> Option<(Vec<Section>, Fields)> {
    by_two(text, 0, joint).map(|sweep| (sweep.sections, sweep.fields))
}

#[test]
fn fields_keep_their_names_however_many_there_are_and_in_whatever_order() {
    let fields =
        |names: &mut dyn Iterator<Item = usize>| names.map(|at| format!(r#""n{at}":{at}"#)).collect::<Vec<_>>();
    let (up, down) = (fields(&mut (0..3 * KNOWN)).join(","), fields(&mut (0..3 * KNOWN).rev()).join(","));
    let text = format!(r#"{{"A":{{"k":{{{up}}},"l":{{{down}}},"m":{{{down}}},"n":{{{up}}}}}}}"#);

    let one = sweep(&text, whole(&text)).expect("the usual shape");
    let two = parted(&text, text.find(r#""m""#).expect("an entry")).expect("the usual shape");

    assert_eq!(told(&text, &one), told(&text, &two));
    let count = one.1.names.len();
    assert!((3 * KNOWN..9 * KNOWN).contains(&count), "{count} names for {} fields", 12 * KNOWN);
}

#[test]
fn sections_entries_and_fields_stand_where_they_stand() {
    let text = r#" { "A" : { "k" : {"x": 1.50e+3 , "x":"}"} , "e": { } }, "B":{} } "#;

    let found = sweep(text, whole(text)).expect("the usual shape");

    let expected: [&[&str]; 4] = [
        &["\"A\"", r#"{ "k" : {"x": 1.50e+3 , "x":"}"} , "e": { } }"#],
        &["\"k\"", r#"{"x": 1.50e+3 , "x":"}"}"#, "\"x\"", "1.50e+3", "\"x\"", "\"}\""],
        &["\"e\"", "{ }"],
        &["\"B\"", "{}"],
    ];
    assert_eq!(told(text, &found), expected);
    assert_eq!(sweep("{ } ", whole("{ } ")).map(|(sections, _)| sections.len()), Some(0));
}

#[test]
fn other_shapes_are_left_to_the_slow_reading() {
    let odd = [
        r#"{"A":[]}"#,
        r#"{"A":{"k":null}}"#,
        r#"{"A":1e400}"#,
        r#"{"A":{}"#,
        r#"{"A":{}} x"#,
        r#"{"A":{},}"#,
        r#"{"A":{"k":{},}}"#,
        r#"{"A":{"k":{}}}}"#,
        r#"{"A":{"k":{}{}}}"#,
        r#"{,"A":{}}"#,
        r#"{"A" {}}"#,
        r#"{A:{}}"#,
        r#"{"A":{"k":{"x":1,}}}"#,
        "{\"A\u{1}\":{}}",
        "\u{a0}{}",
        "",
        "{",
    ];
    for text in odd {
        assert!(sweep(text, whole(text)).is_none(), "{text}");
    }
}

#[test]
fn a_text_that_two_read_is_the_same_wherever_it_is_parted() {
    let text = r#"{"A":{"k":{"x":"},\"","y":{"z":{},"z":1}},"l":{},"m":{"x":2}},"B":{},"C":{"k":{"x":3},"l":{"x":4}}}"#;
    let alone = sweep(text, whole(text)).expect("the usual shape");
    let mut joints = 0;

    for joint in 0..=text.len() {
        let (mut sweep, mut rest) = (Sweep::from(text, 0), Sweep::from(text, joint));
        let is_joint = matches!(sweep.root(joint), Some(Reached::Joint)) && rest.go_on().is_some();
        joints += usize::from(is_joint);
        assert_eq!(told(text, &parted(text, joint).expect("valid")), told(text, &alone), "{joint}");
    }
    assert_eq!(joints, 3, "behind each comma between two entries");
}

#[test]
fn what_is_wrong_in_either_half_is_noticed() {
    let text = r#"{"A":{"k":{"x":1},"l":{"x":2}},"B":{"m":{}}}"#;
    let joint = text.find("\"l\"").expect("there");
    assert!(parted(text, joint).is_some());

    for (place, wrong) in
        [("1}", "1,}"), ("2}", "2]"), ("\"B\"", "B"), ("{}}}", "{}}"), ("{}}}", "{}}}}"), ("{}}}", "{}},}")]
    {
        let text = text.replacen(place, wrong, 1);
        let joint = text.find("\"l\"").expect("there");
        assert!(parted(&text, joint).is_none(), "{text}");
    }
}

#[test]
fn large_texts_are_read_by_two_and_small_ones_by_one() {
    let entry = format!(r#""k":{{"x":"{}"}},"#, "t".repeat(2000));
    let text = format!(r#"{{"A":{{{}"l":{{}}}}}}"#, entry.repeat(1 + WORTH_TWO / entry.len()));

    let (sections, fields) = sweep(&text, whole(&text)).expect("the usual shape");

    let entries = &sections.first().expect("one").entries;
    assert_eq!(entries.len(), 2 + WORTH_TWO / entry.len());
    let last = |back: usize| fields.of(0, entries.len() - back).expect("read").len();
    assert_eq!((last(1), last(2)), (0, 1));
    assert!(joint_behind(&text, text.len() / 2).is_some_and(|joint| joint < text.len() / 2 + entry.len() + 1));
}

proptest! {
    /// The verdict and the places are those of `serde_json`, for what is nearly a cache too.
    #[test]
    fn the_verdict_is_that_of_serde_json(parts in proptest::collection::vec(0..PARTS.len(), 0..24)) {
        let text: String = parts.iter().filter_map(|at| PARTS.get(*at)).copied().collect();
        let text = format!("{{\"A\":{{{text}");
        let strict: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&text);
        let swept = sweep(&text, whole(&text));
        let is_usual = strict.is_ok_and(|sections| sections.values().all(|section| {
            section.as_object().is_some_and(|entries| entries.values().all(serde_json::Value::is_object))
        }));
        // Of members of one name serde_json's map has the last alone: those before may be of any kind.
        prop_assert!(swept.is_none() || is_usual);
        prop_assert!(!is_usual || swept.is_some() || super::super::index::members(&text, whole(&text)).is_ok());
        for joint in 0..text.len() {
            let two = by_two(&text, 0, joint).map(|sweep| (sweep.sections, sweep.fields));
            prop_assert_eq!(two.map(|two| told(&text, &two)), swept.as_ref().map(|one| told(&text, one)));
        }
    }
}

/// What texts are made of that are nearly caches.
const PARTS: &[&str] =
    &["\"k\":{", "\"x\":1", "}", "},", ",", "{}", "\"B\":{", " ", "\"\\u00e9\":{},", "}}", "[", "\"}, \"", "\n"];
