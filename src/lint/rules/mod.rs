//! The rules, one a file. A top: it lists its children.

mod orphan;

use super::Rule;

/// Every rule, in the order in which its findings are told.
pub const RULES: &[&dyn Rule] = &[&orphan::Orphan];
