//! A file beside the cache in which the app keeps secrets of its own in plain text: those of service principals live
//! longer than any token, and nothing done to the cache takes them away.

use crate::lint::open::{Open, opened_to};
use crate::lint::words::{counted, described, joined};
use crate::lint::{About, Finding, Remedy, Rule, SecretsFile, Severity, Subject, Surroundings};

/// The rule `app-secret`.
pub(super) struct AppSecret;

static ABOUT: About = About {
    id: "app-secret",
    severity: Severity::Error,
    title: "Secrets of apps in plain text beside the cache",
    text: include_str!("../../../assets/explain/app-secret.md"),
    link: "https://github.com/Azure/azure-cli/blob/dev/src/azure-cli-core/azure/cli/core/auth/identity.py",
};

impl Rule for AppSecret {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let files = &subject.surroundings.app_secrets;
        let item = |file: &SecretsFile| described(&file.name, &counted(file.secrets, "secret", "secrets"), file.mode);
        let items: Vec<String> = files.iter().map(item).collect();
        let (are, them) = match items.as_slice() {
            [] => return Vec::new(),
            [_] => ("is", "it"),
            _ => ("are", "them"),
        };
        let told: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.mode)).collect();
        let open = Open::of(&told, subject.surroundings.others_can_reach);
        let says = format!(
            "{} {are} plain text: whoever has a copy, a backup too, can sign in with what stands in {them}, and no \
             sign-out or prune here ends that.{}",
            joined(&items),
            open.says
        );
        vec![Finding::of(&ABOUT, Vec::new(), says).graded(open.severity.unwrap_or(Severity::Note))]
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        let is_open = |file: &&SecretsFile| file.mode.is_some_and(|mode| opened_to(mode, true).is_some());
        let open: Vec<String> = surroundings.app_secrets.iter().filter(is_open).map(|file| file.name.clone()).collect();
        (!open.is_empty()).then_some(Remedy::Close(open))
    }
}
