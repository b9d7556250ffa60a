//! Whether a key can do its work now, and if not, why: a disabled key stays listed and says so.

use super::action::{Action, Do, Go, Mark, Tell};
use super::browse::Whose;
use super::dialog::CopyKind;
use super::effect::refusal;
use super::keymap::{Binding, Ground};
use super::layout::Pane;
use super::model::{Content, DetailTab, Model};
use super::page::{Target, Topic};
use super::seek;
use crate::cache::{Row, Section};
use crate::json::Path;
use crate::ops::explain::Request;
use crate::secret::Deed;

/// Which screen has the keys.
#[must_use]
pub fn ground(model: &Model) -> Ground {
    match (model.reader(), model.caches.is_empty()) {
        (Some(_), _) => Ground::Reader,
        (None, false) if model.users().is_some() => Ground::Users,
        (None, true) => Ground::Start,
        (None, false) => Ground::Browser,
    }
}

/// Why `binding` can do nothing now; `None` if it can.
#[must_use]
pub fn why_not(model: &Model, binding: &Binding) -> Option<String> {
    if !binding.scope.is_on(ground(model)) {
        return Some(binding.scope.elsewhere().to_owned());
    }
    let own = |reason: Option<&'static str>| reason.map(|reason| model.keymap.spell(reason));
    refusal(model, binding.writes)
        .or_else(|| forbidden(model, binding.action))
        .or_else(|| own(needs(model, binding.action)))
}

/// Why the administrator lets nobody do it.
fn forbidden(model: &Model, action: Action) -> Option<String> {
    let deed = match action {
        Action::Do(Do::Reveal) => Deed::Reveal,
        Action::Do(Do::Copy(kind)) if kind.is_secret() => Deed::Copy,
        Action::Do(_) | Action::Go(_) | Action::Mark(_) | Action::Tell(_) | Action::View(_) => return None,
    };
    model.session.config.policy.law.why_not(deed)
}

fn needs(model: &Model, action: Action) -> Option<&'static str> {
    match action {
        Action::Go(Go::NextFound | Go::PreviousFound) => needs_found(model),
        Action::Go(Go::Open) => needs_target(model),
        Action::Go(Go::Wider) => {
            (model.focus != Pane::Timeline).then_some("only the timeline has a measure: 4 goes there")
        }
        Action::Tell(Tell::Health | Tell::Stats | Tell::People | Tell::Changes) => needs_content(model),
        Action::Tell(Tell::Activity) => None,
        Action::Tell(Tell::Why) => needs_explicable(model),
        Action::Go(_) | Action::View(_) | Action::Mark(Mark::Shown | Mark::Nothing | Mark::Invert) => None,
        Action::Mark(Mark::Toggle | Mark::Range | Mark::RangeDown | Mark::RangeUp) => needs_row(model),
        Action::Do(what) => needs_for(model, what),
    }
}

fn needs_for(model: &Model, what: Do) -> Option<&'static str> {
    match what {
        Do::Forget => needs_account(model),
        Do::PurgeUsers | Do::RemoveUsers => needs_row(model).or_else(|| needs_no_job(model)),
        Do::Prune | Do::Renew => needs_row(model).or_else(|| needs_no_job(model)),
        Do::Copy(kind) => needs_row(model).or_else(|| needs_copyable(model, kind)),
        Do::Reveal => needs_row(model).or_else(|| needs_secret(model)),
        Do::PruneBy => needs_reading(model).or_else(|| needs_no_job(model)),
        Do::Export => needs_reading(model),
        Do::Undo | Do::Redo => needs_no_job(model),
        Do::Fix => needs_no_job(model).or_else(|| needs_fix(model)),
    }
}

fn needs_reading(model: &Model) -> Option<&'static str> {
    match model.cache().map(|cache| &cache.content) {
        Some(Content::Ready(_)) => None,
        Some(Content::Glimpse(_)) => Some("this cache is still loading"),
        Some(Content::Loading | Content::Failed(_)) | None => Some("nothing is read yet"),
    }
}

/// Something to ask about, be it only why nothing could be read.
pub(super) fn needs_content(model: &Model) -> Option<&'static str> {
    match model.cache().map(|cache| &cache.content) {
        Some(Content::Ready(_) | Content::Failed(_)) => None,
        Some(Content::Loading | Content::Glimpse(_)) => Some("this cache is still loading"),
        None => Some("no cache is open"),
    }
}

/// The entry that `w` asks about: the one that a page's cursor is on, else the one under the browser's.
#[must_use]
pub fn asked_why(model: &Model) -> Option<Path> {
    if model.reader().is_some() {
        return asked_in_reader(model);
    }
    let reading = model.reading()?;
    row(model).map(|row| reading.document.path(row.spot))
}

fn asked_in_reader(model: &Model) -> Option<Path> {
    match model.reader()?.choice()?.opens.as_ref()? {
        Target::Entry(path) => Some(path.clone()),
        Target::Topic(_) | Target::Account(..) => None,
    }
}

fn needs_explicable(model: &Model) -> Option<&'static str> {
    if model.reader().is_some_and(|reader| matches!(reader.topic, Topic::Why(_))) {
        return None;
    }
    needs_reading(model).or_else(|| {
        let reading = model.reading()?;
        // Each frame asks: the row under the cursor is at hand, and its path would have to be found.
        let row = match (model.reader(), asked_in_reader(model)) {
            (None, _) => row(model),
            (Some(_), None) => None,
            (Some(_), Some(path)) => {
                let at = reading.document.spot(&path).and_then(|spot| reading.row_of(spot))?;
                Some(reading.roster.rows.get(at)?)
            }
        };
        let Some(row) = row else { return Some("no entry is under the cursor") };
        let is_told = row.section == Section::AccessToken && Request::of_row(row, &reading.roster).is_some();
        (!is_told).then_some("only an access token that names its app and tenant can be asked about")
    })
}

fn needs_found(model: &Model) -> Option<&'static str> {
    let Some(reader) = model.reader() else { return needs_sought(model) };
    let search = &reader.search;
    match (search.is_on(), search.found.is_empty()) {
        (false, _) => Some("nothing is looked for: {reader.search} begins a search"),
        (true, true) => Some("nothing was found"),
        (true, false) => None,
    }
}

/// In the details something must be looked for: by words of its own, else by those of the filter.
fn needs_sought(model: &Model) -> Option<&'static str> {
    if !seek::is_page(model) {
        return Some("choose a page to search first: {pane.details}, then {tab.next} to Claims or Raw");
    }
    match (seek::words(model).is_empty(), seek::found(model, usize::from(u16::MAX)).is_empty()) {
        (true, _) => Some("nothing is looked for: {filter} begins a search"),
        (false, true) => Some("nothing was found"),
        (false, false) => None,
    }
}

/// In the reader enter needs a line that leads somewhere.
fn needs_target(model: &Model) -> Option<&'static str> {
    if model.reader().is_none() && model.users().is_some() {
        return needs_row(model);
    }
    let reader = model.reader()?;
    let leads = reader.choice().is_some_and(|block| block.opens.is_some());
    (!leads).then_some("there is nothing behind this line")
}

fn needs_fix(model: &Model) -> Option<&'static str> {
    let fix = model.reader()?.choice().and_then(|block| block.fix.as_ref());
    fix.is_none().then_some("there is nothing to mend at the cursor")
}

fn needs_no_job(model: &Model) -> Option<&'static str> {
    model.job.is_some().then_some("another write is under way")
}

fn needs_row(model: &Model) -> Option<&'static str> {
    if model.users().is_some() {
        return model.current_row().is_none().then_some("no user is under the cursor");
    }
    needs_reading(model).or_else(|| model.current_row().is_none().then_some("no entry is under the cursor"))
}

fn row(model: &Model) -> Option<&Row> {
    model.reading()?.roster.rows.get(model.current_row()?)
}

fn needs_secret(model: &Model) -> Option<&'static str> {
    row(model).is_none_or(|row| row.fingerprint.is_none()).then_some("this entry holds no secret")
}

fn needs_copyable(model: &Model, kind: CopyKind) -> Option<&'static str> {
    let row = row(model)?;
    match kind {
        CopyKind::Secret => needs_secret(model),
        CopyKind::Header if row.section == Section::AccessToken => needs_secret(model),
        CopyKind::Header => Some("only an access token goes in a header"),
        CopyKind::Claim | CopyKind::Value => (model.detail.tab != DetailTab::Claims)
            .then_some("choose a claim first: {pane.details}, then {tab.next} to Claims"),
        CopyKind::Scopes => row.target.is_none().then_some("this entry has no scopes"),
        CopyKind::Id => (row.home_account_id.is_none() && row.client_id.is_none())
            .then_some("this entry names no account or client"),
        CopyKind::Json => None,
    }
}

fn needs_account(model: &Model) -> Option<&'static str> {
    needs_reading(model)
        .or_else(|| needs_no_job(model))
        .or_else(|| {
            let account = account_meant(model)?;
            let id = model.reading()?.roster.accounts.get(account).map(|account| account.home_account_id.is_empty())?;
            id.then_some("app-only tokens have no account: prune them with {prune.marked}")
        })
        .or_else(|| account_meant(model).is_none().then_some("no account is under the cursor"))
}

/// The account that is meant: the one chosen in the accounts pane, else that of the entry under the cursor.
#[must_use]
pub fn account_meant(model: &Model) -> Option<usize> {
    let of_row = || model.current_row().and_then(|at| model.reading()?.roster.rows.get(at)?.account);
    match model.cache()?.browse.whose {
        Whose::Account(account) | Whose::Tenant(account, _) => Some(account),
        Whose::All | Whose::Orphans if model.focus == Pane::Accounts => None,
        Whose::All | Whose::Orphans => of_row(),
    }
}
