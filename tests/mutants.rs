//! The list of deliberate faults in `tests/fire/mutants.toml` stays true: each still fits the source at one place, each
//! names a test that there is, and no promise is without one. `tests/fire/mutants.py` shows that each is caught.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn mutants() -> Vec<Table> {
    let list: Table = read("tests/fire/mutants.toml").parse().expect("a list");
    let mutants = list["mutant"].as_array().expect("mutants");
    mutants.iter().filter_map(Value::as_table).cloned().collect()
}

fn text<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key} in {table}"))
}

#[test]
fn every_fault_fits_the_source_at_one_place() {
    for mutant in mutants() {
        let changes = mutant["change"].as_array().expect("changes");
        for change in changes.iter().filter_map(Value::as_table) {
            let (file, old) = (text(change, "file"), text(change, "old"));

            assert_eq!(read(file).matches(old).count(), 1, "{}: {old:?} in {file}", text(&mutant, "name"));
            assert_ne!(old, text(change, "new"));
        }
    }
}

#[test]
fn every_promise_has_a_fault_and_every_fault_a_name_of_its_own() {
    let mutants = mutants();
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| text(mutant, "name")).collect();
    let promised: BTreeSet<&str> = mutants.iter().map(|mutant| text(mutant, "promise")).collect();

    assert_eq!(names.len(), mutants.len());
    assert_eq!(
        promised,
        (1..=25).map(|number| format!("G{number}")).collect::<Vec<_>>().iter().map(String::as_str).collect()
    );
}

/// Whether `name` is a test in one of `files`, or a file or folder of tests.
fn is_there(files: &[String], name: &str) -> bool {
    let module = name.trim_end_matches("::").trim_end_matches("::tests").replace("::", "/");
    let path = |folder: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(&module);
    let is_module =
        ["src", "tests"].into_iter().any(|folder| path(folder).is_dir() || path(folder).with_extension("rs").exists());
    let test = name.rsplit("::").next().unwrap_or(name);
    is_module || files.iter().any(|file| file.contains(&format!("fn {test}(")))
}

fn files() -> Vec<String> {
    ["src", "tests"].into_iter().flat_map(super::house::files).collect()
}

#[test]
fn every_promise_of_the_table_names_tests_that_there_are() {
    let (promises, files): (Table, _) = (read("tests/fire/promises.toml").parse().expect("a table"), files());
    assert_eq!(promises.len(), 25);
    for (number, promise) in &promises {
        for name in promise["tests"].as_array().expect("tests").iter().filter_map(Value::as_str) {
            assert!(is_there(&files, name.trim_start_matches("lib ")), "{number}: {name}");
        }
    }
}

#[test]
fn every_fault_names_a_test_that_there_is() {
    let tests = files();
    for mutant in mutants() {
        let caught_by = text(&mutant, "caught_by");
        let (kind, name) = caught_by.split_once(' ').expect("a kind and a name");
        let found = match kind {
            "fire" => {
                let (script, step) = name.split_once('.').expect("a script and a step");
                read(&format!("tests/fire/{script}.py")).contains(&format!("\ndef {step}(floor):"))
            }
            "lib" | "main" | "text" => is_there(&tests, name),
            _ => false,
        };
        assert!(found, "{}: {caught_by}", text(&mutant, "name"));
    }
}
