//! How apps and SDKs keep their cache in a desktop's store of secrets: a table. Each row gives a place its short way,
//! `secret-service:azure-cli` for a schema and two attributes. Sources of the rows: docs of each field.

/// One app or SDK.
#[derive(Debug)]
pub struct App {
    /// The word in a place.
    pub name: &'static str,
    /// The cache that is meant when a place names none; empty: the app has just one, and it has no name.
    pub default_cache: &'static str,
    /// The `xdg:schema` by which it looks, `{}` standing for the cache's name; empty: it looks by attributes alone
    /// (`SECRET_SCHEMA_DONT_MATCH_NAME` in MSAL.NET's `LinuxKeyringAccessor.cs`).
    pub schema: &'static str,
    /// The attributes by which it looks.
    pub attributes: &'static [(&'static str, &'static str)],
    /// The signal file: below `~`, `$XDG_DATA_HOME` or `$AZURE_CONFIG_DIR`.
    pub signal: &'static str,
    /// What a new item has besides.
    pub made: Made,
    /// The same cache in the macOS Keychain.
    pub keychain: InKeychain,
}

/// What an app gives its item in the Secret Service when it makes it, besides the attributes by which it looks.
#[derive(Debug)]
pub struct Made {
    /// `xdg:schema`, which libsecret stores even where it is not looked by; `{}` stands for the cache's name.
    pub schema: &'static str,
    /// The label; `{}` stands for the cache's name.
    pub label: &'static str,
    /// How the text is written.
    pub hand: Hand,
}

/// How an app writes the text of its cache into an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// As it is.
    Text,
    /// In base64.
    Base64,
}

/// The names of an app's caches in the Keychain.
#[derive(Debug)]
pub struct InKeychain {
    /// The service.
    pub service: &'static str,
    /// The account of the cache that is meant when none is named.
    pub default_account: &'static str,
    /// The account of any other, `{}` standing for the cache's name.
    pub account: &'static str,
}

/// One cache of an app.
#[derive(Clone, Debug)]
pub struct AppCache {
    /// The app.
    pub app: &'static App,
    /// The cache's name, if the place gives one.
    pub name: Option<String>,
}

const DEVELOPER: &str = "Microsoft.Developer.IdentityService";
const MSAL_NET: &[(&str, &str)] = &[("MsalClientID", DEVELOPER), (DEVELOPER, "1.0.0.0")];

/// Every short way.
pub const APPS: &[App] = &[
    // azure/cli/core/auth/persistence.py, with core.encrypt_token_cache=true.
    App {
        name: "azure-cli",
        default_cache: "",
        schema: "my_schema_name",
        attributes: &[("my_attr1", "foo"), ("my_attr2", "bar")],
        signal: "$AZURE_CONFIG_DIR/msal_token_cache.bin",
        made: Made { schema: "my_schema_name", label: "", hand: Hand::Text },
        keychain: InKeychain {
            service: "my_service_name",
            default_account: "my_account_name",
            account: "my_account_name",
        },
    },
    // azure/identity/_persistent_cache.py. In the Keychain the account is MSALCache for the default cache alone.
    App {
        name: "azure-identity-python",
        default_cache: "msal.cache.nocae",
        schema: "{}",
        attributes: &[("MsalClientID", DEVELOPER)],
        signal: "~/.IdentityService/{}",
        made: Made { schema: "{}", label: "MSALCache", hand: Hand::Text },
        keychain: InKeychain { service: DEVELOPER, default_account: "MSALCache", account: "{}" },
    },
    // Azure.Identity: Constants.cs, TokenCache.cs. The attributes do not hold the cache's name.
    App {
        name: "azure-identity-dotnet",
        default_cache: "msal.cache.nocae",
        schema: "",
        attributes: MSAL_NET,
        signal: "$XDG_DATA_HOME/.IdentityService/{}",
        made: Made { schema: "msal.cache", label: "{}", hand: Hand::Base64 },
        keychain: InKeychain { service: DEVELOPER, default_account: "msal.cache.nocae", account: "{}" },
    },
    // Azure PowerShell: MsalCacheHelperProvider.cs.
    App {
        name: "azure-powershell",
        default_cache: "msal.cache.cae",
        schema: "",
        attributes: MSAL_NET,
        signal: "$XDG_DATA_HOME/.IdentityService/{}",
        made: Made { schema: "msal.cache", label: "{}", hand: Hand::Base64 },
        keychain: InKeychain { service: DEVELOPER, default_account: "msal.cache.cae", account: "{}" },
    },
    // @azure/identity-cache-persistence: platforms.js; through keytar, one item for all names.
    App {
        name: "azure-identity-js",
        default_cache: "msal.cache.nocae",
        schema: "org.freedesktop.Secret.Generic",
        attributes: &[("service", DEVELOPER), ("account", "MSALCache")],
        signal: "~/.IdentityService/{}",
        made: Made {
            schema: "org.freedesktop.Secret.Generic",
            label: "Microsoft.Developer.IdentityService/MSALCache",
            hand: Hand::Text,
        },
        keychain: InKeychain { service: DEVELOPER, default_account: "MSALCache", account: "MSALCache" },
    },
    // azure-identity for Java: PersistentTokenCacheImpl.java.
    App {
        name: "azure-identity-java",
        default_cache: "msal.cache.nocae",
        schema: "msal.cache",
        attributes: &[("MsalClientID", DEVELOPER)],
        signal: "~/.IdentityService/{}",
        made: Made { schema: "msal.cache", label: "MSALCache", hand: Hand::Base64 },
        keychain: InKeychain { service: DEVELOPER, default_account: "MSALCache.nocae", account: "{}" },
    },
    // git-credential-manager: MicrosoftAuthentication.cs, the cache that it shares with Visual Studio.
    App {
        name: "git-credential-manager",
        default_cache: "",
        schema: "",
        attributes: MSAL_NET,
        signal: "~/.local/.IdentityService/msal.cache",
        made: Made { schema: "msal.cache", label: "MSALCache", hand: Hand::Base64 },
        keychain: InKeychain { service: DEVELOPER, default_account: "MSALCache", account: "MSALCache" },
    },
    // The same file, the cache of its own app.
    App {
        name: "git-credential-manager-app",
        default_cache: "",
        schema: "",
        attributes: &[("MsalClientID", "GitCredentialManager.MSAL"), ("GitCredentialManager.MSAL", "1.0.0.0")],
        signal: "~/.gcm/msal/app.cache",
        made: Made { schema: "app.cache", label: "AppCache", hand: Hand::Base64 },
        keychain: InKeychain { service: "GitCredentialManager.MSAL", default_account: "AppCache", account: "AppCache" },
    },
];

impl AppCache {
    /// The cache that `word` is the short way of, the name of the cache not yet decoded: `azure-cli`, or
    /// `azure-identity-python/msal.cache.cae`.
    pub(super) fn split(word: &str) -> Option<(&'static App, Option<&str>)> {
        let (name, cache) = match word.split_once('/') {
            Some((name, cache)) => (name, Some(cache)),
            None => (word, None),
        };
        APPS.iter().find(|app| app.name == name).map(|app| (app, cache))
    }

    /// Whether `word`, as it stands in a place, would read as the short way of an app.
    pub(super) fn is_short_way(word: &str) -> bool {
        Self::split(word).is_some()
    }

    /// The cache's name, empty where the app gives none.
    #[must_use]
    pub fn cache(&self) -> &str {
        self.name.as_deref().unwrap_or(self.app.default_cache)
    }

    /// `pattern` of the table with the cache's name in it.
    #[must_use]
    pub fn filled(&self, pattern: &str) -> String {
        pattern.replace("{}", self.cache())
    }
}

impl PartialEq for AppCache {
    fn eq(&self, other: &Self) -> bool {
        self.app.name == other.app.name && self.name == other.name
    }
}

impl Eq for AppCache {}

impl std::hash::Hash for AppCache {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.app.name.hash(state);
        self.name.hash(state);
    }
}
