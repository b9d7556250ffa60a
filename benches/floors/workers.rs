//! What workers say, for the programs that time the thread that draws.

use saltcellar::tui::effect::Effect;
use saltcellar::tui::msg::Msg;
use saltcellar::tui::order::Ranked;
use saltcellar::tui::sieve::{Found, prepare};

/// What a worker says to `effect`.
pub(crate) fn worked(effect: Effect) -> Option<Msg> {
    if let Effect::Index { cache, reading, claims } = effect {
        prepare(&reading, &claims.iter().map(String::as_str).collect::<Vec<_>>());
        return Some(Msg::Indexed(cache));
    }
    if let Effect::Rank { cache, reading, key, now } = effect {
        let ranked = Ranked::of(&reading, key, now);
        return Some(Msg::Ranked { cache, reading, ranked });
    }
    let Effect::Search { cache, reading, query, memory, now } = effect else { return None };
    let found = Box::new(Found::of(query, memory, &reading, now)?);
    Some(Msg::Searched { cache, reading, found })
}
