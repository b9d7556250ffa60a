//! The rules, one a file. A top: it lists its children.

mod account_without_username;
mod app_secret;
mod broken_section;
mod byte_order_mark;
mod cae_twin;
mod duplicate_access_token;
mod duplicate_key;
mod empty_signal;
mod expired_tokens;
mod expiry_mismatch;
mod family_state;
mod foreign_credential_type;
mod foreign_key;
mod forgotten_copy;
mod guest_without_home;
mod idle_metadata;
mod left_after_sign_out;
mod left_lock;
mod left_temp;
mod missing_field;
mod not_a_cache;
mod numeric_time;
mod old_refresh_token;
mod open_file;
mod open_folder;
mod orphan;
mod plain_tokens;
mod raw_non_ascii;
mod same_username;
mod shadowed_refresh_token;
mod stale_sibling;
mod undo_kept;
mod unknown_section;
mod users_and_apps;
mod wrong_clock;

use super::Rule;

/// Every rule, in the order in which its findings are told.
pub const RULES: &[&dyn Rule] = &[
    &not_a_cache::NotACache,
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
    &users_and_apps::UsersAndApps,
    &orphan::Orphan,
    &expired_tokens::ExpiredTokens,
    &left_after_sign_out::LeftAfterSignOut,
    &guest_without_home::GuestWithoutHome,
    &family_state::FamilyState,
    &idle_metadata::IdleMetadata,
    &unknown_section::UnknownSection,
    &left_lock::LeftLock,
    &open_file::OpenFile,
    &open_folder::OpenFolder,
    &plain_tokens::PlainTokens,
    &app_secret::AppSecret,
    &forgotten_copy::ForgottenCopy,
    &stale_sibling::StaleSibling,
    &left_temp::LeftTemp,
    &undo_kept::UndoKept,
    &cae_twin::CaeTwin,
    &empty_signal::EmptySignal,
];
