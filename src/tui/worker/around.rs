//! What a question needs to know of the world around its caches: files, folders, locks. May block; a worker asks.

use super::{Crew, locked};
use crate::cache::{Cache, Roster};
use crate::present::around::{Seen, surroundings};
use crate::time::{Clock, SystemClock};
use crate::tui::model::{CacheId, Content};
use crate::tui::page::{Around, Question, Topic};

impl Crew {
    /// What `question` needs.
    pub(super) fn around(&self, question: &Question) -> Around {
        match question.topic {
            Topic::Health => self.around_cache(question).unwrap_or_default(),
            Topic::People => {
                let apps = question.caches.iter().map(|asked| self.app(asked.id)).collect();
                Around { apps, ..Around::default() }
            }
            Topic::Rule(_) | Topic::Why(_) | Topic::Library(..) | Topic::Stats => Around::default(),
        }
    }

    fn around_cache(&self, question: &Question) -> Option<Around> {
        let source = locked(&self.sources).get(question.cache.0).cloned()?;
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
            roster: reading.map(|reading| &reading.roster),
            twin: twin.as_ref(),
            now: SystemClock::new().now(),
        };
        let surroundings = surroundings(&seen);
        Some(Around { surroundings, sign_out: vicinity.sign_out, apps: Vec::new() })
    }

    fn app(&self, cache: CacheId) -> Option<String> {
        let source = locked(&self.sources).get(cache.0).cloned()?;
        source.vicinity().app
    }
}
