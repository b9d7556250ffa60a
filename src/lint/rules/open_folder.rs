//! A folder in which other users can put files: they can put another cache in the place of this one.

use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `open-folder`.
pub(super) struct OpenFolder;

static ABOUT: About = About {
    id: "open-folder",
    severity: Severity::Error,
    title: "Other users can change or list the folder of the cache",
    text: include_str!("../../../assets/explain/open-folder.md"),
    link: "https://cwe.mitre.org/data/definitions/732.html",
};

const STICKY: u32 = 0o1000;

impl Rule for OpenFolder {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(mode) = subject.surroundings.folder_mode else { return Vec::new() };
        let is_apps = subject.surroundings.app.is_some();
        let found = match (mode & 0o002, mode & 0o020, mode & STICKY, mode & 0o004) {
            (1.., _, 0, _) => Some((
                Severity::Error,
                "Every user of this machine can remove the cache and put another in its place, with an account of \
                 their own in it",
            )),
            (1.., _, _, _) => Some((
                Severity::Note,
                "Every user of this machine can put files here: a lock file of theirs keeps your apps waiting",
            )),
            (0, 1.., 0, _) => {
                Some((Severity::Warning, "The folder's group can remove the cache and put another in its place"))
            }
            (0, _, _, 1..) if is_apps => Some((
                Severity::Note,
                "Other users can list the folder, and read whatever an app leaves in it with a wide mode",
            )),
            (0, _, _, _) => None,
        };
        let Some((severity, says)) = found else { return Vec::new() };
        let says = format!("{says} ({mode:04o}).");
        vec![Finding { rule: ABOUT.id, severity, entries: Vec::new(), says, fix: None }]
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        // A shared folder such as /tmp is not one user's to close.
        surroundings.folder_mode.filter(|mode| mode & STICKY == 0).map(|_| Remedy::CloseFolder)
    }
}
