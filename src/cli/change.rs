//! The one writing flow of the command line: propose, show, confirm, commit, tell. Every command that changes a cache
//! goes through here; none of them asks or writes on its own.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::args::{OnePlace, Writing};
use super::failure::{Exit, Failure, Kind};
use super::session::{DEMO_NAME, Form, Session};
use super::{caches, confirm, report};
use crate::cache::{Cache, Roster, Section};
use crate::json::{Patch, Path};
use crate::ops::{self, Severity};
use crate::present::{self, Line, Role};
use crate::source::{Access, Committed, Loaded, Patience, Source, SourceError, siblings};
use crate::threads::both;
use crate::time::UnixSeconds;

/// How many changes a plan names; JSON names all of them.
const CHANGE_LINES: usize = 1000;
/// How many lines of the diff a plan shows.
pub(super) const DIFF_LINES: usize = 40;

/// Makes the plan for a cache; asked again about fresh data under the lock.
pub(super) type Propose<'a> = dyn Fn(&Cache<'_>) -> Result<Patch, Failure> + 'a;

/// What a command wants to change.
pub(super) struct Wish<'a> {
    /// The cache, unless it is open already.
    pub(super) place: &'a OnePlace,
    /// How to go about it.
    pub(super) writing: &'a Writing,
    /// Whether an undo is kept.
    pub(super) keeps: Keeps,
    /// The plan.
    pub(super) propose: &'a Propose<'a>,
    /// What to say when nothing is to be done.
    pub(super) nothing: &'a str,
}

/// What stays of the old text after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// An undo file, for an hour.
    Undo,
    /// Nothing.
    Nothing,
}

/// Carries `wish` out.
///
/// # Errors
/// Why nothing was written.
pub(super) fn change(session: &Session, wish: &Wish<'_>) -> Result<Exit, Failure> {
    let access = Access { no_undo: wish.keeps == Keeps::Nothing, ..session.access() };
    carry_out(session, &caches::open_one(session, wish.place, access)?, wish)
}

/// Carries `wish` out on a cache that is open already.
///
/// # Errors
/// Why nothing was written.
pub(super) fn carry_out(session: &Session, source: &Source, wish: &Wish<'_>) -> Result<Exit, Failure> {
    if !wish.writing.dry_run {
        refuse_readonly(source)?;
    }
    let loaded = source.load().map_err(|error| Failure::at(source.place(), error))?;
    let cache = Cache::of(&loaded.document);
    let patch = (wish.propose)(&cache)?;
    if patch.is_empty() {
        return Ok(nothing_to_do(session, wish));
    }
    let is_told = session.form == Form::Words || session.io.borrow().can_ask();
    let (effect, changes) = foresee(&cache, &patch, session.now, is_told);
    if is_told {
        session.talk_all(&changes);
        session.talk_all(&present::change::effect(&effect));
        if source.place().is_served() {
            session.talk_all(&above(source, &effect.severity));
        }
        session.talk_all(&present::place::close_first(&source.apps()));
    }
    if wish.writing.dry_run {
        return Ok(only_planned(session, &patch));
    }
    confirm::change(session, wish.writing, &effect.severity, &file_name(source))?;
    let planned = (loaded.clone(), patch);
    let by_plan = |patience: &Patience<'_>, again: &Proposal<'_>| source.commit_planned(patience, planned, again);
    let committed = write(session, source, wish.propose, &effect.severity, by_plan)?;
    Ok(tell(session, source, &committed, wish))
}

/// From so many changes on, two threads are quicker than one.
const WORTH_TWO: usize = 2000;

/// What `patch` does, and, if that is told, what it changes in words for the eyes of who confirms it.
fn foresee(cache: &Cache<'_>, patch: &Patch, now: UnixSeconds, is_told: bool) -> (ops::Effect, Vec<Line>) {
    let effect = || ops::effect(cache, patch, now);
    let words = || if is_told { words(cache, patch) } else { Vec::new() };
    // Each goes through all that is to change.
    if patch.changes.len() < WORTH_TWO { (effect(), words()) } else { both(effect, words) }
}

/// What `patch` changes.
fn words(cache: &Cache<'_>, patch: &Patch) -> Vec<Line> {
    let mut lines = vec![Line::new().with(Role::Strong, &patch.title)];
    lines.extend(present::change::first_changes(cache, patch, CHANGE_LINES));
    lines.push(Line::new());
    lines.extend(present::change::diff(cache, patch, DIFF_LINES));
    lines.push(Line::new());
    lines
}

/// Who hides the change of a cache that an app keeps on a server, and, before a sign-in goes for good, how to keep it.
fn above(source: &Source, severity: &Severity) -> Vec<Line> {
    let is_severe = matches!(severity, Severity::Severe { .. });
    let copy = (is_severe && !source.keeps_undo()).then(|| {
        let none = Line::new().with(Role::Dim, "No undo is kept.");
        [none, present::bulk::copy_first(&source.place().to_string())]
    });
    [present::bulk::above()].into_iter().chain(copy.into_iter().flatten()).collect()
}

/// Refuses before anybody is asked.
///
/// # Errors
/// The cache is open read-only.
pub(super) fn refuse_readonly(source: &Source) -> Result<(), Failure> {
    let Some(by) = source.readonly() else { return Ok(()) };
    let place = source.place();
    Err(Failure::at(place, SourceError::ReadOnly { place: place.to_string(), by }))
}

fn nothing_to_do(session: &Session, wish: &Wish<'_>) -> Exit {
    match session.form {
        Form::Words => session.tell(wish.nothing),
        Form::Json => report::answer(session, &report::Change::nothing()),
    }
    Exit::Done
}

fn only_planned(session: &Session, patch: &Patch) -> Exit {
    match session.form {
        Form::Words => session.tell("Nothing was written: this was a dry run."),
        Form::Json => report::answer(session, &report::Change::planned(patch)),
    }
    Exit::Done
}

/// What a person types who means this cache.
pub(super) fn file_name(source: &Source) -> String {
    let name = source.path().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| source.place().to_string())
}

/// Commits what was confirmed; the proposal is made again of whatever stands there by then.
///
/// # Errors
/// Why nothing was written.
pub(super) fn commit(
    session: &Session,
    source: &Source,
    propose: &Propose<'_>,
    confirmed: &Severity,
) -> Result<Committed, Failure> {
    write(session, source, propose, confirmed, |patience, again| source.commit(patience, again))
}

/// The same where nothing is yet: the cache is made.
///
/// # Errors
/// Why nothing was made.
pub(super) fn make(
    session: &Session,
    source: &Source,
    propose: &Propose<'_>,
    confirmed: &Severity,
) -> Result<Committed, Failure> {
    write(session, source, propose, confirmed, |patience, again| source.make(patience, again))
}

/// A proposal that answers in the source's errors.
type Proposal<'a> = dyn Fn(&Loaded) -> Result<Patch, SourceError> + 'a;

/// Writes by a `deed` of the source's.
fn write(
    session: &Session,
    source: &Source,
    propose: &Propose<'_>,
    confirmed: &Severity,
    deed: impl FnOnce(&Patience<'_>, &Proposal<'_>) -> Result<Committed, SourceError>,
) -> Result<Committed, Failure> {
    // Our own error, with its exit code, waits here.
    let refused = RefCell::new(None);
    let propose = |loaded: &Loaded| {
        again(session, propose, confirmed, loaded).map_err(|failure| {
            let says = failure.says();
            *refused.borrow_mut() = Some(failure);
            SourceError::Refused(says)
        })
    };
    session
        .patiently(|patience| deed(patience, &propose))
        .map_err(|error| refused.take().unwrap_or_else(|| Failure::at(source.place(), error)))
}

/// The plan for fresh data, if it is no graver than the one that was confirmed.
fn again(session: &Session, propose: &Propose<'_>, confirmed: &Severity, loaded: &Loaded) -> Result<Patch, Failure> {
    let cache = Cache::of(&loaded.document);
    let patch = propose(&cache)?;
    let fresh = ops::effect(&cache, &patch, session.now).severity;
    if patch.is_empty() || !is_graver(&fresh, confirmed) {
        return Ok(patch);
    }
    let failure = Failure::new(Kind::Changed, "the cache changed meanwhile, and more would go than was confirmed");
    Err(failure.hint("run it again: it plans anew on what is there now"))
}

/// Names are what all of a plan has in common, so a plan that lost them takes more than was confirmed; one that was
/// confirmed by the file's name, without any, may not grow beyond that.
pub(super) fn is_graver(fresh: &Severity, confirmed: &Severity) -> bool {
    match (fresh, confirmed) {
        (Severity::Mild, _) | (Severity::Moderate, Severity::Moderate | Severity::Severe { .. }) => false,
        (Severity::Severe { names }, Severity::Severe { names: known }) => {
            !known.is_empty() && !known.iter().any(|name| names.contains(name))
        }
        (Severity::Moderate, Severity::Mild) | (Severity::Severe { .. }, Severity::Mild | Severity::Moderate) => true,
    }
}

/// Says what was done. Exit codes tell the truth: what is written is 0, or 6 if it may not survive a power cut.
fn tell(session: &Session, source: &Source, committed: &Committed, wish: &Wish<'_>) -> Exit {
    if !committed.written {
        return nothing_to_do(session, wish);
    }
    let exit = note(session, committed);
    match session.form {
        Form::Words => tell_in_words(session, source, committed),
        Form::Json => report::answer(session, &report::Change::done(committed)),
    }
    exit
}

/// Notes a write, and how a run ends that made it.
pub(super) fn note(session: &Session, committed: &Committed) -> Exit {
    let exit = if committed.durable { Exit::Done } else { Exit::NotDurable };
    session.note_write(exit);
    exit
}

/// Says what was done to one cache, and what beside it still names an account that went.
pub(super) fn tell_in_words(session: &Session, source: &Source, committed: &Committed) {
    let before = Cache::of(&committed.before);
    let done = present::change::done(&before, &committed.patch);
    session.io.borrow().talk(&Line::new().with(Role::Good, &done));
    if session.is_demo {
        session.tell(&format!("{DEMO_NAME}: no file was touched."));
        return;
    }
    session.talk_all(&present::place::committed(committed));
    for (file, command) in siblings(source.place(), &names_gone(&before, &committed.patch)) {
        let command = command.as_deref();
        session.talk_all(&[present::sign_out::sibling(&file.display().to_string(), command)]);
    }
}

/// User names and ids of the accounts whose Account entry goes.
pub(super) fn names_gone(before: &Cache<'_>, patch: &Patch) -> Vec<String> {
    let may_be_one = |path: &Path| match path.0.as_slice() {
        [section, _, ..] => Section::named(&section.name) == Section::Account,
        [] | [_] => true,
    };
    // As a rule none is: then nothing has to be looked for in a large cache.
    if !patch.paths().any(may_be_one) {
        return Vec::new();
    }
    let gone = ops::removed(before, patch);
    let roster = Roster::shared(before);
    let accounts = roster.rows.iter().filter(|row| row.section == Section::Account && gone.contains(&row.spot));
    let names: BTreeSet<String> =
        accounts.flat_map(|row| [&row.username, &row.home_account_id]).flatten().map(ToString::to_string).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Change, Document, Edit, Text};
    use crate::secret::{SecretBytes, SecretText};

    fn severe(names: &[&str]) -> Severity {
        Severity::Severe { names: names.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn a_plan_that_grew_graver_needs_a_new_answer() {
        assert!(is_graver(&Severity::Moderate, &Severity::Mild));
        assert!(is_graver(&severe(&["ada"]), &Severity::Moderate));
        assert!(is_graver(&severe(&[]), &severe(&["ada"])));
        assert!(is_graver(&severe(&["bob"]), &severe(&["ada"])));
    }

    #[test]
    fn a_plan_that_shrank_stays_confirmed() {
        assert!(!is_graver(&Severity::Mild, &severe(&["ada"])));
        assert!(!is_graver(&Severity::Moderate, &Severity::Moderate));
        assert!(!is_graver(&severe(&["ada"]), &severe(&[])));
        assert!(!is_graver(&severe(&["ada", "a client"]), &severe(&["ada"])));
    }

    #[test]
    fn who_goes_is_named_whichever_way_the_account_goes_and_nobody_with_a_token_alone() {
        let text = r#"{"AccessToken":{"t":{"home_account_id":"u.t"}},
            "Account":{"a":{"home_account_id":"u.t","username":"zoe"}}}"#;
        let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
        let names = |edit: Edit| {
            let patch = Patch { title: String::new(), changes: vec![Change { edit, why: "test".into() }] };
            names_gone(&Cache::of(&document), &patch)
        };
        let path = |path: &str| path.parse::<Path>().expect("a path");
        let nothing = || Text::Printed(SecretText::new("{}".to_owned()));

        for edit in ["/Account/a", "/Account"].map(|gone| Edit::Remove(path(gone))) {
            assert_eq!(names(edit), ["u.t", "zoe"]);
        }
        assert_eq!(names(Edit::Replace(path(""), nothing())), ["u.t", "zoe"]);
        assert!(names(Edit::Remove(path("/AccessToken/t"))).is_empty());
        assert!(names(Edit::Remove(path("/AccessToken"))).is_empty());
    }
}
