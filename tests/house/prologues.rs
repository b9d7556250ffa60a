//! Words that must stand: what a file is for, why a lint is quiet, why a dependency is there.

use proc_macro2::TokenStream;
use syn::visit::Visit;

use super::names::flat;
use super::source::Source;

/// A file without a prologue, or a `mod.rs` that does not say what it is.
pub(crate) fn offences(file: &Source) -> Vec<String> {
    if !file.text.starts_with("//!") {
        return vec![file.offence(1, "the file does not open with `//!`")];
    }
    let prologue: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
    let words = prologue.join(" ").to_lowercase();
    let says = |wanted: &str| words.split(|c: char| !c.is_alphabetic()).any(|word| word == wanted);
    if file.path.ends_with("mod.rs") && !says("contract") && !says("top") {
        return vec![file.offence(1, "the prologue does not say whether this is a contract or a top")];
    }
    Vec::new()
}

/// Lints that are allowed, or expected without a reason.
pub(crate) fn lint_offences(file: &Source) -> Vec<String> {
    let mut quiet = Quiet { file, found: Vec::new() };
    quiet.visit_file(&file.syntax);
    quiet.found
}

struct Quiet<'f> {
    file: &'f Source,
    found: Vec<String>,
}

impl<'a> Visit<'a> for Quiet<'_> {
    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        let line = attribute.pound_token.span.start().line;
        let Ok(list) = attribute.meta.require_list() else { return };
        let says = |lint: &str| attribute.path().is_ident(lint) || is_called(&list.tokens, lint);
        let reason = flat(&list.tokens).iter().any(|(word, _)| word == "reason");
        if says("allow") {
            self.found.push(self.file.offence(line, "write #[expect(…, reason = …)] instead of allow"));
        } else if says("expect") && !reason {
            self.found.push(self.file.offence(line, "this expect gives no reason"));
        }
    }
}

/// Whether `word(…)` stands in `tokens`, as in `cfg_attr(test, allow(…))`.
fn is_called(tokens: &TokenStream, word: &str) -> bool {
    flat(tokens).windows(2).any(|pair| matches!(pair, [(first, _), (second, _)] if first == word && second == "("))
}

/// Dependencies in the text of `manifest` whose line does not end in a comment.
pub(crate) fn dependency_offences(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for (at, line) in manifest.lines().enumerate() {
        let (code, why) = line.split_once('#').unwrap_or((line, ""));
        if let Some(header) = code.trim().strip_prefix('[') {
            section = header.trim_end_matches(']');
        }
        let is_table = code.starts_with('[') && section.contains("dependencies.");
        let is_row = section.ends_with("dependencies") && code.contains('=');
        if (is_table || is_row) && why.trim().is_empty() {
            found.push(format!("Cargo.toml:{}: no `# why` behind {}", at + 1, code.trim()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    #[test]
    fn a_file_without_a_prologue_is_reported() {
        assert_eq!(offences(&made("a.rs", "// about\nfn f() {}")), ["a.rs:1: the file does not open with `//!`"]);
        assert!(offences(&made("a.rs", "//! About.")).is_empty());
    }

    #[test]
    fn a_mod_rs_is_a_contract_or_a_top() {
        assert_eq!(offences(&made("a/mod.rs", "//! It stops.")).len(), 1);
        assert!(offences(&made("a/mod.rs", "//! Things.\n//! A Top: re-exports.")).is_empty());
    }

    #[test]
    fn allowing_a_lint_is_reported() {
        assert_eq!(lint_offences(&made("a.rs", "#![allow(dead_code)]")).len(), 1);
        assert_eq!(lint_offences(&made("a.rs", "#[cfg_attr(test, allow(dead_code))] fn f() {}")).len(), 1);
        assert_eq!(lint_offences(&made("a.rs", "#[expect(dead_code)] fn f() {}")).len(), 1);
        assert!(lint_offences(&made("a.rs", "#[expect(dead_code, reason = \"soon\")] fn f() {}")).is_empty());
    }

    #[test]
    fn a_dependency_without_a_reason_is_reported() {
        let manifest =
            "[package]\nname = \"a\"\n[dependencies]\nb = \"1\" # because\nc = \"1\"\n[dev-dependencies.d]\n";

        assert_eq!(
            dependency_offences(manifest),
            ["Cargo.toml:5: no `# why` behind c = \"1\"", "Cargo.toml:6: no `# why` behind [dev-dependencies.d]"]
        );
    }
}
