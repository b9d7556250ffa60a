//! What users are ordered by.

use std::cmp::Ordering;

use super::row::UserRow;
use crate::cache::Health;
use crate::time::UnixSeconds;
use crate::tui::browse::Direction;

/// What users are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UserSort {
    /// As the place handed them over.
    #[default]
    Came,
    /// The name of the slot.
    Key,
    /// The first account; what has none comes last.
    Account,
    /// Who must sign in comes first.
    Health,
    /// When the last access token expires; what has none comes last.
    Expiry,
    /// When the place drops it; what stays comes last.
    Dropped,
    /// The length in bytes.
    Size,
}

/// An order of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserOrder {
    /// By what.
    pub key: UserSort,
    /// Which end first.
    pub direction: Direction,
}

impl UserSort {
    /// The name in the title of the list.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Came => "as they come",
            Self::Key => "key",
            Self::Account => "account",
            Self::Health => "health",
            Self::Expiry => "expiry",
            Self::Dropped => "kept",
            Self::Size => "size",
        }
    }
}

/// How two rows stand to each other, the least first.
pub(super) fn compare(key: UserSort, a: &UserRow, b: &UserRow, now: UnixSeconds) -> Ordering {
    let late = |at: Option<UnixSeconds>| at.map_or(i64::MAX, |at| at.0);
    match key {
        UserSort::Came => Ordering::Equal,
        UserSort::Key => folded(a.key(), b.key()),
        UserSort::Account => {
            let none = |row: &UserRow| row.accounts().next().is_none();
            none(a)
                .cmp(&none(b))
                .then_with(|| folded(a.accounts().next().unwrap_or_default(), b.accounts().next().unwrap_or_default()))
        }
        UserSort::Health => rank(a, now).cmp(&rank(b, now)),
        UserSort::Expiry => late(a.last_expiry()).cmp(&late(b.last_expiry())),
        UserSort::Dropped => late(a.dropped).cmp(&late(b.dropped)),
        UserSort::Size => a.bytes.cmp(&b.bytes),
    }
}

/// In any case, without a copy of either.
fn folded(a: &str, b: &str) -> Ordering {
    a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase))
}

fn rank(row: &UserRow, now: UnixSeconds) -> u8 {
    match row.health(now) {
        Some(Health::SignInNeeded) => 0,
        Some(Health::Unknown) => 1,
        Some(Health::Renews) => 2,
        Some(Health::Ok) => 3,
        None => 4,
    }
}
