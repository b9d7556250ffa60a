//! What an entry is called, by columns: each cell holds one text or a few, folded, a break between them.
//! Both ways to match read these cells, so that they cannot differ.

use crate::cache::{Roster, Row, Section, names};

/// Between the texts of a cell; no query can hold it.
pub(super) const BREAK: char = '\u{1f}';

/// A column of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Title, and target as written.
    Target,
    /// Home account id, own user name; user name and name of the account.
    Account,
    /// Id and known name.
    Client,
    /// Realm and short name.
    Tenant,
    /// The environment.
    Host,
    /// Of an access token: known name of the resource, and what stands before the scopes' last slash.
    Audience,
}

impl Column {
    /// All, in the order in which an index keeps them.
    pub(super) const ALL: [Self; 6] =
        [Self::Target, Self::Account, Self::Client, Self::Tenant, Self::Host, Self::Audience];

    /// Those in which a bare word is looked for.
    pub(super) const OF_WORDS: [Self; 5] = [Self::Target, Self::Account, Self::Client, Self::Tenant, Self::Host];
}

/// `text` as it is compared: lower case, letter by letter, so that a part of a text folds as the whole does.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    // The two small sigmas are one letter.
    let lower = text.chars().flat_map(char::to_lowercase);
    folded.extend(lower.map(|c| if c == 'ς' { 'σ' } else { c }));
}

/// The cell of `row` in `column`, written into `cell`, which is emptied first.
pub(super) fn cell(roster: &Roster, row: &Row, column: Column, cell: &mut String) {
    cell.clear();
    let mut texts = Texts(cell);
    match column {
        Column::Target => texts.add(&[Some(&row.title()), row.target.as_deref()]),
        Column::Account => {
            let account = row.account.and_then(|at| roster.accounts.get(at));
            let username = account.and_then(|account| account.username.as_deref());
            let name = account.and_then(|account| account.name.as_deref());
            texts.add(&[row.home_account_id.as_deref(), row.username.as_deref(), username, name]);
        }
        Column::Client => texts.add(&[row.client_id.as_deref(), row.client_id.as_deref().and_then(names::client)]),
        Column::Tenant if row.realm.is_none() => {}
        Column::Tenant => texts.add(&[row.realm.as_deref(), Some(&roster.tenant_name(row))]),
        Column::Host => texts.add(&[row.environment.as_deref()]),
        Column::Audience if row.section != Section::AccessToken => {}
        Column::Audience => texts.add(&[row.resource_name().as_deref(), audience(row)]),
    }
}

/// Whether two rows have the same cell in `column` for certain: neighbours mostly have, and comparing is cheaper
/// than making a cell.
pub(super) fn is_same(column: Column, one: &Row, other: &Row) -> bool {
    match column {
        Column::Account => {
            (&one.home_account_id, &one.username, one.account)
                == (&other.home_account_id, &other.username, other.account)
        }
        Column::Client => one.client_id == other.client_id,
        Column::Tenant => (&one.realm, one.account) == (&other.realm, other.account),
        Column::Host => one.environment == other.environment,
        Column::Target | Column::Audience => false,
    }
}

/// What stands before the last slash of the first scope that has one.
fn audience(row: &Row) -> Option<&str> {
    let mut scopes = row.target.as_deref()?.split_whitespace();
    scopes.find_map(|scope| scope.rsplit_once('/')).map(|(resource, _)| resource.trim_end_matches('/'))
}

struct Texts<'c>(&'c mut String);

impl Texts<'_> {
    fn add(&mut self, texts: &[Option<&str>]) {
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.0.push(BREAK);
            }
            fold_into(text.unwrap_or(""), self.0);
        }
    }
}
