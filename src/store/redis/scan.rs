//! The keys of a place, page by page, by SCAN and never by KEYS. While the values of one page are read, the server works
//! on the next page and the SCAN behind it. Holds two pages and a bounded memory of names, however many keys there are.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

use super::answer::Answer;
use super::fleet::Node;
use super::value::{self, Known, Look};
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
}

/// A SCAN, perhaps, and the values of a page, of which the answers are on their way.
struct Asked {
    scans: bool,
    page: Vec<Vec<u8>>,
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
        page.iter().for_each(|key| value::look(&mut request, key));
        if request.count() == 0 {
            return Ok(None);
        }
        self.line.send(&request)?;
        Ok(Some(Asked { scans, page }))
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
    while let Some(Asked { scans, page }) = asked {
        if scans {
            let answer = walk.line.answer()?;
            walk.take_in(answer)?;
        }
        // The server works on the next page while this one is read.
        asked = walk.ask()?;
        let looked = looked(&mut walk.line, &page, clock.now())?;
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
    let Looked { mut known, others, moved, longer } = looked;
    if !others.is_empty() {
        tell_others(walk.aside()?, page, &others, &mut known)?;
    }
    let mut found: Vec<Found> = page.iter().zip(known).filter_map(|(key, known)| value::found(key, known)).collect();
    if !moved.is_empty() {
        let slots: Vec<Slot> = moved.iter().filter_map(|at| page.get(*at)).map(|key| name::slot(key)).collect();
        found.extend(fetch(&slots)?);
    }
    if !found.is_empty() && take(found).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    for (at, expires) in longer {
        let Some(key) = page.get(at) else { continue };
        let found = value::found(key, value::longer(walk.aside()?, key, expires)?);
        if let Some(found) = found
            && take(vec![found]).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What a first look at some keys told, and, by their places, the keys that more is to be asked about: those that are no
/// strings and those that are long, with their ends, and those that belong to another node by now.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) known: Vec<Known>,
    pub(super) others: Vec<(usize, Option<UnixSeconds>)>,
    pub(super) longer: Vec<(usize, Option<UnixSeconds>)>,
    pub(super) moved: Vec<usize>,
}

/// Takes the answers to [`value::look`] at each of `keys`.
pub(super) fn looked<K: AsRef<[u8]>>(line: &mut Line, keys: &[K], now: UnixSeconds) -> Result<Looked, StoreError> {
    let mut looked = Looked { known: Vec::with_capacity(keys.len()), ..Looked::default() };
    for at in 0..keys.len() {
        let (value, ends) = (line.answer()?, line.answer()?);
        let known = match Look::of(value, &ends, now) {
            Look::Gone => None,
            Look::Whole(bytes, expires) => Some(value::whole(bytes, expires)),
            Look::Refused(error) => Some(Err(error)),
            Look::Longer(expires) => {
                looked.longer.push((at, expires));
                None
            }
            Look::Other(expires) => {
                looked.others.push((at, expires));
                None
            }
            Look::Elsewhere => {
                looked.moved.push(at);
                None
            }
        };
        looked.known.push(known);
    }
    Ok(looked)
}

/// Asks on about those of `keys` that are no strings.
pub(super) fn tell_others<K: AsRef<[u8]>>(
    line: &mut Line,
    keys: &[K],
    others: &[(usize, Option<UnixSeconds>)],
    known: &mut [Known],
) -> Result<(), StoreError> {
    let asked: Vec<_> = others.iter().filter_map(|(at, expires)| Some((keys.get(*at)?.as_ref(), *expires))).collect();
    for ((at, _), told) in others.iter().zip(value::others(line, &asked)?) {
        if let Some(room) = known.get_mut(*at) {
            *room = told;
        }
    }
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
