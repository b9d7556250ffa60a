//! From a preset and the user's wishes to the keys of each action: what the user says counts more than the preset,
//! and what cannot count is said. No two actions of one screen end up with the same key.

use std::ops::Range;

use super::action::{Action, Leads};
use super::warning::{Concern, Warning};

/// Every action with its keys, in the order of the actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(Vec<Bound>);

/// The keys of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    id: &'static str,
    keys: Vec<String>,
    line: Option<usize>,
}

impl Bindings {
    /// The keys of the action called `id`.
    #[must_use]
    pub fn of(&self, id: &str) -> &[String] {
        self.0.iter().find(|bound| bound.id == id).map_or(&[], |bound| &bound.keys)
    }

    /// The line of the file that gives them, if one does.
    #[must_use]
    pub fn line_of(&self, id: &str) -> Option<usize> {
        self.0.iter().find(|bound| bound.id == id)?.line
    }
}

/// What the file wants for an action.
pub(super) struct Wish {
    /// Its place among the actions.
    pub(super) action: usize,
    /// Its keys, spelt as the tables do, and where each stands. None takes all keys away.
    pub(super) keys: Vec<(String, Range<usize>)>,
    /// Its line.
    pub(super) line: usize,
}

/// A key that is given to an action.
struct Claim<'a> {
    action: &'a Action,
    at: usize,
    key: String,
    span: Option<Range<usize>>,
}

/// Gives each of `actions` its keys: the wishes first, in the order of the file, then the preset's.
pub(super) fn bind(text: &str, actions: &[Action], preset: &str, wishes: &[Wish]) -> (Bindings, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut held: Vec<Claim<'_>> = Vec::new();
    for claim in wished(actions, wishes) {
        match refusal(&claim, &held) {
            Some(says) => warnings.extend(claim.span.as_ref().map(|span| warning(text, span, says))),
            None => held.push(claim),
        }
    }
    let first_of_preset = held.len();
    for claim in preset_claims(actions, preset, wishes) {
        // Presets are without conflicts: only a wish can be in the way.
        match held.iter().take(first_of_preset).find(|holder| clash(holder, &claim)) {
            Some(holder) => {
                warnings.extend(holder.span.as_ref().map(|span| warning(text, span, taken(holder, &claim))))
            }
            None => held.push(claim),
        }
    }
    let keys_of = |at: usize| held.iter().filter(|claim| claim.at == at).map(|claim| claim.key.clone()).collect();
    let line_of = |at: usize| wishes.iter().find(|wish| wish.action == at).map(|wish| wish.line);
    let bound = |(at, action): (usize, &Action)| Bound { id: action.id, keys: keys_of(at), line: line_of(at) };
    (Bindings(actions.iter().enumerate().map(bound).collect()), warnings)
}

fn warning(text: &str, span: &Range<usize>, says: String) -> Warning {
    Warning::at(text, span, Concern::Screen, says)
}

fn wished<'a>(actions: &'a [Action], wishes: &[Wish]) -> Vec<Claim<'a>> {
    let claims = wishes.iter().filter_map(|wish| Some((wish, actions.get(wish.action)?))).flat_map(|(wish, action)| {
        let claim = move |(key, span): &(String, Range<usize>)| Claim {
            action,
            at: wish.action,
            key: key.clone(),
            span: Some(span.clone()),
        };
        wish.keys.iter().map(claim)
    });
    claims.collect()
}

fn preset_claims<'a>(actions: &'a [Action], preset: &str, wishes: &[Wish]) -> Vec<Claim<'a>> {
    let left = actions.iter().enumerate().filter(|(at, _)| wishes.iter().all(|wish| wish.action != *at));
    left.flat_map(|(at, action)| {
        let claim = move |key: &&str| Claim { action, at, key: (*key).to_owned(), span: None };
        action.keys_in(preset).iter().map(claim)
    })
    .collect()
}

/// Why `claim` cannot count beside those held.
fn refusal(claim: &Claim<'_>, held: &[Claim<'_>]) -> Option<String> {
    let key = &claim.key;
    let (is_out, is_back) = (claim.action.leads == Leads::Out, claim.action.leads == Leads::Back);
    if key.split(' ').any(|one| one == "ctrl-c") && !(is_out && key == "ctrl-c") {
        return Some("ctrl-c always quits".to_owned());
    }
    if key == "esc" && !is_back {
        return Some("esc always leads back".to_owned());
    }
    let holder = held.iter().find(|holder| clash(holder, claim))?;
    let id = holder.action.id;
    Some(match () {
        () if holder.at == claim.at && holder.key == *key => format!("\"{key}\" stands here twice"),
        () if holder.key == *key => format!("\"{key}\" is the key of {id} already"),
        () if key.len() > holder.key.len() => format!("\"{key}\" cannot be reached: \"{}\" is {id}", holder.key),
        () => format!("\"{key}\" begins \"{}\", which is {id}", holder.key),
    })
}

/// What the user's key takes from the preset.
fn taken(holder: &Claim<'_>, lost: &Claim<'_>) -> String {
    let (key, id) = (&holder.key, lost.action.id);
    let how = if holder.key == lost.key { String::new() } else { format!(" \"{}\" of", lost.key) };
    format!("\"{key}\" takes{how} {id} its key: give {id} another, or \"<disabled>\"")
}

/// Whether one key would hide the other on some screen.
fn clash(one: &Claim<'_>, other: &Claim<'_>) -> bool {
    let begins = |short: &str, long: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '));
    let (a, b) = (one.key.as_str(), other.key.as_str());
    (a == b || begins(a, b) || begins(b, a)) && one.action.meets(other.action)
}
