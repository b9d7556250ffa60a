//! Temp files of ours that a killed process left: each holds the tokens of a whole cache.

use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `left-temp`.
pub(super) struct LeftTemp;

static ABOUT: About = About {
    id: "left-temp",
    severity: Severity::Warning,
    title: "A file that a killed saltcellar left holds tokens",
    text: include_str!("../../../assets/explain/left-temp.md"),
    link: "https://cwe.mitre.org/data/definitions/459.html",
};

impl Rule for LeftTemp {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let says = match subject.surroundings.left_temps.as_slice() {
            [] => return Vec::new(),
            [one] => format!("{one} was left by a saltcellar that was killed, and holds live tokens."),
            many => format!("{} were left by a saltcellar that was killed, and hold live tokens.", many.join(" and ")),
        };
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries: Vec::new(), says, fix: None }]
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        Some(Remedy::Delete(surroundings.left_temps.clone()))
    }
}
