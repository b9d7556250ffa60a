//! A pointer to a member that can name the second of two members of one name.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

/// The way from the root to a member, such as `/AccessToken/key#2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`]: the `nth` member (counted from 1) whose decoded name is `name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// The decoded name.
    pub name: String,
    /// 1 for the first member of that name.
    pub nth: usize,
}

/// A path that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a path begins with / and counts duplicates from #1")]
pub struct PathError;

impl Step {
    /// The first member called `name`.
    #[must_use]
    pub fn first(name: impl Into<String>) -> Self {
        Self { name: name.into(), nth: 1 }
    }
}

impl Path {
    /// The first member called `key` in the first section called `section`.
    #[must_use]
    pub fn entry(section: &str, key: &str) -> Self {
        Self(vec![Step::first(section), Step::first(key)])
    }

    /// This path, one step deeper.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path without its last step, and that step; `None` for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(Path, &Step)> {
        let (last, parents) = self.0.split_last()?;
        Some((Path(parents.to_vec()), last))
    }
}

/// So that a map of paths is asked for the parent of one without making it.
impl Borrow<[Step]> for Path {
    fn borrow(&self) -> &[Step] {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Step { name, nth } in &self.0 {
            let name = name.replace('~', "~0").replace('/', "~1").replace('#', "~2");
            write!(f, "/{name}")?;
            if *nth != 1 {
                write!(f, "#{nth}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = text.strip_prefix('/').ok_or(PathError)?;
        rest.split('/').map(step).collect::<Result<_, _>>().map(Self)
    }
}

fn step(text: &str) -> Result<Step, PathError> {
    let (name, nth) = match text.rsplit_once('#') {
        Some((name, nth)) => (name, nth.parse().ok().filter(|n| *n > 0).ok_or(PathError)?),
        None => (text, 1),
    };
    let name = name.replace("~2", "#").replace("~1", "/").replace("~0", "~");
    Ok(Step { name, nth })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_as_printed() {
        let path = Path(vec![Step::first("AccessToken"), Step { name: "a/b~c#d".to_owned(), nth: 2 }]);

        assert_eq!(path.to_string(), "/AccessToken/a~1b~0c~2d#2");
        assert_eq!(path.to_string().parse(), Ok(path));
        assert_eq!("AccessToken".parse::<Path>(), Err(PathError));
        assert_eq!("/a#0".parse::<Path>(), Err(PathError));
    }
}
