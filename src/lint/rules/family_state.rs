//! Families of apps that share a refresh token: what the app metadata says against what is there.

use std::collections::{HashMap, HashSet};

use crate::cache::{Dialect, Roster, Row, Section, Shared, environment};
use crate::json::EntrySpot;
use crate::lint::{About, Finding, Rule, Severity, Subject, words};

/// The rule `family-state`.
pub(super) struct FamilyState;

static ABOUT: About = About {
    id: "family-state",
    severity: Severity::Note,
    title: "App metadata and refresh tokens disagree about a family",
    text: include_str!("../../../assets/explain/family-state.md"),
    link: "https://github.com/Azure/azure-sdk-for-python/issues/34624",
};

impl Rule for FamilyState {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(roster) = subject.roster else { return Vec::new() };
        let mut findings = Vec::new();
        let lonely = without_token(roster);
        if !lonely.is_empty() {
            let count = words::counted(lonely.len(), "app is", "apps are");
            let says = format!("{count} known to be of a family of which the cache holds no refresh token.");
            findings.push(Finding::of(&ABOUT, lonely, says));
        }
        let unmarked = unmarked(roster);
        if !unmarked.is_empty() {
            let count = words::counted(unmarked.len(), "refresh token bears", "refresh tokens bear");
            let says =
                format!("{count} no family id, though the app is known to be of a family: the others do not use it.");
            findings.push(Finding::of(&ABOUT, unmarked, says));
        }
        if subject.runtime() != Dialect::Python {
            findings.extend(rivals(roster));
        }
        findings
    }
}

/// App metadata of families without a refresh token in that cloud.
fn without_token(roster: &Roster) -> Vec<EntrySpot> {
    let there: HashSet<_> = of(roster, Section::RefreshToken).filter_map(family).collect();
    let is_lonely = |row: &&Row| family(row).is_some_and(|family| !there.contains(&family));
    of(roster, Section::AppMetadata).filter(is_lonely).map(|row| row.spot).collect()
}

/// Refresh tokens without a family id whose app the metadata counts to one.
fn unmarked(roster: &Roster) -> Vec<EntrySpot> {
    let families: HashSet<_> = of(roster, Section::AppMetadata).filter(|row| family(row).is_some()).map(app).collect();
    let is_unmarked = |row: &&Row| family(row).is_none() && families.contains(&app(row));
    of(roster, Section::RefreshToken).filter(is_unmarked).map(|row| row.spot).collect()
}

/// Several refresh tokens of one account and family: MSAL Python keeps one for each app, the others one for all.
fn rivals(roster: &Roster) -> Option<Finding> {
    let mut tokens: HashMap<_, Vec<EntrySpot>> = HashMap::new();
    for row in of(roster, Section::RefreshToken) {
        let Some(family) = family(row) else { continue };
        tokens.entry((folded(&row.home_account_id), family)).or_default().push(row.spot);
    }
    let mut spots: Vec<_> = tokens.into_values().filter(|spots| spots.len() > 1).flatten().collect();
    spots.sort_unstable();
    let says = format!("{} refresh tokens share an account and a family: an app takes any of them.", spots.len());
    (!spots.is_empty()).then(|| Finding::of(&ABOUT, spots, says))
}

fn of(roster: &Roster, section: Section) -> impl Iterator<Item = &Row> {
    roster.rows.iter().filter(move |row| row.section == section)
}

/// The cloud and the family of an entry that names one.
fn family(row: &Row) -> Option<(String, String)> {
    let family = row.family_id.as_deref().filter(|family| !family.is_empty())?;
    Some((cloud(row), family.to_owned()))
}

/// The cloud and the app of an entry.
fn app(row: &Row) -> (String, String) {
    (cloud(row), folded(&row.client_id))
}

fn cloud(row: &Row) -> String {
    let host = folded(&row.environment);
    environment::cloud(&host).map_or(host, |cloud| cloud.name.to_owned())
}

fn folded(text: &Option<Shared>) -> String {
    text.as_deref().unwrap_or_default().to_lowercase()
}
