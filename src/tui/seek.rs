//! Looking for words in the details: in the claims and in the JSON of the entry under the cursor. Without words of its
//! own it looks for those of the filter. Pure.

use super::detail;
use super::layout::Pane;
use super::model::{DetailTab, FilterMode, Model};
use super::reader::Way;
use super::reader::search::hits;
use super::wrap::wrap;
use crate::present::Line;

/// Whether the page of the details is one that is searched.
#[must_use]
pub fn is_page(model: &Model) -> bool {
    match model.detail.tab {
        DetailTab::Claims | DetailTab::Raw => true,
        DetailTab::Summary => false,
    }
}

/// Whether the search has its line: while it is typed, and in the details as long as there is one.
#[must_use]
pub fn has_line(model: &Model) -> bool {
    let is_on = !model.seek.text().is_empty() && is_page(model);
    model.filter == FilterMode::Seeking || (is_on && model.focus == Pane::Details)
}

/// What is looked for.
#[must_use]
pub fn words(model: &Model) -> Vec<&str> {
    match (is_page(model), model.seek.text()) {
        (false, _) => Vec::new(),
        (true, "") => model.cache().map(|cache| cache.browse.sieve.query().words()).unwrap_or_default(),
        (true, text) => vec![text],
    }
}

/// Where something was found: the claims, or the lines of the page `width` wide.
#[must_use]
pub fn found(model: &Model, width: usize) -> Vec<usize> {
    let words = words(model);
    let holds = |line: &Line| words.iter().any(|word| !hits(line, word).is_empty());
    match model.detail.tab {
        DetailTab::Summary => Vec::new(),
        DetailTab::Claims => {
            let claims = detail::claims(model);
            let holds = |(name, value): &(String, String)| holds(&Line::plain(name)) || holds(&Line::plain(value));
            claims.iter().enumerate().filter(|(_, claim)| holds(claim)).map(|(at, _)| at).collect()
        }
        DetailTab::Raw => {
            let mut at = 0;
            let starts = detail::page(model).into_iter().map(|line| {
                let start = at;
                at += wrap(std::slice::from_ref(&line), width).len();
                (start, line)
            });
            starts.filter(|(_, line)| holds(line)).map(|(start, _)| start).collect()
        }
    }
}

/// Of the places `found`, the next one behind `at` or the one before it; round and round.
#[must_use]
pub fn turn(found: &[usize], at: usize, way: Way) -> Option<usize> {
    let mut places = found.iter().copied();
    match way {
        Way::On => places.find(|place| *place > at).or(found.first().copied()),
        Way::Back => places.rfind(|place| *place < at).or(found.last().copied()),
    }
}
