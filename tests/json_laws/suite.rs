//! JSONTestSuite as caches: every accepted object is read, every rejected text refused, none panics.

use std::fs;
use std::path::PathBuf;

use super::super::support::peers::shared;
use super::parse;
use saltcellar::json::{Document, Layout, relayout};
use saltcellar::secret::SecretBytes;

fn files() -> Vec<(String, Vec<u8>)> {
    let folder = shared("JSONTestSuite/test_parsing");
    let listed = folder.into_iter().flat_map(|folder| fs::read_dir(folder).expect("the folder lists"));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.expect("the entry reads").path()).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        (name.unwrap_or_default(), fs::read(&path).expect("the file reads"))
    };
    paths.into_iter().map(named).collect()
}

#[test]
fn the_suite_is_accepted_and_rejected_as_it_says() {
    for (name, bytes) in files() {
        let body = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let is_object = body.trim_ascii_start().starts_with(b"{");

        let read = Document::parse(SecretBytes::new(bytes.clone()));

        match name.get(..2) {
            Some("y_") => assert_eq!(read.is_ok(), is_object, "{name}"),
            // MSAL reads a zero-byte file as an empty cache; to the suite it is no JSON.
            Some("n_") => assert_eq!(read.is_ok(), bytes.is_empty(), "{name}"),
            _ => assert!(read.is_err() || is_object, "{name}"),
        }
    }
}

#[test]
fn the_suite_inside_an_entry_is_accepted_and_rejected_as_it_says() {
    for (name, bytes) in files() {
        let Ok(value) = std::str::from_utf8(&bytes) else { continue };
        let cache = format!(r#"{{"AccessToken":{{"k":{{"secret":{value}}}}}}}"#);

        let read = parse(&cache);

        match name.get(..2) {
            Some("y_") => assert!(read.is_ok(), "{name}"),
            // Closes our own brackets and opens them again: valid once it stands inside.
            Some("n_") => {
                assert!(read.is_err() || serde_json::from_str::<serde::de::IgnoredAny>(&cache).is_ok(), "{name}")
            }
            _ => {}
        }
        for layout in [Layout::Pretty, Layout::Compact, Layout::Canonical] {
            let laid_out = read.as_ref().map(|document| Document::parse(relayout(document, layout)));
            assert!(laid_out.map_or(true, |again| again.is_ok()), "{name} in {layout:?}");
        }
    }
}
