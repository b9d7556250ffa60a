//! A change to a document as a value: what, where and why; and the way back.

use std::borrow::Cow;
use std::sync::Arc;

use super::check;
use super::edit::{self, EditError, Splice};
use super::index::Span;
use super::{Document, Judged, ParseError, Path};
use crate::secret::SecretText;

/// JSON text that an edit writes. Never a `serde_json::Value`, which loses number text and duplicates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    /// Copied byte for byte from some cache.
    Verbatim(SecretText),
    /// Printed by us in the document's style.
    Printed(SecretText),
}

impl Text {
    pub(super) fn secret(&self) -> &SecretText {
        match self {
            Self::Verbatim(text) | Self::Printed(text) => text,
        }
    }
}

/// Where in an object a new member goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// Before every other member.
    First,
    /// Behind every other member, as the runtimes append.
    Last,
}

/// One change of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    /// Takes a member out, with its comma.
    Remove(Path),
    /// Puts another value in a member's place; at the empty path, another text in the whole text's place.
    Replace(Path, Text),
    /// Adds a member to `object`, which is made if only its last step is missing.
    Insert {
        /// The object that gets the member.
        object: Path,
        /// Where in it.
        at: Position,
        /// The member's name as JSON text, quotes included.
        name: Text,
        /// The member's value as JSON text.
        value: Text,
    },
}

impl Edit {
    /// The member removed or replaced, or the object that grows.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Remove(path) | Self::Replace(path, _) => path,
            Self::Insert { object, .. } => object,
        }
    }
}

/// An edit and the reason for it, in words for the plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// What is done.
    pub edit: Edit,
    /// Why, as a short clause: "expired 3 days ago".
    pub why: Cow<'static, str>,
}

/// A named list of changes to one document: what every operation returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// What the changes do together, for the head of the plan.
    pub title: String,
    /// The changes, in the order of the document.
    pub changes: Vec<Change>,
}

impl Patch {
    /// A patch that does nothing yet.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), changes: Vec::new() }
    }

    /// Whether nothing would change: then nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The paths that this patch removes or replaces, or whose objects grow.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.changes.iter().map(|change| change.edit.path())
    }
}

/// The way back from a changed document: valid for exactly that document.
#[derive(Clone, Debug)]
pub struct Inverse {
    of: Document,
    old: Document,
    /// What came, and what stood there in the old text.
    back: Vec<(Span, Span)>,
}

impl Inverse {
    /// Puts the original text back.
    ///
    /// # Errors
    /// [`EditError::OtherDocument`] when `document` is not the one the change made.
    pub fn apply(&self, document: &Document) -> Result<Document, EditError> {
        if document.hash() != self.of.hash() {
            return Err(EditError::OtherDocument);
        }
        let old = |span: &Span| SecretText::new(span.of(self.old.text()).to_owned());
        let back: Vec<Splice> = self.back.iter().map(|(new, was)| Splice { range: *new, with: old(was) }).collect();
        let text = edit::splice(document.text(), &back, &String::with_capacity);
        Document::read(Arc::new(text)).map_err(EditError::Broken)
    }
}

/// The text that a patch makes of a document: good for being made ready, and for taking a place once it was judged.
#[derive(Clone, Debug)]
pub struct Draft {
    of: Document,
    splices: Arc<[Splice]>,
}

impl Draft {
    /// The length of the text in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        edit::length(self.of.text(), &self.splices)
    }

    /// The text, piece by piece: for who makes it ready while it is judged.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        edit::pieces(self.of.text(), &self.splices)
    }

    /// The text as a document, in what `room` gives for so many bytes.
    pub(super) fn made(&self, room: &dyn Fn(usize) -> String) -> Result<Document, ParseError> {
        Document::read(Arc::new(edit::splice(self.of.text(), &self.splices, room)))
    }
}

impl Document {
    /// The length that the text would have with `patch`; its own where the patch does not fit.
    #[must_use]
    pub fn length_with(&self, patch: &Patch) -> usize {
        edit::length(self.text(), &edit::plan(self, patch).unwrap_or_default())
    }

    /// The document that `patch` makes of this one, and the way back. Bytes outside the edits stay.
    ///
    /// # Errors
    /// A path that names nothing, an edit inside another, a text that is no value, or a result that does
    /// not parse.
    pub fn apply(&self, patch: &Patch) -> Result<(Document, Inverse), EditError> {
        let draft = self.draft(patch)?;
        let changed = self.judge_whole(patch, &draft, &String::with_capacity)?;
        let old = draft.splices.iter().map(|splice| splice.range);
        let back = edit::places(&draft.splices).into_iter().zip(old).collect();
        let inverse = Inverse { of: changed.clone(), old: self.clone(), back };
        Ok((changed, inverse))
    }

    /// What `patch` makes of this text, not judged yet. Bytes outside the edits stay.
    ///
    /// # Errors
    /// A path that names nothing, an edit inside another, or a text that is no value.
    pub fn draft(&self, patch: &Patch) -> Result<Draft, EditError> {
        Ok(Draft { of: self.clone(), splices: edit::plan(self, patch)?.into() })
    }

    /// What `draft` is, which `patch` made of this document: a large one by its stretches, without making it a document.
    /// A text that has to be judged whole is made in what `room` gives for so many bytes.
    ///
    /// # Errors
    /// It does not parse, or differs where no edit names it.
    pub fn judge(&self, patch: &Patch, draft: &Draft, room: &dyn Fn(usize) -> String) -> Result<Judged, EditError> {
        let by_stretches = Judged::by_stretches(self, patch, draft);
        by_stretches.map_or_else(|| self.judge_whole(patch, draft, room).map(Judged::from), Ok)
    }

    /// The same for who wants the document in any case.
    ///
    /// # Errors
    /// Those of [`Document::judge`].
    pub fn judge_whole(
        &self,
        patch: &Patch,
        draft: &Draft,
        room: &dyn Fn(usize) -> String,
    ) -> Result<Document, EditError> {
        let changed = draft.made(room).map_err(EditError::Broken)?;
        check::untouched(self, &changed, patch)?;
        Ok(changed)
    }
}
