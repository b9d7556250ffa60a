//! Several accounts of one user name: what asks for an account by name finds more than one. Why there are several is
//! `people`'s to say; here stands what follows. Guests are none of these: a person has one home account id everywhere.

use crate::cache::{Cache, Dialect, Roster, Section};
use crate::json::EntrySpot;
use crate::lint::{About, Finding, Rule, Severity, Subject, words};
use crate::ops::people::{Census, Person, Reader, people};
use crate::ops::{Cause, Clash, ForgetOptions, forget};

/// The rule `same-username`.
pub(super) struct SameUsername;

static ABOUT: About = About {
    id: "same-username",
    severity: Severity::Error,
    title: "Several accounts with one user name",
    text: include_str!("../../../assets/explain/same-username.md"),
    link: "https://github.com/Azure/azure-cli/issues/20168",
};

const AZURE_CLI: &str = "Azure CLI";

impl Rule for SameUsername {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let census = Census { cache: *cache, roster, reader: reader(subject, roster) };
        let people = people(&[census], subject.now);
        let clashes = people.iter().flat_map(|person| person.clashes.iter().map(move |clash| (person, clash)));
        clashes.filter_map(|(person, clash)| finding(subject, cache, roster, person, clash)).collect()
    }
}

/// Azure CLI keeps its cache with MSAL Python, under an id that is known.
fn reader(subject: &Subject<'_>, roster: &Roster) -> Reader {
    let is_its = || roster.rows.iter().any(|row| row.client_name() == AZURE_CLI);
    let by_place = subject.surroundings.app.as_deref().map(|app| app == AZURE_CLI);
    if by_place.unwrap_or_else(|| subject.runtime() == Dialect::Python && is_its()) {
        Reader::AzureCli
    } else {
        Reader::Other
    }
}

fn finding(
    subject: &Subject<'_>,
    cache: &Cache<'_>,
    roster: &Roster,
    person: &Person,
    clash: &Clash,
) -> Option<Finding> {
    let why = match clash.cause {
        Cause::PersonalAndWork => "a personal Microsoft account and a work account with one address; both are real.",
        Cause::Recycled => {
            "different objects of one tenant: the name was given to a new user, and one account is the former one's."
        }
        Cause::Tenants => "accounts of different home tenants: a move to another tenant, or a second sign-up.",
        Cause::AdfsAndCloud => "one of AD FS and one of the cloud.",
        Cause::Clouds => "accounts of clouds that know nothing of each other.",
        Cause::Aliases => {
            "one account under several host names of one cloud: apps list it twice, and may take the wrong one."
        }
        Cause::Policies | Cause::Guest => return None,
    };
    let stops =
        if clash.stops_azure_cli.is_some() { " Azure CLI stops at it, whichever of them is meant." } else { "" };
    let ids: Vec<_> = ids(person, clash).collect();
    let count = words::counted(ids.len(), "account has", "accounts have");
    let says = format!("{count} the user name {}: {why}{stops} {}", person.label, ids.join(", "));
    let found = Finding::of(&ABOUT, spots(roster, person, clash), says).graded(severity(subject, clash));
    let former = clash.stalest.filter(|_| clash.cause == Cause::Recycled).and_then(|at| person.accounts.get(at));
    Some(match former {
        Some(former) => {
            let accounts = vec![former.home_account_id.clone()];
            found.mended_by(forget(cache, &ForgetOptions { accounts, clients: Vec::new() }))
        }
        None => found,
    })
}

fn severity(subject: &Subject<'_>, clash: &Clash) -> Severity {
    match clash.cause {
        Cause::Clouds | Cause::Policies | Cause::Guest => Severity::Note,
        Cause::Aliases => Severity::Warning,
        Cause::PersonalAndWork | Cause::Recycled | Cause::Tenants | Cause::AdfsAndCloud => {
            let stops = clash.stops_azure_cli.is_some();
            if stops { subject.graded(Severity::Error) } else { Severity::Warning }
        }
    }
}

fn ids<'p>(person: &'p Person, clash: &'p Clash) -> impl Iterator<Item = &'p str> {
    clash.accounts.iter().filter_map(|at| Some(person.accounts.get(*at)?.home_account_id.as_str()))
}

/// The Account entries of the accounts that clash.
fn spots(roster: &Roster, person: &Person, clash: &Clash) -> Vec<EntrySpot> {
    let sightings =
        clash.accounts.iter().filter_map(|at| person.accounts.get(*at)).flat_map(|account| &account.sightings);
    let accounts = sightings.filter_map(|seen| roster.accounts.get(seen.account));
    let rows = accounts.flat_map(|account| account.rows.iter().filter_map(|at| roster.rows.get(*at)));
    let mut spots: Vec<_> = rows.filter(|row| row.section == Section::Account).map(|row| row.spot).collect();
    spots.sort_unstable();
    spots
}
