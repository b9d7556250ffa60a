//! One object of the text with what is to change in it, and the splices that come of it: each member
//! goes with one comma, each new one comes in the text's own style. The rest of the text is not its matter.

use std::borrow::Cow;
use std::collections::HashMap;

use super::edit::{EditError, Splice};
use super::index::{Kind, Member, Span};
use super::{Document, Node, Path, Position, SectionSpot, Step, Style, decode};
use crate::secret::SecretText;

/// How the members of an object are found.
enum Named<'d> {
    /// The entries of a section, which the document itself finds.
    Entries(&'d Document, SectionSpot),
    /// The members of any other object.
    Listed(HashMap<Cow<'d, str>, Vec<usize>>),
}

/// One object of the text with what is to change in it.
pub(super) struct Object<'d> {
    span: Span,
    depth: usize,
    members: Vec<Member>,
    names: Named<'d>,
    /// For each member whether it goes.
    removed: Vec<bool>,
    first: Vec<String>,
    last: Vec<String>,
    missing: bool,
}

impl<'d> Object<'d> {
    /// The object that stands at `path`; a text of no bytes reads as an empty root.
    pub(super) fn read(document: &'d Document, path: &Path) -> Result<Self, EditError> {
        if path.0.is_empty() && document.is_empty() {
            return Ok(Self { missing: false, ..Self::missing(path) });
        }
        let node = document.get(path).ok_or_else(|| EditError::Missing(path.clone()))?;
        if node.kind() != Kind::Object {
            return Err(EditError::NotAnObject(path.clone()));
        }
        let section = match path.0.as_slice() {
            [section] => document.find_section(section),
            _ => None,
        };
        // Entries were found when the text was read: a large section is not read once more.
        let (members, names) = match section {
            Some(section) => (document.members_of(section).to_vec(), Named::Entries(document, section)),
            None => listed(document, &node),
        };
        let removed = vec![false; members.len()];
        Ok(Self { span: node.span(), members, names, removed, missing: false, ..Self::missing(path) })
    }

    /// An object that an edit adds to, but that is not there yet.
    pub(super) fn missing(path: &Path) -> Self {
        Self {
            span: Span { start: 0, end: 0 },
            depth: path.0.len() + 1,
            members: Vec::new(),
            names: Named::Listed(HashMap::new()),
            removed: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            missing: true,
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        self.missing
    }

    /// Marks the member that `step` names; `None` when there is none.
    pub(super) fn remove(&mut self, step: &Step) -> Option<()> {
        let before = step.nth.checked_sub(1)?;
        let at = match &self.names {
            Named::Entries(document, section) => document.nth_entry(*section, &step.name, before)?,
            Named::Listed(by_name) => *by_name.get(step.name.as_str())?.get(before)?,
        };
        *self.removed.get_mut(at)? = true;
        Some(())
    }

    /// Adds `item`, a name and a value as text, behind those added there before.
    pub(super) fn insert(&mut self, at: Position, item: String) {
        match at {
            Position::First => self.first.push(item),
            Position::Last => self.last.push(item),
        }
    }

    /// The whole object as new text, for one that is not there yet.
    pub(super) fn printed(&self, style: &Style) -> String {
        let items: Vec<&str> = self.first.iter().chain(&self.last).map(String::as_str).collect();
        if items.is_empty() {
            return "{}".to_owned();
        }
        let (open, close) = (style.break_at(self.depth), style.break_at(self.depth - 1));
        format!("{{{open}{}{close}}}", items.join(&style.comma_at(self.depth)))
    }

    /// Adds to `out` what must change in the text.
    pub(super) fn splices(&self, style: &Style, out: &mut Vec<Splice>) {
        let kept = self.removed.iter().enumerate().filter(|(_, removed)| !**removed);
        let kept: Vec<usize> = kept.map(|(at, _)| at).collect();
        let ends = kept.first().zip(kept.last()).and_then(|(a, b)| self.members.get(*a).zip(self.members.get(*b)));
        let Some((first, last)) = ends else { return self.replace_all(style, out) };
        let comma = style.comma_at(self.depth);
        if !self.first.is_empty() {
            let with = self.first.iter().map(|item| format!("{item}{comma}")).collect();
            out.push(splice_of(first.key.start, first.key.start, with));
        }
        if !self.last.is_empty() {
            let with = self.last.iter().map(|item| format!("{comma}{item}")).collect();
            out.push(splice_of(last.value.end, last.value.end, with));
        }
        self.removals(&kept, out);
    }

    /// No member stays: what is between the braces goes, white space too.
    fn replace_all(&self, style: &Style, out: &mut Vec<Splice>) {
        let new = self.printed(style);
        if self.span.end == 0 {
            return out.push(splice_of(0, 0, new));
        }
        let inside = new.strip_prefix('{').and_then(|new| new.strip_suffix('}')).unwrap_or("").to_owned();
        if self.removed.contains(&true) || !inside.is_empty() {
            out.push(splice_of(self.span.start + 1, self.span.end - 1, inside));
        }
    }

    /// Each run of removed members goes with one comma: the one behind it, or, at the end, the one before.
    fn removals(&self, kept: &[usize], out: &mut Vec<Splice>) {
        let mut before: Option<usize> = None;
        for &at in kept {
            let from = before.map_or(0, |before| before + 1);
            if let (true, Some(gone), Some(next)) = (from < at, self.members.get(from), self.members.get(at)) {
                out.push(splice_of(gone.key.start, next.key.start, String::new()));
            }
            before = Some(at);
        }
        let (Some(end), Some(last)) = (before.and_then(|at| self.members.get(at)), self.members.last()) else { return };
        if end.value.end < last.value.end {
            out.push(splice_of(end.value.end, last.value.end, String::new()));
        }
    }
}

/// The members of an object that is no section, and their places by name.
fn listed<'d>(document: &'d Document, node: &Node<'d>) -> (Vec<Member>, Named<'d>) {
    let members = node.spans();
    let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, member) in members.iter().enumerate() {
        by_name.entry(decode(member.key.of(document.text()))).or_default().push(at);
    }
    (members, Named::Listed(by_name))
}

fn splice_of(start: usize, end: usize, with: String) -> Splice {
    Splice { range: Span { start, end }, with: SecretText::new(with) }
}
