//! README's commands, run: what stands there is what the program says on a terminal of 100 columns.
//! `SALTCELLAR_README=write` writes their output anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::peers::installed;

const BEGIN: &str = "<!-- commands: begin -->\n";
const END: &str = "<!-- commands: end -->";

/// Each command with what it is for.
const SHOWN: &[(&str, &str)] = &[
    ("list --demo", "Everything at a glance: accounts with their tenants and health, tokens with their expiry."),
    (
        "explain --demo --client 04b07795-8ddb-461a-bbee-02f9e1bf7b46 --account ada@contoso.com \
         --scope https://vault.azure.net/.default --runtime python",
        "Why a token is used or not, as the library itself decides; `--runtime all` compares five of them.",
    ),
    ("doctor --demo", "What is wrong, whom it hurts, and what mends it."),
    ("status --demo", "Who has to sign in again; the exit code says it to scripts."),
    ("claims --demo b510824b0651", "What a token says about itself, in plain words."),
    ("stats --demo", "What takes the space."),
    (
        "prune --demo --orphans --dry-run",
        "Take dead entries out. Every change shows its plan; `--dry-run` stops there.",
    ),
    (
        "renew --demo --resource \"key vault\" --dry-run",
        "Make apps fetch fresh tokens, after a role was granted for example.",
    ),
    ("forget --demo --account bob@fabrikam.com --dry-run", "Take one account out, and say what that means."),
    ("export --demo -q vault | cut -c 1-100", "A copy for a bug report: no secret, no name, the structure kept."),
];

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// What `command` prints on a terminal.
fn output(command: &str) -> String {
    let home = tempfile::tempdir().expect("a folder");
    let line = format!("stty cols 100 rows 300; exec {} {command}", env!("CARGO_BIN_EXE_saltcellar"));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env_clear()
        .envs([("NO_COLOR", "1"), ("TZ", "UTC"), ("TERM", "xterm"), ("SHELL", "/bin/sh"), ("PATH", "/usr/bin:/bin")])
        .env("HOME", home.path())
        .output()
        .expect("script runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn block((command, words): &(&str, &str)) -> String {
    format!("{words}\n\n```console\n$ saltcellar {command}\n{}```\n\n", output(command))
}

#[test]
fn the_pictures_of_the_readme_are_there_and_small() {
    let text = std::fs::read_to_string(readme()).expect("a README");
    let named = text.split('"').filter(|part| part.ends_with(".png"));
    let folder = readme().with_file_name("assets").join("screens");

    assert!(named.clone().count() >= 8);
    named.for_each(|path| assert!(readme().with_file_name(path).is_file(), "{path}"));
    let files = std::fs::read_dir(folder).expect("the pictures");
    let bytes: u64 = files.map(|file| file.and_then(|file| file.metadata()).expect("a picture").len()).sum();
    assert!(bytes < 600 << 10, "{bytes} bytes");
}

#[test]
fn what_a_feature_costs_stands_there_for_each_feature_and_for_none_and_all() {
    let text = std::fs::read_to_string(readme()).expect("a README");
    let manifest = std::fs::read_to_string(readme().with_file_name("Cargo.toml")).expect("a manifest");
    let (_, table) = text.split_once("<!-- features: begin -->\n").expect("the beginning is marked");
    let (table, _) = table.split_once("<!-- features: end -->\n").expect("the end is marked");

    let rows: Vec<Vec<&str>> =
        table.lines().map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect();

    let manifest: toml::Table = manifest.parse().expect("TOML");
    let features = manifest["features"].as_table().expect("features").keys().filter(|name| *name != "default");
    let named = features.map(|name| format!("`{name}`"));
    let expected: Vec<String> = ["none".to_owned()].into_iter().chain(named).chain(["all".to_owned()]).collect();
    assert_eq!(rows[0], ["features", "what they open", "crates", "CPU seconds", "MB"]);
    let names: Vec<&str> = rows[2..].iter().map(|row| row[0]).collect();
    assert_eq!(names, expected, "benches/features --write");
    assert!(rows.iter().all(|row| row.len() == 5), "{rows:?}");
}

#[test]
fn the_commands_of_the_readme_print_what_it_shows() {
    if !installed("script") {
        return;
    }
    let text = std::fs::read_to_string(readme()).expect("there is a README");
    let (before, rest) = text.split_once(BEGIN).expect("the beginning is marked");
    let (shown, after) = rest.split_once(END).expect("the end is marked");

    let real: String = SHOWN.iter().map(block).collect();

    if std::env::var_os("SALTCELLAR_README").is_some_and(|value| value == "write") {
        std::fs::write(readme(), format!("{before}{BEGIN}\n{real}{END}{after}")).expect("written");
        return;
    }
    for (shown, real) in shown.trim().lines().zip(real.trim().lines()) {
        assert_eq!(shown, real);
    }
    assert_eq!(shown.trim().len(), real.trim().len());
}
