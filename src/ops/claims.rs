//! Two tokens compared by what they say: before and after a role was granted, of two apps. Nothing is verified.

use crate::cache::Claims;
use crate::json::decode;

/// What two tokens have in common, and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The claims that differ or that one of them lacks, in the order of the first token, then of the second.
    pub changed: Vec<Changed>,
    /// The names of the claims that are the same.
    pub same: Vec<String>,
}

/// A claim that is not the same in both. Values are compact JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The claim.
    pub name: String,
    /// What the first token says.
    pub first: Option<String>,
    /// What the second token says.
    pub second: Option<String>,
    /// Of a list that both have: the items that only the second has.
    pub added: Vec<String>,
    /// Of a list that both have: the items that only the first has.
    pub removed: Vec<String>,
}

/// Compares the claims of `first` and `second`; `None` if one of them cannot be read.
#[must_use]
pub fn compare(first: &Claims, second: &Claims) -> Option<Compared> {
    let (Claims::Jwt { payload: before, .. }, Claims::Jwt { payload: after, .. }) = (first, second) else {
        return None;
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in before.iter().chain(after) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut compared = Compared::default();
    for name in names {
        let (one, other) = (first.get(name), second.get(name));
        match one == other || one.zip(other).is_some_and(|(one, other)| is_same_set(name, one, other)) {
            true => compared.same.push(name.to_owned()),
            false => compared.changed.push(changed(name, one, other)),
        }
    }
    Some(compared)
}

fn changed(name: &str, first: Option<&str>, second: Option<&str>) -> Changed {
    let lists = first.zip(second).and_then(|(one, other)| Some((items(name, one)?, items(name, other)?)));
    let (before, after) = lists.unwrap_or_default();
    let without = |items: &[String], others: &[String]| -> Vec<String> {
        items.iter().filter(|item| !others.contains(item)).cloned().collect()
    };
    Changed {
        name: name.to_owned(),
        first: first.map(str::to_owned),
        second: second.map(str::to_owned),
        added: without(&after, &before),
        removed: without(&before, &after),
    }
}

fn is_same_set(name: &str, one: &str, other: &str) -> bool {
    let sorted = |raw: &str| {
        items(name, raw).map(|mut items| {
            items.sort();
            items
        })
    };
    sorted(one).zip(sorted(other)).is_some_and(|(one, other)| one == other)
}

/// The items of a list of texts, and the words of the claim `scp`; their order means nothing.
fn items(name: &str, raw: &str) -> Option<Vec<String>> {
    if name == "scp" && raw.starts_with('"') {
        return Some(decode(raw).split_whitespace().map(str::to_owned).collect());
    }
    serde_json::from_str(raw).ok()
}
