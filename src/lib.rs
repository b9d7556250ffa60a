//! saltcellar inspects and manages MSAL token caches: klist for MSAL.
//!
//! # The idea
//! 1. **The text is the truth.** A `Document` is a cache's exact text plus an index of byte spans.
//!    Untouched bytes survive because nobody rewrites them.
//! 2. **Meaning is a lens.** `Cache` and `Entry` borrow a document and read it as MSAL does.
//! 3. **Every change is a `Patch`**: a pure function from (cache, options, now) to edits with reasons.
//! 4. **One door out.** Only `source/commit.rs` writes, and only a `Held` slot has `replace`.
//! 5. **Two faces, one mouth.** `present` turns facts into words with roles; each face only paints them.
//!
//! # The rooms
//! ```text
//! system    what operating systems do differently: opening, telling apart, replacing, signals
//! secret    text and bytes that hold tokens: wiped on drop, masked when shown
//! time      moments as MSAL writes them, and the clocks
//! text      the only way a string from a cache reaches a terminal
//! threads   two pieces of work side by side
//! json      what is written: text, spans, splices; knows nothing of tokens
//! seal      how it is wrapped: DPAPI, sessions, JWE; bytes to bytes
//! lock      who may touch it: the lock conventions of five runtimes
//! config    what the user chose: settings, keys, and what is wrong with them; pure
//! clipboard where a copied secret goes, and how it is taken back; shared by both faces
//! cache     what it means: sections, keys, entries, accounts, health
//! store     where it lies: file, folder, keyring, Redis, SQL
//! source    an opened cache: place + seal + lock, and the only writer
//! ops       what can be done: prune, forget, import, explain; pure
//! lint      what is wrong, one file per rule
//! present   facts to words with roles: no colour, no terminal
//! cli       the command line face, one file per command
//! tui       the terminal face: update decides, view paints, worker waits
//! ```
//!
//! # The floors
//! Who may import whom; what is not listed is forbidden. `tests/house.rs` enforces this table and holds
//! a copy, so that both change together. `cli` and `tui` meet only in `main.rs`.
//! ```text
//! 6  cli      -> present ops lint source cache config clipboard json threads time text secret system
//! 6  tui      -> present ops lint source cache config clipboard json threads time text secret system
//! 5  present  -> source ops lint cache json secret time text
//! 4  ops      -> cache json secret threads time
//! 4  lint     -> ops cache json secret threads time
//! 4  source   -> store seal lock config json secret threads time system
//! 3  cache    -> json secret threads time
//! 3  store    -> lock secret threads time system
//! 2  json     -> secret threads
//! 2  seal     -> secret
//! 2  lock     -> time system
//! 2  clipboard -> secret
//! 2  config   -> secret text
//! 1  system   ->
//! 1  secret   ->
//! 1  time     ->
//! 1  text     ->
//! 1  threads  ->
//! ```
//! Meaning stands on one side (json, cache, ops, lint), place on the other (lock, seal, store, source);
//! they touch once, where `source` imports `json`.
//!
//! # Invariants
//! - Bytes that no edit names stay as they are: order, duplicates, number text, escapes, white space.
//! - A secret shows masked unless a person asked; `reveal` stands in few files, listed in `tests/house/places.rs`.
//! - `json`, `cache`, `config`, `ops`, `lint`, `present` and the TUI's `update` and `view` do no input or output and
//!   ask no clock: time comes as an argument.
//! - Only `time` asks the system for the time; only the faces' edges print; hints to the system about memory are
//!   `unsafe` (`store/huge.rs`).
//! - Any doubt before a write: nothing is written, and the exit code says so.

pub mod cache;
pub mod cli;
pub mod clipboard;
pub mod config;
pub mod json;
pub mod lint;
pub mod lock;
pub mod ops;
pub mod present;
pub mod seal;
pub mod secret;
pub mod source;
pub mod store;
pub mod system;
pub mod text;
pub mod threads;
pub mod time;
pub mod tui;
