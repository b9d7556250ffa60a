//! The JSON shapes of schema 1: what scripts read. Fields may be added, never changed; `assets/help/json.md` documents
//! them. Borrows the rows of a cache and streams them: no tree is built for 160,000 entries.

use std::borrow::Cow;
use std::fmt::Display;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::caches::{Found, Looked, Shut};
use super::failure::Failure;
use super::lock::Who;
use super::session::Session;
use crate::cache::{FieldValue, Roster, Row};
use crate::json::{Edit, Patch, Path};
use crate::secret::Fingerprint;
use crate::source::{Committed, ReadBack, Undoable};
use crate::time::UnixSeconds;

/// The version of every shape here.
const SCHEMA: u32 = 1;

/// One answer: `schema`, `demo` if it is the demo's, and the fields of `body`.
#[derive(Serialize)]
struct Answer<'a, B: Serialize> {
    schema: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo: Option<bool>,
    #[serde(flatten)]
    body: &'a B,
}

/// Writes `body` as the answer of this run.
pub(super) fn answer(session: &Session, body: &impl Serialize) {
    let answer = Answer { schema: SCHEMA, demo: session.is_demo.then_some(true), body };
    super::ascii::write(session.io.borrow_mut().data(), &answer);
}

/// Writes `body` to standard error: where standard output is another's.
pub(super) fn aside(session: &Session, body: &impl Serialize) {
    let answer = Answer { schema: SCHEMA, demo: session.is_demo.then_some(true), body };
    let mut line = Vec::new();
    super::ascii::write(&mut line, &answer);
    session.io.borrow().talk_bytes(&line);
}

/// A place that failed, or a whole run.
#[derive(Serialize)]
pub(super) struct Failed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    error: Trouble,
}

#[derive(Serialize)]
struct Trouble {
    kind: &'static str,
    /// What is in the way, finer than the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hints: Option<Vec<String>>,
    /// The command that opens what is not opened unasked.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
}

impl Trouble {
    fn of(failure: &Failure) -> Self {
        let cause = failure.reason();
        let hints = cause.map(|_| failure.hints().to_vec());
        Self { kind: failure.kind().name(), cause, says: failure.says(), hints, run: None }
    }
}

impl<'a> Failed<'a> {
    /// What failed, at `place` if it is one of several.
    pub(super) fn new(place: Option<&'a str>, failure: &Failure) -> Self {
        Self { place, error: Trouble::of(failure) }
    }

    /// What `says` of one value among many.
    pub(super) fn saying(kind: &'static str, says: String) -> Self {
        Self { place: None, error: Trouble { kind, cause: None, says, hints: None, run: None } }
    }

    /// A cache that was found and is not opened unasked.
    pub(super) fn closed(place: &'a str, shut: &Shut) -> Self {
        let Shut { state, run } = shut.clone();
        Self { place: Some(place), error: Trouble { kind: "not-opened", cause: None, says: state, hints: None, run } }
    }
}

/// One of several caches with what is told of it, or why nothing is.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum One<'a, T> {
    /// A cache that was looked at.
    Cache {
        /// Where it is.
        place: &'a str,
        /// The app that keeps its cache there.
        #[serde(skip_serializing_if = "Option::is_none")]
        app: Option<&'a str>,
        /// What is told of it.
        #[serde(flatten)]
        told: T,
    },
    /// A place of which nothing is told; why.
    Failed(Failed<'a>),
}

impl<'a, T> One<'a, T> {
    /// What `told` says of the cache that was found at `looked`; `app` is named with it.
    pub(super) fn of<C>(looked: &'a Looked<C>, app: Option<&'a str>, told: impl FnOnce(&'a C) -> T) -> Self {
        let place = looked.place.as_str();
        match &looked.found {
            Found::Cache(content) => Self::Cache { place, app, told: told(content) },
            Found::Closed(shut) => Self::Failed(Failed::closed(place, shut)),
            Found::Failed(failure) => Self::Failed(Failed::new(Some(place), failure)),
        }
    }
}

/// Anything that is written as its words.
pub(super) struct Words<T>(pub(super) T);

impl<T: Display> Serialize for Words<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// One row as `list` and `show` report it.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    fingerprint: Option<Words<Fingerprint>>,
    home_account_id: Option<&'a str>,
    environment: Option<&'a str>,
    client_id: Option<&'a str>,
    realm: Option<&'a str>,
    target: Option<&'a str>,
    cached_at: Option<i64>,
    expires_on: Option<i64>,
    state: &'static str,
}

impl<'a> Entry<'a> {
    /// `row`, its expiry judged at `now`.
    pub(super) fn new(row: &'a Row, now: UnixSeconds) -> Self {
        Self {
            section: &row.section_name,
            key: &row.key,
            fingerprint: row.fingerprint.map(Words),
            home_account_id: row.home_account_id.as_deref(),
            environment: row.environment.as_deref(),
            client_id: row.client_id.as_deref(),
            realm: row.realm.as_deref(),
            target: row.target.as_deref(),
            cached_at: row.cached_at.map(|at| at.0),
            expires_on: row.expires_on.map(|at| at.0),
            state: row.state(now).name(),
        }
    }
}

/// The members of an entry in order, each secret as its length and fingerprint.
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, FieldValue<'a>)>);

/// A secret in JSON.
#[derive(Serialize)]
struct Hidden {
    length: usize,
    fingerprint: Words<Fingerprint>,
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            match value {
                FieldValue::Plain(raw) => map.serialize_entry(name, &raw_value(raw))?,
                FieldValue::Secret(secret) => {
                    let hidden = Hidden { length: secret.len(), fingerprint: Words(secret.fingerprint()) };
                    map.serialize_entry(name, &hidden)?;
                }
            }
        }
        map.end()
    }
}

/// Verbatim JSON as a value; `None` for what is none.
pub(super) fn raw_value(raw: &str) -> Option<&RawValue> {
    serde_json::from_str(raw).ok()
}

/// The accounts of a cache of which rows are left.
pub(super) struct Accounts<'a> {
    /// The cache's rows.
    pub(super) roster: &'a Roster,
    /// The moment at which health is judged.
    pub(super) now: UnixSeconds,
}

/// One account as `list` reports it.
#[derive(Serialize)]
struct Account<'a> {
    /// Null for the tokens that apps got for themselves.
    home_account_id: Option<&'a str>,
    username: Option<&'a str>,
    environments: &'a [String],
    tenants: Vec<&'a str>,
    health: &'static str,
}

impl Serialize for Accounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.roster.accounts.iter().enumerate().filter(|(_, account)| !account.rows.is_empty());
        serializer.collect_seq(all.map(|(at, account)| Account {
            home_account_id: (!account.is_app_only()).then_some(account.home_account_id.as_str()),
            username: account.username.as_deref(),
            environments: &account.environments,
            tenants: account.tenants.iter().map(|tenant| tenant.realm.as_str()).collect(),
            health: self.roster.health(at, None, self.now).name(),
        }))
    }
}

/// One entry of a patch, or of what a commit met, by name.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    section: &'a str,
    key: &'a str,
    /// Which of several members of one name, counted from 1; left out for the first.
    #[serde(skip_serializing_if = "is_first")]
    nth: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

fn is_first(nth: &usize) -> bool {
    *nth == 1
}

impl<'a> Named<'a> {
    /// The entry at `path`; `None` for what is no entry.
    pub(super) fn new(path: &'a Path, why: Option<&'a str>) -> Option<Self> {
        let [section, key] = path.0.as_slice() else { return None };
        Some(Self { section: &section.name, key: &key.name, nth: key.nth, why })
    }
}

/// The entries that `patch` takes out, each with its why.
pub(super) fn removed(patch: &Patch) -> Vec<Named<'_>> {
    let removals = patch.changes.iter().filter_map(|change| match &change.edit {
        Edit::Remove(path) => Named::new(path, Some(&change.why)),
        Edit::Replace(..) | Edit::Insert { .. } => None,
    });
    removals.collect()
}

/// `prune`, `forget`, `renew` and `reserialise`.
#[derive(Serialize)]
pub(super) struct Change<'a> {
    removed: Vec<Named<'a>>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(flatten)]
    outcome: Option<Outcome<'a>>,
}

/// What is known after a write.
#[derive(Serialize)]
pub(super) struct Outcome<'a> {
    durable: bool,
    /// How long the lock was held, in microseconds: others waited for that long.
    held_us: u64,
    undo: &'static str,
    read_back: &'static str,
    resurrected: Vec<Named<'a>>,
    /// Who has had the file open since before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open_in: Vec<Who<'a>>,
    bytes: Sizes,
}

/// The length of the text before and after.
#[derive(Serialize)]
struct Sizes {
    before: usize,
    after: usize,
}

impl<'a> Change<'a> {
    /// A plan that is not carried out.
    pub(super) fn planned(patch: &'a Patch) -> Self {
        Self { removed: removed(patch), written: false, dry_run: Some(true), outcome: None }
    }

    /// What a commit did; nothing, if there was nothing to do.
    pub(super) fn done(committed: &'a Committed) -> Self {
        let outcome = committed.written.then(|| Outcome::of(committed));
        Self { removed: removed(&committed.patch), written: committed.written, dry_run: None, outcome }
    }

    /// There was nothing to do.
    pub(super) fn nothing() -> Self {
        Self { removed: Vec::new(), written: false, dry_run: None, outcome: None }
    }
}

impl<'a> Outcome<'a> {
    /// What is known of `committed`, which wrote.
    pub(super) fn of(committed: &'a Committed) -> Self {
        let (read_back, back) = match &committed.read_back {
            ReadBack::Same => ("same", &[][..]),
            ReadBack::Changed => ("changed", &[][..]),
            ReadBack::Resurrected(paths) => ("resurrected", paths.as_slice()),
            ReadBack::NotRead => ("not-read", &[][..]),
        };
        let undo = match &committed.undo {
            Undoable::Kept => "kept",
            Undoable::NotKept | Undoable::Unsealed | Undoable::Elsewhere => "not-kept",
            Undoable::Failed(_) => "failed",
        };
        let resurrected = back.iter().filter_map(|path| Named::new(path, None)).collect();
        let bytes = Sizes { before: committed.before.len(), after: committed.after.len() };
        let held_us = u64::try_from(committed.held.as_micros()).unwrap_or(u64::MAX);
        let open_in = committed.open_in.iter().map(super::lock::who).collect();
        Self { durable: committed.durable, held_us, undo, read_back, resurrected, open_in, bytes }
    }
}
