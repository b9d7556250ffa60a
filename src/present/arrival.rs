//! What an import takes in, in words. Shows no secret: there is no way to ask for one.

use super::change::{counted, listed, size};
use super::columns::{columns, padded};
use super::words::{Line, Role};
use crate::cache::{Cache, Roster, Row};
use crate::json::Path;
use crate::ops::import::{Arrival, Fate, Import};
use crate::ops::transfer::Remains;

/// More entries than these are only counted.
const MOST: usize = 200;

/// One line for each entry that comes, replaces another, or is left out, then sentences on the rest.
#[must_use]
pub fn lines(theirs: &Cache<'_>, import: &Import) -> Vec<Line> {
    let told = |arrival: &&Arrival| arrival.fate != Fate::Same;
    let all = import.arrivals.iter().filter(told).count();
    let shown = import.arrivals.iter().filter(told).take(MOST).map(|arrival| (&arrival.path, sign(arrival.fate)));
    let mut lines = entries(theirs, shown);
    if all > MOST {
        lines.push(Line::new().with(Role::Dim, &format!("… and {} more", all - MOST)));
    }
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    if import.same() > 0 {
        let same =
            counted(import.same(), "entry is the same in both and stays", "entries are the same in both and stay");
        lines.push(Line::plain(&format!("{same}.")));
    }
    if !import.new_accounts.is_empty() {
        lines.push(Line::plain(&format!("New here: {}.", listed(&import.new_accounts))));
    }
    lines
}

/// "bob@fabrikam.com stays here too, with 1 token that another one stands for there; …"
#[must_use]
pub fn remains(remains: &Remains) -> Line {
    let (with, out) = match remains.tokens {
        1 => ("1 token of which another value stands there".to_owned(), "both"),
        many => (format!("{many} tokens of which other values stand there"), "them"),
    };
    let says = format!("{} stays here too, with {with}: `forget` takes {out} out.", remains.account);
    Line::new().with(Role::Warn, &says)
}

/// That a cache of MSAL.NET is lost with what comes.
#[must_use]
pub fn mixes() -> Line {
    let says = "Tokens of users and of apps come together: MSAL.NET deletes such a file as soon as an app looks for its \
                own in it. `copy-to --account` takes one account alone; apps keep a file of their own.";
    Line::new().with(Role::Warn, says)
}

fn sign(fate: Fate) -> (&'static str, Role, &'static str) {
    match fate {
        Fate::New => ("+ ", Role::Added, "new here"),
        Fate::Replaces(why) => ("~ ", Role::Plain, why),
        Fate::Stays(why) => ("  ", Role::Warn, why),
        Fate::Same => ("  ", Role::Dim, "the same"),
    }
}

/// One line for each entry of `cache` at a path: a sign with its role, what the entry is, and why.
#[must_use]
pub fn entries<'a>(cache: &Cache<'_>, which: impl Iterator<Item = (&'a Path, (&'a str, Role, &'a str))>) -> Vec<Line> {
    let roster = Roster::of(cache);
    let told: Vec<_> = which.map(|(path, sign)| (cells(cache, &roster, path), sign)).collect();
    let width = |at: usize| told.iter().filter_map(|(cells, _)| cells.get(at)).map(|cell| columns(cell)).max();
    let widths = [0, 1, 2].map(|at| width(at).unwrap_or(0));
    let line = |(cells, (sign, role, why)): &([String; 3], (&str, Role, &str))| {
        let mut line = Line::new().with(*role, sign);
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if width > 0 {
                line = line.with(if at == 0 { Role::Dim } else { Role::Plain }, &padded(cell, width + 2));
            }
        }
        line.with(if *role == Role::Warn { Role::Warn } else { Role::Dim }, why)
    };
    told.iter().map(line).collect()
}

/// Section, title and account of an entry, safe to print.
fn cells(cache: &Cache<'_>, roster: &Roster, path: &Path) -> [String; 3] {
    let row = cache.document().spot(path).and_then(|spot| roster.row_at(spot));
    let account = row.and_then(|row| row.account).and_then(|at| roster.accounts.get(at));
    let section = path.0.first().map_or("", |step| step.name.as_str());
    let title = row.map(Row::title).unwrap_or_default();
    [section, &title, account.map_or("", |account| account.label())].map(|text| Line::plain(text).text())
}

/// "After: 9 entries (was 3); 1.8 -> 5.9 KiB."
#[must_use]
pub fn after(mine: &Cache<'_>, import: &Import, (before, now): (usize, usize)) -> Line {
    let was = mine.entries().count();
    let is = counted(was + import.of(|fate| fate == Fate::New).count(), "entry", "entries");
    Line::plain(&format!("After: {is} (was {was}); {} -> {}.", size(before), size(now)))
}

/// "Took in 5 entries, 1 of them in place of an older one; 2 were left out."
#[must_use]
pub fn done(import: &Import) -> String {
    let new = import.of(|fate| fate == Fate::New).count();
    let replaced = import.of(|fate| matches!(fate, Fate::Replaces(_))).count();
    let left = import.of(|fate| matches!(fate, Fate::Stays(_))).count();
    let mut says = format!("Took in {}", counted(new + replaced, "entry", "entries"));
    if replaced > 0 {
        says.push_str(&format!(", {replaced} in place of another"));
    }
    if left > 0 {
        says.push_str(&format!("; {} out", counted(left, "was left", "were left")));
    }
    says + "."
}
