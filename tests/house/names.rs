//! What a file names: full paths from `use` and from anywhere in the code, methods, macros. Grouped
//! and renamed imports are written out, `super` is resolved, the tokens inside macros are read too.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, UseTree};

use super::source::Source;

/// A full path (`crate::json::Document`, `std::fs::read`), a method (`.reveal`) or a macro (`println!`).
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// Whether it stands under `#[cfg(test)]` or `#[test]`.
    pub(crate) in_test: bool,
}

impl Name {
    /// Whether the path has `wanted` (`std::fs`, `Instant::now`, `.reveal`) in it, or takes it in by a `*`.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        let wanted: Vec<&str> = wanted.split("::").collect();
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let by_glob = match (path.split_last(), wanted.split_last()) {
            (Some((&"*", folder)), Some((_, parent))) => !parent.is_empty() && folder == parent,
            _ => false,
        };
        by_glob || path.windows(wanted.len()).any(|part| part == wanted)
    }
}

/// Everything that `file` names, in order of reading.
pub(crate) fn names(file: &Source) -> Vec<Name> {
    let mut reader = Reader { module: file.module(), in_test: false, aliases: HashMap::new(), found: Vec::new() };
    reader.visit_file(&file.syntax);
    let Reader { aliases, found, .. } = reader;
    found.into_iter().map(|name| Name { path: spelled_out(name.path, &aliases), ..name }).collect()
}

/// `path` with its first word replaced by what the file's `use` lines say it stands for.
fn spelled_out(path: Vec<String>, aliases: &HashMap<String, Vec<String>>) -> Vec<String> {
    match path.split_first() {
        Some((first, rest)) => match aliases.get(first) {
            Some(full) => full.iter().chain(rest).cloned().collect(),
            None => path,
        },
        None => path,
    }
}

struct Reader {
    module: Vec<String>,
    in_test: bool,
    aliases: HashMap<String, Vec<String>>,
    found: Vec<Name>,
}

impl Reader {
    fn add(&mut self, path: Vec<String>, line: usize) {
        let path = self.absolute(path);
        self.found.push(Name { path, line, in_test: self.in_test });
    }

    /// `path` counted from the crate's root, where its first word says so.
    fn absolute(&self, path: Vec<String>) -> Vec<String> {
        let mut base = match path.first().map(String::as_str) {
            Some("crate" | "saltcellar") => Vec::new(),
            Some("self" | "super") => self.module.clone(),
            _ => return path,
        };
        let mut words = path.into_iter().peekable();
        while let Some(word) = words.next_if(|word| is_relative(word)) {
            base.truncate(base.len() - usize::from(word == "super" && !base.is_empty()));
        }
        ["crate".to_owned()].into_iter().chain(base).chain(words).collect()
    }

    /// Reads one `use` tree: remembers each name it brings in, and what that stands for.
    fn import(&mut self, tree: &UseTree, before: &[String]) {
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &joined(before, &path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before)),
            UseTree::Glob(glob) => self.add(joined(before, "*"), line_of(glob.star_token.spans[0])),
            UseTree::Name(name) if name.ident == "self" => {
                let alias = before.last().cloned().unwrap_or_default();
                self.bring_in(alias, before.to_vec(), line_of(name.ident.span()));
            }
            UseTree::Name(name) => {
                self.bring_in(name.ident.to_string(), joined(before, &name.ident), line_of(name.ident.span()));
            }
            UseTree::Rename(name) => {
                let path = if name.ident == "self" { before.to_vec() } else { joined(before, &name.ident) };
                self.bring_in(name.rename.to_string(), path, line_of(name.ident.span()));
            }
        }
    }

    fn bring_in(&mut self, alias: String, path: Vec<String>, line: usize) {
        let path = spelled_out(self.absolute(path), &self.aliases);
        self.aliases.insert(alias, path.clone());
        self.add(path, line);
    }

    /// Reads what no parser understands: the tokens of a macro or an attribute.
    fn scan(&mut self, tokens: &TokenStream) {
        let flat = flat(tokens);
        let word = |at: usize| flat.get(at).map_or("", |(word, _)| word.as_str());
        let mut at = 0;
        while let Some((first, line)) = flat.get(at) {
            let before = if at == 0 { "" } else { word(at - 1) };
            let mut path = vec![first.clone()];
            while is_name(word(at)) && word(at + 1) == "::" && is_name(word(at + 2)) {
                at += 2;
                path.push(word(at).to_owned());
            }
            at += 1;
            match before {
                _ if !is_name(first) => {}
                // `pub(crate)` names no room; `crate::{…}` does.
                _ if path.len() == 1 && is_relative(first) && word(at) != "::" => {}
                "." => self.add(vec![format!(".{first}")], *line),
                _ if word(at) == "!" => self.add(vec![format!("{first}!")], *line),
                _ => self.add(path, *line),
            }
        }
    }

    /// Visits what hangs under `attributes`, which may say that it is for tests only.
    fn under(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let outside = self.in_test;
        self.in_test |= attributes.iter().any(is_for_tests);
        visit(self);
        self.in_test = outside;
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.under(&item.attrs, |reader| reader.import(&item.tree, &[]));
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.module.push(item.ident.to_string());
        self.under(&item.attrs, |reader| visit::visit_item_mod(reader, item));
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.under(&item.attrs, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        self.under(&item.attrs, |reader| visit::visit_item_impl(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.under(&item.attrs, |reader| visit::visit_impl_item_fn(reader, item));
    }

    /// `pub(crate)` names no room.
    fn visit_vis_restricted(&mut self, _: &'a syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(first) = path.segments.first().filter(|_| words != ["self"]) {
            self.add(words, line_of(first.ident.span()));
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        self.add(vec![format!(".{}", call.method)], line_of(call.method.span()));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        if let Some(last) = mac.path.segments.last() {
            self.add(vec![format!("{}!", last.ident)], line_of(last.ident.span()));
        }
        self.scan(&mac.tokens);
        visit::visit_macro(self, mac);
    }

    fn visit_meta_list(&mut self, list: &'a syn::MetaList) {
        self.scan(&list.tokens);
        visit::visit_meta_list(self, list);
    }
}

/// `tokens` in reading order, groups opened, `::` as one word, and strings that hold a path of this
/// crate (as serde's attributes take them) as the words of that path.
pub(crate) fn flat(tokens: &TokenStream) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::new();
    for token in tokens.clone() {
        let line = line_of(token.span());
        match token {
            TokenTree::Group(group) => {
                words.push(("(".to_owned(), line));
                words.extend(flat(&group.stream()));
                words.push((")".to_owned(), line));
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' && words.last().is_some_and(|(word, _)| word == ":") => {
                words.pop();
                words.push(("::".to_owned(), line));
            }
            TokenTree::Literal(literal) => words.extend(path_in(&literal.to_string(), line)),
            TokenTree::Ident(_) | TokenTree::Punct(_) => words.push((token.to_string(), line)),
        }
    }
    words
}

fn path_in(literal: &str, line: usize) -> Vec<(String, usize)> {
    let text = literal.trim_matches('"');
    let is_path = text.starts_with("crate::") || text.starts_with("super::");
    let parsed = is_path.then(|| text.parse::<TokenStream>().ok()).flatten().unwrap_or_default();
    flat(&parsed).into_iter().map(|(word, _)| (word, line)).collect()
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn is_relative(word: &str) -> bool {
    ["crate", "saltcellar", "self", "super"].contains(&word)
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let words = attribute.meta.require_list().map(|list| flat(&list.tokens)).unwrap_or_default();
    let says = |wanted: &str| words.iter().any(|(word, _)| word == wanted);
    attribute.path().is_ident("test") || (attribute.path().is_ident("cfg") && says("test") && !says("not"))
}

fn joined(before: &[String], last: impl ToString) -> Vec<String> {
    before.iter().cloned().chain([last.to_string()]).collect()
}

fn line_of(span: proc_macro2::Span) -> usize {
    span.start().line
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    fn read(text: &str) -> Vec<String> {
        names(&made("json/edit.rs", text)).into_iter().map(|name| name.path.join("::")).collect()
    }

    #[test]
    fn grouped_renamed_and_relative_imports_are_written_out() {
        assert_eq!(
            read("use crate::{cache::{self, Entry as E}, ops::*}; use super::super::tui; use super::index;"),
            ["crate::cache", "crate::cache::Entry", "crate::ops::*", "crate::tui", "crate::json::index"]
        );
    }

    #[test]
    fn inline_paths_and_signatures_count() {
        let found = read("fn f(a: crate::cache::Entry) -> Vec<super::super::ops::Patch> { crate::lint::run(a) }");

        for path in ["crate::cache::Entry", "crate::ops::Patch", "crate::lint::run"] {
            assert!(found.contains(&path.to_owned()), "{path} in {found:?}");
        }
    }

    #[test]
    fn tokens_of_macros_and_attributes_are_read() {
        let found = read(
            "#[derive(crate::cache::Made)] #[serde(with = \"crate::ops::when\")] struct S;
             fn f() { println!(\"{}\", [super::super::lint::x(token.reveal())]); }",
        );

        for path in ["crate::cache::Made", "crate::ops::when", "println!", "crate::lint::x", ".reveal"] {
            assert!(found.contains(&path.to_owned()), "{path} in {found:?}");
        }
    }

    #[test]
    fn a_module_in_the_file_is_one_step_deeper() {
        let found = names(&made("json/edit.rs", "#[cfg(test)] mod tests { use super::super::path::Path; }"));

        assert!(found.iter().any(|name| name.in_test && name.path.join("::") == "crate::json::path::Path"));
    }

    #[test]
    fn short_names_stand_for_what_was_imported() {
        let found = names(&made("a.rs", "use std::{env as e, io}; use std::fs::*; fn f() { e::var(); io::stdout() }"));
        let holds = |wanted: &str| found.iter().any(|name| name.is(wanted));

        assert!(holds("std::env::var") && holds("std::io::stdout") && holds("std::fs::read"));
        assert!(!holds("std::env::vars") && !holds("std::io::stderr"));
    }
}
