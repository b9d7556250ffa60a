//! What may reach a terminal: the sequences that our own renderer sends, and text that draws itself. Keeps a table
//! of its own of what may not, so that a fault in the shipped one shows.

use std::collections::BTreeMap;

use super::corpus::FORGED;

/// Which face wrote the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Words without colour: no sequence at all.
    Plain,
    /// Words with colour: the sequences of the 16 colours.
    Coloured,
    /// The terminal UI on a screen of at most 250 columns and 90 rows.
    Screen,
}

/// What was found in a stream.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Each sequence and how often it came.
    pub(crate) sequences: BTreeMap<String, usize>,
    /// The text between the sequences.
    pub(crate) text: String,
    /// What may not be there, with the text before it.
    pub(crate) faults: Vec<String>,
}

/// More marks than any script stacks on one letter.
const MARKS: usize = 8;

/// Reads `bytes` as `face` wrote them.
pub(crate) fn findings(bytes: &[u8], face: Face) -> Findings {
    let mut found = Findings::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            found.faults.push(format!("no UTF-8 at {}", error.valid_up_to()));
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    let mut rest = text.as_str();
    let mut marks = 0;
    while let Some(c) = rest.chars().next() {
        if let Some(behind) = of_window(rest).filter(|_| face == Face::Screen) {
            rest = behind;
            continue;
        }
        if let Some((sequence, behind)) = csi(rest) {
            rest = behind;
            if !is_ours(sequence, face) {
                found.fault(&format!("sequence {sequence:?}"));
            }
            *found.sequences.entry(sequence.to_owned()).or_default() += 1;
            continue;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if is_forbidden(c, face) || marks == MARKS {
            found.fault(&format!("U+{:04X}", u32::from(c)));
        }
        if rest.starts_with(FORGED) && found.text.ends_with(['\n', '\r', '\t']) {
            found.fault("a forged line");
        }
        found.text.push(c);
        rest = &rest[c.len_utf8()..];
    }
    found
}

impl Findings {
    fn fault(&mut self, what: &str) {
        let before: String = self.text.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        self.faults.push(format!("{what} behind {before:?}"));
    }

    /// How often `sequence` came.
    pub(crate) fn count(&self, sequence: &str) -> usize {
        self.sequences.get(sequence).copied().unwrap_or_default()
    }

    /// Fails with the first faults, if there are any.
    #[track_caller]
    pub(crate) fn must_be_clean(&self, what: &str) {
        let first: Vec<&String> = self.faults.iter().take(5).collect();
        assert!(first.is_empty(), "{what}: {} faults, the first: {first:#?}", self.faults.len());
    }
}

/// What stands behind the window's title, or the question for its ground, at the start of `text`. The title is ours
/// and a name of a cache: nothing in it may end it, or hide.
fn of_window(text: &str) -> Option<&str> {
    const END: &str = "\u{1b}\\";
    let body = text.strip_prefix("\u{1b}]")?;
    let (said, behind) = body.split_once(END)?;
    let is_title = said
        .strip_prefix("2;")
        .is_some_and(|title| title.starts_with("saltcellar") && !title.chars().any(|c| is_forbidden(c, Face::Screen)));
    (is_title || said == "11;?").then_some(behind)
}

/// The control sequence at the start of `text`, and what stands behind it.
fn csi(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix("\u{1b}[")?;
    let end = body.find(|c: char| ('\u{40}'..='\u{7e}').contains(&c))?;
    let (sequence, behind) = text.split_at(end + 3);
    sequence.is_ascii().then_some((sequence, behind))
}

fn is_ours(sequence: &str, face: Face) -> bool {
    let body = sequence.trim_start_matches("\u{1b}[");
    match face {
        Face::Plain => false,
        Face::Coloured => matches!(body, "0m" | "1m" | "2m" | "31m" | "32m" | "33m" | "35m" | "36m"),
        Face::Screen => {
            is_mode(body) || is_paint(body) || is_move(body) || matches!(body, "2J" | "K" | "22;2t" | "23;2t")
        }
    }
}

fn is_mode(body: &str) -> bool {
    let mode = body.strip_prefix('?').and_then(|body| body.strip_suffix(['h', 'l']));
    mode.is_some_and(|mode| matches!(mode, "25" | "1000" | "1004" | "1006" | "1049" | "2004" | "2026"))
}

/// The paints of the themes: attributes, and at most one colour of the letters and one of the ground, at any depth.
fn is_paint(body: &str) -> bool {
    let Some(body) = body.strip_suffix('m') else { return false };
    let parts: Option<Vec<u16>> = body.split(';').map(|part| part.parse().ok()).collect();
    parts.is_some_and(|parts| are_paints(&parts))
}

fn are_paints(parts: &[u16]) -> bool {
    let mut rest = parts;
    let mut colours = 0;
    while !rest.is_empty() {
        rest = match rest {
            [0..=4 | 7 | 9 | 22..=24 | 27 | 29, rest @ ..] => rest,
            [38 | 48, 5, 0..=255, rest @ ..]
            | [38 | 48, 2, 0..=255, 0..=255, 0..=255, rest @ ..]
            | [30..=37 | 39 | 40..=47 | 49 | 90..=97 | 100..=107, rest @ ..] => {
                colours += 1;
                rest
            }
            _ => return false,
        };
    }
    colours <= 2
}

/// To a row and column; or down, right or left; or blanks over as many columns.
fn is_move(body: &str) -> bool {
    let Some((parts, way)) = body.char_indices().next_back().map(|(at, way)| (&body[..at], way)) else { return false };
    let parts: Option<Vec<u16>> =
        parts.split(';').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    let is_down_or_across = |most: u16| {
        parts.as_deref().is_some_and(|parts| parts.iter().all(|part| (2..=most).contains(part)) && parts.len() <= 1)
    };
    match way {
        'H' => matches!(parts.as_deref(), Some([1..=90] | [1..=90, 1..=250])),
        'B' => is_down_or_across(90),
        'C' | 'D' | 'X' => is_down_or_across(250),
        _ => false,
    }
}

fn is_forbidden(c: char, face: Face) -> bool {
    match c {
        // A pipe gets one record a line, with tabs between its fields.
        '\n' | '\t' => face == Face::Screen,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        _ => is_unseen(c),
    }
}

/// The general categories Cf, Co, Cs, Zl and Zp of Unicode 16, its fillers, variation selectors and noncharacters.
fn is_unseen(c: char) -> bool {
    let unseen: &[(u32, u32)] = &[
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xe000, 0xf8ff),
        (0xfdd0, 0xfdef),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
        (0xf0000, 0x10_ffff),
    ];
    let code = u32::from(c);
    code & 0xfffe == 0xfffe || unseen.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

fn is_mark(c: char) -> bool {
    unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

#[test]
fn each_hostile_text_would_be_found() {
    let is_plain = |c: char| c == '\n' || (!c.is_control() && !is_unseen(c));
    let harmless = |text: &str| text.len() < 100 && text.chars().all(is_plain) || text.contains('\t');
    let texts: Vec<String> = super::corpus::hostile().into_iter().filter_map(|hostile| hostile.text).collect();

    let missed: Vec<&String> =
        texts.iter().filter(|text| findings(text.as_bytes(), Face::Plain).faults.is_empty()).collect();

    assert!(texts.len() >= 200, "{}", texts.len());
    assert!(missed.iter().all(|text| harmless(text)), "{missed:?}");
    assert!(missed.len() < 30, "{missed:?}");
}

#[test]
fn our_own_sequences_are_no_fault() {
    let frame =
        "\u{1b}[?2026h\u{1b}[3;40H\u{1b}[1;32;48;5;238mok\u{1b}[4C\u{1b}[B\u{1b}[12X\u{1b}[K\u{1b}[0m\u{1b}[?2026l";

    findings(frame.as_bytes(), Face::Screen).must_be_clean("a frame");
    for foreign in ["\u{1b}[6n", "\u{1b}[31;32;33m", "\u{1b}[91;1H", "\u{1b}[3A", "\u{1b}[5i"] {
        assert_eq!(findings(foreign.as_bytes(), Face::Screen).faults.len(), 1, "{foreign:?}");
    }
    findings(b"\x1b[32mok\x1b[0m\n", Face::Coloured).must_be_clean("a line");
}
