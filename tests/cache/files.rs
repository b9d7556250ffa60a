//! Every shared cache against a hand-made table: what parses, what is in it, whose hand it is.

use saltcellar::cache::Dialect::{DotNet, Go, Java, Node, Python, Unknown};
use saltcellar::cache::{Cache, Dialect, Roster, Section, key};
use saltcellar::json::ParseErrorKind;

use super::{read, shared};

/// A shared cache: its name, whose hand it shows, the entries of AccessToken, RefreshToken, IdToken,
/// Account, AppMetadata and other sections, and how many keys that hand would not have written.
struct Known(&'static str, Dialect, [usize; 6], usize);

const KNOWN: &[Known] = &[
    Known("dotnet-Resources_MultiTenantTokenCache.json", DotNet, [3, 2, 3, 3, 1, 0], 0),
    // Two entries name another alias of the cloud than their keys do.
    Known("dotnet-Resources_SingleCloudTokenCache.json", DotNet, [2, 2, 2, 2, 1, 0], 2),
    Known("dotnet-Resources_token_cache_one_acc_seed.json", DotNet, [1, 1, 1, 1, 1, 0], 0),
    // An early MSAL Python: a refresh token's key as Python writes it, an id token's as Go does.
    Known("dotnet-Resources_cachecompat_python.bin.json", Unknown, [1, 1, 1, 1, 0, 0], 4),
    Known("generated-python-msal1.39-aad-user.json", Python, [1, 1, 1, 1, 1, 0], 0),
    Known("generated-python-msal1.39-adfs-user.json", Python, [1, 1, 1, 1, 1, 0], 0),
    Known("generated-python-msal1.39-azure-cli-ssh-cert-and-agentic-atext.json", Python, [5, 1, 3, 3, 2, 0], 0),
    Known("generated-python-msal1.39-b2c-user.json", Python, [1, 1, 1, 1, 1, 0], 0),
    Known("generated-python-msal1.39-managed-identity.json", Python, [1, 0, 0, 0, 1, 0], 0),
    // The tests of Go and Java share a cache with Python's keys, an entry of junk and an unknown section.
    Known("go-testdata_test_serialized_cache.json", Python, [2, 1, 1, 1, 1, 2], 4),
    Known("go-testdata_v1.0_v1.1_cache.json", Python, [2, 2, 2, 2, 2, 0], 5),
    Known("java-cache_data_serialized_cache.json", Python, [2, 1, 1, 1, 1, 2], 3),
    Known("java-AAD_cache_data_full_cache.json", Java, [1, 1, 1, 1, 0, 0], 0),
    Known("java-cache_data_multi-tenant-account-cache.json", Unknown, [0, 0, 5, 5, 0, 0], 10),
    Known("java-cache_data_remove-account-test-cache.json", Unknown, [0, 0, 0, 0, 0, 0], 0),
    Known("node-cache-test-files_cache-unrecognized-entities.json", Node, [2, 2, 1, 1, 1, 1], 1),
    Known("node-serializer_cache.json", Node, [3, 2, 1, 1, 1, 0], 0),
];

/// Files that no cache reader but a lenient one takes, and why.
const BROKEN: &[(&str, ParseErrorKind)] = &[
    ("dotnet-Resources_CacheFromTheFuture.json", ParseErrorKind::Syntax),
    ("dotnet-Resources_ExpectedTokenCache.json", ParseErrorKind::Syntax),
    ("dotnet-Resources_cachecompat_dotnet_dictionary.bin.txt", ParseErrorKind::NotAnObject),
];

const SECTIONS: [Section; 6] = [
    Section::AccessToken,
    Section::RefreshToken,
    Section::IdToken,
    Section::Account,
    Section::AppMetadata,
    Section::Other,
];

#[test]
fn every_real_cache_has_the_entries_of_the_table() {
    let Some(folder) = shared() else { return };

    for Known(name, _, counts, _) in KNOWN {
        let doc = read(&folder, name).expect(name);
        let cache = Cache::of(&doc);
        let roster = Roster::of(&cache);

        let seen = SECTIONS.map(|section| cache.entries().filter(|entry| entry.section() == section).count());
        let rows = SECTIONS.map(|section| roster.rows.iter().filter(|row| row.section == section).count());

        assert_eq!((seen, rows), (*counts, *counts), "{name}");
    }
}

#[test]
fn every_real_cache_shows_whose_hand_it_is() {
    let Some(folder) = shared() else { return };

    for Known(name, dialect, ..) in KNOWN {
        let doc = read(&folder, name).expect(name);

        assert_eq!(Cache::of(&doc).dialect(), *dialect, "{name}");
    }
}

#[test]
fn the_keys_of_real_caches_are_those_that_their_runtime_builds() {
    let Some(folder) = shared() else { return };

    for Known(name, dialect, _, strangers) in KNOWN {
        let doc = read(&folder, name).expect(name);
        let built = |entry: &saltcellar::cache::Entry<'_>| key::build(entry, *dialect);

        let strange: Vec<_> = Cache::of(&doc)
            .entries()
            .filter(|entry| built(entry).as_deref() != Some(&*entry.key()))
            .map(|entry| format!("{} would be {:?}", entry.key(), built(&entry)))
            .collect();

        assert_eq!(strange.len(), *strangers, "{name}: {strange:#?}");
    }
}

#[test]
fn go_builds_the_keys_of_gos_own_fixture_but_for_credentials_in_the_older_grammar() {
    let Some(folder) = shared() else { return };
    let doc = read(&folder, "go-testdata_v1.0_v1.1_cache.json").expect("valid");

    let kept: Vec<_> = Cache::of(&doc)
        .entries()
        .filter(|entry| key::build(entry, Go).as_deref() == Some(&*entry.key()))
        .map(|entry| entry.section().short())
        .collect();

    assert_eq!(kept, ["Acct", "AT", "App"]);
}

#[test]
fn what_is_no_strict_json_is_told_as_such() {
    let Some(folder) = shared() else { return };

    for (name, kind) in BROKEN {
        let error = read(&folder, name).expect_err(name);

        assert_eq!(error.kind, *kind, "{name}: {error}");
    }
}

#[test]
fn no_shared_cache_is_missing_from_the_tables() {
    let Some(folder) = shared() else { return };
    let files = std::fs::read_dir(folder).expect("the folder can be listed").flatten();
    let names = files.filter(|file| file.path().is_file()).map(|file| file.file_name().to_string_lossy().into_owned());

    let tabled = |name: &String| {
        name == "INDEX.md"
            || KNOWN.iter().any(|Known(known, ..)| known == name)
            || BROKEN.iter().any(|(known, _)| known == name)
    };
    let missing: Vec<_> = names.filter(|name| !tabled(name)).collect();

    assert!(missing.is_empty(), "{missing:?}");
}
