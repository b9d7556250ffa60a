//! What takes long of what was read already: names and claims for the filter, answers, plans, counts. Reads no cache.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Crew, locked};
use crate::ops::query::{Memory, Query};
use crate::time::UnixSeconds;
use crate::tui::browse::SortKey;
use crate::tui::draft::Draft;
use crate::tui::model::{CacheId, Reading};
use crate::tui::msg::{Msg, OfPlan};
use crate::tui::order::Ranked;
use crate::tui::page::Question;
use crate::tui::pages;
use crate::tui::prune::Rule;
use crate::tui::sieve::{Found, prepare_while};
use crate::tui::whole_diff::WholeDiff;
use crate::tui::work::Work;

impl Crew {
    /// Reads the names of a large cache for the filter, and what its tokens say in `claims`.
    pub(in crate::tui) fn index(self: &Arc<Self>, cache: CacheId, reading: Arc<Reading>, claims: Vec<String>) {
        let stop = locked(&self.stops).begin(Work::Filter(cache));
        self.start(move |crew| {
            let go_on = || !stop.load(Ordering::Relaxed);
            prepare_while(&reading, &claims.iter().map(String::as_str).collect::<Vec<_>>(), &go_on);
            if go_on() {
                crew.say(Msg::Indexed(cache));
            }
        });
    }

    /// Finds the rows that a filter takes, from what is remembered of the one before.
    pub(in crate::tui) fn search(
        self: &Arc<Self>,
        cache: CacheId,
        reading: Arc<Reading>,
        (query, memory): (Query, Memory),
        now: UnixSeconds,
    ) {
        let stop = locked(&self.stops).begin(Work::Filter(cache));
        self.start(move |crew| {
            let found = Found::of(query, memory, &reading, now).filter(|_| !stop.load(Ordering::Relaxed));
            found.into_iter().for_each(|found| {
                crew.say(Msg::Searched { cache, reading: Arc::clone(&reading), found: Box::new(found) });
            });
        });
    }

    /// Sorts the rows of a large cache.
    pub(in crate::tui) fn rank(
        self: &Arc<Self>,
        cache: CacheId,
        reading: Arc<Reading>,
        key: SortKey,
        now: UnixSeconds,
    ) {
        let stop = locked(&self.stops).begin(Work::Sort(cache));
        self.start(move |crew| {
            let ranked = Ranked::of(&reading, key, now);
            if !stop.load(Ordering::Relaxed) {
                crew.say(Msg::Ranked { cache, reading, ranked });
            }
        });
    }

    /// Frees what is shown no more.
    pub(in crate::tui) fn free(self: &Arc<Self>, reading: Arc<Reading>) {
        self.start(move |_| drop(reading));
    }

    /// Answers a question.
    pub(in crate::tui) fn answer(self: &Arc<Self>, question: Question) {
        let stop = locked(&self.stops).begin(Work::Answer(question.cache, question.topic.clone()));
        self.start(move |crew| {
            let go_on = || !stop.load(Ordering::Relaxed);
            let page = pages::page_while(&question, &crew.around(&question), &go_on);
            if let Some(page) = page {
                crew.say(Msg::Answered { cache: question.cache, topic: question.topic, page });
            }
        });
    }

    /// Makes a plan.
    pub(in crate::tui) fn plan(self: &Arc<Self>, draft: Draft) {
        let stop = locked(&self.stops).begin(Work::Plan(draft.cache));
        self.start(move |crew| {
            let plan = draft.plan(&stop).map(Box::new);
            if !stop.load(Ordering::Relaxed) {
                crew.say(Msg::Planned { cache: draft.cache, since: draft.since, plan });
            }
        });
    }

    /// Makes the whole difference of a plan for `cache`.
    pub(in crate::tui) fn differ(self: &Arc<Self>, cache: CacheId, whole: WholeDiff) {
        let stop = locked(&self.stops).begin(Work::Differ(cache));
        self.start(move |crew| {
            let go_on = || !stop.load(Ordering::Relaxed);
            let lines = whole.lines(&go_on);
            if go_on() {
                crew.say(Msg::OfPlan(OfPlan::Differs { patch: whole.patch, lines }));
            }
        });
    }

    /// Counts what each of `rules` would take.
    pub(in crate::tui) fn count(
        self: &Arc<Self>,
        cache: CacheId,
        reading: Arc<Reading>,
        rules: Vec<Rule>,
        now: UnixSeconds,
    ) {
        self.start(move |crew| {
            for rule in rules {
                let takes = rule.patch(&reading, now).changes.len();
                crew.say(Msg::Counted { cache, rule, takes });
            }
        });
    }
}
