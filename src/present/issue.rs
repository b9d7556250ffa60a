//! A report for an upstream issue as Markdown: versions, findings, locks, the silent acquisition that goes wrong, and the
//! redacted cache. Knows only stand-ins: whoever fills it has put them in the place of names and ids.

use super::change::counted;
use super::lock;
use super::when;
use crate::cache::Cache;
use crate::json::EntrySpot;
use crate::lint::{Severity, about};
use crate::ops::entry_label;
use crate::ops::explain::{Answer, Candidate, Explanation, Named};
use crate::source::{LockKind, LockState, LockStatus};
use crate::time::UnixSeconds;

/// What a report says.
#[derive(Default)]
pub struct Issue {
    /// Names and values of the versions table.
    pub versions: Vec<(&'static str, String)>,
    /// What the doctor found.
    pub findings: Vec<Noted>,
    /// One line a lock.
    pub locks: Vec<String>,
    /// What each library would do, as a list; empty if nobody asked.
    pub explained: Vec<String>,
    /// The redacted cache; `None` for a text that is none.
    pub copy: Option<String>,
}

/// A finding without names.
pub struct Noted {
    /// The rule.
    pub rule: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, if it can be told with stand-ins alone.
    pub says: Option<String>,
    /// How many entries it is about.
    pub count: usize,
    /// `SECTION/KEY` of those entries in the redacted copy, if they can be named there.
    pub entries: Vec<String>,
}

/// How many entries of a finding are named.
const NAMED: usize = 20;

/// The report.
#[must_use]
pub fn markdown(issue: &Issue) -> String {
    let versions = issue.versions.iter().map(|(name, value)| format!("| {name} | {value} |\n"));
    let findings: String = match issue.findings.as_slice() {
        [] => "None.\n".to_owned(),
        some => some.iter().map(noted).collect(),
    };
    let mut text = format!(
        "<!-- Secrets are fingerprints; names, ids and hosts of your own are stand-ins. Read this before you post it. -->\n\n\
         ## What happens\n\n(What did you do, what did you expect, what came instead?)\n\n\
         ## Versions\n\n| | |\n|---|---|\n{}\n## What `saltcellar doctor` finds\n\n{findings}",
        versions.collect::<String>(),
    );
    text.push_str(&section("Locks", &issue.locks));
    text.push_str(&section("What a silent request would do", &issue.explained));
    if let Some(copy) = &issue.copy {
        text.push_str(&format!("\n## The cache, redacted\n\n```json\n{}\n```\n", copy.trim_end()));
    }
    text
}

/// "3 entries of 1 account", as `stats` counts them.
#[must_use]
pub fn entries_of(entries: usize, accounts: usize) -> String {
    format!("{} of {}", counted(entries, "entry", "entries"), counted(accounts, "account", "accounts"))
}

fn section(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("\n## {title}\n\n{lines}")
}

fn noted(noted: &Noted) -> String {
    let Noted { rule, severity, says, count, entries } = noted;
    let title = about(rule).map_or("", |about| about.title);
    let says = says.as_deref().map(|says| format!(": {says}")).unwrap_or_default();
    let mut text = format!("- **{}** `{rule}` {title}{says}\n", severity.name());
    text.extend(entries.iter().take(NAMED).map(|entry| format!("  - `{entry}`\n")));
    let untold = count.saturating_sub(entries.len().min(NAMED));
    if untold > 0 {
        text.push_str(&format!("  - {untold} {}\n", if untold == 1 { "entry" } else { "entries" }));
    }
    text
}

/// A lock without its path and the name of its holder.
#[must_use]
pub fn lock_line(status: &LockStatus, now: UnixSeconds) -> String {
    let which = match status.path.file_name().is_some_and(|name| name == ".lockfile") {
        true => "the folder's lock (MSAL4J)",
        false => "the cache's lock",
    };
    let (holder, detail) = match &status.state {
        LockState::Held { holder, kernel } => (Some(holder), kernel_words(kernel)),
        LockState::LeftOver { holder, proof } => (Some(holder), format!(", {proof}")),
        LockState::Free | LockState::NotAFile | LockState::Unreadable { .. } => (None, String::new()),
    };
    let signed =
        holder.map(|holder| if holder.pid.is_some() { ", signed" } else { ", not signed" }).unwrap_or_default();
    let age = holder.and_then(|holder| holder.since).map(|since| format!(", {}", when::relative(since, now)));
    format!("- {which}: {}{signed}{}{detail}", lock::name(&status.state), age.unwrap_or_default())
}

fn kernel_words(kernel: &[LockKind]) -> String {
    let kinds: Vec<String> = kernel.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
    if kinds.is_empty() { ", no kernel lock".to_owned() } else { format!(", kernel locks: {}", kinds.join(" ")) }
}

/// What one library would do, its entries named as in the redacted copy, `stand_in`.
#[must_use]
pub fn explained(explanation: &Explanation, stand_in: &Cache<'_>) -> Vec<String> {
    let mut lines = vec![format!("- {}: {}", explanation.runtime.title(), course(&explanation.answer, stand_in))];
    let others = explanation.also_possible.iter().map(|answer| format!("  - or: {}", course(answer, stand_in)));
    lines.extend(others);
    lines.extend(explanation.candidates.iter().map(|candidate| looked_at(candidate, stand_in)));
    lines
}

fn course(answer: &Answer, stand_in: &Cache<'_>) -> String {
    let label = |named: &Named| format!(" `{}`", entry_label(stand_in, named.spot));
    let entry: String = answer.entry.iter().map(label).collect();
    let tokens: String = answer.refresh_tokens.iter().map(label).collect();
    let with = if tokens.is_empty() { String::new() } else { format!(", with{tokens}") };
    format!("**{}**{entry}{with}", answer.outcome.name())
}

fn looked_at(candidate: &Candidate, stand_in: &Cache<'_>) -> String {
    let failing: Vec<&str> = candidate.failing().map(|check| check.name).collect();
    let verdict = if failing.is_empty() { "fits".to_owned() } else { format!("fails at: {}", failing.join(", ")) };
    format!("  - `{}` {verdict}", entry_label(stand_in, candidate.named.spot))
}

/// `SECTION/KEY` of each entry in the redacted copy.
#[must_use]
pub fn labels(stand_in: &Cache<'_>, spots: &[EntrySpot]) -> Vec<String> {
    spots.iter().map(|spot| entry_label(stand_in, *spot)).collect()
}
