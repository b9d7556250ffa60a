//! What happened since the program started: what others did to a cache, entry by entry, and what was done here.

use crate::present::{Line, Role, when};
use crate::tui::model::Note;
use crate::tui::page::{Block, Page, Question, Target};

/// The log, the newest on top.
pub(super) fn page(question: &Question) -> Page {
    let mut blocks: Vec<Block> = question.log.iter().rev().map(|note| block(question, note)).collect();
    if blocks.is_empty() {
        let says = "Nothing has happened yet. What other processes write, and what is done here, is told here.";
        blocks.push(Block::of(vec![Line::new().with(Role::Dim, says)]));
    }
    let plural = if question.log.len() == 1 { "" } else { "s" };
    Page { sum: Line::new().with(Role::Dim, &format!("{} event{plural}", question.log.len())), blocks }
}

/// "12:07:27Z  + AccessToken  Key Vault  added": the time is the label, so that long events go on behind it.
fn block(question: &Question, note: &Note) -> Block {
    let utc = when::utc(note.at);
    let time = utc.split_once(' ').map_or(utc.as_str(), |(_, time)| time);
    let line = Line::new().with(Role::Label, &format!("{time}  ")).with(note.role, &note.text);
    let here = note.about.as_ref().filter(|(cache, _)| *cache == question.cache);
    match here {
        Some((_, path)) => Block::to(Target::Entry(path.clone()), line),
        None => Block::of(vec![line]),
    }
}
