//! Reasons in words: why an entry goes. Short clauses for the plan, never a secret.

use std::borrow::Cow;

use crate::cache::{Roster, Row, Section, State};
use crate::time::{UnixSeconds, span};

/// What is to be said of an entry that goes: "expired 3d ago", "VALID for 4m", "refresh token".
pub(super) fn of_row(row: &Row, now: UnixSeconds) -> Cow<'static, str> {
    match row.section {
        Section::AccessToken => of_access_token(row, now),
        Section::RefreshToken => match row.family_id.as_deref() {
            Some(family) if !family.is_empty() => format!("refresh token of family {family}").into(),
            Some(_) | None => "refresh token".into(),
        },
        Section::IdToken => "id token, profile data only".into(),
        Section::Account => "account entry".into(),
        Section::AppMetadata => "app metadata".into(),
        Section::Other => "of a section that MSAL does not know".into(),
    }
}

fn of_access_token(row: &Row, now: UnixSeconds) -> Cow<'static, str> {
    let left = row.expires_on.map(|expires_on| expires_on.since(now));
    match (row.state(now), left) {
        (State::Expired, Some(left)) => format!("expired {} ago", span(left)).into(),
        (State::Live | State::Expiring, Some(left)) => format!("VALID for {}", span(left)).into(),
        (State::None | State::Expired | State::Live | State::Expiring, _) => "no expiry that can be read".into(),
    }
}

/// "orphan: no account entry for uid.utid".
pub(super) fn of_orphan(row: &Row) -> Cow<'static, str> {
    format!("orphan: no account entry for {}", row.home_account_id.as_deref().unwrap_or("")).into()
}

/// "of ada@contoso.com".
pub(super) fn of_account(roster: &Roster, row: &Row) -> Cow<'static, str> {
    format!("of {}", account_label(roster, row)).into()
}

/// The label of the account that `row` belongs to, else its home account id.
pub(super) fn account_label<'a>(roster: &'a Roster, row: &'a Row) -> &'a str {
    let account = row.account.and_then(|at| roster.accounts.get(at));
    account.map_or(row.home_account_id.as_deref().unwrap_or("app-only"), |account| account.label())
}

/// "1 item", "2 items".
pub(super) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}
