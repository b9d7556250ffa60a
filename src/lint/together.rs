//! One patch out of many fixes. Where two of them touch the same entry the first one wins, and the other waits for the
//! next time: what it was planned on is not there any more.

use std::collections::HashSet;

use super::Finding;
use crate::json::{Change, Edit, Patch, Path, Step, Text};

/// The fixes of `findings` as one patch: the gravest finding first, none that gets into another's way.
#[must_use]
pub fn together(findings: &[Finding]) -> Patch {
    let mut changes: Vec<Change> = Vec::new();
    let mut taken = Taken::default();
    let mut mended = 0;
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let new: Vec<&Change> = fix.changes.iter().filter(|change| !taken.changes.contains(change)).collect();
        if new.iter().all(|change| taken.leaves_room(&change.edit)) {
            mended += 1;
            new.iter().for_each(|change| taken.add(change));
            changes.extend(new.into_iter().cloned());
        }
    }
    let title = format!("Mend {mended} {}", if mended == 1 { "finding" } else { "findings" });
    Patch { title, changes }
}

/// The places that changes have taken, so that thousands of fixes need not be compared in pairs.
#[derive(Default)]
struct Taken<'f> {
    changes: HashSet<&'f Change>,
    /// What is removed or replaced.
    places: HashSet<Path>,
    /// The objects around those places, and the places themselves.
    around: HashSet<Vec<Step>>,
    /// The objects that grow, and those around them.
    grown: HashSet<Vec<Step>>,
    /// What they grow by, as JSON text.
    members: HashSet<(&'f Path, &'f Text)>,
}

impl<'f> Taken<'f> {
    /// Whether `edit` can stand beside what is there: no place lies in another, and no member is added twice.
    fn leaves_room(&self, edit: &Edit) -> bool {
        match edit {
            Edit::Remove(path) | Edit::Replace(path, _) => {
                !self.holds(path) && !self.around.contains(&path.0) && !self.grown.contains(&path.0)
            }
            Edit::Insert { object, name, .. } => !self.holds(object) && !self.members.contains(&(object, name)),
        }
    }

    /// Whether `path`, or something around it, goes.
    fn holds(&self, path: &Path) -> bool {
        prefixes(path).any(|steps| self.places.contains(&Path(steps)))
    }

    fn add(&mut self, change: &'f Change) {
        self.changes.insert(change);
        match &change.edit {
            Edit::Remove(path) | Edit::Replace(path, _) => {
                self.around.extend(prefixes(path));
                self.places.insert(path.clone());
            }
            Edit::Insert { object, name, .. } => {
                self.grown.extend(prefixes(object));
                self.members.insert((object, name));
            }
        }
    }
}

/// The whole text, each object around `path`, and `path` itself.
fn prefixes(path: &Path) -> impl Iterator<Item = Vec<Step>> + '_ {
    (0..=path.0.len()).map(|depth| path.0.iter().take(depth).cloned().collect())
}
