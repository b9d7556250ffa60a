//! Decides: a message changes the model and asks for effects. Pure: no I/O, no clock.
//! A top: each file beside it has one part of the screen.

mod actions;
mod arrivals;
mod browser;
mod copy;
mod dialog;
mod export;
mod filter;
mod help;
mod keys;
mod marks;
mod mouse;
mod order;
mod palette;
mod password;
mod plan;
mod planned;
mod prune;
mod purge;
mod reader;
mod reload;
mod say;
mod seek;
mod sources;
mod undo;
mod users;

use ratatui::layout::Size;

use super::effect::{Effect, permitted};
use super::layout::Pane;
use super::model::{FilterMode, Model, Moment, OpenCache};
use super::msg::Msg;
use crate::ops::query::Bits;

/// Takes in what happened and says what is to be done outside.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let effects = decide(model, msg);
    settle(model);
    settle_list(model);
    reader::fit(model);
    permitted(model, effects)
}

fn decide(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Tick(moment) => tick(model, moment),
        Msg::Key(key) => keys::press(model, &key),
        Msg::Paste(text) => paste(model, &text),
        Msg::Mouse(event) => mouse::turn(model, event),
        Msg::Resize(size) => resize(model, size),
        Msg::Ground(ground) => quietly(|| model.theme.ground = ground),
        Msg::FocusLost => quietly(|| model.reveal = None),
        Msg::Suspend => vec![Effect::Suspend],
        Msg::Resumed => resumed(model),
        Msg::Advice(said) => say::advise(model, &said),
        Msg::Places(known) => arrivals::places(model, known),
        Msg::Surveyed(surveys) => sources::surveyed(model, surveys),
        Msg::Opened { cache, name, path, readonly } => arrivals::came(model, cache, name, path, readonly),
        Msg::Listed { cache, name, readonly } => users::listed(model, OpenCache::list(cache, name, readonly)),
        Msg::Scanned { cache, number, step } => users::told(model, cache, number, step),
        Msg::UserOpened { cache, name, readonly, list, key } => users::user(model, cache, name, readonly, (list, key)),
        Msg::Changed(cache) => arrivals::changed(model, cache),
        Msg::Sized { cache, bytes } => arrivals::sized(model, cache, bytes),
        Msg::Glimpsed { cache, reading } => reload::glimpsed(model, cache, reading),
        Msg::Loaded { cache, result } => reload::loaded(model, cache, result),
        Msg::Answered { cache, topic, page } => reader::answered(model, cache, &topic, page),
        Msg::Indexed(cache) => filter::indexed(model, cache),
        msg @ (Msg::Searched { .. } | Msg::Ranked { .. }) => of_rows(model, msg),
        Msg::Planned { cache, since, plan } => plan::planned(model, cache, since, plan.map(|plan| *plan)),
        Msg::UndoPlanned { cache, asked, result } => undo::planned(model, cache, asked, result),
        Msg::Counted { cache, rule, takes } => prune::counted(model, cache, &rule, takes),
        Msg::Purging { list, step } => purge::told(model, list, step),
        Msg::PasswordAsked { server } => password::asked(model, server),
        Msg::Waiting(holder) => arrivals::waiting(model, holder),
        Msg::Written { cache, result } => arrivals::written(model, cache, result),
        Msg::Copied { kind, result } => copy::copied(model, kind, result),
        Msg::CopyCleared(said) => copy::cleared(model, said),
        Msg::Previewed { layout, lines } => export::previewed(model, layout, lines),
        Msg::Exported(result) => export::exported(model, result),
        Msg::OfPlan(step) => planned::told(model, step),
        Msg::WorkerDied(place) => arrivals::worker_died(model, &place),
    }
}

/// Takes in what a worker found or sorted.
fn of_rows(model: &mut Model, msg: Msg) -> Vec<Effect> {
    if let Msg::Searched { cache, reading, found } = msg {
        return filter::searched(model, cache, &reading, *found);
    }
    let Msg::Ranked { cache, reading, ranked } = msg else { return Vec::new() };
    order::ranked(model, cache, &reading, ranked)
}

fn resumed(model: &mut Model) -> Vec<Effect> {
    // Whoever wakes us later may not be alone before the screen.
    model.reveal = None;
    vec![Effect::Repaint]
}

fn resize(model: &mut Model, size: Size) -> Vec<Effect> {
    model.size = size;
    browser::follow(model);
    Vec::new()
}

/// Does what asks for nothing outside.
fn quietly(change: impl FnOnce()) -> Vec<Effect> {
    change();
    Vec::new()
}

/// Ends what has had its time.
fn tick(model: &mut Model, moment: Moment) -> Vec<Effect> {
    model.moment = moment;
    let over = |until: Option<std::time::Duration>| until.is_some_and(|until| until <= moment.elapsed);
    if model.toast.as_ref().is_some_and(|toast| over(toast.until)) {
        model.toast = None;
    }
    if model.reveal.as_ref().is_some_and(|reveal| reveal.until <= moment.elapsed) {
        model.reveal = None;
    }
    for cache in &mut model.caches {
        if cache.browse.tint_until <= moment.elapsed {
            cache.browse.tinted = Bits::default();
        }
    }
    filter::minute_turned(model);
    let mut effects = reader::minute_turned(model);
    if over(model.clear_copy_at) {
        model.clear_copy_at = None;
        effects.push(Effect::ClearCopy);
    }
    effects
}

fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.dialog.is_some() {
        dialog::paste(model, text);
    } else if reader::is_typing(model) {
        reader::paste(model, text);
    } else {
        match model.filter {
            FilterMode::Typing => return filter::paste(model, text),
            FilterMode::Seeking => seek::paste(model, text),
            FilterMode::Rest => {}
        }
    }
    Vec::new()
}

/// A list of users has one pane.
fn settle_list(model: &mut Model) {
    if model.users().is_some() {
        (model.focus, model.zoom, model.origin) = (Pane::Tokens, None, None);
    }
}

/// A secret is shown only while its entry is under the cursor: it does not come back with the cursor.
fn settle(model: &mut Model) {
    if model.reveal.is_some() && model.grant().is_none() {
        model.reveal = None;
    }
}
