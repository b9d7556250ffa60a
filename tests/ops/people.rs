//! Who stands behind accounts, and why two of them get in each other's way: one small cache for each cause.

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::ops::people::{Bond, Census, Kind, Person, Reader, people};
use saltcellar::ops::{Cause, Clash};

use super::caches::{NOW, document, roster};

const ADA: &str = "ada00000-0000-4000-8000-000000000001";
const NEW_ADA: &str = "ada00000-0000-4000-8000-000000000002";
const CONTOSO: &str = "c0de0000-0000-4000-8000-00000000c0de";
const FABRIKAM: &str = "fab00000-0000-4000-8000-000000000fab";
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const PUBLIC: &str = "login.microsoftonline.com";

/// An account entry; the object in its realm is `local`.
struct Entry<'a> {
    uid: &'a str,
    utid: &'a str,
    host: &'a str,
    realm: &'a str,
    local: &'a str,
    username: &'a str,
    authority: &'a str,
}

const HOME: Entry<'_> = Entry {
    uid: ADA,
    utid: CONTOSO,
    host: PUBLIC,
    realm: CONTOSO,
    local: ADA,
    username: "ada@contoso.com",
    authority: "MSSTS",
};

fn cache(entries: &[Entry<'_>]) -> Document {
    with_tokens(entries, "")
}

fn with_tokens(entries: &[Entry<'_>], tokens: &str) -> Document {
    let account = |(at, entry): (usize, &Entry<'_>)| {
        let Entry { uid, utid, host, realm, local, username, authority } = entry;
        let dot = if utid.is_empty() { "" } else { "." };
        format!(
            r#""a{at}":{{"home_account_id":"{uid}{dot}{utid}","environment":"{host}","realm":"{realm}","local_account_id":"{local}","username":"{username}","authority_type":"{authority}"}}"#
        )
    };
    let accounts: Vec<String> = entries.iter().enumerate().map(account).collect();
    document(&format!(r#"{{"AccessToken":{{{tokens}}},"Account":{{{}}}}}"#, accounts.join(",")))
}

fn people_in(documents: &[&Document], reader: Reader) -> Vec<Person> {
    let rosters: Vec<Roster> = documents.iter().map(|document| roster(document)).collect();
    let census = documents.iter().zip(&rosters);
    let census: Vec<Census<'_>> =
        census.map(|(document, roster)| Census { cache: Cache::of(document), roster, reader }).collect();
    people(&census, NOW)
}

/// The one person in an Azure CLI cache with `entries`.
fn only_person(entries: &[Entry<'_>]) -> Person {
    let document = cache(entries);
    let mut people = people_in(&[&document], Reader::AzureCli);
    assert_eq!(people.len(), 1, "{people:?}");
    people.remove(0)
}

fn only_clash(person: &Person) -> &Clash {
    let [clash] = person.clashes.as_slice() else { panic!("{:?}", person.clashes) };
    clash
}

#[test]
fn a_personal_and_a_work_account_of_one_name_stop_azure_cli() {
    let personal = Entry { uid: NEW_ADA, utid: CONSUMERS, realm: CONSUMERS, username: "Ada@Contoso.com", ..HOME };

    let person = only_person(&[HOME, personal]);

    let clash = only_clash(&person);
    assert_eq!((clash.cause, clash.stops_azure_cli), (Cause::PersonalAndWork, Some(0)));
    assert_eq!(clash.accounts, [0, 1]);
    assert_eq!(person.accounts.iter().map(|account| account.kind).collect::<Vec<_>>(), [Kind::Work, Kind::Personal]);
    assert!(person.bonds.contains(&Bond::UserName("ada@contoso.com".to_owned())));
}

#[test]
fn a_name_that_was_given_anew_in_one_tenant_is_recycled() {
    let person = only_person(&[HOME, Entry { uid: NEW_ADA, local: NEW_ADA, ..HOME }]);

    assert_eq!((only_clash(&person).cause, only_clash(&person).stops_azure_cli), (Cause::Recycled, Some(0)));
}

#[test]
fn one_name_at_home_in_two_tenants_was_moved_or_taken_twice() {
    let moved = Entry { uid: NEW_ADA, utid: FABRIKAM, realm: FABRIKAM, local: NEW_ADA, ..HOME };

    assert_eq!(only_clash(&only_person(&[HOME, moved])).cause, Cause::Tenants);
}

#[test]
fn a_guest_is_one_account_and_stops_nobody() {
    let guest = "ada_contoso.com#EXT#@fabrikam.onmicrosoft.com";
    let person = only_person(&[HOME, Entry { realm: FABRIKAM, local: NEW_ADA, username: guest, ..HOME }]);

    let clash = only_clash(&person);
    assert_eq!((clash.cause, clash.stops_azure_cli, clash.cause.misleads()), (Cause::Guest, None, false));
    assert_eq!(person.accounts.len(), 1);
}

#[test]
fn a_guest_name_leads_to_the_person_it_stands_for() {
    let stranger = Entry {
        uid: NEW_ADA,
        utid: FABRIKAM,
        realm: FABRIKAM,
        local: NEW_ADA,
        username: "Ada_contoso.com#EXT#@fabrikam.onmicrosoft.com",
        ..HOME
    };

    assert_eq!(only_person(&[HOME, stranger]).label, "ada@contoso.com");
}

#[test]
fn twins_under_two_names_of_one_cloud_are_one_account() {
    let person = only_person(&[HOME, Entry { host: "login.windows.net", ..HOME }]);

    assert_eq!((only_clash(&person).cause, only_clash(&person).stops_azure_cli), (Cause::Aliases, None));
    assert_eq!(person.accounts.len(), 1);
}

#[test]
fn azure_cli_does_not_meet_accounts_of_another_host() {
    let elsewhere = Entry { uid: NEW_ADA, local: NEW_ADA, host: "login.windows.net", ..HOME };

    assert_eq!(only_clash(&only_person(&[HOME, elsewhere])).stops_azure_cli, None);
}

#[test]
fn azure_cli_does_not_meet_accounts_that_msal_python_does_not_list() {
    let foreign = Entry { uid: NEW_ADA, local: NEW_ADA, authority: "Other", ..HOME };

    assert_eq!(only_clash(&only_person(&[HOME, foreign])).stops_azure_cli, None);
}

#[test]
fn other_apps_are_not_said_to_stop() {
    let document = cache(&[HOME, Entry { uid: NEW_ADA, local: NEW_ADA, ..HOME }]);

    let people = people_in(&[&document], Reader::Other);

    assert_eq!(only_clash(&people[0]).stops_azure_cli, None);
    assert_eq!(only_clash(&people[0]).caches, [0]);
}

#[test]
fn clouds_policies_and_ad_fs_have_causes_of_their_own() {
    let china =
        Entry { uid: NEW_ADA, utid: FABRIKAM, realm: FABRIKAM, local: NEW_ADA, host: "login.chinacloudapi.cn", ..HOME };
    let policy = |policy: &'static str| Entry {
        uid: policy,
        host: "contoso.b2clogin.com",
        local: ADA,
        username: "Missing from the token response",
        ..HOME
    };
    let adfs = Entry { uid: "sub", utid: "", host: "adfs.contoso.com", local: "sub", authority: "ADFS", ..HOME };
    let policies = [
        policy("ada00000-0000-4000-8000-000000000001-b2c_1_susi"),
        policy("ada00000-0000-4000-8000-000000000001-b2c_1_edit"),
    ];

    assert_eq!(only_clash(&only_person(&[HOME, china])).cause, Cause::Clouds);
    assert_eq!(only_clash(&only_person(&[HOME, adfs])).cause, Cause::AdfsAndCloud);
    let person = only_person(&policies);
    assert_eq!(person.bonds, [Bond::Object(ADA.to_owned())]);
    assert_eq!(person.accounts[0].kind, Kind::Policy);
}

#[test]
fn one_account_in_several_caches_is_seen_in_each() {
    let (first, second) = (cache(&[HOME]), cache(&[Entry { uid: &ADA.to_uppercase(), ..HOME }]));

    let people = people_in(&[&first, &second], Reader::Other);

    assert_eq!(people.len(), 1);
    assert_eq!(people[0].accounts[0].sightings.iter().map(|seen| seen.cache).collect::<Vec<_>>(), [0, 1]);
    assert!(people[0].clashes.is_empty());
}

#[test]
fn clashing_accounts_in_separate_caches_mislead_without_stopping() {
    let (first, second) = (cache(&[HOME]), cache(&[Entry { uid: NEW_ADA, local: NEW_ADA, ..HOME }]));

    let people = people_in(&[&first, &second], Reader::AzureCli);

    let clash = only_clash(&people[0]);
    assert_eq!((clash.cause, clash.stops_azure_cli), (Cause::Recycled, None));
    assert!(clash.caches.is_empty() && clash.cause.misleads());
}

#[test]
fn the_account_without_a_live_token_is_the_first_to_go() {
    let live = format!(
        r#""t":{{"credential_type":"AccessToken","secret":"s","home_account_id":"{NEW_ADA}.{CONTOSO}","environment":"{PUBLIC}","client_id":"c","realm":"{CONTOSO}","target":"x","cached_at":"1699990000","expires_on":"1700003600"}}"#
    );
    let document = with_tokens(&[HOME, Entry { uid: NEW_ADA, local: NEW_ADA, ..HOME }], &live);

    let people = people_in(&[&document], Reader::AzureCli);

    assert_eq!(only_clash(&people[0]).stalest, Some(0));
    assert_eq!(only_clash(&only_person(&[HOME, Entry { uid: NEW_ADA, local: NEW_ADA, ..HOME }])).stalest, None);
}

#[test]
fn strangers_stay_apart() {
    let bob = Entry { uid: NEW_ADA, local: NEW_ADA, username: "bob@contoso.com", ..HOME };
    let document = cache(&[HOME, bob, Entry { uid: FABRIKAM, local: FABRIKAM, username: "", ..HOME }]);

    let people = people_in(&[&document], Reader::AzureCli);

    assert_eq!(people.len(), 3);
    assert!(people.iter().all(|person| person.clashes.is_empty()));
}
