//! Random caches as text: weird keys, duplicates, escapes, odd numbers, every layout. Knows only
//! JSON's grammar, nothing of the library under test.

use proptest::prelude::*;
use proptest::sample::select;

/// A JSON value whose scalars and names are raw text.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Scalar(String),
    List(Vec<Value>),
    Object(Members),
}

/// Names (raw, with quotes) and values, in order, duplicates allowed.
pub(crate) type Members = Vec<(String, Value)>;

/// A random cache: its sections, and the text that some layout makes of them.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) sections: Members,
    pub(crate) text: String,
}

/// How a text is laid out.
#[derive(Clone, Debug)]
struct Layout {
    bom: bool,
    indent: Option<&'static str>,
    newline: &'static str,
    colon: &'static str,
    comma: &'static str,
    /// White space to scatter, in turn, instead of the indent.
    noise: Vec<&'static str>,
    tail: &'static str,
}

/// Random caches in random layouts.
pub(crate) fn made() -> impl Strategy<Value = Made> {
    (prop::collection::vec((section_name(), section()), 0..6), layout()).prop_map(|(sections, layout)| {
        let text = layout.print(&Value::Object(sections.clone()));
        Made { sections, text }
    })
}

/// Any JSON value, up to three levels deep.
pub(crate) fn value() -> impl Strategy<Value = Value> + Clone {
    scalar().prop_map(Value::Scalar).prop_recursive(3, 24, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List);
        let object = prop::collection::vec((string(), inner), 0..5).prop_map(Value::Object);
        prop_oneof![list, object]
    })
}

impl Value {
    /// The value without white space between its tokens.
    pub(crate) fn compact(&self) -> String {
        Layout::compact().print(self)
    }
}

/// `raw` without the white space between its tokens.
pub(crate) fn bare(raw: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    let keep = |c: &char| {
        let blank = !in_string && c.is_ascii_whitespace();
        in_string ^= *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        !blank
    };
    raw.chars().filter(keep).collect()
}

fn section_name() -> impl Strategy<Value = String> {
    let usual = &["AccessToken", "RefreshToken", "IdToken", "Account", "AppMetadata", "Acc\\u006funt", "Unknown~/#1"];
    prop_oneof![5 => select(&usual[..]).prop_map(|name| format!("\"{name}\"")), 1 => string()]
}

fn section() -> impl Strategy<Value = Value> {
    let entry =
        prop_oneof![5 => prop::collection::vec((string(), value()), 0..6).prop_map(Value::Object), 1 => value()];
    let entries = prop::collection::vec((key(), entry), 0..7).prop_map(Value::Object);
    prop_oneof![6 => entries, 1 => value()]
}

/// Keys of entries: as MSAL builds them, or anything; few enough to meet again.
fn key() -> impl Strategy<Value = String> {
    let usual = &["k", "\\u006b", "-login.windows.net-accesstoken-c-t-https://x//.default", "", "a/b~c#2"];
    prop_oneof![2 => select(&usual[..]).prop_map(|key| format!("\"{key}\"")), 3 => string()]
}

fn string() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b",
        "secret",
        " ",
        "é",
        "山",
        "🔑",
        "\u{7f}",
        "\u{2028}",
        "\u{feff}",
        "~",
        "/",
        "#",
        "{",
        "}",
        "[",
        ",",
        ":",
        "'",
        "\\u00e9",
        "\\ud800",
        "\\udc00\\ud800",
        "\\uD83D\\uDD11",
        "\\n",
        "\\/",
        "\\\"",
        "\\\\",
        "\\u0000",
    ];
    prop::collection::vec(select(pieces.to_vec()), 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn scalar() -> impl Strategy<Value = String> {
    let plain = [
        "true",
        "false",
        "null",
        "0",
        "-0",
        "1700000000",
        "1.50e+3",
        "1E400",
        "0.1000",
        "-1e-7",
        "123456789012345678901234567890",
    ];
    prop_oneof![select(plain.to_vec()).prop_map(str::to_owned), string()]
}

fn layout() -> impl Strategy<Value = Layout> {
    let indent = select(vec![None, Some("    "), Some("  "), Some("\t"), Some("")]);
    let newline = select(vec!["\n", "\r\n"]);
    let colon = select(vec![": ", ":", " : "]);
    let noise = prop_oneof![
        4 => Just(Vec::new()),
        1 => prop::collection::vec(select(vec!["", " ", "\n", "\t", "\r\n", " \n  "]), 1..9)
    ];
    let tail = select(vec!["", "\n", "\r\n", " \t\n"]);
    (any::<bool>(), indent, newline, colon, select(vec![",", ", "]), noise, tail).prop_map(
        |(bom, indent, newline, colon, comma, noise, tail)| Layout { bom, indent, newline, colon, comma, noise, tail },
    )
}

impl Layout {
    fn compact() -> Self {
        Self { bom: false, indent: None, newline: "", colon: ":", comma: ",", noise: Vec::new(), tail: "" }
    }

    fn print(&self, value: &Value) -> String {
        let mut pen = Pen { layout: self, out: String::new(), gaps: 0 };
        pen.out.push_str(if self.bom { "\u{feff}" } else { "" });
        pen.value(value, 0);
        pen.out.push_str(self.tail);
        pen.out
    }
}

struct Pen<'l> {
    layout: &'l Layout,
    out: String,
    gaps: usize,
}

impl Pen<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Scalar(raw) => self.out.push_str(raw),
            Value::List(items) => self.group("[", items, "]", depth, |pen, item| pen.value(item, depth + 1)),
            Value::Object(members) => self.group("{", members, "}", depth, |pen, (name, value)| {
                pen.out.push_str(name);
                pen.out.push_str(pen.layout.colon);
                pen.value(value, depth + 1);
            }),
        }
    }

    fn group<T>(&mut self, open: &str, items: &[T], close: &str, depth: usize, write: impl Fn(&mut Self, &T)) {
        self.out.push_str(open);
        for (at, item) in items.iter().enumerate() {
            self.out.push_str(if at > 0 { self.layout.comma } else { "" });
            self.gap(depth + 1);
            write(self, item);
        }
        if !items.is_empty() || !self.layout.noise.is_empty() {
            self.gap(depth);
        }
        self.out.push_str(close);
    }

    fn gap(&mut self, depth: usize) {
        self.gaps += 1;
        let noise = self.layout.noise.iter().cycle().nth(self.gaps % 16);
        match (noise, self.layout.indent) {
            (Some(blank), _) => self.out.push_str(blank),
            (None, Some(indent)) => self.out.push_str(&format!("{}{}", self.layout.newline, indent.repeat(depth))),
            (None, None) => {}
        }
    }
}
