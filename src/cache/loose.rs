//! JSON values that stand in no document: a token's claims, and what nests inside a field.
//! Reads one level at a time, so that no depth of brackets can overflow the stack. Never an error.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::field::{is_key_part, is_secret_field, looks_like_token};
use crate::json::{decode, quote};
use crate::secret::Masked;

/// Values nested deeper than this are masked whole rather than read.
const DEEPEST: usize = 16;

/// The members of the JSON object `raw`, in order, duplicates kept: decoded name and verbatim value.
pub(super) fn object(raw: &str) -> Option<Vec<(String, &str)>> {
    let mut parser = serde_json::Deserializer::from_str(raw);
    let members = parser.deserialize_map(Members).ok()?;
    parser.end().ok()?;
    Some(members)
}

/// The verbatim value of the member of the JSON object `raw` that is called `name`; of several the last.
pub(super) fn member<'r>(raw: &'r str, name: &str) -> Option<&'r str> {
    let mut parser = serde_json::Deserializer::from_str(raw);
    let member = parser.deserialize_map(OneMember(name)).ok()?;
    parser.end().ok()?;
    member
}

/// `raw` without white space between its tokens.
pub(super) fn compact(raw: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let keep = |c: &char| {
        let blank = !inside && matches!(c, ' ' | '\t' | '\r' | '\n');
        if *c == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && *c == '\\' && !escaped;
        !blank
    };
    raw.chars().filter(keep).collect()
}

/// The value `raw` of a member called `name` with every secret in it masked; its layout is kept
/// where nothing is masked.
pub(super) fn masked(name: &str, raw: &str) -> String {
    masked_at(name, raw, 0)
}

/// Whether `raw`, the value of a member called `name`, is a secret as a whole.
pub(super) fn is_secret(name: &str, raw: &str) -> bool {
    let is_secret_text = |text: &str| looks_like_token(text) || is_key_part(name, text);
    !is_empty(raw) && (is_secret_field(name) || (raw.starts_with('"') && is_secret_text(&decode(raw))))
}

fn is_empty(raw: &str) -> bool {
    matches!(raw, "null" | "\"\"" | "true" | "false" | "{}" | "[]")
}

fn masked_at(name: &str, raw: &str, depth: usize) -> String {
    if is_secret(name, raw) || (depth > DEEPEST && raw.starts_with(['{', '['])) {
        return format!("\"{}\"", Masked::MASK);
    }
    match raw.as_bytes().first() {
        Some(b'{') => masked_object(raw, depth),
        Some(b'[') => masked_array(raw, depth),
        Some(b'"') => masked_text(raw, depth),
        _ => raw.to_owned(),
    }
}

fn masked_object(raw: &str, depth: usize) -> String {
    let members = object(raw).unwrap_or_default();
    let shown: Vec<_> = members.iter().map(|(name, value)| masked_at(name, value, depth + 1)).collect();
    if members.iter().zip(&shown).all(|((_, value), shown)| value == shown) {
        return raw.to_owned();
    }
    let items: Vec<_> =
        members.iter().zip(&shown).map(|((name, _), shown)| format!("{}:{shown}", quote(name, true))).collect();
    format!("{{{}}}", items.join(","))
}

fn masked_array(raw: &str, depth: usize) -> String {
    let items = serde_json::from_str::<Vec<&RawValue>>(raw).unwrap_or_default();
    let shown: Vec<_> = items.iter().map(|item| masked_at("", item.get(), depth + 1)).collect();
    if items.iter().zip(&shown).all(|(item, shown)| item.get() == shown) {
        return raw.to_owned();
    }
    format!("[{}]", shown.join(","))
}

/// A string that holds JSON itself, as Node's `tenantProfiles` do, is looked into.
fn masked_text(raw: &str, depth: usize) -> String {
    let decoded = decode(raw);
    let text = decoded.trim();
    if !text.starts_with(['{', '[']) {
        return raw.to_owned();
    }
    let shown = masked_at("", text, depth + 1);
    if shown == text { raw.to_owned() } else { quote(&shown, true) }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de str)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            found.push((decode(key.get()).into_owned(), value.get()));
        }
        Ok(found)
    }
}

/// Of all members the last that has this name: who asks many objects for one makes no texts of the others.
struct OneMember<'n>(&'n str);

impl<'de> Visitor<'de> for OneMember<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            if decode(key.get()) == self.0 {
                found = Some(value.get());
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_only_between_tokens() {
        assert_eq!(compact("{ \"a b\" : [ 1.50e+3,\n \" \\\" \" ] }"), r#"{"a b":[1.50e+3," \" "]}"#);
    }

    #[test]
    fn secrets_are_masked_at_any_depth() {
        let raw = r#"{"a":[{"refresh_token":"hunter2"}],"b":"{\"secret\":\"hunter2\"}","n": 1}"#;

        let shown = masked("x", raw);

        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains(Masked::MASK) && shown.contains("\"n\":1"), "{shown}");
    }

    #[test]
    fn what_holds_no_secret_stays_verbatim() {
        assert_eq!(masked("ext", r#"{ "fmi_path" : "a/b" }"#), r#"{ "fmi_path" : "a/b" }"#);
    }

    #[test]
    fn endless_brackets_are_masked_not_followed() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));

        assert!(masked("x", &deep).contains(Masked::MASK));
    }
}
