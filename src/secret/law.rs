//! What the administrator lets nobody do with secrets. The leave to reveal, copy or export is had here alone, so that no
//! face can forget to ask.

use std::fmt;

/// Something that an administrator can forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Show a secret in the clear.
    Reveal,
    /// Put a secret into the clipboard.
    Copy,
    /// Write secrets to another place: a new file, another cache.
    Export,
    /// Add entries to a cache that were not in it.
    Import,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Reveal, Self::Copy, Self::Export, Self::Import];

    /// Its name in a policy file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::Copy => "copy",
            Self::Export => "export",
            Self::Import => "import",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Reveal => "showing secrets",
            Self::Copy => "copying secrets",
            Self::Export => "writing secrets to another place",
            Self::Import => "adding entries to a cache",
        }
    }
}

/// What is forbidden, and by which line of which file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Law(Vec<(Deed, String)>);

/// A deed that is forbidden.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Forbidden {
    /// What was to be done, in words.
    pub what: String,
    /// The policy file and the key.
    pub by: String,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "forbidden by {}: {}", self.by, self.what)
    }
}

impl Law {
    /// Forbids each deed, by what stands beside it.
    #[must_use]
    pub fn forbidding(rules: Vec<(Deed, String)>) -> Self {
        Self(rules)
    }

    /// Nothing, if `deed` may be done.
    ///
    /// # Errors
    /// It is forbidden.
    pub fn allow(&self, deed: Deed) -> Result<(), Forbidden> {
        match self.0.iter().find(|(forbidden, _)| *forbidden == deed) {
            Some((_, by)) => Err(Forbidden { what: deed.words().to_owned(), by: by.clone() }),
            None => Ok(()),
        }
    }

    /// Why `deed` may not be done; `None` if it may.
    #[must_use]
    pub fn why_not(&self, deed: Deed) -> Option<String> {
        self.allow(deed).err().map(|forbidden| forbidden.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_names_its_rule_and_the_rest_is_allowed() {
        let law = Law::forbidding(vec![(Deed::Copy, "/etc/p.toml (forbid has copy)".to_owned())]);

        assert_eq!(law.allow(Deed::Reveal), Ok(()));
        let why = law.why_not(Deed::Copy).expect("forbidden");
        assert!(why.contains("copying secrets") && why.contains("/etc/p.toml (forbid has copy)"), "{why}");
    }
}
