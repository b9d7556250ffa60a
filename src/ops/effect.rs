//! What a patch means for people and running apps. Says what follows, decides nothing.

use std::collections::BTreeSet;

use super::renewers::Renewers;
use super::{renew, why};
use crate::cache::{Cache, Dialect, Entry, Field, Roster, Row, Section, State};
use crate::json::{Edit, EntrySpot, Patch};
use crate::time::UnixSeconds;

/// How much confirmation a change needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Expired tokens, renew: one line.
    Mild,
    /// Live access or ID tokens, metadata, layout: the plan dialog.
    Moderate,
    /// A refresh token or a whole account goes: one of these names must be typed
    /// (its username or home account id, else the client id, else the file's name: the face adds that).
    Severe {
        /// Names that all of what goes has in common; empty when nothing is common.
        names: Vec<String>,
    },
}

/// What a patch does, counted.
#[derive(Clone, Debug)]
pub struct Effect {
    /// How much confirmation it needs.
    pub severity: Severity,
    /// (short section name, removed, left)
    pub counts: Vec<(String, usize, usize)>,
    /// Labels of the accounts of which nothing stays to sign in silently as: their last `Account` entry goes.
    pub accounts_gone: Vec<String>,
    /// Refresh tokens removed.
    pub refresh_tokens_gone: usize,
    /// Other known apps that share a family refresh token that goes, and have no other.
    pub family_apps: Vec<String>,
    /// Access tokens removed that apps got for themselves, without a person.
    pub app_tokens_gone: usize,
    /// Access tokens removed before their time.
    pub live_tokens_gone: usize,
    /// Runtimes that put deleted entries back until restarted, if the cache may be theirs.
    pub resurrecting: Vec<&'static str>,
    /// Bytes before and after.
    pub bytes: (usize, usize),
    /// Whether silent renewal still works for what was removed (a refresh token stays).
    pub renews: bool,
}

/// What `patch` does to `cache` at `now`.
#[must_use]
pub fn effect(cache: &Cache<'_>, patch: &Patch, now: UnixSeconds) -> Effect {
    effect_while(cache, patch, now, &|| true).expect("nobody stops it")
}

/// The same as long as `go_on` says so, which is asked before each long step and for each entry that goes; `None` once it
/// says no.
#[must_use]
pub fn effect_while(cache: &Cache<'_>, patch: &Patch, now: UnixSeconds, go_on: &dyn Fn() -> bool) -> Option<Effect> {
    let still = || go_on().then_some(());
    let roster = Roster::shared(cache);
    still()?;
    let gone = removed_while(cache, patch, go_on);
    still()?;
    let split = Split::of(cache, &roster, &gone, go_on);
    still()?;
    let document = cache.document();
    let after = document.length_with(patch);
    still()?;
    let accounts_gone = split.accounts_gone();
    let found = Effect {
        severity: split.severity(patch, now, !accounts_gone.is_empty()),
        counts: split.counts(),
        accounts_gone,
        refresh_tokens_gone: split.gone.iter().filter(|row| is_refresh_token(row)).count(),
        family_apps: split.family_apps(),
        app_tokens_gone: split.gone.iter().filter(|row| is_of_app(row)).count(),
        live_tokens_gone: split.gone.iter().filter(|row| is_live(row, now)).count(),
        resurrecting: if gone.is_empty() { Vec::new() } else { resurrecting(roster.dialect) },
        bytes: (document.len(), after),
        renews: split.renews(),
    };
    // What was stopped in the middle is told by nobody.
    still().map(|()| found)
}

/// The entries that `patch` takes out, whole sections included.
#[must_use]
pub fn removed(cache: &Cache<'_>, patch: &Patch) -> BTreeSet<EntrySpot> {
    removed_while(cache, patch, &|| true)
}

fn removed_while(cache: &Cache<'_>, patch: &Patch, go_on: &dyn Fn() -> bool) -> BTreeSet<EntrySpot> {
    let document = cache.document();
    let paths = patch.changes.iter().filter_map(|change| match &change.edit {
        Edit::Remove(path) => Some(path),
        Edit::Replace(..) | Edit::Insert { .. } => None,
    });
    let mut gone = lost(cache, patch);
    for path in paths.take_while(|_| go_on()) {
        match path.0.as_slice() {
            [section] => {
                gone.extend(document.find_section(section).into_iter().flat_map(|spot| document.entries(spot)))
            }
            _ => gone.extend(document.spot(path)),
        }
    }
    gone.into_iter().collect()
}

/// The entries of which nothing stands in a text that takes the whole place: tokens that are nowhere in it, accounts
/// that nobody there is.
fn lost(cache: &Cache<'_>, patch: &Patch) -> Vec<EntrySpot> {
    let is_whole = |edit: &Edit| matches!(edit, Edit::Replace(path, _) if path.0.is_empty());
    if !patch.changes.iter().any(|change| is_whole(&change.edit)) {
        return Vec::new();
    }
    let Ok((new, _)) = cache.document().apply(patch) else { return Vec::new() };
    let new = Cache::of(&new);
    // Another layout holds as many of each; fingerprints take their time.
    let counts = |cache: &Cache<'_>| -> Vec<usize> {
        let document = cache.document();
        document.sections().map(|section| document.entry_count(section)).collect()
    };
    if counts(cache) == counts(&new) {
        return Vec::new();
    }
    let known: BTreeSet<String> = new.entries().filter_map(|entry| mark(&entry)).collect();
    let is_lost = |entry: &Entry<'_>| mark(entry).is_some_and(|mark| !known.contains(&mark));
    cache.entries().filter(is_lost).map(|entry| entry.spot()).collect()
}

/// What makes an entry worth something: its token, or whose account it is.
fn mark(entry: &Entry<'_>) -> Option<String> {
    match entry.section() {
        Section::AccessToken | Section::RefreshToken | Section::IdToken => {
            Some(entry.secret()?.fingerprint().to_string())
        }
        Section::Account => Some(entry.text(Field::HomeAccountId)?.to_lowercase()),
        Section::AppMetadata | Section::Other => None,
    }
}

/// The rows of a cache, those that go and those that stay.
struct Split<'a> {
    cache: &'a Cache<'a>,
    roster: &'a Roster,
    gone: Vec<&'a Row>,
    stay: Vec<&'a Row>,
    renewers: Renewers<'a>,
    go_on: &'a dyn Fn() -> bool,
}

impl<'a> Split<'a> {
    fn of(cache: &'a Cache<'a>, roster: &'a Roster, gone: &BTreeSet<EntrySpot>, go_on: &'a dyn Fn() -> bool) -> Self {
        let (gone, stay): (Vec<_>, Vec<_>) = roster.rows.iter().partition(|row| gone.contains(&row.spot));
        // What an app is stays true when its metadata goes: families are read from all rows.
        let known = roster.rows.iter().filter(|row| row.section == Section::AppMetadata);
        let refresh = stay.iter().copied().filter(|row| row.section == Section::RefreshToken);
        let renewers = Renewers::among(cache, refresh.chain(known));
        Self { cache, roster, gone, stay, renewers, go_on }
    }

    fn severity(&self, patch: &Patch, now: UnixSeconds, account_gone: bool) -> Severity {
        let severe = |row: &&&Row| is_refresh_token(row) || (account_gone && row.section == Section::Account);
        let heavy: Vec<&Row> = self.gone.iter().filter(severe).copied().collect();
        if !heavy.is_empty() {
            return Severity::Severe { names: self.common_names(&heavy) };
        }
        let dead = |row: &&Row| row.section == Section::AccessToken && row.state(now) == State::Expired;
        let removals = patch.changes.iter().all(|change| matches!(change.edit, Edit::Remove(_)));
        match removals && (renew::is_renewal(patch) || self.gone.iter().all(dead)) {
            true => Severity::Mild,
            false => Severity::Moderate,
        }
    }

    /// What a person may type to name all of `rows`: account names, else client names.
    fn common_names(&self, rows: &[&Row]) -> Vec<String> {
        let accounts = common(rows.iter().map(|row| self.account_names(row)));
        if !accounts.is_empty() {
            return accounts;
        }
        common(rows.iter().map(|row| row.client_id.iter().map(|id| id.to_string()).collect()))
    }

    fn account_names(&self, row: &Row) -> Vec<String> {
        let account = row.account.and_then(|at| self.roster.accounts.get(at));
        let names = match account {
            Some(account) => [account.username.as_deref(), Some(account.home_account_id.as_str())],
            None => [row.username.as_deref(), row.home_account_id.as_deref()],
        };
        names.into_iter().flatten().filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    fn counts(&self) -> Vec<(String, usize, usize)> {
        let kinds = [
            Section::AccessToken,
            Section::RefreshToken,
            Section::IdToken,
            Section::Account,
            Section::AppMetadata,
            Section::Other,
        ];
        let count = |rows: &[&Row], kind| rows.iter().filter(|row| row.section == kind).count();
        let counted = kinds.map(|kind| (kind.short().to_owned(), count(&self.gone, kind), count(&self.stay, kind)));
        counted.into_iter().filter(|(_, gone, stay)| gone + stay > 0).collect()
    }

    /// The accounts whose last `Account` entry goes, each once.
    fn accounts_gone(&self) -> Vec<String> {
        let accounts = |rows: &[&'a Row]| -> Vec<&'a Row> {
            rows.iter().copied().filter(|row| row.section == Section::Account).collect()
        };
        let gone = accounts(&self.gone);
        if gone.is_empty() {
            return Vec::new();
        }
        let id = |row: &Row| row.home_account_id.as_deref().unwrap_or("").to_lowercase();
        let mut seen: BTreeSet<String> = accounts(&self.stay).into_iter().map(id).collect();
        let last = gone.into_iter().filter(|row| seen.insert(id(row)));
        last.map(|row| why::account_label(self.roster, row).to_owned()).collect()
    }

    /// The apps of the families whose refresh tokens go, except those that still renew.
    fn family_apps(&self) -> Vec<String> {
        let metadata = self.roster.rows.iter().filter(|row| row.section == Section::AppMetadata);
        let apps: Vec<&Row> = metadata.filter(|row| family(row).is_some()).collect();
        let mut sharing = BTreeSet::new();
        let tokens = self.gone.iter().filter(|row| row.section == Section::RefreshToken && family(row).is_some());
        for token in tokens.take_while(|_| (self.go_on)()) {
            for app in apps.iter().filter(|app| family(app) == family(token) && app.client_id != token.client_id) {
                let as_app = Row { client_id: app.client_id.clone(), ..(*token).clone() };
                if self.renewers.of(self.cache, &as_app).is_none() {
                    sharing.insert(app.client_name());
                }
            }
        }
        sharing.into_iter().collect()
    }

    /// Whether every token of an account that goes can be had again without a sign-in.
    fn renews(&self) -> bool {
        let tokens = self.gone.iter().filter(|row| match row.section {
            Section::AccessToken | Section::RefreshToken => is_of_account(row),
            Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => false,
        });
        tokens.take_while(|_| (self.go_on)()).all(|row| self.renewers.of(self.cache, row).is_some())
    }
}

/// The names in every one of `lists`, in the order of the first.
fn common(lists: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let mut lists = lists;
    let first = lists.next().unwrap_or_default();
    lists.fold(first, |names, list| names.into_iter().filter(|name| list.contains(name)).collect())
}

fn family(row: &Row) -> Option<&str> {
    row.family_id.as_deref().filter(|family| !family.is_empty())
}

/// Refresh tokens, also those of sections that only mobile and Go's partitioned caches know.
fn is_refresh_token(row: &Row) -> bool {
    match row.section {
        Section::RefreshToken => true,
        Section::Other => row.section_name.to_lowercase().contains("refreshtoken"),
        Section::AccessToken | Section::IdToken | Section::Account | Section::AppMetadata => false,
    }
}

fn is_of_account(row: &Row) -> bool {
    row.home_account_id.as_deref().is_some_and(|id| !id.is_empty())
}

/// An access token that an app got with its own credential: there is nobody to sign in.
fn is_of_app(row: &Row) -> bool {
    row.section == Section::AccessToken && !is_of_account(row)
}

/// An access token before its time.
pub(super) fn is_live(row: &Row, now: UnixSeconds) -> bool {
    row.section == Section::AccessToken && matches!(row.state(now), State::Live | State::Expiring)
}

/// Node merges what it reads into what it holds; new MSAL4J never clears its maps.
fn resurrecting(dialect: Dialect) -> Vec<&'static str> {
    match dialect {
        Dialect::Node => vec!["Node"],
        Dialect::Java => vec!["new MSAL4J"],
        Dialect::Unknown => vec!["Node", "new MSAL4J"],
        Dialect::Python | Dialect::DotNet | Dialect::Go => Vec::new(),
    }
}
