//! Changes beside apps that write: none is lost, theirs or ours, and a lock that stays is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use saltcellar::lock::Patience;
use saltcellar::secret::SecretBytes;
use saltcellar::store::expected::Expected;
use saltcellar::store::{Slot, Store, StoreErrorKind};
use saltcellar::time::SystemClock;

use super::sqlite::{DJANGO, Database};

pub(crate) fn with_patience<T>(work: impl FnOnce(&Patience<'_>) -> T) -> T {
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    work(&Patience { clock: &clock, wait: Duration::from_secs(20), cancel: &cancel, waiting: &|_| {} })
}

/// Appends one letter to the value of `slot`, as a commit does; how often it had to read again.
pub(crate) fn append(store: &dyn Store, slot: &Slot, letter: &str) -> usize {
    with_patience(|patience| {
        for round in 0.. {
            let seen = store.peek(slot).expect("read").expect("there");
            let text = [seen.bytes.reveal(), letter.as_bytes()].concat();
            let staged = store.stage(slot, &SecretBytes::new(text), &seen.state).expect("staged");
            let expected = Expected::of(&seen);
            let mut held = store.hold(slot, patience).expect("held");
            match held.replace(&expected, staged) {
                Ok(_) => return round,
                Err(error) => assert_eq!(error.kind, StoreErrorKind::Changed),
            }
        }
        0
    })
}

#[test]
fn beside_four_writers_nothing_is_lost() {
    for journal in ["DELETE", "WAL"] {
        let database = Database::made_by(&format!("PRAGMA journal_mode = {journal}; {DJANGO}"));
        database.add("shared", "");
        let (store, database) = (&database.store(""), &database);
        let slot = &Slot("shared".into());

        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let app = database.connect();
                    for _ in 0..25 {
                        let sql =
                            "UPDATE django_session SET session_data = session_data || 'a' WHERE session_key = 'shared'";
                        app.execute(sql, []).expect("written");
                    }
                });
            }
            scope.spawn(|| {
                for _ in 0..25 {
                    append(store, slot, "s");
                }
            });
        });

        let text = super::sqlite::text(store, "shared");
        let of = |letter: char| text.chars().filter(|c| *c == letter).count();
        assert_eq!((of('a'), of('s')), (100, 25), "{journal}");
    }
}

#[test]
fn a_database_that_stays_locked_is_busy_and_a_wait_can_be_broken_off() {
    let database = Database::made_by(DJANGO);
    database.add("k", "{}");
    let app = database.connect();
    app.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let store = database.store("");
    let (clock, slot) = (SystemClock::new(), Slot("k".into()));
    let (cancel, told) = (AtomicBool::new(false), AtomicBool::new(false));
    let waiting = |_: &saltcellar::lock::Holder| told.store(true, Ordering::Relaxed);
    let mut patience = Patience { clock: &clock, wait: Duration::from_millis(600), cancel: &cancel, waiting: &waiting };

    let busy = store.hold(&slot, &patience).err().expect("busy");
    assert!(matches!(busy.kind, StoreErrorKind::Busy { .. }), "{busy}");
    assert!(busy.to_string().contains("app.db is held by"), "{busy}");
    assert!(told.load(Ordering::Relaxed));
    cancel.store(true, Ordering::Relaxed);
    patience.wait = Duration::from_secs(60);
    assert_eq!(store.hold(&slot, &patience).err().expect("cancelled").kind, StoreErrorKind::Cancelled);

    // Readers are served meanwhile.
    assert_eq!(super::sqlite::text(&store, "k"), "{}");
}

#[test]
fn a_row_is_removed_only_as_it_was_read() {
    let database = Database::made_by(DJANGO);
    database.add("k", "{}");
    let (store, slot) = (database.store(""), Slot("k".into()));
    let seen = store.peek(&slot).expect("read").expect("there");
    let expected = Expected::of(&seen);
    database.connect().execute("UPDATE django_session SET session_data = '[]'", []).expect("written");

    with_patience(|patience| {
        let mut held = store.hold(&slot, patience).expect("held");
        assert_eq!(held.remove(&expected).expect_err("changed").kind, StoreErrorKind::Changed);
        let fresh = held.read().expect("read").expect("there");
        let expected = Expected::of(&fresh);
        held.remove(&expected).expect("removed");
        held.release();
    });

    assert!(store.peek(&slot).expect("read").is_none());
}
