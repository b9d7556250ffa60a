//! What saltcellar promises about terminals, secrets and `--readonly`, held against the shipped binary: hostile text
//! in every field, canaries in every secret, every command, every key of every screen. Links nothing of the faces but
//! their tables of commands and keys.

mod bait;
mod calls;
mod corpus;
mod home;
mod hostile;
mod masked;
mod private;
mod pty;
mod readonly;
mod report;
mod restored;
mod secrets;
mod snapshot;
mod strangers;
mod stream;
mod users;
mod walk;
mod watched;
