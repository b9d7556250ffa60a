//! Answers to questions about a cache, as pages for the reader. Pure, but not always quick: a worker
//! makes them. A top: each file beside it answers one sort of question.

mod health;
mod rule;
mod stats;

use super::page::{Block, Page, Question, Topic};
use crate::lint::Surroundings;
use crate::present::{Line, Role, words};
use crate::tui::model::{Content, Reading};

/// The answer to `question` about a cache in `surroundings`.
#[must_use]
pub fn page(question: &Question, surroundings: &Surroundings) -> Page {
    match &question.topic {
        Topic::Health => health::page(question, surroundings),
        Topic::Rule(id) => rule::page(id),
        Topic::Stats => with_reading(question, |reading| stats::page(reading, question.now)),
    }
}

/// The answer that a cache gives that could be read; else why it could not.
fn with_reading(question: &Question, answer: impl FnOnce(&Reading) -> Page) -> Page {
    let says = match &question.content {
        Content::Ready(reading) => return answer(reading),
        Content::Loading | Content::Glimpse(_) => "this cache is still loading".to_owned(),
        Content::Failed(error) => words::error(error),
    };
    Page { sum: Line::new(), blocks: vec![Block::of(vec![Line::new().with(Role::Bad, "x ").with(Role::Plain, &says)])] }
}
