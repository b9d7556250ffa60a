//! What differs between two caches or moments in words: one line an entry, secrets as fingerprints.

use super::change::{counted, listed};
use super::columns::{columns, padded};
use super::words::{Line, Role};
use super::{place, when};
use crate::cache::Section;
use crate::ops::{Comparison, Difference, Item, Kind};
use crate::source::Holder;
use crate::time::UnixSeconds;

/// Every kind, in the order in which a summary counts them.
const KINDS: [Kind; 6] = [Kind::Added, Kind::Removed, Kind::Rotated, Kind::Rekeyed, Kind::Resurrected, Kind::Changed];

/// The word for it, in JSON too.
#[must_use]
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "added",
        Kind::Removed => "removed",
        Kind::Rotated => "rotated",
        Kind::Rekeyed => "re-keyed",
        Kind::Resurrected => "resurrected",
        Kind::Changed => "changed",
    }
}

/// One line a difference: "+ AccessToken  Key Vault  ada@contoso.com  added, expires in 59m  3f9c1ab2c0d1".
#[must_use]
pub fn lines(differences: &[Difference], now: UnixSeconds) -> Vec<Line> {
    let told: Vec<Told> = differences.iter().filter_map(|difference| Told::of(difference, now)).collect();
    let width = |text: fn(&Told) -> &str| told.iter().map(|told| columns(text(told))).max().unwrap_or(0);
    let widths = [width(|told| &told.section), width(|told| &told.title), width(|told| &told.account)];
    told.iter().map(|told| told.line(widths)).collect()
}

/// "3 differences: 2 added and 1 rotated."
#[must_use]
pub fn summary(comparison: &Comparison) -> String {
    let count = |kind: &Kind| Some((comparison.count(*kind), name(*kind))).filter(|(count, _)| *count > 0);
    let kinds: Vec<String> = KINDS.iter().filter_map(count).map(|(count, name)| format!("{count} {name}")).collect();
    match (comparison.differences.len(), comparison.is_layout) {
        (0, false) => "No difference: the same text, byte for byte.".to_owned(),
        (0, true) => "The same entries: only the layout of the text differs.".to_owned(),
        (many, _) => format!("{}: {}.", counted(many, "difference", "differences"), listed(&kinds)),
    }
}

/// The head of what was seen at `at`: "2026-11-25 21:45:12 +00:00  likely by python (pid 4242)".
#[must_use]
pub fn head(at: UnixSeconds, writer: Option<&Holder>) -> Line {
    let line = Line::new().with(Role::Strong, &when::local(at));
    match writer {
        Some(writer) => line.with(Role::Dim, "  likely by ").with(Role::Plain, &place::holder(writer)),
        None => line.with(Role::Dim, "  writer unknown: no lock was seen"),
    }
}

/// A difference as the columns of its line.
struct Told {
    sign: &'static str,
    role: Role,
    section: String,
    title: String,
    account: String,
    what: String,
    prints: String,
}

impl Told {
    fn of(difference: &Difference, now: UnixSeconds) -> Option<Self> {
        let item = difference.item()?;
        let safe = |text: &str| Line::plain(text).text();
        let (sign, role) = signed(difference.kind);
        // An account's title is its name already.
        let account = item.account.as_ref().map_or("", |account| &account.0);
        let account = if *account == *item.title.0 { "" } else { account };
        Some(Self {
            sign,
            role,
            section: safe(&item.section.0),
            title: safe(&item.title.0),
            account: safe(account),
            what: what(difference, now),
            prints: prints(difference),
        })
    }

    fn line(&self, [section, title, account]: [usize; 3]) -> Line {
        let line = Line::new().with(self.role, self.sign).with(Role::Dim, &padded(&self.section, section + 2));
        let line = line.with(Role::Plain, &padded(&self.title, title + 2));
        let line =
            line.with(Role::Plain, &if account > 0 { padded(&self.account, account + 2) } else { String::new() });
        let gap = if self.prints.is_empty() { "" } else { "  " };
        line.with(self.role, &self.what).with(Role::Plain, gap).with(Role::Secret, &self.prints)
    }
}

fn signed(kind: Kind) -> (&'static str, Role) {
    match kind {
        Kind::Added => ("+ ", Role::Added),
        Kind::Removed => ("- ", Role::Removed),
        Kind::Rotated => ("~ ", Role::Plain),
        Kind::Rekeyed => ("> ", Role::Plain),
        Kind::Resurrected => ("! ", Role::Warn),
        Kind::Changed => ("* ", Role::Plain),
    }
}

fn what(difference: &Difference, now: UnixSeconds) -> String {
    let mut what = name(difference.kind).to_owned();
    match difference.kind {
        Kind::Added | Kind::Rotated | Kind::Resurrected => what += &lifetime(difference.is.as_ref(), now),
        Kind::Removed => what += &lifetime(difference.was.as_ref(), now),
        Kind::Rekeyed | Kind::Changed => {}
    }
    if let (Some(was), Some(is)) = (&difference.was, &difference.is)
        && was.key != is.key
    {
        let moved = if difference.kind == Kind::Rekeyed { ": " } else { ", under another key: " };
        what += &format!("{moved}{} -> {}", was.key, is.key);
    }
    let fields: Vec<String> = difference.fields.iter().map(|name| name.0.to_string()).collect();
    match (difference.kind, fields.is_empty()) {
        (_, true) => what,
        (Kind::Changed, false) => format!("{what}: {}", listed(&fields)),
        (_, false) => format!("{what}; also differs: {}", listed(&fields)),
    }
}

/// ", expires in 59m", ", expired 3d ago": of access tokens alone.
fn lifetime(item: Option<&Item>, now: UnixSeconds) -> String {
    let token = item.filter(|item| item.kind() == Section::AccessToken);
    let Some(expires) = token.and_then(Item::expires) else { return String::new() };
    let verb = if expires.since(now) > 0 { "expires" } else { "expired" };
    format!(", {verb} {}", when::relative(expires, now))
}

/// "3f9c1ab2c0d1", or "3f9c1ab2c0d1 -> 9f2c1a77e4b0" of what has another secret now.
fn prints(difference: &Difference) -> String {
    let print = |item: &Option<Item>| item.as_ref().and_then(|item| item.fingerprint).map(|print| print.0.to_string());
    match (print(&difference.was), print(&difference.is)) {
        (Some(was), Some(is)) if was != is => format!("{was} -> {is}"),
        (was, is) => is.or(was).unwrap_or_default(),
    }
}
