//! A lock file that nobody works behind any more: MSAL Python and msal-node wait for it in vain, and fail.

use crate::lint::{About, Finding, LeftLock as Left, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `left-lock`.
pub(super) struct LeftLock;

static ABOUT: About = About {
    id: "left-lock",
    severity: Severity::Error,
    title: "A lock that its holder left keeps apps out",
    text: include_str!("../../../assets/explain/left-lock.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/7148",
};

/// A writer holds its lock for a moment, and may not have signed it yet.
const YOUNG: i64 = 120;

impl Rule for LeftLock {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        subject.surroundings.left_locks.iter().filter_map(finding).collect()
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        // Without proof nothing is cleared: then the words say what to look for.
        surroundings.left_locks.iter().any(|lock| lock.proof.is_some()).then_some(Remedy::ClearLocks)
    }
}

fn finding(lock: &Left) -> Option<Finding> {
    let Left { name, holder, proof, age } = lock;
    let (severity, says) = match proof {
        Some(proof) => (
            Severity::Error,
            format!("{name} was left by {holder}: {proof}. MSAL Python and msal-node cannot write until it is gone."),
        ),
        None if age.is_some_and(|age| age >= YOUNG) => (
            Severity::Warning,
            format!(
                "{name} has stood here for more than 2 minutes and nothing tells whose it is: MSAL Python and \
                 msal-node cannot write. If no app is at work, remove it."
            ),
        ),
        None => return None,
    };
    Some(Finding { rule: ABOUT.id, severity, entries: Vec::new(), says, fix: None })
}
