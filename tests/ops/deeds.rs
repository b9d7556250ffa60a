//! What a command did with a cache, and why: each deed, told apart by what the library would have done before.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::deed::{Stand, deeds};
use saltcellar::ops::{Moment, compare};
use saltcellar::present::deed::line;

use super::caches::{NOW, document};

const AZ: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const CODE: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";
const HOME: &str = "ada.contoso-id";

fn access(client: &str, resource: &str, secret: &str, expires: &str) -> String {
    let target = format!("https://{resource}/.default");
    format!(
        r#""{HOME}-login.microsoftonline.com-accesstoken-{client}-contoso-id-{target}":{{"credential_type":"AccessToken","secret":"{secret}","home_account_id":"{HOME}","environment":"login.microsoftonline.com","client_id":"{client}","target":"{target}","realm":"contoso-id","token_type":"Bearer","cached_at":"1699990000","expires_on":"{expires}","extended_expires_on":"{expires}"}}"#
    )
}

fn refresh(client: &str, secret: &str) -> String {
    format!(
        r#""{HOME}-login.microsoftonline.com-refreshtoken-{client}--":{{"credential_type":"RefreshToken","secret":"{secret}","home_account_id":"{HOME}","environment":"login.microsoftonline.com","client_id":"{client}","target":"","last_modification_time":"1699990000","family_id":"1"}}"#
    )
}

/// A cache of MSAL Python's with these access and refresh tokens, and Ada's account if there are any.
fn cache(access: &[String], refresh: &[String]) -> String {
    let account = if access.is_empty() && refresh.is_empty() {
        String::new()
    } else {
        format!(
            r#""{HOME}-login.microsoftonline.com-contoso-id":{{"home_account_id":"{HOME}","environment":"login.microsoftonline.com","realm":"contoso-id","local_account_id":"ada","username":"ada@contoso.com","authority_type":"MSSTS"}}"#
        )
    };
    let metadata = [AZ, CODE].map(|client| {
        format!(
            r#""appmetadata-login.microsoftonline.com-{client}":{{"client_id":"{client}","environment":"login.microsoftonline.com","family_id":"1"}}"#
        )
    });
    format!(
        r#"{{"AccessToken":{{{}}},"RefreshToken":{{{}}},"Account":{{{account}}},"AppMetadata":{{{}}}}}"#,
        access.join(","),
        refresh.join(","),
        metadata.join(",")
    )
}

/// What is said of a command that made `after` of `before`.
fn told(before: &str, after: &str) -> Vec<String> {
    let (old, new) = (document(before), document(after));
    let (old, new) = (Cache::of(&old), Cache::of(&new));
    let rosters = (Roster::of(&old), Roster::of(&new));
    let comparison = compare(&Moment::of(&old, &rosters.0), &Moment::of(&new, &rosters.1));
    let stands = (Stand { cache: &old, roster: &rosters.0 }, Stand { cache: &new, roster: &rosters.1 });
    deeds(stands.0, stands.1, &comparison, NOW).iter().map(|deed| line(deed).text()).collect()
}

const OLD: &str = "1699740800";
const LIVE: &str = "1700003600";
const NEW: &str = "1700086400";

#[test]
fn a_new_account_has_signed_in() {
    let after = cache(&[access(AZ, "vault.azure.net", "AT", LIVE)], &[refresh(AZ, "RT")]);

    let said = told(&cache(&[], &[]), &after);

    assert_eq!(said, ["ada@contoso.com signed in to Azure CLI, new in this cache: a new Key Vault token"]);
}

#[test]
fn a_refresh_token_of_its_own_got_the_token_whose_old_one_had_expired() {
    let before = cache(&[access(AZ, "vault.azure.net", "AT", OLD)], &[refresh(AZ, "RT")]);
    let after = cache(&[access(AZ, "vault.azure.net", "AT2", NEW)], &[refresh(AZ, "RT2")]);

    let print = saltcellar::secret::Fingerprint::of("RT");
    let said = format!(
        "Azure CLI got a new Key Vault token for ada@contoso.com without a sign-in, likely with its refresh token {print}: the cached one expired 3d ago"
    );
    assert_eq!(told(&before, &after), [said]);
}

#[test]
fn a_token_of_the_family_serves_another_app() {
    let before = cache(&[access(AZ, "vault.azure.net", "AT", LIVE)], &[refresh(AZ, "RT")]);
    let both = [refresh(AZ, "RT"), refresh(CODE, "RT-code")];
    let after =
        cache(&[access(AZ, "vault.azure.net", "AT", LIVE), access(CODE, "graph.microsoft.com", "AT2", NEW)], &both);

    let said = told(&before, &after);

    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("Visual Studio Code got a new Microsoft Graph token for ada@contoso.com"), "{said:?}");
    assert!(said[0].contains("likely with the family's refresh token"), "{said:?}");
    assert!(said[0].ends_with(": no cached access token fits"), "{said:?}");
}

#[test]
fn without_a_refresh_token_there_was_a_sign_in_and_why() {
    let before = cache(&[access(AZ, "vault.azure.net", "AT", OLD)], &[]);
    let after = cache(&[access(AZ, "vault.azure.net", "AT2", NEW)], &[refresh(AZ, "RT")]);

    let said = told(&before, &after);

    assert_eq!(
        said,
        ["ada@contoso.com signed in to Azure CLI again for a new Key Vault token: the cached one expired 3d ago"]
    );
}

#[test]
fn a_new_token_beside_a_live_one_was_forced() {
    let before = cache(&[access(AZ, "vault.azure.net", "AT", LIVE)], &[refresh(AZ, "RT")]);
    let after = cache(&[access(AZ, "vault.azure.net", "AT2", NEW)], &[refresh(AZ, "RT")]);

    let said = told(&before, &after);

    assert_eq!(said, ["Azure CLI got a new Key Vault token for ada@contoso.com though the cached one still served"]);
}

#[test]
fn an_app_fetches_with_its_own_credential() {
    let own = |secret: &str, expires: &str| {
        access("my-service", "vault.azure.net", secret, expires).replacen(HOME, "", 1).replacen(
            &format!("\"{HOME}\""),
            "null",
            1,
        )
    };

    let said = told(&cache(&[own("AT", OLD)], &[]), &cache(&[own("AT2", NEW)], &[]));

    let wanted =
        "my-service got a new Key Vault token for itself, with its own credential: the cached one expired 3d ago";
    assert_eq!(said, [wanted]);
}

#[test]
fn what_goes_is_a_sign_out_a_drop_or_a_removal() {
    let tokens = [access(AZ, "vault.azure.net", "AT", OLD), access(AZ, "graph.microsoft.com", "AT2", LIVE)];
    let full = cache(&tokens, &[refresh(AZ, "RT")]);

    let out = told(&full, &cache(&[], &[]));
    let dropped = told(&full, &cache(&tokens[1..], &[refresh(AZ, "RT")]));
    let removed = told(&full, &cache(&tokens, &[]));

    assert_eq!(out, ["ada@contoso.com is signed out: 4 entries are gone"]);
    assert_eq!(dropped, ["1 expired access token is gone, as a search for a token drops them"]);
    assert_eq!(removed, ["1 entry is gone"]);
}

#[test]
fn the_same_deed_is_said_once_and_small_changes_only_alone() {
    let before = cache(&[], &[]);
    let after = cache(&[access(AZ, "vault.azure.net", "AT", LIVE), access(AZ, "graph.microsoft.com", "B", LIVE)], &[]);
    let renamed = after.replace("\"local_account_id\":\"ada\"", "\"local_account_id\":\"lovelace\"");

    let said = told(&before, &after);

    let wanted =
        "ada@contoso.com signed in to Azure CLI, new in this cache: new tokens for Key Vault and Microsoft Graph";
    assert_eq!(said, [wanted]);
    assert_eq!(told(&after, &renamed), ["1 entry differs"]);
    assert_eq!(told(&after, &after), Vec::<String>::new());
}
