//! Sections that the schema does not know.

use crate::cache::Section;
use crate::lint::{About, Finding, Rule, Severity, Subject, words};

/// The rule `unknown-section`.
pub(super) struct UnknownSection;

static ABOUT: About = About {
    id: "unknown-section",
    severity: Severity::Note,
    title: "A section that MSAL does not know",
    text: include_str!("../../../assets/explain/unknown-section.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-js/pull/7966",
};

impl Rule for UnknownSection {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(document) = subject.cache.map(|cache| cache.document()) else { return Vec::new() };
        let is_unknown = |spot: &_| Section::named(&document.section_name(*spot)) == Section::Other;
        let unknown: Vec<_> = document.sections().filter(is_unknown).collect();
        if unknown.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = unknown.iter().map(|spot| document.section_name(*spot)).collect();
        let says = format!(
            "{} not part of MSAL's schema: {}. Most libraries keep what they do not know; newer MSAL4J drops it at its \
             next write.",
            words::counted(names.len(), "section is", "sections are"),
            names.join(", ")
        );
        let spots = unknown.iter().flat_map(|spot| document.entries(*spot)).collect();
        vec![Finding::of(&ABOUT, spots, says)]
    }
}
