//! A cache put before one rule of the doctor.

use saltcellar::cache::{Cache, Dialect, Roster};
use saltcellar::json::Document;
use saltcellar::lint::{Finding, Subject, Surroundings, check};
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;

/// The moment at which the rules look: 2023-11-14.
pub(crate) const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// What the rule called `rule` finds in the cache `text`, with nothing around it.
pub(crate) fn findings(rule: &str, text: &str) -> Vec<Finding> {
    findings_among(rule, text, &Surroundings::default())
}

/// What the rule called `rule` finds in `text`, which need not be a cache, with `surroundings` around it.
pub(crate) fn findings_among(rule: &str, text: &str, surroundings: &Surroundings) -> Vec<Finding> {
    all_findings(text, surroundings, NOW).into_iter().filter(|finding| finding.rule == rule).collect()
}

/// What every rule finds in `text`, which need not be a cache, at `now`.
pub(crate) fn all_findings(text: &str, surroundings: &Surroundings, now: UnixSeconds) -> Vec<Finding> {
    let parsed = Document::parse(SecretBytes::new(text.as_bytes().to_vec()));
    let cache = parsed.as_ref().ok().map(Cache::of);
    let roster = cache.as_ref().map(Roster::of);
    let unreadable = parsed.as_ref().err();
    check(&Subject { cache: cache.as_ref(), roster: roster.as_ref(), unreadable, surroundings, now })
}

/// What the rule called `rule` finds in the cache `text`, which lies where `runtime` keeps its cache.
pub(crate) fn findings_of(rule: &str, runtime: Dialect, text: &str) -> Vec<Finding> {
    findings_among(rule, text, &kept_by(runtime))
}

/// The cache `text` after the fixes of the rule called `rule`, which must then find nothing more to fix.
pub(crate) fn fixed(rule: &str, text: &str) -> String {
    fixed_among(rule, text, &Surroundings::default())
}

/// The same where `runtime` keeps its cache.
pub(crate) fn fixed_of(rule: &str, runtime: Dialect, text: &str) -> String {
    fixed_among(rule, text, &kept_by(runtime))
}

fn kept_by(runtime: Dialect) -> Surroundings {
    Surroundings { dialect: Some(runtime), ..Surroundings::default() }
}

fn fixed_among(rule: &str, text: &str, surroundings: &Surroundings) -> String {
    fixed_at(rule, text, surroundings, NOW)
}

/// The same at `now`.
pub(crate) fn fixed_at(rule: &str, text: &str, surroundings: &Surroundings, now: UnixSeconds) -> String {
    let mut document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a cache");
    for _ in 0..8 {
        let text = text_of(&document);
        let mut found = all_findings(&text, surroundings, now).into_iter().filter(|finding| finding.rule == rule);
        let Some(fix) = found.find_map(|finding| finding.fix) else { return text };
        document = document.apply(&fix).expect("the fix applies").0;
    }
    panic!("{rule} still finds something to fix after eight fixes");
}

fn text_of(document: &Document) -> String {
    let mut text = Vec::new();
    document.write_to(&mut text).expect("memory takes it");
    String::from_utf8(text).expect("a document is UTF-8")
}
