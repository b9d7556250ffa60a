//! The sealed cache of azidentity for Go on Linux, a JWE whose key is in the kernel's keyring: opened, changed and taken
//! back beside the real library; and each way in which it does not open, provoked in the kernel itself.

use std::process::Output;

use super::super::support::home::Home;
use super::super::support::msal::cache_folder;
use super::super::support::peers::installed;
use super::ready;

/// A cache with a name of its own: keys are found by name in keyrings that all processes of a user share.
struct Sealed {
    home: Home,
    name: String,
}

impl Sealed {
    /// With the tokens of two apps in it; `None` where the library or `keyctl` is missing.
    fn new() -> Option<Self> {
        if ready(&["go-sealed"]).is_empty() || !installed("keyctl") {
            return None;
        }
        let sealed = Self { home: Home::new(), name: format!("saltcellar-{:x}", fastrand_name()) };
        sealed.tells("peer $NAME c1; peer $NAME c2");
        Some(sealed)
    }

    /// What `line` does in a shell with `$NAME`, `$FILE`, the library as `peer`, and what ends `key` of it.
    fn shell(&self, line: &str) -> Output {
        let Self { home, name } = self;
        let peer = cache_folder().join("go-sealed/peer");
        home.shell(&format!(
            "NAME={name} FILE=$HOME/.cache/.IdentityService/{name}; peer() {{ {} \"$@\"; }}
             keyctl link @u @s; RING=$(keyctl get_persistent @u 2> /dev/null || echo @u)
             key() {{ keyctl search @u user $NAME; }}
             {line}",
            peer.display()
        ))
    }

    /// What `line` prints when all goes well.
    fn tells(&self, line: &str) -> String {
        let output = self.shell(line);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{line}\n{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    /// The exit code, the kind in JSON and the words of what `line` says, which ends with a failing `list --json`.
    fn fails(&self, line: &str) -> (Option<i32>, String, String) {
        let output = self.shell(line);
        let last = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned();
        let answer: serde_json::Value = serde_json::from_str(&last).unwrap_or_else(|_| panic!("{line}\n{output:?}"));
        let error = answer["caches"][0]["error"].clone();
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (output.status.code(), text("kind"), text("says"))
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        self.shell("keyctl unlink $(key) $RING; keyctl unlink $(key) @u");
    }
}

/// A number that no other test of this run has.
fn fastrand_name() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    RandomState::new().build_hasher().finish()
}

#[test]
fn what_go_sealed_is_read_and_what_is_pruned_stays_gone_for_go() {
    let Some(sealed) = Sealed::new() else { return };
    let head = "cut -d. -f1 $FILE";
    let before = sealed.tells(head);

    let listed = sealed.tells("saltcellar list $FILE");
    sealed.tells("saltcellar prune $FILE --client c1 --yes");
    let asked = sealed.tells("peer $NAME c2; peer $NAME c1; peer $NAME c1");

    assert_eq!(listed.matches("JWE, kernel key 0600").count(), 2, "{listed}");
    assert_eq!(sealed.tells(head), before, "the header stays");
    let counts: Vec<&str> = asked.lines().filter_map(|line| line.get(..10)).collect();
    assert_eq!(counts, ["{\"asked\":0", "{\"asked\":1", "{\"asked\":0"], "{asked}");
}

#[test]
fn an_app_that_runs_notices_a_prune() {
    let Some(sealed) = Sealed::new() else { return };

    let asked = sealed.tells("{ sleep 2; saltcellar prune $FILE --client c1 --yes > out; echo; } | peer $NAME c1 stay");

    assert!(asked.starts_with("{\"asked\":0") && asked.contains("\n{\"asked\":1"), "{asked}");
}

#[test]
fn the_undo_of_a_sealed_cache_is_sealed_and_gives_go_its_token_back() {
    let Some(sealed) = Sealed::new() else { return };

    let undo = sealed.tells("saltcellar prune $FILE --client c1 --yes > out; cat $HOME/.cache/.IdentityService/.*undo");
    let asked = sealed.tells("saltcellar undo $FILE --yes > out; peer $NAME c1");

    for open in ["at-of-", "accesstoken", "72f988bf-", "AccessToken", "\"touched\":[\""] {
        assert!(!undo.contains(open), "{open} lies in the clear in {undo}");
    }
    assert!(asked.starts_with("{\"asked\":0"), "{asked}");
}

#[test]
fn what_is_sealed_goes_to_a_plain_file_only_if_a_person_says_so() {
    let Some(sealed) = Sealed::new() else { return };

    for words in
        ["copy-to $FILE plain.json --yes", "copy-to $FILE plain.json --plaintext --yes", "move $FILE plain.json --yes"]
    {
        let output = sealed.shell(&format!("saltcellar {words}"));
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words}\n{says}");
        assert!(says.contains("plain text") && !sealed.home.path().join("plain.json").exists(), "{words}\n{says}");
    }

    let name = &sealed.name;
    sealed.tells(&format!("saltcellar copy-to $FILE plain.json --plaintext --confirm {name}"));
    let asked = sealed.tells("peer $NAME c1; saltcellar list plain.json");
    assert!(asked.starts_with("{\"asked\":0") && asked.contains("plaintext"), "{asked}");
}

#[test]
fn what_is_plain_goes_into_a_sealed_cache_unasked_and_go_takes_it() {
    let Some(sealed) = Sealed::new() else { return };

    sealed.tells(&format!("saltcellar move $FILE plain.json --plaintext --confirm {}", sealed.name));
    let without = sealed.tells("saltcellar list $FILE; saltcellar copy-to plain.json $FILE --yes > out");
    let asked = sealed.tells("peer $NAME c1; peer $NAME c2");

    assert!(!without.contains("c1"), "{without}");
    assert_eq!(asked.matches("{\"asked\":0").count(), 2, "{asked}");
}

#[test]
fn a_sealed_cache_that_nobody_named_is_not_opened() {
    let Some(sealed) = Sealed::new() else { return };

    let (code, kind, _) = sealed.fails("saltcellar list --json $(dirname $FILE)/");

    assert_eq!((code, kind.as_str()), (Some(4), "sealed"));
}

#[test]
fn a_copy_under_another_name_opens_by_the_number_of_its_key() {
    let Some(sealed) = Sealed::new() else { return };

    let listed = sealed.tells("cp -p $FILE copy.json; saltcellar list copy.json");

    assert_eq!(listed.matches("JWE, kernel key 0600").count(), 2, "{listed}");
}

/// What is done to the key, and the kind and words that tell it.
const F9: &[(&str, &str, &str)] = &[
    // The kernel collects an unlinked key a little later.
    ("keyctl unlink $(key) $RING; sleep 1; LIST", "key-gone", "no keyring of yours has a key called"),
    (
        "keyctl unlink $(key) $RING; sleep 1; touch -d 2001-01-01 $FILE; LIST",
        "key-gone",
        "the machine has started since",
    ),
    ("keyctl timeout $(key) 1; sleep 2; LIST", "key-gone", "expired"),
    ("keyctl revoke $(key); LIST", "key-gone", "was revoked"),
    ("head -c 33 /dev/urandom | keyctl padd user $NAME $RING; LIST", "wrong-key", "the key does not fit"),
    ("echo -n short | keyctl padd user $NAME $RING; LIST", "wrong-key", "not of 32 bytes"),
    ("sed -i 's/.....$/AAAAA/' $FILE; LIST", "wrong-key", "the key does not fit"),
    ("printf .x >> $FILE; LIST", "seal-damaged", "it has not five parts"),
    ("unshare -Ur LIST", "key-elsewhere", "user namespace"),
    ("keyctl unlink $(key) $RING; sleep 1; unshare -Ur LIST", "key-elsewhere", "user namespace"),
    ("strace -f -o log -e inject=keyctl:error=ENOSYS LIST", "key-refused", "gives no access to keys"),
    ("strace -f -o log -e inject=keyctl:error=EPERM LIST", "key-refused", "permission denied"),
    // Another session holds the key, and this user's keyring does not.
    (
        "keyctl session - bash -c \"keyctl link @u @s; keyctl link $(key) @s; keyctl unlink $(key) $RING; touch there; sleep 5\" & \
         until [ -e there ]; do sleep 0.1; done; LIST; code=$?; wait; exit $code",
        "key-elsewhere",
        "keyring of another session or user",
    ),
];

#[test]
fn each_way_in_which_it_does_not_open_is_told_apart_and_leaves_the_file_alone() {
    for (line, kind, words) in F9 {
        let Some(sealed) = Sealed::new() else { return };
        let line = line.replace("LIST", "saltcellar list --json $FILE");

        let (code, said, says) = sealed.fails(&line);

        assert_eq!((code, said.as_str()), (Some(4), *kind), "{line}\n{says}");
        assert!(says.contains(words), "{line}\n{says}");
    }
}
