//! What a question needs to know of the world around its caches: files, folders, locks. May block; a worker asks.

use std::sync::Arc;

use super::{Crew, locked};
use crate::cache::{Cache, Roster};
use crate::ops::Snapshot;
use crate::present::around::{Seen, surroundings};
use crate::present::lock;
use crate::present::place::close_first;
use crate::source::{LockStatus, Shelf};
use crate::time::{Clock, SystemClock, UnixSeconds};
use crate::tui::model::{CacheId, Content};
use crate::tui::msg::{Msg, OfPlan};
use crate::tui::page::{Around, Question, Topic};
use crate::tui::sources::{Survey, Which};

impl Crew {
    /// What `question` needs.
    pub(super) fn around(&self, question: &Question) -> Around {
        match question.topic {
            Topic::Health => self.around_cache(question).unwrap_or_default(),
            Topic::People => {
                let apps = question.caches.iter().map(|asked| self.app(asked.id)).collect();
                Around { apps, ..Around::default() }
            }
            Topic::Changes => {
                let first = locked(&self.firsts).get(&question.cache).cloned();
                Around { first, snapshots: self.snapshots(question.cache, |_| true), ..Around::default() }
            }
            Topic::Since(ref name) => {
                let snapshots = self.snapshots(question.cache, |known| known == name);
                Around { snapshots, ..Around::default() }
            }
            Topic::Rule(_)
            | Topic::Why(_)
            | Topic::Library(..)
            | Topic::Stats
            | Topic::Against(_)
            | Topic::Activity => Around::default(),
        }
    }

    fn around_cache(&self, question: &Question) -> Option<Around> {
        let source = self.source(question.cache)?;
        let vicinity = source.vicinity();
        let reading = match &question.here()?.content {
            Content::Ready(reading) => Some(reading),
            Content::Loading | Content::Glimpse(_) | Content::Failed(_) => None,
        };
        let twin = vicinity.twin.as_deref().and_then(|path| source.beside(path));
        let twin = twin.map(|loaded| Roster::of(&Cache::of(&loaded.document)));
        let seen = Seen {
            vicinity: &vicinity,
            locks: &source.lock_status(),
            roster: reading.map(|reading| &*reading.roster),
            twin: twin.as_ref(),
            now: SystemClock::new().now(),
        };
        let surroundings = surroundings(&seen);
        Some(Around { surroundings, sign_out: vicinity.sign_out, ..Around::default() })
    }

    /// The snapshots of `cache` that are `wanted` by their names; what cannot be read is left out.
    fn snapshots(&self, cache: CacheId, wanted: impl Fn(&str) -> bool) -> Vec<(String, Snapshot)> {
        let Some((source, shelf)) = self.source(cache).zip(Shelf::of_snapshots(&self.access)) else {
            return Vec::new();
        };
        let place = source.place().to_string();
        let names = shelf.names().unwrap_or_default().into_iter().filter(|name| wanted(name));
        let read = |name: String| Some((Snapshot::parse(&shelf.read(&name).ok()?).ok()?, name));
        let mut found: Vec<_> = names.filter_map(read).filter(|(kept, _)| kept.place == place).collect();
        found.sort_by_key(|(kept, _)| std::cmp::Reverse(kept.at()));
        found.into_iter().map(|(kept, name)| (name, kept)).collect()
    }

    /// Looks at the outside of opened caches and of well-known places: opens none of them, takes no lock.
    pub(in crate::tui) fn survey(self: &Arc<Self>, opened: Vec<CacheId>, known: Vec<usize>) {
        self.start(move |crew| {
            let opened = opened.into_iter().filter_map(|cache| {
                let source = crew.source(cache)?;
                Some(outside(Which::Open(cache), source.stat(), &source.lock_status()))
            });
            let known = known.into_iter().filter_map(|at| {
                let place = locked(&crew.known).get(at)?.clone();
                Some(outside(Which::Known(at), place.stat(), &place.locks()))
            });
            let surveys = opened.chain(known).collect();
            crew.say(Msg::Surveyed(surveys));
        });
    }

    /// Looks which apps have the file of `cache` open: they may save over a change.
    pub(in crate::tui) fn look_for_apps(self: &Arc<Self>, cache: CacheId) {
        let Some(source) = self.source(cache) else { return };
        self.start(move |crew| crew.say(Msg::OfPlan(OfPlan::CloseFirst { cache, says: close_first(&source.apps()) })));
    }

    fn app(&self, cache: CacheId) -> Option<String> {
        let source = self.source(cache)?;
        source.vicinity().app
    }
}

fn outside(which: Which, stat: Option<(u64, UnixSeconds)>, locks: &[LockStatus]) -> Survey {
    let lock = lock::told(locks);
    Survey { which, bytes: stat.map(|(bytes, _)| bytes), modified: stat.map(|(_, at)| at), lock }
}
