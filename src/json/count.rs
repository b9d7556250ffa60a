//! Counts the members of any JSON text by their names, at any depth: for files that are no caches. Hands out numbers
//! alone: a value is neither copied nor decoded.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::secret::SecretBytes;

/// How many texts that are not empty stand under one of `names` in `bytes`; `None` if those are no JSON.
#[must_use]
pub fn texts_called(bytes: &SecretBytes, names: &[String]) -> Option<usize> {
    let text = bytes.reveal();
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut found = 0;
    let mut parser = serde_json::Deserializer::from_slice(text);
    Counter { names, found: &mut found }.deserialize(&mut parser).ok()?;
    parser.end().ok()?;
    Some(found)
}

/// Looks through one value.
struct Counter<'a> {
    names: &'a [String],
    found: &'a mut usize,
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl Counter<'_> {
    fn again(&mut self) -> Counter<'_> {
        Counter { names: self.names, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for Counter<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counter<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = members.next_key()? {
            match self.names.iter().any(|name| *name == key) {
                true => *self.found += usize::from(is_text(members.next_value()?)),
                false => members.next_value_seed(self.again())?,
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self.again())?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

fn is_text(value: &RawValue) -> bool {
    value.get().starts_with('"') && value.get() != "\"\""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Option<usize> {
        let names = ["client_secret".to_owned(), "password".to_owned()];
        texts_called(&SecretBytes::new(text.as_bytes().to_vec()), &names)
    }

    #[test]
    fn texts_are_counted_at_any_depth_and_what_is_none_is_not() {
        assert_eq!(
            count(r#"[{"client_id":"a","client_secret":"s"},{"client_secret":"t","x":[1,-2,0.5,true,null]}]"#),
            Some(2)
        );
        assert_eq!(count("\u{feff}{\"a\":{\"pass\\u0077ord\":\"p\"}}"), Some(1));
        assert_eq!(count(r#"{"client_secret":"","password":null,"other":"client_secret"}"#), Some(0));
        assert_eq!(count("[]"), Some(0));
    }

    #[test]
    fn what_is_no_json_counts_nothing() {
        assert_eq!(count(""), None);
        assert_eq!(count(r#"{"client_secret":"s""#), None);
        assert_eq!(count(r#"{"client_secret":"s"} more"#), None);
        assert_eq!(count(&"[".repeat(100_000)), None);
    }
}
