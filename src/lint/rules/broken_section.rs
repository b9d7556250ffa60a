//! A section of the schema that is no object: null, a list, a number.

use crate::cache::{Dialect, Section};
use crate::json::{Change, Document, Edit, Kind, Patch, SectionSpot};
use crate::lint::{About, Finding, Rule, Severity, Subject, words};

/// The rule `broken-section`.
pub(super) struct BrokenSection;

static ABOUT: About = About {
    id: "broken-section",
    severity: Severity::Error,
    title: "A section that is not an object",
    text: include_str!("../../../assets/explain/broken-section.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-python/blob/dev/msal/token_cache.py",
};

impl Rule for BrokenSection {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(document) = subject.cache.map(|cache| cache.document()) else { return Vec::new() };
        let broken: Vec<_> = document.sections().filter(|spot| is_broken(document, *spot)).collect();
        if broken.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = broken.iter().map(|spot| document.section_name(*spot)).collect();
        let (severity, follows) = match subject.runtime() {
            Dialect::Python => (Severity::Error, "MSAL Python raises AttributeError whenever it looks there."),
            Dialect::Node => (Severity::Note, "msal-node reads it as empty."),
            Dialect::DotNet | Dialect::Java | Dialect::Go | Dialect::Unknown => {
                (Severity::Warning, "MSAL Python would raise AttributeError whenever it looks there.")
            }
        };
        let count = words::counted(names.len(), "section is", "sections are");
        let says = format!("{count} no object: {}. {follows}", names.join(", "));
        let removal = |spot: &SectionSpot| Change {
            edit: Edit::Remove(document.section_path(*spot)),
            why: "holds no entries that an app can read".into(),
        };
        let fix = Patch { title: "Take out broken sections".to_owned(), changes: broken.iter().map(removal).collect() };
        vec![Finding::of(&ABOUT, Vec::new(), says).graded(subject.graded(severity)).mended_by(fix)]
    }
}

fn is_broken(document: &Document, spot: SectionSpot) -> bool {
    Section::named(&document.section_name(spot)) != Section::Other
        && document.section_node(spot).is_some_and(|node| node.kind() != Kind::Object)
}
