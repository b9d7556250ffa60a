//! Counts and sizes of one cache in words: a table for each way to divide it. Cuts long tables, never names' meaning.

use super::change::size;
use super::columns::{cell, columns};
use super::words::{Line, Role};
use crate::ops::summary::{Share, Summary};
use crate::ops::totals::Totals;

/// How many rows a table shows before it sums the rest up.
const ROWS: usize = 10;
/// The widest column of names.
const WIDEST: usize = 48;

/// "17 entries of 2 accounts in 27.4 KiB; access tokens: 3 live, 1 expiring, 2 expired", then the tables.
#[must_use]
pub fn lines(summary: &Summary) -> Vec<Line> {
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let whole = format!(
        "{} of {} in {}; access tokens: {} live, {} expiring, {} expired",
        plural(summary.entries, "entry", "entries"),
        plural(summary.accounts, "account", "accounts"),
        size(summary.bytes),
        summary.live,
        summary.expiring,
        summary.expired,
    );
    let mut lines = vec![Line::plain(&whole)];
    let tables = [
        ("By section", &summary.sections),
        ("By account", &summary.by_account),
        ("By client", &summary.clients),
        ("By tenant", &summary.tenants),
        ("By resource", &summary.resources),
    ];
    // One width for all, so that the numbers stand under one another.
    let names = tables.iter().flat_map(|(_, shares)| shares.iter().take(ROWS)).map(|(name, ..)| name);
    let widest = names.map(|name| columns(&Line::plain(name).text())).max().unwrap_or(0);
    for (title, shares) in tables.into_iter().filter(|(_, shares)| !shares.is_empty()) {
        lines.push(Line::new());
        lines.extend(table(title, shares, widest.clamp(16, WIDEST) + 2));
    }
    lines
}

/// The same of very many caches together, and the largest of them by key.
#[must_use]
pub fn many(totals: &Totals) -> Vec<Line> {
    let caches = totals.caches.max(1);
    let says = format!("{} caches, {} each on average", totals.caches, size(totals.summary.bytes / caches));
    let mut all = vec![Line::plain(&says)];
    all.extend(lines(&totals.summary));
    if !totals.largest.is_empty() {
        all.push(Line::new());
        all.extend(table("Largest caches", &totals.largest, WIDEST));
    }
    all
}

fn table(title: &str, shares: &[Share], width: usize) -> Vec<Line> {
    let (shown, rest) = shares.split_at(shares.len().min(ROWS));
    let row = |(name, entries, bytes): &Share| {
        let line = Line::plain("  ").with(Role::Plain, &cell(name, width));
        line.with(Role::Plain, &format!("{entries:>8}")).with(Role::Dim, &format!("{:>12}", size(*bytes)))
    };
    let mut lines = vec![Line::new().with(Role::Strong, title)];
    lines.extend(shown.iter().map(row));
    if !rest.is_empty() {
        let (entries, bytes) = rest.iter().fold((0, 0), |(entries, bytes), share| (entries + share.1, bytes + share.2));
        lines.push(row(&(format!("{} more", rest.len()), entries, bytes)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tables_sum_up_their_tail() {
        let shares = (0..12).map(|at| (format!("client {at}"), 1, 100)).collect();
        let summary = Summary { clients: shares, entries: 12, bytes: 1200, ..Summary::default() };

        let text: Vec<String> = lines(&summary).iter().map(Line::text).collect();

        assert_eq!(
            text.first().map(String::as_str),
            Some("12 entries of 0 accounts in 1.2 KiB; access tokens: 0 live, 0 expiring, 0 expired")
        );
        assert_eq!(text.last().map(String::as_str), Some("  2 more                   2       200 B"));
    }
}
