//! What a Redis or its connection said, as our errors. Repeats no argument of a command: it may be a secret.

use std::io;
use std::time::Duration;

use super::answer::Refusal;
use super::stream::CONNECT;
use super::wire::ANSWER;
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, StoreErrorKind};

/// Said of a node that sends us to another one.
const ONE_OF_MANY: &str = "it is one node of a cluster: name it as redis-cluster:";
/// As much of a server's words as is repeated.
const WORDS: usize = 200;

/// Why there is no connection to `server`.
pub(super) fn unreached(server: &str, error: &io::Error) -> StoreError {
    lost(server, error, CONNECT)
}

/// What a broken connection to `server` means.
pub(super) fn broken(server: &str, error: &io::Error) -> StoreError {
    lost(server, error, ANSWER)
}

fn lost(server: &str, error: &io::Error, patience: Duration) -> StoreError {
    let server = server.to_owned();
    if let Some(error) = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
        return ServerTrouble::Tls { server, why: words(&error.to_string()) }.into();
    }
    let is = |kinds: &[io::ErrorKind]| kinds.contains(&error.kind());
    if is(&[io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock]) {
        return ServerTrouble::Slow { server, seconds: patience.as_secs() }.into();
    }
    if is(&[io::ErrorKind::InvalidData]) {
        return odd(&server);
    }
    let why = if is(&[io::ErrorKind::ConnectionRefused, io::ErrorKind::NotFound]) {
        "nobody listens there".to_owned()
    } else if is(&[io::ErrorKind::UnexpectedEof]) {
        "it closed the connection".to_owned()
    } else {
        words(&error.to_string())
    };
    ServerTrouble::Unreachable { server, why }.into()
}

/// An answer that does not belong to what was asked.
pub(super) fn odd(server: &str) -> StoreError {
    let why = "it does not answer as a Redis does".to_owned();
    ServerTrouble::Unreachable { server: server.to_owned(), why }.into()
}

/// What the server's refusal means.
pub(super) fn said(refusal: &Refusal) -> StoreError {
    let details = words(&refusal.details);
    match refusal.code.as_str() {
        "NOAUTH" => ServerTrouble::NoPassword.into(),
        "WRONGPASS" => ServerTrouble::WrongPassword.into(),
        "NOPERM" => ServerTrouble::Denied(denied(&details)).into(),
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "READONLY" | "BUSY" | "OOM" | "MISCONF"
        | "NOREPLICAS" => ServerTrouble::Unready(details).into(),
        "ASK" => moving(),
        "MOVED" => one_of_many(),
        code => StoreErrorKind::Server(format!("the server says: {code} {details}")).into(),
    }
}

/// Two nodes of a cluster are handing the key over.
pub(super) fn moving() -> StoreError {
    ServerTrouble::Unready("the key is just moving to another node".to_owned()).into()
}

/// The place is called a server, and is a node of a cluster.
pub(super) fn one_of_many() -> StoreError {
    StoreErrorKind::Server(ONE_OF_MANY.to_owned()).into()
}

/// "this user has no permissions to run the 'scan' command" as the rest of "lets this user not …".
fn denied(details: &str) -> String {
    let quoted = details.split('\'').nth(1);
    match quoted {
        Some(command) if details.contains("command") => format!("run {}", command.to_uppercase()),
        _ if details.contains("key") => "touch this key".to_owned(),
        _ => format!("do that ({details})"),
    }
}

/// The server's own words, without what was sent to it.
fn words(said: &str) -> String {
    let own = said.split(", with args").next().unwrap_or_default();
    own.chars().take(WORDS).collect()
}

/// Whether the trouble may be that of an old connection or of a map of the nodes that is no longer true.
pub(super) fn may_pass(error: &StoreError) -> bool {
    if let StoreErrorKind::Served(trouble) = &error.kind {
        return matches!(**trouble, ServerTrouble::Unreachable { .. } | ServerTrouble::Unready(_));
    }
    matches!(&error.kind, StoreErrorKind::Server(says) if says == ONE_OF_MANY)
}

/// A write of which the answer was lost.
pub(super) fn ambiguous(found: &str, cause: StoreError) -> StoreError {
    let says = format!("the connection was lost while it was written, and it may or may not have been: {found}");
    StoreError::new(StoreErrorKind::Write(says), io::Error::other(cause.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_repeated() {
        let said = "unknown command 'GETRANGE', with args beginning with: 'session:1' 'secret'";

        assert_eq!(words(said), "unknown command 'GETRANGE'");
    }

    #[test]
    fn a_denied_command_is_named() {
        assert_eq!(denied("User web has no permissions to run the 'scan' command"), "run SCAN");
        assert_eq!(
            denied("this user has no permissions to access one of the keys used as arguments"),
            "touch this key"
        );
    }
}
