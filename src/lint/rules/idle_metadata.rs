//! App metadata of apps that have nothing else in the cache.

use std::collections::HashSet;

use crate::cache::{Section, Shared};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `idle-metadata`.
pub(super) struct IdleMetadata;

static ABOUT: About = About {
    id: "idle-metadata",
    severity: Severity::Note,
    title: "Metadata of an app that has nothing here",
    text: include_str!("../../../assets/explain/idle-metadata.md"),
    link: "https://github.com/Azure-Samples/active-directory-aspnetcore-webapp-openidconnect-v2/issues/130",
};

impl Rule for IdleMetadata {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let folded = |id: &Shared| id.to_lowercase();
        let credentials = roster.rows.iter().filter(|row| row.section.is_credential());
        let busy: HashSet<_> = credentials.filter_map(|row| row.client_id.as_ref().map(folded)).collect();
        let metadata = roster.rows.iter().filter(|row| row.section == Section::AppMetadata);
        let idle = metadata.filter(|row| row.client_id.as_ref().is_some_and(|id| !busy.contains(&folded(id))));
        let spots: Vec<_> = idle.map(|row| row.spot).collect();
        if spots.is_empty() {
            return Vec::new();
        }
        let says = format!(
            "{} metadata here and not one token: what is left of a sign-out.",
            words::counted(spots.len(), "app has", "apps have")
        );
        let fix = mend::take_out(cache, "Take out metadata of absent apps", &spots, "the app has no token here");
        vec![Finding::of(&ABOUT, spots, says).mended_by(fix)]
    }
}
