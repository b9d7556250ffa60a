//! An entry's parts as they stand in the text, for who writes them elsewhere. Changes none of them.

use std::borrow::Cow;

use super::{Entry, Field, loose};

impl<'doc> Entry<'doc> {
    /// The verbatim key, quotes included.
    #[must_use]
    pub fn raw_key(&self) -> Cow<'doc, str> {
        self.doc.raw_key(self.spot())
    }

    /// The verbatim value.
    #[must_use]
    pub fn raw(&self) -> Cow<'doc, str> {
        self.doc.node(self.spot()).map(|node| node.raw()).unwrap_or_default()
    }

    /// The verbatim value of a field; `None` if it is absent or null.
    #[must_use]
    pub fn raw_of(&self, field: Field) -> Option<Cow<'doc, str>> {
        Some(self.node(field)?.raw())
    }

    /// Whether a field stands here with anything but null in it.
    #[must_use]
    pub fn is_written_as(&self, field: Field) -> bool {
        self.node(field).is_some()
    }

    /// The tenants that Node keeps inside an account, each as its members with their verbatim values: a list of texts
    /// that are JSON themselves (msal-common, `TenantProfile`).
    #[must_use]
    pub fn tenant_profiles(&self) -> Vec<Vec<(String, String)>> {
        let Some(raw) = self.named("tenantProfiles").map(|node| node.raw()) else { return Vec::new() };
        let texts: Vec<String> = serde_json::from_str(&raw).unwrap_or_default();
        let owned = |text: &String| {
            let members = loose::object(text)?;
            Some(members.into_iter().map(|(name, raw)| (name, raw.to_owned())).collect())
        };
        texts.iter().filter_map(owned).collect()
    }
}
