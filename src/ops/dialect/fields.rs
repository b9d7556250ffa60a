//! How each runtime spells the members of an entry, and in which order. Data; judges nothing.

use crate::cache::{Dialect, Field};

/// Every name under which `dialect` writes `field`; none, where it does not.
pub(super) fn spelled(field: Field, dialect: Dialect) -> &'static [&'static str] {
    match (field, dialect) {
        // MsalAccessTokenCacheItem.cs writes the old name beside the new one.
        (Field::ExtendedExpiresOn, Dialect::DotNet) => &["extended_expires_on", "ext_expires_on"],
        // Bearer is what both take an absent type for.
        (Field::TokenType, Dialect::DotNet | Dialect::Java) => &[],
        (Field::KeyId, Dialect::DotNet) => &["kid"],
        (Field::KeyId, Dialect::Go) => &["keyid"],
        (Field::UserAssertionHash, Dialect::Node) => &["userAssertionHash"],
        (_, _) => field.spellings().get(..1).unwrap_or_default(),
    }
}

/// The order in which `dialect` writes members; what is not listed follows.
pub(super) fn order(dialect: Dialect) -> &'static [Field] {
    match dialect {
        Dialect::Python | Dialect::Unknown => PYTHON,
        Dialect::DotNet => DOTNET,
        Dialect::Node | Dialect::Java => NODE,
        Dialect::Go => GO,
    }
}

const PYTHON: &[Field] = &[
    Field::CredentialType,
    Field::Secret,
    Field::HomeAccountId,
    Field::Environment,
    Field::ClientId,
    Field::Target,
    Field::Realm,
    Field::TokenType,
    Field::CachedAt,
    Field::ExpiresOn,
    Field::ExtendedExpiresOn,
    Field::RefreshOn,
    Field::LastModificationTime,
    Field::FamilyId,
];

const DOTNET: &[Field] = &[
    Field::HomeAccountId,
    Field::Environment,
    Field::ClientInfo,
    Field::ClientId,
    Field::Secret,
    Field::CredentialType,
    Field::Realm,
    Field::Target,
    Field::CachedAt,
    Field::ExpiresOn,
    Field::ExtendedExpiresOn,
    Field::RefreshOn,
    Field::FamilyId,
];

const NODE: &[Field] = &[
    Field::HomeAccountId,
    Field::Environment,
    Field::CredentialType,
    Field::ClientId,
    Field::Secret,
    Field::Realm,
    Field::Target,
    Field::CachedAt,
    Field::ExpiresOn,
    Field::ExtendedExpiresOn,
    Field::RefreshOn,
    Field::TokenType,
    Field::FamilyId,
];

const GO: &[Field] = &[
    Field::HomeAccountId,
    Field::Environment,
    Field::Realm,
    Field::CredentialType,
    Field::ClientId,
    Field::FamilyId,
    Field::Secret,
    Field::Target,
    Field::RefreshOn,
    Field::ExpiresOn,
    Field::ExtendedExpiresOn,
    Field::CachedAt,
    Field::TokenType,
];
