//! `copy-to` and `move` where one of the two places, or both, have one cache per user.

use super::super::args::OnePlace;
use super::super::arriving::{self, Delivery, Terms};
use super::super::caches::{self, Content};
use super::super::crossing::{Crossing, cross};
use super::super::failure::{Exit, Failure, Kind};
use super::super::gathering::{Harvest, gather};
use super::super::session::Session;
use super::{Errand, Then};
use crate::source::Access;

/// Runs the errand; `None`: both places hold one cache.
pub(super) fn run(session: &Session, errand: &Errand<'_>) -> Option<Result<Exit, Failure>> {
    let (from, to) = errand.way.from.as_ref().zip(errand.way.to.as_ref())?;
    let leaves = errand.then != Then::Stay;
    let (account, prefer) = (errand.options.account.as_deref(), errand.way.choice.prefer());
    let terms = Terms { writing: errand.writing, account, prefer, leaves };
    if !from.place.is_collection() && !to.place.is_collection() {
        return None;
    }
    if errand.options.until.is_some() {
        let says = "of a place with one cache per user, name one cache: PLACE#KEY";
        return Some(Err(Failure::new(Kind::Usage, says)));
    }
    if from.place.is_collection() && to.place.is_collection() {
        let (naming, plaintext) = (&errand.way.naming, errand.way.plaintext);
        return Some(cross(session, &Crossing { from, to, naming, terms, plaintext }));
    }
    if from.place.is_collection() {
        let no_undo = errand.no_undo;
        return Some(gather(session, &Harvest { from, to, terms, no_undo }));
    }
    let no_undo = errand.then != Then::Leave { keep_undo: true };
    let access = Access { no_undo, ..arriving::access(session, leaves) };
    let here = caches::open_one(session, &OnePlace { place: Some(from.clone()) }, access).and_then(Content::read);
    let verb = if leaves { "Move" } else { "Copy" };
    let (naming, plaintext) = (&errand.way.naming, errand.way.plaintext);
    Some(here.and_then(|here| {
        let here = &here;
        let delivery = Delivery { here, to, naming, terms, verb, plaintext };
        arriving::deliver(session, &delivery)
    }))
}
