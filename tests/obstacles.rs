//! Why a file cannot be opened or changed: every obstacle provoked for real, told apart, with what to do. Whatever is
//! refused, the old bytes stand and nothing is left beside them.
//!
//! Mounts, other users and fixed files need root; without it those rows say that they are skipped.

mod rows;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use serde_json::Value;

use crate::support::home::Home;
use crate::support::peers::installed;
use rows::{ROWS, Row, Told};

/// What stands in the script of each row before what it provokes: the cache is `c/c.json`, `as UID COMMAND` runs one as
/// another user, without any of root's rights.
const SCRIPT: &str = "set -e; umask 022; chmod 755 .; mkdir c real
cp \"$DATA/one_person.json\" c/c.json; chmod 600 c/c.json
PATH=$PATH:/usr/sbin:/sbin
ext4() {
  mv c/c.json real; truncate -s 4M image; mkfs.ext4 -q -F image && mount -t ext4 -o loop image c || unprovoked
  cp -p real/c.json c
}
unprovoked() { echo 'this cannot be provoked here' >&2; exit; }
as() { id=$1; shift; setpriv --reuid \"$id\" --regid \"$id\" --clear-groups --inh-caps=-all \"$@\"; }";

/// What comes after it: read, then write.
const TRY: &str = "set +e
$WHO saltcellar list \"$PLACE\" --json > read.json 2> read.err; echo $? > read.code
$WHO saltcellar prune \"$PLACE\" --type AT --yes --wait 1 --json > write.json 2> write.err; echo $? > write.code
ls -A c > left.txt; cat c/c.json > after.json 2> /dev/null; true";

/// A row as it went.
struct Went {
    home: Home,
}

impl Went {
    /// Provokes `row`; `None`, and a word about it, where that cannot be done here.
    fn of(row: &Row) -> Option<Self> {
        let is_root = rustix::process::geteuid().is_root();
        if row.needs_root && !is_root {
            println!("skipped: {}: only root can provoke it", row.name);
            return None;
        }
        if !row.tools.iter().all(|tool| installed(tool)) {
            return None;
        }
        let home = Home::new();
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).expect("set");
        let (place, who) = (row.place, row.who);
        let script = format!("{SCRIPT}\n{}\nPLACE='{place}' WHO='{who}'\n{TRY}", row.provoke);
        std::fs::write(home.path().join("row.sh"), script).expect("written");
        let shell = if row.needs_root { "unshare -m bash row.sh" } else { "bash row.sh" };
        let output = home.shell(shell);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("this cannot be provoked here") {
            println!("skipped: {}: {said}", row.name);
            return None;
        }
        assert!(output.status.success(), "{}: {said}", row.name);
        Some(Self { home })
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.home.path().join(name)).unwrap_or_default()
    }

    /// How reading or writing went: its error, if it has one, of the place itself or of the run.
    fn told(&self, deed: &str) -> (String, Value) {
        let answer: Value = serde_json::from_str(&self.text(&format!("{deed}.json"))).expect("an answer");
        let error = [&answer["error"], &answer["caches"][0]["error"]].into_iter().find(|error| !error.is_null());
        (self.text(&format!("{deed}.code")).trim().to_owned(), error.cloned().unwrap_or(Value::Null))
    }
}

/// Asserts that `error` is what is `wanted` of a row.
fn must_be(row: &Row, deed: &str, (code, error): &(String, Value), wanted: &Told) {
    let Told::Refused { kind, cause, code: exit, says, hint } = wanted else {
        assert_eq!((code.as_str(), error), ("0", &Value::Null), "{}: {deed}", row.name);
        return;
    };
    assert_eq!(
        (&error["kind"], &error["cause"]),
        (&Value::from(*kind), &Value::from(*cause)),
        "{}: {deed} {error}",
        row.name
    );
    assert_eq!(code, exit, "{}: {deed}", row.name);
    let told = format!("{} {}", error["says"], error["hints"]);
    assert!(told.contains(says), "{}: {deed} says {told}", row.name);
    assert!(error["hints"].to_string().contains(hint), "{}: {deed} hints {told}", row.name);
}

#[test]
fn every_obstacle_is_told_apart_with_what_to_do_on_reading_and_on_writing() {
    let mut provoked = 0;
    for row in ROWS {
        let Some(went) = Went::of(row) else { continue };
        must_be(row, "read", &went.told("read"), &row.reads);
        must_be(row, "write", &went.told("write"), &row.writes);
        if let Told::Refused { .. } = row.writes {
            let old = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/one_person.json"));
            let after = went.text("after.json");
            assert!(after.is_empty() || after == old.expect("data"), "{}: the file changed", row.name);
            let left = went.text("left.txt");
            assert!(!left.contains(".lockfile") && !left.contains("saltcellar"), "{}: left {left}", row.name);
        }
        provoked += 1;
    }
    println!("{provoked} of {} rows provoked", ROWS.len());
}

#[test]
fn the_names_of_obstacles_in_the_rows_are_those_that_are_documented() {
    let help = include_str!("../assets/help/json.md");
    for told in ROWS.iter().flat_map(|row| [&row.reads, &row.writes]) {
        let Told::Refused { cause, .. } = told else { continue };
        assert!(help.split([' ', '\n']).any(|word| word == *cause), "{cause}");
    }
}

#[test]
fn where_no_undo_can_be_kept_none_of_an_older_change_is_left() {
    let home = Home::new();
    let token = |resource: &str, secret: &str| {
        format!(
            r#""{resource}":{{"credential_type":"AccessToken","target":"https://{resource}/.default","secret":"{secret}"}}"#
        )
    };
    let (small, large) = (token("small", "s"), token("large", &"s".repeat(200_000)));
    home.put("c.json", &format!(r#"{{"AccessToken":{{{small},{large}}}}}"#));

    // The second change leaves less than 100 KiB, and its undo would be larger.
    let first = home.shell("saltcellar prune c.json --resource https://small --yes --json");
    let kept = home.path().join(".c.json.saltcellar-undo").exists();
    let second = home.shell("ulimit -f 100; saltcellar prune c.json --resource https://large --yes --json");

    let told = [first, second].map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    assert!(kept && told[0].contains(r#""undo":"kept""#), "{told:?}");
    assert!(told[1].contains(r#""written":true"#) && told[1].contains(r#""undo":"failed""#), "{told:?}");
    let left: Vec<_> = std::fs::read_dir(home.path()).expect("listed").flatten().map(|file| file.file_name()).collect();
    assert_eq!(left, ["c.json"]);
}

#[test]
fn root_in_the_home_of_another_opens_nothing_unasked_and_leaves_the_file_to_its_owner() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can be root in another's home");
        return;
    }
    let home = Home::new();
    home.shell(
        "umask 077; mkdir .azure; cp \"$DATA/one_person.json\" .azure/msal_token_cache.json; chown -R 1000:1000 .azure",
    );

    let listed = home.shell("saltcellar list; saltcellar discover --json");
    let pruned = home.shell("saltcellar prune .azure/msal_token_cache.json --type AT --yes --json");

    let told = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(!told.contains("ada@contoso.com"), "{told}");
    assert!(told.contains("\"kind\":\"other-user\"") && told.contains("runs as root (uid 0)"), "{told}");
    assert!(String::from_utf8_lossy(&pruned.stdout).contains("\"written\":true"), "{pruned:?}");
    // The cache and its undo, which its owner must be able to read and to remove.
    let left: Vec<_> = std::fs::read_dir(home.path().join(".azure")).expect("listed").flatten().collect();
    assert_eq!(left.len(), 2);
    for file in left {
        let is = file.metadata().expect("there");
        assert_eq!((is.uid(), is.gid(), is.mode() & 0o777), (1000, 1000, 0o600), "{}", file.path().display());
    }
}
