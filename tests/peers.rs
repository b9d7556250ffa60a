//! Caches of the real MSAL libraries: read whole, changed so that the library still makes of them what it should,
//! watched for entries that it puts back, and undone beside tokens that it has rotated since.

mod azure_cli;
mod changes;
mod dialects;
mod doctor;
mod explain;
#[cfg(all(unix, feature = "redis", feature = "postgres", feature = "sqlite"))]
mod in_rows;
mod keyring;
mod kwallet;
mod lint;
mod listing;
#[cfg(all(unix, feature = "redis"))]
mod on_redis;
mod people;
mod prediction;
mod resurrection;
mod rotation;
mod running;
mod sealed;
mod sessions;
mod sign_out;
mod watching;

use std::collections::BTreeSet;

use serde_json::Value;

use super::support::msal::{self, Peer};
use super::support::peers::installed;

/// Those of `names` that are installed, if there is a Python to judge with.
fn ready(names: &[&'static str]) -> Vec<Peer> {
    if installed("python3") { msal::ready(names) } else { Vec::new() }
}

/// The home account ids of what a peer or the reader calls its accounts.
fn account_ids(answer: &Value) -> BTreeSet<&str> {
    rows(&answer["accounts"]).filter_map(|account| account["home_account_id"].as_str()).collect()
}

fn rows(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// (section, key) of each item of a list.
fn names(list: &Value) -> BTreeSet<(&str, &str)> {
    rows(list).filter_map(|entry| Some((entry["section"].as_str()?, entry["key"].as_str()?))).collect()
}

/// The present, in Unix seconds, as the peers see it.
fn now() -> i64 {
    use saltcellar::time::Clock as _;
    saltcellar::time::SystemClock::new().now().0
}

/// Runs `cell` for each of `cells` at once and fails when one of them does.
fn all_at_once<C: Send>(cells: impl IntoIterator<Item = C>, cell: impl Fn(C) + Sync) {
    let cell = &cell;
    let failed = std::thread::scope(|scope| {
        let threads: Vec<_> = cells.into_iter().map(|one| scope.spawn(move || cell(one))).collect();
        threads.into_iter().filter_map(|thread| thread.join().err()).count()
    });
    assert_eq!(failed, 0, "cells failed, see above");
}
