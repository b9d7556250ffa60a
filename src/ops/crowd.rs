//! Whose tokens a cache holds: of users, of apps, or of both. An app of MSAL.NET that looks for tokens of its own takes
//! none out of a flat cache in which users stand too (`SaveRefreshToken` of `InMemoryPartitionedAppTokenCacheAccessor.cs`:
//! `combined_user_app_cache_not_supported`), and `MsalCacheHelper` of its extension deletes such a file.

use crate::cache::{Row, Section};

/// Who has tokens in a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Accounts, refresh tokens and ID tokens are of users.
    pub users: bool,
    /// Access tokens without an account are of apps.
    pub apps: bool,
}

impl Crowd {
    /// Who has something among `rows`.
    #[must_use]
    pub fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        let mut crowd = Self::default();
        for row in rows {
            crowd.users |= matches!(row.section, Section::Account | Section::RefreshToken | Section::IdToken);
            crowd.apps |= row.is_app_only();
        }
        crowd
    }

    /// Both, in one cache.
    #[must_use]
    pub fn is_mixed(self) -> bool {
        self.users && self.apps
    }

    /// Whether both come together with `more`, and were not together before.
    #[must_use]
    pub fn is_mixed_by(self, more: Self) -> bool {
        let both = Self { users: self.users || more.users, apps: self.apps || more.apps };
        both.is_mixed() && !self.is_mixed()
    }
}
