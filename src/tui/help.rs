//! Which bindings help lists, and in what order: those of the pane with the focus first.

use super::available::ground;
use super::dialog::Dialog;
use super::keymap::{Binding, Bound, Group, Scope};
use super::model::Model;

const GROUPS: [Group; 7] = [Group::Move, Group::Find, Group::Mark, Group::Tell, Group::Copy, Group::Write, Group::View];

/// The bindings that the words typed in help leave.
#[must_use]
pub fn shown(model: &Model) -> Vec<&Bound> {
    let words = match &model.dialog {
        Some(Dialog::Help(open)) => open.filter.text().to_lowercase(),
        Some(Dialog::Plan(_) | Dialog::Prune(_) | Dialog::Export(_) | Dialog::Ask(_) | Dialog::Sources(_)) | None => {
            String::new()
        }
    };
    let mut found: Vec<_> = model.keymap.on(ground(model)).filter(|binding| matches(binding, &words)).collect();
    found.sort_by_key(|binding| rank(model, binding));
    found
}

fn matches(binding: &Bound, words: &str) -> bool {
    let text = format!("{} {} {}", binding.keys.join(" "), binding.words, binding.id).to_lowercase();
    words.split_whitespace().all(|word| text.contains(word))
}

fn rank(model: &Model, binding: &Binding) -> (usize, usize) {
    let here = [Scope::Reader, Scope::Pane(model.focus)].contains(&binding.scope);
    let group = GROUPS.iter().position(|group| *group == binding.group).unwrap_or(GROUPS.len());
    (usize::from(!here), group)
}
