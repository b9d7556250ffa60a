//! What to look for in the Secret Service, from a place: schema, attributes, signal file. Asks nobody.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::store::desktop::Desktop;
use crate::store::place::{Address, Place, SecretItem};
use crate::store::signal;

/// The attribute in which libsecret keeps the schema's name.
pub(super) const SCHEMA: &str = "xdg:schema";

/// One item, by what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is searched by, the schema among it.
    pub attributes: BTreeMap<String, String>,
    /// The file by which apps lock the cache and learn of changes.
    pub signal: Option<PathBuf>,
    /// What an item gets that is made anew: all its attributes, and its label.
    pub made: (BTreeMap<String, String>, String),
}

impl Target {
    /// What `item` means in this session.
    #[must_use]
    pub fn of(item: &SecretItem, desktop: &Desktop) -> Self {
        match item {
            SecretItem::App(cache) => {
                let own: BTreeMap<String, String> =
                    cache.app.attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
                let schema = Some(cache.filled(cache.app.schema)).filter(|schema| !schema.is_empty());
                let made = with_schema(own.clone(), Some(cache.filled(cache.app.made.schema)));
                Self {
                    attributes: with_schema(own, schema),
                    signal: desktop.signal_of(cache),
                    made: (made, cache.filled(cache.app.made.label)),
                }
            }
            SecretItem::Signal(path) => {
                Self::as_searched(with_schema(BTreeMap::new(), Some(signal::hash_of(path))), Some(path.clone()))
            }
            SecretItem::Search { schema, attributes, signal } => {
                Self::as_searched(with_schema(attributes.clone(), schema.clone()), signal.clone())
            }
        }
    }

    /// An item that is made with what it is searched by, and, as msal-extensions for Python does, without a label.
    fn as_searched(attributes: BTreeMap<String, String>, signal: Option<PathBuf>) -> Self {
        Self { made: (attributes.clone(), String::new()), attributes, signal }
    }

    /// What is searched by, in words.
    pub(super) fn words(&self) -> String {
        let word = |(key, value): (&String, &String)| format!("{key}={value}");
        self.attributes.iter().map(word).collect::<Vec<_>>().join(" and ")
    }
}

/// The place of an item, by all that it says of itself.
pub(super) fn place_of(attributes: BTreeMap<String, String>, slot: &str) -> Place {
    let mut attributes = attributes;
    let schema = attributes.remove(SCHEMA).filter(|schema| !schema.is_empty());
    let item = SecretItem::Search { schema, attributes, signal: None };
    let mut place = Place::at(Address::SecretService(item));
    place.slot = Some(slot.to_owned());
    place
}

/// Whether an item looks like a token cache, by its label and attributes.
pub(super) fn looks_like_a_cache(label: &str, attributes: &BTreeMap<String, String>) -> bool {
    let names = attributes.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]).chain([label]);
    let is_named = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.contains("msal") || name.contains("identityservice") || name == "my_schema_name"
    };
    names.into_iter().any(is_named) || is_python_default(attributes)
}

/// MSAL Python's default: a schema that is a SHA-256, and nothing else.
fn is_python_default(attributes: &BTreeMap<String, String>) -> bool {
    let is_hash = |schema: &String| schema.len() == 64 && schema.bytes().all(|byte| byte.is_ascii_hexdigit());
    attributes.len() == 1 && attributes.get(SCHEMA).is_some_and(is_hash)
}

fn with_schema(mut attributes: BTreeMap<String, String>, schema: Option<String>) -> BTreeMap<String, String> {
    attributes.extend(schema.map(|schema| (SCHEMA.to_owned(), schema)));
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(place: &str, desktop: &Desktop) -> Target {
        let place: Place = place.parse().expect("a place");
        let Address::SecretService(item) = place.address() else { panic!("{place}") };
        Target::of(item, desktop)
    }

    fn attributes(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_app_means_its_schema_its_attributes_and_its_signal_file() {
        let desktop = Desktop { azure: Some("/h/.azure".into()), ..Desktop::default() };

        let of = target("secret-service:azure-cli", &desktop);

        let expected = [("my_attr1", "foo"), ("my_attr2", "bar"), (SCHEMA, "my_schema_name")];
        assert_eq!(of.attributes, attributes(&expected));
        assert_eq!(of.made, (attributes(&expected), String::new()));
        assert_eq!(of.signal, Some("/h/.azure/msal_token_cache.bin".into()));
    }

    #[test]
    fn a_named_cache_of_an_app_has_its_name_in_schema_and_signal_file() {
        let desktop = Desktop { home: Some("/h".into()), ..Desktop::default() };

        let of = target("secret-service:azure-identity-python/mine.cae", &desktop);

        assert_eq!(of.attributes.get(SCHEMA).map(String::as_str), Some("mine.cae"));
        assert_eq!(of.signal, Some("/h/.IdentityService/mine.cae".into()));
    }

    #[test]
    fn msal_net_looks_by_attributes_alone() {
        let of = target("secret-service:azure-powershell", &Desktop::default());

        assert_eq!(of.attributes.get(SCHEMA), None);
        assert_eq!(of.attributes.len(), 2);
        assert_eq!(of.signal, None);
        let (made, label) = of.made;
        assert_eq!((made.get(SCHEMA).map(String::as_str), label.as_str()), (Some("msal.cache"), "msal.cache.cae"));
    }

    #[test]
    fn msal_python_names_its_schema_after_its_signal_file() {
        let of = target("secret-service:?signal=token_cache.bin", &Desktop::default());

        // python3 -c 'import hashlib; print(hashlib.sha256(b"token_cache.bin").hexdigest())'
        let schema = "e4c37b38dc9d905f039443d84117d4323681a48bc3275e5d90c4d6c228aa6c3c";
        assert_eq!(of.attributes, attributes(&[(SCHEMA, schema)]));
        assert_eq!(of.signal, Some("token_cache.bin".into()));
    }

    #[test]
    fn items_that_look_like_caches_are_told_from_others() {
        assert!(looks_like_a_cache("MSALCache", &attributes(&[])));
        assert!(looks_like_a_cache("", &attributes(&[(SCHEMA, &"0f".repeat(32))])));
        assert!(looks_like_a_cache("x", &attributes(&[("service", "Microsoft.Developer.IdentityService")])));
        assert!(!looks_like_a_cache("my bank", &attributes(&[("user", "ada")])));
    }

    #[test]
    fn an_item_is_shown_as_the_place_that_opens_it() {
        let place = place_of(attributes(&[(SCHEMA, "s"), ("a", "b")]), "login/3");

        assert_eq!(place.to_string(), "secret-service:s?attr.a=b#login/3");
    }
}
