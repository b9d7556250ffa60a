//! What is left of a damaged cache: `json::salvage` finds the whole members; here they are known for what they are by
//! their keys. Invents nothing: an entry whose section's name is lost is kept only where its own key says which it was.

use crate::cache::{Cache, key};
use crate::json::Document;
use crate::json::salvage::Salvage;
use crate::secret::SecretBytes;

/// The sections in which entries are known by their keys.
const SECTIONS: [&str; 5] = ["AccessToken", "RefreshToken", "IdToken", "Account", "AppMetadata"];

/// Looks for what is left of `bytes`, which are no cache any more.
#[must_use]
pub fn salvage(bytes: SecretBytes) -> Salvage {
    Salvage::of(bytes, &section_of)
}

/// The section under which some runtime would store the one entry of `alone` with the key that it has.
fn section_of(alone: &Document) -> Option<&'static str> {
    let spot = alone.sections().flat_map(|section| alone.entries(section)).next()?;
    let (key, value) = (alone.raw_key(spot), alone.node(spot)?.raw());
    SECTIONS.into_iter().find(|section| {
        let text = format!("{{\"{section}\":{{{key}:{value}}}}}");
        Document::parse(SecretBytes::new(text.into_bytes())).is_ok_and(|document| fits(&document))
    })
}

fn fits(document: &Document) -> bool {
    Cache::of(document).entries().next().is_some_and(|entry| !key::speakers(&entry).is_empty())
}
