//! What is said once the terminal is the user's again: a change that was asked about or under way, and what became of
//! it. Says nothing where nothing was left open. Pure.

use super::dialog::Dialog;
use super::model::Model;
use super::msg::{Event, Msg, Outcome};
use crate::present::words;
use crate::text::Safe;

/// The last words, made safe; `events` is what arrived after the loop had ended.
#[must_use]
pub fn words_of(model: &Model, events: impl Iterator<Item = Event>) -> Vec<String> {
    let asked = match &model.dialog {
        Some(Dialog::Plan(open)) => Some(format!("not written: {} ({})", open.plan.title, open.plan.place)),
        _ => None,
    };
    let ends = events.filter_map(|event| match event {
        Event::Msg(Msg::Written { result, .. }) => Some(match result {
            Ok(Outcome::Committed(..) | Outcome::Undone(_)) => "written".to_owned(),
            Err(error) => format!("not written: {}", words::error(&error)),
        }),
        Event::Msg(_) | Event::Signal(_) | Event::InputEnded => None,
    });
    let job = model.job.as_ref().map(|job| {
        let end = ends.last().unwrap_or_else(|| "it is not known whether it was written".to_owned());
        format!("{}: {end}", job.says)
    });
    let said = asked.into_iter().chain(job);
    said.map(|line| Safe::new(&line).to_string()).collect()
}
