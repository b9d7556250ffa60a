//! The administrator's word holds: a policy in the one place where it counts, put there for one process alone by a mount
//! namespace, against every command that could do what it forbids.

use std::path::Path;
use std::process::Output;

use saltcellar::config::Policy;

use super::support::home::Home;
use super::support::peers::installed;

/// A home in which `run` starts the binary under a policy; `None` where mounts cannot be made.
struct Ruled(Home);

impl Ruled {
    fn new(policy: &str) -> Option<Self> {
        let home = Home::new();
        home.put("etc/saltcellar/policy.toml", policy);
        home.put("c.json", CACHE);
        home.put("other.json", &CACHE.replace("at-secret", "at-other").replace("\"k\"", "\"l\""));
        let can = home.shell("unshare -rm mount --bind etc /etc").status.success();
        if !can || !installed("unshare") {
            println!("skipped: this system lets nobody mount in a namespace of their own");
            return None;
        }
        Some(Self(home))
    }

    fn run(&self, words: &str) -> Output {
        self.0.shell(&format!("unshare -rm bash -c 'mount --bind etc /etc && saltcellar {words}'"))
    }

    /// What `words` say when they are refused by the policy, with exit code 1.
    fn refused(&self, words: &str, key: &str) {
        let output = self.run(words);
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words}\n{output:?}");
        assert!(says.contains(&format!("/etc/saltcellar/policy.toml ({key}")), "{words}\n{says}");
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap_or_default()
    }
}

const CACHE: &str = r#"{"AccessToken":{"k":{"credential_type":"AccessToken","home_account_id":"u.t","environment":"e","client_id":"c","realm":"t","target":"s","secret":"at-secret","cached_at":"1","expires_on":"2"}}}"#;

/// A table with one cache per user: one that a prune empties, and one that keeps its account.
fn table(home: &Home) {
    let kept = CACHE[..CACHE.len() - 1].to_owned() + r#","Account":{"a":{"home_account_id":"v.t","environment":"e"}}}"#;
    let app = rusqlite::Connection::open(home.put("app.db", "")).expect("opened");
    app.execute_batch("CREATE TABLE cache (Id text PRIMARY KEY, Value blob, ExpiresAtTime text)").expect("made");
    for (key, value) in [("one", CACHE), ("two", &kept)] {
        app.execute("INSERT INTO cache VALUES (?1, ?2, NULL)", (key, value)).expect("put");
    }
}

/// Every command that writes to a cache or beside it.
const WRITING: &[&str] = &[
    "prune c.json --expired --yes",
    "forget c.json --client c --yes --confirm c",
    "renew c.json --client c --yes",
    "reserialise c.json --style pretty --yes",
    "reserialise c.json --dialect go --out new.json",
    "undo pruned.json --yes",
    "export c.json --out new.json",
    "doctor c.json --fix --yes",
    "doctor c.json --issue new.json",
    "snapshot save c.json",
    "import c.json other.json --yes",
    "merge c.json other.json --out new.json",
    "partition c.json --out new.json",
    "copy-to c.json new.json --yes",
    "copy-to other.json c.json --yes",
    "move c.json new.json --yes --confirm u.t",
    "salvage cut.json --out new.json",
    "sign-out ada@contoso.com --yes --confirm ada@contoso.com",
    "lock clear left.json",
    "--write prune c.json --expired --yes",
    "prune sqlite:app.db --expired --yes",
    "forget sqlite:app.db --account u.t --yes --confirm u.t",
    "partition c.json --out sqlite:app.db --prefix new: --yes",
    "copy-to c.json sqlite:app.db --prefix new: --yes",
    "move sqlite:app.db new.json --yes --confirm sqlite:app.db",
];

#[test]
fn under_a_read_only_policy_no_command_writes_and_nothing_lifts_it() {
    let Some(ruled) = Ruled::new("readonly = true") else { return };

    table(&ruled.0);
    ruled.0.put("pruned.json", CACHE);
    ruled.0.put("left.json.lockfile", "999999999 python");
    let account =
        r#","Account":{"a":{"home_account_id":"u.t","environment":"e","realm":"t","username":"ada@contoso.com"}}}"#;
    ruled.0.put(".azure/msal_token_cache.json", &(CACHE[..CACHE.len() - 1].to_owned() + account));
    ruled.0.put("cut.json", &CACHE[..CACHE.len() - 1]);
    assert!(ruled.0.shell("saltcellar prune pruned.json --expired --yes").status.success());

    let mut wrong = Vec::new();
    for words in WRITING {
        let output = ruled.run(words);
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_refused = output.status.code() == Some(1) && says.contains("/etc/saltcellar/policy.toml (readonly");
        let is_untouched = ruled.text("c.json") == CACHE && !ruled.0.path().join("new.json").exists();
        if !is_refused || !is_untouched {
            wrong.push(format!("{words}\n{says}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    ruled.refused("prune c.json --expired --yes", "readonly");
    ruled.refused("--write prune c.json --expired --yes", "readonly");
}

#[test]
fn what_a_policy_forbids_is_refused_by_every_command_that_could_do_it() {
    let Some(ruled) = Ruled::new("forbid = [\"reveal\", \"copy\", \"export\", \"import\"]") else { return };

    ruled.refused("show c.json k --reveal", "forbid has reveal");
    ruled.refused("show c.json k --reveal --json", "forbid has reveal");
    ruled.refused("copy c.json k --yes", "forbid has copy");
    ruled.refused("export c.json --with-secrets --out new.json --yes", "forbid has export");
    ruled.refused("reserialise c.json --style pretty --out new.json --yes", "forbid has export");
    ruled.refused("import c.json other.json --yes", "forbid has import");
    assert!(!ruled.0.path().join("new.json").exists());
    assert_eq!(ruled.text("c.json"), CACHE);
    for allowed in ["list c.json", "show c.json k", "export c.json", "prune c.json --expired --yes"] {
        assert_eq!(ruled.run(allowed).status.code(), Some(0), "{allowed}");
    }
}

#[test]
fn where_export_is_forbidden_no_secret_goes_to_another_place() {
    let Some(ruled) = Ruled::new("forbid = [\"export\"]") else { return };
    ruled.0.put("cut.json", &CACHE[..CACHE.len() - 1]);
    table(&ruled.0);

    for words in [
        "merge sqlite:app.db --out new.json",
        "partition c.json --out sqlite:app.db --prefix new: --yes",
        "copy-to sqlite:app.db new.json --yes",
        "move sqlite:app.db new.json --yes --confirm sqlite:app.db",
        "merge c.json other.json --out new.json",
        "partition c.json --out new.json",
        "copy-to c.json new.json --yes",
        "copy-to c.json other.json --yes",
        "move c.json new.json --yes --confirm u.t",
        "salvage cut.json --out new.json",
        "reserialise c.json --style pretty --out new.json",
        "reserialise c.json --dialect go --out new.json",
        "export c.json --with-secrets --out new.json --yes",
    ] {
        ruled.refused(words, "forbid has export");
        assert!(!ruled.0.path().join("new.json").exists(), "{words}");
        assert!(!ruled.text("other.json").contains("at-secret"), "{words}");
    }
}

#[test]
fn a_forbidden_store_is_not_opened() {
    let Some(ruled) = Ruled::new("forbid-stores = [\"file\"]") else { return };

    ruled.refused("show c.json k", "forbid-stores has file");
    ruled.refused("prune c.json --expired --yes", "forbid-stores has file");
}

#[test]
fn a_forbidden_store_of_many_caches_is_not_opened() {
    let Some(ruled) = Ruled::new("forbid-stores = [\"sqlite\", \"redis\"]") else { return };
    table(&ruled.0);

    for words in ["list sqlite:app.db", "stats sqlite:app.db", "prune sqlite:app.db --expired --yes"] {
        ruled.refused(words, "forbid-stores has sqlite");
    }
    ruled.refused("list redis://127.0.0.1", "forbid-stores has redis");
}

#[test]
fn each_cache_of_many_is_noted_in_a_line_without_secrets() {
    let Some(ruled) = Ruled::new("audit = \"/etc/saltcellar/audit\"") else { return };
    table(&ruled.0);

    for words in ["prune sqlite:app.db --expired --drop-empty --yes", "copy-to other.json sqlite:app.db --yes"] {
        let done = ruled.run(words);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
    }

    let noted = ruled.text("etc/saltcellar/audit");
    let actions: Vec<String> = noted
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["action"].to_string())
        .collect();
    assert_eq!(actions, ["\"remove\"", "\"prune\"", "\"create\""], "{noted}");
    assert!(!noted.contains("at-secret") && !noted.contains("at-other"), "{noted}");
}

#[test]
fn a_broken_policy_forbids_everything_and_config_show_says_so() {
    let Some(ruled) = Ruled::new("readnoly = true") else { return };

    ruled.refused("show c.json k", "there is no key");
    let shown = ruled.run("config show");

    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(text.contains("policy.broken = there is no key \"readnoly\""), "{text}");
}

#[test]
fn a_change_is_noted_in_one_line_without_secrets_and_refused_where_it_cannot_be() {
    let Some(ruled) = Ruled::new("audit = \"/etc/saltcellar/audit\"\naudit-required = true") else { return };

    let done = ruled.run("prune c.json --expired --yes");

    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let noted = ruled.text("etc/saltcellar/audit");
    assert_eq!(noted.lines().count(), 1, "{noted}");
    let line: serde_json::Value = serde_json::from_str(&noted).expect("JSON");
    assert_eq!((line["action"].as_str(), line["removed"].as_array().map(Vec::len)), (Some("prune"), Some(1)));
    assert!(!noted.contains("at-secret") && !noted.contains("u.t"), "{noted}");
    ruled.0.shell("rm etc/saltcellar/audit; mkdir etc/saltcellar/audit");
    ruled.0.put("c.json", CACHE);
    ruled.refused("prune c.json --expired --yes", "audit-required");
    assert_eq!(ruled.text("c.json"), CACHE);
}

#[test]
fn forbidden_stores_cover_streams_and_servers_before_anything_is_asked_of_them() {
    let stores = "forbid-stores = [\"stdin\", \"redis\", \"sqlite\", \"postgres\", \"secret-service\"]";
    let Some(ruled) = Ruled::new(stores) else { return };

    for (words, store) in [
        ("list - < c.json", "stdin"),
        ("list <(cat c.json)", "stdin"),
        ("list redis://127.0.0.1:1/0", "redis"),
        ("list sqlite:c.db", "sqlite"),
        ("list postgres://127.0.0.1:1/d", "postgres"),
        ("list secret-service:azure-cli", "secret-service"),
    ] {
        let output = ruled.run(words);
        let says = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(says.contains(&format!("(forbid-stores has {store})")), "{words}\n{says}");
        assert!(!output.status.success() && !says.contains("at-secret"), "{words}\n{says}");
    }
    ruled.refused("show - k < c.json", "forbid-stores has stdin");
    assert_eq!(ruled.run("list c.json").status.code(), Some(0), "files are not forbidden");
}

#[test]
fn a_policy_that_others_can_change_is_told_with_the_commands_that_end_it() {
    let Some(ruled) = Ruled::new("forbid = [\"copy\"]") else { return };
    let doctor = |mode: &str, of: &str| {
        ruled.0.shell(&format!("chmod {mode} {of}"));
        let (words, json) = (ruled.run("doctor c.json"), ruled.run("doctor c.json --json"));
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        (words.status.code(), String::from_utf8_lossy(&words.stdout).into_owned(), json["policy"].clone())
    };
    let (file, folder) = ("etc/saltcellar/policy.toml", "etc/saltcellar");

    let (_, sound, nothing) = doctor("0644", file);
    let (code, words, json) = doctor("0646", file);
    let shown = String::from_utf8_lossy(&ruled.run("config show").stdout).into_owned();
    doctor("0644", file);
    let (_, by_group, _) = doctor("0775", folder);

    assert!(!sound.contains("policy") && nothing.is_null(), "{sound}");
    assert_eq!(code, Some(12), "{words}");
    assert!(words.contains("lifted, by every user: the file has mode 0646"), "{words}");
    assert!(words.contains("run: sudo chmod go-w /etc/saltcellar/policy.toml /etc/saltcellar"), "{words}");
    assert_eq!(json["path"], "/etc/saltcellar/policy.toml");
    assert!(shown.contains("policy.open-to = every user"), "{shown}");
    assert!(by_group.contains("a group: its folder has mode 0775"), "{by_group}");
}

#[test]
fn each_change_is_appended_to_the_policys_notes_and_to_the_users_own() {
    let Some(ruled) = Ruled::new("audit = \"/etc/saltcellar/audit\"") else { return };
    ruled.0.put(".config/saltcellar/config.toml", "audit = \"own.log\"");

    ruled.run("prune c.json --expired --yes");
    ruled.run("prune other.json --expired --yes");
    ruled.0.shell("rm etc/saltcellar/audit; mkdir etc/saltcellar/audit");
    ruled.0.put("c.json", CACHE);
    let third = ruled.run("prune c.json --expired --yes");

    assert_eq!(ruled.text(".config/saltcellar/own.log").lines().count(), 3);
    let says = String::from_utf8_lossy(&third.stderr).into_owned();
    assert!(third.status.success() && says.contains("not noted in /etc/saltcellar/audit"), "{says}");
    assert_eq!(ruled.text("c.json").matches("at-secret").count(), 0, "without audit-required it is done all the same");
}

#[test]
fn under_forbidden_import_no_second_copy_of_a_known_secret_comes_in_either() {
    let Some(ruled) = Ruled::new("forbid = [\"import\"]") else { return };
    ruled.0.put("twin.json", &CACHE.replace("\"k\"", "\"twin\""));

    ruled.refused("import c.json twin.json --yes", "forbid has import");
    ruled.refused("copy-to twin.json c.json --yes", "forbid has import");
    ruled.refused("move other.json c.json --yes --confirm u.t", "forbid has import");

    assert_eq!(ruled.text("c.json"), CACHE);
    let shown = String::from_utf8_lossy(&ruled.run("config show").stdout).into_owned();
    assert!(shown.contains("policy.forbid = import"), "{shown}");
}

#[test]
fn each_line_of_a_policy_is_told_and_what_is_false_forbids_nothing() {
    let of = |text: &str| Policy::of(Path::new("/etc/saltcellar/policy.toml"), Ok(text.to_owned()));
    let strict = "readonly = true\nforbid = [\"copy\"]\nforbid-stores = [\"redis\", \"stdin\"]\naudit = \"/a\\u001b/b\"\n\
                  audit-required = true";
    let told =
        |policy: &Policy| policy.told().iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>();

    let mut policy = of(strict);
    policy.open_to = Some("ada\u{1b}[31m".to_owned());
    let words = told(&policy);
    assert_eq!(
        words.iter().filter_map(|word| word.split(" = ").next()).collect::<Vec<_>>(),
        ["open-to", "readonly", "forbid", "forbid-stores", "audit", "audit-required",]
    );
    assert!(words.contains(&"forbid-stores = redis, stdin".to_owned()), "{words:?}");
    let unread = Policy::of(Path::new("/p"), Err(std::io::Error::other("no\u{1b}[31m")));
    let all: Vec<String> = words.into_iter().chain(unread.broken.clone()).chain(unread.readonly.clone()).collect();
    assert!(all.len() == 8 && all.iter().all(|word| !word.contains('\u{1b}')), "nothing drives a terminal: {all:?}");

    let lax = of("readonly = false\naudit = \"/a\"\naudit-required = false");
    assert_eq!(
        (lax.readonly.clone(), lax.audit_required.clone(), told(&lax)),
        (None, None, vec!["audit = /a".to_owned()])
    );
}
