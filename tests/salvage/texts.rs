//! Healthy caches to be damaged, and where their entries stand.

use std::collections::BTreeMap;

use saltcellar::cache::demo::DEMO;
use saltcellar::json::{Document, Layout, relayout};
use saltcellar::secret::SecretBytes;
use serde_json::{Value, json};

use crate::support::peers;

/// An entry of a healthy cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) section: String,
    /// From the key's quote to the value's end.
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) fn document(bytes: &[u8]) -> Option<Document> {
    Document::parse(SecretBytes::new(bytes.to_vec())).ok()
}

/// Every entry of `text` that is an object, by its place. What holds none is one member of the root.
pub(super) fn entries(text: &str) -> Vec<Whole> {
    let document = document(text.as_bytes()).expect("healthy");
    let spots = document.sections().flat_map(|section| document.entries(section));
    let whole = |spot: saltcellar::json::EntrySpot| {
        let end = document.node(spot).expect("it is there").span();
        let start = text[..end.start].rfind(&*document.raw_key(spot)).expect("the key stands before");
        let section = document.section_name(saltcellar::json::SectionSpot(spot.section)).into_owned();
        Whole { section, text: text[start..end.end].to_owned(), start, end: end.end }
    };
    spots.map(whole).filter(|whole| whole.text.ends_with('}')).collect()
}

/// A cache of `people` as MSAL Python keeps it.
pub(super) fn made(people: usize) -> String {
    let mut sections: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    let (host, client) = ("login.microsoftonline.com", "04b07795-8ddb-461a-bbee-02f9e1bf7b46");
    for n in 0..people {
        let tenant = format!("11111111-aaaa-4bbb-8ccc-{:012}", n % 3);
        let home = format!("aaaaaaaa-0000-4000-8000-{n:012}.{tenant}");
        let mut put =
            |section, key: String, value| sections.entry(section).or_default().insert(key.to_lowercase(), value);
        for resource in ["https://graph.microsoft.com/.default", "https://vault.azure.net/.default"] {
            put(
                "AccessToken",
                format!("{home}-{host}-accesstoken-{client}-{tenant}-{resource}"),
                json!({
                    "credential_type": "AccessToken", "secret": format!("at {n} \"é{{\\ {}", "x".repeat(n * 37 % 900)),
                    "home_account_id": home, "environment": host, "client_id": client, "target": resource, "realm": tenant,
                    "token_type": "Bearer", "cached_at": "1700000000", "expires_on": "1700003600",
                }),
            );
        }
        put(
            "RefreshToken",
            format!("{home}-{host}-refreshtoken-{client}--"),
            json!({
                "credential_type": "RefreshToken", "secret": format!("rt-{n}"), "home_account_id": home,
                "environment": host, "client_id": client, "target": "", "last_modification_time": "1700000000",
            }),
        );
        put(
            "IdToken",
            format!("{home}-{host}-idtoken-{client}-{tenant}-"),
            json!({
                "credential_type": "IdToken", "secret": format!("a.{n}.c"), "home_account_id": home, "environment": host,
                "realm": tenant, "client_id": client,
            }),
        );
        put(
            "Account",
            format!("{home}-{host}-{tenant}"),
            json!({
                "home_account_id": home, "environment": host, "realm": tenant, "local_account_id": format!("{n}"),
                "username": format!("person{n}@contoso.com"), "authority_type": "MSSTS",
            }),
        );
    }
    put_metadata(&mut sections, host, client);
    serde_json::to_string(&sections).expect("JSON")
}

fn put_metadata(sections: &mut BTreeMap<&str, BTreeMap<String, Value>>, host: &str, client: &str) {
    let metadata = json!({"client_id": client, "environment": host, "family_id": "1"});
    sections.entry("AppMetadata").or_default().insert(format!("appmetadata-{host}-{client}"), metadata);
}

pub(super) fn pretty(text: &str) -> String {
    let document = document(text.as_bytes()).expect("healthy");
    String::from_utf8(relayout(&document, Layout::Pretty).reveal().to_vec()).expect("text")
}

/// The caches of this repository, made ones in both layouts, and those of the shared folder if it is there.
pub(super) fn healthy() -> Vec<String> {
    let mut texts = vec![
        DEMO.to_owned(),
        include_str!("../data/two_people.json").to_owned(),
        include_str!("../data/one_person.json").to_owned(),
    ];
    for people in [1, 2, 5, 9] {
        texts.push(made(people));
        texts.push(pretty(&made(people)));
    }
    if let Some(folder) = peers::shared("caches") {
        let files = std::fs::read_dir(folder).expect("a folder").flatten();
        let read = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        texts.extend(read.filter(|text| document(text.as_bytes()).is_some() && !text.starts_with('\u{feff}')));
    }
    texts.retain(|text| !entries(text).is_empty());
    texts
}
