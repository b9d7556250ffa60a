//! Walks a damaged text member by member, three levels deep, as far as it goes; where it breaks, `home` finds the next
//! place from which it goes on. Looks at braces, colons and commas between members; each key and value is read by
//! `serde_json`, and a value that it does not take whole is none.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::super::index::{self, Kind, Span, decode};
use super::super::read::offset_of;
use super::home::{Holds, Home};
use super::merge::Header;
use super::{Belongs, Damage, Loss, Part, Piece, Raw, Why};
use crate::secret::SecretBytes;

/// What a walk finds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) damage_seen: Vec<Damage>,
    pub(super) documents: Vec<Part>,
    pub(super) pieces: Vec<Piece>,
    pub(super) lost: Vec<Loss>,
    pub(super) headers: Vec<Header>,
}

/// Between which braces the walk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Before, between or behind documents.
    Outside,
    /// In a document.
    Root,
    /// In the section of this name.
    Section(String),
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A member or the end: nothing stands before.
    First,
    /// A comma or the end.
    Comma,
    /// A member.
    Member,
}

/// Where the walk cannot go on.
pub(super) struct Break {
    /// What is lost begins here.
    from: usize,
    /// The search goes on from here.
    pub(super) again: usize,
    /// It was noticed here.
    at: usize,
    /// Whether the text ended, and so everything behind `from` lies inside what was being read.
    pub(super) cut: bool,
    key: Option<String>,
}

/// What to do next.
enum Flow {
    On,
    End,
}

pub(super) struct Walk<'t, 'b> {
    pub(super) text: &'t str,
    pub(super) belongs: &'b Belongs<'b>,
    /// How many bytes may still be read twice.
    pub(super) patience: Cell<usize>,
    pub(super) level: Level,
    at: usize,
    next: Next,
    found: Found,
}

/// Walks `text`.
pub(super) fn walk(text: &str, belongs: &Belongs<'_>) -> Found {
    let patience = text.len().saturating_mul(2).saturating_add(1 << 22);
    let (level, next) = (Level::Outside, Next::First);
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let patience = Cell::new(patience);
    let mut walk = Walk { text, belongs, patience, level, at, next, found: Found::default() };
    loop {
        match walk.step() {
            Ok(Flow::On) => {}
            Ok(Flow::End) => break,
            Err(broken) if walk.go_on(&broken) => {}
            Err(_) => break,
        }
    }
    walk.finish()
}

impl Walk<'_, '_> {
    fn step(&mut self) -> Result<Flow, Break> {
        self.at = self.blank_end(self.at);
        let byte = self.byte(self.at);
        match (&self.level, byte, self.next) {
            (Level::Outside, None, _) => return Ok(Flow::End),
            (Level::Outside, Some(b'{'), _) => self.open_document(self.at),
            (Level::Root | Level::Section(_), Some(b'}'), _) => self.close(),
            (Level::Root | Level::Section(_), Some(b','), Next::Comma) => {
                (self.at, self.next) = (self.at + 1, Next::Member)
            }
            (Level::Root | Level::Section(_), Some(b'"'), Next::First | Next::Member) => self.member()?,
            (Level::Outside | Level::Root | Level::Section(_), _, _) => {
                let cut = byte.is_none();
                return Err(Break { from: self.at, again: self.at, at: self.at, cut, key: None });
            }
        }
        Ok(Flow::On)
    }

    fn open_document(&mut self, at: usize) {
        if !self.found.documents.is_empty() {
            self.found.damage_seen.push(Damage::SecondDocument { at });
        }
        self.found.documents.push(Part { at: Span { start: at, end: at }, whole: true });
        (self.at, self.level, self.next) = (at + 1, Level::Root, Next::First);
    }

    fn close(&mut self) {
        if self.next == Next::Member {
            // A comma before the brace: .NET alone reads that.
            self.found.damage_seen.push(Damage::Broken { at: self.at });
        }
        self.at += 1;
        self.next = Next::Comma;
        self.level = match self.level {
            Level::Section(_) => Level::Root,
            Level::Root | Level::Outside => Level::Outside,
        };
        if let Some(document) = self.found.documents.last_mut() {
            document.at.end = self.at;
        }
    }

    /// Reads a member, and goes into it if it is a section.
    fn member(&mut self) -> Result<(), Break> {
        let key_start = self.at;
        let fails =
            |at: usize, cut: bool, key: Option<String>| Break { from: key_start, again: key_start + 1, at, cut, key };
        let key = self.value(key_start).map_err(|stop| fails(stop.at, stop.cut, None))?;
        let name = || decode(key.of(self.text)).into_owned();
        let colon = self.blank_end(key.end);
        if self.byte(colon) != Some(b':') {
            return Err(fails(colon, self.byte(colon).is_none(), Some(name())));
        }
        let start = self.blank_end(colon + 1);
        let holds = self.holds(start);
        if self.level == Level::Root && matches!(holds, Some(Holds::Objects | Holds::Nothing)) {
            self.enter(key, start + 1);
            return Ok(());
        }
        let value = self.value(start).map_err(|stop| fails(stop.at, stop.cut, Some(name())))?;
        match &self.level {
            // A section has objects in it: a lone value is a field of an entry that lost its beginning.
            Level::Section(_) if holds.is_none() || self.swallows(value) => Err(fails(start, false, Some(name()))),
            // An entry whose section lost its name, or ended too early.
            Level::Root if holds == Some(Holds::Scalars) && self.section_of(key, value).is_some() => {
                Err(Break { again: key_start, ..fails(start, false, Some(name())) })
            }
            Level::Section(_) | Level::Root | Level::Outside => {
                self.keep(key, value);
                Ok(())
            }
        }
    }

    fn enter(&mut self, key: Span, at: usize) {
        let name = decode(key.of(self.text)).into_owned();
        self.found.headers.push(Header { name: name.clone(), raw: key, document: self.document() });
        (self.at, self.level, self.next) = (at, Level::Section(name), Next::First);
    }

    fn keep(&mut self, key: Span, value: Span) {
        let name = decode(key.of(self.text)).into_owned();
        let (section, own) = match &self.level {
            Level::Section(section) => (section.clone(), Some(name)),
            Level::Root | Level::Outside => (name, None),
        };
        let at = Span { start: key.start, end: value.end };
        self.found.pieces.push(Piece { section, key: own, document: self.document(), at, raw: Raw { key, value } });
        (self.at, self.next) = (value.end, Next::Comma);
    }

    fn document(&self) -> usize {
        self.found.documents.len().saturating_sub(1)
    }

    /// Whether the object at `value` has members of the same names as the entry that was kept last in this section: a
    /// section whose own name is lost would not be told from the one before it otherwise.
    pub(super) fn is_like_the_last(&self, value: Span) -> bool {
        let Level::Section(section) = &self.level else { return false };
        let last = self.found.pieces.last().filter(|piece| piece.key.is_some() && piece.section == *section);
        last.is_some_and(|last| self.names(last.raw.value) == self.names(value))
    }

    fn names(&self, value: Span) -> BTreeSet<&str> {
        let members = index::members(self.text, value).unwrap_or_default();
        members.iter().map(|member| member.key.of(self.text)).collect()
    }

    /// Whether the entry at `value` holds what is an entry itself: its own end is lost, and others lie in it.
    fn swallows(&self, value: Span) -> bool {
        let members = if Kind::of(value.of(self.text)) == Kind::Object {
            index::members(self.text, value).unwrap_or_default()
        } else {
            Vec::new()
        };
        let text = self.text;
        let mut objects = members.iter().filter(|member| Kind::of(member.value.of(text)) == Kind::Object);
        objects.any(|member| self.section_of(member.key, member.value).is_some())
    }

    /// Notes what broke, finds where it goes on; `false` if nowhere.
    fn go_on(&mut self, broken: &Break) -> bool {
        self.note(broken);
        let home = self.find_home(broken);
        let end = home.as_ref().map_or(self.text.len(), |home| home.at);
        self.lose(broken, end);
        let Some(Home { at, level, opens }) = home else {
            self.at = self.text.len();
            return false;
        };
        match opens {
            Some(brace) => {
                self.end_unclosed(brace);
                self.open_document(brace);
            }
            None if self.level == Level::Outside => {
                self.found.documents.push(Part { at: Span { start: at, end: at }, whole: false });
            }
            None => {}
        }
        (self.at, self.level, self.next) = (at, level, Next::First);
        true
    }

    fn note(&mut self, broken: &Break) {
        let damage = match self.level {
            Level::Outside if self.found.documents.is_empty() => Damage::Broken { at: broken.at },
            Level::Outside => Damage::ExtraData { at: broken.from, bytes: self.text.len() - broken.from },
            Level::Root | Level::Section(_) if broken.cut => Damage::Truncated { at: self.text.len() },
            Level::Root | Level::Section(_) => Damage::Broken { at: broken.at },
        };
        self.found.damage_seen.push(damage);
        if self.level != Level::Outside
            && let Some(document) = self.found.documents.last_mut()
        {
            document.whole = false;
        }
    }

    fn lose(&mut self, broken: &Break, end: usize) {
        if broken.from >= end {
            return;
        }
        let (section, why) = match &self.level {
            Level::Outside if !self.found.documents.is_empty() => (None, Why::Leftover),
            Level::Outside | Level::Root => (None, self.why(broken)),
            Level::Section(name) => (Some(name.clone()), self.why(broken)),
        };
        let at = Span { start: broken.from, end };
        self.found.lost.push(Loss { at, why, section, key: broken.key.clone() });
    }

    fn why(&self, broken: &Break) -> Why {
        match self.byte(broken.at) {
            _ if broken.cut => Why::CutOff,
            Some(0..0x20) => Why::BadBytes,
            Some(_) | None => Why::Syntax,
        }
    }

    /// Notes that the search for a place to go on took too long.
    pub(super) fn give_up(&mut self, at: usize) {
        self.found.damage_seen.push(Damage::Hopeless { at });
    }

    fn finish(mut self) -> Found {
        let end = self.text.trim_end_matches(['\0', ' ', '\t', '\r', '\n']).len();
        if self.found.documents.is_empty() && self.found.lost.is_empty() {
            self.found.damage_seen.push(Damage::Empty);
        }
        self.end_unclosed(end);
        self.found
    }

    /// Ends a document whose brace did not come.
    fn end_unclosed(&mut self, end: usize) {
        if self.level != Level::Outside
            && let Some(document) = self.found.documents.last_mut()
        {
            document.at.end = end.max(document.at.end);
        }
    }

    /// Notes that so many bytes were read once more.
    pub(super) fn spend(&self, bytes: usize) {
        self.patience.set(self.patience.get().saturating_sub(bytes));
    }

    /// The section that the entry proves to be one of.
    pub(super) fn section_of(&self, key: Span, value: Span) -> Option<&'static str> {
        // It is read once for each section that it might be of.
        self.spend(6 * (value.end - value.start));
        let (key, value) = (key.of(self.text), value.of(self.text));
        let mut alone = Vec::with_capacity(key.len() + value.len() + 10);
        ["{\"\":{", key, ":", value, "}}"].iter().for_each(|part| alone.extend_from_slice(part.as_bytes()));
        let alone = super::Document::parse(SecretBytes::new(alone)).ok()?;
        (self.belongs)(&alone)
    }

    /// The JSON value that begins at `at`.
    pub(super) fn value(&self, at: usize) -> Result<Span, Stop> {
        let body = self.text.get(at..).unwrap_or("");
        match serde_json::Deserializer::from_str(body).into_iter::<&RawValue>().next() {
            Some(Ok(raw)) => {
                let start = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
                Ok(Span { start, end: start + raw.get().len() })
            }
            Some(Err(error)) => Err(Stop { at: at + offset_of(body, &error), cut: error.is_eof() }),
            None => Err(Stop { at: self.text.len(), cut: true }),
        }
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Behind the white space and NULs at `at`.
    pub(super) fn blank_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| is_blank(**byte)).count()
    }
}

/// Where a value stopped being one.
pub(super) struct Stop {
    pub(super) at: usize,
    cut: bool,
}

/// What may stand between tokens: white space, and what a crash leaves.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0)
}
