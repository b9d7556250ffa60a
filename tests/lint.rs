//! The rules of the doctor on small caches: for each one that fires it, and a near miss that does not.

mod account_without_username;
mod broken_section;
mod byte_order_mark;
mod corpus;
mod duplicate_access_token;
mod duplicate_key;
mod foreign_credential_type;
mod foreign_key;
mod missing_field;
mod numeric_time;
mod orphan;
mod raw_non_ascii;
mod shadowed_refresh_token;
