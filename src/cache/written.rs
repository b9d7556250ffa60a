//! How a field is written: as what kind of value, and where. Judges neither.

use super::{Entry, Field};
use crate::json::{Kind, Path, Step};

impl Entry<'_> {
    /// What kind of value stands under the first spelling of `field` that has one; null when only a null does,
    /// `None` when the field is not written at all.
    #[must_use]
    pub fn kind(&self, field: Field) -> Option<Kind> {
        self.place(field).and_then(|at| self.members().node(at)).map(|node| node.kind())
    }

    /// Whether a member called `name` stands here, null or not.
    pub(super) fn is_written(&self, name: &str) -> bool {
        self.members().names().any(|member| member == name)
    }

    /// The path of the member that counts as `field`, if it is written.
    #[must_use]
    pub fn field_path(&self, field: Field) -> Option<Path> {
        let at = self.place(field)?;
        let name = self.members().name(at)?;
        let nth = self.members().names().take(at + 1).filter(|other| *other == name).count();
        Some(self.path().join(Step { name: name.into_owned(), nth }))
    }

    /// Of duplicate members every runtime's parser takes the last; a null counts only where nothing else stands.
    fn place(&self, field: Field) -> Option<usize> {
        let is_null = |at: &usize| self.members().node(*at).is_some_and(|node| node.kind() == Kind::Null);
        self.places(field).find(|at| !is_null(at)).or_else(|| self.places(field).next())
    }
}

#[cfg(test)]
mod tests {
    use crate::cache::{Cache, Field};
    use crate::json::{Document, Kind};
    use crate::secret::SecretBytes;

    #[test]
    fn the_member_that_counts_is_found_by_kind_and_place() {
        let text =
            r#"{"AccessToken":{"k":{"expires_on":"1","expires_on":2,"cached_at":null,"cachedAt":"3","realm":null}}}"#;
        let doc = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
        let entry = Cache::of(&doc).entries().next().expect("one entry");

        assert_eq!(entry.kind(Field::ExpiresOn), Some(Kind::Number));
        assert_eq!(
            entry.field_path(Field::ExpiresOn).map(|path| path.to_string()).as_deref(),
            Some("/AccessToken/k/expires_on#2")
        );
        assert_eq!(entry.kind(Field::CachedAt), Some(Kind::String));
        assert_eq!((entry.kind(Field::Realm), entry.kind(Field::Secret)), (Some(Kind::Null), None));
    }
}
