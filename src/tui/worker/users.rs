//! Places with one cache per user: read row after row, and one of them opened. What is read is summed up here, so that
//! no more than a few pages of caches are in memory at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Crew, locked};
use crate::source::{Access, Collection, Place, Row, SourceError};
use crate::time::{Clock, SystemClock};
use crate::tui::model::CacheId;
use crate::tui::msg::{Msg, Scanning};
use crate::tui::users::UserRow;
use crate::tui::work::Work;

/// The first rows are told at once, the others so often or when there are so many.
const EVERY: Duration = Duration::from_millis(100);
const MOST: usize = 4096;
/// So many tellings may wait for the screen, the one being made included.
const AHEAD: usize = 4;
const PAUSE: Duration = Duration::from_millis(2);

/// A place with one cache per user; reached when it is first needed, and again after it was lost.
pub(super) struct Listed {
    place: Place,
    access: Access,
    reached: Mutex<Option<Arc<Collection>>>,
}

impl Listed {
    pub(super) fn reach(&self) -> Result<Arc<Collection>, SourceError> {
        let mut reached = locked(&self.reached);
        if let Some(known) = &*reached {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(Collection::open(&self.place, self.access.clone())?);
        *reached = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn lose(&self) {
        *locked(&self.reached) = None;
    }
}

impl Crew {
    /// Lists a place with one cache per user. Nothing is reached yet.
    pub(super) fn list(&self, place: &Place, access: Access) {
        let listed = Listed { place: place.clone(), access, reached: Mutex::default() };
        self.take_list(listed, place.short(self.home.as_deref()));
    }

    fn take_list(&self, listed: Listed, name: String) {
        let Access { readonly, policy, .. } = &listed.access;
        let readonly = readonly.clone().or_else(|| policy.readonly.clone());
        let cache = self.enlist(None);
        locked(&self.lists).insert(cache, Arc::new(listed));
        self.say(Msg::Listed { cache, name, readonly });
    }

    /// Reads a list from its beginning; the reading before it ends.
    pub(in crate::tui) fn scan(self: &Arc<Self>, cache: CacheId, number: u64) {
        let Some(listed) = self.listed(cache) else { return };
        let stop = locked(&self.stops).begin(Work::Read(cache));
        self.start(move |crew| {
            let mut telling = Telling::new(crew, cache, number, stop);
            let result = listed.reach().and_then(|collection| telling.tell(&collection));
            if matches!(&result, Err(error) if !matches!(error, SourceError::Cancelled { .. })) {
                listed.lose();
            }
            crew.say(Msg::Scanned { cache, number, step: Scanning::Ended(result) });
        });
    }

    /// Opens the cache of one user.
    pub(in crate::tui) fn open_user(self: &Arc<Self>, list: CacheId, key: String) {
        let Some(listed) = self.listed(list) else { return };
        self.start(move |crew| match listed.reach() {
            Ok(collection) => {
                let source = collection.cache(&key);
                let name = source.place().short(crew.home.as_deref());
                let readonly = source.readonly();
                let cache = crew.enlist(Some(Arc::new(source)));
                crew.say(Msg::UserOpened { cache, name, readonly, list, key });
            }
            Err(error) => {
                let name = listed.place.with_slot(&key).short(crew.home.as_deref());
                let cache = crew.enlist(None);
                let readonly = Some("not opened".to_owned());
                crew.say(Msg::UserOpened { cache, name, readonly, list, key });
                crew.say(Msg::Loaded { cache, result: Err(error) });
            }
        });
    }

    pub(super) fn listed(&self, cache: CacheId) -> Option<Arc<Listed>> {
        locked(&self.lists).get(&cache).cloned()
    }
}

/// Rows on their way to the screen.
struct Telling<'c> {
    crew: &'c Crew,
    cache: CacheId,
    number: u64,
    stop: Arc<AtomicBool>,
    clock: SystemClock,
    told: Duration,
    rows: Vec<UserRow>,
    awaited: Arc<()>,
}

impl<'c> Telling<'c> {
    fn new(crew: &'c Crew, cache: CacheId, number: u64, stop: Arc<AtomicBool>) -> Self {
        let awaited = Arc::new(());
        // The first rows are late already.
        Self { crew, cache, number, stop, clock: SystemClock::new(), told: Duration::ZERO, rows: Vec::new(), awaited }
    }

    fn tell(&mut self, collection: &Collection) -> Result<(), SourceError> {
        let read = collection.look(&mut |rows| self.take(rows));
        // What had come before the place was lost stands.
        self.send();
        read?;
        match self.is_stopped() {
            true => Err(SourceError::Cancelled { place: collection.place().to_string() }),
            false => Ok(()),
        }
    }

    fn take(&mut self, rows: &[Row]) -> ControlFlow<()> {
        if self.is_stopped() {
            return ControlFlow::Break(());
        }
        for row in rows {
            self.rows.push(UserRow::of(row));
            if self.rows.len() >= MOST {
                self.send();
            }
        }
        let is_first = self.told.is_zero() && !self.rows.is_empty();
        if is_first || self.clock.elapsed() >= self.told + EVERY {
            self.send();
        }
        ControlFlow::Continue(())
    }

    /// Tells what was gathered, once the screen has taken in most of what was told before.
    fn send(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        while Arc::strong_count(&self.awaited) > AHEAD && !self.is_stopped() {
            self.clock.sleep(PAUSE);
        }
        let (cache, number, awaited) = (self.cache, self.number, Arc::clone(&self.awaited));
        let step = Scanning::Rows(std::mem::take(&mut self.rows), awaited);
        self.crew.say(Msg::Scanned { cache, number, step });
        self.told = self.clock.elapsed().max(Duration::from_nanos(1));
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::clipboard::{Clipboard, Surroundings};
    use crate::secret::SecretBytes;
    use crate::store::memory::MemoryStore;
    use crate::time::UnixSeconds;
    use crate::tui::msg::{Event, Purged, Purging};
    use crate::tui::purge::How;
    use crate::tui::worker::Orders;

    const SLOTS: usize = 30_000;
    const TEXT: &str = r#"{"RefreshToken":{"r":{"home_account_id":"a.t","secret":"rt-1"}},"Account":{"k":{"home_account_id":"a.t","username":"ada"}}}"#;

    fn bytes(text: &str) -> SecretBytes {
        SecretBytes::new(text.as_bytes().to_vec())
    }

    fn slots(count: usize) -> MemoryStore {
        let store = MemoryStore::default();
        (0..count).for_each(|at| store.put(&format!("k{at:06}"), bytes(TEXT), None));
        store
    }

    fn collection(store: &MemoryStore, access: Access) -> Collection {
        let place: Place = "redis://127.0.0.1/0".parse().expect("a place");
        Collection::with_store(place, Arc::new(store.clone()), access, Arc::new(SystemClock::new()))
    }

    fn crew_at(store: &MemoryStore, access: Access) -> (Arc<Crew>, Receiver<Event>) {
        let (tell, told) = channel();
        let crew = Crew::new(Orders {
            tell,
            access: access.clone(),
            home: None,
            wait: Duration::ZERO,
            cancel: Arc::default(),
            clipboard: Clipboard::new(Surroundings { ssh: true, tmux: false, display: false }),
            own: Vec::new(),
        });
        let reached = collection(store, access.clone());
        let listed = Listed { place: reached.place().clone(), access, reached: Mutex::new(Some(Arc::new(reached))) };
        crew.take_list(listed, "there".to_owned());
        assert!(matches!(next(&told), Msg::Listed { .. }));
        (crew, told)
    }

    fn next(told: &Receiver<Event>) -> Msg {
        match told.recv_timeout(Duration::from_secs(60)) {
            Ok(Event::Msg(msg)) => msg,
            Ok(Event::Signal(_) | Event::InputEnded) | Err(_) => panic!("a message was expected"),
        }
    }

    /// The sizes of the pieces, and how it ended.
    fn scanned(told: &Receiver<Event>) -> (Vec<usize>, Result<(), SourceError>) {
        let mut pieces = Vec::new();
        loop {
            let Msg::Scanned { step, .. } = next(told) else { panic!("rows were expected") };
            match step {
                Scanning::Rows(rows, _) => pieces.push(rows.len()),
                Scanning::Ended(result) => return (pieces, result),
            }
        }
    }

    #[test]
    fn the_first_row_is_told_at_once_and_all_of_them_in_bounded_pieces() {
        let (crew, told) = crew_at(&slots(SLOTS), Access::default());

        crew.scan(CacheId(0), 1);
        let (pieces, result) = scanned(&told);

        assert!(
            result.is_ok() && pieces.first() == Some(&1) && pieces.iter().all(|piece| *piece <= MOST),
            "{pieces:?}"
        );
        assert_eq!(pieces.iter().sum::<usize>(), SLOTS);
    }

    #[test]
    fn a_reading_that_is_stopped_says_so() {
        let (crew, told) = crew_at(&slots(SLOTS), Access::default());
        crew.scan(CacheId(0), 1);

        let first = next(&told);
        crew.stop(&Work::Read(CacheId(0)));
        drop(first);

        assert!(matches!(scanned(&told), (_, Err(SourceError::Cancelled { .. }))));
    }

    #[test]
    fn one_user_opens_as_a_source_of_its_own() {
        let (crew, told) = crew_at(&slots(3), Access::default());

        crew.open_user(CacheId(0), "k000001".to_owned());
        let Msg::UserOpened { cache, list: CacheId(0), name, .. } = next(&told) else { panic!("nothing was opened") };
        assert!(name.ends_with("#k000001"), "{name}");
        crew.load(cache, None);

        assert!(matches!(next(&told), Msg::Loaded { result: Ok(_), .. }));
    }

    /// Plans on two users and lets `between` happen before they are taken out; what is left, by its keys and sizes.
    fn purged(how: How, access: &Access, between: impl FnOnce(&MemoryStore)) -> (Vec<(String, u64)>, Purged) {
        let store = slots(3);
        let (crew, told) = crew_at(&store, access.clone());
        let keys = vec!["k000000".to_owned(), "k000002".to_owned()];
        crew.plan_purge(CacheId(0), keys, how, UnixSeconds(0));
        let Msg::Purging { step: Purging::Planned(Ok(Some(plan))), .. } = next(&told) else { panic!("no plan") };
        between(&store);
        crew.purge(CacheId(0), how, plan.doomed);
        let Msg::Purging { step: Purging::Done(purged), .. } = next(&told) else { panic!("no end") };
        let all: Vec<String> = ["k000000", "k000001", "k000002"].map(str::to_owned).to_vec();
        let left = collection(&store, Access::default()).rows(&all).expect("rows");
        (left.into_iter().map(|row| (row.key, row.cache.map_or(0, |loaded| loaded.bytes))).collect(), purged)
    }

    #[test]
    fn purging_empties_the_caches_that_were_named_and_removing_takes_their_keys() {
        let (left, outcome) = purged(How::Entries, &Access::default(), |_| ());
        assert_eq!((outcome.done.len(), outcome.failed.len()), (2, 0));
        assert!(matches!(left.as_slice(), [(_, ..60), (_, 60..), (_, ..60)]), "{left:?}");

        let (left, _) = purged(How::Keys, &Access::default(), |_| ());
        assert_eq!(left.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["k000001"]);
    }

    #[test]
    fn a_user_who_signed_in_anew_meanwhile_is_left_alone_and_named() {
        const FRESH: &str = r#"{"RefreshToken":{"r":{"secret":"rt-2"}}}"#;
        for how in [How::Entries, How::Keys] {
            let (left, outcome) = purged(how, &Access::default(), |store| store.put("k000002", bytes(FRESH), None));

            assert_eq!(outcome.failed.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["k000002"]);
            assert!(matches!(outcome.failed.first(), Some((_, SourceError::Changed { .. }))));
            assert_eq!(left.last(), Some(&("k000002".to_owned(), FRESH.len() as u64)));
        }
    }

    #[test]
    fn under_read_only_the_worker_too_takes_nobody_out() {
        let access = Access { readonly: Some("--readonly".to_owned()), ..Access::default() };
        for how in [How::Entries, How::Keys] {
            let (left, outcome) = purged(how, &access, |_| ());

            assert_eq!((outcome.done.len(), outcome.failed.len()), (0, 2));
            assert!(left.len() == 3 && left.iter().all(|(_, size)| *size == TEXT.len() as u64));
        }
    }
}
