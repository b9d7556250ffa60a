//! What can be done to a cache: tables of (cache, options, now) -> patch as words, and laws over random
//! caches. A top: its children hold the tests.

mod caches;
mod changes;
mod claims;
mod comparing;
mod cost;
mod deeds;
mod dialects;
mod effects;
mod explain;
mod hands;
mod importing;
mod laws;
mod left;
mod looking;
mod parting;
mod people;
mod querying;
mod redacted;
mod redaction;
mod transferring;
