//! The one integration binary. Nothing process-wide (environment, umask, signals) happens in here:
//! tests that need it run the `saltcellar` binary.

// Helpers of tests may index and print too, as clippy.toml says of tests.
#![cfg(test)]

mod cache;
mod canary;
mod cli;
mod clipboard;
mod commit;
mod crash;
mod discovering;
mod house;
mod json_laws;
mod keyrings;
mod lint;
mod locks;
mod moving;
mod mutants;
mod obstacles;
mod ops;
mod peers;
mod policy;
mod present;
mod readme;
#[cfg(all(unix, feature = "redis"))]
mod redis;
mod salvage;
mod screens;
#[cfg(feature = "kernel-keyring")]
mod seals;
mod sessions;
mod settings;
#[cfg(feature = "sqlite")]
mod sql;
mod store;
mod support;
mod terminal;
mod watching;
#[cfg(all(unix, feature = "redis", feature = "sqlite"))]
mod webapps;
mod windows;
