//! `doctor --issue`: one Markdown file for an upstream issue. Everything of the cache in it comes from its redacted
//! copy: the rules run over that, and a sentence that only the real cache brings forth is left out.

use std::path::Path;

use super::args::Writing;
use super::caches::Opened;
use super::explain::{Asked, explanations};
use super::failure::{Exit, Failure, Kind};
use super::mend::only_one;
use super::new_file;
use super::patient::{Patient, Reading, findings, findings_in};
use super::session::Session;
use crate::cache::{Cache, Dialect, Roster};
use crate::lint::{CopyFile, Finding, LeftLock, SecretsFile, Subject, Surroundings};
use crate::ops::Discretion;
use crate::ops::explain::Extent;
use crate::ops::export::{redacted, stand_in};
use crate::present::issue::{Issue, Noted, entries_of, explained, labels, lock_line, markdown};
use crate::present::words::quoted;
use crate::secret::Pepper;

/// Writes the report on the one cache of `opened` to a new file.
///
/// # Errors
/// Several caches, one that cannot be looked at or redacted, or a file that cannot be made.
pub(super) fn write(
    session: &Session,
    writing: &Writing,
    opened: Vec<Opened>,
    asked: &Asked,
    path: &Path,
) -> Result<Exit, Failure> {
    let patient = Patient::examine(session, only_one(opened, "--issue")?)?;
    let issue = issue(session, &patient, asked)?;
    new_file::write(session, writing.making(), path, &markdown(&issue))
}

fn issue(session: &Session, patient: &Patient, asked: &Asked) -> Result<Issue, Failure> {
    let locks = patient.source.lock_status().iter().map(|lock| lock_line(lock, session.wall())).collect();
    let found = patient.findings(None, session.now);
    let bare = Issue { versions: versions(patient), locks, ..Issue::default() };
    let Reading::Cache(read) = &patient.reading else {
        let around = discreet(&patient.surroundings);
        let unreadable = match &patient.reading {
            Reading::NotACache(error) => Some(error),
            Reading::Cache(_) | Reading::Closed(..) => None,
        };
        let (surroundings, now) = (&around, session.now);
        let told = findings(&Subject { cache: None, roster: None, unreadable, surroundings, now }, None);
        return Ok(Issue { findings: noted(&found, told, None), ..bare });
    };
    let cache = Cache::of(&read.0.document);
    // One for all of the report: what is said of the copy is found in it.
    let pepper = Pepper::random();
    let copy = redacted(&cache, &pepper).map_err(|error| Failure::from_error(Kind::Write, error))?;
    let double = stand_in(&cache, &pepper).ok_or_else(|| Failure::new(Kind::Write, "the cache cannot be redacted"))?;
    let double = Cache::of(&double);
    // Its entries stand at the places of the real ones.
    let told = findings_in(&double, &discreet(&patient.surroundings), None, session.now);
    let mut findings = noted(&found, told, Some(&double));
    let place = format!(" {}", quoted(&patient.source.place().to_string()));
    let mut explained = explanation(session, asked, (&cache, &read.1), &place, &double)?;
    leave_out(&Discretion::of(&cache, &pepper), &mut findings, &mut explained);
    Ok(Issue { findings, explained, copy: Some(copy), ..bare })
}

/// Names and values that name nobody: the place is not among them.
fn versions(patient: &Patient) -> Vec<(&'static str, String)> {
    let around = &patient.surroundings;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = format!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, kernel.trim());
    let modes =
        [around.file_mode, around.folder_mode].map(|mode| mode.map_or("?".to_owned(), |mode| format!("{mode:04o}")));
    let [file, folder] = modes;
    let state = match &patient.reading {
        Reading::Cache(read) => {
            let accounts = read.1.accounts.iter().filter(|account| !account.is_app_only()).count();
            format!("{} bytes, {}", read.0.bytes, entries_of(read.1.rows.len(), accounts))
        }
        Reading::NotACache(error) => format!("{} bytes, not a cache: {error}", around.length.unwrap_or_default()),
        Reading::Closed(state, _) => format!("not opened: {state}"),
    };
    let writer = patient.reading.roster().map_or(Dialect::Unknown, |roster| roster.dialect);
    vec![
        ("saltcellar", env!("CARGO_PKG_VERSION").to_owned()),
        ("system", system.trim().to_owned()),
        ("app", around.app.clone().unwrap_or_else(|| "not one that saltcellar knows".to_owned())),
        ("written by", written_by(writer)),
        ("file", format!("mode {file} in a folder of mode {folder}")),
        ("cache", state),
    ]
}

fn written_by(writer: Dialect) -> String {
    match writer {
        Dialect::Unknown => "a library that cannot be told".to_owned(),
        Dialect::Python | Dialect::DotNet | Dialect::Node | Dialect::Java | Dialect::Go => writer.library().to_owned(),
    }
}

/// The surroundings without the names in them.
fn discreet(around: &Surroundings) -> Surroundings {
    let lock = |lock: &LeftLock| LeftLock { name: "The lock file".into(), holder: "a process".into(), ..lock.clone() };
    let secrets = |file: &SecretsFile| SecretsFile { name: "A file of the app".into(), ..file.clone() };
    let copy = |copy: &CopyFile| CopyFile { name: "A file beside it".into(), ..copy.clone() };
    Surroundings {
        left_locks: around.left_locks.iter().map(lock).collect(),
        left_temps: around.left_temps.iter().map(|_| "A temp file".to_owned()).collect(),
        stale_siblings: around
            .stale_siblings
            .iter()
            .map(|_| ("A file of the app".into(), "an account".into()))
            .collect(),
        app_secrets: around.app_secrets.iter().map(secrets).collect(),
        copies: around.copies.iter().map(copy).collect(),
        // Its accounts would have to be redacted alike.
        twin: None,
        ..around.clone()
    }
}

/// `found` in the words of `told`, where the same was found in the redacted copy.
fn noted(found: &[Finding], mut told: Vec<Finding>, double: Option<&Cache<'_>>) -> Vec<Noted> {
    let mut says = |finding: &Finding| {
        let is_same = |other: &Finding| {
            (other.rule, other.severity, &other.entries) == (finding.rule, finding.severity, &finding.entries)
        };
        told.iter().position(is_same).map(|at| told.remove(at).says)
    };
    let noted = |finding: &Finding| Noted {
        rule: finding.rule,
        severity: finding.severity,
        says: says(finding),
        count: finding.entries.len(),
        entries: double.map(|double| labels(double, &finding.entries)).unwrap_or_default(),
    };
    found.iter().map(noted).collect()
}

/// What the libraries would do with the real cache, told with the names of its redacted copy.
fn explanation(
    session: &Session,
    asked: &Asked,
    here: (&Cache<'_>, &Roster),
    place: &str,
    double: &Cache<'_>,
) -> Result<Vec<String>, Failure> {
    if !asked.is_given() {
        return Ok(Vec::new());
    }
    let (_, told) = explanations(session, asked, here, place, Extent::Every)?;
    Ok(told.iter().flat_map(|one| explained(one, double)).collect())
}

/// A second opinion: what would betray something is not said, nor a sentence with a word that somebody is called by.
fn leave_out(discretion: &Discretion<'_>, findings: &mut [Noted], explained: &mut Vec<String>) {
    let said = findings.iter().flat_map(|noted| noted.says.iter().chain(&noted.entries));
    let all: String = said.chain(&*explained).map(|line| format!("{line}\n")).collect();
    if discretion.passes(&all) {
        return;
    }
    for noted in findings {
        noted.says = noted.says.take().filter(|says| discretion.passes(says));
        noted.entries.retain(|entry| discretion.passes(entry));
    }
    explained.retain(|line| discretion.passes(line));
}
