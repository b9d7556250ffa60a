//! How caches are named in a place with one cache per user, as the chosen library names them, and how long they stay.

use clap::{Args, ValueEnum};

use super::args::{Typed, span};
use super::session::Session;
use crate::ops::partition::Owner;
use crate::time::UnixSeconds;

/// How caches are named there, and how long they stay.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Into a place with one cache per user (see: saltcellar help web-apps)")]
pub(super) struct Naming {
    /// As which library names the caches
    #[arg(long, value_name = "STYLE", default_value = "home-account-id", hide_default_value = true)]
    keys: Keys,
    /// What stands before each name, such as an InstanceName
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    prefix: String,
    /// When the place drops a new cache, such as 90d; else it keeps it
    #[arg(long, value_name = "SPAN", value_parser = span)]
    ttl: Option<i64>,
}

impl Naming {
    /// The name of the cache of `owner`; `None` where the chosen library keeps none.
    pub(super) fn name(&self, owner: &Owner) -> Option<String> {
        self.keys.name(owner).map(|name| format!("{}{name}", self.prefix))
    }

    /// Where caches go that are named so: .NET finds its own in Redis only in a hash.
    pub(super) fn placed(&self, to: &Typed) -> Typed {
        match self.keys {
            Keys::Dotnet => Typed { place: to.place.clone().with_hashes(), ..to.clone() },
            Keys::HomeAccountId | Keys::Node => to.clone(),
        }
    }

    /// When the place drops a cache that is made now; `None`: nobody says.
    pub(super) fn ends(&self, session: &Session) -> Option<UnixSeconds> {
        self.ttl.map(|ttl| session.wall().plus(ttl))
    }
}

/// As which library names the caches of users and apps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Keys {
    /// UID.UTID for a user, CLIENT_TENANT_AppTokenCache for an app's own tokens, rest for what is nobody's
    #[default]
    HomeAccountId,
    /// As Microsoft.Identity.Web: the same, in Redis as a hash; what is nobody's stays where it is
    Dotnet,
    /// As msal-node: caches of users alone
    Node,
}

impl Keys {
    /// The name of the cache of `owner`; `None` where this library keeps none.
    fn name(self, owner: &Owner) -> Option<String> {
        match (owner, self) {
            (Owner::Account { home_account_id }, _) => Some(home_account_id.clone()),
            // CacheKeyFactory.cs of MSAL.NET.
            (Owner::App { client_id, realm }, Self::HomeAccountId | Self::Dotnet) => {
                Some(format!("{client_id}_{realm}_AppTokenCache"))
            }
            (Owner::Nobody, Self::HomeAccountId) => Some("rest".to_owned()),
            (Owner::App { .. }, Self::Node) | (Owner::Nobody, Self::Dotnet | Self::Node) => None,
        }
    }
}
