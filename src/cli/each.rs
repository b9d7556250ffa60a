//! A place with one cache per user: opened, and gone through cache by cache.

use std::ops::ControlFlow;

use super::args::Typed;
use super::failure::Failure;
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::source::{Access, Collection, Loaded, Row};

/// Opens the collection at `typed`, which the user named.
///
/// # Errors
/// It cannot be reached.
pub(super) fn open(typed: &Typed, access: Access) -> Result<Collection, Failure> {
    let access = Access { named: true, ..access };
    Collection::open(&typed.place, access).map_err(|error| Failure::at(&typed.place, error))
}

/// The rows of the cache that was `loaded`.
pub(super) fn roster(loaded: &Loaded) -> Roster {
    Roster::of(&Cache::of(&loaded.document))
}

/// Shows what lies in the collection at `typed`, page by page as it comes, until `look` breaks it off.
///
/// # Errors
/// It cannot be reached, or what it said; what was looked at before stands.
pub(super) fn page(
    session: &Session,
    typed: &Typed,
    look: &mut dyn FnMut(&Collection, &[Row]) -> ControlFlow<()>,
) -> Result<(), Failure> {
    let collection = open(typed, session.access())?;
    let all = collection.look(&mut |rows| look(&collection, rows));
    all.map_err(|error| Failure::at(&typed.place, error))
}

/// The same one by one, where each may fail: the first failure ends it, and is the inner result.
///
/// # Errors
/// Those of [`page`].
pub(super) fn one<E>(
    session: &Session,
    typed: &Typed,
    look: &mut dyn FnMut(&Collection, &Row) -> Result<(), E>,
) -> (Result<(), Failure>, Result<(), E>) {
    let mut looked = Ok(());
    let read = page(session, typed, &mut |collection, rows| {
        looked = rows.iter().try_for_each(|row| look(collection, row));
        if looked.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    (read, looked)
}
