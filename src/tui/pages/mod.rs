//! Answers to questions about a cache, as pages for the reader. Pure, but not always quick: a worker
//! makes them. A top: each file beside it answers one sort of question.

mod health;
mod people;
mod rule;
mod stats;
mod why;

use super::page::{Around, Block, Page, Question, Topic};
use crate::present::{Line, Role, words};
use crate::tui::model::{Content, Reading};

/// The answer to `question` about a cache that stands in `around`.
#[must_use]
pub fn page(question: &Question, around: &Around) -> Page {
    match &question.topic {
        Topic::Health => health::page(question, around),
        Topic::Rule(id) => rule::page(id),
        Topic::Why(path) => with_reading(question, |reading| why::page(reading, path, question.now)),
        Topic::Library(path, runtime) => {
            with_reading(question, |reading| why::library(reading, path, *runtime, question.now))
        }
        Topic::People => people::page(question, around),
        Topic::Stats => with_reading(question, |reading| stats::page(reading, question.now)),
    }
}

/// The answer that a cache gives that could be read; else why it could not.
fn with_reading(question: &Question, answer: impl FnOnce(&Reading) -> Page) -> Page {
    let says = match question.here().map(|asked| &asked.content) {
        Some(Content::Ready(reading)) => return answer(reading),
        Some(Content::Loading | Content::Glimpse(_)) | None => "this cache is still loading".to_owned(),
        Some(Content::Failed(error)) => words::error(error),
    };
    only(Line::new().with(Role::Bad, "x ").with(Role::Plain, &says))
}

/// A page of one line.
fn only(line: Line) -> Page {
    Page { sum: Line::new(), blocks: vec![Block::of(vec![line])] }
}
