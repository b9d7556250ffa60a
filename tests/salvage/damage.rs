//! Thousands of damaged caches: how many of the entries whose bytes are intact come back, and that no other does.

use fastrand::Rng;
use saltcellar::json::salvage::Salvage;
use saltcellar::ops::salvage;
use saltcellar::secret::SecretBytes;

use super::texts::{Whole, document, entries, healthy};

/// What came back over many damaged caches.
#[derive(Debug, Default)]
struct Tally {
    caches: usize,
    intact: usize,
    back: usize,
}

impl Tally {
    /// Salvages `bytes`, in which `intact` stand whole and `touched` is the healthy text and the range of
    /// the damaged one that is not as it was.
    fn add(
        &mut self,
        bytes: Vec<u8>,
        intact: &[&Whole],
        originals: &[Whole],
        touched: Option<(&str, usize, usize)>,
    ) -> Salvage {
        let left = salvage(SecretBytes::new(bytes.clone()));
        let kept: Vec<(&str, &[u8])> =
            left.kept.iter().map(|piece| (piece.section.as_str(), &bytes[piece.at.start..piece.at.end])).collect();
        for (piece, (section, text)) in left.kept.iter().zip(&kept) {
            let was_there = originals.iter().any(|whole| whole.section == *section && whole.text.as_bytes() == *text);
            let is_touched = touched.is_some_and(|(_, start, end)| piece.at.start < end && start < piece.at.end);
            // What took a section's end, or the next one's name, leaves an entry of unknown kind in the wrong section.
            let is_misfiled = touched.is_some_and(|(healthy, ..)| healthy.contains(&show(text)));
            let is_known = was_there || is_touched || is_misfiled || piece.key.is_none();
            assert!(is_known, "made up in {section}: {}", show(text));
        }
        let is_back = |whole: &&&Whole| kept.contains(&(whole.section.as_str(), whole.text.as_bytes()));
        self.caches += 1;
        self.intact += intact.len();
        self.back += intact.iter().filter(is_back).count();
        assert!(left.kept.is_empty() || left.document().is_ok(), "the clean copy reads");
        left
    }

    fn share(&self) -> f64 {
        100.0 * self.back as f64 / self.intact.max(1) as f64
    }

    fn say(&self, what: &str) {
        println!(
            "{what}: {} caches, {} of {} intact entries back, {:.3} %",
            self.caches,
            self.back,
            self.intact,
            self.share()
        );
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn outside(entries: &[Whole], start: usize, end: usize) -> Vec<&Whole> {
    entries.iter().filter(|whole| whole.end <= start || end <= whole.start).collect()
}

#[test]
fn a_text_cut_anywhere_gives_back_every_entry_before_the_cut() {
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        let edges =
            all.iter().flat_map(|whole| [whole.start, whole.start + 1, whole.end - 1, whole.end, whole.end + 1]);
        let spread = (1..60).map(|n| text.len() * n / 60);
        for cut in edges.chain(spread).filter(|cut| *cut < text.len() && text.is_char_boundary(*cut)) {
            let intact: Vec<_> = all.iter().filter(|whole| whole.end <= cut).collect();
            let left = tally.add(text.as_bytes()[..cut].to_vec(), &intact, &all, None);
            assert_eq!(left.kept.iter().filter(|piece| piece.key.is_some()).count(), intact.len(), "cut at {cut}");
        }
    }

    tally.say("cut");
    assert!(tally.caches > 1000 && tally.back == tally.intact, "{tally:?}");
}

#[test]
fn a_text_with_the_rest_of_an_older_one_behind_it_gives_back_the_newer_whole() {
    let mut rng = Rng::with_seed(7);
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        for _ in 0..30 {
            let from = rng.usize(1..text.len());
            let rest = (from..text.len()).find(|at| text.is_char_boundary(*at)).expect("the end is one");
            let bytes = [text.as_bytes(), &text.as_bytes()[rest..]].concat();
            let left = tally.add(bytes, &all.iter().collect::<Vec<_>>(), &all, None);
            assert_eq!(left.kept.iter().filter(|piece| piece.key.is_some()).count(), all.len());
            assert!(left.documents[0].whole && left.conflicts.is_empty());
        }
    }

    tally.say("extra data");
    assert!(tally.caches > 300 && tally.back == tally.intact, "{tally:?}");
}

#[test]
fn the_rest_of_an_older_text_gives_back_what_the_newer_does_not_have() {
    let mut tally = Tally::default();
    for people in 2..20 {
        let (older, newer) = (super::texts::made(people), super::texts::made(people / 2));
        let older = if people % 2 == 0 { older } else { super::texts::pretty(&older) };
        // As a writer does that neither empties the file nor gets to cut it.
        let bytes = [newer.as_bytes(), &older.as_bytes()[newer.len()..]].concat();
        let (new, old) = (entries(&newer), entries(&older));
        let all: Vec<Whole> = new.iter().chain(&old).cloned().collect();
        let is_new = |whole: &Whole| new.iter().any(|one| one.text.split(':').next() == whole.text.split(':').next());
        let rest = old.iter().filter(|whole| whole.start >= newer.len() && !is_new(whole));
        let intact: Vec<_> = new.iter().chain(rest).collect();
        tally.add(bytes, &intact, &all, None);
    }

    tally.say("written over an older text");
    assert!(tally.back == tally.intact && tally.intact > 300, "{tally:?}");
}

#[test]
fn two_documents_give_back_the_entries_of_both() {
    let (mut tally, mut cut_first) = (Tally::default(), Tally::default());
    for text in healthy() {
        let all = entries(&text);
        let intact: Vec<_> = all.iter().collect();
        for between in ["", "\n", "\0\0\0", "}"] {
            let left = tally.add(format!("{text}{between}{text}").into_bytes(), &intact, &all, None);
            assert_eq!(left.kept.iter().filter(|piece| piece.key.is_some()).count(), all.len());
        }
        for cut in (1..20).map(|n| text.len() * n / 20).filter(|cut| text.is_char_boundary(*cut)) {
            cut_first.add(format!("{}{text}", &text[..cut]).into_bytes(), &intact, &all, Some((&text, cut, cut + 1)));
        }
    }

    tally.say("doubled");
    cut_first.say("doubled, the first cut off");
    // The shared caches are not on every machine.
    let least = if crate::support::peers::shared("caches").is_some() { 50 } else { 40 };
    assert!(tally.caches > least && tally.back == tally.intact, "{tally:?}");
    assert!(cut_first.caches > 200 && cut_first.share() >= 99.9, "{cut_first:?}");
}

#[test]
fn a_flipped_bit_costs_the_entry_that_it_hit_and_no_other() {
    let mut rng = Rng::with_seed(1);
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        for _ in 0..150 {
            let at = rng.usize(0..text.len());
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << rng.u8(0..8);
            if document(&bytes).is_none() {
                tally.add(bytes, &outside(&all, at, at + 1), &all, Some((&text, at, at + 1)));
            }
        }
    }

    tally.say("flipped bits");
    assert!(tally.caches > 200 && tally.share() >= 99.0, "{tally:?}");
}

#[test]
fn any_byte_between_entries_may_go_wrong() {
    let mut rng = Rng::with_seed(2);
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        let between: Vec<usize> =
            (0..text.len()).filter(|at| !all.iter().any(|whole| (whole.start..whole.end).contains(at))).collect();
        for _ in 0..60 {
            let at = between[rng.usize(0..between.len())];
            let mut bytes = text.clone().into_bytes();
            bytes[at] = rng.u8(..);
            if document(&bytes).is_none() {
                tally.add(bytes, &all.iter().collect::<Vec<_>>(), &all, Some((&text, at, at + 1)));
            }
        }
    }

    tally.say("bytes between entries");
    assert!(tally.caches > 200 && tally.share() >= 99.0, "{tally:?}");
}

#[test]
fn zeroes_and_noise_cost_what_they_cover() {
    let mut rng = Rng::with_seed(3);
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        for round in 0..60 {
            let start = rng.usize(0..text.len());
            let end = (start + rng.usize(1..700)).min(text.len());
            let mut bytes = text.clone().into_bytes();
            bytes[start..end].iter_mut().for_each(|byte| *byte = if round % 2 == 0 { 0 } else { rng.u8(..) });
            if document(&bytes).is_none() {
                tally.add(bytes, &outside(&all, start, end), &all, Some((&text, start, end)));
            }
        }
    }

    tally.say("zeroes and noise");
    assert!(tally.caches > 200 && tally.share() >= 98.0, "{tally:?}");
}

#[test]
fn a_hole_never_brings_two_halves_together_unless_the_text_says_so() {
    let mut rng = Rng::with_seed(4);
    let mut tally = Tally::default();
    for text in healthy() {
        let all = entries(&text);
        for _ in 0..60 {
            let start = rng.usize(0..text.len());
            let end = (start + rng.usize(1..900)).min(text.len());
            let bytes = [&text.as_bytes()[..start], &text.as_bytes()[end..]].concat();
            if document(&bytes).is_none() {
                // The seam itself cannot be seen: an entry over it reads as one.
                tally.add(bytes, &outside(&all, start, end), &all, Some((&text, start.saturating_sub(1), start + 1)));
            }
        }
    }

    tally.say("holes");
    assert!(tally.caches > 200 && tally.share() >= 97.0, "{tally:?}");
}
