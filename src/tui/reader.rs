//! The reader: a page over the whole screen, its cursor, its window and its search. One mechanism
//! for all answers. Pure state: `update/reader.rs` moves it, `view/reader.rs` draws it.
//!
//! The cursor stops at blocks that lead somewhere. Between two stops that are far apart the text goes
//! by line by line, so that everything can be read with one key.

pub mod search;

use std::time::Duration;

use search::Search;

use super::model::CacheId;
use super::page::{Block, Page, Topic};
use super::wrap::{Piece, pieces};

/// An answer on the screen, or on its way there.
pub struct Reader {
    /// About which cache.
    pub cache: CacheId,
    /// What was asked.
    pub topic: Topic,
    /// The minute (since 1970) for which it was last asked.
    pub minute: i64,
    /// When it was last asked, after the start.
    pub asked_at: Duration,
    /// The answer, once it has come.
    pub page: Option<Page>,
    /// The page in lines that fit.
    pub rows: Vec<Row>,
    /// The first row shown.
    pub scroll: usize,
    /// The block under the cursor.
    pub chosen: Option<usize>,
    /// What is looked for.
    pub search: Search,
    /// The room for which the rows were made.
    pub room: Room,
}

/// Columns and lines for the text of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

/// A line of the screen.
pub struct Row {
    /// Which block it belongs to.
    pub block: usize,
    /// Which line of the block it shows a part of.
    pub line: usize,
    /// That part.
    pub piece: Piece,
}

/// Towards the end or the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the end.
    On,
    /// Towards the start.
    Back,
}

impl Reader {
    /// A reader that waits for its page.
    #[must_use]
    pub fn new(cache: CacheId, topic: Topic, minute: i64) -> Self {
        Self {
            cache,
            topic,
            minute,
            asked_at: Duration::ZERO,
            page: None,
            rows: Vec::new(),
            scroll: 0,
            chosen: None,
            search: Search::default(),
            room: Room::default(),
        }
    }

    /// The block under the cursor.
    #[must_use]
    pub fn choice(&self) -> Option<&Block> {
        self.block(self.chosen?)
    }

    /// Takes in an answer; what stood under the cursor keeps it where it is still there.
    pub fn show(&mut self, page: Page) {
        let first = self.page.is_none();
        let was = self.choice().and_then(|block| block.opens.clone());
        self.page = Some(page);
        self.rows.clear();
        let room = std::mem::take(&mut self.room);
        self.fit(room);
        let same = was.and_then(|was| self.blocks().iter().position(|block| block.opens.as_ref() == Some(&was)));
        self.chosen = same.or(self.chosen.filter(|at| self.is_choice(*at)));
        match self.chosen {
            Some(block) if !first => self.choose(block),
            Some(_) | None => self.look_about(),
        }
        self.search.find(self.page.as_ref());
    }

    /// Makes the rows for `room`; the line at the top stays there.
    pub fn fit(&mut self, room: Room) {
        if self.room == room {
            return;
        }
        let top = self.rows.get(self.scroll).map(|row| (row.block, row.line));
        if self.room.width != room.width || self.rows.is_empty() {
            self.rows = rows(self.blocks(), room.width);
        }
        self.room = room;
        let place = top.and_then(|top| self.rows.iter().position(|row| (row.block, row.line) == top));
        self.scroll = place.unwrap_or(self.scroll).min(self.last_scroll());
        match self.chosen {
            Some(block) if !self.is_seen(block) => self.choose(block),
            Some(_) => {}
            None => self.look_about(),
        }
    }

    /// One step: to the next stop if it is in sight, or nearly so; else one line on.
    pub fn step(&mut self, way: Way) {
        let near = self.room.height / 2;
        let next = self.stop_after(way).filter(|block| match way {
            Way::On => self.head(*block) < self.scroll + self.room.height + near,
            Way::Back => self.head(*block) + near >= self.scroll,
        });
        match next {
            Some(block) => self.choose(block),
            None => self.roll(way, 1),
        }
    }

    /// Moves the window by `lines`; the cursor goes along where it would leave the screen.
    pub fn roll(&mut self, way: Way, lines: usize) {
        let to = match way {
            Way::On => self.scroll.saturating_add(lines),
            Way::Back => self.scroll.saturating_sub(lines),
        };
        self.scroll = to.min(self.last_scroll());
        self.look_about();
    }

    /// To the first or the last line.
    pub fn end(&mut self, way: Way) {
        self.roll(way, self.rows.len());
        let stops = || (0..self.blocks().len()).filter(|at| self.is_choice(*at));
        self.chosen = match way {
            Way::On => stops().next_back(),
            Way::Back => stops().next(),
        };
    }

    /// Puts the cursor on `block`, and as much of it on the screen as there is room for.
    pub fn choose(&mut self, block: usize) {
        self.chosen = Some(block);
        let (head, behind) = (self.head(block), self.behind(block));
        let scroll = self.scroll.max(behind.saturating_sub(self.room.height)).min(head);
        self.scroll = scroll.min(self.last_scroll());
    }

    /// The block on line `line` of the window.
    #[must_use]
    pub fn block_at(&self, line: usize) -> Option<usize> {
        self.rows.get(self.scroll + line).map(|row| row.block)
    }

    /// Whether the cursor stops at `block`.
    #[must_use]
    pub fn is_choice(&self, block: usize) -> bool {
        self.block(block).is_some_and(Block::is_choice)
    }

    /// Goes to the next place found, or the one before; from a place that is out of sight, to the nearest one.
    pub fn go_to_found(&mut self, way: Way) {
        let place = self.search.turn(way);
        if let Some((block, line)) = place {
            self.go_to(block, line);
        }
    }

    /// Takes in a change of the search, and goes to the first place at or below the top of the window.
    pub fn search_anew(&mut self) {
        self.search.find(self.page.as_ref());
        let top = self.rows.get(self.scroll).map_or((0, 0), |row| (row.block, row.line));
        if let Some((block, line)) = self.search.begin_at(top) {
            self.go_to(block, line);
        }
    }

    fn go_to(&mut self, block: usize, line: usize) {
        let at = self.rows.iter().position(|row| (row.block, row.line) == (block, line)).unwrap_or(0);
        if !(self.scroll..self.scroll + self.room.height).contains(&at) {
            self.scroll = at.saturating_sub(self.room.height / 2).min(self.last_scroll());
        }
        if self.is_choice(block) {
            self.chosen = Some(block);
        } else {
            self.look_about();
        }
    }

    /// Keeps the cursor in sight: on its block, else on the block being read, else on the nearest stop.
    fn look_about(&mut self) {
        if self.chosen.is_some_and(|block| self.is_seen(block)) {
            return;
        }
        let seen = self.scroll..self.scroll + self.room.height;
        let read = self.block_at(0).filter(|block| self.is_choice(*block));
        let mut stops = (0..self.blocks().len()).filter(|at| self.is_choice(*at) && seen.contains(&self.head(*at)));
        let above = self.chosen.is_none_or(|block| self.head(block) < self.scroll);
        let near = if above { stops.next() } else { stops.next_back() };
        self.chosen = near.or(read);
    }

    /// Whether the first row of `block` is in the window.
    fn is_seen(&self, block: usize) -> bool {
        (self.scroll..self.scroll + self.room.height).contains(&self.head(block))
    }

    fn stop_after(&self, way: Way) -> Option<usize> {
        let mut stops = (0..self.blocks().len()).filter(|at| self.is_choice(*at));
        match (way, self.chosen) {
            (Way::On, Some(chosen)) => stops.find(|at| *at > chosen),
            (Way::On, None) => stops.find(|at| self.head(*at) >= self.scroll),
            (Way::Back, Some(chosen)) => stops.rfind(|at| *at < chosen),
            (Way::Back, None) => stops.rfind(|at| self.head(*at) < self.scroll),
        }
    }

    fn blocks(&self) -> &[Block] {
        self.page.as_ref().map_or(&[], |page| &page.blocks)
    }

    fn block(&self, at: usize) -> Option<&Block> {
        self.blocks().get(at)
    }

    /// The first row of `block`.
    fn head(&self, block: usize) -> usize {
        self.rows.partition_point(|row| row.block < block)
    }

    /// The row behind `block`.
    fn behind(&self, block: usize) -> usize {
        self.rows.partition_point(|row| row.block <= block)
    }

    fn last_scroll(&self) -> usize {
        self.rows.len().saturating_sub(self.room.height)
    }
}

fn rows(blocks: &[Block], width: usize) -> Vec<Row> {
    let lines = blocks.iter().enumerate().flat_map(|(block, all)| {
        let lines = all.lines.iter().enumerate();
        lines.map(move |(line, words)| (block, line, words))
    });
    let row = |(block, line, words)| pieces(words, width).into_iter().map(move |piece| Row { block, line, piece });
    lines.flat_map(row).collect()
}

#[cfg(test)]
mod tests;
