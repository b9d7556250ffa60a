//! What a key in the filter of a large cache does before its frame, counted in bytes looked at.

use super::*;
use crate::cache::Roster;
use crate::json::Document;
use crate::ops::query::LOOKED;
use crate::secret::SecretBytes;

const NOW: UnixSeconds = UnixSeconds(1_795_348_800);
/// As many bytes are looked at within a keystroke.
const MOST: usize = 8 << 20;

/// A cache of access tokens with long scopes of their own.
fn large() -> Reading {
    let scope = "e".repeat(1500);
    let entry =
        |at: usize| format!(r#""k{at}":{{"home_account_id":"u{at}","target":"api{at}://{scope}/read","secret":"s"}}"#);
    let entries: Vec<_> = (0..6000).map(entry).collect();
    let text = format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","));
    let document = Document::parse(SecretBytes::new(text.into_bytes())).expect("a cache");
    let roster = Roster::of(&Cache::of(&document));
    Reading::new(document, roster, None)
}

/// What a worker does for `sieve`.
fn work(sieve: &mut Sieve, reading: &Reading) {
    while let Some(need) = sieve.ask(reading) {
        match need {
            Need::Names(claims) => {
                prepare(reading, &claims.iter().map(String::as_str).collect::<Vec<_>>());
                sieve.told();
                sieve.judge(reading, NOW);
            }
            Need::Rows(query) => {
                let memory = sieve.lend_memory();
                sieve.take(Found::of(query, memory, reading, NOW).expect("its names are read"));
            }
        }
    }
}

#[test]
fn no_key_looks_at_more_than_a_few_megabytes_before_its_frame_also_the_first_one() {
    let reading = large();
    prepare(&reading, &[]);
    assert!(reading.index().bytes() > 2 * MOST, "{}", reading.index().bytes());
    let (mut sieve, mut waited) = (Sieve::default(), Vec::new());

    for text in ["e", "ea", "e", "", "api39", "api399"] {
        LOOKED.set(0);
        sieve.sift(text, &reading, NOW);
        assert!(LOOKED.get() <= MOST, "{text}: {} bytes", LOOKED.get());
        waited.push(sieve.is_waiting());
        work(&mut sieve, &reading);
        assert!(!sieve.is_waiting());
    }

    assert_eq!(sieve.taken().map(Bits::count), Some(11));
    assert!(waited.contains(&true), "what costs more is a worker's: {waited:?}");
    assert_eq!(waited.last(), Some(&false), "what is typed on is found at once: {waited:?}");
}

#[test]
fn nothing_is_looked_at_as_long_as_names_or_claims_are_not_read() {
    let reading = large();
    let mut sieve = Sieve::default();

    for text in ["c", "claim.upn:", "claim.upn:p"] {
        LOOKED.set(0);
        sieve.sift(text, &reading, NOW);
        assert_eq!(LOOKED.get(), 0, "{text}");
    }

    assert!(reading.known_index().is_none());
    let claims = vec!["upn".to_owned()];
    assert_eq!(sieve.ask(&reading), Some(Need::Names(claims)));
}
