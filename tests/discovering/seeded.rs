//! A home in which every app has left something, as each of them writes it, and what must not be taken for a cache.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use crate::support::home::Home;

/// A place of the home, and what is to be told of it.
pub(super) struct Place {
    pub(super) app: &'static str,
    pub(super) file: &'static str,
    pub(super) how: &'static str,
    holds: Holds,
}

/// What lies in a place.
enum Holds {
    /// A cache of the test's data in the clear, with these permissions.
    Plain(&'static str, u32),
    /// These bytes.
    Bytes(&'static [u8]),
    /// A link to somewhere.
    Link(&'static str),
}

use Holds::{Bytes, Link, Plain};

/// How every blob of DPAPI begins.
const DPAPI: &[u8] =
    b"\x01\0\0\0\xd0\x8c\x9d\xdf\x01\x15\xd1\x11\x8c\x7a\0\xc0\x4f\xc2\x97\xeb\x01\0\0\0 and what is sealed";
/// As azidentity/cache for Go seals on Linux; the key is in the kernel.
const JWE: &[u8] =
    b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2Iiwia2lkIjoiMTIzNDU2In0..AAAAAAAAAAAAAAAAAAAAAA.q83vEjRWeJA.EjRWeJCrze8";
const ONE: &str = "one_person.json";
const TWO: &str = "two_people.json";

const fn place(app: &'static str, file: &'static str, how: &'static str, holds: Holds) -> Place {
    Place { app, file, how, holds }
}

/// All of them, in the order in which they are told: the user's own, the apps, the copies.
pub(super) const PLACES: &[Place] = &[
    place("A tool of mine", "apps/mine.json", "not-a-cache -", Bytes(b"{\"AccessToken\": {")),
    place("Azure CLI", ".azure/msal_token_cache.json", "3 entries, 1 accounts", Plain(ONE, 0o600)),
    place("azure-identity", ".IdentityService/msal.cache.nocae", "sealed msal.cache.nocae", Bytes(JWE)),
    place(
        "azure-identity",
        ".IdentityService/msal.cache.cae",
        "in-keyring secret-service:azure-identity-python/msal.cache.cae",
        Bytes(b""),
    ),
    place(
        "azure-identity",
        ".IdentityService/msal.cache",
        "in-keyring secret-service:azure-identity-js/msal.cache",
        Bytes(b"{}"),
    ),
    place("azidentity (Go)", ".cache/.IdentityService/msal.cache", "sealed msal.cache", Bytes(JWE)),
    place(
        "Microsoft Graph PowerShell",
        ".local/share/.IdentityService/mg.msal.cache.nocae",
        "in-keyring secret-service:azure-identity-dotnet/mg.msal.cache.nocae",
        Bytes(b""),
    ),
    place(
        "Azure PowerShell",
        ".local/share/.IdentityService/msal.cache.cae",
        "in-keyring secret-service:azure-powershell",
        Bytes(b""),
    ),
    place(
        "Azure.Identity (.NET)",
        ".local/share/.IdentityService/msal.cache.nocae",
        "3 entries, 1 accounts",
        Plain(ONE, 0o644),
    ),
    place(
        "Git Credential Manager",
        ".local/.IdentityService/msal.cache",
        "in-keyring secret-service:git-credential-manager",
        Bytes(b""),
    ),
    place(
        "Git Credential Manager (service principals)",
        ".gcm/msal/app.cache",
        "9 entries, 2 accounts",
        Plain(TWO, 0o600),
    ),
    place(
        "azure-identity (a cache of its own name)",
        ".IdentityService/my-tool.nocae",
        "3 entries, 1 accounts",
        Plain(ONE, 0o600),
    ),
    place(
        "Azure.Identity (.NET), a cache of its own name",
        ".local/share/.IdentityService/WinTuner-PowerShell.nocae",
        "in-keyring secret-service:azure-identity-dotnet/WinTuner-PowerShell.nocae",
        Bytes(b""),
    ),
    place(
        "kubelogin (proof of possession)",
        ".kube/cache/kubelogin/pop_tokens.cache",
        "sealed pop_tokens.cache",
        Bytes(JWE),
    ),
    place("Azure Developer CLI", ".azd/auth/msal/cache.json", "3 entries, 1 accounts", Plain(ONE, 0o600)),
    place("Microsoft 365 CLI", ".cli-m365-msal.json", "9 entries, 2 accounts", Plain(TWO, 0o600)),
    place("an app that follows the MSAL Python recipe", "run/my_cache.bin", "3 entries, 1 accounts", Plain(ONE, 0o600)),
    place("Azure CLI copy", ".azure-old/msal_token_cache.json", "symlink -", Link("../.azure/msal_token_cache.json")),
    place("Azure CLI copy", ".azure-work/msal_token_cache.json", "3 entries, 1 accounts", Plain(ONE, 0o600)),
    place("Azure CLI copy", "build/.azure/msal_token_cache.bin", "sealed msal_token_cache.bin", Bytes(DPAPI)),
    place("Azure CLI copy", "tmp/azctx42/msal_token_cache.json", "3 entries, 1 accounts", Plain(ONE, 0o600)),
];

/// Files beside caches that are none.
const BESIDE: &[&str] = &[
    ".IdentityService/msal.cache.nocae.lockfile",
    ".IdentityService/.msal.cache.nocae.saltcellar-undo",
    ".IdentityService/logs/today.log",
    ".azure/azureProfile.json",
    ".azure/service_principal_entries.json",
    ".azd/auth/msal/cred1.json",
    ".kube/cache/kubelogin/auth.json",
    "tmp/other/cache.json",
];

/// The home.
pub(super) fn seeded() -> Home {
    let home = Home::new();
    for place in PLACES {
        let at = home.put(place.file, "");
        match place.holds {
            Plain(data, mode) => {
                std::fs::copy(data_file(data), &at).expect("copied");
                std::fs::set_permissions(&at, std::fs::Permissions::from_mode(mode)).expect("set");
            }
            Bytes(bytes) => std::fs::write(&at, bytes).expect("written"),
            Link(to) => {
                std::fs::remove_file(&at).expect("removed");
                symlink(to, &at).expect("linked");
            }
        }
    }
    for file in BESIDE {
        home.put(file, "{}");
    }
    let own = "[[places]]\napp = \"A tool of mine\"\npath = \"~/apps/mine.json\"\n";
    home.put(".config/saltcellar/config.toml", own);
    home
}

fn data_file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// What is set in that home besides the usual.
pub(super) fn environment(home: &Home) -> Vec<(&'static str, String)> {
    vec![("XDG_RUNTIME_DIR", home.path().join("run").display().to_string())]
}
