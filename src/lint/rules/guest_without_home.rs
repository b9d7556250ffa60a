//! Accounts that were used as a guest only: nothing of their home tenant is in the cache.

use crate::cache::Section;
use crate::lint::{About, Finding, Rule, Severity, Subject};

/// The rule `guest-without-home`.
pub(super) struct GuestWithoutHome;

static ABOUT: About = About {
    id: "guest-without-home",
    severity: Severity::Note,
    title: "An account that is here as a guest only",
    text: include_str!("../../../assets/explain/guest-without-home.md"),
    link: "https://github.com/Azure/azure-sdk-for-net/issues/8689",
};

impl Rule for GuestWithoutHome {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(roster) = subject.roster else { return Vec::new() };
        let guests = roster.accounts.iter().filter(|account| {
            let is_away = !account.tenants.is_empty() && account.tenants.iter().all(|tenant| !tenant.home);
            is_away && !account.is_app_only()
        });
        guests
            .map(|account| {
                let rows = account.rows.iter().filter_map(|at| roster.rows.get(*at));
                let spots = rows.filter(|row| row.section == Section::Account).map(|row| row.spot).collect();
                let tenants: Vec<_> = account.tenants.iter().map(|tenant| tenant.name.as_str()).collect();
                let says = format!(
                    "{} is here as a guest of {} only, with nothing of its home tenant: an app that looks for the \
                     account by its home tenant does not find it.",
                    account.label(),
                    tenants.join(", ")
                );
                Finding::of(&ABOUT, spots, says)
            })
            .collect()
    }
}
