//! Whose tokens a cache holds: of users, of apps, or of both. An app of MSAL.NET that looks for tokens of its own takes
//! none out of a flat cache in which users stand too (`SaveRefreshToken` of `InMemoryPartitionedAppTokenCacheAccessor.cs`),
//! and `MsalCacheHelper` of its extension deletes such a file.

use crate::cache::{Entry, Section};

/// Who has tokens in a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Accounts, refresh tokens and ID tokens are of users.
    pub users: bool,
    /// Access tokens without an account are of apps.
    pub apps: bool,
}

impl Crowd {
    /// Who has something among `entries`.
    #[must_use]
    pub fn of<'c>(entries: impl Iterator<Item = Entry<'c>>) -> Self {
        let mut crowd = Self::default();
        for entry in entries {
            match entry.section() {
                Section::Account | Section::RefreshToken | Section::IdToken => crowd.users = true,
                Section::AccessToken => crowd.apps = crowd.apps || entry.is_app_only(),
                Section::AppMetadata | Section::Other => {}
            }
            if crowd.is_mixed() {
                break;
            }
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
