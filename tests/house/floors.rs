//! Who may import whom. The same table stands in the docs of `src/lib.rs`: change both together,
//! and say why in the commit.

use super::names::names;
use super::source::Source;

/// A room, its floor, and the rooms that it may import.
pub(crate) struct Room {
    floor: u8,
    name: &'static str,
    imports: &'static [&'static str],
}

const FACES: &[&str] = &[
    "present",
    "ops",
    "lint",
    "source",
    "cache",
    "config",
    "clipboard",
    "json",
    "threads",
    "time",
    "text",
    "secret",
    "system",
];

/// What is not listed is forbidden.
const TABLE: &[Room] = &[
    room(6, "cli", FACES),
    room(6, "tui", FACES),
    room(5, "present", &["source", "ops", "lint", "cache", "json", "secret", "time", "text"]),
    room(4, "ops", &["cache", "json", "secret", "threads", "time"]),
    room(4, "lint", &["ops", "cache", "json", "secret", "threads", "time"]),
    room(4, "source", &["store", "seal", "lock", "config", "json", "secret", "threads", "time", "system"]),
    room(3, "cache", &["json", "secret", "threads", "time"]),
    room(3, "store", &["lock", "secret", "threads", "time", "system"]),
    room(2, "json", &["secret", "threads"]),
    room(2, "seal", &["secret"]),
    room(2, "lock", &["time", "system"]),
    room(2, "clipboard", &["secret"]),
    room(2, "config", &["secret", "text"]),
    room(1, "system", &[]),
    room(1, "secret", &[]),
    room(1, "time", &[]),
    room(1, "text", &[]),
    room(1, "threads", &[]),
];

/// What unit tests may import from anywhere above the floor of `secret`, `time` and `text`.
const TEST_DOUBLES: &[&str] = &["store::memory"];

const fn room(floor: u8, name: &'static str, imports: &'static [&'static str]) -> Room {
    Room { floor, name, imports }
}

/// The table in the form of [`documented`].
pub(crate) fn enforced() -> Vec<String> {
    let row = |room: &Room| format!("{} {} -> {}", room.floor, room.name, room.imports.join(" "));
    TABLE.iter().map(|room| row(room).trim_end().to_owned()).collect()
}

/// The rows of the table in the docs of `lib.rs`, white space evened out.
pub(crate) fn documented(docs: &str) -> Vec<String> {
    let rows = docs.lines().filter_map(|line| line.strip_prefix("//!")).filter(|line| line.contains(" ->"));
    rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Imports of `file` that the table does not list. `main.rs` may import anything.
pub(crate) fn offences(file: &Source) -> Vec<String> {
    let Some(own) = file.room() else { return Vec::new() };
    let Some(room) = TABLE.iter().find(|room| room.name == own) else {
        return vec![file.offence(1, &format!("the room {own} stands on no floor"))];
    };
    let mut found = Vec::new();
    for name in names(file).iter().filter(|name| name.path.first().is_some_and(|word| word == "crate")) {
        let other = name.path.get(1).map_or("", String::as_str);
        let is_double = TEST_DOUBLES.iter().any(|double| name.in_test && name.is(double));
        if other == own || room.imports.contains(&other) || is_double {
            continue;
        }
        found.push(file.offence(name.line, &format!("{own} may not import {}", name.path.join("::"))));
    }
    found
}

/// Rooms that import themselves by way of others.
pub(crate) fn circles() -> Vec<String> {
    let circular = TABLE.iter().filter(|room| reaches(room.imports, room.name, TABLE.len()));
    circular.map(|room| format!("{} imports itself by way of others", room.name)).collect()
}

fn reaches(imports: &[&str], wanted: &str, steps: usize) -> bool {
    imports.iter().any(|name| {
        let further = TABLE.iter().find(|room| room.name == *name).map_or(&[][..], |room| room.imports);
        *name == wanted || (steps > 0 && reaches(further, wanted, steps - 1))
    })
}

/// Items of `lib.rs` that are not `pub mod room;`.
pub(crate) fn map_offences(file: &Source) -> Vec<String> {
    let is_room = |item: &&syn::Item| matches!(item, syn::Item::Mod(item) if item.content.is_none());
    let others = file.syntax.items.iter().filter(|item| !is_room(item)).count();
    if file.path != "lib.rs" || others == 0 {
        return Vec::new();
    }
    vec![file.offence(1, "the map holds more than `pub mod` lines")]
}

/// Files that no `mod` line names: they would never be compiled.
pub(crate) fn orphans(files: &[Source]) -> Vec<String> {
    let declared: Vec<String> = files.iter().flat_map(children).collect();
    let lost = |file: &&Source| file.room().is_some() && !declared.contains(&file.module().join("::"));
    files.iter().filter(lost).map(|file| file.offence(1, "no `mod` line names this file")).collect()
}

fn children(file: &Source) -> Vec<String> {
    let without_body = |item: &syn::Item| {
        let syn::Item::Mod(item) = item else { return None };
        item.content.is_none().then(|| item.ident.to_string())
    };
    let declared = file.syntax.items.iter().filter_map(without_body);
    declared.map(|name| [file.module(), vec![name]].concat().join("::")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    #[test]
    fn an_import_upwards_is_reported_with_its_line() {
        let file = made("json/edit.rs", "use crate::secret::Hash;\n\nfn f() { crate::cache::prune() }");

        assert_eq!(offences(&file), ["json/edit.rs:3: json may not import crate::cache::prune"]);
    }

    #[test]
    fn the_two_faces_do_not_look_at_each_other() {
        assert_eq!(offences(&made("cli/show.rs", "use crate::tui::model;")).len(), 1);
        assert_eq!(offences(&made("tui/model.rs", "use crate::{cli::args, present};")).len(), 1);
        assert!(offences(&made("main.rs", "use saltcellar::{cli, tui};")).is_empty());
    }

    #[test]
    fn tests_in_the_source_keep_the_floors_but_for_doubles() {
        let text = "#[cfg(test)] mod tests { use crate::store::memory::Memory; use crate::cli::args; }";

        assert_eq!(offences(&made("ops/prune.rs", text)), ["ops/prune.rs:1: ops may not import crate::cli::args"]);
    }

    #[test]
    fn the_crates_root_is_no_way_around() {
        assert_eq!(offences(&made("json/edit.rs", "use crate as house; fn f() { house::tui::run() }")).len(), 2);
        assert_eq!(offences(&made("json/edit.rs", "use super::super::*;")).len(), 1);
    }

    #[test]
    fn a_room_without_a_floor_is_reported() {
        assert_eq!(offences(&made("misc.rs", "")), ["misc.rs:1: the room misc stands on no floor"]);
    }

    #[test]
    fn a_row_of_the_docs_reads_evenly() {
        assert_eq!(documented("//! 2  json  ->  secret\n//! 1  text ->\n//! text"), ["2 json -> secret", "1 text ->"]);
    }

    #[test]
    fn circles_are_found() {
        assert!(reaches(&["lint"], "cache", 3));
        assert!(!reaches(&["json"], "cache", 3));
    }

    #[test]
    fn a_file_that_nobody_declares_is_reported() {
        let files = [made("lib.rs", "pub mod json;"), made("json/mod.rs", "mod edit;"), made("json/lost.rs", "")];

        assert_eq!(orphans(&files), ["json/lost.rs:1: no `mod` line names this file"]);
        assert_eq!(map_offences(&made("lib.rs", "pub use json::Document;")).len(), 1);
    }
}
