//! The reader's cursor and window, on pages of numbered lines.

use super::*;
use crate::json::Path;
use crate::present::Line;
use crate::tui::page::Target;

const ROOM: Room = Room { width: 20, height: 5 };

/// A page whose blocks have so many lines each; those that lead somewhere are marked.
fn reader(blocks: &[(usize, Stop)], room: Room) -> Reader {
    let block = |(at, (lines, stop)): (usize, &(usize, Stop))| Block {
        lines: (0..*lines).map(|line| Line::plain(&format!("block {at} line {line}"))).collect(),
        opens: matches!(stop, Stop::Here).then(|| Target::Entry(Path::entry("AccessToken", &at.to_string()))),
        fix: None,
    };
    let mut reader = Reader::new(CacheId(0), Topic::Stats, 0);
    reader.fit(room);
    reader.show(Page { sum: Line::new(), blocks: blocks.iter().enumerate().map(block).collect() });
    reader
}

#[derive(Clone, Copy)]
enum Stop {
    Here,
    None,
}
use Stop::{Here, None as Not};

fn after(reader: &mut Reader, steps: usize, way: Way) -> (Option<usize>, usize) {
    (0..steps).for_each(|_| reader.step(way));
    (reader.chosen, reader.scroll)
}

#[test]
fn a_text_without_stops_goes_by_line_by_line() {
    let mut reader = reader(&[(12, Not)], ROOM);

    assert_eq!(after(&mut reader, 3, Way::On), (None, 3));
    assert_eq!(after(&mut reader, 30, Way::On), (None, 7));
    assert_eq!(after(&mut reader, 1, Way::Back), (None, 6));
}

#[test]
fn the_cursor_goes_from_stop_to_stop_and_shows_the_whole_of_each() {
    let mut reader = reader(&[(1, Here), (1, Not), (2, Here), (3, Here)], ROOM);

    assert_eq!(reader.chosen, Some(0));
    assert_eq!(after(&mut reader, 1, Way::On), (Some(2), 0));
    assert_eq!(after(&mut reader, 1, Way::On), (Some(3), 2));
    assert_eq!(after(&mut reader, 2, Way::Back), (Some(0), 0));
}

#[test]
fn a_block_higher_than_the_screen_is_read_to_its_end_before_the_next_is_chosen() {
    let mut reader = reader(&[(9, Here), (1, Here)], ROOM);

    assert_eq!(after(&mut reader, 3, Way::On), (Some(0), 3));
    assert_eq!(after(&mut reader, 1, Way::On), (Some(1), 5));
    assert_eq!(after(&mut reader, 1, Way::Back), (Some(0), 4));
    assert_eq!(after(&mut reader, 4, Way::Back), (Some(0), 0));
}

#[test]
fn whatever_the_steps_the_cursor_is_on_what_is_seen() {
    let mut reader = reader(&[(2, Not), (9, Here), (1, Here), (7, Not), (3, Here), (8, Not)], ROOM);

    for at in 0..80_usize {
        match at % 7 {
            0 | 3 => reader.roll(Way::On, 4),
            5 => reader.roll(Way::Back, 6),
            1 | 2 => reader.step(Way::On),
            _ => reader.step(Way::Back),
        }
        let seen: Vec<_> = (0..ROOM.height).filter_map(|line| reader.block_at(line)).collect();
        assert!(
            reader.chosen.is_none_or(|chosen| seen.contains(&chosen)),
            "after {at}: {:?} of {seen:?}",
            reader.chosen
        );
        assert!(reader.scroll <= 25, "{}", reader.scroll);
    }
}

#[test]
fn at_first_the_cursor_is_on_nothing_that_is_out_of_sight() {
    assert_eq!(reader(&[(9, Not), (1, Here)], ROOM).chosen, None);
    assert_eq!(reader(&[(2, Not), (1, Here)], ROOM).chosen, Some(1));
}

#[test]
fn the_ends_are_reached_at_once() {
    let mut reader = reader(&[(1, Here), (9, Not), (1, Here), (1, Not)], ROOM);

    reader.end(Way::On);
    assert_eq!((reader.chosen, reader.scroll), (Some(2), 7));
    reader.end(Way::Back);
    assert_eq!((reader.chosen, reader.scroll), (Some(0), 0));
}

#[test]
fn another_width_keeps_the_line_at_the_top() {
    let mut reader = reader(&[(12, Not)], ROOM);
    reader.roll(Way::On, 6);

    reader.fit(Room { width: 8, height: 5 });

    let top = reader.rows.get(reader.scroll).map(|row| (row.line, row.piece.line.text()));
    assert_eq!(top, Some((6, "block 0 ".to_owned())));
}

#[test]
fn a_new_answer_keeps_the_cursor_on_what_it_was_on() {
    let mut reader = reader(&[(1, Here), (1, Here), (1, Here)], ROOM);
    reader.choose(2);
    let mut page = reader.page.clone().expect("a page");
    page.blocks.remove(0);

    reader.show(page);

    assert_eq!(reader.chosen, Some(1));
}

#[test]
fn a_search_goes_round_and_finds_words_that_the_screen_breaks() {
    let mut reader = reader(&[(8, Not)], Room { width: 9, height: 4 });
    reader.search.words.paste("0 LINE 5");

    reader.search_anew();

    assert_eq!(reader.search.found, [(0, 5)]);
    let seen: Vec<_> = reader.rows.iter().skip(reader.scroll).take(4).map(|row| row.line).collect();
    assert!(seen.contains(&5), "{seen:?}");
    reader.go_to_found(Way::On);
    assert_eq!(reader.search.at, 0);
}

#[test]
fn no_room_at_all_is_no_trouble() {
    for (width, height) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let mut reader = reader(&[(1, Here), (9, Not), (1, Here)], Room { width, height });
        for way in [Way::On, Way::Back] {
            reader.step(way);
            reader.roll(way, 3);
            reader.end(way);
        }
        assert!(reader.scroll <= reader.rows.len());
    }
}
