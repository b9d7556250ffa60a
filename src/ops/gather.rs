//! Entries of one cache gathered into a text of their own, in the layout of the original: keys and values byte for
//! byte. Chooses nothing.

use crate::json::{Document, EntrySpot, Kind, ParseError, SectionSpot, Style, quote};
use crate::secret::SecretText;

/// A section of the new text.
pub(super) struct Chapter {
    /// Where it stands in the original.
    pub(super) section: SectionSpot,
    /// Those of its entries that come along; a section that is no object comes as a whole.
    pub(super) entries: Vec<EntrySpot>,
}

/// The cache that `chapters` of `document` make.
///
/// # Errors
/// The text would be no cache: a fault of ours, for it is made of the parts of one.
pub(super) fn gather(document: &Document, chapters: &[Chapter]) -> Result<Document, ParseError> {
    Document::parse(text(document, chapters).into_bytes())
}

/// The same as a text.
pub(super) fn text(document: &Document, chapters: &[Chapter]) -> SecretText {
    let style = document.style();
    // Room for all of it from the start: a text that grows leaves tokens in freed memory.
    let mut out =
        String::with_capacity(chapters.iter().map(|chapter| room(document, chapter)).sum::<usize>() + BETWEEN);
    out.push('{');
    for (at, chapter) in chapters.iter().enumerate() {
        out.push_str(&separator(style, at, 1));
        out.push_str(&quote(&document.section_name(chapter.section), style.ascii));
        out.push_str(style.colon);
        section(&mut out, document, chapter, style);
    }
    close(&mut out, style, chapters.is_empty(), 0);
    SecretText::new(out)
}

/// More than the white space around a member of a cache takes.
const BETWEEN: usize = 64;

fn room(document: &Document, chapter: &Chapter) -> usize {
    let value = |spot: &EntrySpot| document.node(*spot).map_or(0, |node| node.span().end - node.span().start);
    let entries = chapter.entries.iter().map(|spot| document.raw_key(*spot).len() + value(spot) + BETWEEN);
    let whole = if is_object(document, chapter.section) {
        0
    } else {
        document.section_node(chapter.section).map_or(0, |node| node.raw().len())
    };
    entries.sum::<usize>() + whole + 6 * document.section_name(chapter.section).len() + BETWEEN
}

fn section(out: &mut String, document: &Document, chapter: &Chapter, style: &Style) {
    if !is_object(document, chapter.section) {
        out.push_str(&document.section_node(chapter.section).map(|node| node.raw()).unwrap_or_default());
        return;
    }
    out.push('{');
    for (at, spot) in chapter.entries.iter().enumerate() {
        out.push_str(&separator(style, at, 2));
        out.push_str(&document.raw_key(*spot));
        out.push_str(style.colon);
        out.push_str(&document.node(*spot).map(|node| node.raw()).unwrap_or_default());
    }
    close(out, style, chapter.entries.is_empty(), 1);
}

/// Whether a section has entries, or could have.
pub(super) fn is_object(document: &Document, section: SectionSpot) -> bool {
    document.section_node(section).is_some_and(|node| node.kind() == Kind::Object)
}

/// What stands before the member `at`, counted from 0, `depth` levels deep.
fn separator(style: &Style, at: usize, depth: usize) -> String {
    if at == 0 { style.break_at(depth) } else { style.comma_at(depth) }
}

fn close(out: &mut String, style: &Style, is_empty: bool, depth: usize) {
    if !is_empty {
        out.push_str(&style.break_at(depth));
    }
    out.push('}');
}
