//! Well-known client ids, resources, tenants and role claims in plain words (data: assets/names.json and
//! notes.json).
//! Names only what is certain: an id that is not in the table has no name.

use std::sync::OnceLock;

use serde::Deserialize;

use super::QuickMap;

/// JSON, which the start reads many times faster than TOML.
const NAMES: &str = include_str!("../../assets/names.json");
/// Apart, so that a list does not read them.
const NOTES: &str = include_str!("../../assets/notes.json");

type Words = QuickMap<&'static str, &'static str>;

/// What a list needs of the data.
#[derive(Deserialize)]
struct Table<'d> {
    #[serde(borrow)]
    client: Vec<Client<'d>>,
    #[serde(borrow)]
    resource: Vec<Resource<'d>>,
    #[serde(borrow)]
    tenant: QuickMap<&'d str, &'d str>,
}

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

#[derive(Deserialize)]
struct Client<'d> {
    id: &'d str,
    name: &'d str,
    family: Option<&'d str>,
}

#[derive(Deserialize)]
struct Resource<'d> {
    name: &'d str,
    /// Other names for `--resource`.
    #[serde(default, borrow)]
    short: Vec<&'d str>,
    /// `https://host`, or `https://*.host` for one host a customer.
    #[serde(borrow)]
    urls: Vec<&'d str>,
    #[serde(default, borrow)]
    ids: Vec<&'d str>,
}

/// The table, and where to find things in it.
struct Names {
    table: Table<'static>,
    clients: QuickMap<&'static str, usize>,
    /// By host, by `*.host` without the star, and by id.
    resources: QuickMap<&'static str, usize>,
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
    let clients = names().table.client.iter().filter(|client| same(client.name, name));
    clients.map(|client| client.id).collect()
}

/// "Microsoft Graph" for https://graph.microsoft.com/… (any scope or resource URL).
#[must_use]
pub fn resource(scope: &str) -> Option<&'static str> {
    known_resource(scope).map(|resource| resource.name)
}

/// The resource's URL prefixes and ids for a plain name ("graph", "Microsoft Graph", "arm"), for
/// `--resource`. A prefix fits a scope only up to a `/` or its end: see [`resource`].
#[must_use]
pub fn resource_prefixes(name: &str) -> Vec<&'static str> {
    let Some(resource) = resource_named(name) else { return Vec::new() };
    let urls = resource.urls.iter().filter(|url| !url.contains('*'));
    urls.chain(&resource.ids).copied().collect()
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
    find(&names().table.tenant, realm)
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

fn known_client(client_id: &str) -> Option<&'static Client<'static>> {
    let place = look_up(&names().clients, client_id)?;
    names().table.client.get(*place)
}

fn known_resource(scope: &str) -> Option<&'static Resource<'static>> {
    let place = host_of(scope).and_then(by_host)?;
    names().table.resource.get(*place)
}

fn resource_named(name: &str) -> Option<&'static Resource<'static>> {
    names()
        .table
        .resource
        .iter()
        .find(|known| same(known.name, name) || known.short.iter().any(|short| same(short, name)))
}

/// The host of a scope's URL, or the id before its first slash: `https://host/scope`,
/// `api://id/scope`, `id/.default`.
fn host_of(scope: &str) -> Option<&str> {
    let rest = scope.split_once("://").map_or(scope, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty())
}

/// The resource of `host` itself, or of the domain that it stands in.
fn by_host(host: &str) -> Option<&'static usize> {
    let resources = &names().resources;
    let domains = host.match_indices('.').filter_map(|(at, _)| host.get(at..));
    look_up(resources, host).or_else(|| domains.filter_map(|domain| look_up(resources, domain)).next())
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
    READ.get_or_init(|| read(NOTES))
}

fn read<T: Deserialize<'static>>(data: &'static str) -> T {
    serde_json::from_str(data).expect("the data is part of the program and read by its tests")
}

impl Names {
    fn read() -> Self {
        let table: Table<'static> = read(NAMES);
        let clients = table.client.iter().enumerate().map(|(place, client)| (client.id, place)).collect();
        let mut resources = QuickMap::default();
        for (place, resource) in table.resource.iter().enumerate() {
            let hosts = resource.urls.iter().filter_map(|url| host_of(url)).map(|host| host.trim_start_matches('*'));
            resources.extend(hosts.chain(resource.ids.iter().copied()).map(|name| (name, place)));
        }
        Self { table, clients, resources }
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
        assert!(resource_prefixes("nonsense").is_empty());
    }

    #[test]
    fn no_id_and_no_host_has_two_names() {
        let table = &names().table;
        let hosts = table.resource.iter().flat_map(|resource| resource.urls.iter().chain(&resource.ids)).count();

        assert_eq!(names().clients.len(), table.client.len());
        assert_eq!(names().resources.len(), hosts);
    }

    #[test]
    fn ids_are_guids_in_lower_case_and_claims_with_coded_values_have_notes() {
        let table = &names().table;
        let is_guid =
            |id: &str| id.len() == 36 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));

        let odd: Vec<&&str> = notes().role.keys().filter(|id| !is_guid(id)).collect();

        assert_eq!(odd, Vec::<&&str>::new());
        assert!(table.client.iter().all(|client| is_guid(client.id) || client.id.ends_with("_managed_identity")));
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
