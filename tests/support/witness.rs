//! Two programs that share no code with saltcellar or MSAL and tell what a cache holds and what changed in it.
//! They need `python3`: whoever asks them has made sure that it is here.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::msal::program;

/// What `file` holds at `at`, as `tests/peers/reader.py` sees it; `None` when it cannot be read as a cache.
pub(crate) fn read(file: &Path, at: i64) -> Option<Value> {
    let output = python().arg("-B").arg(program("reader.py")).arg(file).args(["--at", &at.to_string()]).output();
    serde_json::from_slice(&output.expect("python3 runs").stdout).ok()
}

fn python() -> Command {
    Command::new("python3")
}

/// Asserts that `new` is `old` without the entries that `removed` lists, byte for byte; how many stayed.
pub(crate) fn prove_removal(old: &Path, new: &Path, removed: &Value) -> Value {
    let list = new.with_extension("removed.json");
    std::fs::write(&list, counted_from_0(removed).to_string()).expect("written");
    let output = python().arg("-B").arg(program("bytes.py")).args([old, new]).arg("--removed").arg(&list).output();
    std::fs::remove_file(list).expect("removed");
    let answer: Value = serde_json::from_slice(&output.expect("python3 runs").stdout).expect("an answer");
    assert_eq!(answer["same"], true, "{answer:#}");
    assert_eq!(answer["removed"], removed.as_array().map_or(0, Vec::len), "{answer:#}");
    answer["kept"].clone()
}

/// `bytes.py` counts members of one name from 0, saltcellar from 1.
fn counted_from_0(removed: &Value) -> Value {
    let entry = |entry: &Value| {
        let nth = entry["nth"].as_u64().map(|nth| nth - 1);
        json!({"section": entry["section"], "key": entry["key"], "nth": nth})
    };
    removed.as_array().into_iter().flatten().map(entry).collect()
}
