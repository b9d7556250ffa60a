//! Every rule over one cache; a large one by two threads.

use std::sync::{Mutex, PoisonError};
use std::vec::IntoIter;

use super::{Finding, RULES, Subject};
use crate::threads::both;

/// The numbers of rules, each with what it found.
type Found = Vec<(usize, Vec<Finding>)>;

/// What every rule finds in `subject`: the gravest first, else in the order of the rules.
#[must_use]
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    check_while(subject, &|| true)
}

/// The same, but no further rule once `go_on` says no: what was found until then.
#[must_use]
pub fn check_while(subject: &Subject<'_>, go_on: &dyn Fn() -> bool) -> Vec<Finding> {
    let left = Mutex::new(in_turn().into_iter());
    let mut found = match subject.roster {
        Some(roster) if roster.rows.len() >= WORTH_A_THREAD => by_two(subject, &left, go_on),
        Some(_) | None => turns(subject, &left, go_on),
    };
    found.sort_by_key(|(rule, _)| *rule);
    let mut findings: Vec<Finding> = found.into_iter().flat_map(|(_, findings)| findings).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// From so many entries on, two threads are quicker than one.
const WORTH_A_THREAD: usize = 2000;

/// The numbers of the rules that nobody took yet.
type Left = IntoIter<usize>;

/// The numbers of all rules. Those that take longest come first: whoever takes one last is waited for.
fn in_turn() -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..RULES.len()).collect();
    numbers.sort_by_key(|number| !RULES.get(*number).is_some_and(|rule| rule.takes_long()));
    numbers
}

/// Two threads take one rule after another; this one alone asks whether to go on.
fn by_two(subject: &Subject<'_>, left: &Mutex<Left>, go_on: &dyn Fn() -> bool) -> Found {
    let (other, mut found) = both(|| turns(subject, left, &|| true), || turns(subject, left, go_on));
    found.extend(other);
    found
}

/// Takes one rule after another, and what each finds with its number; once `go_on` says no, nobody takes another.
fn turns(subject: &Subject<'_>, left: &Mutex<Left>, go_on: &dyn Fn() -> bool) -> Found {
    let left = || left.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    while go_on() {
        let turn = left().next();
        let Some((turn, rule)) = turn.and_then(|turn| Some((turn, RULES.get(turn)?))) else { return found };
        found.push((turn, rule.check(subject)));
    }
    *left() = Vec::new().into_iter();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Cache, Roster};
    use crate::json::Document;
    use crate::lint::Surroundings;
    use crate::secret::SecretBytes;
    use crate::time::UnixSeconds;

    #[test]
    fn a_large_cache_is_judged_as_by_one_thread_and_whoever_stops_it_gets_what_was_found() {
        let token = |at: usize| {
            format!(
                r#""k{at}":{{"credential_type":"AccessToken","secret":"s","expires_on":"{at}","home_account_id":"h{at}"}}"#
            )
        };
        let tokens: Vec<_> = (0..WORTH_A_THREAD).map(token).collect();
        let text = format!(r#"{{"AccessToken":{{{}}}}}"#, tokens.join(","));
        let document = Document::parse(SecretBytes::new(text.into_bytes())).expect("valid");
        let (cache, surroundings) = (Cache::of(&document), Surroundings::default());
        let roster = Roster::of(&cache);
        let subject = Subject {
            cache: Some(&cache),
            roster: Some(&roster),
            unreadable: None,
            surroundings: &surroundings,
            now: UnixSeconds(1_000_000),
        };
        let alone: Vec<_> = RULES.iter().flat_map(|rule| rule.check(&subject)).map(|found| found.rule).collect();

        let mut together: Vec<_> = check(&subject).into_iter().map(|found| (found.severity, found.rule)).collect();
        assert!(together.is_sorted_by_key(|(severity, _)| std::cmp::Reverse(*severity)));
        together.sort_by_key(|(_, id)| alone.iter().position(|rule| rule == id));
        assert_eq!(together.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), alone);
        assert!(!alone.is_empty());
        assert!(check_while(&subject, &|| false).len() <= alone.len());
    }
}
