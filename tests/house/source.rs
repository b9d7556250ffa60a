//! The Rust files of this project, read and parsed. Judges nothing.

use std::fs;
use std::path::Path;

/// One Rust file, its path counted from the folder that was asked for: `json/edit.rs`.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) syntax: syn::File,
}

impl Source {
    /// Parses `text`.
    pub(crate) fn new(path: &str, text: &str) -> syn::Result<Self> {
        Ok(Self { path: path.to_owned(), text: text.to_owned(), syntax: syn::parse_file(text)? })
    }

    /// The modules that lead to this file: `json/edit.rs` is `json::edit`, `json/mod.rs` is `json`.
    pub(crate) fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let roots = ["lib", "main", "mod"];
        path.split('/').filter(|_| !roots.contains(&path)).map(str::to_owned).collect()
    }

    /// The room that this file belongs to; `None` for the roots, `lib.rs` and `main.rs`.
    pub(crate) fn room(&self) -> Option<String> {
        self.module().into_iter().next()
    }

    /// An offence at `line` of this file, in words.
    pub(crate) fn offence(&self, line: usize, says: &str) -> String {
        format!("{}:{line}: {says}", self.path)
    }
}

/// Every Rust file under `folder` of this project, sorted by path.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no Rust file under {folder}");
    found
}

/// The text of Cargo.toml.
pub(crate) fn manifest() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("Cargo.toml reads")
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("the folder lists") {
        let path = entry.expect("the entry reads").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(read(root, &path));
        }
    }
}

fn read(root: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("the file is text");
    let name = path.strip_prefix(root).expect("it lies below").to_string_lossy().replace('\\', "/");
    Source::new(&name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_file_knows_its_module_and_room() {
    let of = |path: &str| (super::made(path, "").module().join("::"), super::made(path, "").room());

    assert_eq!(of("json/edit.rs"), ("json::edit".to_owned(), Some("json".to_owned())));
    assert_eq!(of("tui/view/mod.rs"), ("tui::view".to_owned(), Some("tui".to_owned())));
    assert_eq!(of("time.rs"), ("time".to_owned(), Some("time".to_owned())));
    assert_eq!(of("main.rs"), (String::new(), None));
}
