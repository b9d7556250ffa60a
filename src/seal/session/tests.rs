//! Sessions as real writers made them, odd ones, and hostile ones. The bytes were written by Python 3.11 and msgspec.

use super::*;
use crate::seal::sniff::mark;
use crate::seal::zlib;

const TEXT: &str = "{\n    \"AccessToken\": {}\n}";

pub(super) fn bytes(bytes: &[u8]) -> SecretBytes {
    SecretBytes::new(bytes.to_vec())
}

/// The seal by which `session` is recognised.
pub(super) fn seal(session: &[u8]) -> Session {
    match mark(session) {
        Some(Mark::Session(layout)) => Session(layout),
        other => panic!("{other:?}"),
    }
}

fn opened(session: &[u8]) -> Result<String, SealError> {
    let opened = seal(session).open(bytes(session))?;
    Ok(String::from_utf8(opened.reveal().to_vec()).expect("text"))
}

fn closed(session: &[u8], text: &str) -> Result<Vec<u8>, SealError> {
    seal(session).close(bytes(text.as_bytes()), &bytes(session)).map(|closed| closed.reveal().to_vec())
}

/// `{"_permanent": True, "user": {"name": "Zoë", "roles": ["a", 7, None]}, "token_cache": text}`, as its writer writes it.
fn pickled(text: &str) -> Vec<u8> {
    let inner: Vec<u8> = [
        b"}\x94(\x8c\x0a_permanent\x94\x88\x8c\x04user\x94}\x94(\x8c\x04name\x94\x8c\x04Zo\xc3\xab\x94\x8c\x05roles\x94]\x94".as_slice(),
        b"(\x8c\x01a\x94K\x07Neu\x8c\x0btoken_cache\x94X",
        &u32::try_from(text.len()).expect("short").to_le_bytes(),
        text.as_bytes(),
        b"\x94u.",
    ]
    .concat();
    [b"\x80\x05\x95".as_slice(), &(inner.len() as u64).to_le_bytes(), &inner].concat()
}

fn packed(text: &str) -> Vec<u8> {
    let mut session = b"\x83\xaa_permanent\xc3\xa4user\x81\xa4name\xa4Zo\xc3\xab\xabtoken_cache".to_vec();
    rmp::encode::write_str(&mut session, text).expect("written");
    session
}

fn in_json(text: &str) -> Vec<u8> {
    let text = serde_json::to_string(text).expect("written");
    format!("{{\"_permanent\":true,\"user\":{{\"token_cache\":\"ë\"}},\"token_cache\":{text},\"n\":1e400}}")
        .into_bytes()
}

/// As express-session keeps it.
fn in_express(text: &str) -> Vec<u8> {
    let text = serde_json::to_string(text).expect("written");
    let cookie = "{\"originalMaxAge\":3600000,\"expires\":\"2026-11-26T20:00:00.000Z\",\"path\":\"/\"}";
    format!("{{\"cookie\":{cookie},\"idToken\":\"ü\",\"tokenCache\":{text},\"visits\":1}}").into_bytes()
}

/// As django.core.cache.backends.db keeps it.
fn in_row(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(pickled(text)).into_bytes()
}

/// As django.core.cache.backends.filebased keeps it.
fn in_file(text: &str) -> Vec<u8> {
    let ends = b"\x80\x05\x95\x0a\0\0\0\0\0\0\0GA\xda\xc6\xa87f\x8bf.";
    [ends, zlib::deflate(&pickled(text)).expect("deflated").reveal()].concat()
}

/// Every layout around `text`.
fn all(text: &str) -> Vec<(Layout, Vec<u8>)> {
    let behind = |head: &[u8]| [head, &pickled(text)].concat();
    vec![
        (Layout::Pickle, pickled(text)),
        (Layout::CachelibServed, behind(b"!")),
        (Layout::CachelibFile, behind(b"\xe4\x0d\x2c\x6b")),
        (Layout::CachelibOldFile, behind(b"\x80\x05\x95\x06\0\0\0\0\0\0\0J\xdf\x0d\x2c\x6b.")),
        // cachelib 0.2 writes the number in protocol 1.
        (Layout::CachelibOldFile, behind(b"J\xdf\x0d\x2c\x6b.")),
        (Layout::DjangoRow, in_row(text)),
        (Layout::DjangoFile, in_file(text)),
        (Layout::Msgpack, packed(text)),
        (Layout::Json, in_json(text)),
        (Layout::Json, in_express(text)),
    ]
}

#[test]
fn every_layout_is_known_by_its_bytes_and_opens() {
    for (layout, session) in all(TEXT) {
        assert_eq!(mark(&session), Some(Mark::Session(layout)));
        assert_eq!(opened(&session).expect("opened"), TEXT, "{layout:?}");
        assert_eq!(Mark::named(layout.name()), Some(Mark::Session(layout)));
    }
}

#[test]
fn a_new_text_stands_where_the_old_one_did_and_nothing_else_changes() {
    for new in ["", "{}", &"{\"a\":\"é\\n\"}".repeat(9), &"x".repeat(70_000)] {
        for ((layout, old), (_, expected)) in all(TEXT).into_iter().zip(all(new)) {
            let closed = closed(&old, new).expect("closed");

            assert!(closed == expected, "{layout:?}: {}", new.len());
        }
    }
}

#[test]
fn the_same_text_leaves_every_byte() {
    for (_, session) in all(TEXT) {
        assert_eq!(closed(&session, TEXT).expect("closed"), session);
    }
}

#[test]
fn frames_outside_of_which_the_text_lies_keep_their_length() {
    // Python writes a text of 64 KiB or more outside of every frame.
    let text = "y".repeat(70_000);
    let head = b"\x80\x05\x95\x10\0\0\0\0\0\0\0}\x94\x8c\x0btoken_cache\x94X\x70\x11\x01\0";
    let split = [head.as_slice(), text.as_bytes(), b"\x95\x03\0\0\0\0\0\0\0\x94s."].concat();

    let closed = closed(&split, "{}").expect("closed");

    assert_eq!(&closed[..27], &head[..27]);
    assert_eq!(&closed[27..], b"X\x02\0\0\0{}\x95\x03\0\0\0\0\0\0\0\x94s.");
}

#[test]
fn the_oldest_protocols_open_and_close() {
    let lines = b"(dp0\nVtoken_cache\np1\nV{\"n\":\"\xeb\\u005c\\u000a\\u20ac\\U0001f600\"}\np2\nsVx\np3\nI01\ns.";
    let binary = b"}q\0X\x0b\0\0\0token_cacheq\x01X\x02\0\0\0{}q\x02s.";

    assert_eq!(opened(lines).expect("opened"), "{\"n\":\"ë\\\n€😀\"}");
    let new = closed(lines, "{\"n\":\"€\\\n\"}").expect("closed");
    assert_eq!(new, b"(dp0\nVtoken_cache\np1\nV{\"n\":\"\\u20ac\\u005c\\u000a\"}\np2\nsVx\np3\nI01\ns.");
    assert_eq!(closed(binary, "{ }").expect("closed"), b"}q\0X\x0b\0\0\0token_cacheq\x01X\x03\0\0\0{ }q\x02s.");
}

#[test]
fn a_session_in_which_nobody_signed_in_is_an_empty_cache_that_stays_so() {
    for session in
        [b"\x80\x05}\x94.".as_slice(), b"\x80", b"\x81\xabtoken_cache\xc0", b"\x80\x05}\x94\x8c\x0btoken_cache\x94Ns."]
    {
        assert_eq!(opened(session).expect("opened"), "");
        assert_eq!(closed(session, "").expect("closed"), session);
        assert!(closed(session, "{}").expect_err("refused").to_string().contains("nobody signed in"));
    }
}

#[test]
fn the_text_of_a_cache_is_no_session() {
    let named =
        format!("{{\"AccessToken\":{{\"k\":{{\"secret\":{}}}}}}}", String::from_utf8(in_json(TEXT)).expect("text"));

    for text in
        ["{}", "", " {\"x\":\"token_cache\"}", "{\"Account\":{},\"token_cache\":\"{}\"}", &named, "(d) x.", "!x"]
    {
        assert_eq!(mark(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn two_names_of_a_cache_are_not_guessed_between_and_the_last_of_two_values_counts() {
    let both = b"\x82\xabtoken_cache\xa0\xac_token_cache\xa0";
    let twice = b"{\"token_cache\":\"1\",\"token\\u005fcache\":\"{}\"}";

    assert!(opened(both).expect_err("refused").to_string().contains("two caches"));
    assert_eq!(opened(twice).expect("opened"), "{}");
    assert_eq!(closed(twice, "{ }").expect("closed"), b"{\"token_cache\":\"1\",\"token\\u005fcache\":\"{ }\"}");
}

#[test]
fn a_text_that_is_two_values_is_read_and_never_written() {
    let shared = b"\x80\x05}\x94(\x8c\x01a\x94\x8c\x02{}\x94\x8c\x0btoken_cache\x94h\x02u.";

    assert_eq!(opened(shared).expect("opened"), "{}");
    assert!(closed(shared, "{ }").expect_err("refused").to_string().contains("same text"));
}

#[test]
fn nothing_is_run_and_what_was_asked_for_is_named() {
    let evil = [
        (
            b"\x80\x05\x95\x1e\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94."
                .as_slice(),
            "posix.system",
        ),
        (b"\x80\x02}cos\nsystem\nX\x02\0\0\0id\x85R.", "os.system"),
        (b"\x80\x02}(ios\nsystem\nX.", "os.system"),
        (b"\x80\x02c__builtin__\x1b[2J\neval\x1b\n.", "__builtin__.eval"),
        (b"\x80\x04}P1\n.", "an object"),
        (b"\x80\x04}K\x01Q.", "an object"),
        (b"\x80\x04}\x82\x01.", "an object"),
        (b"\x80\x04}]b.", "an object"),
    ];

    for (session, name) in evil {
        let refused = opened(session).expect_err("refused");
        assert_eq!(refused.trouble, SealTrouble::Code, "{name}");
        assert!(refused.to_string().ends_with(name), "{refused}");
        assert!(!refused.to_string().contains('\x1b'));
    }
}

#[test]
fn depth_and_size_end_in_an_error() {
    let mut deep = b"\x80\x05".to_vec();
    deep.extend(b"](".repeat(200_000));
    let mut nested = b"\x80\x05".to_vec();
    nested.extend(b"]".repeat(400_000));
    let tall: Vec<u8> = [b"\x80\x05".as_slice(), &b"N".repeat(400_000), b"."].concat();
    let remembered: Vec<u8> = [b"\x80\x05}".as_slice(), &b"\x94".repeat(400_000), b"."].concat();
    let maps = b"\x81\xa1k".repeat(200_000);
    let lists: Vec<u8> = [b"\x81\xa1k".as_slice(), &b"\xdd\xff\xff\xff\xff".repeat(100_000)].concat();
    let brackets = format!("{{\"token_cache\":\"\",\"x\":{}", "[".repeat(200_000)).into_bytes();
    let large = [pickled(TEXT), vec![0; LIMIT]].concat();

    for session in [deep, nested, tall, remembered, maps, lists, large] {
        opened(&session).expect_err("refused");
    }
    assert_eq!(mark(&brackets), None);
}

#[test]
fn a_whole_session_is_read_to_a_depth_of_a_thousand_and_no_deeper() {
    let nested = |depth: usize| {
        let value = [b"(".repeat(depth), b"t".repeat(depth)].concat();
        [b"\x80\x04}(\x8c\x01x".as_slice(), &value, &b"\x8c\x0btoken_cache\x8c\x02{}u."[..]].concat()
    };

    // One mark is that of the items of the session itself.
    assert_eq!(opened(&nested(999)).as_deref(), Ok("{}"));
    let refused = opened(&nested(1000)).expect_err("refused");
    assert_eq!(refused.trouble, SealTrouble::Odd);
    assert!(refused.to_string().contains("nested deeper than 1,000 levels"), "{refused}");
}

#[test]
fn lengths_that_lie_are_never_room_that_is_made() {
    let heads: [&[u8]; 7] = [
        b"\x80\x05\x8d\xff\xff\xff\xff\xff\xff\xff\x7f{}.",
        b"\x80\x05\x8d\xff\xff\xff\xff\xff\xff\xff\xff{}.",
        b"\x80\x05X\xff\xff\xff\xff{}.",
        b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\xff}.",
        b"\x80\x05\x8b\xff\xff\xff\xff}.",
        b"\x81\xabtoken_cache\xdb\xff\xff\xff\xff{}",
        b"\xdf\xff\xff\xff\xff\xa1a",
    ];

    for session in heads {
        assert_eq!(opened(session).expect_err("refused").trouble, SealTrouble::Damaged, "{session:?}");
    }
}

#[test]
fn what_django_wraps_is_told_when_it_is_damaged_or_swells() {
    let ends = b"\x80\x05\x95\x0a\0\0\0\0\0\0\0GA\xda\xc6\xa87f\x8bf.";
    let bomb = [&ends[..], zlib::deflate(&vec![b' '; LIMIT + 1]).expect("deflated").reveal()].concat();
    let whole = in_file(TEXT);
    let cut = whole.get(..whole.len() - 9).expect("longer");
    let evil =
        [&ends[..], zlib::deflate(b"\x80\x04\x8c\x02os\x8c\x06system\x93.").expect("deflated").reveal()].concat();

    assert!(opened(&bomb).expect_err("refused").to_string().contains("16 MiB"));
    assert_eq!(opened(cut).expect_err("refused").trouble, SealTrouble::Damaged);
    assert_eq!(opened(&evil).expect_err("refused").trouble, SealTrouble::Code);
    assert_eq!(mark(b"gAWV"), Some(Mark::Session(Layout::DjangoRow)));
    assert_eq!(opened(b"gAWV").expect_err("refused").trouble, SealTrouble::Damaged);
}

#[test]
fn what_is_no_dictionary_is_said_to_be_none() {
    for session in [b"\0\0\0\0\x80\x05K\x01.".as_slice(), b"\x80\x05]\x94.", b"\x80\x05K\0.\x80\x05K\x01."] {
        assert!(opened(session).expect_err("refused").to_string().contains("no dictionary"));
    }
}
