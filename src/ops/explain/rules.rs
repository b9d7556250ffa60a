//! What runtimes differ in, as types: each runtime is one value of [`Rules`], in `table`. Walks nothing.

use super::runtime::Runtime;

/// How one runtime looks things up.
pub(super) struct Rules {
    /// Whose rules.
    pub(super) runtime: Runtime,
    /// How a text that is null or absent reads.
    pub(super) blank: Blank,
    /// How ids of accounts and clients are compared.
    pub(super) ids: Letters,
    /// How tenants are compared.
    pub(super) realm: Letters,
    /// Which tenant a request looks for.
    pub(super) tenant: Tenant,
    /// Which hosts count as the authority's.
    pub(super) hosts: Hosts,
    /// How scopes are compared.
    pub(super) scopes: ScopeRule,
    /// How token types are compared.
    pub(super) token_type: TypeRule,
    /// The field that names the key of a bound token.
    pub(super) key_id: &'static str,
    /// How further components of the cache key are compared.
    pub(super) extra: Extra,
    /// What can be asked for beside scopes.
    pub(super) reach: Reach,
    /// How numbers are read.
    pub(super) numbers: Numbers,
    /// How the file becomes a cache in memory.
    pub(super) load: Load,
    /// How a person's access token is looked up.
    pub(super) person: Lookup,
    /// How an app's own access token is looked up.
    pub(super) app: Lookup,
    /// How refresh tokens are chosen.
    pub(super) refresh: RefreshRules,
}

/// How a text that is null or absent reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// It equals nothing.
    Unequal,
    /// It is the empty text.
    Empty,
    /// Comparing it raises.
    Raises,
}

/// How letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Letter by letter.
    Exact,
    /// Ignoring case.
    AnyCase,
}

/// Which tenant a request looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tenant {
    /// The authority's, as typed.
    AsTyped,
    /// The authority's, in lower case.
    Lower,
    /// That of the account, as the app gives it along: the authority's, but the account's own for a shared authority.
    OfAccount,
    /// The authority's, but the account's home tenant for a shared authority.
    Home,
}

/// Which hosts count as the authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hosts {
    /// The authority's host; then, in a second search, each of its aliases for which there is a refresh token.
    OneByOne,
    /// The authority's host and its aliases.
    Cloud,
    /// Those of the account's own host.
    OfAccount,
    /// The authority's and its aliases, if the account's host is one of them.
    OfBoth,
}

/// How scopes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeRule {
    /// A subset, letter by letter.
    Exact,
    /// A subset, ignoring case.
    AnyCase,
    /// A subset, ignoring case, without `openid`, `profile`, `offline_access`.
    AnyCaseUnreserved,
    /// As many hits as scopes asked for, ignoring case: a scope that the entry has twice counts twice.
    Counted,
    /// A subset, ignoring case, of a set at least as large; none of nothing; `openid` and the like only when alone.
    Sized,
}

/// How token types are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeRule {
    /// They are not.
    Ignored,
    /// Equal ignoring case; absent is Bearer.
    Equal,
    /// Equal ignoring case with equal key ids; or absent where Bearer is asked for.
    EqualWithKey,
}

/// How further components of the cache key are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// The hash equals the field; without components the field must be absent.
    Hash(&'static str),
    /// The key contains the hash; without components the field must be blank.
    InKey(&'static str),
    /// The hash, case kept, equals the field; without components the field must be blank.
    CasedHash(&'static str),
    /// The components themselves are equal.
    Components(&'static str),
}

/// What a caller can ask this runtime for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Whether bound tokens can be asked for.
    pub(super) schemes: Reachable,
    /// Components of the key that a person's request can have.
    pub(super) person: Components,
    /// Components of the key that an app's request can have.
    pub(super) app: Components,
}

/// Whether something can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reachable {
    /// It can.
    Yes,
    /// It cannot: Bearer is asked for instead.
    No,
}

/// Which components of the key a request can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Components {
    /// Any but those.
    AnyBut(&'static [&'static str]),
    /// Those alone.
    Only(&'static [&'static str]),
}

/// How numbers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// `int(x)`.
    Python,
    /// `Number(x)`.
    JavaScript,
    /// `strconv.Atoi`; absent is the zero time.
    Go,
    /// `Long.parseLong`.
    Java,
    /// Decimal text.
    Dotnet,
}

/// How the file becomes a cache in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// As it is: faults show when an entry is reached.
    Lazy,
    /// Every entry is read: a null entry raises, and what is no credential by its type is not seen.
    Mapped,
    /// Every field has a type: a wrong one raises.
    Typed,
    /// Every field is text; sections that stand twice are one.
    Merged,
    /// Every time is text: a number raises.
    Strict,
}

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
    /// They are searched, and nulls raise.
    Searched(&'static [Filter]),
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
