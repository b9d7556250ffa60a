//! One cache of all that is left: the first whole document leads, the others add what it does not say. Where they say
//! different things under one key, its word stands and the conflict is told.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::index::Span;
use super::super::style::Style;
use super::super::{print, tokens};
use super::{Conflict, Part, Piece, Raw};
use crate::secret::SecretText;

/// The name of a section where it stands in the text.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) raw: Span,
    pub(super) document: usize,
}

/// What goes into the clean copy, and what does not.
pub(super) struct Merged {
    pub(super) roots: Vec<Root>,
    pub(super) kept: Vec<Piece>,
    pub(super) conflicts: Vec<Conflict>,
}

/// A member of the root of the clean copy: its name, and how the text spells it if the text has it.
#[derive(Clone, Debug)]
pub(super) struct Root {
    name: String,
    raw: Option<Span>,
}

/// Brings the pieces of all documents together.
pub(super) fn merge(text: &str, documents: &[Part], headers: &[Header], mut pieces: Vec<Piece>) -> Merged {
    let rank = |document: usize| (!documents.get(document).is_some_and(|part| part.whole), document);
    let with_entries: HashSet<usize> =
        pieces.iter().filter(|piece| piece.key.is_some()).map(|piece| piece.document).collect();
    // A lone value of another document may be a field of an entry that lost its beginning.
    pieces.retain(|piece| piece.key.is_some() || piece.document == 0 || with_entries.contains(&piece.document));
    pieces.sort_by_key(|piece| rank(piece.document));
    let of_headers = headers.iter().map(|header| {
        (rank(header.document), header.raw.start, Root { name: header.name.clone(), raw: Some(header.raw) })
    });
    let of_pieces = pieces.iter().map(|piece| {
        let raw = piece.key.is_none().then_some(piece.raw.key);
        (rank(piece.document), piece.raw.key.start, Root { name: piece.section.clone(), raw })
    });
    let mut roots: Vec<_> = of_headers.chain(of_pieces).collect();
    roots.sort_by_key(|(rank, at, _)| (*rank, *at));
    let mut seen = HashSet::new();
    let roots = roots.into_iter().map(|(.., root)| root).filter(|root| seen.insert(root.name.clone())).collect();
    let mut merged = Merged { roots, kept: Vec::with_capacity(pieces.len()), conflicts: Vec::new() };
    let mut said = HashMap::new();
    pieces.into_iter().for_each(|piece| merged.add(text, &mut said, piece));
    merged
}

/// What was said first under a name: in which document, where, and what.
type Said = HashMap<(String, Option<String>), (usize, Span, Span)>;

impl Merged {
    fn add(&mut self, text: &str, said: &mut Said, piece: Piece) {
        let name = (piece.section.clone(), piece.key.clone());
        match said.get(&name) {
            Some((document, at, value)) if *document != piece.document => {
                if !says_the_same(value.of(text), piece.raw.value.of(text)) {
                    let (section, key) = name;
                    self.conflicts.push(Conflict { section, key, kept: *at, dropped: piece.at });
                }
            }
            // Duplicates in one document stay, as they do in every other change.
            Some(_) | None => {
                said.entry(name).or_insert((piece.document, piece.at, piece.raw.value));
                self.kept.push(piece);
            }
        }
    }
}

/// Whether two values are the same but for their layout.
fn says_the_same(a: &str, b: &str) -> bool {
    a == b || tokens(a).eq(tokens(b))
}

/// The clean copy as text, in the layout of `text`.
pub(super) fn printed(text: &str, roots: &[Root], kept: &[Piece]) -> SecretText {
    let style = style(text);
    let mut items: HashMap<&str, Vec<&Piece>> = HashMap::new();
    kept.iter().for_each(|piece| items.entry(&piece.section).or_default().push(piece));
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    let mut opening = "{".to_owned() + &style.break_at(1);
    for root in roots {
        let name = root.raw.map_or_else(|| print::quote(&root.name, true).into(), |raw| raw.of(text).into());
        parts.extend([opening.into(), name, style.colon.into()]);
        section(&mut parts, text, &style, items.get(root.name.as_str()).map_or(&[], Vec::as_slice));
        opening = style.comma_at(1);
    }
    parts.push(if roots.is_empty() { "{}".into() } else { (style.break_at(0) + "}").into() });
    // In one piece: a text that grew would leave what it grew out of behind, unwiped.
    SecretText::new(parts.concat())
}

/// The value of a root: an object of entries, or the one value that stood there.
fn section<'t>(parts: &mut Vec<Cow<'t, str>>, text: &'t str, style: &Style, items: &[&Piece]) {
    let entries: Vec<_> = items.iter().filter(|piece| piece.key.is_some()).collect();
    if let (Some(only), []) = (items.first(), entries.as_slice()) {
        return parts.push(only.raw.value.of(text).into());
    }
    let mut opening = "{".to_owned() + &style.break_at(2);
    for piece in entries {
        let Raw { key, value } = piece.raw;
        parts.extend([opening.into(), key.of(text).into(), style.colon.into(), value.of(text).into()]);
        opening = style.comma_at(2);
    }
    parts.push(if items.is_empty() { "{}".into() } else { (style.break_at(1) + "}").into() });
}

/// The layout of a text that may have lost its beginning.
fn style(text: &str) -> Style {
    match text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        true => Style::of(text),
        false if text.contains('\n') => Style::pretty(),
        false => Style::compact(),
    }
}
