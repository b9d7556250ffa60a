//! Locks both ways: no real MSAL library gets in while saltcellar holds a cache, saltcellar waits for each of them,
//! and no way out of saltcellar leaves a lock file behind.

mod held_by_peer;
mod held_by_us;
mod signals;

use std::fs;
use std::path::Path;

/// Every way in which MSAL locks.
const LOCKERS: &[&str] = &["python-filelock", "python-portalocker", "node", "java", "java-old", "go", "dotnet"];

/// A cache with one dead and one live token.
const CACHE: &str = r#"{
    "AccessToken": {
        "dead": {"credential_type": "AccessToken", "secret": "dead", "expires_on": "1"},
        "live": {"credential_type": "AccessToken", "secret": "live", "expires_on": "99999999999"}
    }
}"#;

/// The names in the folder of `cache`, without those of the cache and its undo file.
fn left_beside(cache: &Path) -> Vec<String> {
    let entries = fs::read_dir(cache.parent().expect("a folder")).expect("listed");
    let names = entries.map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned());
    names.filter(|name| !matches!(name.as_str(), "c.json" | ".c.json.saltcellar-undo")).collect()
}
