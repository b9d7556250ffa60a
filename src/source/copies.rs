//! Files beside a cache that are copies of it by their names. Knows names alone: whether one holds tokens is for
//! `beside.rs` to see.

use std::path::Path;

/// Endings of caches, which a copy may bear too. What ends in one of them and else only in the cache's own name is
/// another cache of the app.
const ENDINGS: &[&str] = &["json", "bin", "dat"];

/// Words that tell of a copy, as people, editors and desktops write them.
const WORDS: &[&str] = &[
    "bak",
    "backup",
    "before",
    "conflict",
    "conflicted",
    "copia",
    "copie",
    "copy",
    "kopie",
    "old",
    "orig",
    "original",
    "prev",
    "previous",
    "recovered",
    "save",
    "saved",
];

/// Whether whatever begins with the name of a cache is a copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// One app alone calls its cache so, and has one: all else was made by hand.
    ByOneApp,
    /// Apps may call several caches alike: a word or a date must tell of a copy.
    ByAnyone,
}

/// Whether `name` is that of a copy of `own`, which lies in the same folder.
pub(super) fn is_copy(own: &str, name: &str, named: Named) -> bool {
    if name == own || is_upkeep(name) {
        return false;
    }
    if name == format!("#{own}#") || name == format!("{own}~") {
        return true;
    }
    let (stem, ending) = parted(own);
    if let Some(front) = name.strip_suffix(own) {
        return tells_of_copy(front);
    }
    if let Some(rest) = name.strip_prefix(own) {
        return ending.is_some() || (is_apart(rest) && !is_of_pair(rest) && tells_of_copy(rest));
    }
    match (ending, name.strip_prefix(stem)) {
        (Some(_), Some(rest)) if is_apart(rest) => {
            let (inner, _) = parted(rest);
            !inner.is_empty() && (named == Named::ByOneApp || tells_of_copy(inner))
        }
        (_, _) => false,
    }
}

/// Locks, temp and undo files, and the caches that azure-identity keeps in pairs.
fn is_upkeep(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    matches!(ending, "lock" | "lockfile" | "cae" | "nocae") || name.contains(".saltcellar-")
}

/// Whether `rest` goes on to the name of another cache, one of a pair.
fn is_of_pair(rest: &str) -> bool {
    rest.split('.').any(|word| matches!(word, "cae" | "nocae"))
}

/// `name` without the ending of a cache, and that ending if it has one.
fn parted(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending) => (stem, Some(ending)),
        Some(_) | None => (name, None),
    }
}

/// Whether a word of its own begins here.
fn is_apart(rest: &str) -> bool {
    rest.starts_with(|letter: char| !letter.is_alphanumeric())
}

/// Whether a word of a copy stands in `part`, or it is a number or a date and nothing else.
fn tells_of_copy(part: &str) -> bool {
    let words = || part.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_number = |word: &str| word.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let is_known = |word: &str| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    words().any(is_known) || (words().next().is_some() && words().all(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies_of<'a>(own: &str, named: Named, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| is_copy(own, name, named)).collect()
    }

    #[test]
    fn what_people_and_programs_call_a_copy_is_one() {
        let names = [
            "c.json.bak",
            "c.json.old",
            "c.json~",
            "c.json.orig",
            "c.json.save",
            "c.json.1",
            "c.json copy",
            "c.jsonold",
            "#c.json#",
            "c copy.json",
            "c (copy).json",
            "c (1).json",
            "c - Copy.json",
            "c-2024.json",
            "c_20241127T1200.json",
            "c-2024-11-27.json",
            "c.bak",
            "c.bak.json",
            "Copy of c.json",
            "recovered-c.json",
            "2024-11-27 c.json",
        ];

        assert_eq!(copies_of("c.json", Named::ByAnyone, &names), names);
    }

    #[test]
    fn other_caches_locks_and_our_own_files_are_none() {
        let names = [
            "c.json",
            "c.bin",
            "c.json.lockfile",
            "c.json.lock",
            "c.json.saltcellar-1-2.tmp",
            ".c.json.saltcellar-undo",
            ".c.json.saltcellar-7-0a.tmp",
            "c.cae",
            "c.json.nocae",
            "cache.json",
            "c2.json",
            "abc.json",
            "c-tenant.json",
            "c-72f988bf-86f1-41af-91ab-2d7cd011db47.json",
            "other.json",
            ".c.json",
        ];

        assert_eq!(copies_of("c.json", Named::ByAnyone, &names), [""; 0]);
    }

    #[test]
    fn beside_the_one_cache_of_an_app_any_name_that_goes_on_is_a_copy() {
        let names =
            ["msal_token_cache-work.json", "msal_token_cache.work.bin", "msal_token_cache.bin", "msal_http_cache.bin"];

        let found = copies_of("msal_token_cache.json", Named::ByOneApp, &names);

        assert_eq!(found, names.get(..2).expect("two"));
    }

    #[test]
    fn the_caches_of_a_pair_are_no_copies_and_those_of_one_of_them_belong_to_it_alone() {
        let names = ["msal.cache", "msal.cache.cae", "msal.cache.nocae", "msal.cache.nocae.bak", "msal.cache.dev"];
        let found = |own| copies_of(own, Named::ByOneApp, &names);

        assert_eq!(found("msal.cache.nocae"), ["msal.cache.nocae.bak"]);
        assert_eq!(found("msal.cache.cae"), [""; 0]);
        assert_eq!(found("msal.cache"), [""; 0]);
    }
}
