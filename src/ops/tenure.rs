//! One user's cache among many: whether anything is left in it, and whether its place drops it before its tokens end.
//! Judges what stands there, removes nothing.

use crate::cache::{Cache, Roster, Section, State};
use crate::time::UnixSeconds;

/// What is in the text of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holds {
    /// Tokens or accounts, or sections that are not known.
    Entries,
    /// Nothing of worth: the skeleton that stays in the store after a sign-out, with or without metadata of apps.
    Nothing,
    /// JSON of something else: none of the sections of MSAL.
    Other,
}

/// A cache that goes before its tokens do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    /// In how many seconds the place drops it.
    pub goes_in: i64,
    /// For how many seconds its longest-lived access token is still good.
    pub token_lives: i64,
}

/// What `cache`, whose roster is `roster`, holds.
#[must_use]
pub fn holds(cache: &Cache<'_>, roster: &Roster) -> Holds {
    let document = cache.document();
    let mut sections = document.sections().map(|section| Section::named(&document.section_name(section))).peekable();
    let (is_empty, has_known) = (sections.peek().is_none(), sections.any(|section| section != Section::Other));
    match roster.rows.iter().any(|row| row.section != Section::AppMetadata) || !roster.strangers.is_empty() {
        _ if !is_empty && !has_known && !is_partitioned(roster) => Holds::Other,
        true => Holds::Entries,
        false => Holds::Nothing,
    }
}

/// Go's cache of on-behalf-of tokens has sections of its own (apps/internal/base/items.go).
fn is_partitioned(roster: &Roster) -> bool {
    roster.strangers.iter().any(|section| section.name.ends_with("Partition"))
}

/// Whether the place drops a cache of this `roster` at `expires`, before its longest-lived access token ends. What it
/// drops takes the refresh token along: the app signs in again.
#[must_use]
pub fn early(roster: &Roster, expires: Option<UnixSeconds>, now: UnixSeconds) -> Option<Early> {
    let goes_in = expires?.since(now);
    let living = roster.rows.iter().filter(|row| matches!(row.state(now), State::Live | State::Expiring));
    let token_lives = living.filter_map(|row| row.expires_on).map(|end| end.since(now)).max()?;
    (goes_in < token_lives).then_some(Early { goes_in, token_lives })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;
    use crate::secret::SecretBytes;

    fn with<T>(text: &str, ask: impl FnOnce(&Cache<'_>, &Roster) -> T) -> T {
        let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a text of the test");
        let cache = Cache::of(&document);
        ask(&cache, &Roster::of(&cache))
    }

    const LIVE: &str = r#"{"AccessToken":{"k":{"credential_type":"AccessToken","home_account_id":"u.t","environment":"e",
        "client_id":"c","realm":"t","target":"s","secret":"x","cached_at":"1","expires_on":"4600"}}}"#;

    #[test]
    fn a_skeleton_holds_nothing_and_other_json_is_no_cache() {
        assert_eq!(with(LIVE, holds), Holds::Entries);
        assert_eq!(with(r#"{"AccessToken":{},"AppMetadata":{"k":{"client_id":"c"}}}"#, holds), Holds::Nothing);
        assert_eq!(with("{}", holds), Holds::Nothing);
        assert_eq!(with(r#"{"user":{"name":"ada"}}"#, holds), Holds::Other);
        assert_eq!(with(r#"{"AccessToken":{},"PrimaryRefreshToken":{"k":{"secret":"x"}}}"#, holds), Holds::Entries);
    }

    #[test]
    fn a_key_that_goes_before_its_token_is_told() {
        let at = |expires| with(LIVE, |_, roster| early(roster, expires, UnixSeconds(1000)));

        assert_eq!(at(Some(UnixSeconds(2200))), Some(Early { goes_in: 1200, token_lives: 3600 }));
        assert_eq!(at(Some(UnixSeconds(4600))), None);
        assert_eq!(at(None), None);
    }
}
