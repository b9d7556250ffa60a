//! The rules, one a file. A top: it lists its children.

mod account_without_username;
mod broken_section;
mod byte_order_mark;
mod duplicate_access_token;
mod duplicate_key;
mod foreign_credential_type;
mod foreign_key;
mod missing_field;
mod numeric_time;
mod orphan;
mod raw_non_ascii;
mod shadowed_refresh_token;

use super::Rule;

/// Every rule, in the order in which its findings are told.
pub const RULES: &[&dyn Rule] = &[
    &byte_order_mark::ByteOrderMark,
    &broken_section::BrokenSection,
    &duplicate_key::DuplicateKey,
    &missing_field::MissingField,
    &foreign_credential_type::ForeignCredentialType,
    &numeric_time::NumericTime,
    &shadowed_refresh_token::ShadowedRefreshToken,
    &foreign_key::ForeignKey,
    &duplicate_access_token::DuplicateAccessToken,
    &account_without_username::AccountWithoutUsername,
    &raw_non_ascii::RawNonAscii,
    &orphan::Orphan,
];
