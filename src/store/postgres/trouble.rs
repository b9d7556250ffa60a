//! What an error of PostgreSQL means: told apart by its code, in the server's own words where they hold no value. The
//! detail of an error is never told: it may repeat what a row holds.

use std::io;

use postgres::error::SqlState;

use super::connect::CONNECT_SECONDS;
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, StoreErrorKind};

/// What an error means to somebody who asked.
pub(super) fn trouble(error: postgres::Error) -> StoreError {
    let Some(told) = error.as_db_error() else {
        return ServerTrouble::Unready(format!("the connection was lost: {}", said(&error))).into();
    };
    let (code, words) = (told.code(), told.message().to_owned());
    if code == &SqlState::INSUFFICIENT_PRIVILEGE {
        return ServerTrouble::Denied(format!("do that: {words}")).into();
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return StoreErrorKind::Write(format!("the server is open read-only: {words}")).into();
    }
    // Classes 53 and 57: out of something, or going down.
    if code.code().starts_with("53") || code.code().starts_with("57") {
        return ServerTrouble::Unready(words).into();
    }
    StoreErrorKind::Server(format!("the server says: {words}")).into()
}

/// What an error means to somebody who writes: the old value stands.
pub(super) fn unwritten(error: postgres::Error) -> StoreError {
    let Some(told) = error.as_db_error() else { return trouble(error) };
    // Classes 22 and 23: a value that the column or a rule of the table does not take.
    match told.code().code().get(..2) {
        Some("22" | "23") => StoreErrorKind::Write(format!("the table does not take it: {}", told.message())).into(),
        _ => trouble(error),
    }
}

/// What an error means to somebody who connects.
pub(super) fn unconnected(error: postgres::Error, server: &str, database: &str) -> StoreError {
    let server = server.to_owned();
    if let Some(told) = error.as_db_error() {
        let words = told.message().to_owned();
        return match told.code() {
            code if *code == SqlState::INVALID_PASSWORD => ServerTrouble::WrongPassword.into(),
            code if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                ServerTrouble::Denied(format!("in: {words}")).into()
            }
            code if *code == SqlState::INVALID_CATALOG_NAME => ServerTrouble::NoDatabase(database.to_owned()).into(),
            _ => trouble(error),
        };
    }
    let words = error.to_string();
    if words.contains("TLS") {
        return ServerTrouble::Tls { server, why: said(&error) }.into();
    }
    if words.contains("timed out") || words.contains("timeout") {
        return ServerTrouble::Slow { server, seconds: CONNECT_SECONDS }.into();
    }
    ServerTrouble::Unreachable { server, why: said(&error) }.into()
}

/// The innermost cause, in the system's own words.
fn said(error: &postgres::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<io::Error>() {
        Some(error) => error.to_string(),
        None => cause.to_string(),
    }
}
