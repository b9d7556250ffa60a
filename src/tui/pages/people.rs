//! Who is who among the accounts of all opened caches, and which of them get in each other's way.

use crate::cache::Cache;
use crate::ops::people::{Census, Person, Reader, people};
use crate::present::people::{Named, Part, footer, parts};
use crate::present::{Line, Role};
use crate::time::UnixSeconds;
use crate::tui::model::{CacheId, Content, Reading};
use crate::tui::page::{Around, Asked, Block, Page, Question, Target};

/// The people, in order of appearance.
pub(super) fn page(question: &Question, around: &Around) -> Page {
    let apps = around.apps.iter().map(Option::as_deref).chain(std::iter::repeat(None));
    let known: Vec<(&Asked, Option<&str>, &Reading)> =
        question.caches.iter().zip(apps).filter_map(|(asked, app)| Some((asked, app, read(asked)?))).collect();
    let census: Vec<Census<'_>> = known.iter().map(|(asked, app, reading)| census(asked, *app, reading)).collect();
    let named: Vec<Named> = known.iter().map(|(asked, app, reading)| named(asked, *app, reading)).collect();
    let people = people(&census, question.now);
    let ids: Vec<CacheId> = known.iter().map(|(asked, ..)| asked.id).collect();
    let mut blocks: Vec<Block> =
        people.iter().flat_map(|person| person_blocks(person, &named, &ids, question.now)).collect();
    blocks.push(Block::of(vec![footer(&people, named.len())]));
    Page { sum: Line::new().with(Role::Dim, "in all opened caches"), blocks }
}

fn read(asked: &Asked) -> Option<&Reading> {
    match &asked.content {
        Content::Ready(reading) => Some(reading),
        Content::Loading | Content::Glimpse(_) | Content::Failed(_) => None,
    }
}

fn census<'a>(asked: &Asked, app: Option<&str>, reading: &'a Reading) -> Census<'a> {
    let file = asked.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    let reader = Reader::of(app, file.as_deref());
    Census { cache: Cache::of(&reading.document), roster: &reading.roster, reader }
}

fn named(asked: &Asked, app: Option<&str>, reading: &Reading) -> Named {
    Named {
        app: app.unwrap_or_else(|| reading.roster.dialect.name()).to_owned(),
        short: asked.name.clone(),
        argument: asked.path.as_ref().map_or_else(|| asked.name.clone(), |path| path.display().to_string()),
    }
}

/// Where an account was found, enter leads to it.
fn person_blocks(person: &Person, named: &[Named], ids: &[CacheId], now: UnixSeconds) -> Vec<Block> {
    let block = |part: Part| {
        let account = part.seen.and_then(|(cache, id)| Some(Target::Account(*ids.get(cache)?, id)));
        Block { lines: part.lines, opens: account, fix: None }
    };
    let told = parts(person, named, now).into_iter().filter(|part| !part.lines.is_empty());
    told.map(block).chain([Block::of(vec![Line::new()])]).collect()
}
