//! `list` over places with one cache per user: each row is told as it comes and then let go, so that a million of them
//! take no more room than a few. What is no cache is named and counted, and ends nothing.

use std::cell::RefCell;
use std::ops::ControlFlow;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::args::Typed;
use super::caches::{self, Found, Listing, Looked, Need};
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{each, list, report};
use crate::cache::{Cache, Roster};
use crate::ops::query::{Look, Query};
use crate::ops::tenure::{Early, early};
use crate::present::collection::{Count, Standing, footer, head, kept};
use crate::present::list::{CacheTitle, cache_lines};
use crate::present::record::{records, title_record};
use crate::present::{self, Line, Role, user};
use crate::source::{Collection, Loaded, Place, Row, SourceError};
use crate::time::UnixSeconds;

/// What is listed.
struct Lister<'a> {
    session: &'a Session,
    query: Option<&'a Query>,
    /// All that was told so far, and how the run ends.
    so_far: RefCell<SoFar>,
}

struct SoFar {
    count: Count,
    told: usize,
    exit: Exit,
}

/// A row of which something is told.
struct Shown<'r> {
    row: &'r Row,
    standing: Standing,
    /// The rows of the cache, and which of them the query takes.
    roster: Option<(Roster, Option<Vec<bool>>)>,
    early: Option<Early>,
}

/// Lists `places`, of which some hold one cache per user.
///
/// # Errors
/// Nothing there matches the query.
pub(super) fn list(session: &Session, places: &[Typed], query: Option<&Query>) -> Result<Exit, Failure> {
    let so_far = RefCell::new(SoFar { count: Count::default(), told: 0, exit: Exit::Done });
    let lister = Lister { session, query, so_far };
    match session.form {
        Form::Words => places.iter().for_each(|typed| lister.in_words(typed)),
        Form::Json => lister.in_json(places),
    }
    let SoFar { count, told, exit } = lister.so_far.into_inner();
    if query.is_some() && told == 0 && exit == Exit::Done {
        return Err(Failure::new(Kind::NoMatch, "no entry matches the query"));
    }
    if session.form == Form::Words && (told > 0 || exit == Exit::Done) {
        let to_person = session.io.borrow().shows_to_person();
        match to_person {
            true => session.say_all(&footer(&count)),
            false => session.talk_all(&footer(&count)),
        }
    }
    Ok(exit)
}

impl Lister<'_> {
    fn in_words(&self, typed: &Typed) {
        if !typed.place.is_collection() {
            let looked: Vec<_> = self.single(typed).into_iter().map(|(one, _)| one).collect();
            list::in_words(self.session, &looked);
            return;
        }
        let listed = each::open(typed, self.session.access()).and_then(|collection| {
            if self.session.io.borrow().shows_to_person() {
                let mode = if collection.readonly().is_some() { "RO" } else { "RW" };
                let title = Line::new().with(Role::Strong, &typed.place.to_string());
                self.session.say(&title.with(Role::Dim, &format!("  {mode}")));
            }
            let before = collection.place().before_slots();
            let told = collection.look(&mut |rows| {
                rows.iter().for_each(|row| self.tell(&collection, &before, row));
                // Rows appear as they come, and a reader that has gone ends it.
                match self.session.io.borrow_mut().send() {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            });
            told.map_err(|error| Failure::at(&typed.place, error))
        });
        if let Err(failure) = listed {
            self.note(self.session.report(&failure));
        }
    }

    fn note(&self, exit: Exit) {
        let mut so_far = self.so_far.borrow_mut();
        so_far.exit = so_far.exit.worse(exit);
    }

    /// What is to be told of `row`; `None` if the query takes nothing of it.
    fn look<'r>(&self, row: &'r Row) -> Option<Shown<'r>> {
        let now = self.session.now;
        let shown = match &row.cache {
            Ok(loaded) => self.look_into(row, loaded)?,
            Err(_) if self.query.is_some() => return None,
            Err(error) => Shown { row, standing: Standing::of_error(error), roster: None, early: None },
        };
        let mut so_far = self.so_far.borrow_mut();
        so_far.told += 1;
        so_far.count.add(shown.standing, shown.roster.as_ref().map(|(roster, _)| roster), now);
        so_far.count.early += usize::from(shown.early.is_some());
        Some(shown)
    }

    fn look_into<'r>(&self, row: &'r Row, loaded: &Loaded) -> Option<Shown<'r>> {
        let now = self.session.now;
        let mut roster = each::roster(loaded);
        let standing = Standing::of(loaded, &roster);
        let early = early(&roster, row.expires, now);
        let taken = self.query.map(|query| {
            let look = Look { cache: Some(Cache::of(&loaded.document)), roster: &roster, now };
            look.roster.rows.iter().map(|row| query.takes(&look, row)).collect::<Vec<bool>>()
        });
        if taken.as_ref().is_some_and(|taken| !taken.contains(&true)) {
            return None;
        }
        taken.iter().for_each(|taken| list::keep_rows(&mut roster, taken));
        Some(Shown { row, standing, roster: Some((roster, taken)), early })
    }

    /// Tells of `row`, at a place whose slots are called so up to their names.
    fn tell(&self, collection: &Collection, before: &str, row: &Row) {
        let Some(shown) = self.look(row) else { return };
        let to_person = self.session.io.borrow().shows_to_person();
        match to_person {
            true => self.session.say_all(&shown.lines(collection, self.session)),
            false => self.tell_record(collection, before, &shown),
        }
    }

    fn tell_record(&self, collection: &Collection, before: &str, shown: &Shown<'_>) {
        let (now, row) = (self.session.now, shown.row);
        let mode = if collection.readonly().is_some() { "RO" } else { "RW" };
        let title = |app: &str, protection: String| CacheTitle {
            app: app.to_owned(),
            place: format!("{before}{}", Place::printed_slot(&row.key)),
            protection,
            mode: mode.to_owned(),
        };
        match (&shown.roster, shown.standing) {
            (Some((roster, _)), Standing::Cache) => {
                let title = title(roster.dialect.name(), shown.kept(now));
                records(&title, roster, now, &mut |lines| self.session.say_lines(lines));
            }
            (_, standing) => self.session.say(&title_record(&title(standing.name(), shown.kept(now)))),
        }
    }

    /// What is listed of a place that holds one cache.
    fn single(&self, typed: &Typed) -> Vec<(Looked<Listing>, Option<Vec<bool>>)> {
        let looked = match caches::list_all(self.session, std::slice::from_ref(typed), Need::Tokens) {
            Ok(looked) => looked,
            Err(failure) => {
                let place = typed.place.to_string();
                vec![Looked { place, app: None, found: Found::Failed(failure) }]
            }
        };
        let mut told = Vec::new();
        for mut one in looked {
            let taken = list::taken(self.session, &one, self.query);
            if taken.as_ref().is_some_and(|taken| !taken.contains(&true)) {
                continue;
            }
            list::keep(&mut one, taken.as_deref());
            self.note(one.exit());
            self.so_far.borrow_mut().told += 1;
            told.push((one, taken));
        }
        told
    }

    fn write_single<S: SerializeSeq>(&self, typed: &Typed, caches: &mut S) -> Result<(), S::Error> {
        for (one, taken) in self.single(typed) {
            let told = |content| list::told(self.session, content, taken.as_deref());
            caches.serialize_element(&report::One::of(&one, None, told))?;
        }
        Ok(())
    }

    fn in_json(&self, places: &[Typed]) {
        let at = self.session.now.0;
        report::answer(self.session, &Listed { at, caches: Caches { lister: self, places }, summary: Counted(self) });
    }
}

impl Shown<'_> {
    /// How it is kept, or why it is not shown.
    fn kept(&self, now: UnixSeconds) -> String {
        match &self.row.cache {
            Err(error) => user::label(error),
            Ok(_) if self.standing == Standing::NoCache => user::OTHER.to_owned(),
            Ok(loaded) => kept(loaded.seal(), self.row.expires, now),
        }
    }

    fn lines(&self, collection: &Collection, session: &Session) -> Vec<Line> {
        let role = match self.standing {
            Standing::Cache | Standing::Empty | Standing::NoSignIn => Role::Dim,
            Standing::NoCache | Standing::Sealed => Role::Warn,
            Standing::Unreadable => Role::Bad,
        };
        let mut lines = vec![head(&self.row.key, &self.kept(session.now), role)];
        match (&self.roster, self.standing) {
            // The first line is the head of a cache at a place of its own.
            (Some((roster, _)), Standing::Cache) => {
                lines.extend(cache_lines(&CacheTitle::default(), roster, session.now).into_iter().skip(1));
            }
            (Some(_), Standing::Empty) => lines.push(Line::new().with(Role::Dim, "  empty: no token is left")),
            (Some(_), Standing::NoSignIn) => {
                lines.push(Line::new().with(Role::Dim, "  nobody signed in in this session"))
            }
            (
                _,
                Standing::Cache
                | Standing::Empty
                | Standing::NoSignIn
                | Standing::NoCache
                | Standing::Sealed
                | Standing::Unreadable,
            ) => {}
        }
        lines.extend(self.early.iter().map(|early| present::collection::early(collection.place(), early)));
        lines
    }
}

/// `list --json` of places with one cache per user: made while it is written.
#[derive(Serialize)]
struct Listed<'a> {
    at: i64,
    caches: Caches<'a>,
    summary: Counted<'a>,
}

struct Caches<'a> {
    lister: &'a Lister<'a>,
    places: &'a [Typed],
}

/// How one cache of many is kept.
#[derive(Serialize)]
pub(super) struct Kept<'a> {
    key: &'a str,
    holds: &'static str,
    /// When the place drops it.
    expires_on: Option<i64>,
    /// Whether that is before its tokens end.
    early: bool,
}

impl<'a> Kept<'a> {
    /// The cache under `key`, which the place drops at `expires`.
    pub(super) fn new(key: &'a str, holds: Standing, expires: Option<UnixSeconds>, early: Option<&Early>) -> Self {
        let expires_on = expires.map(|expires| expires.0);
        Self { key, holds: holds.name(), expires_on, early: early.is_some() }
    }
}

/// What is told of one row.
#[derive(Serialize)]
struct Told<'a> {
    place: String,
    #[serde(flatten)]
    kept: Kept<'a>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    told: Option<list::Told<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    failed: Option<report::Failed<'a>>,
}

impl Serialize for Caches<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { lister, places } = self;
        let mut caches = serializer.serialize_seq(None)?;
        for typed in *places {
            if !typed.place.is_collection() {
                lister.write_single(typed, &mut caches)?;
                continue;
            }
            let (listed, told) = each::one(lister.session, typed, &mut |collection, row| {
                let shown = lister.look(row);
                shown.map_or(Ok(()), |shown| caches.serialize_element(&shown.told(lister.session, collection)))
            });
            told?;
            if let Err(failure) = listed {
                lister.note(failure.kind().exit());
                let place = typed.place.to_string();
                caches.serialize_element(&report::Failed::new(Some(&place), &failure))?;
            }
        }
        caches.end()
    }
}

impl Shown<'_> {
    fn told<'t>(&'t self, session: &Session, collection: &Collection) -> Told<'t> {
        let place = collection.place().with_slot(&self.row.key);
        let told = self.roster.as_ref().filter(|_| self.standing != Standing::NoCache);
        Told {
            place: place.to_string(),
            kept: Kept::new(&self.row.key, self.standing, self.row.expires, self.early.as_ref()),
            told: told.map(|(roster, taken)| list::told_of(roster, taken.as_deref(), session.now)),
            failed: self
                .row
                .cache
                .as_ref()
                .err()
                .map(|error| report::Failed::saying(kind_of(error), safe_label(error))),
        }
    }
}

/// JSON is read at terminals too.
fn safe_label(error: &SourceError) -> String {
    Line::plain(&user::label(error)).text()
}

fn kind_of(error: &SourceError) -> &'static str {
    if let SourceError::Sealed { error, .. } = error {
        return super::sealed::name(error.trouble);
    }
    let is_none = matches!(error, SourceError::NotACache { .. });
    if is_none { Kind::NotACache.name() } else { Kind::Unreadable.name() }
}

/// All that was told, once it was.
struct Counted<'a>(&'a Lister<'a>);

#[derive(Serialize)]
struct Summary {
    caches: usize,
    accounts: usize,
    ok: usize,
    renews: usize,
    sign_in_needed: usize,
    unknown: usize,
    empty: usize,
    no_sign_in: usize,
    no_cache: usize,
    sealed: usize,
    unreadable: usize,
    early: usize,
}

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Count { tally, empty, no_sign_in, no_cache, sealed, unreadable, early } = self.0.so_far.borrow().count;
        let summary = Summary {
            caches: tally.caches,
            accounts: tally.standing.accounts(),
            ok: tally.standing.ok,
            renews: tally.standing.renews,
            sign_in_needed: tally.standing.sign_in_needed,
            unknown: tally.standing.unknown,
            empty,
            no_sign_in,
            no_cache,
            sealed,
            unreadable,
            early,
        };
        summary.serialize(serializer)
    }
}
