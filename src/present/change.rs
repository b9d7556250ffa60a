//! A patch in words: what goes, the effect, what was done. Shows no secret: there is no way to ask for one.

use super::columns::padded;
use super::words::{Line, Role};
use crate::cache::{Cache, Roster, Row, Section};
use crate::json::{Change, Edit, Patch, Path};
use crate::ops::{self, Effect, Severity};

pub use super::diff::{diff, diff_while};

/// One line a change: "- AccessToken  Key Vault  ada@contoso.com  expired 3d ago".
#[must_use]
pub fn changes(cache: &Cache<'_>, patch: &Patch) -> Vec<Line> {
    changes_while(cache, &Roster::shared(cache), patch, &|| true)
}

/// The same of the first `limit` changes, then how many more there are.
#[must_use]
pub fn first_changes(cache: &Cache<'_>, patch: &Patch, limit: usize) -> Vec<Line> {
    let first = patch.changes.get(..limit).unwrap_or(&patch.changes);
    let mut lines = told(cache, &Roster::shared(cache), first, &|| true);
    let more = patch.changes.len() - first.len();
    lines.extend((more > 0).then(|| Line::new().with(Role::Dim, &format!("  … and {more} more"))));
    lines
}

/// The same with the roster at hand, as long as `go_on` says so, which is asked before each change; then those until
/// then.
#[must_use]
pub fn changes_while(cache: &Cache<'_>, roster: &Roster, patch: &Patch, go_on: &dyn Fn() -> bool) -> Vec<Line> {
    told(cache, roster, &patch.changes, go_on)
}

fn told(cache: &Cache<'_>, roster: &Roster, changes: &[Change], go_on: &dyn Fn() -> bool) -> Vec<Line> {
    let changes = changes.iter().take_while(|_| go_on());
    let told: Vec<Told<'_>> = changes.map(|change| Told::of(cache, roster, change)).collect();
    let width = |text: for<'t> fn(&'t Told<'_>) -> &'t str| {
        told.iter().map(|told| super::columns::columns(text(told))).max().unwrap_or(0)
    };
    let widths = [width(|told| &told.section), width(|told| &told.title), width(|told| &told.account)];
    told.iter().map(|told| told.line(widths)).collect()
}

/// Sentences on what the change does and does not do: counts after, who must sign in again, family apps,
/// what running apps still hold, who writes entries back, that nothing is revoked.
#[must_use]
pub fn effect(effect: &Effect) -> Vec<Line> {
    let mut lines = consequences(effect);
    if gone(effect) == 0 {
        return lines;
    }
    if matches!(effect.severity, Severity::Severe { .. }) {
        lines.push(Line::new().with(Role::Warn, "This is local only: it does not revoke anything at Entra ID."));
    }
    lines.push(Line::new().with(Role::Dim, "Open apps keep what they hold in memory until they reload."));
    if !effect.resurrecting.is_empty() {
        let says = format!("{} apps put deleted entries back until restarted.", effect.resurrecting.join(" and "));
        lines.push(Line::new().with(Role::Warn, &says));
    }
    lines
}

/// What the change means for this one cache: counts after, who must sign in again, what renews.
#[must_use]
pub fn consequences(effect: &Effect) -> Vec<Line> {
    let mut lines = vec![after(effect)];
    if gone(effect) > 0 {
        lines.extend(sign_in(effect));
        lines.extend(renewal(effect));
    }
    lines
}

fn gone(effect: &Effect) -> usize {
    effect.counts.iter().map(|(_, gone, _)| gone).sum()
}

/// "Removed 3 access tokens of ada@contoso.com." `cache` is the one from before the change.
#[must_use]
pub fn done(cache: &Cache<'_>, patch: &Patch) -> String {
    let gone = ops::removed(cache, patch);
    if gone.is_empty() {
        return match patch.changes.len() {
            0 => "Nothing to do.".to_owned(),
            1 => "Made 1 change.".to_owned(),
            many => format!("Made {many} changes."),
        };
    }
    let roster = Roster::shared(cache);
    let rows: Vec<&Row> = roster.rows.iter().filter(|row| gone.contains(&row.spot)).collect();
    let kinds = KINDS.iter().filter_map(|(kind, one, many)| {
        let count = rows.iter().filter(|row| row.section == *kind).count();
        (count > 0).then(|| counted(count, one, many))
    });
    let whose = one_account(&roster, &rows).map(|label| format!(" of {label}")).unwrap_or_default();
    Line::plain(&format!("Removed {}{whose}.", listed(&kinds.collect::<Vec<_>>()))).text()
}

const KINDS: [(Section, &str, &str); 6] = [
    (Section::AccessToken, "access token", "access tokens"),
    (Section::RefreshToken, "refresh token", "refresh tokens"),
    (Section::IdToken, "id token", "id tokens"),
    (Section::Account, "account entry", "account entries"),
    (Section::AppMetadata, "app metadata entry", "app metadata entries"),
    (Section::Other, "unknown entry", "unknown entries"),
];

/// "1 entry", "2 entries".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The label of the account to which all of `rows` belong.
fn one_account<'a>(roster: &'a Roster, rows: &[&Row]) -> Option<&'a str> {
    let first = rows.first()?.account?;
    let same = rows.iter().all(|row| row.account == Some(first));
    same.then(|| roster.accounts.get(first).map(|account| account.label())).flatten()
}

/// A change as the columns of its line.
struct Told<'p> {
    sign: &'static str,
    role: Role,
    section: String,
    title: String,
    account: String,
    why: &'p str,
}

impl<'p> Told<'p> {
    fn of(cache: &Cache<'_>, roster: &Roster, change: &'p Change) -> Self {
        let (sign, role) = match &change.edit {
            Edit::Remove(_) => ("- ", Role::Removed),
            Edit::Replace(..) => ("~ ", Role::Plain),
            Edit::Insert { .. } => ("+ ", Role::Added),
        };
        let path = change.edit.path();
        let row = entry_of(path).and_then(|entry| cache.document().spot(&entry)).and_then(|spot| roster.row_at(spot));
        let account = row.and_then(|row| row.account).and_then(|at| roster.accounts.get(at));
        let section = path.0.first().map_or("(whole text)", |step| step.name.as_str());
        let safe = |text: &str| Line::plain(text).text();
        Self {
            sign,
            role,
            section: safe(section),
            title: safe(&row.map(Row::title).unwrap_or_default()),
            account: safe(account.map_or("", |account| account.label())),
            why: &change.why,
        }
    }

    fn line(&self, [section, title, account]: [usize; 3]) -> Line {
        let mut line = Line::new().with(self.role, self.sign).with(Role::Dim, &padded(&self.section, section + 2));
        for (text, width) in [(&self.title, title), (&self.account, account)] {
            if width > 0 {
                line = line.with(Role::Plain, &padded(text, width + 2));
            }
        }
        let alarming = self.why.starts_with("VALID") || self.why.starts_with("refresh token");
        line.with(if alarming { Role::Warn } else { Role::Dim }, self.why)
    }
}

/// The path of the entry in or at which `path` stands.
fn entry_of(path: &Path) -> Option<Path> {
    path.0.get(..2).map(|steps| Path(steps.to_vec()))
}

/// "After: 12 entries (was 14): AT 3 (-2), RT 2, ID 2; 31.2 -> 27.4 KiB."
fn after(effect: &Effect) -> Line {
    let total = |pick: fn(&(String, usize, usize)) -> usize| effect.counts.iter().map(pick).sum::<usize>();
    let (gone, left) = (total(|count| count.1), total(|count| count.2));
    let kind = |(name, gone, left): &(String, usize, usize)| match gone {
        0 => format!("{name} {left}"),
        gone => format!("{name} {left} (-{gone})"),
    };
    let kinds: Vec<String> = effect.counts.iter().map(kind).collect();
    let entries = counted(left, "entry", "entries");
    let was = if gone > 0 { format!(" (was {})", gone + left) } else { String::new() };
    let (before, now) = effect.bytes;
    let colon = if kinds.is_empty() { "" } else { ": " };
    Line::plain(&format!("After: {entries}{was}{colon}{}; {} -> {}.", kinds.join(", "), size(before), size(now)))
}

/// "812 B", "31.2 KiB".
#[must_use]
pub fn size(bytes: usize) -> String {
    let tenths = |unit: usize| {
        let tenths = bytes.saturating_mul(10).saturating_add(unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", tenths(1024)),
        _ => format!("{} MiB", tenths(1_048_576)),
    }
}

fn sign_in(effect: &Effect) -> Vec<Line> {
    let bad = |says: String| Line::new().with(Role::Bad, &says);
    let mut lines = Vec::new();
    match effect.accounts_gone.as_slice() {
        [] => {}
        [one, two, rest @ ..] if rest.len() > 1 => {
            lines.push(bad(format!("{one}, {two} and {} more must sign in again.", rest.len())));
        }
        few => lines.push(bad(format!("{} must sign in again.", listed(few)))),
    }
    if effect.refresh_tokens_gone > 0 {
        let tokens = counted(effect.refresh_tokens_gone, "refresh token goes", "refresh tokens go");
        let used = if effect.refresh_tokens_gone == 1 { "it" } else { "them" };
        lines.push(bad(format!("{tokens}: without another one, the apps that used {used} ask for a sign-in.")));
    }
    if !effect.family_apps.is_empty() {
        let apps = counted(effect.family_apps.len(), "other app shares", "other apps share");
        lines.push(bad(format!("{apps} the family token and must sign in too: {}.", listed(&effect.family_apps))));
    }
    lines
}

/// Whether what goes comes back by itself, where only access tokens go.
fn renewal(effect: &Effect) -> Option<Line> {
    let tokens = effect.counts.iter().find(|(name, ..)| name == Section::AccessToken.short());
    let went = tokens.map_or(0, |(_, gone, _)| *gone);
    if went == 0 || effect.refresh_tokens_gone > 0 || !effect.accounts_gone.is_empty() {
        return None;
    }
    let live = match effect.live_tokens_gone {
        0 => String::new(),
        1 => "1 access token that goes is still valid. ".to_owned(),
        many => format!("{many} access tokens that go are still valid. "),
    };
    let (role, says) = match (effect.renews, effect.live_tokens_gone) {
        _ if effect.app_tokens_gone == went && went == 1 => {
            (Role::Good, "The app gets a new one with its own credential.")
        }
        _ if effect.app_tokens_gone == went => (Role::Good, "Apps get new ones with their own credentials."),
        (true, _) => (Role::Good, "Silent renewal still works: the refresh tokens stay."),
        (false, 0) => (Role::Dim, "What goes was of no use any more; nobody has to sign in because of it."),
        (false, _) => (Role::Warn, "No refresh token here renews all of what goes: some app asks for a sign-in."),
    };
    Some(Line::new().with(role, &format!("{live}{says}")))
}
