//! The doctor over places with one cache per user: each cache is looked at as it comes, told of if something is wrong with
//! it, and let go. What is no cache is another's and no finding.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::super::args::Typed;
use super::super::caches::open_all;
use super::super::failure::{Exit, Failure};
use super::super::patient::{Patient, Reading};
use super::super::session::{Form, Session};
use super::super::{each, report};
use super::{One, Seen, found_in_json, one_in_json, tell};
use crate::cache::{Cache, Roster};
use crate::lint::Severity;
use crate::present::collection::{Count, Standing, footer};
use crate::present::finding::summary;
use crate::source::{Collection, Row};

/// Where is looked, and what was found.
pub(super) struct Round<'a> {
    session: &'a Session,
    places: &'a [Typed],
    only: Option<&'a str>,
    exit: Cell<Exit>,
    count: RefCell<Count>,
    severities: RefCell<Vec<Severity>>,
    /// Caches that were looked at.
    looked_at: Cell<usize>,
    /// What came of each place.
    places_seen: RefCell<Vec<(String, Result<Sight, Failure>)>>,
}

/// What was seen of a place.
enum Sight {
    /// Its one cache.
    One(Box<Seen>),
    /// So many caches.
    Many(usize),
}

/// Looks at `places`.
pub(super) fn run(session: &Session, places: &[Typed], only: Option<&str>) -> Exit {
    let round = Round {
        session,
        places,
        only,
        exit: Cell::new(Exit::Done),
        count: RefCell::default(),
        severities: RefCell::default(),
        looked_at: Cell::new(0),
        places_seen: RefCell::default(),
    };
    match session.form {
        Form::Words => round.in_words(),
        Form::Json => {
            let at = session.now.0;
            report::answer(session, &Report { at, findings: Findings(&round), caches: Caches(&round) });
        }
    }
    round.exit.get()
}

impl Round<'_> {
    fn in_words(&self) {
        self.each(&mut |seen| {
            if !seen.findings.is_empty() || seen.patient.is_err() {
                tell(self.session, seen);
            }
            if self.session.io.borrow_mut().send() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        for (_, failed) in self.places_seen.take() {
            failed.err().iter().for_each(|failure| _ = self.session.report(failure));
        }
        self.session.say(&summary(&self.severities.borrow(), self.looked_at.get()));
        self.session.talk_all(&footer(&self.count.borrow()));
    }

    /// Hands over every cache with what was found.
    fn each(&self, take: &mut dyn FnMut(&Seen) -> ControlFlow<()>) {
        for typed in self.places {
            let place = typed.place.to_string();
            if typed.place.is_collection() {
                let before = self.looked_at.get();
                let done = self.each_of(typed, take);
                done.as_ref().err().iter().for_each(|failure| self.note(failure.kind().exit()));
                let many = done.map(|()| Sight::Many(self.looked_at.get() - before));
                self.places_seen.borrow_mut().push((place, many));
                continue;
            }
            for opened in open_all(self.session, std::slice::from_ref(typed)).into_iter().flatten() {
                let seen = Seen::of(self.session, opened, self.only);
                self.count_in(&seen);
                _ = take(&seen);
                self.places_seen.borrow_mut().push((place.clone(), Ok(Sight::One(Box::new(seen)))));
            }
        }
    }

    fn each_of(&self, typed: &Typed, take: &mut dyn FnMut(&Seen) -> ControlFlow<()>) -> Result<(), Failure> {
        each::page(self.session, typed, &mut |collection, rows| {
            rows.iter().try_for_each(|row| match self.look(collection, row) {
                Some(seen) => take(&seen),
                None => ControlFlow::Continue(()),
            })
        })
    }

    /// What is found in a row; `None`: it holds no cache.
    fn look(&self, collection: &Collection, row: &Row) -> Option<Seen> {
        let now = self.session.now;
        let loaded = match &row.cache {
            Ok(loaded) => loaded.clone(),
            Err(error) => {
                self.count.borrow_mut().add(Standing::of_error(error), None, now);
                return None;
            }
        };
        let roster = Roster::shared(&Cache::of(&loaded.document));
        let standing = Standing::of(&loaded, &roster);
        self.count.borrow_mut().add(standing, Some(&roster), now);
        if standing != Standing::Cache {
            return None;
        }
        let source = collection.cache(&row.key);
        let patient = Patient::around(self.session, source, Reading::Cache(Box::new((loaded, roster))));
        let place = patient.source.place().to_string();
        let findings = patient.findings(self.only, now);
        let seen = Seen { place, app: None, patient: Ok(patient), findings };
        self.count_in(&seen);
        Some(seen)
    }

    fn count_in(&self, seen: &Seen) {
        self.note(seen.exit());
        self.looked_at.set(self.looked_at.get() + usize::from(seen.patient.is_ok()));
        self.severities.borrow_mut().extend(seen.findings.iter().map(|finding| finding.severity));
    }

    fn note(&self, exit: Exit) {
        self.exit.set(self.exit.get().worse(exit));
    }
}

/// `doctor --json` of places with one cache per user: findings first, made while they are written.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    findings: Findings<'a>,
    caches: Caches<'a>,
}

struct Findings<'a>(&'a Round<'a>);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut findings = serializer.serialize_seq(None)?;
        let mut wrong = None;
        self.0.each(&mut |seen| {
            wrong = found_in_json(seen).iter().try_for_each(|found| findings.serialize_element(found)).err();
            if wrong.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        wrong.map_or(Ok(()), Err)?;
        findings.end()
    }
}

/// The places: one with many caches once, with how many were looked at.
struct Caches<'a>(&'a Round<'a>);

impl Serialize for Caches<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut caches = serializer.serialize_seq(None)?;
        for (place, seen) in self.0.places_seen.borrow().iter() {
            match seen {
                Ok(Sight::One(seen)) => caches.serialize_element(&one_in_json(seen))?,
                Ok(Sight::Many(looked_at)) => {
                    let looked_at = Some(*looked_at);
                    caches.serialize_element(&One::Seen { place, app: None, opened: true, looked_at })?;
                }
                Err(failure) => caches.serialize_element(&One::Failed(report::Failed::new(Some(place), failure)))?,
            }
        }
        caches.end()
    }
}
