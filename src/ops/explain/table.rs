//! The rules of the five runtimes. Read from their sources: msal 1.39 (`application.py`, `token_cache.py`), msal-common
//! 16.16 (`CacheManager.ts`, `SilentFlowClient.ts`), msal4j 1.26 (`TokenCache`, `AcquireTokenSilentSupplier`), MSAL Go
//! 1.10 (`storage.go`, `base.go`), MSAL.NET (`TokenCache.ITokenCacheInternal.cs`). Decides nothing by itself.

use super::lookup::Filter::{
    Account, Alive, CachedAt, Client, Environment, Expiry, Extra as Ext, Family, Isolation, KeyId, KeyText, Kind,
    Owner, Scopes, Secret, Tenant as Realm, Times, TokenType, Usable, VeryKey,
};
use super::lookup::{Aging, Fault, IdTokens, Left, Lookup, Nobody, Several, Wish};
use super::renewal::{FamilyRule, Group, Metadata, RefreshRules, Reserved, Take};
use super::rules::{
    Blank, Components, Extra, Hosts, Letters, Load, Numbers, Reach, Reachable, Rules, ScopeRule, Tenant, TypeRule,
};
use super::runtime::Runtime;

/// The rules of `runtime`.
pub(super) fn rules(runtime: Runtime) -> &'static Rules {
    match runtime {
        Runtime::Python => &PYTHON,
        Runtime::Dotnet => &DOTNET,
        Runtime::Node => &NODE,
        Runtime::Java => &JAVA,
        Runtime::Go => &GO,
    }
}

/// What every request has, or what identifies nothing: `_EXT_CACHE_KEY_EXCLUDED_FIELDS` of MSAL Python.
const NO_COMPONENTS: &[&str] = &[
    "client_id",
    "grant_type",
    "scope",
    "claims",
    "username",
    "password",
    "refresh_token",
    "code",
    "redirect_uri",
    "code_verifier",
    "device_code",
    "assertion",
    "requested_token_use",
    "client_assertion",
    "client_assertion_type",
    "client_secret",
    "token_type",
    "req_cnf",
    "key_id",
    "user_federated_identity_credential",
    "user_id",
    "client_info",
];

static PYTHON: Rules = Rules {
    runtime: Runtime::Python,
    blank: Blank::Unequal,
    ids: Letters::Exact,
    realm: Letters::Exact,
    tenant: Tenant::AsTyped,
    hosts: Hosts::OneByOne,
    scopes: ScopeRule::Exact,
    token_type: TypeRule::Ignored,
    key_id: "key_id",
    extra: Extra::Hash("ext_cache_key"),
    reach: Reach {
        schemes: Reachable::Yes,
        person: Components::AnyBut(NO_COMPONENTS),
        app: Components::AnyBut(NO_COMPONENTS),
    },
    numbers: Numbers::Python,
    load: Load::Lazy,
    person: PYTHON_LOOKUP,
    app: Lookup {
        force: Wish::Raises("ValueError: acquire_token_for_client does not support force_refresh"),
        ..PYTHON_LOOKUP
    },
    refresh: RefreshRules {
        metadata: Metadata::ByKey,
        of_family: &[Group::Family, Group::Own],
        of_none: &[Group::Own],
        unknown: &[Group::Family, Group::Own],
        family: FamilyRule::Named,
        shared: &[Environment, Account, Family],
        own: &[Environment, Account, Client],
        take: Take::AllNewestFirst,
        reserved: Reserved::Raises("ValueError: openid, profile and offline_access cannot be asked for"),
    },
};

const PYTHON_LOOKUP: Lookup = Lookup {
    by_key: &[VeryKey, Client, Environment, Realm, Account, KeyId, Ext, Expiry],
    search: &[Alive, Client, Environment, Realm, Account, KeyId, Ext, Scopes, Isolation, Expiry],
    several: Several::First,
    chosen: &[],
    left: Left::FiveMinutes,
    force: Wish::Skips,
    claims: Wish::Skips,
    aging: Aging::RenewOrServe,
    id_tokens: IdTokens::Unread,
    nobody: Nobody::Null,
    fault: Fault::Raises,
};

static DOTNET: Rules = Rules {
    runtime: Runtime::Dotnet,
    blank: Blank::Unequal,
    ids: Letters::AnyCase,
    realm: Letters::AnyCase,
    tenant: Tenant::Home,
    hosts: Hosts::Cloud,
    scopes: ScopeRule::AnyCaseUnreserved,
    token_type: TypeRule::Equal,
    key_id: "kid",
    extra: Extra::Components("ext"),
    reach: Reach {
        schemes: Reachable::Yes,
        person: Components::AnyBut(NO_COMPONENTS),
        app: Components::AnyBut(NO_COMPONENTS),
    },
    numbers: Numbers::Dotnet,
    load: Load::Strict,
    person: DOTNET_LOOKUP,
    app: DOTNET_LOOKUP,
    refresh: RefreshRules {
        metadata: Metadata::First,
        of_family: &[Group::Family, Group::Own],
        of_none: &[Group::Own],
        unknown: &[Group::Family, Group::Own],
        family: FamilyRule::Named,
        shared: &[Account, Environment, Family],
        own: &[Account, Environment, Client],
        take: Take::FirstOfEach,
        reserved: Reserved::Fine,
    },
};

const DOTNET_LOOKUP: Lookup = Lookup {
    by_key: &[],
    search: &[Account, Realm, TokenType, Scopes, Environment, Client, Ext],
    several: Several::PreferredOrRaises("MsalClientException: multiple_matching_tokens_detected"),
    chosen: &[KeyId, Expiry],
    left: Left::Plausible,
    force: Wish::Skips,
    claims: Wish::Skips,
    aging: Aging::Background,
    id_tokens: IdTokens::Unread,
    nobody: Nobody::Blank,
    fault: Fault::Raises,
};

static NODE: Rules = Rules {
    runtime: Runtime::Node,
    blank: Blank::Unequal,
    ids: Letters::Exact,
    realm: Letters::AnyCase,
    tenant: Tenant::OfAccount,
    hosts: Hosts::OfBoth,
    scopes: ScopeRule::Sized,
    token_type: TypeRule::Ignored,
    key_id: "key_id",
    extra: Extra::Components("additionalCacheKeyComponents"),
    reach: Reach {
        schemes: Reachable::No,
        person: Components::Only(&[]),
        app: Components::Only(&["fmi_path", "client_claims"]),
    },
    numbers: Numbers::JavaScript,
    load: Load::Mapped,
    person: Lookup {
        by_key: &[],
        search: &[Kind, KeyText, Client, Account, Environment, Realm, Scopes, Ext],
        several: Several::DropAll,
        chosen: &[CachedAt, Expiry, Usable],
        left: Left::FiveMinutes,
        force: Wish::Skips,
        claims: Wish::Skips,
        aging: Aging::RenewOrServe,
        id_tokens: IdTokens::Decoded(&[Kind, KeyText, Client, Account, Environment, Realm]),
        nobody: Nobody::EmptyText,
        fault: Fault::Raises,
    },
    app: Lookup {
        by_key: &[],
        search: &[Kind, KeyText, Client, Account, Environment, Realm, Scopes, Ext],
        several: Several::Raises("ClientAuthError: multiple_matching_tokens"),
        chosen: &[Expiry, Usable],
        left: Left::FiveMinutes,
        force: Wish::Skips,
        claims: Wish::Skips,
        aging: Aging::RenewOrServe,
        id_tokens: IdTokens::Unread,
        nobody: Nobody::EmptyText,
        fault: Fault::Raises,
    },
    refresh: RefreshRules {
        metadata: Metadata::OneOnly("ClientAuthError: multiple_matching_appMetadata"),
        of_family: &[Group::Family, Group::Own],
        of_none: &[Group::Own],
        unknown: &[Group::Own],
        family: FamilyRule::Named,
        shared: &[Kind, KeyText, Client, Account, Environment, Family],
        own: &[Kind, KeyText, Client, Account, Environment],
        take: Take::FirstOfEach,
        reserved: Reserved::Fine,
    },
};

static JAVA: Rules = Rules {
    runtime: Runtime::Java,
    blank: Blank::Raises,
    ids: Letters::Exact,
    realm: Letters::Exact,
    tenant: Tenant::Lower,
    hosts: Hosts::OfAccount,
    scopes: ScopeRule::AnyCase,
    token_type: TypeRule::Ignored,
    key_id: "key_id",
    extra: Extra::CasedHash("ext_cache_key_hash"),
    reach: Reach {
        schemes: Reachable::No,
        person: Components::Only(&[]),
        app: Components::Only(&["fmi_path", "client_claims"]),
    },
    numbers: Numbers::Java,
    load: Load::Merged,
    person: Lookup {
        by_key: &[],
        search: &[Account, Ext, Environment, Realm, Client, Scopes],
        several: Several::First,
        chosen: &[Times, Secret, Expiry],
        left: Left::FiveMinutes,
        force: Wish::Passes,
        claims: Wish::Passes,
        aging: Aging::RenewOrNothing,
        id_tokens: IdTokens::Searched(&[Owner, Environment, Realm, Client], &[]),
        nobody: Nobody::Blank,
        fault: Fault::Raises,
    },
    app: Lookup {
        by_key: &[],
        search: &[Ext, Environment, Expiry, Realm, Client, Scopes],
        several: Several::First,
        chosen: &[Times, Secret],
        left: Left::MoreThanFiveMinutes,
        force: Wish::Skips,
        claims: Wish::Ignored("MSAL4J uses cached app tokens in spite of a claims challenge"),
        aging: Aging::Ignored,
        id_tokens: IdTokens::Searched(&[Environment, Realm, Client], &[Environment, Client]),
        nobody: Nobody::Blank,
        fault: Fault::Raises,
    },
    refresh: RefreshRules {
        metadata: Metadata::FirstOfFamily,
        of_family: &[Group::Family, Group::Own],
        of_none: &[Group::Own, Group::Family],
        unknown: &[Group::Own, Group::Family],
        family: FamilyRule::Any,
        shared: &[Owner, Environment, Family],
        own: &[Account, Environment, Client],
        take: Take::FirstOfFirst,
        reserved: Reserved::Fine,
    },
};

static GO: Rules = Rules {
    runtime: Runtime::Go,
    blank: Blank::Empty,
    ids: Letters::Exact,
    realm: Letters::Exact,
    tenant: Tenant::Lower,
    hosts: Hosts::Cloud,
    scopes: ScopeRule::Counted,
    token_type: TypeRule::EqualWithKey,
    key_id: "keyid",
    extra: Extra::InKey("ext_cache_key"),
    reach: Reach {
        schemes: Reachable::Yes,
        person: Components::Only(&[]),
        app: Components::Only(&["fmi_path", "attributes", "client_claims"]),
    },
    numbers: Numbers::Go,
    load: Load::Typed,
    person: Lookup { id_tokens: IdTokens::Spoil(&[Account, Realm, Client, Environment]), ..GO_LOOKUP },
    app: Lookup { aging: Aging::RenewOrServe, fault: Fault::AsksAnyway, ..GO_LOOKUP },
    refresh: RefreshRules {
        metadata: Metadata::AnyOne,
        of_family: &[Group::Family, Group::Own],
        of_none: &[Group::Own, Group::Family],
        unknown: &[],
        family: FamilyRule::Any,
        shared: &[Account, Environment, Family],
        own: &[Account, Environment, Client],
        take: Take::AnyOfFirst,
        reserved: Reserved::Fine,
    },
};

const GO_LOOKUP: Lookup = Lookup {
    by_key: &[],
    search: &[Account, Realm, Client, TokenType, Environment, Scopes, Ext],
    several: Several::Any,
    chosen: &[CachedAt, Expiry],
    left: Left::FiveMinutes,
    force: Wish::Ignored("MSAL Go cannot be asked to refresh: it is asked as usual"),
    claims: Wish::Skips,
    aging: Aging::RenewOrRaise,
    id_tokens: IdTokens::Unread,
    nobody: Nobody::Blank,
    fault: Fault::Raises,
};
