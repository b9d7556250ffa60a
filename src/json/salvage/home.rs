//! Finds, behind damage, the next member from which a walk can go on. An entry is taken where its own key proves what it
//! is, or where it stands between its like; never where it might be a field of an entry or have half a key.

use super::super::index::{Kind, Span, decode};
use super::walk::{Break, Level, Walk, is_blank};

/// A place to go on from.
pub(super) struct Home {
    /// The key of a member begins here.
    pub(super) at: usize,
    /// The level of that member.
    pub(super) level: Level,
    /// The brace of the document of which it is the first member.
    pub(super) opens: Option<usize>,
}

/// A text in quotes that is followed by a colon and an object.
struct Candidate {
    key: Span,
    brace: usize,
}

/// What the first member of an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// An object.
    Objects,
    /// Anything else.
    Scalars,
    /// There is none.
    Nothing,
}

impl Walk<'_, '_> {
    /// The next place from which the walk can go on.
    pub(super) fn find_home(&mut self, broken: &Break) -> Option<Home> {
        let mut from = Quotes { at: broken.again, open: None };
        while let Some(candidate) = self.next_candidate(&mut from) {
            if let Some(home) = self.judge(&candidate, broken.cut) {
                return Some(home);
            }
            if self.patience.get() == 0 {
                self.give_up(candidate.key.start);
                return None;
            }
        }
        None
    }

    fn next_candidate(&self, quotes: &mut Quotes) -> Option<Candidate> {
        while let Some((start, end)) = quotes.next_pair(self.text.as_bytes()) {
            let colon = self.blank_end(end);
            if self.byte(colon) != Some(b':') {
                continue;
            }
            let brace = self.blank_end(colon + 1);
            let key = Span { start, end };
            let is_string = || self.value(start).is_ok_and(|string| string == key);
            if self.byte(brace) == Some(b'{') && is_string() {
                return Some(Candidate { key, brace });
            }
        }
        None
    }

    fn judge(&self, candidate: &Candidate, cut: bool) -> Option<Home> {
        let stands_alone = !cut && self.follows_a_member(candidate.key.start);
        let home = |level, opens| Some(Home { at: candidate.key.start, level, opens });
        match self.holds(candidate.brace)? {
            Holds::Objects if stands_alone || self.is_proven_section(candidate) => {
                home(Level::Root, self.document_opened_before(candidate.key.start))
            }
            Holds::Scalars => {
                let value = self.attempt(candidate.brace)?;
                if let Some(section) = self.section_of(candidate.key, value) {
                    return home(Level::Section(section.to_owned()), None);
                }
                match &self.level {
                    Level::Section(section)
                        if stands_alone && self.is_among_entries(value.end) && self.is_like_the_last(value) =>
                    {
                        home(Level::Section(section.clone()), None)
                    }
                    Level::Section(_) | Level::Root | Level::Outside => None,
                }
            }
            Holds::Objects | Holds::Nothing => None,
        }
    }

    /// Reads the value at `at`, which costs patience.
    fn attempt(&self, at: usize) -> Option<Span> {
        let value = self.value(at);
        let end = value.as_ref().map_or_else(|stop| stop.at, |span| span.end);
        self.spend(end.saturating_sub(at));
        value.ok()
    }

    /// Whether the first entry of the section proves that it is one of this section.
    fn is_proven_section(&self, section: &Candidate) -> bool {
        let first = self.blank_end(section.brace + 1);
        let Some((key, start)) = self.name_and_value(first) else { return false };
        let Some(value) = self.attempt(start) else { return false };
        let name = decode(section.key.of(self.text));
        self.section_of(key, value).is_some_and(|proven| *proven == *name)
    }

    /// What the object whose brace stands at `brace` holds; `None` for no object.
    pub(super) fn holds(&self, brace: usize) -> Option<Holds> {
        if self.byte(brace) != Some(b'{') {
            return None;
        }
        let first = self.blank_end(brace + 1);
        if self.byte(first) == Some(b'}') {
            return Some(Holds::Nothing);
        }
        let (_, value) = self.name_and_value(first)?;
        Some(if self.byte(value) == Some(b'{') { Holds::Objects } else { Holds::Scalars })
    }

    /// The key that stands at `at`, and where its value begins.
    fn name_and_value(&self, at: usize) -> Option<(Span, usize)> {
        let key = self.value(at).ok().filter(|key| Kind::of(key.of(self.text)) == Kind::String)?;
        let colon = self.blank_end(key.end);
        (self.byte(colon) == Some(b':')).then(|| (key, self.blank_end(colon + 1)))
    }

    /// Whether the end of an object stands before `at`.
    fn follows_a_member(&self, at: usize) -> bool {
        let (byte, at) = self.before(at);
        byte == Some(b'}') || (byte == Some(b',') && self.before(at).0 == Some(b'}'))
    }

    fn document_opened_before(&self, at: usize) -> Option<usize> {
        let (byte, brace) = self.before(at);
        (byte == Some(b'{') && self.before(brace).0 != Some(b':')).then_some(brace)
    }

    /// Whether what follows an entry that ends at `end` is what follows an entry: another one, or the end of the
    /// section. A field of an entry would be followed by other fields, or by two ends and more.
    fn is_among_entries(&self, end: usize) -> bool {
        let at = self.blank_end(end);
        match self.byte(at) {
            Some(b',') => self.object_follows(at).is_some(),
            Some(b'}') => {
                let at = self.blank_end(at + 1);
                match self.byte(at) {
                    Some(b'}') => !matches!(self.byte(self.blank_end(at + 1)), Some(b'}' | b',')),
                    Some(b',') => self.object_follows(at).is_some_and(|holds| holds != Holds::Scalars),
                    Some(_) | None => true,
                }
            }
            Some(_) => true,
            None => false,
        }
    }

    /// What the object holds that is the value of the member behind the comma at `comma`.
    fn object_follows(&self, comma: usize) -> Option<Holds> {
        let (_, value) = self.name_and_value(self.blank_end(comma + 1))?;
        self.holds(value)
    }

    /// The last byte before `at` that is not blank, and where it stands.
    fn before(&self, at: usize) -> (Option<u8>, usize) {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let place = before.iter().rposition(|byte| !is_blank(*byte));
        (place.and_then(|place| self.byte(place)), place.unwrap_or(0))
    }
}

/// Goes from quote to quote, those behind an odd number of backslashes left out. Reads each byte once.
struct Quotes {
    at: usize,
    /// The quote before.
    open: Option<usize>,
}

impl Quotes {
    /// The next two quotes with none between: where the first stands, and behind the second.
    fn next_pair(&mut self, bytes: &[u8]) -> Option<(usize, usize)> {
        loop {
            let quote = self.next_quote(bytes)?;
            if let Some(open) = self.open.replace(quote) {
                return Some((open, quote + 1));
            }
        }
    }

    fn next_quote(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut slashes = 0;
        for (at, byte) in bytes.iter().enumerate().skip(self.at) {
            match byte {
                b'"' if slashes % 2 == 0 => {
                    self.at = at + 1;
                    return Some(at);
                }
                b'\\' => slashes += 1,
                _ => slashes = 0,
            }
        }
        self.at = bytes.len();
        None
    }
}
