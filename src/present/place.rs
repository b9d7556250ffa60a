//! Places, locks and outcomes of a commit in words.

use std::borrow::Cow;
use std::path::Path;

use super::finding::salvage;
use super::keyring;
use super::words::{Line, Role, error, sentence};
use super::{obstacle, sealed, served};
use crate::source::{Apps, Committed, Holder, ReadBack, SourceError, Undoable};

/// "python (pid 4242), for 3s": the holder's own words, made safe.
#[must_use]
pub fn holder(holder: &Holder) -> String {
    Line::plain(&holder.to_string()).text()
}

/// "c/: 2 files are no caches: README.txt, run.sh"; nothing without `others`.
#[must_use]
pub fn passed_over(folder: &str, others: &[String]) -> Vec<Line> {
    let names: Vec<String> = others.iter().take(NAMED).cloned().collect();
    let more = if others.len() > NAMED { ", …" } else { "" };
    let are = if others.len() == 1 {
        "1 file is no cache".to_owned()
    } else {
        format!("{} files are no caches", others.len())
    };
    let says = format!("{folder}: {are}: {}{more}", names.join(", "));
    others.first().map(|_| Line::new().with(Role::Dim, &says)).into_iter().collect()
}

/// So many files that are no caches are named.
const NAMED: usize = 5;

/// Which of `apps` should be closed before a cache is changed.
#[must_use]
pub fn close_first(apps: &Apps) -> Vec<Line> {
    let open = apps.open_in.iter().map(|app| {
        let says =
            format!("{} has it open: close that first. Its next save may undo this change, or be lost.", holder(app));
        Line::new().with(Role::Warn, &says)
    });
    let own = (!apps.is_of_a_known_one).then(|| {
        let says = "If an app saves this file when it ends, close the app first: it puts back what it read.";
        Line::new().with(Role::Dim, says)
    });
    open.chain(own).collect()
}

/// Why a cache cannot be shown, and the command that saves what can be read of a broken text.
#[must_use]
pub fn failed(cause: &SourceError, path: Option<&Path>) -> Vec<Line> {
    let mut lines = vec![Line::plain(&error(cause))];
    let broken = path.filter(|_| matches!(cause, SourceError::NotACache { .. }));
    if let Some(path) = broken {
        lines.extend([Line::new(), Line::plain("What can be read of it is saved to a new file by")]);
        lines.push(Line::plain("  ").with(Role::Strong, &salvage(path)));
    }
    if let SourceError::Keyring { trouble, .. } = cause {
        let keyring::Advice { says, places } = keyring::advice(trouble);
        let stop =
            if places.is_empty() { sentence(says) } else { format!("{}:", sentence(says).trim_end_matches('.')) };
        lines.extend([Line::new(), Line::new().with(Role::Dim, &stop)].into_iter().filter(|_| !says.is_empty()));
        lines.extend(places.iter().map(|place| Line::plain("  ").with(Role::Strong, place)));
    }
    lines.extend(
        advice(cause).into_iter().flat_map(|says| [Line::new(), Line::new().with(Role::Dim, &sentence(&says))]),
    );
    lines
}

/// What to do about a cache that is not the trouble itself, but where it lies or how it is kept.
fn advice(cause: &SourceError) -> Option<Cow<'static, str>> {
    let says = match cause {
        _ if cause.obstacle().is_some() => return cause.obstacle().map(|obstacle| obstacle::advice(obstacle).into()),
        SourceError::Missing { .. } => Some("an app makes it when somebody signs in with it"),
        SourceError::Sealed { error, .. } => Some(sealed::advice(error.trouble)),
        SourceError::Link { .. } => Some("--follow-symlink opens what it leads to"),
        SourceError::Served { trouble, .. } => Some(served::advice(trouble)).filter(|says| !says.is_empty()),
        SourceError::Unreadable { .. } => Some("only its owner may read it, and a folder or a device is no cache"),
        SourceError::NotACache { .. }
        | SourceError::Keyring { .. }
        | SourceError::ReadOnly { .. }
        | SourceError::Forbidden(_)
        | SourceError::Locked { .. }
        | SourceError::Changed { .. }
        | SourceError::Cancelled { .. }
        | SourceError::Write { .. }
        | SourceError::Edit { .. }
        | SourceError::NothingToUndo { .. }
        | SourceError::Refused(_) => None,
    };
    says.map(Cow::Borrowed)
}

/// What to add after a write: durability, read-back, resurrected entries by name, undo.
/// Nothing after a commit that wrote nothing.
#[must_use]
pub fn committed(committed: &Committed) -> Vec<Line> {
    if !committed.written {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if !committed.durable {
        let says = "Written, but the folder could not be synced: a power cut may bring the old text back.";
        lines.push(Line::new().with(Role::Warn, says));
    }
    lines.extend(committed.trouble.as_deref().map(|trouble| Line::new().with(Role::Warn, trouble)));
    lines.extend(read_back(&committed.read_back));
    lines.extend(committed.open_in.iter().map(|app| {
        let says =
            format!("{} still has the old file open: its next save may undo this change, or be lost.", holder(app));
        Line::new().with(Role::Warn, &says)
    }));
    lines.extend(undo(&committed.undo));
    lines
}

fn read_back(found: &ReadBack) -> Vec<Line> {
    let warn = |says: &str| Line::new().with(Role::Warn, says);
    match found {
        ReadBack::Same => Vec::new(),
        ReadBack::NotRead => vec![warn("The cache could not be read again after the write.")],
        ReadBack::Changed => vec![Line::new().with(Role::Dim, "Another process has written the cache since.")],
        ReadBack::Resurrected(paths) => {
            let says = match paths.len() {
                1 => "1 deleted entry was put back".to_owned(),
                many => format!("{many} deleted entries were put back"),
            };
            let head = warn(&format!("{says} by a running app; restart it, then try again:"));
            let named = paths.iter().map(|path| Line::plain("  ").with(Role::Added, &path.to_string()));
            [head].into_iter().chain(named).collect()
        }
    }
}

fn undo(kept: &Undoable) -> Option<Line> {
    match kept {
        Undoable::Kept => Some(Line::new().with(Role::Dim, "Undo is kept for an hour; it holds the old tokens.")),
        Undoable::NotKept => None,
        Undoable::Unsealed => {
            let says = "No undo is kept: outside the keyring the old tokens would lie open.";
            Some(Line::new().with(Role::Dim, says))
        }
        Undoable::Elsewhere => {
            let says = "No undo is kept: the old tokens would lie on this machine, and not on the server alone.";
            Some(Line::new().with(Role::Dim, says))
        }
        Undoable::Failed(why) => Some(Line::new().with(Role::Warn, "No undo could be kept: ").with(Role::Warn, why)),
    }
}
