//! Well-known client ids, resources, tenants and role claims in plain words (data: assets/names.tsv and
//! notes.json).
//! Names only what is certain: an id that is not in the table has no name.

use std::sync::OnceLock;

use foldhash::fast::RandomState;
use serde::Deserialize;

use super::QuickMap;

/// Lines of fields, which nearly every command reads: to parse JSON takes several times as long.
const NAMES: &str = include_str!("../../assets/names.tsv");
/// Apart, so that a list does not read them.
const NOTES: &str = include_str!("../../assets/notes.json");

type Words = QuickMap<&'static str, &'static str>;

/// What is said of claims: read when the first claim is shown.
#[derive(Deserialize)]
struct Notes<'d> {
    #[serde(borrow)]
    claim: QuickMap<&'d str, &'d str>,
    #[serde(borrow)]
    role: QuickMap<&'d str, &'d str>,
    /// By claim, then by coded value.
    #[serde(borrow)]
    value: QuickMap<&'d str, QuickMap<&'d str, &'d str>>,
}

/// A line of the names.
enum Named {
    Client(Client),
    Resource(Resource),
    Tenant { realm: &'static str, name: &'static str },
}

#[derive(Clone, Copy)]
struct Client {
    id: &'static str,
    name: &'static str,
    family: Option<&'static str>,
}

#[derive(Clone, Copy)]
struct Resource {
    name: &'static str,
    /// Other names for `--resource`.
    short: &'static str,
    /// `https://host`, or `https://*.host` for one host a customer; and ids.
    places: &'static str,
}

/// The names, by what is looked up.
struct Names {
    clients: QuickMap<&'static str, Client>,
    /// By host, by `*.host` without the star, and by id.
    resources: Words,
    tenants: Words,
}

/// "Azure CLI" for 04b07795-…; `None` for a client nobody knows.
#[must_use]
pub fn client(client_id: &str) -> Option<&'static str> {
    known_client(client_id).map(|client| client.name)
}

/// The family of a well-known client ("1"), whose apps share a refresh token.
#[must_use]
pub fn client_family(client_id: &str) -> Option<&'static str> {
    known_client(client_id)?.family
}

/// The ids of the well-known clients called `name`, ignoring case.
#[must_use]
pub fn client_ids(name: &str) -> Vec<&'static str> {
    let is_called = |named| match named {
        Named::Client(client) => same(client.name, name).then_some(client.id),
        Named::Resource(_) | Named::Tenant { .. } => None,
    };
    named().filter_map(is_called).collect()
}

/// "Microsoft Graph" for https://graph.microsoft.com/… (any scope or resource URL).
#[must_use]
pub fn resource(scope: &str) -> Option<&'static str> {
    host_of(scope).and_then(by_host)
}

/// The resource's URL prefixes and ids for a plain name ("graph", "Microsoft Graph", "arm"), for
/// `--resource`. A prefix fits a scope only up to a `/` or its end: see [`resource`].
#[must_use]
pub fn resource_prefixes(name: &str) -> Vec<&'static str> {
    let Some(resource) = resource_named(name) else { return Vec::new() };
    resource.places().filter(|place| !place.contains('*')).collect()
}

/// Whether `scope` belongs to the resource with the plain name `name` ("graph", "Key Vault").
#[must_use]
pub fn is_of_resource(scope: &str, name: &str) -> bool {
    let Some(wanted) = resource_named(name) else { return false };
    resource(scope) == Some(wanted.name)
}

/// "personal accounts" for the consumer tenant and the like.
#[must_use]
pub fn tenant(realm: &str) -> Option<&'static str> {
    find(&names().tenants, realm)
}

/// One sentence on what a claim means ("amr": how the user signed in).
#[must_use]
pub fn claim(name: &str) -> Option<&'static str> {
    find(&notes().claim, name)
}

/// The name of a directory role in the claim `wids`.
#[must_use]
pub fn role(id: &str) -> Option<&'static str> {
    find(&notes().role, id)
}

/// What the coded `value` of the claim `name` stands for (`appidacr` 1: with a secret).
#[must_use]
pub fn claim_value(name: &str, value: &str) -> Option<&'static str> {
    find(notes().value.get(name)?, value)
}

fn known_client(client_id: &str) -> Option<&'static Client> {
    look_up(&names().clients, client_id)
}

fn resource_named(name: &str) -> Option<Resource> {
    let is_called = |named| match named {
        Named::Resource(resource) => resource.is_called(name).then_some(resource),
        Named::Client(_) | Named::Tenant { .. } => None,
    };
    named().find_map(is_called)
}

/// The host of a scope's URL, or the id before its first slash: `https://host/scope`,
/// `api://id/scope`, `id/.default`.
fn host_of(scope: &str) -> Option<&str> {
    let rest = scope.split_once("://").map_or(scope, |(_, rest)| rest);
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b':' | b'?' | b'#')).unwrap_or(rest.len());
    rest.get(..end).filter(|host| !host.is_empty())
}

/// The resource of `host` itself, or of the domain that it stands in.
fn by_host(host: &str) -> Option<&'static str> {
    let resources = &names().resources;
    let mut domains = host.match_indices('.').filter_map(|(at, _)| host.get(at..));
    find(resources, host).or_else(|| domains.find_map(|domain| find(resources, domain)))
}

fn look_up<'m, T>(map: &'m QuickMap<&'static str, T>, name: &str) -> Option<&'m T> {
    map.get(name).or_else(|| map.get(name.to_ascii_lowercase().as_str()))
}

fn find(map: &'static Words, name: &str) -> Option<&'static str> {
    look_up(map, name).copied()
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn names() -> &'static Names {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(Names::read)
}

fn notes() -> &'static Notes<'static> {
    static READ: OnceLock<Notes<'static>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(NOTES).expect("the data is part of the program and read by its tests"))
}

/// The names in the order of their lines.
fn named() -> impl Iterator<Item = Named> {
    NAMES.lines().filter_map(Named::read)
}

impl Named {
    /// Reads a line; `None` for one that is empty, or a remark.
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let kind = fields.next()?;
        let mut field = || fields.next().unwrap_or_default();
        match kind {
            "client" => {
                let (id, name, family) = (field(), field(), field());
                Some(Self::Client(Client { id, name, family: Some(family).filter(|family| !family.is_empty()) }))
            }
            "resource" => Some(Self::Resource(Resource { name: field(), short: field(), places: field() })),
            "tenant" => Some(Self::Tenant { realm: field(), name: field() }),
            _ => None,
        }
    }
}

impl Resource {
    fn is_called(&self, name: &str) -> bool {
        same(self.name, name) || self.short.split_whitespace().any(|short| same(short, name))
    }

    fn places(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.places.split(' ')
    }
}

/// A map that need not grow for the names that there are, which would take as long as to fill it.
fn with_room<V>(count: usize) -> QuickMap<&'static str, V> {
    QuickMap::with_capacity_and_hasher(count, RandomState::default())
}

impl Names {
    fn read() -> Self {
        let mut names = Self { clients: with_room(50), resources: with_room(110), tenants: with_room(6) };
        named().for_each(|named| names.add(named));
        names
    }

    fn add(&mut self, named: Named) {
        match named {
            Named::Client(client) => _ = self.clients.insert(client.id, client),
            Named::Tenant { realm, name } => _ = self.tenants.insert(realm, name),
            Named::Resource(resource) => {
                for place in resource.places() {
                    let host = place.strip_prefix("https://").unwrap_or(place);
                    self.resources.insert(host.strip_prefix('*').unwrap_or(host), resource.name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_clients_have_names_and_families() {
        assert_eq!(client("04B07795-8ddb-461a-bbee-02f9e1bf7b46"), Some("Azure CLI"));
        assert_eq!(client_family("04b07795-8ddb-461a-bbee-02f9e1bf7b46"), Some("1"));
        assert_eq!(client("11112222-3333-4444-5555-666677778888"), None);
        assert_eq!(client_ids("azure cli"), ["04b07795-8ddb-461a-bbee-02f9e1bf7b46"]);
    }

    #[test]
    fn resources_are_known_by_url_and_id() {
        for (scope, name) in [
            ("https://graph.microsoft.com/User.Read", "Microsoft Graph"),
            ("00000003-0000-0000-c000-000000000000/.default", "Microsoft Graph"),
            ("https://management.core.windows.net//.default", "Azure Resource Manager"),
            ("https://management.azure.com", "Azure Resource Manager"),
            ("https://contoso.vault.azure.net/keys", "Key Vault"),
            ("https://VAULT.azure.net/.default", "Key Vault"),
            ("6dae42f8-4368-4678-94ff-3960e28e3630/user.read", "AKS"),
            ("https://contoso.sharepoint.com/.default", "SharePoint"),
        ] {
            assert_eq!(resource(scope), Some(name), "{scope}");
        }
    }

    #[test]
    fn a_host_that_only_begins_like_a_resource_is_none() {
        for scope in ["https://graph.microsoft.com.evil.example/x", "User.Read", "api://app/read", "", "https://"] {
            assert_eq!(resource(scope), None, "{scope}");
        }
    }

    #[test]
    fn a_resource_is_found_by_plain_and_short_names() {
        assert!(resource_prefixes("graph").contains(&"https://graph.microsoft.com"));
        assert!(is_of_resource("https://management.azure.com/.default", "arm"));
        assert!(!is_of_resource("https://management.azure.com/.default", "graph"));
        assert!(["nonsense", ""].iter().all(|name| resource_prefixes(name).is_empty()));
    }

    #[test]
    fn every_line_names_something_or_is_a_remark() {
        let is_remark = |line: &&str| line.is_empty() || line.starts_with('#');
        let is_whole = |line| match Named::read(line) {
            Some(Named::Client(Client { id, name, .. })) => !id.is_empty() && !name.is_empty(),
            Some(Named::Resource(resource)) => resource.places().all(|place| host_of(place).is_some()),
            Some(Named::Tenant { realm, name }) => !realm.is_empty() && !name.is_empty(),
            None => false,
        };

        let odd: Vec<&str> = NAMES.lines().filter(|line| !is_remark(line) && !is_whole(line)).collect();

        assert_eq!(odd, Vec::<&str>::new());
    }

    #[test]
    fn no_id_and_no_host_has_two_names() {
        let counts = named().fold([0; 3], |[clients, places, tenants], named| match named {
            Named::Client(_) => [clients + 1, places, tenants],
            Named::Resource(resource) => [clients, places + resource.places().count(), tenants],
            Named::Tenant { .. } => [clients, places, tenants + 1],
        });

        let names = names();
        assert_eq!([names.clients.len(), names.resources.len(), names.tenants.len()], counts);
    }

    #[test]
    fn ids_are_guids_in_lower_case_and_claims_with_coded_values_have_notes() {
        let is_guid =
            |id: &str| id.len() == 36 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));

        let odd: Vec<&&str> = notes().role.keys().filter(|id| !is_guid(id)).collect();

        assert_eq!(odd, Vec::<&&str>::new());
        assert!(names().clients.keys().all(|id| is_guid(id) || id.ends_with("_managed_identity")));
        assert!(notes().value.keys().all(|name| claim(name).is_some()));
    }

    #[test]
    fn claims_roles_and_tenants_have_notes() {
        for name in ["aud", "amr", "wids", "xms_cc", "scp", "oid", "preferred_username"] {
            assert!(claim(name).is_some(), "{name}");
        }
        assert_eq!(role("62e90394-69f5-4237-9190-012177145e10"), Some("Global Administrator"));
        assert_eq!(role("744ec460-397e-42ad-a462-8b3f9747a02c"), Some("Knowledge Manager"));
        assert_eq!(claim_value("appidacr", "1"), Some("with a secret"));
        assert_eq!(claim_value("appidacr", "7"), None);
        assert_eq!(tenant("9188040d-6c67-4c5b-b112-36a304b66dad"), Some("personal accounts"));
    }
}
