//! The house keeps its order: floors, sizes, and the few places where delicate things may stand.
//! Each rule is a table or a small function under `house/`, beside tests that show it can fail.
//! To amend one: floors in `house/floors.rs` and `src/lib.rs` together, places in `house/places.rs`.

mod floors;
mod names;
mod places;
mod prologues;
mod sizes;
mod source;

use source::{Source, manifest, sources};

#[test]
fn rooms_import_only_what_their_floor_allows() {
    none(sources("src").iter().flat_map(floors::offences));
}

#[test]
fn the_table_in_the_docs_is_the_table_enforced() {
    let docs = sources("src").into_iter().find(|file| file.path == "lib.rs").expect("there is a lib.rs");

    assert_eq!(floors::documented(&docs.text), floors::enforced());
}

#[test]
fn no_room_reaches_itself() {
    none(floors::circles());
}

#[test]
fn the_map_is_nothing_but_public_rooms() {
    none(sources("src").iter().flat_map(floors::map_offences));
}

#[test]
fn every_file_is_part_of_the_house() {
    none(floors::orphans(&sources("src")));
}

#[test]
fn files_and_functions_fit_on_screens() {
    none(sources("src").iter().flat_map(|file| sizes::offences(file, sizes::SHIPPED)));
    none(sources("tests").iter().flat_map(|file| sizes::offences(file, sizes::TESTS)));
}

#[test]
fn delicate_things_stand_in_their_places() {
    none(sources("src").iter().flat_map(places::offences));
}

#[test]
fn every_file_says_what_it_is_for() {
    none(sources("src").iter().flat_map(prologues::offences));
    none(sources("tests").iter().flat_map(prologues::offences));
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    none(sources("src").iter().flat_map(prologues::lint_offences));
    none(sources("tests").iter().flat_map(prologues::lint_offences));
}

#[test]
fn every_dependency_says_why_it_is_there() {
    none(prologues::dependency_offences(&manifest()));
}

/// Fails with one offence a line.
#[track_caller]
fn none(offences: impl IntoIterator<Item = String>) {
    let offences: Vec<String> = offences.into_iter().collect();
    assert!(offences.is_empty(), "{} offences:\n{}", offences.len(), offences.join("\n"));
}

/// A source file for the tests of the rules themselves.
fn made(path: &str, text: &str) -> Source {
    Source::new(path, text).expect("the sample parses")
}

/// The text of every Rust file under `folder`.
pub(crate) fn files(folder: &str) -> Vec<String> {
    sources(folder).into_iter().map(|source| source.text).collect()
}
