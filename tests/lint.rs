//! The rules of the doctor on small caches: for each one that fires it, and a near miss that does not.

mod account_without_username;
mod broken_section;
mod byte_order_mark;
mod corpus;
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
mod surroundings;
mod together;
mod unknown_section;
mod users_and_apps;
mod wrong_clock;
