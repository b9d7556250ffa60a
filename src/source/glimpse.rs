//! A first look at a large cache: rows to show while the rest is still read. Says nothing of what is wrong, which
//! the whole reading tells, and is never planned on.

use super::Source;
use crate::json::Document;

/// About a screen of entries, at 3 KB each.
const HEAD: u64 = 128 << 10;

impl Source {
    /// The first entries of a cache that is larger than what is read for them; `None` if it is smaller or is no file.
    #[must_use]
    pub fn glimpse(&self) -> Option<Document> {
        if !self.may_be_plain() {
            return None;
        }
        let head = self.store.head(&self.slot, HEAD).ok()??;
        Document::glimpse(head)
    }
}
