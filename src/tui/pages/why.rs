//! Why a token would be used or not: what the cache's own library does, then where the others do otherwise.

use crate::cache::Cache;
use crate::json::{EntrySpot, Path};
use crate::ops::explain::{Explanation, Request, Runtime, explain};
use crate::present::explanation::{Detail, Said, agreement, asked, extent, told};
use crate::present::{Line, Role};
use crate::time::UnixSeconds;
use crate::tui::model::Reading;
use crate::tui::page::{Block, Page, Target, Topic};

/// What each library does with the request that the entry at `path` answers.
pub(super) fn page(reading: &Reading, path: &Path, now: UnixSeconds, go_on: &dyn Fn() -> bool) -> Page {
    let Some(request) = request(reading, path) else { return gone() };
    let runtimes = Runtime::ALL.into_iter().take_while(|_| go_on());
    let mut explanations: Vec<Explanation> =
        runtimes.map(|runtime| explained(reading, &request, runtime, now, Detail::Near)).collect();
    let own = Runtime::of(reading.roster.dialect);
    // Stable: behind the cache's own library the others keep their order.
    explanations.sort_by_key(|explanation| Some(explanation.runtime) != own);
    let mut blocks = vec![Block::of(asked(&request, &reading.roster)), gap()];
    blocks.push(Block::of(agreement(&explanations, &reading.roster, now)));
    let first = explanations.first().map(|explanation| explanation.answer.clone());
    for (at, explanation) in explanations.iter().enumerate() {
        let all = Topic::Library(path.clone(), explanation.runtime);
        let mut told = library_blocks(reading, told(explanation, &reading.roster, now, Detail::Near), all);
        // What agrees with the first is said in one line; enter tells the rest.
        let is_news = at == 0 || first.as_ref() != Some(&explanation.answer);
        told.truncate(if is_news { told.len() } else { 1 });
        if is_news || at == 1 {
            blocks.push(gap());
        }
        blocks.extend(told);
    }
    Page { sum: sum(reading, path), blocks }
}

/// Every check of one library.
pub(super) fn library(reading: &Reading, path: &Path, runtime: Runtime, now: UnixSeconds) -> Page {
    let Some(request) = request(reading, path) else { return gone() };
    let explanation = explained(reading, &request, runtime, now, Detail::Full);
    let said = told(&explanation, &reading.roster, now, Detail::Full);
    let mut blocks = vec![Block::of(asked(&request, &reading.roster)), gap()];
    blocks.extend(said.into_iter().map(|said| block(reading, said)));
    Page { sum: Line::new().with(Role::Dim, runtime.title()), blocks }
}

fn request(reading: &Reading, path: &Path) -> Option<Request> {
    let row = reading.roster.rows.get(reading.row_of(reading.document.spot(path)?)?)?;
    Request::of_row(row, &reading.roster)
}

fn explained(reading: &Reading, request: &Request, runtime: Runtime, now: UnixSeconds, detail: Detail) -> Explanation {
    explain(&Cache::of(&reading.document), &reading.roster, request, runtime, now, extent(detail))
}

/// The headline leads to every check, a candidate to its entry.
fn library_blocks(reading: &Reading, said: Vec<Said>, all: Topic) -> Vec<Block> {
    let mut said = said.into_iter();
    let head = said.next().map(|said| Block::to(Target::Topic(all), said.line));
    head.into_iter().chain(said.map(|said| block(reading, said))).collect()
}

fn block(reading: &Reading, said: Said) -> Block {
    let target = |spot: EntrySpot| Target::Entry(reading.document.path(spot));
    Block { lines: vec![said.line], opens: said.about.map(target), fix: None }
}

/// "AT Key Vault, in a cache of MSAL Python".
fn sum(reading: &Reading, path: &Path) -> Line {
    let row = reading.document.spot(path).and_then(|spot| reading.row_of(spot));
    let row = row.and_then(|at| reading.roster.rows.get(at));
    let name = row.map_or_else(String::new, |row| format!("{} {}", row.section.short(), row.title()));
    let own = Runtime::of(reading.roster.dialect);
    let by = own.map_or_else(String::new, |own| format!(", in a cache of {}", own.title()));
    Line::plain(&name).with(Role::Dim, &by)
}

fn gap() -> Block {
    Block::of(vec![Line::new()])
}

fn gone() -> Page {
    super::only(Line::new().with(Role::Warn, "This entry is no longer there."))
}
