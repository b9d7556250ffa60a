//! The real `az` without a network, on the cache that it keeps for itself: a plain file, or, with
//! `core.encrypt_token_cache`, an item of a real GNOME Keyring. We read what it wrote, it reads what we wrote.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::super::support::binary::{Run, command};
use super::super::support::keyring::{beside, home, saltcellar, shell};
use super::super::support::msal::{cache_folder, program};
use super::{account_ids, ready};

const ADA: &str = "ada@contoso.com";
const GRACE: &str = "grace@fabrikam.com";

/// Azure CLI in a folder of its own, with the tokens of Ada and Grace.
struct Az {
    folder: PathBuf,
    /// The place of its cache.
    place: String,
    saltcellar: fn(&[&str]) -> Run,
}

impl Az {
    /// In `folder`, its cache `how`; `None` where it is not installed.
    fn new(folder: &Path, how: &str, place: &str, saltcellar: fn(&[&str]) -> Run) -> Option<Self> {
        let peer = ready(&["python-filelock"]).pop().filter(|_| !ready(&["az"]).is_empty())?;
        let az = Self { folder: folder.join(".azure"), place: place.to_owned(), saltcellar };
        let made = peer.make(folder, "work");
        let mut script = az.command("python");
        script.arg(program("python/az_home.py")).arg(&az.folder).arg(made).arg(how);
        let output = script.output().expect("az's Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(az)
    }

    /// A program of its installation; no request of it leaves the machine.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(cache_folder().join("az/venv/bin").join(program));
        command.env("AZURE_CONFIG_DIR", &self.folder).env("PYTHONPATH", cache_folder().join("keyring/gi"));
        command.env("HTTPS_PROXY", "http://127.0.0.1:9");
        command
    }

    fn az(&self, words: &[&str]) -> Output {
        self.command("az").args(words).output().expect("az runs")
    }

    /// The access token that `az` gives for this user's subscription, if it gives one.
    fn token(&self, user: &str) -> Option<String> {
        let output = self.az(&["account", "get-access-token", "--subscription", user, "--output", "json"]);
        let answer: Option<Value> =
            output.status.success().then(|| serde_json::from_slice(&output.stdout).expect("JSON"));
        Some(answer?["accessToken"].as_str()?.to_owned())
    }

    fn saltcellar(&self, words: &[&str]) -> Run {
        let run = (self.saltcellar)(words);
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    }

    /// What we list of its cache.
    fn listed(&self) -> Value {
        self.saltcellar(&["list", &self.place, "--json"]).json()["caches"][0].clone()
    }

    /// The secret that we read under the key of `user`'s token for Azure Resource Manager.
    fn secret(&self, user: &str) -> String {
        let listed = self.listed();
        let is_his = |account: &&Value| account["username"] == json!(user);
        let account = super::rows(&listed["accounts"]).find(is_his).expect("an account");
        let is_meant = |entry: &&Value| {
            let is_of = |name: &str, value: &Value| entry[name] == *value;
            is_of("section", &json!("AccessToken"))
                && is_of("home_account_id", &account["home_account_id"])
                && is_of("target", &json!("https://management.core.windows.net//.default"))
        };
        let entry = super::rows(&listed["entries"]).find(is_meant).expect("a token");
        let key = entry["key"].as_str().expect("a key");
        let shown = self.saltcellar(&["show", &self.place, key, "--reveal", "--json"]).json();
        shown["fields"]["secret"].as_str().expect("a secret").to_owned()
    }

    fn holds(&self, user: &str) -> bool {
        super::rows(&self.listed()["accounts"]).any(|account| account["username"] == json!(user))
    }

    /// Signs `user` out. Encrypted, `az` ends with an error once that is done: it looks for service principals in the very
    /// item in which its tokens are (azure/cli/core/auth/persistence.py names both alike).
    fn signs_out(&self, user: &str) {
        let out = self.az(&["logout", "--username", user]);
        let says = String::from_utf8_lossy(&out.stderr);
        let is_its_own_slip = says.contains("string indices must be integers");
        assert!(out.status.success() || (is_its_own_slip && self.place.starts_with("secret-service:")), "{says}");
    }

    /// Both ways: its tokens are ours, what we take out is out for it, and what it signs out is out for us.
    fn goes_both_ways(&self) {
        assert_eq!(account_ids(&self.listed()).len(), 3);
        assert_eq!(self.token(GRACE), Some(self.secret(GRACE)));

        self.saltcellar(&["forget", &self.place, "--account", GRACE, "--confirm", GRACE]);
        assert_eq!(self.token(GRACE), None, "what was forgotten stays so");
        assert_eq!(self.token(ADA), Some(self.secret(ADA)), "the rest is read as before");

        self.signs_out(ADA);
        assert!(!self.holds(ADA) && account_ids(&self.listed()).len() == 1, "{}", self.listed());
    }
}

#[test]
fn az_and_we_read_each_other_in_a_plain_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(".azure/msal_token_cache.json");
    let ours = |words: &[&str]| Run::of(command(words).output().expect("saltcellar runs"));
    let Some(az) = Az::new(folder.path(), "plain", &file.display().to_string(), ours) else { return };

    az.goes_both_ways();

    assert!(!file.with_file_name("msal_token_cache.json.lockfile").exists());
}

#[test]
fn az_and_we_read_each_other_in_the_keyring() {
    if !beside("unlocked", "peers::azure_cli::az_and_we_read_each_other_in_the_keyring") {
        return;
    }
    // The home beside the keyring is the one of which `secret-service:azure-cli` speaks.
    let Some(az) = Az::new(&home(), "encrypted", "secret-service:azure-cli", saltcellar) else { return };
    let signal = || {
        std::fs::metadata(az.folder.join("msal_token_cache.bin")).and_then(|is| is.modified()).expect("a signal file")
    };
    let before = signal();

    az.goes_both_ways();

    assert!(signal() > before, "what we wrote is announced");
    let items = shell("secret-tool search --all xdg:schema my_schema_name");
    assert_eq!(items.matches("secret = ").count(), 1, "it is still its one item");
    assert!(!az.folder.join("msal_token_cache.json").exists(), "nothing fell back to plain");
}

#[test]
fn what_is_copied_into_a_keyring_without_an_item_is_read_by_az_and_stays_its_own() {
    let name = "peers::azure_cli::what_is_copied_into_a_keyring_without_an_item_is_read_by_az_and_stays_its_own";
    if !beside("unlocked", name) {
        return;
    }
    let Some(az) = Az::new(&home(), "encrypted", "secret-service:azure-cli", saltcellar) else { return };
    let token = az.token(GRACE);
    let plain = home().join("taken.json").display().to_string();
    az.saltcellar(&["copy-to", &az.place, &plain, "--plaintext", "--confirm", GRACE]);
    let was = shell("secret-tool search --all xdg:schema my_schema_name | grep -e ^label -e ^schema -e ^attribute");
    shell("secret-tool clear xdg:schema my_schema_name");
    std::fs::remove_file(az.folder.join("msal_token_cache.bin")).expect("removed");
    assert_eq!(az.token(GRACE), None, "nothing is there");

    let copied = az.saltcellar(&["copy-to", &plain, &az.place, "--yes"]);

    assert!(copied.err.contains("The keyring has no such item yet"), "{}", copied.err);
    assert_eq!(
        shell("secret-tool search --all xdg:schema my_schema_name | grep -e ^label -e ^schema -e ^attribute"),
        was
    );
    assert!(token.is_some() && az.token(GRACE) == token, "az reads what was made");
    az.signs_out(ADA);
    assert!(!az.holds(ADA), "{}", az.listed());
}
