//! Users taken out of a list: each by the one way to write, and only if it still is what the plan was made on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::users::Listed;
use super::{Crew, locked};
use crate::json::Patch;
use crate::present::place;
use crate::source::{Collection, Holder, Loaded, Patience, SourceError};
use crate::time::{SystemClock, UnixSeconds};
use crate::tui::model::CacheId;
use crate::tui::msg::{Msg, Purged, Purging};
use crate::tui::purge::{Doomed, How, Purge, patch, plan};
use crate::tui::users::UserRow;

/// So many caches are read at once.
const PAGE: usize = 64;

impl Crew {
    /// Finds what taking out the users with these keys would mean.
    pub(in crate::tui) fn plan_purge(self: &Arc<Self>, list: CacheId, keys: Vec<String>, how: How, now: UnixSeconds) {
        let Some(listed) = self.listed(list) else { return };
        self.start(move |crew| {
            let result = planned(&listed, &keys, how, now);
            crew.say(Msg::Purging { list, step: Purging::Planned(result) });
        });
    }

    /// Takes out what the plan names.
    pub(super) fn purge(self: &Arc<Self>, list: CacheId, how: How, doomed: Vec<Doomed>) {
        let Some(listed) = self.listed(list) else { return };
        self.cancel.store(false, Ordering::Relaxed);
        let writer = self.start(move |crew| {
            let purged = crew.purge_all(&listed, how, &doomed);
            crew.say(Msg::Purging { list, step: Purging::Done(purged) });
        });
        locked(&self.writers).extend(writer);
    }

    fn purge_all(&self, listed: &Listed, how: How, doomed: &[Doomed]) -> Purged {
        let mut purged = Purged { how, done: Vec::new(), failed: Vec::new() };
        for one in doomed {
            let result = listed.reach().and_then(|collection| {
                self.purge_one(&collection, how, one)?;
                Ok(again(&collection, &one.key))
            });
            match result {
                Ok(row) => purged.done.push((one.key.clone(), row)),
                Err(error) => purged.failed.push((one.key.clone(), error)),
            }
            if self.cancel.load(Ordering::Relaxed) {
                break;
            }
        }
        purged
    }

    fn purge_one(&self, collection: &Collection, how: How, one: &Doomed) -> Result<(), SourceError> {
        let clock = SystemClock::new();
        let waiting = |holder: &Holder| self.say(Msg::Waiting(place::holder(holder)));
        let patience = Patience { clock: &clock, wait: self.wait, cancel: &self.cancel, waiting: &waiting };
        let source = collection.one_of_many(&one.key);
        let unchanged = |loaded: &Loaded| match loaded.document.hash() == one.hash {
            true => Ok(()),
            false => Err(SourceError::Changed { place: source.place().to_string() }),
        };
        match how {
            How::Entries => {
                let propose = |loaded: &Loaded| -> Result<Patch, SourceError> {
                    unchanged(loaded)?;
                    Ok(patch(&loaded.document, UnixSeconds(0)))
                };
                source.commit(&patience, &propose).map(drop)
            }
            How::Keys => {
                let loaded = source.load()?;
                unchanged(&loaded)?;
                collection.remove(&one.key, &loaded, &patience)
            }
        }
    }
}

fn planned(listed: &Listed, keys: &[String], how: How, now: UnixSeconds) -> Result<Option<Purge>, SourceError> {
    let collection = listed.reach()?;
    let mut users = Vec::new();
    for page in keys.chunks(PAGE) {
        let rows = collection.rows(page)?;
        users.extend(rows.into_iter().filter_map(|row| Some((row.key, row.cache.ok()?))));
    }
    Ok(plan(&users, how, now))
}

/// What lies under the key now, if anything does.
fn again(collection: &Collection, key: &str) -> Option<UserRow> {
    let rows = collection.rows(&[key.to_owned()]).ok()?;
    rows.first().map(UserRow::of)
}
