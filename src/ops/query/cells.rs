//! What an entry is called, by columns: each cell holds one text or a few, folded, a break behind each.
//! Both ways to match read these cells, so that they cannot differ.

use std::borrow::Cow;

use crate::cache::{Roster, Row, Section, names};

/// Behind each text of a cell: what is a whole text ends in it.
pub(super) const BREAK: char = '\u{1f}';

/// A column of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// What an entry is called in the list.
    Title,
    /// The target as written, every white space a blank.
    Scopes,
    /// Home account id, own user name; user name and name of the account.
    Account,
    /// Id and known name.
    Client,
    /// The realm.
    Realm,
    /// The short name of the tenant, where there is a realm.
    TenantName,
    /// The environment.
    Host,
    /// Of an access token: known name of the resource, and what stands before the scopes' last slash.
    Audience,
}

impl Column {
    /// All, in the order in which an index keeps them.
    pub(super) const ALL: [Self; 8] = [
        Self::Title,
        Self::Scopes,
        Self::Account,
        Self::Client,
        Self::Realm,
        Self::TenantName,
        Self::Host,
        Self::Audience,
    ];

    /// Those in which a bare word is looked for.
    pub(super) const OF_WORDS: [Self; 7] =
        [Self::Title, Self::Scopes, Self::Account, Self::Client, Self::Realm, Self::TenantName, Self::Host];
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
        Column::Title => texts.add(&row.title()),
        Column::Scopes => row.target.iter().for_each(|target| texts.add(&blanks(target))),
        Column::Account => {
            let account = row.account.and_then(|at| roster.accounts.get(at));
            let username = account.and_then(|account| account.username.as_deref());
            let name = account.and_then(|account| account.name.as_deref());
            let own = [row.home_account_id.as_deref(), row.username.as_deref()];
            own.into_iter().chain([username, name]).flatten().for_each(|text| texts.add(text));
        }
        Column::Client => {
            let id = row.client_id.as_deref();
            [id, id.and_then(names::client)].into_iter().flatten().for_each(|text| texts.add(text));
        }
        Column::Realm => row.realm.iter().for_each(|realm| texts.add(realm)),
        Column::TenantName if row.realm.is_none() => {}
        Column::TenantName => texts.add(&roster.tenant_name(row)),
        Column::Host => row.environment.iter().for_each(|host| texts.add(host)),
        Column::Audience if row.section != Section::AccessToken => {}
        Column::Audience => {
            row.resource_name().iter().for_each(|name| texts.add(name));
            audience(row).into_iter().for_each(|audience| texts.add(audience));
        }
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
        Column::Realm => one.realm == other.realm,
        Column::TenantName => (&one.realm, one.account) == (&other.realm, other.account),
        Column::Host => one.environment == other.environment,
        Column::Scopes => one.target == other.target,
        Column::Title | Column::Audience => false,
    }
}

/// What stands before the last slash of the first scope that has one.
fn audience(row: &Row) -> Option<&str> {
    let mut scopes = row.target.as_deref()?.split_whitespace();
    scopes.find_map(|scope| scope.rsplit_once('/')).map(|(resource, _)| resource.trim_end_matches('/'))
}

/// `target` with a blank for every white space, by which scopes are told apart.
fn blanks(target: &str) -> Cow<'_, str> {
    let is_other = |c: char| c.is_whitespace() && c != ' ';
    if target.contains(is_other) { Cow::Owned(target.replace(is_other, " ")) } else { Cow::Borrowed(target) }
}

struct Texts<'c>(&'c mut String);

impl Texts<'_> {
    fn add(&mut self, text: &str) {
        fold_into(text, self.0);
        self.0.push(BREAK);
    }
}
