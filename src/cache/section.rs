//! The sections of the unified schema. Judges no entry: an unknown section is kept, listed and left alone.

/// What a section holds, by its name in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// `AccessToken`
    AccessToken,
    /// `RefreshToken`
    RefreshToken,
    /// `IdToken`
    IdToken,
    /// `Account`
    Account,
    /// `AppMetadata`
    AppMetadata,
    /// A section that the unified schema does not know; kept, listed, never judged.
    Other,
}

impl Section {
    /// The section called `name` in the file.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "AccessToken" => Self::AccessToken,
            "RefreshToken" => Self::RefreshToken,
            "IdToken" => Self::IdToken,
            "Account" => Self::Account,
            "AppMetadata" => Self::AppMetadata,
            _ => Self::Other,
        }
    }

    /// The name in the file; none for what the schema does not know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "AccessToken",
            Self::RefreshToken => "RefreshToken",
            Self::IdToken => "IdToken",
            Self::Account => "Account",
            Self::AppMetadata => "AppMetadata",
            Self::Other => "",
        }
    }

    /// The short name in tables: AT, RT, ID, Acct, App, ?.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Self::AccessToken => "AT",
            Self::RefreshToken => "RT",
            Self::IdToken => "ID",
            Self::Account => "Acct",
            Self::AppMetadata => "App",
            Self::Other => "?",
        }
    }

    /// Whether its entries are credentials: access, refresh and id tokens.
    #[must_use]
    pub fn is_credential(self) -> bool {
        match self {
            Self::AccessToken | Self::RefreshToken | Self::IdToken => true,
            Self::Account | Self::AppMetadata | Self::Other => false,
        }
    }

    /// The name in plain words: "access token", "refresh token" …
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AccessToken => "access token",
            Self::RefreshToken => "refresh token",
            Self::IdToken => "ID token",
            Self::Account => "account",
            Self::AppMetadata => "app metadata",
            Self::Other => "unknown entry",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_known_by_its_exact_name() {
        assert_eq!(Section::named("AccessToken"), Section::AccessToken);
        assert_eq!(Section::named("accesstoken"), Section::Other);
    }
}
