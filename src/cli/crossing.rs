//! From one place with one cache per user into another: cache after cache, each parted by account, read back at the
//! target, and only then, and only to move, taken out at the source. Stopped anywhere, nothing is lost; a run again does
//! the rest. Holds the names of the caches and one page of them, never all.

use std::ops::ControlFlow;

use serde::Serialize;

use super::args::Typed;
use super::arriving::{self, Delivered, Delivery, Parcel, Terms, none_there};
use super::caches::Content;
use super::failure::{Exit, Failure, Kind};
use super::gathering::{Held, held, is_of};
use super::naming::Naming;
use super::session::{Form, Session};
use super::sweep::Keys;
use super::{bulk, each, report};
use crate::cache::Cache;
use crate::json::Patch;
use crate::ops::transfer::leave;
use crate::present::{Line, Role, crossing as words};
use crate::secret::Deed;
use crate::source::{Collection, Loaded, PLAINTEXT, Patience, Row, SourceError};
use crate::time::UnixSeconds;

/// So many caches are read at once.
const PAGE: usize = 32;

/// What goes from where to where, and how.
pub(super) struct Crossing<'a> {
    /// From where.
    pub(super) from: &'a Typed,
    /// Where it goes.
    pub(super) to: &'a Typed,
    /// How it is named there.
    pub(super) naming: &'a Naming,
    /// On what terms.
    pub(super) terms: Terms<'a>,
    /// Whether what is sealed here may lie open there.
    pub(super) plaintext: bool,
}

/// What is to go.
#[derive(Default)]
struct Load {
    keys: Keys,
    entries: usize,
    /// Values that are no cache, encrypted, or sealed here and not to lie open there.
    passed: usize,
}

/// What came of it.
#[derive(Default)]
struct Crossed {
    /// Of the parts at the target.
    there: Delivered,
    /// Caches that went, whole or but for what the target has newer.
    done: usize,
    /// Caches of which something was taken out here.
    out: usize,
    /// Caches taken out here whole.
    emptied: usize,
    /// Caches that are still here: the target has a part of them with later values.
    parted: usize,
    /// Caches that an app wrote meanwhile: they are at both places.
    changed: usize,
}

impl Crossed {
    fn has_written(&self) -> bool {
        self.there.made + self.there.taken_in + self.out > 0
    }
}

/// The two places, opened.
struct Ends<'a> {
    session: &'a Session,
    crossing: &'a Crossing<'a>,
    here: Collection,
    there: Collection,
}

/// Carries all over.
///
/// # Errors
/// Nothing goes, nobody confirmed, or a step failed; what was carried over stands at the target.
pub(super) fn cross(session: &Session, crossing: &Crossing<'_>) -> Result<Exit, Failure> {
    if crossing.from.place.may_be(&crossing.to.place) {
        let says = format!("{} and {} may be the same place", crossing.from.place, crossing.to.place);
        return Err(Failure::new(Kind::Usage, says).hint("from where, and to where? take one cache of it: PLACE#KEY"));
    }
    let here = each::open(crossing.from, arriving::access(session, crossing.terms.leaves))?;
    let there = each::open(&crossing.naming.placed(crossing.to), session.access())?;
    if !crossing.terms.writing.dry_run {
        bulk::refuse_readonly(&there)?;
        if crossing.terms.leaves {
            bulk::refuse_readonly(&here)?;
        }
    }
    let ends = Ends { session, crossing, here, there };
    let load = ends.look()?;
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&ends.told(&load));
    }
    if crossing.terms.writing.dry_run {
        session.tell("Nothing was written: this was a dry run.");
        ends.answer(&load, &Crossed::default());
        return Ok(Exit::Done);
    }
    crossing.terms.confirm(session, &crossing.from.place)?;
    session.config().policy.law.allow(Deed::Export)?;
    let mut crossed = Crossed::default();
    let carried = session.patiently(|patience| ends.carry(&load, patience, &mut crossed));
    session.io.borrow().progress(None);
    if crossed.has_written() {
        session.note_write(Exit::Done);
    }
    carried?;
    session.talk_all(&ends.done(&crossed));
    ends.answer(&load, &crossed);
    Ok(if crossed.changed > 0 { Exit::Conflict } else { Exit::Done })
}

impl Ends<'_> {
    fn wanted(&self, row: Row) -> Option<(String, Content)> {
        match held(&self.here, row) {
            Held::Cache(key, content) if is_of(&content.roster, self.crossing.terms.account) => {
                let is_guarded = content.source.is_guarded(Some(&content.loaded));
                (!is_guarded || self.crossing.plaintext).then_some((key, *content))
            }
            Held::Cache(..) | Held::Nothing | Held::Other => None,
        }
    }

    /// Looks at all of them, and keeps the names of those that go.
    fn look(&self) -> Result<Load, Failure> {
        let mut load = Load::default();
        let looked = self.here.each(&mut |rows| {
            for row in rows {
                match self.wanted(row) {
                    Some((key, content)) => {
                        load.keys.push(&key);
                        load.entries += content.roster.rows.len();
                    }
                    None => load.passed += 1,
                }
            }
            self.progress(&words::looking(load.keys.len()));
            ControlFlow::Continue(())
        });
        self.session.io.borrow().progress(None);
        looked.map_err(|error| Failure::at(&self.crossing.from.place, error))?;
        if load.keys.len() == 0 {
            return Err(none_there(&self.crossing.from.place, self.crossing.terms.account));
        }
        Ok(load)
    }

    fn progress(&self, says: &str) {
        if self.session.form == Form::Words {
            self.session.io.borrow().progress(Some(says));
        }
    }

    fn told(&self, load: &Load) -> Vec<Line> {
        let Crossing { from, to, terms, .. } = self.crossing;
        let (from, to) = (self.session.named(&from.place), self.session.named(&to.place));
        let planned = words::Planned { caches: load.keys.len(), entries: load.entries, passed: load.passed };
        words::plan(&from, &to, terms.leaves, &planned)
    }

    fn carry(&self, load: &Load, patience: &Patience<'_>, crossed: &mut Crossed) -> Result<(), Failure> {
        let total = load.keys.len();
        let keys: Vec<String> = load.keys.iter().map(str::to_owned).collect();
        for page in keys.chunks(PAGE) {
            // Read anew: what an app wrote since the look goes too.
            let rows = self.here.rows(page).map_err(|error| Failure::at(&self.crossing.from.place, error))?;
            for row in rows {
                let so_far = format!("{} of {total} caches stand there", crossed.done);
                if patience.is_cancelled() {
                    return Err(again(Failure::new(Kind::Cancelled, format!("stopped: {so_far}"))));
                }
                let Some((key, content)) = self.wanted(row) else { continue };
                self.one(&key, &content, patience, crossed).map_err(|failure| again(failure.shows(so_far)))?;
                self.progress(&words::going(crossed.done, total));
            }
        }
        Ok(())
    }

    /// One cache: its parts to the target, each read back there, and then what arrived out here.
    fn one(&self, key: &str, here: &Content, patience: &Patience<'_>, crossed: &mut Crossed) -> Result<(), Failure> {
        let Crossing { to, naming, terms, plaintext, .. } = *self.crossing;
        let leaves = terms.leaves;
        let delivery = Delivery { here, to, naming, terms, verb: "", plaintext };
        let parts = arriving::parts(here)?;
        let (parcels, stays) = arriving::pack(&delivery, &parts);
        let expires = naming.ends(self.session).or(here.loaded.expires());
        let mut there = Delivered::default();
        for parcel in &parcels {
            arriving::put(&delivery, &self.there, parcel, expires, patience, &mut there)?;
        }
        let documents = parcels.iter().map(|parcel| &parcel.part.document);
        let is_all = stays.is_empty() && there.missing.is_empty() && arriving::are_all(here, documents);
        let taken_out = if leaves && !there.gone.is_empty() {
            self.take_out(key, here, &there, is_all, patience)
        } else {
            Ok(false)
        };
        let is_parted = !there.missing.is_empty();
        crossed.there.add(there);
        let is_first = crossed.out == 0 && matches!(taken_out, Ok(true));
        match taken_out {
            Ok(is_out) => {
                crossed.out += usize::from(is_out);
                crossed.emptied += usize::from(is_out && !is_parted);
                crossed.parted += usize::from(leaves && is_parted);
            }
            Err(SourceError::Changed { .. } | SourceError::Missing { .. }) => crossed.changed += 1,
            Err(error) => return Err(Failure::at(here.source.place(), error)),
        }
        crossed.done += 1;
        if is_first { self.prove_apart(&delivery, &parcels, expires, patience) } else { Ok(()) }
    }

    /// Two names may lead to one place: what was taken out first is still to stand at the target, or it comes back.
    fn prove_apart(
        &self,
        delivery: &Delivery<'_>,
        parcels: &[Parcel<'_>],
        expires: Option<UnixSeconds>,
        patience: &Patience<'_>,
    ) -> Result<(), Failure> {
        let mut there = Delivered::default();
        for parcel in parcels {
            arriving::put(delivery, &self.there, parcel, expires, patience, &mut there)?;
        }
        if there.made + there.taken_in == 0 {
            return Ok(());
        }
        let says = format!("{} and {} are the same place", self.crossing.from.place, self.crossing.to.place);
        Err(Failure::new(Kind::Usage, says).hint("what was taken out was put back, and nothing else is touched"))
    }

    fn take_out(
        &self,
        key: &str,
        here: &Content,
        there: &Delivered,
        is_all: bool,
        patience: &Patience<'_>,
    ) -> Result<bool, SourceError> {
        if is_all && here.loaded.seal() == PLAINTEXT {
            self.here.remove(key, &here.loaded, patience)?;
            return Ok(true);
        }
        let propose =
            |now: &Loaded| -> Result<Patch, SourceError> { Ok(leave(&Cache::of(&now.document), &there.gone)) };
        here.source.commit(patience, &propose).map(|committed| committed.written)
    }

    fn done(&self, crossed: &Crossed) -> Vec<Line> {
        let mut lines = arriving::done(&crossed.there);
        let from = &self.crossing.from.place;
        if self.crossing.terms.leaves {
            lines.extend(words::left(crossed.emptied, crossed.parted, &from.to_string()));
        }
        if crossed.changed > 0 {
            lines.push(Line::new().with(Role::Warn, &words::changed(crossed.changed)));
        }
        lines
    }

    fn answer(&self, load: &Load, crossed: &Crossed) {
        if self.session.form == Form::Words {
            return;
        }
        let there = &crossed.there;
        let body = Report {
            from: self.crossing.from.place.to_string(),
            to: self.crossing.to.place.to_string(),
            caches: load.keys.len(),
            passed: load.passed,
            made: there.made,
            taken_in: there.taken_in,
            same: there.same,
            kept: there.missing.len(),
            removed_caches: crossed.emptied,
            changed_meanwhile: crossed.changed,
            written: crossed.has_written(),
            dry_run: self.crossing.terms.writing.dry_run.then_some(true),
        };
        report::answer(self.session, &body);
    }
}

/// A run again does the rest, unless it was the places that were wrong.
fn again(failure: Failure) -> Failure {
    if matches!(failure.kind(), Kind::Usage) {
        return failure;
    }
    failure.hint("run it again: what stands there already is passed over")
}

/// `copy-to` and `move` between places with one cache per user.
#[derive(Serialize)]
struct Report {
    from: String,
    to: String,
    caches: usize,
    passed: usize,
    made: usize,
    taken_in: usize,
    same: usize,
    kept: usize,
    removed_caches: usize,
    changed_meanwhile: usize,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}
