//! What the inner pieces cost, one by one and by the size of the cache: reading a text, its rows, a search, what a plan
//! takes out, an explanation, the rules, a fingerprint, a text on its way to a terminal. The first is a floor: what
//! `serde_json` takes for a mere verdict on the same text. Invented data; nothing is read or written.
//!
//!     cargo bench --bench pieces [NAME]

#[path = "floors/people.rs"]
mod people;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::{Document, Patch};
use saltcellar::lint::{Subject, Surroundings, check};
use saltcellar::ops::explain::{Extent, Request, Runtime, explain};
use saltcellar::ops::query::{Index, Memory, Query};
use saltcellar::ops::{Filter, PruneOptions, prune};
use saltcellar::secret::{Fingerprint, SecretBytes};
use saltcellar::text::Safe;
use saltcellar::time::UnixSeconds;

use people::{NOW, text};

/// Access tokens.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const AT: UnixSeconds = UnixSeconds(NOW);

fn main() {
    divan::main();
}

fn read(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("invented JSON is JSON")
}

/// A document of so many tokens, with its rows.
struct Read {
    document: Document,
    roster: Roster,
}

impl Read {
    fn of(tokens: usize) -> Self {
        let document = read(&text(tokens, 0, 0));
        let roster = Roster::of(&Cache::of(&document));
        Self { document, roster }
    }

    fn cache(&self) -> Cache<'_> {
        Cache::of(&self.document)
    }

    fn rows(&self) -> ItemsCount {
        ItemsCount::new(self.roster.rows.len())
    }

    fn pruned(&self) -> Patch {
        let filter = Filter { expired: true, ..Filter::default() };
        prune(&self.cache(), &PruneOptions { filter, now: AT })
    }
}

/// The floor of `parse`.
#[divan::bench(args = SIZES)]
fn verdict_of_serde_json(bencher: Bencher<'_, '_>, tokens: usize) {
    let text = text(tokens, 0, 0);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, tokens: usize) {
    let text = text(tokens, 0, 0);
    let bytes = || SecretBytes::new(text.as_bytes().to_vec());
    bencher.counter(BytesCount::of_str(&text)).with_inputs(bytes).bench_values(Document::parse);
}

#[divan::bench(args = SIZES)]
fn roster(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    bencher.counter(read.rows()).bench(|| Roster::of(&read.cache()));
}

#[divan::bench(args = SIZES)]
fn index_for_searches(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    bencher.counter(read.rows()).bench(|| Index::of(&read.roster));
}

#[divan::bench(args = SIZES)]
fn search(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let index = Index::of(&read.roster);
    let query = Query::parse("graph person1 expired").expect("a query");
    bencher.counter(read.rows()).bench(|| Memory::default().search(&index, black_box(&query), AT));
}

/// The plan, from a text whose rows are known.
#[divan::bench(args = SIZES)]
fn plan_of_prune(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let _known = Roster::shared(&read.cache());
    bencher.counter(read.rows()).bench(|| read.pruned());
}

/// Where the kept bytes stand, and all of them looked up piece by piece.
#[divan::bench(args = SIZES)]
fn splice(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let patch = read.pruned();
    let kept = |patch: &Patch| read.document.draft(patch).map(|draft| draft.pieces().map(str::len).sum::<usize>());
    bencher.counter(BytesCount::new(read.document.len())).bench(|| kept(black_box(&patch)).expect("it fits"));
}

/// The second opinion on what a prune makes.
#[divan::bench(args = SIZES)]
fn judge(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let patch = read.pruned();
    let draft = read.document.draft(&patch).expect("it fits");
    let judged = || read.document.judge(&patch, &draft, &String::with_capacity).expect("it is JSON");
    bencher.counter(BytesCount::new(draft.length())).bench(judged);
}

#[divan::bench(args = SIZES)]
fn explanation(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let row = read.roster.rows.first().expect("there are rows");
    let asked = Request::of_row(row, &read.roster).expect("of an access token");
    let explained = || explain(&read.cache(), &read.roster, black_box(&asked), Runtime::Python, AT, Extent::Every);
    bencher.counter(read.rows()).bench(explained);
}

#[divan::bench(args = SIZES)]
fn rules(bencher: Bencher<'_, '_>, tokens: usize) {
    let read = Read::of(tokens);
    let (cache, surroundings) = (read.cache(), Surroundings::default());
    let (cache, roster) = (Some(&cache), Some(&read.roster));
    let subject = Subject { cache, roster, unreadable: None, surroundings: &surroundings, now: AT };
    bencher.counter(read.rows()).bench(|| check(black_box(&subject)));
}

/// Bytes of a token.
#[divan::bench(args = [100, 2_000, 20_000])]
fn fingerprint(bencher: Bencher<'_, '_>, bytes: usize) {
    let token = "x".repeat(bytes);
    bencher.counter(BytesCount::new(bytes)).bench(|| Fingerprint::of(black_box(&token)));
}

/// What stands in a cell: as a rule, in another alphabet, and meant to drive a terminal.
#[divan::bench(args = ["https://graph.microsoft.com/.default", "Анна Каренина", "\u{1b}[2J\u{202e}evil\u{7}"])]
fn safe_text(bencher: Bencher<'_, '_>, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench(|| Safe::new(black_box(text)).to_string());
}
