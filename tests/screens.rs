//! Screens as text: a cache, keys, and what is seen; without a terminal.

mod browsing;
mod changing;
mod commands;
mod comparing;
mod filtering;
mod gallery;
mod large;
mod laws;
mod looks;
mod mouse;
mod names;
mod outside;
mod planning;
mod policy;
mod purging;
mod reading;
mod seeking;
mod sources;
mod stage;
mod timeline;
mod users;
mod waiting;
mod zooming;
