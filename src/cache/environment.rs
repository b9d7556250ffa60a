//! Clouds and their host aliases. A table that MSAL carries too: asks no discovery endpoint, so a
//! private authority (ADFS, B2C) is a cloud of its own.

/// The hosts of one cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// The cloud in plain words.
    pub name: &'static str,
    /// Its hosts; the first is the one that MSAL talks to.
    pub hosts: &'static [&'static str],
    /// The host under which MSAL.NET stores what it got.
    pub preferred_cache: &'static str,
}

/// The clouds MSAL knows without asking (Go `known_metadata.go`, .NET `KnownMetadataProvider.cs`).
pub const CLOUDS: &[Cloud] = &[
    Cloud {
        name: "Azure",
        hosts: &["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
        preferred_cache: "login.windows.net",
    },
    Cloud {
        name: "Azure China",
        hosts: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        preferred_cache: "login.partner.microsoftonline.cn",
    },
    Cloud { name: "Azure Germany", hosts: &["login.microsoftonline.de"], preferred_cache: "login.microsoftonline.de" },
    Cloud {
        name: "Azure US Government",
        hosts: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        preferred_cache: "login.microsoftonline.us",
    },
    Cloud {
        name: "Azure US",
        hosts: &["login-us.microsoftonline.com"],
        preferred_cache: "login-us.microsoftonline.com",
    },
    Cloud {
        name: "Azure pre-production",
        hosts: &["login.windows-ppe.net", "sts.windows-ppe.net", "login.microsoft-ppe.com"],
        preferred_cache: "login.windows-ppe.net",
    },
    Cloud { name: "Bleu", hosts: &["login.sovcloud-identity.fr"], preferred_cache: "login.sovcloud-identity.fr" },
    Cloud { name: "Delos", hosts: &["login.sovcloud-identity.de"], preferred_cache: "login.sovcloud-identity.de" },
    Cloud { name: "GovSG", hosts: &["login.sovcloud-identity.sg"], preferred_cache: "login.sovcloud-identity.sg" },
];

/// The cloud of a host, ignoring case; `None` for ADFS, B2C and other private authorities.
#[must_use]
pub fn cloud(host: &str) -> Option<&'static Cloud> {
    CLOUDS.iter().find(|cloud| cloud.hosts.iter().any(|known| known.eq_ignore_ascii_case(host)))
}

/// Whether the two hosts are the same cloud (aliases of one another, or equal ignoring case).
#[must_use]
pub fn same_cloud(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || cloud(a).is_some_and(|known| cloud(b) == Some(known))
}

/// The host under which MSAL.NET stores entries of `host`; `host` itself in no known cloud.
#[must_use]
pub fn preferred_cache(host: &str) -> &str {
    cloud(host).map_or(host, |known| known.preferred_cache)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_one_cloud_and_strangers_are_not() {
        assert!(same_cloud("login.windows.net", "Login.MicrosoftOnline.com"));
        assert!(same_cloud("adfs.corp.example", "ADFS.corp.example"));
        assert!(!same_cloud("login.microsoftonline.com", "login.microsoftonline.us"));
        assert!(!same_cloud("adfs.corp.example", "fab.b2clogin.com"));
    }

    #[test]
    fn dotnet_stores_public_entries_under_login_windows_net() {
        assert_eq!(preferred_cache("sts.windows.net"), "login.windows.net");
        assert_eq!(preferred_cache("localhost"), "localhost");
    }
}
