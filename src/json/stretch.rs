//! A large text read in stretches, each by itself and forgotten: for rows in little memory, and for the verdict on a text
//! that is to take a place. Reads by what it is given, starts no threads.
//!
//! Each stretch is made a text of its own, with the section that it begins in opened before it and closed behind it, and
//! `serde_json` validates it. Where it begins, and in which section, is guessed. If every stretch is JSON, so is the
//! whole, and every guess of a joint was right: the first one begins where the text does, and each ends between two
//! entries, where the next one begins. The guess of a section is compared with what the stretch before tells. A wrong
//! one costs time alone: what it spoils is read anew.

use std::collections::VecDeque;

use super::joint::{Lead, joint_in};
use super::{Document, EntrySpot, SectionSpot};
use crate::secret::SecretBytes;

/// How a text is cut, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Of the whole text.
    pub text: u64,
    /// Of a stretch.
    pub stretch: u64,
    /// How far a joint is looked for.
    pub probe: usize,
}

/// Fills a buffer from an offset of the text, and tells how many bytes there were. `None`: it cannot.
type Read<'r> = &'r (dyn Fn(u64, &mut [u8]) -> Option<usize> + Sync);
/// What is made of some entries. It is given something of its worker's own, and where the first of the entries stands
/// among those that the worker knows of.
type Each<'r, S, T> = &'r (dyn Fn(&mut S, &Document, EntrySpot) -> T + Sync);

/// How a large text is read.
pub struct Stretches<'r, S, T> {
    /// Reads the text.
    pub read: Read<'r>,
    /// Makes something of the entries.
    pub each: Each<'r, S, T>,
    /// How the text is cut.
    pub sizes: Sizes,
}

/// What one of several readers has for itself.
#[derive(Default)]
pub struct Worker<S> {
    own: S,
    /// Used again and again: making memory costs more than reading.
    room: SecretBytes,
    probe: SecretBytes,
    /// The joints that were found last: where a stretch ends, its neighbour begins.
    joints: VecDeque<(usize, Option<u64>)>,
}

/// One stretch, and what was made of it.
pub struct Stretch<T> {
    begin: u64,
    end: u64,
    /// `None` if it is not JSON.
    made: Option<Made<T>>,
}

/// What is known of the stretches that were joined so far.
#[derive(Default)]
pub struct Joined {
    truth: Lead,
    at: u64,
    wrong: usize,
}

struct Made<T> {
    begun: Lead,
    ended: Lead,
    part: T,
}

/// The room before a stretch for the name of its section.
const FRONT: usize = 64;
/// What closes the section and the text behind a stretch; the first stands in place of its comma.
const BACK: &[u8] = b"}}";
/// So many joints are kept in mind: those of one stretch.
const JOINTS: usize = 2;
/// So many joints that turn out to be none are passed over; then the text is damaged, or no cache.
const WRONG: usize = 4;

impl Sizes {
    /// How a text of so many bytes is cut as a rule: a stretch stays in the processor's own memory until it is looked
    /// at, and a joint is found behind a few entries with their tokens.
    #[must_use]
    pub fn usual(text: u64) -> Self {
        Self { text, stretch: 512 << 10, probe: 16 << 10 }
    }
}

impl<S> Worker<S> {
    /// A reader who has this for itself.
    pub(super) fn with(own: S) -> Self {
        Self { own, room: SecretBytes::default(), probe: SecretBytes::default(), joints: VecDeque::new() }
    }

    /// What it had for itself.
    pub(super) fn into_own(self) -> S {
        self.own
    }
}

impl<S> Stretches<'_, S, ()> {
    /// Reads all of the text by one reader, in order: then no section has to be guessed, and nothing is made twice.
    /// `None`: the text is not JSON, or not as usual.
    pub(super) fn in_order(&self, worker: &mut Worker<S>) -> Option<()> {
        let mut joined = Joined::default();
        for next in 1..=self.count() {
            let end = if next < self.count() { self.joint(next, worker) } else { Some(self.sizes.text) };
            if let Some(end) = end {
                let stretch = Stretch { begin: joined.at, end, made: None };
                self.add(&mut joined, stretch, worker, &mut |_, ()| ())?;
            }
        }
        self.is_whole(&joined).then_some(())
    }
}

impl<S, T> Stretches<'_, S, T> {
    /// How many stretches the text has at most.
    #[must_use]
    pub fn count(&self) -> usize {
        usize::try_from(self.sizes.text.div_ceil(self.sizes.stretch)).unwrap_or(usize::MAX)
    }

    /// Reads stretch number `nth` for itself. `None` where no joint shows: the stretch before goes on.
    pub fn stretch(&self, nth: usize, worker: &mut Worker<S>) -> Option<Stretch<T>> {
        let begin = if nth == 0 { 0 } else { self.joint(nth, worker)? };
        let end = (nth + 1..self.count()).find_map(|next| self.joint(next, worker)).unwrap_or(self.sizes.text);
        Some(Stretch { begin, end, made: self.make(begin, end, None, worker) })
    }

    /// Joins the next of the stretches in order: `take` is given what was made of it, with where its first entry stands
    /// in the whole. `None`: the text is not JSON, or not as usual.
    pub fn add(
        &self,
        joined: &mut Joined,
        stretch: Stretch<T>,
        worker: &mut Worker<S>,
        take: &mut dyn FnMut(EntrySpot, T),
    ) -> Option<()> {
        let Stretch { begin, end, made } = stretch;
        let Joined { truth, at, wrong } = joined;
        let made = made.filter(|made| begin == *at && made.begun.agrees(truth));
        let Some(Made { begun, ended, part }) = made.or_else(|| self.make(*at, end, Some(truth), worker)) else {
            *wrong += 1;
            return (*wrong <= WRONG).then_some(());
        };
        take(begun.behind(truth, begun.spot), part);
        (*at, *truth) = (end, Lead { spot: begun.behind(truth, ended.spot), ..ended });
        Some(())
    }

    /// Whether what was joined is all of the text.
    #[must_use]
    pub fn is_whole(&self, joined: &Joined) -> bool {
        joined.at == self.sizes.text
    }

    /// The first joint in stretch number `nth` of the text.
    fn joint(&self, nth: usize, worker: &mut Worker<S>) -> Option<u64> {
        if let Some((_, joint)) = worker.joints.iter().find(|(known, _)| *known == nth) {
            return *joint;
        }
        let joint = self.look_for_joint(nth, worker);
        worker.joints.truncate(JOINTS - 1);
        worker.joints.push_front((nth, joint));
        joint
    }

    fn look_for_joint(&self, nth: usize, worker: &mut Worker<S>) -> Option<u64> {
        let at = self.sizes.stretch * nth as u64;
        worker.probe.resize(self.sizes.probe, b' ');
        let len = (self.read)(at, worker.probe.as_room())?;
        let joint = joint_in(worker.probe.reveal().get(..len)?).map(|behind| at + behind as u64);
        // Further on it is another's.
        joint.filter(|joint| *joint < at + self.sizes.stretch)
    }

    /// Reads from `begin` to `end` and makes something of it, in the section that is known or else guessed.
    fn make(&self, begin: u64, end: u64, known: Option<&Lead>, worker: &mut Worker<S>) -> Option<Made<T>> {
        let len = usize::try_from(end.checked_sub(begin)?).ok()?;
        let mut room = std::mem::take(&mut worker.room);
        // A few entries more or less are no reason to make new room.
        room.resize((FRONT + len + BACK.len()).max(self.usual_room()), b' ');
        room.resize(FRONT + len + BACK.len(), b' ');
        let text = room.as_room().get_mut(FRONT..FRONT + len)?;
        self.fill(begin, text)?;
        let begun = match known {
            Some(known) => known.clone(),
            None if begin == 0 => Lead::default(),
            None => Lead::guess(text),
        };
        dress(room.as_room(), &begun, end < self.sizes.text)?;
        let document = Document::parse(room).ok()?;
        let part = (self.each)(&mut worker.own, &document, begun.spot);
        let ended = lead_behind(&document, &begun);
        worker.room = document.into_bytes().unwrap_or_default();
        Some(Made { begun, ended, part })
    }

    fn usual_room(&self) -> usize {
        usize::try_from(self.sizes.stretch).map_or(0, |stretch| stretch.saturating_add(2 * self.sizes.probe))
    }

    fn fill(&self, begin: u64, text: &mut [u8]) -> Option<()> {
        let mut done = 0;
        while done < text.len() {
            let read = (self.read)(begin + done as u64, text.get_mut(done..)?)?;
            done += Some(read).filter(|read| *read > 0)?;
        }
        Some(())
    }
}

/// Makes the text in the middle of `room` one of its own: blanks or the section's beginning before it, and its end
/// behind it where the whole goes on.
fn dress(room: &mut [u8], begun: &Lead, goes_on: bool) -> Option<()> {
    let (front, rest) = room.split_at_mut_checked(FRONT)?;
    front.fill(b' ');
    if !begun.name.is_empty() {
        let opening = [b"{", begun.name.as_slice(), b":{"].concat();
        front.get_mut(FRONT.checked_sub(opening.len())?..)?.copy_from_slice(&opening);
    }
    let behind = rest.len() - BACK.len();
    if goes_on {
        rest.get_mut(behind - 1..behind - 1 + BACK.len())?.copy_from_slice(BACK);
    }
    rest.get_mut(behind + usize::from(goes_on)..)?.fill(b' ');
    Some(())
}

/// What goes on behind `document`, which began in `begun`.
fn lead_behind(document: &Document, begun: &Lead) -> Lead {
    let Some(SectionSpot(last)) = document.sections().last() else { return begun.clone() };
    let before = if last == 0 { begun.spot.entry } else { 0 };
    let entry = before + document.entry_count(SectionSpot(last));
    let name = document.raw_section_name(SectionSpot(last)).into();
    Lead { name, spot: EntrySpot { section: begun.spot.section + last, entry } }
}
