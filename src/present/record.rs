//! What plain `list` prints for pipes: one record a line, nothing cut. Records are told a few at a time, since a large
//! cache has very many, and two threads write them, since nothing is left to read by then.

use std::fmt::{Display, Write as _};
use std::sync::mpsc;
use std::thread::{self, Builder};

use super::list::{CacheTitle, Facts, Group, listed};
use super::words::{Line, Role, safe_word};
use crate::cache::{AccountRow, Roster};
use crate::text::is_plain;
use crate::time::UnixSeconds;

/// So many accounts are told at a time.
const AT_A_TIME: usize = 64;
/// So many times are told ahead by the second thread.
const AHEAD: usize = 4;

/// One record a line, fields separated by tabs: app, place, protection, mode, account, tenants, health, then
/// of each access and refresh token what it is for, tenant, state, scopes, fingerprint. `-` where there is
/// nothing. Nothing is cut; a tab inside a field is written `^I`. An account without tokens has one record.
/// `say` is given whole lines with their ends, safe to print.
pub fn records(title: &CacheTitle, roster: &Roster, now: UnixSeconds, say: &mut dyn FnMut(&str)) {
    let facts = Facts::of(roster, now);
    let accounts: Vec<_> = listed(roster).collect();
    let orphans = Group::of_orphans(roster);
    if accounts.is_empty() && orphans.is_none() {
        say(&(title_record(title).text() + "\n"));
    }
    by_two(&accounts, title, &facts, say);
    let mut text = Records::new(title);
    orphans.into_iter().for_each(|group| text.add_group(&group, &mut facts.clone()));
    say(&text.lines);
}

/// The record of a cache that is not opened, or that is empty.
#[must_use]
pub fn title_record(title: &CacheTitle) -> Line {
    let mut record = Records::new(title).title;
    [""; 8].iter().for_each(|field| add(&mut record, field));
    Line::new().with_safe(Role::Plain, record)
}

/// A record of `fields`.
pub(super) fn tabbed(fields: &[&str]) -> Line {
    let mut record = String::with_capacity(160);
    fields.iter().for_each(|field| add(&mut record, field));
    Line::new().with_safe(Role::Plain, record)
}

/// Another thread writes every second chunk.
fn by_two<'a>(accounts: &[(usize, &'a AccountRow)], title: &CacheTitle, facts: &Facts<'a>, say: &mut dyn FnMut(&str)) {
    let chunks = || accounts.chunks(AT_A_TIME);
    let writer = || {
        let mut facts = facts.clone();
        move |chunk: &[(usize, &'a AccountRow)]| {
            let mut records = Records::new(title);
            for (at, account) in chunk {
                let health = facts.roster.health(*at, None, facts.now);
                records.add_group(&Group::of(facts.roster, account, health), &mut facts);
            }
            records.lines
        }
    };
    // Where there is one chunk, as in the caches of single users, another thread is not even thought of.
    let mut written = writer();
    if accounts.len() <= AT_A_TIME {
        return chunks().for_each(|chunk| say(&written(chunk)));
    }
    thread::scope(|scope| {
        let (to_say, others) = mpsc::sync_channel(AHEAD);
        // Whoever stops listening has panicked, and nobody writes for it then.
        let write_others = move || chunks().skip(1).step_by(2).map(writer()).all(|text| to_say.send(text).is_ok());
        let _other = Builder::new().spawn_scoped(scope, write_others);
        for (nth, chunk) in chunks().enumerate() {
            let other = if nth % 2 == 1 { others.recv().ok() } else { None };
            say(&other.unwrap_or_else(|| written(chunk)));
        }
    });
}

/// Records of one cache in the making.
struct Records {
    /// The fields that all have in common.
    title: String,
    lines: String,
}

impl Records {
    fn new(title: &CacheTitle) -> Self {
        let mut text = String::with_capacity(160);
        [&title.app, &title.place, &title.protection, &title.mode].iter().for_each(|field| add(&mut text, field));
        Self { title: text, lines: String::new() }
    }

    fn add_group<'a>(&mut self, group: &Group<'a>, facts: &mut Facts<'a>) {
        let mut head = self.title.clone();
        [group.label, &group.tenants, group.health].iter().for_each(|field| add(&mut head, field));
        let mut tokens = group.rows.iter().filter_map(|row| facts.token(row)).peekable();
        if tokens.peek().is_none() {
            self.add(&head, &[&""; 5]);
        }
        for token in tokens {
            let fingerprint: &dyn Display = token.fingerprint.as_ref().map_or(&"", |digits| digits);
            self.add(&head, &[&token.name, &token.tenant, &token.stand, &token.scopes, fingerprint]);
        }
    }

    fn add(&mut self, head: &str, tail: &[&dyn Display; 5]) {
        self.lines.push_str(head);
        tail.iter().for_each(|field| add(&mut self.lines, field));
        self.lines.push('\n');
    }
}

/// Adds a field made safe, behind a tab unless it is the first: the one control character that goes out as it is.
fn add(text: &mut String, field: &dyn Display) {
    if !text.is_empty() {
        text.push('\t');
    }
    let start = text.len();
    // Writing to a text cannot fail.
    _ = write!(text, "{field}");
    match text.get(start..).unwrap_or_default() {
        "" => text.push('-'),
        plain if is_plain(plain) => {}
        odd => {
            let safe = safe_word(odd).into_owned();
            text.truncate(start);
            text.push_str(&safe);
        }
    }
}
