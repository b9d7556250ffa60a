//! The rules, one a file. A top: it lists its children.

mod account_without_username;
mod broken_section;
mod byte_order_mark;
mod duplicate_access_token;
mod duplicate_key;
mod expired_tokens;
mod expiry_mismatch;
mod family_state;
mod foreign_credential_type;
mod foreign_key;
mod guest_without_home;
mod idle_metadata;
mod left_after_sign_out;
mod missing_field;
mod numeric_time;
mod old_refresh_token;
mod orphan;
mod raw_non_ascii;
mod same_username;
mod shadowed_refresh_token;
mod unknown_section;
mod wrong_clock;

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
    &same_username::SameUsername,
    &account_without_username::AccountWithoutUsername,
    &expiry_mismatch::ExpiryMismatch,
    &wrong_clock::WrongClock,
    &old_refresh_token::OldRefreshToken,
    &raw_non_ascii::RawNonAscii,
    &orphan::Orphan,
    &expired_tokens::ExpiredTokens,
    &left_after_sign_out::LeftAfterSignOut,
    &guest_without_home::GuestWithoutHome,
    &family_state::FamilyState,
    &idle_metadata::IdleMetadata,
    &unknown_section::UnknownSection,
];
