//! Which runtime wrote a cache, told from its keys, fields and layout. Refuses to guess: hands that
//! do not differ, or that several runtimes left in one file, are `Unknown`.

use std::borrow::Cow;

use super::{Cache, Entry, Section, key};
use crate::json::EntrySpot;

/// The runtime whose hand a cache shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// MSAL Python (Azure CLI, azure-identity for Python).
    Python,
    /// MSAL.NET (Azure PowerShell, Visual Studio, Git Credential Manager).
    DotNet,
    /// msal-node.
    Node,
    /// MSAL4J.
    Java,
    /// MSAL Go (kubelogin, azidentity, azd).
    Go,
    /// Nobody's hand, or several.
    Unknown,
}

impl Dialect {
    /// Every runtime, in the order in which they are shown.
    pub const KNOWN: [Self; 5] = [Self::Python, Self::DotNet, Self::Node, Self::Java, Self::Go];

    /// The name in JSON and on screen: python, dotnet, node, java, go, unknown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::DotNet => "dotnet",
            Self::Node => "node",
            Self::Java => "java",
            Self::Go => "go",
            Self::Unknown => "unknown",
        }
    }

    /// The library of this runtime, by its own name.
    #[must_use]
    pub fn library(self) -> &'static str {
        match self {
            Self::Python => "MSAL Python",
            Self::DotNet => "MSAL.NET",
            Self::Node => "MSAL Node",
            Self::Java => "MSAL4J",
            Self::Go => "MSAL Go",
            Self::Unknown => "no library",
        }
    }

    /// The runtime called `name`, as [`Dialect::name`] writes it; ignores case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::KNOWN.into_iter().find(|dialect| dialect.name().eq_ignore_ascii_case(name))
    }

    /// Whether a running app of this runtime writes deleted entries back until it is restarted
    /// (Node's merge; new MSAL4J's maps that are never cleared).
    #[must_use]
    pub fn resurrects(self) -> bool {
        match self {
            Self::Node | Self::Java => true,
            Self::Python | Self::DotNet | Self::Go | Self::Unknown => false,
        }
    }

    /// Whether this runtime gives a family's refresh token to every client of the family. Node looks for it by
    /// client id too (msal-common, `CacheManager.getRefreshToken`): only the client that wrote it last finds it.
    #[must_use]
    pub fn shares_families(self) -> bool {
        match self {
            Self::Node => false,
            Self::Python | Self::DotNet | Self::Java | Self::Go | Self::Unknown => true,
        }
    }
}

/// The runtime that most entries of `cache` point to; `Unknown` when none or several do.
pub(super) fn recognise(cache: &Cache<'_>) -> Dialect {
    let mut ballot = Ballot::default();
    ballot.lay_out(cache);
    let document = cache.document();
    let spots = document.sections().flat_map(|section| document.entries(section).take(SAMPLE));
    spots.filter_map(|spot| cache.entry(spot)).for_each(|entry| ballot.look(&entry, EntrySpot::default()));
    ballot.winner()
}

/// How many entries of each section are looked at: the answer does not change with size.
const SAMPLE: usize = 32;
/// What a field that only one runtime writes weighs against a key that it could have written.
const MARK: u32 = 12;
const HINT: u32 = 2;

/// What the entries seen so far say.
#[derive(Default)]
pub(super) struct Ballot {
    /// Points for each runtime of [`Dialect::KNOWN`].
    points: [u32; 5],
    /// Whether the text is laid out in lines, each level by four blanks; `None` before its beginning was seen.
    is_pretty: Option<bool>,
    has_wide_letters: bool,
}

impl Ballot {
    /// Looks at how `cache` is laid out, the beginning of a whole.
    pub(super) fn lay_out(&mut self, cache: &Cache<'_>) {
        let style = cache.document().style();
        self.is_pretty.get_or_insert(style.indent.as_deref() == Some("    "));
        self.has_wide_letters |= !style.ascii;
    }

    /// Looks at `entry`, if it is among the first of its section: `base.entry` others stand before those of the first
    /// section of its part.
    pub(super) fn look(&mut self, entry: &Entry<'_>, base: EntrySpot) {
        let spot = entry.spot();
        let before = if spot.section == 0 { base.entry } else { 0 };
        if before + spot.entry < SAMPLE {
            self.count(entry);
        }
    }

    /// Adds what the next part of the whole says.
    pub(super) fn join(&mut self, next: Self) {
        self.points.iter_mut().zip(next.points).for_each(|(points, more)| *points += more);
        self.is_pretty = self.is_pretty.or(next.is_pretty);
        self.has_wide_letters |= next.has_wide_letters;
    }

    /// A key that few runtimes would write says more than one that all would.
    fn count(&mut self, entry: &Entry<'_>) {
        let speakers = key::speakers(entry);
        let weight = match speakers.len() {
            0 | 5 => 0,
            1 => 12,
            2 => 6,
            3 => 4,
            _ => 3,
        };
        speakers.into_iter().for_each(|dialect| self.add(dialect, weight));
        for (dialect, weight) in marks(entry) {
            self.add(dialect, weight);
        }
    }

    fn add(&mut self, dialect: Dialect, weight: u32) {
        let places = Dialect::KNOWN.into_iter().zip(&mut self.points);
        places.filter(|(known, _)| *known == dialect).for_each(|(_, points)| *points += weight);
    }

    /// The winner must lead clearly: by more than the layout alone can give.
    pub(super) fn winner(mut self) -> Dialect {
        if self.is_pretty == Some(true) && !self.has_wide_letters {
            // MSAL Python alone lays its text out for people; others' test files do too, so it weighs little.
            self.add(Dialect::Python, HINT);
        }
        let mut ranked: Vec<_> = self.points.into_iter().zip(Dialect::KNOWN).collect();
        ranked.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        match ranked.as_slice() {
            [(first, dialect), (second, _), ..] if *first > second + HINT => *dialect,
            _ => Dialect::Unknown,
        }
    }
}

/// Members that one runtime alone writes.
const MEMBERS: &[(Dialect, &[&str])] = &[
    (Dialect::DotNet, &["ext_expires_on", "wam_account_ids", "persisted_cache_parameters", "ext"]),
    (Dialect::Node, &["tenantProfiles", "userAssertionHash", "requestedClaimsHash", "tokenType", "keyId"]),
    (Dialect::Node, &["additionalCacheKeyComponents", "last_modification_app"]),
    (Dialect::Go, &["keyid"]),
];

/// The runtimes that alone write a field of `entry`, or write it in this way, with what that weighs.
fn marks(entry: &Entry<'_>) -> Vec<(Dialect, u32)> {
    // Nearly all of them are asked for in vain: the names are looked through once.
    let written: Vec<Cow<'_, str>> = entry.members().names().collect();
    let has = |name: &str| written.iter().any(|written| written == name) && entry.has(name);
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let mut found: Vec<_> =
        MEMBERS.iter().filter(|(_, names)| any(names)).map(|(dialect, _)| (*dialect, MARK)).collect();
    match entry.section() {
        Section::AccessToken if entry.is_written("home_account_id") && !has("home_account_id") => {
            found.push((Dialect::Python, MARK));
        }
        // .NET writes this expiry in two spellings; Python, Go and Node name the token type.
        Section::AccessToken if has("extended_expires_on") && !any(&["ext_expires_on", "token_type", "tokenType"]) => {
            found.push((Dialect::Java, HINT + 2));
        }
        Section::RefreshToken if has("last_modification_time") => found.push((Dialect::Python, MARK)),
        Section::Account if has("client_info") && !has("tenantProfiles") => {
            found.push((Dialect::Java, HINT + 2));
        }
        Section::AccessToken | Section::RefreshToken | Section::IdToken => {}
        Section::Account | Section::AppMetadata | Section::Other => {}
    }
    if entry.section().is_credential() && has("client_info") {
        found.push((Dialect::DotNet, MARK));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;
    use crate::secret::SecretBytes;

    fn dialect(text: &str) -> Dialect {
        let doc = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
        Cache::of(&doc).dialect()
    }

    fn refresh_token(tail: &str) -> String {
        format!(
            r#"{{"RefreshToken":{{"u.t-h-refreshtoken-c{tail}":{{"environment":"h","home_account_id":"u.t","client_id":"c"}}}}}}"#
        )
    }

    #[test]
    fn the_tail_of_a_refresh_token_key_tells_node_and_go() {
        assert_eq!(dialect(&refresh_token("---")), Dialect::Node);
        assert_eq!(dialect(&refresh_token("----")), Dialect::Node);
        assert_eq!(dialect(&refresh_token("")), Dialect::Go);
    }

    #[test]
    fn what_several_runtimes_would_write_is_unknown() {
        assert_eq!(dialect(&refresh_token("--")), Dialect::Unknown);
        assert_eq!(dialect("{}"), Dialect::Unknown);
        assert_eq!(dialect(""), Dialect::Unknown);
    }

    #[test]
    fn a_null_home_account_id_is_pythons() {
        let text = r#"{"AccessToken":{"-h-accesstoken-c-r-s":{"environment":"h","home_account_id":null,"client_id":"c","realm":"r","target":"s","token_type":"Bearer"}}}"#;

        assert_eq!(dialect(text), Dialect::Python);
    }

    #[test]
    fn node_and_java_put_deleted_entries_back() {
        let back: Vec<_> = Dialect::KNOWN.into_iter().filter(|d| d.resurrects()).map(Dialect::name).collect();

        assert_eq!(back, ["node", "java"]);
        assert_eq!(Dialect::named("DotNet"), Some(Dialect::DotNet));
    }
}
