//! The cache of `--demo`: invented people and tokens, made by `assets/make_demo.py`. No token in it
//! was ever issued; the times stand around [`DEMO_NOW`].

use crate::time::UnixSeconds;

/// The moment at which the demo plays: 2026-11-22T12:00:00Z.
pub const DEMO_NOW: UnixSeconds = UnixSeconds(1_795_348_800);

/// The text of the demo cache, as MSAL Python lays it out.
pub const DEMO: &str = include_str!("../../assets/demo.json");
