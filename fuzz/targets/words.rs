//! Any text where a person or a cache gives one: shown text is tame, a place reads back as printed, and queries, times
//! and paths of entries are read or refused.
#![no_main]

use std::str::FromStr as _;

use libfuzzer_sys::fuzz_target;
use saltcellar::json::Path;
use saltcellar::ops::query::Query;
use saltcellar::source::Place;
use saltcellar::text::Safe;
use saltcellar::time::UnixSeconds;

fuzz_target!(|text: &str| {
    let shown = Safe::new(text).to_string();
    assert!(!shown.chars().any(|c| c.is_control()), "a control character is shown");
    assert!(Safe::capped(text, 16).to_string().len() < 16 * 256, "a short text is long");
    _ = Query::parse(text);
    _ = UnixSeconds::parse(text);
    if let Ok(path) = Path::from_str(text) {
        assert_eq!(Path::from_str(&path.to_string()).ok(), Some(path), "a path reads back as another");
    }
    // A relative path is made absolute before anybody prints it as a place.
    if let Ok(place) = Place::from_str(text)
        && place.path().or(place.folder()).is_none_or(std::path::Path::is_absolute)
    {
        let printed = place.to_string();
        let again = Place::from_str(&printed).map(|place| place.to_string());
        assert_eq!(again.ok(), Some(printed), "a place reads back as another");
    }
});
