//! `doctor --fix`: the fixes of one cache as one change, through the one writing flow, and a second look afterwards.
//! Changes the text of the cache alone: what else is wrong is a person's to mend.

use super::args::{OnePlace, Writing};
use super::caches::Opened;
use super::change::{Keeps, Wish, carry_out};
use super::failure::{Exit, Failure, Kind};
use super::patient::{Patient, Reading, findings_in};
use super::session::{Form, Session};
use crate::cache::Cache;
use crate::lint::{self, Finding, Severity};
use crate::present::finding::summary;
use crate::present::{Line, Role};
use crate::source::{SealTrouble, SourceError};

/// Mends the one cache of `opened`; what one rule finds, if `rule` names it.
///
/// # Errors
/// Several caches, one that cannot be read, or why nothing was written.
pub(super) fn mend(
    session: &Session,
    writing: &Writing,
    opened: Vec<Opened>,
    rule: Option<&str>,
) -> Result<Exit, Failure> {
    let patient = readable(Patient::examine(session, only_one(opened, "--fix")?)?)?;
    let around = patient.surroundings.clone();
    let propose = |cache: &Cache<'_>| Ok(lint::together(&findings_in(cache, &around, rule, session.now)));
    let place = OnePlace::default();
    let nothing = "Nothing here can be mended by a change of the cache's text.";
    let wish = Wish { place: &place, writing, keeps: Keeps::Undo, propose: &propose, nothing };
    let exit = carry_out(session, &patient.source, &wish)?;
    if writing.dry_run {
        return Ok(exit);
    }
    let after = Patient::of(session, patient.source)?;
    let left = after.findings(rule, session.now);
    if session.form == Form::Words {
        session.talk_all(&[told(&left)]);
    }
    // What is written ends with 0 or 6, whatever is left.
    let is_ill = left.iter().any(|finding| finding.severity == Severity::Error) && !session.has_written();
    Ok(if is_ill { Exit::Ill } else { exit })
}

/// The one of `opened` that `what` is about.
///
/// # Errors
/// There are several.
pub(super) fn only_one(mut opened: Vec<Opened>, what: &str) -> Result<Opened, Failure> {
    match (opened.pop(), opened.len()) {
        (Some(one), 0) => Ok(one),
        (_, others) => {
            let failure = Failure::new(Kind::Usage, format!("{what} takes one cache, and here are {}", others + 1));
            Err(failure.hint("name the one that is meant, or see all: saltcellar doctor"))
        }
    }
}

fn readable(patient: Patient) -> Result<Patient, Failure> {
    let (source, place) = (patient.source.place(), patient.source.place().to_string());
    match &patient.reading {
        Reading::Cache(_) => Ok(patient),
        Reading::NotACache(cause) => Err(Failure::at(source, SourceError::NotACache { place, cause: cause.clone() })),
        Reading::Closed(state, _) => {
            Err(Failure::new(Kind::Sealed(SealTrouble::Closed), format!("{place} is not opened: {state}")))
        }
    }
}

/// What a second look finds. A fix that got into another's way can be had by a second run.
fn told(left: &[Finding]) -> Line {
    if left.is_empty() {
        return Line::new().with(Role::Good, "Nothing is left to find.");
    }
    let severities: Vec<Severity> = left.iter().map(|finding| finding.severity).collect();
    let mut line = Line::plain("Left: ");
    line.0.extend(summary(&severities, 1).0);
    line.with(
        Role::Plain,
        match lint::together(left).is_empty() {
            true => "; `saltcellar doctor` tells them.",
            false => "; run it again to mend more.",
        },
    )
}
