//! Every kind of credential and account: guests, B2C, AD FS, SSH certificates, extended tokens,
//! managed identities, service principals, on-behalf-of tokens, and values that are no entries.

use saltcellar::cache::{AccountRow, Cache, Claims, Field, Health, Roster, Section, State, claims};
use saltcellar::secret::Masked;
use saltcellar::time::UnixSeconds;

use super::{parsed, read, shared};

/// The clock of the generated caches.
const MADE: UnixSeconds = UnixSeconds(1_700_000_000);

/// The roster of a shared cache, `None` where they are absent.
fn roster(name: &str) -> Option<Roster> {
    let doc = read(&shared()?, name).expect("the shared file is valid");
    Some(Roster::of(&Cache::of(&doc)))
}

fn tenants(account: &AccountRow) -> Vec<(&str, &str, bool)> {
    account.tenants.iter().map(|tenant| (tenant.realm.as_str(), tenant.name.as_str(), tenant.home)).collect()
}

#[test]
fn a_guest_is_one_account_with_two_tenants() {
    let Some(roster) = roster("dotnet-Resources_MultiTenantTokenCache.json") else { return };

    let [user, other] = roster.accounts.as_slice() else { panic!("two accounts") };

    assert_eq!((user.label(), user.name.as_deref()), ("user@domain.com", Some("User In tenant 1")));
    let places: Vec<_> = user.tenants.iter().map(|tenant| (tenant.name.as_str(), tenant.home)).collect();
    assert_eq!(places, [("domain", true), ("domain", false)]);
    assert_eq!((other.label(), other.rows.len()), ("someone_else@domain.com", 4));
    assert_eq!(roster.health(0, None, MADE), Health::Renews);
}

#[test]
fn azure_clis_organizations_is_home_and_its_agents_have_extended_tokens() {
    let Some(roster) = roster("generated-python-msal1.39-azure-cli-ssh-cert-and-agentic-atext.json") else { return };

    let [user, apps] = roster.accounts.as_slice() else { panic!("a user and the apps") };

    assert_eq!(user.label(), "zoë.müller@contoso.com");
    let expected =
        [("organizations", "organizations", true), ("guest-tenant", "guest-te", false), ("tid-1", "contoso", true)];
    assert_eq!(tenants(user), expected);
    assert_eq!((apps.label(), apps.rows.len()), ("app-only", 1));
    let types: Vec<_> = roster.rows.iter().filter_map(|row| row.token_type.as_deref()).collect();
    assert_eq!(types, ["Bearer", "Bearer", "Bearer", "ssh-cert", "Bearer"]);
}

#[test]
fn extended_and_bound_tokens_show_what_sets_them_apart() {
    let Some(folder) = shared() else { return };
    let name = "generated-python-msal1.39-azure-cli-ssh-cert-and-agentic-atext.json";
    let doc = read(&folder, name).expect("valid");
    let entries: Vec<_> = Cache::of(&doc).entries().filter(|entry| entry.section() == Section::AccessToken).collect();

    let key_ids: Vec<_> = entries.iter().filter_map(|entry| entry.text(Field::KeyId)).collect();
    let extended: Vec<_> = entries.iter().filter_map(|entry| entry.text(Field::ExtCacheKey)).collect();

    assert_eq!(key_ids, ["kid1"]);
    assert_eq!(extended, ["vqlbqescp-ocplufi9sbbq59qharvfoty0lfa9qs7pw"]);
}

#[test]
fn a_b2c_user_without_a_name_goes_by_the_home_account_id() {
    let Some(roster) = roster("generated-python-msal1.39-b2c-user.json") else { return };

    let account = roster.accounts.first().expect("one account");

    assert_eq!(account.label(), "oid-b2c-b2c_1_susi.tid-b2c");
    assert_eq!(account.home_tenant(), Some("tid-b2c"));
    assert_eq!(tenants(account), [("fab.onmicrosoft.com", "fab", true)]);
}

#[test]
fn an_adfs_user_is_at_home_where_there_are_no_tenants() {
    let Some(roster) = roster("generated-python-msal1.39-adfs-user.json") else { return };

    let account = roster.accounts.first().expect("one account");

    assert_eq!((account.label(), account.home_tenant()), ("user@contoso.com", None));
    assert_eq!(tenants(account), [("adfs", "AD FS", true)]);
}

#[test]
fn a_managed_identity_is_app_only_and_never_asks_to_sign_in() {
    let Some(roster) = roster("generated-python-msal1.39-managed-identity.json") else { return };

    let row = roster.rows.first().expect("one token");

    assert_eq!((row.title().as_str(), row.state(MADE)), ("Azure Resource Manager", State::Live));
    assert_eq!(row.client_name(), "managed identity (system-assigned)");
    assert!(row.is_app_only());
    assert_eq!(roster.health(0, None, MADE), Health::Ok);
    assert_eq!(roster.health(0, None, UnixSeconds(1_800_000_000)), Health::Unknown);
}

#[test]
fn nodes_spellings_are_read_like_everybody_elses() {
    let Some(folder) = shared() else { return };
    let doc = read(&folder, "node-serializer_cache.json").expect("valid");
    let cache = Cache::of(&doc);

    let schemes: Vec<_> = cache.entries().filter_map(|entry| entry.text(Field::TokenType)).collect();
    let keys: Vec<_> = cache.entries().filter_map(|entry| entry.text(Field::KeyId)).collect();
    let hashes: Vec<_> = cache.entries().filter_map(|entry| entry.text(Field::UserAssertionHash)).collect();

    assert_eq!((schemes, keys.len(), hashes), (vec!["pop".into()], 1, vec!["mock_hash_string".into()]));
}

#[test]
fn early_pythons_numbers_and_lists_are_read() {
    let Some(folder) = shared() else { return };
    let doc = read(&folder, "dotnet-Resources_cachecompat_python.bin.json").expect("valid");
    let entry = Cache::of(&doc).entries().next().expect("an access token");

    assert_eq!(entry.time(Field::ExpiresOn), Some(UnixSeconds(1_548_847_834)));
    assert_eq!(entry.scopes().len(), 6);
    let claims = claims::of_token(&entry.secret().expect("a token"));
    assert_eq!(claims.text("app_displayname").as_deref(), Some("up-console"));
}

#[test]
fn tokens_of_every_shape_are_decoded_or_called_opaque() {
    let of = |token: &str| claims::of_token(&Masked::new(token.to_owned().into()));

    assert!(matches!(of("h.eyJzdWIiOiJhIn0.s"), Claims::Jwt { .. }));
    assert!(matches!(of("eyJhbGciOiJkaXIifQ..aXY.dGV4dA.dGFn"), Claims::Encrypted { .. }));
    assert!(matches!(of("1.ARoAv4j5cvGGr0GRqy180BHbR.AgABAAEAAAD"), Claims::Opaque));
    assert!(matches!(of("EwBoA8l6BAAU"), Claims::Opaque));
}

#[test]
fn values_that_are_no_entries_break_nothing() {
    let doc = parsed(
        r#"{"AccessToken":{"a":null,"b":[1],"c":"x","d":{"expires_on":{},"target":7,"secret":9,"client_id":null}},
        "RefreshToken":[],"Account":{"":{}},"X":{"y":{"z":{}}}}"#,
    );

    let roster = Roster::of(&Cache::of(&doc));

    assert_eq!((roster.rows.len(), roster.accounts.len()), (6, 0));
    assert!(roster.rows.iter().all(|row| row.state(MADE) == State::None && row.account.is_none() && !row.orphan));
}
