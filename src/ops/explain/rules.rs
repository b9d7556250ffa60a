//! What runtimes differ in, as types: each runtime is one value of [`Rules`], in `table`. Walks nothing.

use super::lookup::Lookup;
use super::renewal::RefreshRules;
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
