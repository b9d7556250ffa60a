//! How access tokens are looked up, as types: filters in their order, and what follows. Walks nothing.

/// How an access token is looked up.
pub(super) struct Lookup {
    /// Filters on the entry that stands under the very key; none where keys are not used.
    pub(super) by_key: &'static [Filter],
    /// Filters on every entry, in the order in which they are applied.
    pub(super) search: &'static [Filter],
    /// What if several pass.
    pub(super) several: Several,
    /// Filters on the one that was chosen: who fails here has no other tried.
    pub(super) chosen: &'static [Filter],
    /// How long a token must still live, in seconds.
    pub(super) left: Left,
    /// What asking for a new token does.
    pub(super) force: Wish,
    /// What a claims challenge does.
    pub(super) claims: Wish,
    /// What happens to a token whose `refresh_on` has passed.
    pub(super) aging: Aging,
    /// What is read of id tokens.
    pub(super) id_tokens: IdTokens,
    /// Whose entry fits an app.
    pub(super) nobody: Nobody,
    /// What comes of a fault on the way.
    pub(super) fault: Fault,
}

/// What comes of a fault on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The library raises.
    Raises,
    /// The cache is taken for empty, and the network is asked.
    AsksAnyway,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// The client id.
    Client,
    /// The home account id.
    Account,
    /// The home account id, where null raises.
    Owner,
    /// The host.
    Environment,
    /// The tenant.
    Tenant,
    /// The scopes.
    Scopes,
    /// The token type.
    TokenType,
    /// The key id.
    KeyId,
    /// Further components, where they are asked for.
    Extra,
    /// Further components, where none are asked for.
    Isolation,
    /// The credential type.
    Kind,
    /// The key, which must contain what is asked for.
    KeyText,
    /// The key, which is the very one.
    VeryKey,
    /// Whether it has not expired at all: the expired are dropped in passing.
    Alive,
    /// Whether it lives long enough.
    Expiry,
    /// When it was stored.
    CachedAt,
    /// The family.
    Family,
    /// Whether the library can hand out a token of this type.
    Usable,
    /// Whether there is a token in it at all.
    Secret,
    /// Whether its times can be read: if not, the library raises.
    Times,
}

/// What if several entries pass every filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Several {
    /// The first is taken, and the search ends.
    First,
    /// Any is taken: the order is that of a map.
    Any,
    /// All are dropped and none is taken.
    DropAll,
    /// The library raises.
    Raises(&'static str),
    /// Those under the preferred host count first; of several the library raises.
    PreferredOrRaises(&'static str),
}

/// How long a token must still live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Five minutes, or longer.
    FiveMinutes,
    /// Longer than five minutes.
    MoreThanFiveMinutes,
    /// Longer than five minutes, and no more than ten years.
    Plausible,
}

/// What a wish does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Cached access tokens are not looked at.
    Skips,
    /// They are looked at, and not used.
    Passes,
    /// Nothing.
    Ignored(&'static str),
    /// The library raises.
    Raises(&'static str),
}

/// What happens to a token whose `refresh_on` has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aging {
    /// It is renewed, and serves if that fails or cannot be tried.
    RenewOrServe,
    /// It is renewed; if that fails, the library raises.
    RenewOrRaise,
    /// It is renewed and serves if that fails; without a refresh token it is not used.
    RenewOrNothing,
    /// It is used at once, and renewed in the background.
    Background,
    /// It is used.
    Ignored,
}

/// What is read of id tokens once an access token was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdTokens {
    /// Nothing.
    Unread,
    /// One is decoded, and raises if it cannot be; of several all are dropped.
    Decoded(&'static [Filter]),
    /// One is decoded; if it cannot be, the access token is not used.
    Spoil(&'static [Filter]),
    /// They are searched, and refresh tokens too, and nulls raise.
    Searched(&'static [Filter], &'static [Filter]),
}

/// Whose entry fits an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nobody {
    /// Null, and written so.
    Null,
    /// The empty text.
    EmptyText,
    /// Null, absent or empty.
    Blank,
}
