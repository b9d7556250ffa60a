//! A place with one cache per user: opened, and gone through cache by cache, each with its rows.

use std::ops::ControlFlow;

use super::args::Typed;
use super::failure::Failure;
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::source::{Access, Collection, Row};

/// What lies at one place of many, and the rows of its cache if it could be read.
pub(super) type Rostered = (Row, Option<Roster>);

/// Opens the collection at `typed`, which the user named.
///
/// # Errors
/// It cannot be reached.
pub(super) fn open(typed: &Typed, access: Access) -> Result<Collection, Failure> {
    let access = Access { named: true, ..access };
    Collection::open(&typed.place, access).map_err(|error| Failure::at(&typed.place, error))
}

/// The rows of the cache of `row`.
pub(super) fn roster(row: &Row) -> Option<Roster> {
    row.cache.as_ref().ok().map(|loaded| Roster::of(&Cache::of(&loaded.document)))
}

/// The rows of each. Made by the thread that also lets go of them: two threads that free what the other made wait for
/// each other all the time.
fn rostered(rows: Vec<Row>) -> Vec<Rostered> {
    let with_roster = |row: Row| {
        let roster = roster(&row);
        (row, roster)
    };
    rows.into_iter().map(with_roster).collect()
}

/// Hands over what lies in the collection at `typed`, page by page as it comes, until `take` breaks it off.
///
/// # Errors
/// It cannot be reached, or what it said; what was handed over before stands.
pub(super) fn page(
    session: &Session,
    typed: &Typed,
    take: &mut dyn FnMut(&Collection, Vec<Rostered>) -> ControlFlow<()>,
) -> Result<(), Failure> {
    let collection = open(typed, session.access())?;
    let all = collection.each(&mut |rows| take(&collection, rostered(rows)));
    all.map_err(|error| Failure::at(&typed.place, error))
}

/// The same one by one, where each may fail: the first failure ends it, and is the inner result.
///
/// # Errors
/// Those of [`page`].
pub(super) fn one<E>(
    session: &Session,
    typed: &Typed,
    take: &mut dyn FnMut(&Collection, Rostered) -> Result<(), E>,
) -> (Result<(), Failure>, Result<(), E>) {
    let mut taken = Ok(());
    let read = page(session, typed, &mut |collection, rows| {
        taken = rows.into_iter().try_for_each(|row| take(collection, row));
        if taken.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    (read, taken)
}
