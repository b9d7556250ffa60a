//! The two caches of azure-identity, for tokens with and without continuous access evaluation, that hold different
//! accounts: who is signed in in one is asked again in the other.

use std::collections::BTreeSet;

use crate::lint::{About, Finding, Rule, Severity, Subject};

/// The rule `cae-twin`.
pub(super) struct CaeTwin;

static ABOUT: About = About {
    id: "cae-twin",
    severity: Severity::Note,
    title: "The .cae and .nocae caches hold different accounts",
    text: include_str!("../../../assets/explain/cae-twin.md"),
    link: "https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/identity/azure-identity/azure/identity/_persistent_cache.py",
};

impl Rule for CaeTwin {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(roster), Some(twin)) = (subject.roster, &subject.surroundings.twin) else { return Vec::new() };
        let Some(theirs) = &twin.home_account_ids else { return Vec::new() };
        let people = roster.accounts.iter().filter(|account| !account.is_app_only());
        let ours: BTreeSet<String> = people.map(|account| account.home_account_id.to_lowercase()).collect();
        let theirs: BTreeSet<String> = theirs.iter().cloned().collect();
        let here_alone = ours.difference(&theirs).count();
        let there_alone = theirs.difference(&ours).count();
        if here_alone + there_alone == 0 {
            return Vec::new();
        }
        let says = format!(
            "Of the pair of caches, {} signed in only here, and {} only in {}: apps that use the other one must sign in again, and a sign-out \
             in one leaves the other.",
            counted(here_alone),
            counted(there_alone),
            twin.name
        );
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries: Vec::new(), says, fix: None }]
    }
}

fn counted(count: usize) -> String {
    match count {
        0 => "no account is".to_owned(),
        1 => "1 account is".to_owned(),
        many => format!("{many} accounts are"),
    }
}
