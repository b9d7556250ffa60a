//! What the doctor found, in words: how grave, which rule, which entries, and what to do. Shows no secret; judges
//! nothing: that is lint's.

use std::path::Path;

use super::words::{Line, Role, quoted};
use crate::cache::{Dialect, Roster, Row};
use crate::json::EntrySpot;
use crate::lint::{Finding, Remedy, Severity, about};

/// How many entries of a finding are named.
const NAMED: usize = 5;

/// Where a finding was made, for the commands that mend it.
#[derive(Clone, Copy, Debug)]
pub struct Ward<'a> {
    /// The file; `None` for a cache in memory, of which no command speaks.
    pub path: Option<&'a Path>,
    /// The app's command that signs out, with `{username}` for the account.
    pub sign_out: Option<&'a str>,
    /// The rows of the cache, if it is one.
    pub roster: Option<&'a Roster>,
}

/// The finding, its entries, and `to_do`: what a person runs.
#[must_use]
pub fn lines(finding: &Finding, ward: &Ward<'_>, to_do: &[String]) -> Vec<Line> {
    let (word, role) = severity(finding.severity);
    let title = about(finding.rule).map_or("", |about| about.title);
    let head = Line::new().with(role, &format!("{word:<8} ")).with(Role::Strong, finding.rule);
    let mut lines = vec![head.with(Role::Plain, &format!("  {title}"))];
    lines.push(Line::plain("  ").with(Role::Plain, &finding.says));
    lines.extend(ward.roster.map(|roster| entries(roster, &finding.entries)).unwrap_or_default());
    lines.extend(to_do.iter().map(|command| Line::new().with(Role::Label, "  run: ").with(Role::Plain, command)));
    if let Some(about) = about(finding.rule) {
        lines.push(Line::new().with(Role::Label, "  see: ").with(Role::Dim, about.link));
    }
    lines
}

/// What a person runs to mend a finding: the remedy of its rule, or the doctor itself where it has a fix.
#[must_use]
pub fn commands(finding: &Finding, remedy: Option<&Remedy>, ward: &Ward<'_>) -> Vec<String> {
    let Some(path) = ward.path else { return Vec::new() };
    let place = quoted(&path.display().to_string());
    if finding.fix.as_ref().is_some_and(|fix| !fix.is_empty()) {
        let fix = format!("saltcellar doctor {place} --fix --rule {}", finding.rule);
        return std::iter::once(fix).chain(rewrite(remedy, &place)).collect();
    }
    let folder = quoted(&path.parent().unwrap_or(Path::new(".")).display().to_string());
    match remedy {
        None => Vec::new(),
        Some(Remedy::CloseFile) => vec![format!("chmod 600 {place}")],
        Some(Remedy::CloseFolder) => vec![format!("chmod 700 {folder}")],
        Some(Remedy::ClearLocks) => vec![format!("saltcellar lock clear {place}")],
        Some(Remedy::DropUndo) => vec![format!("saltcellar undo {place} --drop")],
        Some(Remedy::Delete(names)) => beside(path, names).map(|file| format!("rm {file}")).collect(),
        Some(Remedy::LookAndDelete(names)) => {
            let looks = beside(path, names).map(|file| format!("saltcellar list {file}"));
            looks.chain(beside(path, names).map(|file| format!("rm {file}"))).collect()
        }
        Some(Remedy::Close(names)) => beside(path, names).map(|file| format!("chmod 600 {file}")).collect(),
        Some(Remedy::Salvage) => vec![salvage(path)],
        Some(Remedy::Rewrite(_)) => rewrite(remedy, &place).into_iter().collect(),
        Some(Remedy::SignOut(account)) => {
            ward.sign_out.iter().map(|command| command.replace("{username}", &quoted(account))).collect()
        }
    }
}

/// The files called `names` beside `path`, as a shell takes them.
fn beside(path: &Path, names: &[String]) -> impl Iterator<Item = String> {
    names.iter().map(|name| quoted(&path.with_file_name(name).display().to_string()))
}

/// The command that writes the whole cache as its runtime does: keys, spellings, hosts and accounts too.
fn rewrite(remedy: Option<&Remedy>, place: &str) -> Option<String> {
    let Some(Remedy::Rewrite(dialect)) = remedy else { return None };
    let word = match dialect {
        Dialect::Python => "python",
        Dialect::Node => "node",
        Dialect::DotNet => "dotnet",
        Dialect::Java => "java",
        Dialect::Go => "go",
        Dialect::Unknown => return None,
    };
    Some(format!("saltcellar reserialise {place} --dialect {word}"))
}

/// The command that saves what can be read of a broken cache to a new file beside it.
#[must_use]
pub fn salvage(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let recovered = path.with_file_name(format!("recovered-{name}")).display().to_string();
    format!("saltcellar salvage {} --out {}", quoted(&path.display().to_string()), quoted(&recovered))
}

/// "2 errors, 3 warnings, 1 note in 2 caches".
#[must_use]
pub fn summary(findings: &[Severity], caches: usize) -> Line {
    let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let where_ = format!("in {}", counted(caches, "cache"));
    let told: Vec<(Role, String)> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|wanted| (wanted, findings.iter().filter(|found| **found == wanted).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(wanted, count)| (severity(wanted).1, counted(count, wanted.name())))
        .collect();
    if told.is_empty() {
        return Line::new().with(Role::Good, "Nothing found ").with(Role::Plain, &where_);
    }
    let line = told.iter().enumerate().fold(Line::new(), |line, (at, (role, words))| {
        line.with(Role::Plain, if at == 0 { "" } else { ", " }).with(*role, words)
    });
    line.with(Role::Plain, &format!(" {where_}"))
}

fn severity(severity: Severity) -> (&'static str, Role) {
    let role = match severity {
        Severity::Error => Role::Bad,
        Severity::Warning => Role::Warn,
        Severity::Note => Role::Label,
    };
    (severity.name(), role)
}

/// One line an entry: section, title, tenant, whose, fingerprint.
fn entries(roster: &Roster, spots: &[EntrySpot]) -> Vec<Line> {
    let rows = spots.iter().filter_map(|spot| roster.row_at(*spot));
    let mut lines: Vec<Line> = rows.take(NAMED).map(|row| entry(roster, row)).collect();
    if spots.len() > NAMED {
        lines.push(Line::new().with(Role::Dim, &format!("    … and {} more", spots.len() - NAMED)));
    }
    lines
}

fn entry(roster: &Roster, row: &Row) -> Line {
    let owner = row.account.and_then(|at| roster.accounts.get(at)).map(|account| account.label().to_owned());
    let owner = owner.or_else(|| row.home_account_id.as_deref().map(str::to_owned)).unwrap_or_default();
    let words = [row.title(), roster.tenant_name(row).into_owned(), owner];
    let mut line = Line::plain("    ").with(Role::Plain, &row.section_name);
    for word in words.iter().filter(|word| !word.is_empty()) {
        line = line.with(Role::Plain, "  ").with(Role::Plain, word);
    }
    match row.fingerprint {
        Some(fingerprint) => line.with(Role::Plain, "  ").with(Role::Secret, &fingerprint.to_string()),
        None => line,
    }
}
