//! What a search costs, counted in bytes looked at.

use crate::cache::demo::{DEMO, DEMO_NOW};
use crate::cache::{Cache, Roster};
use crate::json::Document;
use crate::ops::query::index::LOOKED;
use crate::ops::query::{Index, Memory, Query};
use crate::secret::SecretBytes;

const TYPED: [&str; 8] = [
    "graph",
    "!e !x",
    "a or e or zz",
    "contoso graph user.read",
    "aud:vault,graph",
    "scope=user.read tenant:contoso",
    "account:ada !client:azure",
    "type:at expired",
];

fn index() -> Index {
    let document = Document::parse(SecretBytes::new(DEMO.as_bytes().to_vec())).expect("the demo");
    Index::of(&Roster::of(&Cache::of(&document)))
}

/// What each key of `text` was said to cost and did: bytes looked at.
fn typed(index: &Index, text: &str) -> Vec<(usize, usize)> {
    let mut memory = Memory::default();
    let parts = (1..=text.len()).filter_map(|end| Query::parse(text.get(..end)?).ok());
    parts
        .map(|query| {
            let said = memory.cost(index, &query);
            LOOKED.set(0);
            memory.search(index, &query, DEMO_NOW);
            (said, LOOKED.get())
        })
        .collect()
}

#[test]
fn no_search_looks_at_more_than_it_was_said_to_cost() {
    let index = index();

    for text in TYPED {
        for (said, looked) in typed(&index, text) {
            assert!(looked <= said, "{text}: {looked} bytes looked at, {said} said");
        }
    }
}

#[test]
fn the_first_letter_costs_most_and_what_is_known_nothing() {
    let (index, mut memory) = (index(), Memory::default());
    let query = |text: &str| Query::parse(text).expect("a query");

    let first = memory.cost(&index, &query("gr"));
    memory.search(&index, &query("gr"), DEMO_NOW);

    assert!(memory.cost(&index, &query("gra")) < first);
    assert_eq!(memory.cost(&index, &query("!gr")), 0);
}
