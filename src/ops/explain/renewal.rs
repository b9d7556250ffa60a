//! How refresh tokens are chosen, as types. Walks nothing.

use super::lookup::Filter;

/// How refresh tokens are chosen.
pub(super) struct RefreshRules {
    /// How the client's metadata is found.
    pub(super) metadata: Metadata,
    /// The groups of a client that is of a family.
    pub(super) of_family: &'static [Group],
    /// The groups of a client that is of none.
    pub(super) of_none: &'static [Group],
    /// The groups of a client without metadata.
    pub(super) unknown: &'static [Group],
    /// Which family's tokens.
    pub(super) family: FamilyRule,
    /// Filters on the family's tokens.
    pub(super) shared: &'static [Filter],
    /// Filters on the client's own.
    pub(super) own: &'static [Filter],
    /// Which of them are tried.
    pub(super) take: Take,
    /// What a request for scopes that every sign-in asks for does.
    pub(super) reserved: Reserved,
}

/// What asking for `openid`, `profile` or `offline_access` does, once a refresh token is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    /// Nothing.
    Fine,
    /// The library raises.
    Raises(&'static str),
}

/// How the client's metadata is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metadata {
    /// By the very key.
    ByKey,
    /// By its fields; several raise.
    OneOnly(&'static str),
    /// By its fields; of several any.
    AnyOne,
    /// By its fields; the first that names a family.
    FirstOfFamily,
    /// By its fields; the first.
    First,
}

/// A kind of refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// The family's.
    Family,
    /// The client's own.
    Own,
}

/// Which family's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FamilyRule {
    /// Of the family that the metadata names, else family 1.
    Named,
    /// Of any family.
    Any,
}

/// Which refresh tokens are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// All of each group, the newest first.
    AllNewestFirst,
    /// The first of each group.
    FirstOfEach,
    /// The first of the first group that has any.
    FirstOfFirst,
    /// Any of the first group that has any.
    AnyOfFirst,
}
