//! Copies of the cache beside it: they hold the sign-ins of the day on which they were made, and no sign-out reaches them.

use crate::lint::open::Open;
use crate::lint::words::{counted, described, joined};
use crate::lint::{About, CopyFile, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `forgotten-copy`.
pub(super) struct ForgottenCopy;

static ABOUT: About = About {
    id: "forgotten-copy",
    severity: Severity::Error,
    title: "A copy of the cache beside it holds sign-ins too",
    text: include_str!("../../../assets/explain/forgotten-copy.md"),
    link: "https://cwe.mitre.org/data/definitions/530.html",
};

impl Rule for ForgottenCopy {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let around = subject.surroundings;
        let items: Vec<String> = around.copies.iter().map(item).collect();
        let (look, hold) = match items.as_slice() {
            [] => return Vec::new(),
            [_] => ("looks like a copy", "it holds"),
            _ => ("look like copies", "they hold"),
        };
        let told: Vec<_> = around.copies.iter().map(|copy| (copy.name.as_str(), copy.mode)).collect();
        let open = Open::of(&told, around.others_can_reach);
        let unread = match around.copies_unread {
            0 => String::new(),
            count => format!(" {} not looked into.", counted(count, "more such file was", "more such files were")),
        };
        let says = format!(
            "{} {look} of this cache: a sign-out or prune here leaves what {hold}.{}{unread}",
            joined(&items),
            open.says
        );
        vec![Finding::of(&ABOUT, Vec::new(), says).graded(open.severity.unwrap_or(Severity::Warning))]
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        let names: Vec<String> = surroundings.copies.iter().map(|copy| copy.name.clone()).collect();
        (!names.is_empty()).then_some(Remedy::LookAndDelete(names))
    }
}

/// "c.json.bak (2 refresh tokens, 1 account, 0600)".
fn item(copy: &CopyFile) -> String {
    let parts = [(copy.refresh_tokens, "refresh token", "refresh tokens"), (copy.accounts, "account", "accounts")];
    let counts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    let holds = match (counts.is_empty(), copy.is_whole) {
        (true, _) => "tokens".to_owned(),
        (false, true) => counts.join(", "),
        (false, false) => format!("at least {}", counts.join(", ")),
    };
    described(&copy.name, &holds, copy.mode)
}
