//! The rules over caches that real libraries wrote: no error where nothing is wrong.

use std::fs;

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::lint::{Severity, Subject, Surroundings, check};
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;

use crate::support::peers::shared;

/// (rule, severity) of each finding about the cache `bytes` at `now`; `None` if it is no cache.
fn found(bytes: Vec<u8>, now: UnixSeconds) -> Option<Vec<(&'static str, Severity, String)>> {
    let document = Document::parse(SecretBytes::new(bytes)).ok()?;
    let (cache, surroundings) = (Cache::of(&document), Surroundings::default());
    let roster = Roster::of(&cache);
    let subject =
        Subject { cache: Some(&cache), roster: Some(&roster), unreadable: None, surroundings: &surroundings, now };
    println!("  hand: {:?}", subject.runtime());
    Some(check(&subject).into_iter().map(|finding| (finding.rule, finding.severity, finding.says)).collect())
}

#[test]
fn caches_of_the_libraries_own_tests_hold_no_error_but_byte_order_marks() {
    let Some(folder) = shared("caches") else { return };
    let mut wrong = Vec::new();
    for file in fs::read_dir(folder).expect("readable").map(|file| file.expect("an entry").path()) {
        let Ok(bytes) = fs::read(&file) else { continue };
        println!("{}", file.display());
        for (rule, severity, says) in found(bytes, UnixSeconds(1_700_000_000)).unwrap_or_default() {
            println!("  {} {rule}: {says}", severity.name());
            if severity == Severity::Error && rule != "byte-order-mark" {
                wrong.push(format!("{}: {rule}: {says}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
