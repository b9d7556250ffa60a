//! One line for each change, in a file of its own: when, where, what, and the fingerprints that went and came. No secret,
//! no name of a person; never more than appended to.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Source, SourceError};
use crate::config::Config;
use crate::json::{Document, Judged, Patch};
use crate::secret::{Deed, Forbidden};

/// A file to which changes are noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Where it lies.
    pub path: PathBuf,
    /// Why a change that cannot be noted is not made, if so.
    pub required: Option<String>,
}

/// Where the administrator and the user want changes noted. A path of the user's begins at the settings' own folder.
pub(super) fn audits(config: &Config) -> Vec<Audit> {
    let folder = config.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("/"));
    let policy = config.policy.audit.clone().map(|path| Audit { path, required: config.policy.audit_required.clone() });
    let own = config.settings.audit().map(|path| Audit { path: folder.join(path), required: None });
    policy.into_iter().chain(own).collect()
}

/// A line of it.
#[derive(Serialize)]
struct Note<'a> {
    at: i64,
    place: &'a str,
    action: &'a str,
    removed: Vec<String>,
    added: Vec<String>,
}

/// Files that took a line before the change: opened while it can still be refused.
pub(super) struct Ledger(Vec<(PathBuf, io::Result<File>)>);

impl Source {
    /// Whether somebody wants to know which secrets a change brings or takes.
    pub(super) fn counts_secrets(&self) -> bool {
        !self.access.audits.is_empty() || self.access.policy.law.allow(Deed::Import).is_err()
    }

    /// Opens the files that a change is to be noted in.
    ///
    /// # Errors
    /// One that must take it does not open.
    pub(super) fn ledger(&self) -> Result<Ledger, SourceError> {
        let mut files = Vec::new();
        for Audit { path, required } in &self.access.audits {
            let file = OpenOptions::new().append(true).create(true).open(path);
            if let (Err(cause), Some(by)) = (&file, required) {
                let what = format!("a change that {} does not take ({cause})", path.display());
                return Err(SourceError::Forbidden(Forbidden { what, by: by.clone() }));
            }
            files.push((path.clone(), file));
        }
        Ok(Ledger(files))
    }

    /// Notes what `patch` did; says what could not be noted.
    pub(super) fn note(&self, ledger: Ledger, patch: &Patch, before: &Document, after: &Judged) -> Option<String> {
        if ledger.0.is_empty() {
            return None;
        }
        let (was, is) = (secrets(before), secrets(after.document()));
        let place = self.place.to_string();
        let action = patch.title.split(' ').next().unwrap_or_default().to_lowercase();
        let at = self.clock().now().0;
        let note = Note { at, place: &place, action: &action, removed: more(&was, &is), added: more(&is, &was) };
        let line = serde_json::to_string(&note).unwrap_or_default() + "\n";
        let failed = ledger.0.into_iter().filter_map(|(path, file)| {
            // One write: lines of several processes do not mix.
            let cause = file.and_then(|mut file| file.write_all(line.as_bytes())).err()?;
            Some(format!("the change is not noted in {}: {cause}", path.display()))
        });
        // Each file gets its line, whatever becomes of the others.
        let failed: Vec<String> = failed.collect();
        (!failed.is_empty()).then(|| failed.join("; "))
    }

    /// Refuses a change that brings secrets in, where the policy lets nobody.
    pub(super) fn refuse_import(&self, before: &Document, after: &Judged) -> Result<(), SourceError> {
        match self.access.policy.law.allow(Deed::Import) {
            Err(forbidden) if !more(&secrets(after.document()), &secrets(before)).is_empty() => {
                Err(SourceError::Forbidden(forbidden))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// How often each secret stands in `document`, by fingerprint.
fn secrets(document: &Document) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for entry in document.sections().flat_map(|section| document.entries(section)) {
        let fields = document.fields(entry);
        let secret = fields.names().position(|name| name == "secret").and_then(|at| fields.node(at));
        if let Some(secret) = secret.and_then(|node| node.secret()) {
            *found.entry(secret.fingerprint().to_string()).or_default() += 1;
        }
    }
    found
}

/// What stands in `here` more often than in `there`.
fn more(here: &BTreeMap<String, usize>, there: &BTreeMap<String, usize>) -> Vec<String> {
    let is_more = |(name, count): &(&String, &usize)| **count > there.get(*name).copied().unwrap_or(0);
    here.iter().filter(is_more).map(|(name, _)| name.clone()).collect()
}
