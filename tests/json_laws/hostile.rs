//! Texts made to hurt: deep, long, odd. Each is read or refused, in a thread whose stack is too small
//! for any recursion, and within a time that no honest reading needs.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{laid_out, parse, text_of};
use saltcellar::json::{Change, Document, Edit, Kind, Layout, ParseErrorKind, Patch, Path, Position, Step, Text};
use saltcellar::secret::{SecretBytes, SecretText};

const DEEP: usize = 100_000;

/// Runs `work` on a stack of 256 KiB, for at most a minute.
fn confined(work: impl FnOnce() + Send + 'static) {
    let (done, waits) = mpsc::channel();
    let small = thread::Builder::new().stack_size(256 << 10);
    let thread = small.spawn(move || {
        work();
        done.send(()).expect("the test waits");
    });
    let finished = waits.recv_timeout(Duration::from_secs(60));
    assert_ne!(finished, Err(mpsc::RecvTimeoutError::Timeout), "still at it after a minute");
    thread.expect("a thread starts").join().expect("it did not panic");
}

fn kind_of_error(bytes: &[u8]) -> Option<ParseErrorKind> {
    Document::parse(SecretBytes::new(bytes.to_vec())).err().map(|error| error.kind)
}

/// A cache with `value` in the field `secret` of its first entry.
fn around(value: &str) -> String {
    format!(r#"{{"AccessToken":{{"k":{{"secret":{value},"n":1}},"l":{{}}}}}}"#)
}

fn patch(edit: Edit) -> Patch {
    Patch { title: "one".to_owned(), changes: vec![Change { edit, why: "a test".into() }] }
}

fn text(raw: &str) -> Text {
    Text::Verbatim(SecretText::new(raw.to_owned()))
}

/// Reads `value` in a cache, edits around it, lays it out anew, and expects it untouched.
fn survives(value: &str) {
    let cache = around(value);
    let sorted = format!(r#"{{"AccessToken":{{"k":{{"n":1,"secret":{value}}},"l":{{}}}}}}"#);
    let document = parse(&cache).expect("the cache is valid");
    let field = Path::entry("AccessToken", "k").join(Step::first("n"));
    let object = Path::entry("AccessToken", "k");

    let (without, inverse) = document.apply(&patch(Edit::Remove(field))).expect("a field goes");
    let add = Edit::Insert { object, at: Position::First, name: text("\"a\""), value: text(value) };
    let (grown, _) = document.apply(&patch(add)).expect("a field comes");

    assert_eq!(text_of(&without), cache.replace(r#","n":1"#, ""));
    assert_eq!(text_of(&inverse.apply(&without).expect("the way back fits")), cache);
    assert_eq!(grown.len(), cache.len() + value.len() + r#""a":,"#.len());
    assert_eq!(laid_out(&document, Layout::Compact), cache);
    assert_eq!(laid_out(&document, Layout::Canonical), sorted);
    assert_eq!(laid_out(&parse(&laid_out(&document, Layout::Pretty)).expect("valid"), Layout::Compact), cache);
}

#[test]
fn deep_nesting_never_overflows_the_stack() {
    confined(|| survives(&format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP))));
    confined(|| survives(&format!("{}1{}", "{\"a\":".repeat(DEEP), "}".repeat(DEEP))));
}

#[test]
fn unclosed_brackets_are_refused() {
    confined(|| {
        assert_eq!(kind_of_error("[".repeat(DEEP).as_bytes()), Some(ParseErrorKind::NotAnObject));
        assert_eq!(kind_of_error("{\"\":".repeat(DEEP).as_bytes()), Some(ParseErrorKind::Truncated));
        assert_eq!(kind_of_error(around(&"[".repeat(DEEP)).as_bytes()), Some(ParseErrorKind::Syntax));
    });
}

#[test]
fn numbers_of_any_size_stay_as_they_are() {
    confined(|| {
        for number in ["1e400", "-1E-99999", "1.50e+3", &"9".repeat(1_000_000), &format!("0.{}", "0".repeat(1_000_000))]
        {
            survives(number);
        }
    });
}

#[test]
fn a_string_of_64_mebibytes_is_no_trouble() {
    confined(|| {
        let document = parse(&around(&format!("\"{}\"", "x".repeat(64 << 20)))).expect("valid");
        let gone = Path::entry("AccessToken", "k");

        let (left, _) = document.apply(&patch(Edit::Remove(gone))).expect("the entry goes");

        assert_eq!(text_of(&left), r#"{"AccessToken":{"l":{}}}"#);
    });
}

#[test]
fn two_hundred_thousand_entries_lose_one() {
    confined(|| {
        let entries: Vec<String> = (0..200_000).map(|n| format!("\"k{n}\":{{\"secret\":\"s\"}}")).collect();
        let document = parse(&format!("{{\"AccessToken\":{{{}}}}}", entries.join(","))).expect("valid");
        let gone = Path::entry("AccessToken", "k100000");

        let (left, _) = document.apply(&patch(Edit::Remove(gone))).expect("the entry goes");

        assert_eq!(left.len(), document.len() - entries[100_000].len() - 1);
    });
}

#[test]
fn what_is_not_utf_8_text_is_refused_with_its_place() {
    let utf_16: Vec<u8> = "{\"A\":{}}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark: Vec<u8> = [vec![0xff, 0xfe], utf_16.clone()].concat();

    assert_eq!(kind_of_error(&utf_16), Some(ParseErrorKind::Utf16));
    assert_eq!(kind_of_error(&with_mark), Some(ParseErrorKind::Utf16));
    assert_eq!(kind_of_error(b"{\"A\":\"\xc3\"}"), Some(ParseErrorKind::NotUtf8));
    assert_eq!(kind_of_error(b"{\"A\":\"\xed\xa0\x80\"}"), Some(ParseErrorKind::NotUtf8));
}

#[test]
fn nul_bytes_are_refused_wherever_they_stand() {
    assert_eq!(kind_of_error(&[0; 4096]), Some(ParseErrorKind::Nul));
    assert_eq!(kind_of_error(b"{}\0\0\0"), Some(ParseErrorKind::TrailingData));
    assert_eq!(kind_of_error(b"{\"A\":\"\0\"}"), Some(ParseErrorKind::Nul));
}

#[test]
fn one_byte_order_mark_is_fine_and_two_are_not() {
    assert_eq!(kind_of_error("\u{feff}{}".as_bytes()), None);
    assert_eq!(kind_of_error("\u{feff}\u{feff}{}".as_bytes()), Some(ParseErrorKind::NotAnObject));
    assert_eq!(kind_of_error("\u{feff}".as_bytes()), Some(ParseErrorKind::Truncated));
    assert_eq!(kind_of_error("{\u{feff}}".as_bytes()), Some(ParseErrorKind::Syntax));
}

#[test]
fn a_text_cut_anywhere_is_refused_and_never_misread() {
    let cache = around("\"\\ud83d\\udd11é\"");

    for cut in 1..cache.len() {
        let kind = kind_of_error(cache.as_bytes().get(..cut).expect("it is shorter"));
        assert!(
            matches!(kind, Some(ParseErrorKind::Truncated | ParseErrorKind::NotUtf8 | ParseErrorKind::Syntax)),
            "{cut}"
        );
    }
}

#[test]
fn an_empty_file_grows_into_a_cache() {
    let document = parse("").expect("empty is fine");
    let object = Path(vec![Step::first("AccessToken")]);
    let add = Edit::Insert { object, at: Position::Last, name: text("\"k\""), value: text("{}") };

    let (grown, inverse) = document.apply(&patch(add)).expect("it fits");

    assert_eq!(text_of(&grown), "{\n    \"AccessToken\": {\n        \"k\": {}\n    }\n}");
    assert_eq!(grown.section_node(saltcellar::json::SectionSpot(0)).map(|node| node.kind()), Some(Kind::Object));
    assert!(inverse.apply(&grown).expect("the way back fits").is_empty());
}
