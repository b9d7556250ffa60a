//! The menu of rules by which to prune: opened, counted by a worker, chosen from.

use super::{keys, plan, say};
use crate::tui::dialog::{Dialog, Intent};
use crate::tui::draft::Request;
use crate::tui::effect::Effect;
use crate::tui::input::Stroke;
use crate::tui::model::{CacheId, Model};
use crate::tui::prune::{Menu, Rule};

/// Shows the rules, and asks what each would take.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some((cache, reading)) = model.cache().zip(model.reading()) else { return Vec::new() };
    let menu = Menu::new(cache.id, reading, cache.browse.current_row());
    model.dialog = Some(Dialog::Prune(Box::new(menu)));
    count(model)
}

/// Counts anew what the cache called `cache` has now.
pub(super) fn again(model: &mut Model, cache: CacheId) -> Vec<Effect> {
    match &mut model.dialog {
        Some(Dialog::Prune(menu)) if menu.cache == cache => menu.counts.fill(None),
        _ => return Vec::new(),
    }
    count(model)
}

/// Asks for what is not counted yet.
fn count(model: &Model) -> Vec<Effect> {
    let Some(Dialog::Prune(menu)) = &model.dialog else { return Vec::new() };
    let found = model.caches.iter().find(|cache| cache.id == menu.cache).and_then(|cache| cache.reading());
    let Some(reading) = found.cloned() else { return Vec::new() };
    let missing = menu.rules.iter().zip(&menu.counts).filter(|(_, count)| count.is_none());
    let rules = missing.map(|(rule, _)| rule.clone()).collect();
    vec![Effect::Count { cache: menu.cache, reading, rules, now: model.moment.now }]
}

/// Takes in how many entries `rule` takes.
pub(super) fn counted(model: &mut Model, cache: CacheId, rule: &Rule, takes: usize) -> Vec<Effect> {
    if let Some(Dialog::Prune(menu)) = &mut model.dialog
        && menu.cache == cache
        && let Some(at) = menu.rules.iter().position(|known| known == rule)
        && let Some(count) = menu.counts.get_mut(at)
    {
        *count = Some(takes);
        if menu.awaited && menu.cursor == at {
            return choose(model);
        }
    }
    Vec::new()
}

/// Takes in a key of the menu.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Prune(menu)) = &mut model.dialog else { return Vec::new() };
    let last = menu.rules.len().saturating_sub(1);
    // Whoever does something else no longer means the rule on which enter was pressed.
    menu.awaited = false;
    match name {
        "esc" | "n" | "q" => model.dialog = None,
        "j" | "down" | "tab" => menu.cursor = (menu.cursor + 1).min(last),
        "k" | "up" | "shift-tab" => menu.cursor = menu.cursor.saturating_sub(1),
        "enter" => return choose(model),
        _ => return type_days(model, name),
    }
    Vec::new()
}

/// A digit is a number of days, wherever the cursor is.
fn type_days(model: &mut Model, name: &str) -> Vec<Effect> {
    /// As long a number as anybody means: 99 years.
    const DIGITS: usize = 5;
    let Some(Dialog::Prune(menu)) = &mut model.dialog else { return Vec::new() };
    let Some(stroke) = keys::stroke(name) else { return Vec::new() };
    let is_digit = !matches!(stroke, Stroke::Type(c) if !c.is_ascii_digit());
    let is_full = matches!(stroke, Stroke::Type(_)) && menu.days.text().len() >= DIGITS;
    if !is_digit || is_full {
        return Vec::new();
    }
    menu.days.stroke(stroke);
    menu.cursor = menu.rules.iter().position(|rule| matches!(rule, Rule::ExpiredFor(_))).unwrap_or(menu.cursor);
    menu.read_days();
    count(model)
}

fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Prune(menu)) = &mut model.dialog else { return Vec::new() };
    menu.awaited = menu.counts.get(menu.cursor).is_some_and(Option::is_none);
    if let Some(reason) = menu.why_not() {
        say::hint(model, reason);
        return Vec::new();
    }
    let request = menu.chosen().cloned().map(|rule| Request::Intent(Intent::PruneBy(rule)));
    model.dialog = None;
    plan::open(model, request)
}
