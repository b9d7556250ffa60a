//! Scopes as each runtime compares them.

use std::collections::HashSet;

use super::ask::Ask;
use super::check::{Verdict, plain, raised, shown};
use super::rules::ScopeRule;
use super::shelf::Held;
use crate::cache::Written;
use crate::cache::scopes::same;

/// Whether the entry has the scopes that are asked for.
pub(super) fn check(name: &'static str, ask: &Ask<'_>, held: &Held<'_>) -> Verdict {
    let written = held.entry.written("target");
    let wanted = &ask.scopes;
    let target = match (&written, ask.rules.scopes) {
        (Written::Text(target), _) => target.as_ref(),
        (_, ScopeRule::Exact) if wanted.is_empty() => "",
        (Written::Absent, ScopeRule::Exact) => "",
        (_, ScopeRule::Exact) => return raised(name, format!("AttributeError: target of {} is no text", held.title())),
        (_, ScopeRule::AnyCase) => {
            return raised(name, format!("NullPointerException: {} has no target", held.title()));
        }
        (_, ScopeRule::AnyCaseUnreserved | ScopeRule::Counted | ScopeRule::Sized) => "",
    };
    let pass = compare(ask.rules.scopes, wanted, target);
    let missing = missing(ask.rules.scopes, wanted, target);
    let why = match (pass, missing.is_empty()) {
        (true, _) => "it has every scope asked for".to_owned(),
        (false, false) => format!("missing {}; has {}", missing.join(" "), shown(&written)),
        (false, true) => format!("not comparable: asked for {}, has {target}", wanted.join(" ")),
    };
    plain(name, pass, why)
}

fn compare(rule: ScopeRule, wanted: &[String], target: &str) -> bool {
    match rule {
        ScopeRule::Exact | ScopeRule::AnyCase | ScopeRule::AnyCaseUnreserved => {
            missing(rule, wanted, target).is_empty()
        }
        ScopeRule::Counted => {
            let has: Vec<String> = target.split(' ').map(str::to_lowercase).collect();
            let hits: usize = wanted.iter().map(|scope| count(&has, &scope.to_lowercase())).sum();
            hits == wanted.len()
        }
        ScopeRule::Sized => {
            let distinct = || {
                let has = target.split(' ').map(str::trim).filter(|scope| !scope.is_empty());
                has.collect::<HashSet<_>>().len()
            };
            !wanted.is_empty() && missing(rule, wanted, target).is_empty() && distinct() >= wanted.len()
        }
    }
}

fn count(has: &[String], wanted: &str) -> usize {
    has.iter().filter(|scope| *scope == wanted).count()
}

/// The scopes that the target does not have.
fn missing<'a>(rule: ScopeRule, wanted: &'a [String], target: &str) -> Vec<&'a str> {
    let is_same = |a: &str, b: &str| if rule == ScopeRule::Exact { a == b } else { same(a, b) };
    let has = |wanted: &str| target.split_whitespace().any(|scope| is_same(scope, wanted));
    wanted.iter().map(String::as_str).filter(|scope| !has(scope)).collect()
}
