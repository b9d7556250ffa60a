//! Small caches with short ids, and patches as words.

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::{Document, Edit, Patch};
use saltcellar::ops::{Filter, PruneOptions, prune};
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;

pub(super) const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
pub(super) const AZ: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub(super) const CODE: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";

/// Ada at home in contoso and a guest in fabrikam, with a family; Bob without a refresh token; an app of
/// its own; an orphan; an access token whose expiry nobody can read.
pub(super) const PEOPLE: &str = r#"{
  "AccessToken": {
    "ada-graph": {"credential_type":"AccessToken","secret":"AT-ada-graph-0123456789","home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","realm":"contoso-id","target":"https://graph.microsoft.com/User.Read openid","cached_at":"1699990000","expires_on":"1700003120"},
    "ada-vault": {"credential_type":"AccessToken","secret":"AT-ada-vault-0123456789","home_account_id":"ada.contoso-id","environment":"login.windows.net","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","realm":"contoso-id","target":"https://vault.azure.net/.default","cached_at":"1699700000","expires_on":"1699740000"},
    "ada-guest": {"credential_type":"AccessToken","secret":"AT-ada-guest-0123456789","home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","client_id":"aebc6443-996d-45c2-90f0-388ff96faa56","realm":"fabrikam-id","target":"https://management.azure.com/.default","cached_at":"1699990000","expires_on":1700000600},
    "bob-graph": {"credential_type":"AccessToken","secret":"AT-bob-graph-0123456789","home_account_id":"bob.fabrikam-id","environment":"login.microsoftonline.com","client_id":"my-app","realm":"fabrikam-id","target":"User.Read","cached_at":"1699990000","expires_on":"1699996400"},
    "-app": {"credential_type":"AccessToken","secret":"AT-app-0123456789","home_account_id":null,"environment":"login.microsoftonline.com","client_id":"my-service","realm":"contoso-id","target":"https://management.azure.com/.default","cached_at":"1699990000","expires_on":"1700003600"},
    "ada-odd": {"credential_type":"AccessToken","secret":"AT-ada-odd-0123456789","home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","client_id":"my-app","realm":"contoso-id","target":"api://odd/Read","cached_at":"1699990000","expires_on":"soon"},
    "orphan": {"credential_type":"AccessToken","secret":"AT-orphan-0123456789","home_account_id":"gone.contoso-id","environment":"login.microsoftonline.com","client_id":"my-app","realm":"contoso-id","target":"api://odd/Read","cached_at":"1699990000","expires_on":"1700003600"}
  },
  "RefreshToken": {
    "ada.contoso-id-login.microsoftonline.com-refreshtoken-04b07795-8ddb-461a-bbee-02f9e1bf7b46--": {"credential_type":"RefreshToken","secret":"RT-ada-az-0123456789","home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","target":"https://graph.microsoft.com/.default","family_id":"1"}
  },
  "IdToken": {
    "ada-id": {"credential_type":"IdToken","secret":"ID-ada-0123456789","home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","realm":"contoso-id"}
  },
  "Account": {
    "ada-home": {"home_account_id":"ada.contoso-id","environment":"login.microsoftonline.com","realm":"contoso-id","local_account_id":"ada","username":"Ada@Contoso.com","authority_type":"MSSTS"},
    "ada-guest": {"home_account_id":"Ada.Contoso-ID","environment":"login.windows.net","realm":"fabrikam-id","local_account_id":"ada2","username":"Ada@Contoso.com","authority_type":"MSSTS"},
    "bob-home": {"home_account_id":"bob.fabrikam-id","environment":"login.microsoftonline.com","realm":"fabrikam-id","local_account_id":"bob","username":"bob@fabrikam.com","authority_type":"MSSTS"}
  },
  "AppMetadata": {
    "appmetadata-az": {"client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","environment":"login.microsoftonline.com","family_id":"1"},
    "appmetadata-code": {"client_id":"aebc6443-996d-45c2-90f0-388ff96faa56","environment":"login.microsoftonline.com","family_id":"1"},
    "appmetadata-mine": {"client_id":"my-app","environment":"login.microsoftonline.com"}
  }
}"#;

pub(super) fn document(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a cache")
}

/// `PEOPLE` with `from` in place of `to`.
pub(super) fn people_with(from: &str, to: &str) -> Document {
    assert!(PEOPLE.contains(from), "{from}");
    document(&PEOPLE.replacen(from, to, 1))
}

/// Each change as "- Section/key: why".
pub(super) fn words(patch: &Patch) -> Vec<String> {
    let word = |change: &saltcellar::json::Change| {
        let sign = match &change.edit {
            Edit::Remove(_) => "-",
            Edit::Replace(..) => "~",
            Edit::Insert { .. } => "+",
        };
        format!("{sign} {}: {}", change.edit.path().to_string().trim_start_matches('/'), change.why)
    };
    patch.changes.iter().map(word).collect()
}

/// The keys that `filter` takes out of `text`, blanks between.
pub(super) fn pruned(text: &str, filter: Filter) -> String {
    let document = document(text);
    let patch = prune(&Cache::of(&document), &PruneOptions { filter, now: NOW });
    let keys = patch.paths().filter_map(|path| path.0.last()).map(|step| step.name.as_str());
    keys.collect::<Vec<_>>().join(" ")
}

pub(super) fn roster(document: &Document) -> Roster {
    Roster::of(&Cache::of(document))
}

/// The text of a document: tests may look.
pub(super) fn text(document: &Document) -> String {
    let mut out = Vec::new();
    document.write_to(&mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}
