//! Letters beyond ASCII, written raw in a cache of MSAL Python, which opens its file in the locale's encoding.

use crate::cache::Dialect;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `raw-non-ascii`.
pub(super) struct RawNonAscii;

static ABOUT: About = About {
    id: "raw-non-ascii",
    severity: Severity::Warning,
    title: "Raw non-ASCII letters in a cache of MSAL Python",
    text: include_str!("../../../assets/explain/raw-non-ascii.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-extensions-for-python/blob/dev/msal_extensions/persistence.py",
};

impl Rule for RawNonAscii {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(cache) = subject.cache.filter(|cache| !cache.document().style().ascii) else { return Vec::new() };
        if subject.runtime() != Dialect::Python {
            return Vec::new();
        }
        let document = cache.document();
        let is_raw = |spot| {
            let is_ascii = document.node(spot).is_none_or(|node| node.raw().is_ascii());
            !(is_ascii && document.raw_key(spot).is_ascii())
        };
        let spots: Vec<_> = document.sections().flat_map(|section| document.entries(section)).collect();
        let spots: Vec<_> = spots.into_iter().filter(|spot| is_raw(*spot)).collect();
        let count = words::counted(spots.len(), "entry holds", "entries hold");
        let says = format!(
            "{count} letters beyond ASCII as they are. MSAL Python opens the file in the locale's encoding and fails, \
             or reads other letters, where that is not UTF-8 (Windows, LANG=C)."
        );
        let fix = mend::whole(document, "Escape letters beyond ASCII", "as MSAL Python writes them", escaped);
        vec![Finding::of(&ABOUT, spots, says).mended_by(fix)]
    }
}

/// The valid JSON `text`, where such letters stand in strings alone, with `\uXXXX` for each.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}
