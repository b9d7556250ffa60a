//! A condition held against a whole cache of which only a summary is known: what it is called, whose it is, when its
//! access tokens expire. What a summary cannot tell is refused, never guessed.

use super::cells::{BREAK, fold};
use super::matching::{Wanted, is_in_time};
use super::{Clock, Field, Flag, Node, Query, Term};
use crate::cache::State;
use crate::time::UnixSeconds;

/// What is known of a whole cache.
#[derive(Clone, Copy)]
pub struct Whole<'a> {
    /// What its place calls it.
    pub key: &'a str,
    /// The names of its accounts, [`Whole::BREAK`] between two.
    pub accounts: &'a str,
    /// When its access tokens expire (Unix seconds).
    pub expiries: &'a [UnixSeconds],
}

impl Whole<'_> {
    /// Stands between names.
    pub const BREAK: char = BREAK;
}

impl Query {
    /// What it asks for that only the entries of a cache can tell; `None`: a summary answers all of it.
    #[must_use]
    pub fn beyond_summary(&self) -> Option<&'static str> {
        self.terms().into_iter().find_map(|(term, _)| match term {
            Term::Word(_) | Term::Text(Field::Account, ..) | Term::Time(Clock::Expires, ..) => None,
            Term::Flag(Flag::Expired | Flag::Expiring) => None,
            Term::Kind(_) => Some("type:"),
            Term::Text(Field::Tenant, ..) => Some("tenant:"),
            Term::Text(Field::Client, ..) => Some("client:"),
            Term::Text(Field::Audience, ..) => Some("aud:"),
            Term::Text(Field::Scope, ..) => Some("scope:"),
            Term::Text(Field::Host, ..) => Some("env:"),
            Term::Text(Field::Realm, ..) => Some("realm:"),
            Term::Claim(..) => Some("claim."),
            Term::Time(Clock::Cached, ..) => Some("cached"),
            Term::Flag(Flag::Orphan) => Some("orphan"),
            Term::Flag(Flag::AppOnly) => Some("apponly"),
        })
    }

    /// Whether the cache is meant: words stand in its key or in a name, times are those of one access token at least.
    /// What is [beyond a summary](Self::beyond_summary) never holds.
    #[must_use]
    pub fn takes_whole(&self, whole: &Whole<'_>, now: UnixSeconds) -> bool {
        let folded = Folded { key: fold(whole.key), accounts: fold(whole.accounts), expiries: whole.expiries };
        takes(&self.0, &folded, now)
    }
}

struct Folded<'a> {
    key: String,
    accounts: String,
    expiries: &'a [UnixSeconds],
}

fn takes(node: &Node, whole: &Folded<'_>, now: UnixSeconds) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| takes(node, whole, now)),
        Node::Any(nodes) => nodes.iter().any(|node| takes(node, whole, now)),
        Node::Not(node) => !takes(node, whole, now),
        Node::Is(term) => holds(term, whole, now),
    }
}

fn holds(term: &Term, whole: &Folded<'_>, now: UnixSeconds) -> bool {
    let any_in = |state: State| whole.expiries.iter().any(|at| State::of(Some(*at), now) == state);
    match term {
        Term::Word(word) => whole.key.contains(word.as_str()) || whole.accounts.contains(word.as_str()),
        Term::Text(Field::Account, fit, values) => Wanted::of(Field::Account, *fit, values).fits(&whole.accounts),
        Term::Time(clock @ Clock::Expires, order, bound) => {
            whole.expiries.iter().any(|at| is_in_time(Some(*at), now, *clock, *order, *bound))
        }
        Term::Flag(Flag::Expired) => any_in(State::Expired),
        Term::Flag(Flag::Expiring) => any_in(State::Expiring),
        Term::Kind(_)
        | Term::Text(..)
        | Term::Claim(..)
        | Term::Time(Clock::Cached, ..)
        | Term::Flag(Flag::Orphan | Flag::AppOnly) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_000_000);

    fn takes(query: &str) -> bool {
        let whole = Whole {
            key: "session:9F1C",
            accounts: "Ada@contoso.com\u{1f}bob@fabrikam.com",
            expiries: &[UnixSeconds(NOW.0 - 5), UnixSeconds(NOW.0 + 3600)],
        };
        Query::parse(query).expect("a query").takes_whole(&whole, NOW)
    }

    #[test]
    fn words_stand_in_the_key_or_in_a_name_in_any_case() {
        assert!(takes("9f1c") && takes("ADA") && takes("session fabrikam") && takes("account=bob@fabrikam.com"));
        assert!(!takes("carl") && !takes("account:9f1c") && !takes("!ada") && !takes("account=bob"));
    }

    #[test]
    fn times_are_those_of_any_access_token() {
        assert!(takes("expired") && takes("expires>30m") && !takes("expiring") && !takes("expires>2h"));
    }

    #[test]
    fn what_only_entries_can_tell_is_refused_by_its_key() {
        let beyond = |query: &str| Query::parse(query).expect("a query").beyond_summary();

        assert_eq!(beyond("ada account:b expires<1h expired"), None);
        assert_eq!(beyond("ada tenant:contoso"), Some("tenant:"));
        assert_eq!(beyond("!claim.oid:1"), Some("claim."));
    }
}
