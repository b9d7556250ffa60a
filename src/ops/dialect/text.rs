//! From drafts to a text: first with numbers for keys, so that each key can be made of what its entry says, then with
//! the keys, in the runtime's layout.

use super::draft::{Body, Draft};
use crate::cache::{Cache, Dialect, Section, key};
use crate::json::{Document, Layout, ParseError, as_ascii, decode, quote, relayout};
use crate::secret::SecretText;

const SECTIONS: [Section; 5] =
    [Section::AccessToken, Section::RefreshToken, Section::IdToken, Section::Account, Section::AppMetadata];

/// Each draft with the key under which `to` would store it.
pub(super) fn with_keys(drafts: Vec<Draft<'_>>, to: Dialect) -> Result<Vec<(String, Draft<'_>)>, ParseError> {
    let numbered: Vec<(String, Draft<'_>)> =
        drafts.into_iter().enumerate().map(|(at, draft)| (at.to_string(), draft)).collect();
    let document = Document::parse(text(&numbered, &[]).into_bytes())?;
    let mut keys = vec![String::new(); numbered.len()];
    for entry in Cache::of(&document).entries() {
        let made = key::forms(&entry, to).into_iter().next();
        if let Some(place) = entry.key().parse::<usize>().ok().and_then(|at| keys.get_mut(at)) {
            *place = made.unwrap_or_default();
        }
    }
    let keyed = numbered.into_iter().zip(keys).map(|((_, draft), made)| match &draft.body {
        Body::Verbatim(raw, _) => (decode(raw).into_owned(), draft),
        Body::Members(_) => (made, draft),
    });
    Ok(keyed.collect())
}

/// The whole text: the sections of the schema in their usual order, then what the schema does not know.
pub(super) fn printed(old: &Document, keyed: &[(String, Draft<'_>)], to: Dialect) -> Result<Document, ParseError> {
    let others: Vec<(String, String)> = old
        .sections()
        .filter(|section| Section::named(&old.section_name(*section)) == Section::Other)
        .map(|section| {
            let raw = old.section_node(section).map(|node| node.raw()).unwrap_or_default();
            (quote(&old.section_name(section), false), raw.into_owned())
        })
        .collect();
    let document = Document::parse(text(keyed, &others).into_bytes())?;
    let layout = if to == Dialect::Python { Layout::Pretty } else { Layout::Compact };
    let laid_out = relayout(&document, layout);
    // MSAL Python writes ASCII and may read in the locale's encoding; an ASCII cache stays one.
    let document = Document::parse(laid_out)?;
    if to == Dialect::Python || old.style().ascii { Document::parse(as_ascii(&document)) } else { Ok(document) }
}

fn text(keyed: &[(String, Draft<'_>)], others: &[(String, String)]) -> SecretText {
    let room = keyed.iter().map(|(key, draft)| 2 * key.len() + draft.room() + 8).sum::<usize>();
    let more = others.iter().map(|(name, raw)| name.len() + raw.len() + 8).sum::<usize>();
    // Room for all of it from the start: a text that grows leaves tokens in freed memory.
    let mut out = String::with_capacity(room + more + 128);
    out.push('{');
    for (at, section) in SECTIONS.into_iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(&format!("\"{}\":{{", section.name()));
        for (nth, (key, draft)) in keyed.iter().filter(|(_, draft)| draft.section == section).enumerate() {
            out.push_str(if nth == 0 { "" } else { "," });
            match &draft.body {
                Body::Verbatim(raw, _) => out.push_str(raw),
                Body::Members(_) => out.push_str(&quote(key, false)),
            }
            out.push(':');
            draft.print(&mut out);
        }
        out.push('}');
    }
    for (name, raw) in others {
        out.push_str(&format!(",{name}:"));
        out.push_str(raw);
    }
    out.push('}');
    SecretText::new(out)
}
