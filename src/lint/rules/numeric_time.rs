//! Times written as JSON numbers, where MSAL writes strings.

use crate::cache::{Cache, Dialect, Entry, Field};
use crate::json::{Change, Kind, Patch};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `numeric-time`.
pub(super) struct NumericTime;

static ABOUT: About = About {
    id: "numeric-time",
    severity: Severity::Error,
    title: "Times written as numbers, which make MSAL.NET delete the cache",
    text: include_str!("../../../assets/explain/numeric-time.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/blob/main/src/client/Microsoft.Identity.Client/Utils/JsonHelper.cs",
};

/// The times that MSAL keeps.
const TIMES: [Field; 5] =
    [Field::CachedAt, Field::ExpiresOn, Field::ExtendedExpiresOn, Field::RefreshOn, Field::LastModificationTime];

impl Rule for NumericTime {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(cache) = subject.cache else { return Vec::new() };
        let entries: Vec<_> = cache.entries().filter(|entry| numbers(entry).next().is_some()).collect();
        if entries.is_empty() {
            return Vec::new();
        }
        let (severity, follows) = match subject.runtime() {
            Dialect::DotNet => (Severity::Error, "MSAL.NET cannot read a number there and deletes the whole cache."),
            Dialect::Unknown => (Severity::Warning, "If MSAL.NET opens this cache, it deletes it."),
            Dialect::Python | Dialect::Node | Dialect::Java | Dialect::Go => {
                (Severity::Note, "MSAL.NET, should it ever open this cache, would delete it.")
            }
        };
        let count = words::counted(entries.len(), "entry holds a time", "entries hold times");
        let says = format!("{count} as a JSON number instead of a string. {follows}");
        let mut fix = Patch::new("Write times as strings");
        fix.changes = entries.iter().flat_map(|entry| as_strings(cache, entry)).collect();
        let spots = entries.iter().map(Entry::spot).collect();
        vec![Finding::of(&ABOUT, spots, says).graded(subject.graded(severity)).mended_by(fix)]
    }
}

fn numbers(entry: &Entry<'_>) -> impl Iterator<Item = Field> {
    TIMES.into_iter().filter(|field| entry.kind(*field) == Some(Kind::Number))
}

/// Whole seconds: MSAL Python reads no fraction out of a string.
fn as_strings(cache: &Cache<'_>, entry: &Entry<'_>) -> Vec<Change> {
    let written = |field| {
        let seconds = entry.time(field)?.0.to_string();
        mend::set(cache, entry, field, &seconds, "MSAL writes Unix seconds as a string")
    };
    numbers(entry).filter_map(written).collect()
}
