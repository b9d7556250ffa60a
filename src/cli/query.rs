//! QUERY of the command line: read by `ops`; what cannot be read is shown with a mark under the place.

use std::ffi::OsStr;

use clap::Args;
use clap_complete::ArgValueCompleter;
use clap_complete::engine::CompletionCandidate;
use unicode_width::UnicodeWidthStr;

use super::failure::{Failure, Kind};
use crate::ops::query::{Query, QueryError, hints};
use crate::text::Safe;

/// `-q`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct QueryArgument {
    /// Only entries that the query takes; see: saltcellar help filters
    #[arg(long = "query", short = 'q', value_name = "QUERY", add = ArgValueCompleter::new(offered))]
    text: Option<String>,
}

impl QueryArgument {
    /// The query, if one was given.
    ///
    /// # Errors
    /// The text is none.
    pub(super) fn read(&self) -> Result<Option<Query>, Failure> {
        let Some(text) = &self.text else { return Ok(None) };
        Query::parse(text).map(Some).map_err(|error| marked(text, &error))
    }
}

fn marked(text: &str, error: &QueryError) -> Failure {
    let before: String = text.chars().take(error.column - 1).collect();
    let mark = " ".repeat(Safe::new(&before).to_string().width());
    Failure::new(Kind::Usage, format!("the query is wrong: {error}"))
        .shows(Safe::new(text).to_string())
        .shows(format!("{mark}^"))
        .hint("for example 'type:at expires<15m !bob'; see: saltcellar help filters")
}

/// The words that may begin the last term.
fn offered(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let start = typed.rfind([' ', '(', '!']).map_or(0, |at| at + 1);
    let (before, last) = typed.split_at(start);
    let fitting = hints().into_iter().filter(|hint| hint.word.starts_with(&last.to_lowercase()));
    fitting
        .map(|hint| CompletionCandidate::new(format!("{before}{}", hint.word)).help(Some(hint.help.into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_wrong_place_whatever_the_width_of_what_is_before() {
        let error = Query::parse("日本 (").expect_err("it is unclosed");

        let lines: Vec<_> = marked("日本 (", &error).lines().iter().map(crate::present::Line::text).collect();

        assert_eq!(lines.get(1).map(String::as_str), Some("  日本 ("));
        assert_eq!(lines.get(2).map(String::as_str), Some("       ^"));
    }

    #[test]
    fn the_last_term_is_completed_behind_what_stands_before_it() {
        let words: Vec<_> = offered(OsStr::new("bob !ex")).iter().map(|c| c.get_value().to_owned()).collect();

        assert_eq!(words, ["bob !expires<", "bob !expired", "bob !expiring"]);
        assert!(offered(OsStr::new("nothing-like-it")).is_empty());
    }
}
