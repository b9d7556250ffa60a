//! The access tokens of which one is used: the search, what the chosen one undergoes, and what id tokens do to it.
//! Makes no answer.

use super::answer::{Answer, Candidate, Named, Raise};
use super::ask::Ask;
use super::identity::{self, Spoils};
use super::lookup::{Aging, IdTokens, Several};
use super::outcome::{Pick, Skip};
use super::rules::{Load, Numbers};
use super::search::{self, Found};
use super::shelf::{Held, Shelves};
use super::value;
use crate::cache::Written;

/// What came of a walk.
#[derive(Default)]
pub(super) struct Walked {
    /// What may happen: one answer, or several where the order is not fixed.
    pub(super) answers: Vec<Answer>,
    /// What was looked at.
    pub(super) candidates: Vec<Candidate>,
    /// How many more were looked at.
    pub(super) others: usize,
    /// What is dropped meanwhile.
    pub(super) deletes: Vec<Named>,
    /// What was wished for in vain.
    pub(super) notes: Vec<String>,
}

/// The access tokens of which one is used.
pub(super) fn picks(
    ask: &Ask<'_>,
    shelves: &Shelves<'_>,
    skip: &Skip,
    walked: &mut Walked,
) -> Result<Vec<Pick>, Raise> {
    let mut found = search::search(ask, &shelves.access);
    let picks = match skip {
        Skip::Unseen(_) => Ok(vec![Pick::Nothing]),
        Skip::No | Skip::Unused(_) => picked(ask, shelves, &mut found),
    };
    if !matches!(skip, Skip::Unseen(_)) {
        walked.deletes.append(&mut found.deletes);
    }
    walked.candidates.append(&mut found.candidates);
    walked.others += found.others;
    Ok(if let Skip::Unused(_) = skip { picks.map(|_| vec![Pick::Nothing])? } else { picks? })
}

fn picked(ask: &Ask<'_>, shelves: &Shelves<'_>, found: &mut Found) -> Result<Vec<Pick>, Raise> {
    if let Some(raise) = found.raise.take() {
        return Err(raise);
    }
    let mut picks = Vec::new();
    for at in found.fitting.clone() {
        let Some(held) = shelves.access.get(at) else { continue };
        let held = ask.upgraded(&shelves.access, held);
        let pick = match search::chosen(ask, held, found) {
            Ok(true) => pick(ask, at, held)?,
            Ok(false) => Pick::Nothing,
            Err(raise) => {
                found.deletes.extend(dropped_before_a_fault(ask, shelves));
                return Err(raise);
            }
        };
        if let (Pick::Aging(at), true) = (pick, found.fitting.len() > 1 && ask.lookup.several == Several::Any) {
            // MSAL Go looks a second time before it renews, and does not if it then meets another token.
            picks.push(Pick::Good(at));
        }
        picks.push(pick);
    }
    spoil(ask, shelves, found, &mut picks)?;
    if picks.is_empty() {
        picks.push(Pick::Nothing);
    }
    picks.dedup();
    Ok(picks)
}

/// Node drops id tokens, of several all, before it finds that it cannot sign for an access token.
fn dropped_before_a_fault(ask: &Ask<'_>, shelves: &Shelves<'_>) -> Vec<Named> {
    match ask.lookup.id_tokens {
        IdTokens::Decoded(_) => identity::bearing(ask, &shelves.identity).unwrap_or_default().deletes,
        IdTokens::Unread | IdTokens::Spoil(_) | IdTokens::Searched(..) => Vec::new(),
    }
}

/// Id tokens are read once an access token was found; MSAL4J reads them always.
fn spoil(ask: &Ask<'_>, shelves: &Shelves<'_>, found: &mut Found, picks: &mut Vec<Pick>) -> Result<(), Raise> {
    let is_searched = matches!(ask.lookup.id_tokens, IdTokens::Searched(..));
    if !is_searched && picks.iter().all(|pick| *pick == Pick::Nothing) {
        return Ok(());
    }
    let bearing = identity::bearing(ask, &shelves.identity)?;
    found.deletes.extend(bearing.deletes);
    match bearing.spoils {
        Spoils::Never => {}
        Spoils::Perhaps => picks.push(Pick::Nothing),
        Spoils::Always => *picks = vec![Pick::Nothing],
    }
    Ok(())
}

/// Whether the token that was chosen is to be renewed.
fn pick(ask: &Ask<'_>, at: usize, held: &Held<'_>) -> Result<Pick, Raise> {
    if ask.rules.load == Load::Lazy && !held.entry.written("secret").is_there() {
        return Err(Raise(format!("KeyError: secret of {}", held.title())));
    }
    if ask.lookup.aging == Aging::Ignored {
        return Ok(Pick::Good(at));
    }
    let written = held.entry.written("refresh_on");
    let is_named = match (ask.rules.numbers, &written) {
        (_, Written::Absent) => false,
        (Numbers::Python, _) => true,
        (_, Written::Null) => false,
        (Numbers::JavaScript, Written::Text(text)) => !text.is_empty(),
        (_, _) => true,
    };
    if !is_named {
        return Ok(Pick::Good(at));
    }
    let fault = |fault: &str| Raise(format!("{fault}: refresh_on of {}", held.title()));
    let read = value::number(ask.rules.numbers, &written).map_err(fault)?;
    let zero_counts = !matches!(ask.rules.numbers, Numbers::Java);
    let read = read.or((ask.rules.numbers == Numbers::JavaScript).then_some(0));
    let is_aging = read.is_some_and(|moment| moment < ask.now.0 && (zero_counts || moment > 0));
    Ok(if is_aging { Pick::Aging(at) } else { Pick::Good(at) })
}
