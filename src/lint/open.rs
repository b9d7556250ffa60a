//! To whom the modes of files with secrets open them, and how grave that is. Looks at bits alone.

use super::Severity;
use super::words::joined;

const GROUP: u32 = 0o060;
const OTHERS: u32 = 0o006;

/// Who else may open a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Everyone,
    Group,
}

impl By {
    /// The beginning of a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everyone => "Every user of this machine",
            Self::Group => "Its group",
        }
    }
}

/// Who else may open a file of `mode`, and how grave that is: an error where everyone can, and reaches it. `None` if
/// the file is its owner's alone.
pub(super) fn opened_to(mode: u32, others_can_reach: bool) -> Option<(By, Severity)> {
    match (mode & GROUP, mode & OTHERS) {
        (0, 0) => None,
        (_, 0) => Some((By::Group, Severity::Warning)),
        (_, _) if others_can_reach => Some((By::Everyone, Severity::Error)),
        (_, _) => Some((By::Everyone, Severity::Warning)),
    }
}

/// What the modes of several files come to.
pub(super) struct Open {
    /// How grave it is; `None` if all of them are their owner's alone.
    pub(super) severity: Option<Severity>,
    /// Who can open which, in sentences with a space before each.
    pub(super) says: String,
}

impl Open {
    /// Looks at the modes of `files`, each with its name.
    pub(super) fn of(files: &[(&str, Option<u32>)], others_can_reach: bool) -> Self {
        let opened = |mode: &Option<u32>| opened_to((*mode)?, others_can_reach);
        let shield = if others_can_reach { "" } else { ": only the mode of a folder above still keeps them out" };
        let sentence = |by: By| {
            let is_theirs = |mode: &Option<u32>| opened(mode).is_some_and(|(who, _)| who == by);
            let theirs = files.iter().filter(|(_, mode)| is_theirs(mode));
            let names: Vec<String> = theirs.map(|(name, _)| name.to_string()).collect();
            (!names.is_empty()).then(|| format!(" {} can open {}{shield}.", by.name(), joined(&names)))
        };
        Self {
            severity: files.iter().filter_map(|(_, mode)| opened(mode)).map(|(_, severity)| severity).max(),
            says: [By::Everyone, By::Group].into_iter().filter_map(sentence).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_told_by_whom_it_is_open_to() {
        let files = [("a", Some(0o600)), ("b", Some(0o644)), ("c", Some(0o640)), ("d", Some(0o604)), ("e", None)];

        let open = Open::of(&files, true);

        assert_eq!(open.severity, Some(Severity::Error));
        assert_eq!(open.says, " Every user of this machine can open b and d. Its group can open c.");
    }

    #[test]
    fn what_nobody_reaches_or_is_private_is_no_error() {
        let shielded = Open::of(&[("b", Some(0o644))], false);

        assert_eq!(shielded.severity, Some(Severity::Warning));
        assert!(shielded.says.ends_with("b: only the mode of a folder above still keeps them out."));
        assert_eq!(Open::of(&[("a", Some(0o700)), ("e", None)], true).severity, None);
    }
}
