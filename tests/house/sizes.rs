//! Files under 400 lines, functions that fit on a screen.

use proc_macro2::Span;
use syn::visit::{self, Visit};

use super::source::Source;

/// How long a file and a function may be.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    file: usize,
    function: usize,
}

/// The limits of what ships.
pub(crate) const SHIPPED: Limits = Limits { file: 399, function: 40 };
/// The limits of tests, whose tables may run longer.
pub(crate) const TESTS: Limits = Limits { file: 399, function: 60 };

/// The file and the functions of `file` that are over the limits.
pub(crate) fn offences(file: &Source, limits: Limits) -> Vec<String> {
    let mut functions = Functions::default();
    functions.visit_file(&file.syntax);
    let long = functions.0.into_iter().filter(|function| function.lines > limits.function);
    let long = long.map(|function| {
        let says = format!("fn {} has {} lines, {} are allowed", function.name, function.lines, limits.function);
        file.offence(function.line, &says)
    });
    let lines = file.text.lines().count();
    let says = format!("the file has {lines} lines, {} are allowed", limits.file);
    (lines > limits.file).then(|| file.offence(lines, &says)).into_iter().chain(long).collect()
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

#[derive(Default)]
struct Functions(Vec<Function>);

impl Functions {
    /// Counts from the `fn` line to the closing brace, both included.
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = line(signature.fn_token.span);
        let last = line(block.brace_token.span.close());
        self.0.push(Function { name: signature.ident.to_string(), line: first, lines: last + 1 - first });
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn line(span: Span) -> usize {
    span.start().line
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    #[test]
    fn a_function_of_41_lines_is_too_long() {
        let of = |lines: usize| made("a.rs", &format!("#[doc = \"x\"]\nfn f() {{{}}}", "\n".repeat(lines - 1)));

        assert!(offences(&of(40), SHIPPED).is_empty());
        assert_eq!(offences(&of(41), SHIPPED), ["a.rs:2: fn f has 41 lines, 40 are allowed"]);
    }

    #[test]
    fn methods_and_default_methods_are_measured() {
        let body = "\n".repeat(60);
        let text = format!("impl A {{ fn f() {{{body}}} }} trait B {{ fn g() {{{body}}} fn h(); }}");

        assert_eq!(offences(&made("a.rs", &text), TESTS).len(), 2);
    }

    #[test]
    fn a_file_of_400_lines_is_too_long() {
        assert!(offences(&made("a.rs", &"\n".repeat(399)), SHIPPED).is_empty());
        assert_eq!(offences(&made("a.rs", &"\n".repeat(400)), SHIPPED).len(), 1);
    }
}
