//! `doctor`: what is wrong with caches and with what lies around them, and what to do. Changes nothing unless `--fix`
//! asks, and then only a cache's own text.

mod many;

use std::path::PathBuf;

use clap::Args;
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use serde::{Serialize, Serializer};

use super::args::{Typed, Writing, place_parser};
use super::caches::{Opened, open_all};
use super::explain::Asked;
use super::failure::{Exit, Failure, Kind};
use super::issue;
use super::lax::Lax;
use super::mend::mend;
use super::patient::{Patient, Reading};
use super::session::{Form, Session};
use super::{complete, new_file, report};
use crate::json::{Document, Path};
use crate::lint::{self, About, Finding, RULES, Severity};
use crate::present::finding::{Ward, commands, lines, summary};
use crate::present::{Line, Role};

/// Find what is wrong with caches and their surroundings
///
/// Without a PLACE it looks at the caches found here; sealed ones are not opened, only what lies around them is seen.
/// Exit code 12: some app fails on a cache, or a secret lies open.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Caches to look at; none for those found here
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    places: Vec<Typed>,
    /// Only what this rule finds
    #[arg(long, value_name = "ID", value_parser = rule, add = clap_complete::ArgValueCandidates::new(rules))]
    rule: Option<&'static About>,
    /// Explain a rule, or list all of them, and look at nothing
    #[arg(long, value_name = "RULE", num_args = 0..=1, value_parser = rule, add = clap_complete::ArgValueCandidates::new(rules))]
    explain: Option<Option<&'static About>>,
    /// Mend what a change of the cache's text can mend, in one cache
    #[arg(long)]
    fix: bool,
    /// Write a report for an upstream issue to a new file: versions, findings, locks, the redacted cache
    #[arg(long, value_name = "FILE", value_parser = new_file::path_parser(), conflicts_with_all = ["fix", "rule"])]
    issue: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten, next_help_heading = "With --issue, the silent request that goes wrong")]
    asked: Asked,
}

fn rule(id: &str) -> Result<&'static About, String> {
    lint::about(id).ok_or_else(|| format!("there is no rule {id}; `saltcellar doctor --explain` lists them"))
}

fn rules() -> Vec<CompletionCandidate> {
    let candidate = |about: &About| CompletionCandidate::new(about.id).help(Some(about.title.into()));
    RULES.iter().map(|rule| candidate(rule.about())).collect()
}

/// Runs the command.
///
/// # Errors
/// No cache was found.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(about) = arguments.explain {
        explain(session, about);
        return Ok(Exit::Done);
    }
    let only = arguments.rule.map(|about| about.id);
    if arguments.fix {
        return mend(session, &arguments.writing, open_all(session, &arguments.places)?, only);
    }
    if let Some(path) = &arguments.issue {
        return issue::write(
            session,
            &arguments.writing,
            open_all(session, &arguments.places)?,
            &arguments.asked,
            path,
        );
    }
    refuse_idle(arguments)?;
    let policy = Lax::of(session);
    if let (Form::Words, Some(lax)) = (session.form, &policy) {
        session.say_all(&lax.lines());
    }
    if !session.is_demo && arguments.places.iter().any(|typed| typed.place.is_collection()) {
        let worst = if policy.is_some() { Exit::Ill } else { Exit::Done };
        return Ok(worst.worse(many::run(session, &arguments.places, only)));
    }
    let seen: Vec<Seen> =
        open_all(session, &arguments.places)?.into_iter().map(|opened| Seen::of(session, opened, only)).collect();
    match session.form {
        Form::Words => in_words(session, &seen),
        Form::Json => in_json(session, &seen, policy.as_ref()),
    }
    let worst = if policy.is_some() { Exit::Ill } else { Exit::Done };
    Ok(seen.iter().fold(worst, |worst, seen| worst.worse(seen.exit())))
}

/// Flags of a change are not to be passed over where nothing changes.
fn refuse_idle(arguments: &Arguments) -> Result<(), Failure> {
    let Writing { dry_run, yes, confirm } = &arguments.writing;
    if *yes || *dry_run || confirm.is_some() {
        let failure = Failure::new(Kind::Usage, "--dry-run, --yes and --confirm go with --fix");
        return Err(failure.hint("without it the doctor changes nothing"));
    }
    if arguments.asked.is_given() {
        let failure = Failure::new(Kind::Usage, "--client, --account, --authority and --scope go with --issue");
        return Err(failure.hint("see what a library would do: saltcellar explain"));
    }
    Ok(())
}

/// One place after the doctor's look.
struct Seen {
    place: String,
    app: Option<String>,
    patient: Result<Patient, Failure>,
    findings: Vec<Finding>,
}

impl Seen {
    fn of(session: &Session, opened: Opened, only: Option<&str>) -> Self {
        let (place, app) = (opened.place.clone(), opened.app.clone());
        let patient = Patient::examine(session, opened);
        let findings = patient.as_ref().map(|patient| patient.findings(only, session.now)).unwrap_or_default();
        let app = app.or_else(|| patient.as_ref().ok().and_then(|patient| patient.surroundings.app.clone()));
        Self { place, app, patient, findings }
    }

    fn exit(&self) -> Exit {
        let opened = match &self.patient {
            Ok(Patient { reading: Reading::Closed(_, exit), .. }) => *exit,
            Ok(Patient { reading: Reading::Cache(_) | Reading::NotACache(_), .. }) => Exit::Done,
            Err(failure) => failure.kind().exit(),
        };
        let is_ill = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        opened.worse(if is_ill { Exit::Ill } else { Exit::Done })
    }
}

/// The words of one rule, or the list of all.
fn explain(session: &Session, about: Option<&'static About>) {
    let Some(about) = about else {
        let width = RULES.iter().map(|rule| rule.about().id.len()).max().unwrap_or(0);
        for about in RULES.iter().map(|rule| rule.about()) {
            let line = Line::new().with(Role::Strong, &format!("{:<width$}", about.id));
            session.say(&line.with(Role::Plain, &format!("  {:<8} {}", about.severity.name(), about.title)));
        }
        return;
    };
    session.say(&Line::new().with(Role::Strong, about.id).with(Role::Plain, &format!(": {}", about.title)));
    session.say(&Line::new().with(Role::Label, "at worst: ").with(Role::Plain, about.severity.name()));
    session.say(&Line::new());
    about.text.lines().for_each(|line| session.say(&Line::plain(line)));
    session.say(&Line::new());
    session.say(&Line::new().with(Role::Label, "see: ").with(Role::Plain, about.link));
}

fn in_words(session: &Session, seen: &[Seen]) {
    seen.iter().for_each(|one| tell(session, one));
    let severities: Vec<Severity> = seen.iter().flat_map(|seen| &seen.findings).map(|found| found.severity).collect();
    let looked_at = seen.iter().filter(|seen| seen.patient.is_ok()).count();
    if looked_at > 0 {
        session.say(&summary(&severities, looked_at));
    }
    for failure in seen.iter().filter_map(|seen| seen.patient.as_ref().err()) {
        session.report(failure);
    }
}

/// One cache with what was found.
fn tell(session: &Session, one: &Seen) {
    let Ok(patient) = &one.patient else { return };
    session.say(&head(session, one, patient));
    let path = patient.source.path();
    let ward = Ward { path: path.as_deref(), sign_out: patient.sign_out.as_deref(), roster: patient.reading.roster() };
    for finding in &one.findings {
        session.say_all(&lines(finding, &ward, &to_do(finding, patient, &ward)));
    }
    session.say(&Line::new());
}

fn head(session: &Session, seen: &Seen, patient: &Patient) -> Line {
    let place = session.named(patient.source.place());
    let mut line = Line::new().with(Role::Strong, &place);
    if let Some(app) = &seen.app {
        line = line.with(Role::Plain, &format!("  {app}"));
    }
    match &patient.reading {
        Reading::Closed(state, _) => line.with(Role::Dim, &format!("  {state}, not opened")),
        Reading::NotACache(_) => line.with(Role::Bad, "  not a cache"),
        Reading::Cache(_) if seen.findings.is_empty() => line.with(Role::Good, "  nothing found"),
        Reading::Cache(_) => line,
    }
}

fn to_do(finding: &Finding, patient: &Patient, ward: &Ward<'_>) -> Vec<String> {
    commands(finding, lint::remedy(finding.rule, &patient.surroundings).as_ref(), ward)
}

/// `doctor --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a Lax>,
    caches: Vec<One<'a>>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum One<'a> {
    Seen {
        place: &'a str,
        app: Option<&'a str>,
        opened: bool,
        /// Of a place with many caches: how many were looked at.
        #[serde(skip_serializing_if = "Option::is_none")]
        looked_at: Option<usize>,
    },
    Failed(report::Failed<'a>),
}

#[derive(Serialize)]
struct Found<'a> {
    place: &'a str,
    rule: &'static str,
    severity: &'static str,
    entries: Entries,
    says: &'a str,
    fixable: bool,
    run: Vec<String>,
    link: &'static str,
}

/// The entries of a finding, by name.
struct Entries(Vec<Path>);

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter_map(|path| report::Named::new(path, None)))
    }
}

fn in_json(session: &Session, seen: &[Seen], policy: Option<&Lax>) {
    let caches = seen.iter().map(one_in_json).collect();
    let findings = seen.iter().flat_map(found_in_json).collect();
    report::answer(session, &Report { at: session.now.0, policy, caches, findings });
}

fn one_in_json(seen: &Seen) -> One<'_> {
    match &seen.patient {
        Ok(patient) => {
            let opened = !matches!(patient.reading, Reading::Closed(..));
            One::Seen { place: &seen.place, app: seen.app.as_deref(), opened, looked_at: None }
        }
        Err(failure) => One::Failed(report::Failed::new(Some(&seen.place), failure)),
    }
}

fn found_in_json(seen: &Seen) -> Vec<Found<'_>> {
    let Ok(patient) = &seen.patient else { return Vec::new() };
    let path = patient.source.path();
    let ward = Ward { path: path.as_deref(), sign_out: patient.sign_out.as_deref(), roster: patient.reading.roster() };
    let found = |finding| found_one(&seen.place, finding, patient, &ward);
    seen.findings.iter().map(found).collect()
}

fn found_one<'a>(place: &'a str, finding: &'a Finding, patient: &'a Patient, ward: &Ward<'_>) -> Found<'a> {
    let document = patient.reading.loaded().map(|loaded| &loaded.document);
    let paths = |document: &Document| finding.entries.iter().map(|spot| document.path(*spot)).collect();
    Found {
        place,
        rule: finding.rule,
        severity: finding.severity.name(),
        entries: Entries(document.map(paths).unwrap_or_default()),
        says: &finding.says,
        fixable: finding.fix.as_ref().is_some_and(|fix| !fix.is_empty()),
        run: to_do(finding, patient, ward),
        link: lint::about(finding.rule).map_or("", |about| about.link),
    }
}
