//! Why a token is used or not: silent acquisition walked as each MSAL library does it, over rules that are a table.
//! Pure: asks no network, and promises nothing of what a service answers. A top: it re-exports its children.
//!
//! What an app gives along beside the request is taken to be what apps usually give:
//! - the account is the first Account entry that has the home account id: its environment is what Node and MSAL4J look
//!   at; without one the authority's host stands in;
//! - Node's account is seen from the authority's tenant (`account.tenantId`), or from the entry's own realm if the
//!   authority is `common`, `organizations` or `consumers`;
//! - `pop` and `ssh-cert` go to MSAL Python in `data` (`token_type`, `key_id`, `req_cnf`), with no `auth_scheme`;
//! - people ask by public clients (Go: `public.Client`), apps by confidential ones;
//! - further `data` that a library has no parameter for is left out, and `notes` say so.

mod advice;
mod answer;
mod ask;
mod check;
mod components;
mod hosts;
mod identity;
mod lookup;
mod outcome;
mod picks;
mod refresh;
mod renewal;
mod request;
mod rules;
mod runtime;
mod scopes;
mod search;
mod shelf;
mod sweep;
mod table;
mod value;
mod walk;

pub use answer::{Answer, Candidate, Check, Explanation, Extent, Named, Outcome};
pub use request::{Authority, Cached, Request, Scheme, Who};
pub use runtime::Runtime;

use answer::Raise;
use ask::Ask;
use rules::Rules;
use shelf::Shelves;

use crate::cache::scopes::same;
use crate::cache::{Cache, QuickSet, Roster};
use crate::time::UnixSeconds;

/// What `runtime` would do with `request` and the cache at `now`, and as much of what it looks at as `extent` says.
/// `roster` is that of `cache`.
#[must_use]
pub fn explain(
    cache: &Cache<'_>,
    roster: &Roster,
    request: &Request,
    runtime: Runtime,
    now: UnixSeconds,
    extent: Extent,
) -> Explanation {
    let rules = table::rules(runtime);
    let shelves = match Shelves::read(cache, rules.load) {
        Ok(shelves) => shelves,
        Err(raise) => return unreadable(runtime, rules, request, raise),
    };
    let home = match &request.who {
        Who::Account(name) => Some(home_account_id(roster, name)),
        Who::App => None,
    };
    let (ask, mut notes) = Ask::new(request, home.as_deref(), rules, &shelves.accounts, now);
    let walked = walk::walk(request, &Ask { extent, ..ask }, &shelves);
    let picks::Walked { mut answers, candidates, others, deletes, notes: more } = walked;
    notes.extend(more);
    let deletes = once(deletes);
    let also_possible = if answers.is_empty() { Vec::new() } else { answers.split_off(1) };
    let answer = answers.pop().unwrap_or_else(|| outcome::error(Raise("nothing was walked".to_owned())));
    let advice = advice::advice(cache, request, &answer, &candidates);
    Explanation { runtime, answer, also_possible, deletes, candidates, others, notes, advice }
}

/// Each entry once: MSAL Python searches at every host, and drops the same again.
fn once(mut named: Vec<Named>) -> Vec<Named> {
    let mut seen = QuickSet::default();
    named.retain(|named| seen.insert(named.spot));
    named
}

/// A cache that the library cannot even read.
fn unreadable(runtime: Runtime, rules: &Rules, request: &Request, raise: Raise) -> Explanation {
    let lookup = if request.who == Who::App { &rules.app } else { &rules.person };
    Explanation {
        runtime,
        answer: outcome::fault(lookup, raise),
        also_possible: Vec::new(),
        deletes: Vec::new(),
        candidates: Vec::new(),
        others: 0,
        notes: Vec::new(),
        advice: vec!["this library cannot read the cache as it is: see saltcellar doctor".to_owned()],
    }
}

/// The home account id that `name` is, or that the user name belongs to; `name` itself if the cache knows neither.
fn home_account_id(roster: &Roster, name: &str) -> String {
    let accounts = || roster.accounts.iter().filter(|account| !account.is_app_only());
    if roster.rows.iter().any(|row| row.home_account_id.as_deref() == Some(name)) {
        return name.to_owned();
    }
    let is_named =
        |known: &&crate::cache::AccountRow| known.username.as_deref().is_some_and(|username| same(username, name));
    let found = accounts().find(is_named).map(|account| account.home_account_id.clone());
    found.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::EntrySpot;

    #[test]
    fn what_is_dropped_again_and_again_is_named_once_and_in_order() {
        let named = |section, entry| Named {
            spot: EntrySpot { section, entry },
            section: section.to_string(),
            key: entry.to_string(),
        };
        let [a, b, c] = [named(0, 1), named(0, 0), named(1, 1)];

        assert_eq!(once([&a, &b, &a, &c, &c, &b].map(Clone::clone).to_vec()), [a, b, c]);
    }
}
