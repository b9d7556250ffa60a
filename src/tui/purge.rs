//! What taking users out means: planned on what was read of each, in words, and bound to exactly that. Pure; writes
//! nothing.

use crate::cache::{Cache, Roster, Section};
use crate::json::{Document, Patch};
use crate::ops::{self, Severity};
use crate::present::{Line, Role, bulk, change};
use crate::secret::Hash;
use crate::source::Loaded;
use crate::time::UnixSeconds;

/// How users are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Every entry of their caches goes; what else the place keeps beside it stays.
    Entries,
    /// The whole key goes.
    Keys,
}

/// More at once are the command line's to plan.
pub const MOST: usize = 1000;

/// A user who is to go, as the plan knows it.
#[derive(Clone, Debug)]
pub struct Doomed {
    /// The key.
    pub key: String,
    /// What the cache was when it was planned: of any other nothing is taken.
    pub hash: Hash,
}

/// What is to happen, in words.
pub struct Purge {
    /// How.
    pub how: How,
    /// Who.
    pub doomed: Vec<Doomed>,
    /// The head of the question.
    pub title: String,
    /// One line for each, or for each entry of the only one.
    pub changes: Vec<Line>,
    /// The redacted difference of the only one.
    pub diff: Vec<Line>,
    /// What it means.
    pub effect: Vec<Line>,
    /// How much confirmation it needs.
    pub severity: Severity,
    /// The text of the first of them.
    pub shown: Document,
}

/// More than anyone reads before a yes.
const DIFF_LINES: usize = 200;

/// The plan for `users`; `None` if nothing is there to be taken out.
#[must_use]
pub fn plan(users: &[(String, Loaded)], how: How, now: UnixSeconds) -> Option<Purge> {
    let has_entries = |loaded: &Loaded| !patch(&loaded.document, now).is_empty();
    let meant: Vec<&(String, Loaded)> =
        users.iter().filter(|(_, loaded)| how == How::Keys || has_entries(loaded)).collect();
    let doomed = meant.iter().map(|(key, loaded)| Doomed { key: key.clone(), hash: loaded.document.hash() }).collect();
    match meant.as_slice() {
        [] => None,
        [(key, loaded)] => Some(one(key, loaded, how, doomed, now)),
        [first, ..] => Some(many(&meant, first.1.document.clone(), how, doomed, now)),
    }
}

/// Everything in the cache.
#[must_use]
pub fn patch(document: &Document, now: UnixSeconds) -> Patch {
    let cache = Cache::of(document);
    let spots: Vec<_> = document.sections().flat_map(|section| document.entries(section)).collect();
    let patch = ops::prune_entries(&cache, &spots, now);
    Patch { title: "Purge a user".to_owned(), ..patch }
}

fn one(key: &str, loaded: &Loaded, how: How, doomed: Vec<Doomed>, now: UnixSeconds) -> Purge {
    let cache = Cache::of(&loaded.document);
    let patch = patch(&loaded.document, now);
    let name = name(key, &Roster::of(&cache));
    let mut effect = ops::effect(&cache, &patch, now);
    if how == How::Keys {
        // What is left of an emptied cache goes too.
        effect.bytes.1 = 0;
    }
    let severity = match (how, effect.severity.clone()) {
        (_, Severity::Severe { names }) if names.is_empty() => Severity::Severe { names: vec![key.to_owned()] },
        (How::Keys, Severity::Mild) => Severity::Moderate,
        (_, severity) => severity,
    };
    Purge {
        how,
        doomed,
        title: match how {
            How::Entries => format!("Purge {name}"),
            How::Keys => format!("Remove the key of {name}"),
        },
        changes: change::changes(&cache, &patch),
        diff: change::diff(&cache, &patch, DIFF_LINES),
        effect: [vec![what_goes(how)], change::effect(&effect), vec![bulk::above()]].concat(),
        severity,
        shown: loaded.document.clone(),
    }
}

/// The sums of several caches.
#[derive(Default)]
struct Sums {
    entries: usize,
    refresh: usize,
    live: usize,
}

fn many(users: &[&(String, Loaded)], shown: Document, how: How, doomed: Vec<Doomed>, now: UnixSeconds) -> Purge {
    let mut sums = Sums::default();
    let mut changes = Vec::new();
    for (key, loaded) in users {
        let roster = Roster::of(&Cache::of(&loaded.document));
        let refresh = roster.rows.iter().filter(|row| row.section == Section::RefreshToken).count();
        let live = |row: &&crate::cache::Row| {
            row.section == Section::AccessToken && row.expires_on.is_some_and(|until| until > now)
        };
        sums.live += roster.rows.iter().filter(live).count();
        (sums.entries, sums.refresh) = (sums.entries + roster.rows.len(), sums.refresh + refresh);
        let line = Line::new().with(Role::Removed, "- ").with(Role::Plain, &name(key, &roster));
        changes.push(line.with(Role::Dim, &format!("  {key}  {}", entries(roster.rows.len()))));
    }
    let count = users.len();
    let says = format!(
        "{} of {count} caches go, with {} refresh tokens and {} live access tokens.",
        entries(sums.entries),
        sums.refresh,
        sums.live
    );
    let mut effect = vec![what_goes(how)];
    effect.push(Line::plain(&says));
    effect.push(Line::plain("These users sign in again in the app; its other sessions stay."));
    effect.push(Line::new().with(Role::Warn, "This is local only: it does not revoke anything at Entra ID."));
    effect.push(bulk::above());
    Purge {
        how,
        doomed,
        title: match how {
            How::Entries => format!("Purge {count} users"),
            How::Keys => format!("Remove {count} keys"),
        },
        changes,
        diff: Vec::new(),
        effect,
        severity: Severity::Severe { names: vec![format!("{count} users")] },
        shown,
    }
}

fn what_goes(how: How) -> Line {
    let says = match how {
        How::Entries => {
            "Takes every entry out of the cache; what the session holds besides stays, and so does its expiry."
        }
        How::Keys => "Takes the whole key out of the place, with all that the session holds: its user is signed out.",
    };
    Line::plain(says)
}

/// Whose cache it is, else its key.
fn name(key: &str, roster: &Roster) -> String {
    let people = roster.accounts.iter().filter(|account| !account.is_app_only()).count();
    match roster.accounts.first() {
        Some(first) if people == 1 => first.label().to_owned(),
        Some(first) if people > 1 => format!("{} and {} more", first.label(), people - 1),
        Some(_) | None => key.to_owned(),
    }
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}
