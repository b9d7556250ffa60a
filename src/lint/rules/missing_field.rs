//! Entries without a field that the cache's runtime cannot do without.

use super::account_without_username::IdTokens;
use crate::cache::{Cache, Dialect, Entry, Field, Section};
use crate::json::{Change, Kind, Patch};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `missing-field`.
pub(super) struct MissingField;

static ABOUT: About = About {
    id: "missing-field",
    severity: Severity::Error,
    title: "An entry lacks a field that its runtime needs",
    text: include_str!("../../../assets/explain/missing-field.md"),
    link: "https://github.com/Azure/azure-powershell/issues/13467",
};

/// A field that one runtime needs in one section, and what it does without.
struct Need {
    runtime: Dialect,
    section: Section,
    field: Field,
    follows: &'static str,
}

const fn need(runtime: Dialect, section: Section, field: Field, follows: &'static str) -> Need {
    Need { runtime, section, field, follows }
}

const NULL: &str = "MSAL.NET stops with \"Value cannot be null\".";

/// Python: application.py (`_find_msal_accounts`, `get_accounts`), token_cache.py (`search`). Node: seen with
/// the library. Go: items.go. .NET: the thread that the rule links to.
const NEEDS: &[Need] = &[
    need(
        Dialect::Python,
        Section::Account,
        Field::AuthorityType,
        "MSAL Python raises KeyError whenever it lists accounts.",
    ),
    need(
        Dialect::Python,
        Section::Account,
        Field::Username,
        "MSAL Python raises AttributeError when an app asks for an account by name, as Azure CLI does.",
    ),
    need(
        Dialect::Python,
        Section::AccessToken,
        Field::ExpiresOn,
        "MSAL Python raises KeyError or ValueError at every search that does not find its token at once.",
    ),
    need(
        Dialect::Node,
        Section::Account,
        Field::HomeAccountId,
        "msal-node lists an account for which it finds no token.",
    ),
    need(Dialect::Go, Section::AccessToken, Field::CachedAt, "MSAL Go never uses the token."),
    need(Dialect::DotNet, Section::AccessToken, Field::Environment, NULL),
    need(Dialect::DotNet, Section::RefreshToken, Field::Environment, NULL),
    need(Dialect::DotNet, Section::IdToken, Field::Environment, NULL),
    need(Dialect::DotNet, Section::Account, Field::Environment, NULL),
];

impl Rule for MissingField {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let rest = Rest { cache, tokens: IdTokens::of(roster) };
        let needs: Vec<_> = NEEDS.iter().filter(|need| need.counts_for(subject.runtime())).collect();
        let mut lacking: Vec<Vec<Entry<'_>>> = needs.iter().map(|_| Vec::new()).collect();
        for entry in cache.entries().filter(|entry| entry.bare_value().is_none()) {
            for (need, found) in needs.iter().zip(&mut lacking) {
                if need.is_missed_by(&entry) {
                    found.push(entry.clone());
                }
            }
        }
        let found = needs.iter().zip(&lacking).filter(|(_, entries)| !entries.is_empty());
        found.map(|(need, entries)| need.finding(&rest, entries, subject)).collect()
    }
}

impl Need {
    /// A cache in nobody's hand may be Python's, the runtime that forgives least.
    fn counts_for(&self, runtime: Dialect) -> bool {
        self.runtime == runtime || (runtime == Dialect::Unknown && self.runtime == Dialect::Python)
    }

    fn is_missed_by(&self, entry: &Entry<'_>) -> bool {
        entry.section() == self.section
            && if self.field == Field::ExpiresOn {
                !is_whole(entry)
            } else if self.field == Field::CachedAt {
                entry.time(Field::CachedAt).is_none_or(|at| at.0 == 0)
            } else {
                entry.kind(self.field).is_none_or(|kind| kind == Kind::Null)
            }
    }

    fn finding(&self, rest: &Rest<'_>, entries: &[Entry<'_>], subject: &Subject<'_>) -> Finding {
        let name = self.field.spellings().first().copied().unwrap_or_default();
        let words = self.section.words();
        let says = format!(
            "{} no {name}{}. {}",
            words::counted(entries.len(), &format!("{words} entry has"), &format!("{words} entries have")),
            if self.field == Field::ExpiresOn { " that is a whole number" } else { "" },
            self.follows
        );
        let mut fix = Patch::new(format!("Complete entries without {name}"));
        fix.changes = entries.iter().filter_map(|entry| self.mend(rest, entry)).collect();
        let spots = entries.iter().map(Entry::spot).collect();
        Finding::of(&ABOUT, spots, says).graded(subject.graded(self.severity())).mended_by(fix)
    }

    /// Go merely asks for another token; the others stop or lose an account.
    fn severity(&self) -> Severity {
        if self.runtime == Dialect::Go { Severity::Warning } else { Severity::Error }
    }

    /// What can be told from the rest of the entry is written; a token that nobody can read goes.
    fn mend(&self, rest: &Rest<'_>, entry: &Entry<'_>) -> Option<Change> {
        match rest.tells(self.field, entry) {
            Some(value) => mend::set(rest.cache, entry, self.field, &value, "told from the rest of the cache"),
            None => Some(mend::removal(rest.cache, entry.spot(), "no app can use it without that field")),
        }
    }
}

/// What the rest of a cache tells of an entry.
struct Rest<'a> {
    cache: &'a Cache<'a>,
    tokens: IdTokens<'a>,
}

impl Rest<'_> {
    /// The value of `field` of an account; no field that a token depends on.
    fn tells(&self, field: Field, entry: &Entry<'_>) -> Option<String> {
        entry.text(Field::HomeAccountId).filter(|home| !home.is_empty())?;
        if field == Field::AuthorityType {
            return Some(authority_type(entry).to_owned());
        }
        (field == Field::Username).then(|| self.tokens.name_of(self.cache, entry).unwrap_or_default())
    }
}

/// Whether Python's `int()` takes the expiry: any number, or a text of digits.
fn is_whole(entry: &Entry<'_>) -> bool {
    match entry.kind(Field::ExpiresOn) {
        Some(Kind::Number) => true,
        Some(Kind::String) => entry.text(Field::ExpiresOn).is_some_and(|text| text.trim().parse::<i64>().is_ok()),
        Some(Kind::Object | Kind::Array | Kind::Bool | Kind::Null) | None => false,
    }
}

/// What MSAL Python itself would write: `ADFS` for the realm of that name, else `MSSTS`.
fn authority_type(entry: &Entry<'_>) -> &'static str {
    let is_adfs = entry.text(Field::Realm).is_some_and(|realm| realm.eq_ignore_ascii_case("adfs"));
    if is_adfs { "ADFS" } else { "MSSTS" }
}
