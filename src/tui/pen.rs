//! The pen: the bytes that turn one screen into the next, as few as may be. Moves by the shortest way, changes of a
//! style only what differs, wipes what is blank. Pure: it writes into a vector. Own code and no crate: the backends of
//! ratatui send a whole position for each gap and two to five sequences for each style, which over a slow line is felt.
//!
//! Only what every terminal since the VT220 knows is sent, and no control character but escape: what reads the stream
//! may trust that. Each frame begins with nothing known and ends with the plain style, so that what others write to
//! the terminal between two frames spoils nothing.

mod style;

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

use style::Look;

/// Takes off blank cells what cannot be seen on them, so that no byte is spent on it.
pub fn plain_blanks(screen: &mut Buffer) {
    for cell in &mut screen.content {
        if cell.symbol() == " " && !cell.modifier.intersects(Look::SEEN_ON_BLANKS) {
            cell.fg = ratatui::style::Color::Reset;
            cell.modifier = Modifier::empty();
        }
    }
}

/// Copies `room` of `shown` into `next`, if both have the same area.
pub fn keep(shown: &Buffer, room: Rect, next: &mut Buffer) {
    if shown.area != next.area {
        return;
    }
    for place in room.positions() {
        if let Some((cell, kept)) = next.cell_mut(place).zip(shown.cell(place)) {
            cell.clone_from(kept);
        }
    }
}

/// What a terminal that shows `shown`, and its cursor where it says, is sent so that it shows `next`: marked so that it
/// is shown at once and no half of it. Of a terminal of which nothing is known, all is drawn.
#[must_use]
pub fn frame(shown: Option<(&Buffer, Option<Position>)>, next: &Buffer, cursor: Option<Position>) -> Vec<u8> {
    let mut out = BEGIN.to_vec();
    let known = shown.filter(|(shown, _)| shown.area == next.area);
    match known {
        Some((shown, _)) => draw(Some(shown), next, &mut out),
        None => {
            out.extend_from_slice(WIPE);
            draw(None, next, &mut out);
        }
    }
    match (known.and_then(|(_, cursor)| cursor), cursor) {
        (Some(_), Some(at)) => go_to(at, &mut out),
        (None, Some(at)) => {
            go_to(at, &mut out);
            out.extend_from_slice(SHOW);
        }
        (Some(_), None) => out.extend_from_slice(HIDE),
        (None, None) => {}
    }
    out.extend_from_slice(END);
    out
}

/// A terminal that knows synchronized updates shows what stands between these at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Plain letters on an empty screen, without a cursor.
const WIPE: &[u8] = b"\x1b[0m\x1b[2J\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";
const HIDE: &[u8] = b"\x1b[?25l";

/// Adds to `out` what turns a terminal that shows `shown`, or nothing at all, into one that shows `next`; both have the
/// same area, and blanks as [`plain_blanks`] leaves them. The cursor stands anywhere then.
fn draw(shown: Option<&Buffer>, next: &Buffer, out: &mut Vec<u8>) {
    let mut pen = Pen { next, out, at: None, look: Look::default() };
    let changed = changed(shown, next);
    let mut rest = changed.as_slice();
    while let Some(((x, y, cell), behind)) = rest.split_first() {
        let at = Position { x: *x, y: *y };
        rest = match Blanks::from(next, rest) {
            Some(blanks) if blanks.is_worth_it() => {
                pen.wipe(at, &blanks);
                rest.get(blanks.changed..).unwrap_or_default()
            }
            Some(_) | None => {
                pen.put(at, cell);
                behind
            }
        };
    }
    pen.become_like(Look::default());
}

/// The cells that are to be written: those that differ, and those that lose a half of a wide letter which stood over
/// them. Own code: ratatui leaves that half to the terminal, and terminals differ on its ground.
fn changed<'n>(shown: Option<&Buffer>, next: &'n Buffer) -> Vec<(u16, u16, &'n Cell)> {
    let columns = usize::from(next.area.width).max(1);
    // One row stands for a whole blank screen, which would be the largest thing that a first frame touches.
    let blank = vec![Cell::EMPTY; columns];
    let row_before = |row| shown.map_or(Some(blank.as_slice()), |shown| shown.content.chunks(columns).nth(row));
    let rows = next.content.chunks(columns).enumerate().map_while(|(row, after)| Some((row_before(row)?, after)));
    let mut found = Vec::new();
    for (y, (before, after)) in (next.area.y..).zip(rows) {
        // Up to where the last letter reaches, and up to where written ones spoiled wide ones that stood there.
        let (mut covered, mut torn, mut is_written) = (0, 0, false);
        for (at, (before, after)) in before.iter().zip(after).enumerate() {
            if at >= covered {
                is_written = at < torn || before != after;
                covered = at + width(after);
                if is_written {
                    found.push((next.area.x + u16::try_from(at).unwrap_or(u16::MAX), y, after));
                }
            }
            if is_written {
                torn = torn.max(at + width(before));
            }
        }
    }
    found
}

fn width(cell: &Cell) -> usize {
    if cell.symbol().len() == 1 { 1 } else { usize::from(cell.cell_width().max(1)) }
}

/// Adds to `out` what moves the cursor to `place`, from wherever it stands.
fn go_to(place: Position, out: &mut Vec<u8>) {
    let (row, column) = (u32::from(place.y) + 1, u32::from(place.x) + 1);
    if column == 1 { write(out, format_args!("\x1b[{row}H")) } else { write(out, format_args!("\x1b[{row};{column}H")) }
}

fn write(out: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("a vector takes every byte");
}

/// Blank cells from a changed one on, in one row.
struct Blanks {
    /// How many changed cells are among them.
    changed: usize,
    /// As far as the last changed one.
    columns: u16,
    /// Whether all cells behind them are blank, too.
    to_the_end: bool,
}

impl Blanks {
    /// Those that `changed` begins with.
    fn from(next: &Buffer, changed: &[(u16, u16, &Cell)]) -> Option<Self> {
        let (x, y, _) = *changed.first()?;
        let row = (x..next.area.right()).map_while(|x| next.cell(Position { x, y }));
        let end = x + u16::try_from(row.take_while(|cell| is_bare(cell)).count()).unwrap_or(0);
        let among = changed.iter().take_while(|(column, row, _)| *row == y && *column < end);
        let (last, changed) = among.fold((None, 0), |(_, count), (column, ..)| (Some(*column), count + 1));
        Some(Self { changed, columns: last? - x + 1, to_the_end: end == next.area.right() })
    }

    /// Wiping takes three bytes to the end of the row, else five and mostly as many again to go on from there.
    fn is_worth_it(&self) -> bool {
        self.columns > if self.to_the_end { 3 } else { 8 }
    }
}

fn is_bare(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::of(cell) == Look::default()
}

struct Pen<'a> {
    next: &'a Buffer,
    out: &'a mut Vec<u8>,
    /// Where the terminal's cursor stands, if that is known.
    at: Option<Position>,
    /// In which style it writes.
    look: Look,
}

/// More than as many cells are passed over rather than written again.
const WRITTEN_AGAIN: u16 = 4;

impl Pen<'_> {
    fn put(&mut self, at: Position, cell: &Cell) {
        self.go(at);
        if !self.writes_like(cell) {
            self.become_like(Look::of(cell));
        }
        self.out.extend_from_slice(cell.symbol().as_bytes());
        self.at = self.behind(at, cell);
    }

    /// Where the cursor stands once `cell` is written. At the edge terminals differ, and so they do on how wide it is.
    fn behind(&self, at: Position, cell: &Cell) -> Option<Position> {
        let is_narrow = cell.symbol().chars().count() == 1 && width(cell) == 1;
        (is_narrow && at.x + 1 < self.next.area.right()).then_some(Position { x: at.x + 1, ..at })
    }

    fn wipe(&mut self, at: Position, blanks: &Blanks) {
        self.go(at);
        self.become_like(Look::default());
        if blanks.to_the_end {
            self.out.extend_from_slice(b"\x1b[K");
        } else {
            write(self.out, format_args!("\x1b[{}X", blanks.columns));
        }
    }

    /// Whether `cell` would look right if it were written now.
    fn writes_like(&self, cell: &Cell) -> bool {
        let look = Look::of(cell);
        look == self.look || (cell.symbol() == " " && look.is_same_on_blanks(self.look))
    }

    fn become_like(&mut self, look: Look) {
        self.look.change_to(look, self.out);
        self.look = look;
    }

    fn go(&mut self, to: Position) {
        match self.at {
            Some(at) if at == to => {}
            Some(at) if self.is_near(at, to) => self.write_again(at, to),
            Some(at) => self.out.extend_from_slice(&shortest(at, to)),
            None => go_to(to, self.out),
        }
        self.at = Some(to);
    }

    /// Whether what stands between can be written again for fewer bytes than a move.
    fn is_near(&self, at: Position, to: Position) -> bool {
        let is_close = at.y == to.y && at.x < to.x && to.x - at.x <= WRITTEN_AGAIN;
        let cells = (at.x..to.x).map(|x| self.next.cell(Position { x, ..at }));
        let is_plain = |cell: &Cell| cell.symbol().len() == 1 && self.writes_like(cell);
        is_close && cells.into_iter().all(|cell| cell.is_some_and(is_plain))
    }

    fn write_again(&mut self, at: Position, to: Position) {
        let cells = (at.x..to.x).filter_map(|x| self.next.cell(Position { x, ..at }));
        cells.for_each(|cell| self.out.extend_from_slice(cell.symbol().as_bytes()));
    }
}

/// The shortest way from `at` to `to`.
fn shortest(at: Position, to: Position) -> Vec<u8> {
    let mut whole = Vec::new();
    go_to(to, &mut whole);
    let mut steps = Vec::new();
    if to.y < at.y {
        return whole;
    }
    step(to.y - at.y, 'B', &mut steps);
    step(to.x.saturating_sub(at.x), 'C', &mut steps);
    step(at.x.saturating_sub(to.x), 'D', &mut steps);
    if steps.len() < whole.len() { steps } else { whole }
}

fn step(count: u16, way: char, out: &mut Vec<u8>) {
    match count {
        0 => {}
        1 => write(out, format_args!("\x1b[{way}")),
        _ => write(out, format_args!("\x1b[{count}{way}")),
    }
}

#[cfg(test)]
mod tests;
