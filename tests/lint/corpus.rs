//! The rules over caches that real libraries wrote: no error where nothing is wrong.

use std::fs;

use saltcellar::lint::{Finding, Severity, Surroundings};

use crate::support::lint::{NOW, all_findings};
use crate::support::peers::shared;

#[test]
fn caches_of_the_libraries_own_tests_hold_no_error_but_byte_order_marks() {
    let Some(folder) = shared("caches") else { return };
    let mut wrong = Vec::new();
    for file in fs::read_dir(folder).expect("readable").map(|file| file.expect("an entry").path()) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for Finding { rule, severity, says, .. } in all_findings(&text, &Surroundings::default(), NOW) {
            println!("{} {} {rule}: {says}", file.display(), severity.name());
            if severity == Severity::Error && !["byte-order-mark", "not-a-cache"].contains(&rule) {
                wrong.push(format!("{}: {rule}: {says}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
