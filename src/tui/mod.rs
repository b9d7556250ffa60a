//! The terminal UI: a model that `update` changes, a view that paints it, workers that wait.
//! Refuses to run where there is no terminal. A top: `run` uses all the rest.

pub mod action;
pub mod available;
pub mod axis;
pub mod browse;
mod clipboard;
mod clock;
pub mod detail;
pub mod dialog;
pub mod draft;
pub mod effect;
pub mod farewell;
mod fault;
pub mod fuzzy;
pub mod help;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod msg;
mod opened;
mod order;
pub mod page;
pub mod pages;
pub mod palette;
pub mod pen;
pub mod prune;
pub mod reader;
mod reply;
pub mod rest;
mod run;
pub mod seek;
pub mod sieve;
pub mod sources;
pub mod tabs;
pub mod tally;
mod terminal;
pub mod theme;
pub mod update;
pub mod view;
pub mod wake;
pub mod work;
mod worker;
pub mod wrap;

pub use run::{Options, TuiError, run};
