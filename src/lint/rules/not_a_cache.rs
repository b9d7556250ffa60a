//! A text that no runtime reads: cut off, with a tail, in another encoding. The entries in it may still be whole.

use crate::json::{ParseError, ParseErrorKind};
use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `not-a-cache`.
pub(super) struct NotACache;

static ABOUT: About = About {
    id: "not-a-cache",
    severity: Severity::Error,
    title: "No app can read the text",
    text: include_str!("../../../assets/explain/not-a-cache.md"),
    link: "https://github.com/Azure/azure-cli/issues/20749",
};

impl Rule for NotACache {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(error) = subject.unreadable else { return Vec::new() };
        let says = format!("{}: {}.", cause(error), follows(error.kind));
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries: Vec::new(), says, fix: None }]
    }

    fn remedy(&self, _surroundings: &Surroundings) -> Option<Remedy> {
        Some(Remedy::Salvage)
    }
}

fn cause(error: &ParseError) -> String {
    let ParseError { line, column, offset, .. } = error;
    let place = format!("at line {line} column {column} (byte {offset})");
    match error.kind {
        ParseErrorKind::TrailingData => format!("A whole cache is followed by more text {place}"),
        ParseErrorKind::Truncated => format!("The text ends too early {place}"),
        ParseErrorKind::Nul => format!("NUL bytes stand where text belongs {place}"),
        ParseErrorKind::Utf16 => "The text is UTF-16 instead of UTF-8".to_owned(),
        ParseErrorKind::NotUtf8 => format!("A byte is not UTF-8 {place}"),
        ParseErrorKind::NotAnObject => format!("The text is not a JSON object {place}"),
        ParseErrorKind::Syntax => format!("The text is not valid JSON {place}"),
    }
}

fn follows(kind: ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::TrailingData => {
            "two writers got into each other's way. MSAL Python says \"Extra data\"; .NET deletes the file"
        }
        ParseErrorKind::Truncated => "a writer was killed half-way, or the disk was full",
        ParseErrorKind::Nul => "the machine lost power before the text was on the disk",
        ParseErrorKind::Utf16 => "an editor or a shell on Windows saved it so",
        ParseErrorKind::NotUtf8 | ParseErrorKind::NotAnObject | ParseErrorKind::Syntax => {
            "no MSAL library reads it, and .NET deletes it at the next sign-in"
        }
    }
}
