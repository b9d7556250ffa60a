//! What is wrong with a cache: each finding with its words, its entries and what would mend it.

use std::sync::Arc;

use crate::cache::Cache;
use crate::json::{EntrySpot, ParseError};
use crate::lint::{Finding, RULES, Severity, Subject, about, check_while, remedy};
use crate::present::finding::{Ward, commands};
use crate::present::{Line, Role};
use crate::source::SourceError;
use crate::tui::model::{Content, Reading};
use crate::tui::page::{Around, Block, Fix, Page, Question, Target, Topic};

/// How many entries of a finding are listed before the rest is counted.
const LISTED: usize = 20;

/// The findings, the gravest first.
pub(super) fn page(question: &Question, around: &Around, go_on: &dyn Fn() -> bool) -> Page {
    let Some(asked) = question.here() else { return Page::default() };
    let reading = match &asked.content {
        Content::Ready(reading) => Some(&**reading),
        Content::Loading | Content::Glimpse(_) | Content::Failed(_) => None,
    };
    let cache = reading.map(|reading| Cache::of(&reading.document));
    let subject = Subject {
        cache: cache.as_ref(),
        roster: reading.map(|reading| &*reading.roster),
        unreadable: unreadable(&asked.content),
        surroundings: &around.surroundings,
        now: question.now,
    };
    let findings = check_while(&subject, go_on);
    let ward = Ward {
        path: asked.path.as_deref(),
        sign_out: around.sign_out.as_deref(),
        roster: reading.map(|reading| &*reading.roster),
    };
    let to_do = |finding: &Finding| commands(finding, remedy(finding.rule, &around.surroundings).as_ref(), &ward);
    let mut blocks: Vec<Block> =
        findings.iter().flat_map(|finding| blocks(reading, finding, &to_do(finding))).collect();
    if findings.is_empty() {
        blocks.push(nothing());
    }
    Page { sum: sum(&findings), blocks }
}

fn unreadable(content: &Content) -> Option<&ParseError> {
    let Content::Failed(error) = content else { return None };
    let SourceError::NotACache { cause, .. } = &**error else { return None };
    Some(cause)
}

fn nothing() -> Block {
    let says = format!("Nothing is wrong: this cache passes all {} rules.", RULES.len());
    Block::of(vec![Line::new().with(Role::Good, &says)])
}

/// "2 errors, 1 warning".
fn sum(findings: &[Finding]) -> Line {
    let kinds = [(Severity::Error, Role::Bad), (Severity::Warning, Role::Warn), (Severity::Note, Role::Dim)];
    let mut line = Line::new();
    for (severity, role) in kinds {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        let between = if line.0.is_empty() { "" } else { ", " };
        let plural = if count == 1 { "" } else { "s" };
        if count > 0 {
            line = line.with(Role::Dim, between).with(role, &format!("{count} {}{plural}", severity.name()));
        }
    }
    line
}

fn blocks(reading: Option<&Reading>, finding: &Finding, to_do: &[String]) -> Vec<Block> {
    let fix = finding
        .fix
        .as_ref()
        .zip(reading)
        .map(|(patch, reading)| Arc::new(Fix { patch: patch.clone(), shown: reading.document.clone() }));
    let head =
        Block { lines: told(finding, to_do), opens: Some(Target::Topic(Topic::Rule(finding.rule))), fix: fix.clone() };
    let mut blocks = vec![head];
    if let Some(reading) = reading {
        let entries = finding.entries.iter().take(LISTED).filter_map(|spot| entry(reading, *spot));
        blocks.extend(entries.map(|block| Block { fix: fix.clone(), ..block }));
    }
    let more = finding.entries.len().saturating_sub(LISTED);
    if more > 0 {
        blocks.push(Block::of(vec![Line::new().with(Role::Dim, &format!("    and {more} more"))]));
    }
    blocks.push(Block::of(vec![Line::new()]));
    blocks
}

/// The finding with its key where that mends it, else with the commands that do.
fn told(finding: &Finding, to_do: &[String]) -> Vec<Line> {
    let (sign, role) = match finding.severity {
        Severity::Error => ("x ", Role::Bad),
        Severity::Warning => ("! ", Role::Warn),
        Severity::Note => ("- ", Role::Dim),
    };
    let title = about(finding.rule).map_or("", |about| about.title);
    let head =
        Line::new().with(role, sign).with(Role::Strong, title).with(Role::Dim, "  ").with(Role::Dim, finding.rule);
    let says = Line::plain("  ").with(Role::Plain, &finding.says);
    let run = |command: &String| Line::new().with(Role::Label, "  run  ").with(Role::Plain, command);
    let helps: Vec<Line> = match &finding.fix {
        Some(patch) => vec![Line::new().with(Role::Strong, "  F  ").with(Role::Plain, &patch.title)],
        None => to_do.iter().map(run).collect(),
    };
    [head, says].into_iter().chain(helps).collect()
}

/// "    AT Microsoft Graph  ada@contoso.com".
fn entry(reading: &Reading, spot: EntrySpot) -> Option<Block> {
    let row = reading.roster.rows.get(reading.row_of(spot)?)?;
    let account = row.account.and_then(|at| reading.roster.accounts.get(at)).map_or("", |account| account.label());
    let line = Line::plain(&format!("    {:<4} ", row.section.short()))
        .with(Role::Plain, &row.title())
        .with(Role::Dim, "  ")
        .with(Role::Dim, account);
    Some(Block::to(Target::Entry(reading.document.path(spot)), line))
}
