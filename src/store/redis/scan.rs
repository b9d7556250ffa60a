//! The keys of a place, page by page, by SCAN and never by KEYS. While the values of one page are read, the server works
//! on the next page and the SCAN behind it. Holds two pages and a bounded memory of names, however many keys there are.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

use super::answer::Answer;
use super::fleet::Node;
use super::value::{self, Guess, Known, Layout, Look, Read, Rest};
use super::wire::{Dialling, Line, Request, bytes, granted, text};
use super::{name, trouble};
use crate::store::{Found, Slot, StoreError};
use crate::time::{Clock, UnixSeconds};

/// So many values are asked for at once: the fastest by measure (shared/reference/performance.md, "Redis").
const PAGE: usize = 64;
/// The most buckets that one SCAN looks at where few keys match: about a millisecond of the server.
const MOST: usize = 1024;
/// How many names are remembered, to pass over a key that SCAN tells twice: it does so while the server's table shrinks,
/// soon after the first time.
const REMEMBERED: usize = 1 << 14;

/// Reads slots wherever they lie.
type Fetch<'f> = dyn Fn(&[Slot]) -> Result<Vec<Found>, StoreError> + 'f;
/// Takes a page.
type Take<'t> = dyn FnMut(Vec<Found>) -> ControlFlow<()> + 't;

/// One pass over the keys of one node.
struct Walk<'d> {
    dialling: &'d Dialling,
    node: Node,
    line: Line,
    /// A second connection, for what is asked while answers are on their way over the first.
    aside: Option<Line>,
    /// `None`: the pass is over.
    cursor: Option<String>,
    matching: Option<String>,
    count: usize,
    waiting: VecDeque<Vec<u8>>,
    seen: Seen,
    guess: Guess,
}

/// A SCAN, perhaps, and the values of a page, of which the answers are on their way.
struct Asked {
    scans: bool,
    page: Vec<Vec<u8>>,
    guess: Guess,
}

impl<'d> Walk<'d> {
    fn new(dialling: &'d Dialling, node: &Node) -> Result<Self, StoreError> {
        Ok(Self {
            dialling,
            node: node.clone(),
            line: dialling.dial(&node.end)?,
            aside: None,
            cursor: Some("0".to_owned()),
            matching: dialling.place.matching.clone(),
            count: PAGE,
            waiting: VecDeque::new(),
            seen: Seen::default(),
            guess: Guess::default(),
        })
    }

    /// Adds the next SCAN, if keys run short and there is one; whether it did.
    fn add_scan(&self, request: &mut Request) -> bool {
        let Some(cursor) = self.cursor.as_deref().filter(|_| self.waiting.len() < PAGE) else { return false };
        let count = self.count.to_string();
        let mut words: Vec<&[u8]> = vec![b"SCAN", cursor.as_bytes(), b"COUNT", count.as_bytes()];
        if let Some(glob) = &self.matching {
            words.extend([b"MATCH".as_slice(), glob.as_bytes()]);
        }
        request.add(&words);
        true
    }

    /// Asks for what comes next; `None` at the end of the pass.
    fn ask(&mut self) -> Result<Option<Asked>, StoreError> {
        let page: Vec<Vec<u8>> = self.waiting.drain(..self.waiting.len().min(PAGE)).collect();
        let mut request = Request::default();
        let scans = self.add_scan(&mut request);
        page.iter().for_each(|key| value::look(&mut request, key, self.guess));
        if request.count() == 0 {
            return Ok(None);
        }
        self.line.send(&request)?;
        Ok(Some(Asked { scans, page, guess: self.guess }))
    }

    fn aside(&mut self) -> Result<&mut Line, StoreError> {
        let line = match self.aside.take() {
            Some(line) => line,
            None => self.dialling.dial(&self.node.end)?,
        };
        Ok(self.aside.insert(line))
    }

    fn take_in(&mut self, answer: Answer) -> Result<(), StoreError> {
        let Answer::Many(parts) = granted(answer)? else { return Err(trouble::odd(&self.line.server)) };
        let Ok([cursor, Answer::Many(keys)]) = <[Answer; 2]>::try_from(parts) else {
            return Err(trouble::odd(&self.line.server));
        };
        self.count = match keys.len() {
            0..16 => (self.count * 2).min(MOST),
            16..=PAGE => self.count,
            _ => (self.count / 2).max(PAGE),
        };
        for key in keys.into_iter().filter_map(bytes) {
            if self.seen.is_new(key.reveal()) {
                self.waiting.push_back(key.reveal().to_vec());
            }
        }
        self.cursor = text(&cursor).filter(|cursor| cursor != "0");
        Ok(())
    }

    /// Some more keys; `None` at the end of the pass.
    fn names(&mut self) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
        loop {
            let mut request = Request::default();
            if !self.waiting.is_empty() {
                return Ok(Some(self.waiting.drain(..).collect()));
            }
            if !self.add_scan(&mut request) {
                return Ok(None);
            }
            self.line.send(&request)?;
            let answer = self.line.answer()?;
            self.take_in(answer)?;
        }
    }
}

/// Hands over what lies at the keys of `nodes`, node by node. A key that has moved to another node is left to `fetch`.
pub(super) fn each(
    dialling: &Dialling,
    nodes: &[Node],
    clock: &dyn Clock,
    fetch: &Fetch<'_>,
    take: &mut Take<'_>,
) -> Result<(), StoreError> {
    for node in nodes {
        if through(&mut Walk::new(dialling, node)?, clock, fetch, take)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn through(
    walk: &mut Walk<'_>,
    clock: &dyn Clock,
    fetch: &Fetch<'_>,
    take: &mut Take<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let mut asked = walk.ask()?;
    while let Some(Asked { scans, page, guess }) = asked {
        if scans {
            let answer = walk.line.answer()?;
            walk.take_in(answer)?;
        }
        // The server works on the next page while this one is read.
        asked = walk.ask()?;
        let looked = looked(&mut walk.line, &page, clock.now(), guess)?;
        if hand_over(walk, &page, looked, fetch, take)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Hands over what was found at the keys of `page`, and asks on where it was not told at once. Long values go alone: they
/// may be very long.
fn hand_over(
    walk: &mut Walk<'_>,
    page: &[Vec<u8>],
    looked: Looked,
    fetch: &Fetch<'_>,
    take: &mut Take<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let mut looked = looked;
    if looked.is_open() {
        tell_more(walk.aside()?, page, &mut looked)?;
        walk.guess = looked.guess();
    }
    let Looked { known, moved, longer, .. } = looked;
    let mut found: Vec<Found> = page.iter().zip(known).filter_map(|(key, known)| value::found(key, known)).collect();
    if !moved.is_empty() {
        let slots: Vec<Slot> = moved.iter().filter_map(|at| page.get(*at)).map(|key| name::slot(key)).collect();
        found.extend(fetch(&slots)?);
    }
    if !found.is_empty() && take(found).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    for (at, rest) in longer {
        let Some(key) = page.get(at) else { continue };
        let found = value::found(key, value::longer(walk.aside()?, key, rest)?);
        if let Some(found) = found
            && take(vec![found]).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What was told of some keys and, by their places, the keys that more is to be asked about: those that are no strings, or
/// not what they were taken for, with their ends; those of which the bytes are to be read, all at once or by themselves;
/// and those that belong to another node by now.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) known: Vec<Known>,
    others: Vec<(usize, Option<UnixSeconds>)>,
    short: Vec<(usize, Rest)>,
    pub(super) longer: Vec<(usize, Rest)>,
    pub(super) moved: Vec<usize>,
}

impl Looked {
    /// Whether [`tell_more`] has anything to ask.
    pub(super) fn is_open(&self) -> bool {
        !self.others.is_empty() || !self.short.is_empty()
    }

    /// What the next keys are taken for, now that all is told of these: what most of them are.
    fn guess(&self) -> Guess {
        let rests = self.short.iter().chain(&self.longer);
        let mut fields = rests.filter_map(|(_, rest)| rest.layout.field());
        let Some(field) = fields.next() else { return Guess::Text };
        if 2 * (1 + fields.count()) > self.known.len() { Guess::Field(field) } else { Guess::Text }
    }

    fn sort(&mut self, at: usize, read: Read) {
        match read {
            Read::Short(rest) => self.short.push((at, rest)),
            Read::Long(rest) => self.longer.push((at, rest)),
            Read::Not(known) => self.know(at, known),
        }
    }

    fn know(&mut self, at: usize, known: Known) {
        if let Some(room) = self.known.get_mut(at) {
            *room = known;
        }
    }
}

/// Takes the answers to [`value::look`] at each of `keys`.
pub(super) fn looked<K: AsRef<[u8]>>(
    line: &mut Line,
    keys: &[K],
    now: UnixSeconds,
    guess: Guess,
) -> Result<Looked, StoreError> {
    let mut looked = Looked { known: keys.iter().map(|_| None).collect(), ..Looked::default() };
    for at in 0..keys.len() {
        let (value, ends) = (line.answer()?, line.answer()?);
        match Look::of(value, &ends, now, guess) {
            Look::Gone => {}
            Look::Whole(bytes, expires) => looked.know(at, Some(value::whole(bytes, expires))),
            Look::Refused(error) => looked.know(at, Some(Err(error))),
            Look::Longer(expires) => looked.longer.push((at, Rest { layout: Layout::Whole, expires })),
            Look::Held(field, size, expires) => looked.sort(at, Read::of_field(field, size, expires)),
            Look::Other(expires) => looked.others.push((at, expires)),
            Look::Elsewhere => looked.moved.push(at),
        }
    }
    Ok(looked)
}

/// Asks on, in two more rounds: what those of `keys` are that are no strings, and then for the bytes of those that are
/// short.
pub(super) fn tell_more<K: AsRef<[u8]>>(line: &mut Line, keys: &[K], looked: &mut Looked) -> Result<(), StoreError> {
    let key = |at: usize| keys.get(at).map(AsRef::as_ref).unwrap_or_default();
    let others = std::mem::take(&mut looked.others);
    let asked: Vec<_> = others.iter().map(|(at, expires)| (key(*at), *expires)).collect();
    for ((at, _), read) in others.iter().zip(value::others(line, &asked)?) {
        looked.sort(*at, read);
    }
    let asked: Vec<_> = looked.short.iter().map(|(at, rest)| (key(*at), *rest)).collect();
    let told = value::short(line, &asked)?;
    let places: Vec<usize> = looked.short.iter().map(|(at, _)| *at).collect();
    places.into_iter().zip(told).for_each(|(at, known)| looked.know(at, known));
    Ok(())
}

/// The names of the keys alone, as they come.
pub(super) struct Names<'d> {
    dialling: &'d Dialling,
    nodes: std::vec::IntoIter<Node>,
    walk: Option<Walk<'d>>,
    ready: VecDeque<Vec<u8>>,
}

impl<'d> Names<'d> {
    pub(super) fn new(dialling: &'d Dialling, nodes: Vec<Node>) -> Self {
        Self { dialling, nodes: nodes.into_iter(), walk: None, ready: VecDeque::new() }
    }

    fn next_name(&mut self) -> Result<Option<Slot>, StoreError> {
        loop {
            if let Some(key) = self.ready.pop_front() {
                return Ok(Some(name::slot(&key)));
            }
            let walk = match self.walk.take() {
                Some(walk) => walk,
                None => match self.nodes.next() {
                    Some(node) => Walk::new(self.dialling, &node)?,
                    None => return Ok(None),
                },
            };
            let walk = self.walk.insert(walk);
            match walk.names()? {
                Some(keys) => self.ready.extend(keys),
                None => self.walk = None,
            }
        }
    }
}

impl Iterator for Names<'_> {
    type Item = Result<Slot, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_name().transpose();
        if matches!(next, Some(Err(_))) {
            // After a trouble there is no more to come.
            (self.nodes, self.walk) = (Vec::new().into_iter(), None);
        }
        next
    }
}

/// The names that came last.
#[derive(Default)]
struct Seen {
    names: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Seen {
    /// Whether `key` is not among them; from now on it is.
    fn is_new(&mut self, key: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        if !self.names.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_told_twice_is_passed_over_and_the_memory_stays_bounded() {
        let mut seen = Seen::default();

        assert!(seen.is_new(b"a"));
        assert!(!seen.is_new(b"a"));
        assert!((0..100_000u32).all(|number| seen.is_new(&number.to_le_bytes())));
        assert_eq!((seen.names.len(), seen.order.len()), (REMEMBERED, REMEMBERED));
    }
}
