//! Answers to questions about a cache, as pages for the reader. Pure, but not always quick: a worker
//! makes them. A top: each file beside it answers one sort of question.

mod activity;
mod changes;
mod health;
mod people;
mod rule;
mod stats;
mod why;

use super::page::{Around, Asked, Block, Page, Question, Topic};
use crate::present::{Line, Role, words};
use crate::tui::model::{Content, Reading};

/// The answer to `question` about a cache that stands in `around`.
#[must_use]
pub fn page(question: &Question, around: &Around) -> Page {
    page_while(question, around, &|| true).unwrap_or_default()
}

/// The same; `None` once `go_on` says no: nobody waits for it any more.
#[must_use]
pub fn page_while(question: &Question, around: &Around, go_on: &dyn Fn() -> bool) -> Option<Page> {
    let page = whole(question, around, go_on);
    go_on().then_some(page)
}

fn whole(question: &Question, around: &Around, go_on: &dyn Fn() -> bool) -> Page {
    match &question.topic {
        Topic::Health => health::page(question, around, go_on),
        Topic::Rule(id) => rule::page(id),
        Topic::Why(path) => with_reading(question, |_, reading| why::page(reading, path, question.now, go_on)),
        Topic::Library(path, runtime) => {
            with_reading(question, |_, reading| why::library(reading, path, *runtime, question.now))
        }
        Topic::People => people::page(question, around),
        Topic::Changes => {
            with_reading(question, |asked, reading| changes::page(question, asked, reading, around, go_on))
        }
        Topic::Since(name) => {
            with_reading(question, |asked, reading| changes::since((asked, reading), around, name, question.now, go_on))
        }
        Topic::Against(other) => {
            with_reading(question, |asked, reading| changes::against(question, (asked, reading), *other, go_on))
        }
        Topic::Activity => activity::page(question),
        Topic::Stats => with_reading(question, |asked, reading| stats::page(asked, reading, question.now)),
    }
}

/// The answer that a cache gives that could be read; else why it could not.
fn with_reading(question: &Question, answer: impl FnOnce(&Asked, &Reading) -> Page) -> Page {
    let Some(asked) = question.here() else { return Page::default() };
    let says = match &asked.content {
        Content::Ready(reading) => return answer(asked, reading),
        Content::Loading | Content::Glimpse(_) => "this cache is still loading".to_owned(),
        Content::Failed(error) => words::error(error),
    };
    only(Line::new().with(Role::Bad, "x ").with(Role::Plain, &says))
}

/// A page of one line.
fn only(line: Line) -> Page {
    Page { sum: Line::new(), blocks: vec![Block::of(vec![line])] }
}
