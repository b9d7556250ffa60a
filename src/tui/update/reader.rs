//! Answers over the whole screen: asked for, taken in, moved about in. What takes time is asked of
//! a worker; an answer that another question overtook is dropped.

use ratatui::layout::Position;

use super::mouse::Gesture;
use super::{browser, keys, say};
use crate::present::Role;
use crate::tui::action::{Go, Tell};
use crate::tui::available::asked_why;
use crate::tui::browse::{Tab, Whose};
use crate::tui::dialog::{Intent, Typing};
use crate::tui::draft::Request;
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Stroke};
use crate::tui::layout::{Pane, reader_room};
use crate::tui::model::{CacheId, Model, OpenCache};
use crate::tui::page::{Around, Asked, Page, Question, Target, Topic};
use crate::tui::pages;
use crate::tui::reader::{Reader, Room, Way};

const WHEEL_LINES: usize = 3;

/// Shows the answer that `what` asks for; asked again, leaves it.
pub(super) fn open(model: &mut Model, what: Tell) -> Vec<Effect> {
    let topic = match what {
        Tell::Health => Topic::Health,
        Tell::Stats => Topic::Stats,
        Tell::People => Topic::People,
        Tell::Changes => Topic::Changes,
        Tell::Activity => Topic::Activity,
        Tell::Why => return why(model),
    };
    let here = model.reader().is_some_and(|reader| reader.topic == topic);
    model.readers.clear();
    if here { Vec::new() } else { show(model, topic) }
}

/// Explains the entry under the cursor, be it one of the browser or of a page; there, esc leads back to the page.
fn why(model: &mut Model) -> Vec<Effect> {
    if model.reader().is_some_and(|reader| matches!(reader.topic, Topic::Why(_))) {
        model.readers.pop();
        return Vec::new();
    }
    let Some(path) = asked_why(model) else { return Vec::new() };
    show(model, Topic::Why(path))
}

/// Shows the answer about `topic` over what is on the screen.
fn show(model: &mut Model, topic: Topic) -> Vec<Effect> {
    // What happened can be read before any cache is open.
    let none = (topic == Topic::Activity).then_some(CacheId(usize::MAX));
    let Some(cache) = model.cache().map(|cache| cache.id).or(none) else { return Vec::new() };
    let reader = Reader::new(cache, topic, minute(model));
    // What is covered shows no secret when it is seen again.
    model.reveal = None;
    model.readers.push(reader);
    ask(model, model.readers.len() - 1)
}

fn minute(model: &Model) -> i64 {
    model.moment.now.0.div_euclid(60)
}

/// Asks for the answer of reader number `at`.
fn ask(model: &mut Model, at: usize) -> Vec<Effect> {
    let (minute, asked_at) = (minute(model), model.moment.elapsed);
    let Some(reader) = model.readers.get_mut(at) else { return Vec::new() };
    (reader.minute, reader.asked_at) = (minute, asked_at);
    let (cache, topic) = (reader.cache, reader.topic.clone());
    let asked = |cache: &OpenCache| Asked {
        id: cache.id,
        name: cache.name.clone(),
        path: cache.path.clone(),
        since: cache.since,
        content: cache.content.clone(),
    };
    let is_own = topic == Topic::Activity;
    let log = if is_own { model.log.clone() } else { Vec::new() };
    let question = Question {
        cache,
        topic,
        caches: model.caches.iter().filter(|cache| cache.users.is_none()).map(asked).collect(),
        log,
        now: model.moment.now,
    };
    if !is_own {
        return vec![Effect::Answer(Box::new(question))];
    }
    // What happened here nobody else need be asked.
    let page = pages::page(&question, &Around::default());
    model.readers.get_mut(at).into_iter().for_each(|reader| reader.show(page.clone()));
    Vec::new()
}

/// Shows what was just noted where the log is read.
pub(super) fn log_grew(model: &mut Model) {
    let readers = model.readers.iter().enumerate();
    let stale: Vec<_> = readers.filter(|(_, reader)| reader.topic == Topic::Activity).map(|(at, _)| at).collect();
    // The answer is at hand: nothing is left to be done.
    stale.into_iter().for_each(|at| drop(ask(model, at)));
}

/// Asks for every answer about `cache` again.
pub(super) fn ask_again(model: &mut Model, cache: CacheId) -> Vec<Effect> {
    let is_of_all = |topic: &Topic| matches!(topic, Topic::People | Topic::Against(_));
    let about = |(at, reader): (usize, &Reader)| (reader.cache == cache || is_of_all(&reader.topic)).then_some(at);
    let stale: Vec<_> = model.readers.iter().enumerate().filter_map(about).collect();
    stale.into_iter().flat_map(|at| ask(model, at)).collect()
}

/// Asks again for the answer on the screen when it tells yesterday's time.
pub(super) fn minute_turned(model: &mut Model) -> Vec<Effect> {
    let stale = model.reader().is_some_and(|reader| reader.page.is_some() && reader.minute != minute(model));
    if stale { ask(model, model.readers.len() - 1) } else { Vec::new() }
}

/// Takes in an answer.
pub(super) fn answered(model: &mut Model, cache: CacheId, topic: &Topic, page: Page) -> Vec<Effect> {
    let meant = |reader: &&mut Reader| reader.cache == cache && reader.topic == *topic;
    if let Some(reader) = model.readers.iter_mut().find(meant) {
        reader.show(page);
    }
    Vec::new()
}

/// Makes the lines of the page on the screen as long as the screen is wide.
pub(super) fn fit(model: &mut Model) {
    let Some(area) = model.panes().reader else { return };
    let room = reader_room(model.tier(), area);
    if let Some(reader) = model.readers.last_mut() {
        reader.fit(Room { width: usize::from(room.width), height: usize::from(room.height) });
    }
}

/// Moves about in the page.
pub(super) fn go(model: &mut Model, way: Go, count: usize) -> Vec<Effect> {
    if let Go::Jump(pane) = way {
        model.readers.clear();
        browser::focus(model, pane);
        return Vec::new();
    }
    let Some(reader) = model.readers.last_mut() else { return Vec::new() };
    let height = reader.room.height.max(1);
    let lines = |one: usize| one.saturating_mul(count);
    match way {
        Go::Down => (0..lines(1).min(reader.rows.len())).for_each(|_| reader.step(Way::On)),
        Go::Up => (0..lines(1).min(reader.rows.len())).for_each(|_| reader.step(Way::Back)),
        Go::HalfDown => reader.roll(Way::On, lines(height.div_ceil(2))),
        Go::HalfUp => reader.roll(Way::Back, lines(height.div_ceil(2))),
        Go::PageDown => reader.roll(Way::On, lines(height)),
        Go::PageUp => reader.roll(Way::Back, lines(height)),
        Go::Top => reader.end(Way::Back),
        Go::Bottom => reader.end(Way::On),
        Go::Filter => reader.search.typing = Some(Typing),
        Go::NextFound => reader.go_to_found(Way::On),
        Go::PreviousFound => reader.go_to_found(Way::Back),
        Go::Back => back(model),
        Go::Open => return enter(model),
        Go::NextPane
        | Go::PreviousPane
        | Go::Jump(_)
        | Go::Timeline
        | Go::Grow
        | Go::Shrink
        | Go::Wider
        | Go::NextTab
        | Go::PreviousTab
        | Go::Sort(_)
        | Go::SortUsers(_) => {}
    }
    Vec::new()
}

/// One step back: out of a search, else out of the page.
fn back(model: &mut Model) {
    let Some(reader) = model.readers.last_mut() else { return };
    if reader.search.is_on() {
        (reader.search.words, reader.search.typing) = (Input::default(), None);
        return reader.search_anew();
    }
    model.readers.pop();
    browser::follow(model);
}

/// Goes where the line under the cursor leads.
fn enter(model: &mut Model) -> Vec<Effect> {
    let target = model.reader().and_then(Reader::choice).and_then(|block| block.opens.clone());
    match target {
        Some(Target::Topic(topic)) => return show(model, topic),
        Some(Target::Entry(path)) => go_to_entry(model, &path),
        Some(Target::Account(cache, id)) => go_to_account(model, cache, &id),
        None => {}
    }
    Vec::new()
}

/// Leaves the reader and puts the cursor on the entry at `path`, whatever hid it.
fn go_to_entry(model: &mut Model, path: &crate::json::Path) {
    let Some(reading) = model.reading().cloned() else { return };
    let Some(row) = reading.document.spot(path).and_then(|spot| reading.row_of(spot)) else {
        return say::say(model, Role::Warn, "This entry is no longer there.");
    };
    model.readers.clear();
    model.zoom = None;
    let now = model.moment.now;
    let Some(cache) = model.cache_mut() else { return };
    let browse = &mut cache.browse;
    browse.anchor = None;
    if browse.place_of(row).is_none() {
        (browse.whose, browse.tab) = (Whose::All, Tab::All);
        browse.unfilter(&reading, now);
    }
    browse.cursor = browse.place_of(row).unwrap_or(browse.cursor);
    model.detail.line = 0;
    browser::focus(model, Pane::Tokens);
}

/// Leaves the reader and chooses the account called `id`, in its cache.
fn go_to_account(model: &mut Model, cache: CacheId, id: &str) {
    let Some(at) = model.caches.iter().position(|open| open.id == cache) else { return };
    let found = model.caches.get(at).and_then(OpenCache::reading).and_then(|reading| {
        reading.roster.accounts.iter().position(|account| account.home_account_id.eq_ignore_ascii_case(id))
    });
    let Some(account) = found else { return say::say(model, Role::Warn, "This account is no longer there.") };
    (model.current, model.zoom) = (at, None);
    model.readers.clear();
    browser::choose(model, Whose::Account(account));
    browser::focus(model, Pane::Accounts);
}

/// What would mend the line under the cursor.
pub(super) fn fix(model: &Model) -> Option<Request> {
    model.reader()?.choice()?.fix.clone().map(|fix| Request::Intent(Intent::Mend(fix)))
}

/// Whether a search is being typed.
pub(super) fn is_typing(model: &Model) -> bool {
    model.reader().is_some_and(|reader| reader.search.typing.is_some())
}

/// Takes in a key while a search is typed: every stroke looks at once.
pub(super) fn type_in(model: &mut Model, name: &str) -> Vec<Effect> {
    match name {
        "esc" => back(model),
        _ => edit(model, name),
    }
    Vec::new()
}

fn edit(model: &mut Model, name: &str) {
    let Some(reader) = model.readers.last_mut() else { return };
    let empty = reader.search.words.text().is_empty();
    match (name, keys::stroke(name)) {
        ("enter", _) => reader.search.typing = None,
        ("down", _) => reader.go_to_found(Way::On),
        ("up", _) => reader.go_to_found(Way::Back),
        (_, Some(Stroke::Backspace)) if empty => reader.search.typing = None,
        (_, Some(stroke)) => {
            reader.search.words.stroke(stroke);
            reader.search_anew();
        }
        (_, None) => {}
    }
}

/// Takes in pasted text while a search is typed.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(reader) = model.readers.last_mut() {
        reader.search.words.paste(text);
        reader.search_anew();
    }
}

/// The wheel moves the text; a click chooses, and one on what is chosen opens it.
pub(super) fn turn(model: &mut Model, gesture: Gesture, at: Position) -> Vec<Effect> {
    let area = model.panes().reader.map(|area| reader_room(model.tier(), area));
    let Some(reader) = model.readers.last_mut() else { return Vec::new() };
    match gesture {
        Gesture::WheelDown => reader.roll(Way::On, WHEEL_LINES),
        Gesture::WheelUp => reader.roll(Way::Back, WHEEL_LINES),
        Gesture::Click => {
            let line = area.filter(|area| (area.top()..area.bottom()).contains(&at.y)).map(|area| at.y - area.y);
            let block = line.and_then(|line| reader.block_at(usize::from(line)));
            match block.filter(|block| reader.is_choice(*block)) {
                Some(block) if reader.chosen == Some(block) => return enter(model),
                Some(block) => reader.choose(block),
                None => {}
            }
        }
    }
    Vec::new()
}
