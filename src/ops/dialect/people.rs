//! Accounts in another runtime's hand. Node keeps one for each home account, with its tenants inside as texts of JSON;
//! the others keep one for each tenant.

use std::borrow::Cow;

use super::credential::{client_info, host, members, quoted};
use super::draft::{Body, Draft};
use super::{Unfit, credential};
use crate::cache::{Cache, Dialect, Entry, Field, Section, claims, environment};
use crate::json::{EntrySpot, decode};

/// One account in one tenant.
struct Tenant<'doc> {
    from: EntrySpot,
    home: String,
    environment: String,
    realm: String,
    local: String,
    username: String,
    name: Option<String>,
    kind: String,
    /// The members as written, where the account entry is this tenant's own.
    own: Option<credential::Members<'doc>>,
}

/// The accounts at `spots` as `to` writes them, and those that it could not use.
pub(super) fn convert<'doc>(cache: &Cache<'doc>, spots: &[EntrySpot], to: Dialect) -> (Vec<Draft<'doc>>, Vec<Unfit>) {
    let mut tenants = Vec::new();
    let mut unfit = Vec::new();
    for entry in spots.iter().filter_map(|spot| cache.entry(*spot)) {
        let has = |field| entry.text(field).is_some_and(|text| !text.is_empty());
        if has(Field::HomeAccountId) && has(Field::Environment) {
            tenants.extend(tenants_of(cache, &entry, to));
        } else {
            unfit.push(Unfit { path: entry.path(), why: "it says of no account and cloud that it is theirs".into() });
        }
    }
    let drafts = match to {
        Dialect::Node => gathered(tenants),
        Dialect::Python | Dialect::DotNet | Dialect::Java | Dialect::Go | Dialect::Unknown => {
            tenants.into_iter().map(|tenant| draft(vec![tenant.from], written(tenant, to))).collect()
        }
    };
    (drafts, unfit)
}

fn draft(from: Vec<EntrySpot>, members: credential::Members<'_>) -> Draft<'_> {
    Draft { section: Section::Account, from, body: Body::Members(members) }
}

/// The tenants of an account entry: its own, and those that Node keeps inside.
fn tenants_of<'doc>(cache: &Cache<'doc>, entry: &Entry<'doc>, to: Dialect) -> Vec<Tenant<'doc>> {
    let own = own(cache, entry, to);
    let profiles = entry.tenant_profiles();
    let mut tenants: Vec<Tenant<'doc>> = Vec::new();
    for profile in profiles {
        let text = |name: &str| {
            profile.iter().rev().find(|(member, _)| member == name).map(|(_, raw)| decode(raw).into_owned())
        };
        let Some(realm) = text("tenantId").filter(|realm| !realm.is_empty() && !realm.eq_ignore_ascii_case(&own.realm))
        else {
            continue;
        };
        tenants.push(Tenant {
            local: text("localAccountId").unwrap_or_else(|| own.local.clone()),
            username: text("username").filter(|name| !name.is_empty()).unwrap_or_else(|| own.username.clone()),
            name: text("name").or_else(|| own.name.clone()),
            realm,
            own: None,
            from: own.from,
            home: own.home.clone(),
            environment: own.environment.clone(),
            kind: own.kind.clone(),
        });
    }
    tenants.insert(0, own);
    tenants
}

fn own<'doc>(cache: &Cache<'doc>, entry: &Entry<'doc>, to: Dialect) -> Tenant<'doc> {
    let text = |field| entry.text(field).map(Cow::into_owned).filter(|text| !text.is_empty());
    let home = text(Field::HomeAccountId).unwrap_or_default();
    let (uid, utid) = home.rsplit_once('.').unwrap_or((&home, ""));
    let stored = text(Field::Environment).unwrap_or_default();
    let realm = text(Field::Realm).unwrap_or_else(|| utid.to_owned());
    let is_adfs = environment::cloud(&stored).is_none() && realm.eq_ignore_ascii_case("adfs");
    Tenant {
        from: entry.spot(),
        environment: host(&stored, to).to_owned(),
        local: text(Field::LocalAccountId).unwrap_or_else(|| uid.to_owned()),
        username: text(Field::Username).unwrap_or_default(),
        name: text(Field::Name).or_else(|| display_name(cache, &home, &realm)),
        kind: text(Field::AuthorityType).unwrap_or_else(|| if is_adfs { "ADFS" } else { "MSSTS" }.to_owned()),
        own: Some(members(cache.document(), entry, to)),
        realm,
        home: home.clone(),
    }
}

/// The name that the account's id token in that tenant tells.
fn display_name(cache: &Cache<'_>, home: &str, realm: &str) -> Option<String> {
    let is = |entry: &Entry<'_>, field, wanted: &str| {
        entry.text(field).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    };
    let mut tokens = cache.entries().filter(|entry| {
        entry.section() == Section::IdToken && is(entry, Field::HomeAccountId, home) && is(entry, Field::Realm, realm)
    });
    tokens.find_map(|token| claims::of_token(&token.secret()?).text("name"))
}

/// The account of one tenant, in full.
fn written(tenant: Tenant<'_>, to: Dialect) -> credential::Members<'_> {
    let mut members = basics(&tenant, to);
    let names: Vec<String> = members.iter().map(|(name, _)| name.to_string()).collect();
    let rest = tenant.own.unwrap_or_default().into_iter();
    members.extend(rest.filter(|(name, _)| !names.iter().any(|known| known == name)));
    members
}

/// What every account has; names and ids where that runtime writes them.
fn basics<'doc>(tenant: &Tenant<'doc>, to: Dialect) -> credential::Members<'doc> {
    let mut members: credential::Members<'doc> = Vec::new();
    let mut put = |name: &'static str, value: &str| members.push((name.into(), quoted(value).into()));
    put("home_account_id", &tenant.home);
    put("environment", &tenant.environment);
    put("realm", &tenant.realm);
    put("local_account_id", &tenant.local);
    put("username", &tenant.username);
    put("authority_type", &tenant.kind);
    match (to, &tenant.name) {
        (Dialect::Node | Dialect::Java | Dialect::DotNet, Some(name)) => put("name", name),
        (Dialect::Python | Dialect::Go | Dialect::Unknown, _) | (_, None) => {}
    }
    if matches!(to, Dialect::Node | Dialect::Java | Dialect::DotNet) {
        members.extend(client_info(&tenant.home).map(|info| ("client_info".into(), info.into())));
    }
    members
}

/// One account for each home account and cloud, its tenants inside.
fn gathered(tenants: Vec<Tenant<'_>>) -> Vec<Draft<'_>> {
    let mut groups: Vec<Vec<Tenant<'_>>> = Vec::new();
    for tenant in tenants {
        let is_kin = |group: &&mut Vec<Tenant<'_>>| {
            group.first().is_some_and(|first| {
                first.home.eq_ignore_ascii_case(&tenant.home)
                    && first.environment.eq_ignore_ascii_case(&tenant.environment)
            })
        };
        match groups.iter_mut().find(is_kin) {
            Some(group) if group.iter().any(|known| known.realm.eq_ignore_ascii_case(&tenant.realm)) => {}
            Some(group) => group.push(tenant),
            None => groups.push(vec![tenant]),
        }
    }
    groups.into_iter().filter_map(gather).collect()
}

fn gather(mut group: Vec<Tenant<'_>>) -> Option<Draft<'_>> {
    let at_home = |tenant: &Tenant<'_>| is_home(&tenant.home, &tenant.realm);
    let from = group.iter().map(|tenant| tenant.from).collect();
    let profiles: Vec<String> = group.iter().map(profile).collect();
    let main = group.iter().position(at_home).unwrap_or(0);
    let main = if main < group.len() { group.swap_remove(main) } else { return None };
    let mut members = written(main, Dialect::Node);
    members.retain(|(name, _)| name != "tenantProfiles");
    members.push(("tenantProfiles".into(), format!("[{}]", profiles.join(",")).into()));
    Some(draft(from, members))
}

fn is_home(home_account_id: &str, realm: &str) -> bool {
    home_account_id.rsplit_once('.').is_none_or(|(_, utid)| utid.eq_ignore_ascii_case(realm))
}

/// A tenant as Node writes it: a text that is JSON itself.
fn profile(tenant: &Tenant<'_>) -> String {
    let name = tenant.name.as_ref().map(|name| format!("\"name\":{},", quoted(name))).unwrap_or_default();
    let json = format!(
        "{{\"tenantId\":{},\"localAccountId\":{},{name}\"username\":{},\"isHomeTenant\":{}}}",
        quoted(&tenant.realm),
        quoted(&tenant.local),
        quoted(&tenant.username),
        is_home(&tenant.home, &tenant.realm)
    );
    quoted(&json)
}
