//! Every command in the ways in which it is called. A command that is missing here fails a test, so that none is
//! forgotten.

use std::collections::BTreeSet;

use clap::CommandFactory as _;

use super::home::Home;
use super::secrets::{self, AT, Secrets};

/// A way to call a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// The words; `{c}` is the cache, `{d}` its folder, `{l}` a locked one, `{b}` a broken one, `{m}` a missing one,
    /// `{o}` one of other secrets, `{s}` a table with one for each user.
    pub(crate) words: &'static str,
    /// What it does.
    pub(crate) does: Does,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Looks.
    Reads,
    /// Would write a cache or a file.
    Writes,
}

const fn reads(words: &'static str) -> Call {
    Call { words, does: Does::Reads }
}

const fn writes(words: &'static str) -> Call {
    Call { words, does: Does::Writes }
}

/// All calls. None reveals or copies; `--json` is added by who runs them.
pub(crate) const CALLS: &[Call] = &[
    reads(""),
    reads("list"),
    reads("list {c}"),
    reads("list {d}"),
    reads("list {c} -q graph"),
    reads("list {c} -q nothing-like-it"),
    reads("list {b} {m} {c}"),
    reads("list secret-service:azure-cli"),
    reads("list {s}"),
    reads("list {s} -q graph"),
    reads("list {s} {c}"),
    reads("stats {s}"),
    reads("stats {s}#ada"),
    reads("show {s}#ada RefreshToken/rt"),
    reads("claims {s}#ada AccessToken/live"),
    reads("status {s}#ada"),
    reads("status {s}"),
    reads("explain {s}#ada"),
    reads("doctor {s}#ada"),
    reads("doctor {s}#odd"),
    reads("prune {s} --expired --drop-empty --dry-run"),
    reads("forget {s} --account ada@contoso.com --dry-run"),
    reads("forget {s} --account ada@contoso.com --yes"),
    reads("renew {s} --dry-run"),
    reads("partition {c} --out {s} --dry-run"),
    reads("merge {s} --out {d}/never.json --dry-run"),
    reads("move {s} {o} --dry-run"),
    reads("copy-to {c} {s} --dry-run"),
    reads("discover"),
    reads("discover --all"),
    reads("show {c} AccessToken/live"),
    reads("show {c} AccessToken/opaque"),
    reads("show {c} AccessToken/odd"),
    reads("show {c} RefreshToken/rt"),
    reads("show {c} IdToken/id"),
    reads("show {c} Account/acc"),
    reads("show {c} AppMetadata/app"),
    reads("show {c} PrimaryRefreshToken/k"),
    reads("show {c} Cookies/k"),
    reads("show {c} Cookies/l"),
    reads("show {c} refresh_token"),
    reads("show {c} ffffff"),
    reads("claims {c} AccessToken/live"),
    reads("claims {c} AccessToken/opaque"),
    reads("claims {c} AccessToken/odd"),
    reads("claims {c} IdToken/id"),
    reads("claims {c} Account/acc"),
    reads("claims {c} AccessToken/live --against IdToken/id"),
    reads("claims {c} AccessToken/live --against AccessToken/opaque"),
    reads("claims {c} IdToken/id --against AccessToken/live --in {l}"),
    reads("claims {c} Cookies/l"),
    reads("status {c}"),
    reads("status {c} -s"),
    reads("status {d} --within 2h"),
    reads("people {c}"),
    reads("people {d}"),
    reads("people"),
    reads("stats {c}"),
    reads("stats {c} --timing"),
    reads("stats {b}"),
    reads("explain {c}"),
    reads("explain {c} --client c1 --account ada@contoso.com --scope graph --runtime all --all"),
    reads("explain {b} --client c1 --scope graph"),
    reads("diff {c} {l}"),
    reads("diff {c} {o}"),
    reads("diff {o} {c} --exit-code"),
    reads("diff {c} {b}"),
    reads("watch {c} --for 0"),
    reads("run -- true"),
    reads("run --place {c} false"),
    reads("run --place {b} -- true"),
    reads("watch {b} --for 0"),
    reads("export {c}"),
    reads("export {c} -q graph"),
    reads("export {c} --dry-run --out {d}/never.json"),
    reads("prune {c} --expired --dry-run"),
    reads("prune {c} --type RT,AT,ID --dry-run"),
    reads("forget {c} --account ada@contoso.com --dry-run"),
    reads("sign-out ada@contoso.com --dry-run"),
    reads("sign-out ada@contoso.com --place {c} --place {b} --dry-run"),
    reads("sign-out nobody@contoso.com --place {d} --yes"),
    reads("renew {c} --dry-run"),
    reads("reserialise {c} --style compact --dry-run"),
    reads("import {c} {o} --dry-run"),
    reads("import {c} {b} --dry-run"),
    reads("import {o} {c}"),
    reads("copy-to {c} {o} --dry-run"),
    reads("copy-to {c} {o} --account ada@contoso.com --access-tokens-only --for 1h"),
    reads("copy-to {c} {b} --yes"),
    reads("move {c} {o} --account ada@contoso.com --dry-run"),
    reads("move {c} {b} --yes"),
    reads("move {c} {c} --yes"),
    reads("reserialise {c} --dialect node"),
    reads("reserialise {c} --dialect java --drop-unfit --dry-run"),
    reads("merge {c} {o} --out {d}/never.json --dry-run"),
    reads("merge {c} {b} --out {d}/never.json"),
    reads("partition {c} --out {d}/never --dry-run"),
    reads("partition {b} --out {d}/never"),
    reads("salvage {b}"),
    reads("salvage {c}"),
    reads("salvage {b} --dry-run --out {d}/never.json"),
    reads("undo {c} --dry-run"),
    reads("undo {c} --drop --dry-run"),
    reads("doctor"),
    reads("doctor {c}"),
    reads("doctor {d}"),
    reads("doctor {b} {l} {m}"),
    reads("doctor {c} --fix --dry-run"),
    reads("doctor {b} --fix --yes"),
    reads("doctor {c} --issue {d}/never.md --dry-run"),
    reads("doctor --explain"),
    reads("doctor --explain left-lock"),
    reads("lock status {c}"),
    reads("lock status {l}"),
    reads("lock clear {l} --dry-run"),
    reads("completions bash"),
    reads("man"),
    reads("config path"),
    reads("config show"),
    reads("config check"),
    reads("config default"),
    reads("config schema"),
    reads("man prune"),
    reads("help"),
    reads("help safety"),
    reads("help prune"),
    reads("--version"),
    reads("prune {c}"),
    reads("forget {c} --account nobody@contoso.com --yes"),
    reads("prune {c} --at never --expired"),
    writes("snapshot save {c}"),
    writes("snapshot save {o} --name kept"),
    writes("undo {c} --yes"),
    writes("undo {c} --drop"),
    writes("prune {c} --expired --yes"),
    writes("prune {c} --orphans --type RT --yes --confirm c.json"),
    writes("doctor {c} --issue {d}/issue.md --client c1 --account ada@contoso.com --scope graph"),
    writes("doctor {b} --issue {d}/broken.md"),
    writes("doctor {c} --fix --yes --confirm c.json"),
    writes("renew {c} --yes"),
    writes("reserialise {c} --style compact --yes"),
    writes("reserialize {c} --dialect python --drop-unfit --yes --confirm c.json"),
    writes("reserialise {c} --style pretty --out {d}/laid-out.json"),
    writes("salvage {b} --out {d}/salvaged.json"),
    writes("import {o} {c} --yes"),
    writes("import {d}/imported.json {o} --yes"),
    writes("merge {c} {l} --out {d}/merged.json"),
    writes("copy-to {c} {d}/copied.json --account ada@contoso.com --yes"),
    writes("copy-to {c} {d}/box.json --account ada@contoso.com --access-tokens-only --for 90d --yes"),
    writes("move {d}/copied.json {d}/moved.json --confirm ada@contoso.com"),
    writes("reserialise {c} --dialect dotnet --drop-unfit --out {d}/dotnet.json"),
    writes("partition {c} --out {d}/parts"),
    writes("export {c} --out {d}/redacted.json"),
    writes("export {c} --with-secrets --out {d}/raw.json"),
    writes("export {c} --with-secrets --include-refresh-tokens --confirm ada@contoso.com --out {d}/all.json"),
    writes("lock clear {l} --yes"),
    writes("prune {s} --expired --yes"),
    writes("prune {s}#ada --expired --yes"),
    writes("renew {s} --yes"),
    writes("partition {c} --out {s} --prefix parted: --yes"),
    writes("copy-to {c} {s} --prefix copied: --yes"),
    writes("merge {s} --out {d}/users.json"),
    writes("copy-to {s} {d}/users.json --yes"),
    writes("forget {s} --account ada@contoso.com --drop-empty --confirm ada@contoso.com"),
    reads("snapshot list"),
    reads("snapshot diff kept"),
    reads("snapshot diff kept {c}"),
    reads("diff kept {c}"),
    writes("prune {c} --type RT --yes --confirm ada@contoso.com"),
    writes("forget {c} --account ada@contoso.com --yes --confirm ada@contoso.com --keep-undo"),
    writes("sign-out ada@contoso.com --confirm ada@contoso.com --place {d} --keep-undo"),
];

/// A home with the caches that the calls name.
pub(crate) struct Scene {
    /// The home.
    pub(crate) home: Home,
    /// What may not be seen.
    pub(crate) secrets: Secrets,
}

impl Scene {
    /// A home with a cache of canaries at a well-known place and as `c.json`, an undo to take, and a lock left behind.
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let mut secrets = Secrets::new();
        let text = secrets::cache(&mut secrets);
        home.put(".azure/msal_token_cache.json", &text);
        home.put("d/c.json", &text);
        home.put("d/l.json", &text);
        home.put("d/copied.json", &text);
        home.put("o/c.json", secrets::cache(&mut secrets));
        home.put("d/b.json", format!("{},", &text[..text.len() - 40]));
        home.put("d/l.json.lockfile", "4194303 python");
        table(&home, &text);
        Self { home, secrets }
    }

    /// The same with an undo to take, kept by a change of `c.json`.
    pub(crate) fn with_undo() -> Self {
        let scene = Self::new();
        let words = scene.words("prune {c} --resource https://management.azure.com --yes");
        let output = scene.home.run(words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        scene
    }

    /// The words of `call` with the caches' names in place.
    pub(crate) fn words(&self, call: &str) -> Vec<String> {
        let places = [
            ("{c}", "d/c.json"),
            ("{d}", "d"),
            ("{l}", "d/l.json"),
            ("{b}", "d/b.json"),
            ("{m}", "d/m.json"),
            ("{o}", "o/c.json"),
            ("{s}", "sqlite:s/app.db"),
        ];
        let named = |word: &str| places.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to));
        let is_timed = call.contains('{') && !call.contains("--at");
        let words = call.split_whitespace().map(named).collect();
        with_options(words, if is_timed { &["--at", AT] } else { &[] })
    }
}

/// A table as Microsoft.Extensions.Caching makes it: a user's cache, one of which nothing is left, one that is none.
fn table(home: &Home, text: &str) {
    let path = home.put("s/app.db", "");
    let app = rusqlite::Connection::open(path).expect("opened");
    app.execute_batch("CREATE TABLE cache (Id text PRIMARY KEY, Value blob, ExpiresAtTime text)").expect("made");
    for (key, value) in [("ada", text), ("gone", r#"{"AccessToken":{}}"#), ("odd", "no cache")] {
        app.execute("INSERT INTO cache VALUES (?1, ?2, '2030-01-01 00:00:00')", (key, value)).expect("put");
    }
}

/// `words` with `options` that every command takes; what stands behind the command of `run` is that command's.
pub(crate) fn with_options(mut words: Vec<String>, options: &[&str]) -> Vec<String> {
    let at = if words.first().is_some_and(|word| word == "run") { 1 } else { words.len() };
    words.splice(at..at, options.iter().map(|option| (*option).to_owned()));
    words
}

#[test]
fn every_command_is_called() {
    let called: BTreeSet<&str> = CALLS.iter().filter_map(|call| call.words.split_whitespace().next()).collect();
    let commands = saltcellar::cli::Cli::command();
    let missing: Vec<&str> =
        commands.get_subcommands().map(clap::Command::get_name).filter(|name| !called.contains(name)).collect();

    // `copy` has a test of its own: it goes to a clipboard.
    assert_eq!(missing, ["copy"]);
}
