//! What holds of every session: it opens, closing it with what it opened as leaves every byte, and closing it with
//! another text leaves all the rest. Sessions are written by the writers here, each after its own format's rules.

use proptest::prelude::*;

use super::tests::{bytes, seal};
use super::*;

/// A value of a session.
#[derive(Clone, Debug)]
enum Value {
    Nothing,
    Flag(bool),
    Number(i32),
    Text(String),
    List(Vec<Value>),
    Dict(Vec<(String, Value)>),
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nothing),
        any::<bool>().prop_map(Value::Flag),
        any::<i32>().prop_map(Value::Number),
        text().prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List);
        prop_oneof![list, members(inner).prop_map(Value::Dict)]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(String, Value)>> {
    proptest::collection::vec((text(), value), 0..5)
}

/// Letters of every width, quotes, escapes, ends of lines.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-z\"\\\\\n\r\t\u{0}\u{1a}\u{7f}é€😀]{0,300}").expect("a pattern")
}

/// Members before and after the cache, its name, and what stands under the same names deeper.
fn session() -> impl Strategy<Value = (Vec<(String, Value)>, usize, &'static str)> {
    (members(value()), any::<prop::sample::Index>(), prop::sample::select(NAMES.as_slice())).prop_map(
        |(mut members, index, name)| {
            members.push(("deeper".to_owned(), Value::Dict(vec![(name.to_owned(), Value::Text("not it".to_owned()))])));
            let at = index.index(members.len());
            (members, at, name)
        },
    )
}

/// The session in `layout`, with `cache` under its name.
fn written(layout: Layout, (members, at, name): &(Vec<(String, Value)>, usize, &str), cache: &str) -> Vec<u8> {
    let mut members = members.clone();
    members.insert(*at, ((*name).to_owned(), Value::Text(cache.to_owned())));
    let root = Value::Dict(members);
    let head: &[u8] = match layout {
        Layout::DjangoRow | Layout::DjangoFile => return wrapped(layout, &pickled(&root)),
        Layout::CachelibServed => b"!",
        Layout::CachelibFile => b"\x01\x02\x03\x04",
        Layout::CachelibOldFile => b"\x80\x04K\x07.",
        Layout::Pickle | Layout::Msgpack | Layout::Json => b"",
    };
    let body = match layout {
        Layout::Msgpack => packed(&root),
        Layout::Json => json(&root).into_bytes(),
        Layout::Pickle | Layout::CachelibServed | Layout::CachelibFile | Layout::CachelibOldFile => pickled(&root),
        Layout::DjangoRow | Layout::DjangoFile => Vec::new(),
    };
    [head, &body].concat()
}

/// As Django's cache wraps a pickle.
fn wrapped(layout: Layout, pickle: &[u8]) -> Vec<u8> {
    let wrap = layout.wrap().expect("it is wrapped");
    let closed = wrap.close(&bytes(pickle), b"\x80\x04N.");
    closed.expect("closed").reveal().to_vec()
}

/// As Python does in protocol 4: everything remembered, small texts in short form, one frame.
fn pickled(root: &Value) -> Vec<u8> {
    let mut body = Vec::new();
    pickle(root, &mut body);
    body.push(b'.');
    [b"\x80\x04\x95".as_slice(), &(body.len() as u64).to_le_bytes(), &body].concat()
}

fn pickle(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Nothing => out.push(b'N'),
        Value::Flag(flag) => out.push(if *flag { 0x88 } else { 0x89 }),
        Value::Number(number) => {
            out.push(b'J');
            out.extend(number.to_le_bytes());
        }
        Value::Text(text) => pickle_text(text, out),
        Value::List(items) => {
            out.extend(b"]\x94(");
            items.iter().for_each(|item| pickle(item, out));
            out.push(b'e');
        }
        Value::Dict(members) => {
            out.extend(b"}\x94(");
            for (name, value) in members {
                pickle_text(name, out);
                pickle(value, out);
            }
            out.push(b'u');
        }
    }
}

fn pickle_text(text: &str, out: &mut Vec<u8>) {
    match u8::try_from(text.len()) {
        Ok(len) => out.extend([0x8c, len]),
        Err(_) => {
            out.push(b'X');
            out.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
        }
    }
    out.extend(text.as_bytes());
    out.push(0x94);
}

fn packed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    pack(value, &mut out);
    out
}

fn pack(value: &Value, out: &mut Vec<u8>) {
    let count = |len: usize| u32::try_from(len).expect("few");
    match value {
        Value::Nothing => rmp::encode::write_nil(out).expect("written"),
        Value::Flag(flag) => rmp::encode::write_bool(out, *flag).expect("written"),
        Value::Number(number) => {
            rmp::encode::write_sint(out, i64::from(*number)).expect("written");
        }
        Value::Text(text) => rmp::encode::write_str(out, text).expect("written"),
        Value::List(items) => {
            rmp::encode::write_array_len(out, count(items.len())).expect("written");
            items.iter().for_each(|item| pack(item, out));
        }
        Value::Dict(members) => {
            rmp::encode::write_map_len(out, count(members.len())).expect("written");
            for (name, value) in members {
                rmp::encode::write_str(out, name).expect("written");
                pack(value, out);
            }
        }
    }
}

fn json(value: &Value) -> String {
    let quoted = |text: &String| serde_json::to_string(text).expect("written");
    match value {
        Value::Nothing => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => quoted(text),
        Value::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Dict(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", quoted(name), json(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(","))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_session_opens_and_closes_around_any_text(session in session(), old in text(), new in text()) {
        for layout in Layout::ALL {
            let was = written(layout, &session, &old);
            let wanted = written(layout, &session, &new);
            let seal = seal(&was);
            prop_assert_eq!(seal.0, layout);

            prop_assert_eq!(seal.open(bytes(&was)).expect("opened"), bytes(old.as_bytes()));
            prop_assert_eq!(seal.close(bytes(old.as_bytes()), &bytes(&was)).expect("closed"), bytes(&was));
            let closed = seal.close(bytes(new.as_bytes()), &bytes(&was)).expect("closed");

            prop_assert_eq!(seal.open(closed.clone()).expect("opened"), bytes(new.as_bytes()));
            // Another writer may choose a wider header, or another escape: what stands around the text is the same.
            let bare = |session: &[u8]| match layout.wrap() {
                Some(wrap) => wrap.open(session).expect("unwrapped"),
                None => bytes(session),
            };
            let (closed, wanted) = (bare(closed.reveal()), bare(&wanted));
            let (closed, wanted) = (closed.reveal(), wanted.reveal());
            let spot = layout.find(closed).expect("found").expect("there");
            let wanted_spot = layout.find(wanted).expect("found").expect("there");
            prop_assert_eq!(closed.get(spot.whole.end..), wanted.get(wanted_spot.whole.end..));
            let frame = spot.frame.unwrap_or(spot.whole.start);
            prop_assert_eq!(closed.get(..frame), wanted.get(..frame));
        }
    }

    #[test]
    fn no_bytes_at_all_break_a_reader(junk in proptest::collection::vec(any::<u8>(), 0..300), session in session()) {
        for layout in Layout::ALL {
            let _ = (layout.find(&junk), layout.wrap().map(|wrap| wrap.open(&junk)));
            let mut cut = written(layout, &session, "{}");
            cut.truncate(junk.len());
            let _ = (layout.find(&cut), layout.wrap().map(|wrap| wrap.open(&cut)));
        }
    }
}
