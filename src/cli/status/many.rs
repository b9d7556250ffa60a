//! `status` over places with one cache per user: each cache is judged as it comes and then let go. What is no cache is
//! counted and ends nothing.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::super::args::Typed;
use super::super::caches::{self, Found, Listing, Looked, Need};
use super::super::failure::Exit;
use super::super::session::{Form, Session};
use super::super::{each, report};
use super::{Account, Arguments, Times, accounts_of, exit_of, in_words, judged, of_roster, told_of};
use crate::cache::Roster;
use crate::present::collection::{Count, Standing, footer};
use crate::source::{Collection, Row};

/// What is judged.
struct Judge<'a> {
    session: &'a Session,
    places: &'a [Typed],
    times: Times,
    exit: Cell<Exit>,
    count: RefCell<Count>,
}

/// One cache of a collection that was judged.
struct Judged {
    place: String,
    standing: Standing,
    roster: Option<Roster>,
}

/// Judges the places of `arguments`.
pub(super) fn run(session: &Session, arguments: &Arguments, times: Times) -> Exit {
    let (exit, count) = (Cell::new(Exit::Done), RefCell::default());
    let judge = Judge { session, places: &arguments.places, times, exit, count };
    match session.form {
        Form::Json if !arguments.silent => {
            let (at, within) = (times.now.0, times.soon.since(times.now));
            report::answer(session, &Report { at, within, caches: Caches(&judge), exit: Code(&judge) });
        }
        Form::Words | Form::Json => judge.in_words(arguments.silent),
    }
    judge.exit.get()
}

impl Judge<'_> {
    fn note(&self, exit: Exit) {
        self.exit.set(self.exit.get().worse(exit));
    }

    fn in_words(&self, is_silent: bool) {
        let tell = |one: Judged| {
            if let Some(roster) = one.roster.filter(|_| !is_silent) {
                of_roster(self.session, &one.place, &roster, self.times);
            }
        };
        for typed in self.places {
            if !typed.place.is_collection() {
                let looked = self.single(typed);
                looked.iter().filter(|_| !is_silent).for_each(|one| in_words(self.session, one, self.times));
                continue;
            }
            let judged = each::page(self.session, typed, &mut |collection, rows| {
                rows.iter().for_each(|row| tell(self.judge(collection, row)));
                // Rows appear as they come, and a reader that has gone ends it.
                let goes_on = self.session.io.borrow_mut().send();
                if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if let Err(failure) = judged {
                self.note(failure.kind().exit());
                if !is_silent {
                    self.session.report(&failure);
                }
            }
        }
        let is_any = self.places.iter().any(|typed| typed.place.is_collection());
        if is_any && !is_silent {
            self.session.talk_all(&footer(&self.count.borrow()));
        }
    }

    /// What is judged of a place that holds one cache.
    fn single(&self, typed: &Typed) -> Vec<Looked<Listing>> {
        let looked = caches::list_all(self.session, std::slice::from_ref(typed), Need::Rows);
        let looked = looked.unwrap_or_else(|failure| {
            vec![Looked { place: typed.place.to_string(), app: None, found: Found::Failed(failure) }]
        });
        looked.iter().for_each(|one| self.note(judged(one, self.times)));
        looked
    }

    fn judge(&self, collection: &Collection, row: &Row) -> Judged {
        let place = collection.place().with_slot(&row.key).to_string();
        let roster = row.cache.as_ref().ok().map(each::roster);
        let standing = match (&row.cache, &roster) {
            (Ok(loaded), Some(roster)) => Standing::of(loaded, roster),
            (Err(error), _) => Standing::of_error(error),
            (Ok(_), None) => Standing::NoCache,
        };
        self.count.borrow_mut().add(standing, roster.as_ref(), self.times.now);
        let roster = roster.filter(|_| standing == Standing::Cache);
        roster.iter().for_each(|roster| self.note(exit_of(roster, self.times)));
        Judged { place, standing, roster }
    }
}

/// `status --json` of places with one cache per user: made while it is written.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    within: i64,
    caches: Caches<'a>,
    exit: Code<'a>,
}

/// The exit code, once all was judged.
struct Code<'a>(&'a Judge<'a>);

impl Serialize for Code<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0.exit.get().code())
    }
}

struct Caches<'a>(&'a Judge<'a>);

#[derive(Serialize)]
struct Told<'a> {
    place: &'a str,
    holds: &'static str,
    accounts: Vec<Account<'a>>,
}

impl Serialize for Caches<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let judge = self.0;
        let mut caches = serializer.serialize_seq(None)?;
        for typed in judge.places {
            if !typed.place.is_collection() {
                for one in judge.single(typed) {
                    caches.serialize_element(&report::One::of(&one, None, |content| told_of(content, judge.times)))?;
                }
                continue;
            }
            let (judged, told) = each::one(judge.session, typed, &mut |collection, row| {
                caches.serialize_element(&judge.judge(collection, row).told(judge.times))
            });
            told?;
            if let Err(failure) = judged {
                judge.note(failure.kind().exit());
                let place = typed.place.to_string();
                caches.serialize_element(&report::Failed::new(Some(&place), &failure))?;
            }
        }
        caches.end()
    }
}

impl Judged {
    fn told(&self, times: Times) -> Told<'_> {
        let accounts = self.roster.iter().flat_map(|roster| accounts_of(roster, times)).collect();
        Told { place: &self.place, holds: self.standing.name(), accounts }
    }
}
