//! Refresh tokens that have probably died unused. An estimate: no token tells its age, and nothing is tried.

use std::collections::HashMap;

use crate::cache::{Field, Row, Section, Shared};
use crate::lint::{About, Finding, Rule, Severity, Subject, words};
use crate::time::span;

/// The rule `old-refresh-token`.
pub(super) struct OldRefreshToken;

static ABOUT: About = About {
    id: "old-refresh-token",
    severity: Severity::Warning,
    title: "A refresh token that has probably died unused",
    text: include_str!("../../../assets/explain/old-refresh-token.md"),
    link: "https://github.com/Azure/azure-cli/issues/31959",
};

/// How long Microsoft Entra ID keeps a refresh token that nobody uses.
const LIFE: i64 = 90 * 24 * 3600;

impl Rule for OldRefreshToken {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let mut last_used: HashMap<(String, String), i64> = HashMap::new();
        for token in roster.rows.iter().filter(|row| row.section == Section::AccessToken) {
            let Some(at) = token.cached_at else { continue };
            let latest = last_used.entry(owner(token)).or_insert(at.0);
            *latest = at.0.max(*latest);
        }
        let age = |row: &Row| {
            let modified = cache.entry(row.spot)?.time(Field::LastModificationTime).map(|at| at.0);
            let used = last_used.get(&owner(row)).copied();
            Some(subject.now.0.saturating_sub(modified.max(used)?))
        };
        let tokens = roster.rows.iter().filter(|row| row.section == Section::RefreshToken);
        let old: Vec<_> = tokens.filter_map(|row| Some((row.spot, age(row)?))).filter(|(_, age)| *age > LIFE).collect();
        let Some(youngest) = old.iter().map(|(_, age)| *age).min() else { return Vec::new() };
        let says = format!(
            "{} last used {} ago or more, by an estimate from the times in the cache: after 90 days without use the \
             service forgets {}, and the next renewal asks for a sign-in.",
            words::counted(old.len(), "refresh token was", "refresh tokens were"),
            span(youngest),
            if old.len() == 1 { "it" } else { "them" }
        );
        vec![Finding::of(&ABOUT, old.into_iter().map(|(spot, _)| spot).collect(), says)]
    }
}

/// The account and app of a token.
fn owner(row: &Row) -> (String, String) {
    let text = |field: &Option<Shared>| field.as_deref().unwrap_or_default().to_lowercase();
    (text(&row.home_account_id), text(&row.client_id))
}
