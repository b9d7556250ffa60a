//! Any bytes read as MSAL reads a cache: rows, dialect, health and lists never panic, and nothing of it drives a
//! terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::lint::{Subject, Surroundings, check};
use saltcellar::ops::{PruneOptions, prune, summary::summary};
use saltcellar::present::{Line, entry, list};
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(SecretBytes::new(bytes.to_vec())) else { return };
    let cache = Cache::of(&document);
    let roster = Roster::of(&cache);
    assert_eq!(roster.rows.len(), cache.entries().count(), "not one row an entry");
    let title = list::CacheTitle {
        app: roster.dialect.name().to_owned(),
        place: "fuzzed".to_owned(),
        protection: String::new(),
        mode: "RO".to_owned(),
    };
    let mut lines = list::cache_lines(&title, &roster, NOW);
    for row in roster.rows.iter().take(16) {
        lines.extend(entry::summary(&cache, &roster, row.spot, NOW, None));
        lines.extend(entry::claims(&cache, row.spot, NOW));
        lines.extend(entry::raw(&cache, row.spot, None));
    }
    assert!(lines.iter().all(is_tame), "a line drives the terminal");
    _ = summary(&cache, &roster, NOW);
    let filter = saltcellar::ops::Filter { expired: true, orphans: false, ..Default::default() };
    let patch = prune(&cache, &PruneOptions { filter, now: NOW });
    let (pruned, _) = document.apply(&patch).expect("what is planned can be done");
    let roster = (Roster::of(&Cache::of(&pruned)), roster);
    assert_eq!(roster.0.rows.len() + patch.changes.len(), roster.1.rows.len(), "another number went than was planned");
    let surroundings = Surroundings::default();
    let subject = Subject {
        cache: Some(&cache),
        roster: Some(&roster.1),
        unreadable: None,
        surroundings: &surroundings,
        now: NOW,
    };
    for fix in check(&subject).into_iter().filter_map(|finding| finding.fix) {
        document.apply(&fix).expect("what a rule proposes can be done");
    }
});

fn is_tame(line: &Line) -> bool {
    !line.text().chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}
