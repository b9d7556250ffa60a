//! KWallet as the Secret Service, for real: what it keeps is read, changed and made, and what it refuses is told.

use std::path::Path;

use super::super::support::binary::Run;
use super::super::support::keyring::{beside, home, is_here, saltcellar, shell, store};
use super::super::support::peers::missing;

const CACHE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_people.json");
const BOB: &str = "bob@fabrikam.com";
/// The encryption without which it opens no session.
const CIPHERS: &str = "usr/lib/x86_64-linux-gnu/qca-qt5/crypto/libqca-ossl.so";

fn offered(test: &str) -> bool {
    let absent = ["usr/bin/kwalletd5", CIPHERS].into_iter().find(|file| !Path::new("/").join(file).exists());
    if let Some(file) = absent.filter(|_| !is_here()) {
        missing(&format!("no /{file} (apt-get install libkf5wallet-bin libqca-qt5-2-plugins)"));
        return false;
    }
    beside("kwallet", test)
}

/// What `secret-tool search` finds by `words`; asked again where it and `KWallet` come to no common key, one time in a
/// hundred, for then it ends well and shows no secret.
fn searched(words: &str) -> String {
    let once = |_| shell(&format!("secret-tool search --all {words}"));
    (0..5).map(once).find(|told| told.contains("secret = ")).unwrap_or_default()
}

fn accounts(run: &Run) -> (bool, bool) {
    (run.out.contains("ada@contoso.com"), run.out.contains(BOB))
}

#[test]
fn what_kwallet_keeps_is_made_read_and_changed_and_its_refusals_are_told() {
    if !offered("peers::kwallet::what_kwallet_keeps_is_made_read_and_changed_and_its_refusals_are_told") {
        return;
    }
    std::fs::create_dir_all(home().join(".IdentityService")).expect("a folder");
    let place = "secret-service:azure-identity-python";

    let made = saltcellar(&["copy-to", CACHE, place, "--yes"]);
    let forgotten = saltcellar(&["forget", place, "--account", BOB, "--confirm", BOB]);
    let listed = saltcellar(&["list", place]);
    let found = searched("MsalClientID Microsoft.Developer.IdentityService");

    assert_eq!((made.code, forgotten.code), (Some(0), Some(0)), "{made:?} {forgotten:?}");
    assert_eq!(accounts(&listed), (true, false), "{listed:?}");
    assert!(found.contains("label = MSALCache") && found.contains("schema = msal.cache.nocae"), "{found}");
    assert!(found.contains("ada@contoso.com") && !found.contains(BOB), "{found}");

    // What another program put there.
    store(&std::fs::read_to_string(CACHE).expect("readable"), &["xdg:schema", "of-another"]);
    assert_eq!(accounts(&saltcellar(&["list", "secret-service:of-another"])), (true, true));

    // Azure CLI gives its item no label.
    let refused = saltcellar(&["copy-to", CACHE, "secret-service:azure-cli", "--yes"]);
    assert!(refused.code == Some(4) && refused.err.contains("label is invalid"), "{refused:?}");

    // One time in a hundred the first key of a session is none.
    let missed = (0..150).map(|_| saltcellar(&["list", place])).find(|run| accounts(run) != (true, false));
    assert!(missed.is_none(), "{missed:?}");

    let close = "dbus-send --session --print-reply --dest=org.kde.kwalletd5 /modules/kwalletd5 org.kde.KWallet.close \
                 string:kdewallet boolean:true";
    shell(close);
    let locked = saltcellar(&["list", place]);
    assert!(locked.code == Some(4) && locked.err.contains("the keyring is locked"), "{locked:?}");
}
