//! One patch out of many fixes. Where two of them touch the same entry the first one wins, and the other waits for the
//! next time: what it was planned on is not there any more.

use super::Finding;
use crate::json::{Change, Edit, Patch, Path};

/// The fixes of `findings` as one patch: the gravest finding first, none that gets into another's way.
#[must_use]
pub fn together(findings: &[Finding]) -> Patch {
    let mut changes: Vec<Change> = Vec::new();
    let mut mended = 0;
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let new: Vec<&Change> = fix.changes.iter().filter(|change| !changes.contains(change)).collect();
        let is_free = |change: &&Change| changes.iter().all(|taken| !is_in_the_way(&taken.edit, &change.edit));
        if new.iter().all(is_free) {
            mended += 1;
            let new: Vec<Change> = new.into_iter().cloned().collect();
            changes.extend(new);
        }
    }
    let title = format!("Mend {mended} {}", if mended == 1 { "finding" } else { "findings" });
    Patch { title, changes }
}

/// Whether the two cannot stand in one patch: one's place lies in the other's, and not both only add members.
fn is_in_the_way(taken: &Edit, edit: &Edit) -> bool {
    match (taken, edit) {
        (Edit::Insert { object, name, .. }, Edit::Insert { object: other, name: other_name, .. }) => {
            object == other && name == other_name
        }
        (Edit::Insert { object, .. }, Edit::Remove(path) | Edit::Replace(path, _))
        | (Edit::Remove(path) | Edit::Replace(path, _), Edit::Insert { object, .. }) => lies_in(object, path),
        (Edit::Remove(a) | Edit::Replace(a, _), Edit::Remove(b) | Edit::Replace(b, _)) => {
            lies_in(a, b) || lies_in(b, a)
        }
    }
}

fn lies_in(path: &Path, whole: &Path) -> bool {
    path.0.starts_with(&whole.0)
}
