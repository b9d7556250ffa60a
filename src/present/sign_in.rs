//! How to sign in again: the app's own command where we know it, else the app's name.

use crate::cache::{AccountRow, Roster, Row, Section, names};

/// Apps that sign in by a command; `{tenant}` is the tenant's domain or id.
const COMMANDS: [(&str, &str, &str); 3] = [
    ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "az login", " --tenant {tenant}"),
    ("1950a258-227b-4e31-a9cf-717495945fc2", "Connect-AzAccount", " -Tenant {tenant}"),
    ("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Connect-MgGraph", " -TenantId {tenant}"),
];
/// Realms that a token was asked with when no tenant was named.
const NO_TENANT: [&str; 3] = ["common", "organizations", "consumers"];

/// "run: az login --tenant fabrikam.com", "sign in again in Visual Studio Code": for the first app that
/// holds something of `account`, and how many more there are.
pub(super) fn hint(roster: &Roster, account: &AccountRow) -> String {
    let mut clients: Vec<&str> = Vec::new();
    for row in account.rows.iter().filter_map(|at| roster.rows.get(*at)).filter(|row| is_token(row)) {
        let client = row.client_id.as_deref().unwrap_or("");
        if !client.is_empty() && !clients.iter().any(|known| known.eq_ignore_ascii_case(client)) {
            clients.push(client);
        }
    }
    let Some(first) = clients.first() else { return "sign in again".to_owned() };
    match clients.len() {
        1 => how(first, account),
        2 => format!("{} (and in 1 more app)", how(first, account)),
        many => format!("{} (and in {} more apps)", how(first, account), many - 1),
    }
}

fn is_token(row: &Row) -> bool {
    match row.section {
        Section::AccessToken | Section::RefreshToken | Section::IdToken => true,
        Section::Account | Section::AppMetadata | Section::Other => false,
    }
}

fn how(client: &str, account: &AccountRow) -> String {
    let known = COMMANDS.iter().find(|(id, ..)| id.eq_ignore_ascii_case(client));
    match (known, tenant(account)) {
        (Some((_, command, option)), Some(tenant)) => format!("run: {command}{}", option.replace("{tenant}", &tenant)),
        (Some((_, command, _)), None) => format!("run: {command}"),
        (None, _) => format!("sign in again in {}", names::client(client).unwrap_or(client)),
    }
}

/// The domain of the user name where it is the home tenant's, else the tenant's id.
fn tenant(account: &AccountRow) -> Option<String> {
    let tenant = account.tenants.iter().find(|tenant| tenant.home).or(account.tenants.first())?;
    let domain = account.username.as_deref().and_then(|name| name.split_once('@')).map(|(_, domain)| domain);
    let own = domain.filter(|domain| tenant.home && domain.split('.').next() == Some(tenant.name.as_str()));
    let id = (!NO_TENANT.contains(&tenant.realm.as_str()) && !tenant.realm.is_empty()).then_some(tenant.realm.as_str());
    own.or(id).map(str::to_owned)
}
