//! What a change makes of a text, once it was judged. A large one is judged stretch by stretch, and made a document only
//! where somebody asks for one: that would take as much memory again as the text that was read.

use std::sync::{Arc, OnceLock};

use super::check::Check;
use super::stretch::{Sizes, Stretches, Worker};
use super::{Document, Draft, EntrySpot, Patch};
use crate::secret::Hash;

/// From this size on, a text is judged stretch by stretch.
const LARGE: usize = 8 << 20;

/// A text that may take the place of the one that it was made of.
#[derive(Clone, Debug)]
pub struct Judged(Arc<Form>);

#[derive(Debug)]
enum Form {
    Made(Document),
    Drafted { draft: Draft, is_ascii: bool, hash: OnceLock<Hash>, made: OnceLock<Document> },
}

impl From<Document> for Judged {
    fn from(document: Document) -> Self {
        Self(Arc::new(Form::Made(document)))
    }
}

impl Judged {
    /// The length of the text in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match &*self.0 {
            Form::Made(document) => document.len(),
            Form::Drafted { draft, .. } => draft.length(),
        }
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every character is ASCII, but for a byte order mark.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        match &*self.0 {
            Form::Made(document) => document.is_ascii(),
            Form::Drafted { is_ascii, .. } => *is_ascii,
        }
    }

    /// SHA-256 of the text; computed once.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match &*self.0 {
            Form::Made(document) => document.hash(),
            Form::Drafted { draft, hash, .. } => *hash.get_or_init(|| Hash::of_pieces(draft.pieces())),
        }
    }

    /// The text as a document; made where somebody first asks, if it is large.
    ///
    /// # Panics
    /// Never: what was judged is JSON.
    #[must_use]
    pub fn document(&self) -> &Document {
        match &*self.0 {
            Form::Made(document) => document,
            Form::Drafted { draft, made, .. } => {
                made.get_or_init(|| draft.made(&String::with_capacity).expect("it was judged"))
            }
        }
    }

    /// The verdict on a large text by its stretches; `None` where it is small, unusual, or not what `patch` makes of `old`:
    /// then it is to be judged whole, which also says what is wrong.
    pub(super) fn by_stretches(old: &Document, patch: &Patch, draft: &Draft) -> Option<Self> {
        let length = Some(draft.length()).filter(|length| *length >= LARGE)?;
        Self::in_stretches(old, patch, draft, Sizes::usual(length as u64))
    }

    fn in_stretches(old: &Document, patch: &Patch, draft: &Draft, sizes: Sizes) -> Option<Self> {
        let laid = Laid::of(draft);
        let stretches = Stretches {
            read: &|at, room| Some(laid.read(usize::try_from(at).ok()?, room)),
            each: &|verdict: &mut Verdict<'_>, part: &Document, first| verdict.take(part, first),
            sizes,
        };
        let mut judge = Worker::with(Verdict { check: Check::begin(old, patch), is_ascii: true });
        stretches.in_order(&mut judge)?;
        let Verdict { check, is_ascii } = judge.into_own();
        check.finish().ok()?;
        let (draft, hash, made) = (draft.clone(), OnceLock::new(), OnceLock::new());
        Some(Self(Arc::new(Form::Drafted { draft, is_ascii, hash, made })))
    }
}

/// What is known of the stretches so far.
struct Verdict<'d> {
    check: Check<'d>,
    is_ascii: bool,
}

impl Verdict<'_> {
    /// Takes the next stretch, of which this is the `first` entry in the whole.
    fn take(&mut self, part: &Document, first: EntrySpot) {
        self.is_ascii &= part.is_ascii();
        // A stretch ends between two entries: behind the beginning, the section that it ended in goes on.
        self.check.take(part, first != EntrySpot::default());
    }
}

/// The pieces of a text, one behind the other.
struct Laid<'d> {
    /// Each with where it begins.
    pieces: Vec<(usize, &'d str)>,
}

impl<'d> Laid<'d> {
    fn of(draft: &'d Draft) -> Self {
        let mut length = 0;
        let place = |piece: &'d str| {
            let begins = length;
            length += piece.len();
            (begins, piece)
        };
        Self { pieces: draft.pieces().filter(|piece| !piece.is_empty()).map(place).collect() }
    }

    /// Fills `room` with what stands from `at` on, as far as there is something; tells how much that was.
    fn read(&self, at: usize, room: &mut [u8]) -> usize {
        let first = self.pieces.partition_point(|(begins, piece)| begins + piece.len() <= at);
        let mut done = 0;
        for (begins, piece) in self.pieces.iter().skip(first) {
            let rest = piece.as_bytes().get((at + done).saturating_sub(*begins)..).unwrap_or_default();
            let free = room.get_mut(done..).unwrap_or_default();
            let fits = rest.len().min(free.len());
            let (Some(from), Some(to)) = (rest.get(..fits), free.get_mut(..fits)) else { break };
            to.copy_from_slice(from);
            done += fits;
            if done == room.len() {
                break;
            }
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::{Change, Edit, Path, Position, Step, Text};
    use super::*;
    use crate::secret::{SecretBytes, SecretText};

    /// Some sections of some entries, the first of which are alike in every section.
    fn old(entries: [usize; 3]) -> Document {
        let mut text = "{ \"Odd\": [1, {}],\n".to_owned();
        for (name, count) in ["AccessToken", "IdToken", "Account"].into_iter().zip(entries) {
            let entry = |at: usize| {
                let grown = "x".repeat(at * 37 % 90);
                format!(r#""k{at}": {{"credential_type": "{name}", "n": {at}, "secret": "{grown}"}}"#)
            };
            let entries: Vec<_> = (0..count).map(entry).collect();
            writeln!(text, "\"{name}\": {{{}}},", entries.join(", ")).expect("a string grows");
        }
        parse(&(text + "\"Empty\": {}, \"Last\": 7}\n"))
    }

    fn parse(text: &str) -> Document {
        Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid")
    }

    fn patch(edits: impl IntoIterator<Item = Edit>) -> Patch {
        let changes = edits.into_iter().map(|edit| Change { edit, why: "a test".into() }).collect();
        Patch { title: String::new(), changes }
    }

    fn printed(raw: &str) -> Text {
        Text::Printed(SecretText::new(raw.to_owned()))
    }

    /// What stands in each section at each `step`.
    fn every(step: usize, document: &Document) -> Patch {
        let spots = document.sections().flat_map(|section| document.entries(section).step_by(step));
        patch(spots.map(|spot| Edit::Remove(document.path(spot))))
    }

    fn sizes(draft: &Draft, (stretch, probe): (u64, usize)) -> Sizes {
        Sizes { text: draft.length() as u64, stretch, probe }
    }

    const CUTS: [(u64, usize); 4] = [(400, 300), (1000, 500), (5000, 900), (1 << 20, 1 << 10)];

    #[test]
    fn by_stretches_a_text_is_what_it_is_as_a_whole() {
        let insert = |section: &str| Edit::Insert {
            object: Path(vec![Step::first(section)]),
            at: Position::Last,
            name: printed("\"\u{e9}\""),
            value: printed("{\"secret\": \"1\"}"),
        };
        for old in [old([40, 30, 5]), old([0, 90, 1]), old([3, 0, 60])] {
            let section = Path(vec![Step::first("IdToken")]);
            let patches = [
                every(2, &old),
                every(7, &old),
                every(1, &old),
                patch([Edit::Remove(section.clone())]),
                patch([Edit::Replace(section, printed("{\"k\": {}, \"l\": {}}"))]),
                patch([insert("Account"), insert("New")]),
                patch([Edit::Replace(Path(Vec::new()), printed("{\"A\": {\"k\": {\"x\": 1}}}"))]),
            ];
            for (patch, cut) in patches.iter().flat_map(|patch| CUTS.map(|cut| (patch, cut))) {
                let (whole, _) = old.apply(patch).expect("fits");
                let draft = old.draft(patch).expect("fits");

                let judged = Judged::in_stretches(&old, patch, &draft, sizes(&draft, cut)).expect("right");

                let Form::Drafted { made, .. } = &*judged.0 else { panic!("no document yet") };
                assert!(made.get().is_none());
                assert_eq!((judged.len(), judged.is_ascii()), (whole.len(), whole.is_ascii()));
                assert_eq!((judged.hash(), judged.document().hash()), (whole.hash(), whole.hash()));
            }
        }
    }

    #[test]
    fn what_its_patch_does_not_make_of_it_is_left_to_who_judges_whole() {
        let old = old([40, 30, 5]);
        let patches = [every(2, &old), every(3, &old), every(7, &old), patch([])];
        for (at, cut) in (0..patches.len()).flat_map(|at| CUTS.map(|cut| (at, cut))) {
            for (other, draft) in patches.iter().map(|other| old.draft(other).expect("fits")).enumerate() {
                let judged = Judged::in_stretches(&old, &patches[at], &draft, sizes(&draft, cut));
                assert_eq!(judged.is_some(), at == other, "{other} for {at} by {cut:?}");
            }
        }
    }

    /// Entries that look like joints and are none, twins, and what is no object.
    const ENTRIES: [&str; 8] = [
        r#""k":{"credential_type":"A"}"#,
        r#""k":{}"#,
        r#""k" : {"x":"},\"k\":{"}"#,
        r#""l":{"x":{"a":{},"b":{}},"y":1}"#,
        r#""m":7"#,
        r#""n":["},",{},"k"]"#,
        r#""\u006b":{"credential_type":"B"}"#,
        r#""long":{"secret":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
    ];

    proptest! {
        /// Whatever the text: what stretches let pass is what the whole is let pass for.
        #[test]
        fn stretches_let_nothing_pass_that_the_whole_does_not(
            sections in vec((0..3_usize, vec(0..ENTRIES.len(), 0..9)), 0..6),
            (gone, other) in (any::<u64>(), any::<u64>()),
            (stretch, probe) in (1..300_u64, 1..300_usize),
        ) {
            let section = |(name, entries): &(usize, Vec<usize>)| {
                let entries: Vec<&str> = entries.iter().map(|at| ENTRIES[*at]).collect();
                format!("{:?}:{{{}}}", ["A", "B", "C"][*name], entries.join(","))
            };
            let old = parse(&format!("{{{}}}", sections.iter().map(section).collect::<Vec<_>>().join(",")));
            let spots: Vec<_> = old.sections().flat_map(|section| old.entries(section)).collect();
            let of_bits = |bits: u64| {
                let taken = spots.iter().enumerate().filter(|(at, _)| bits >> (at % 64) & 1 == 1);
                patch(taken.map(|(_, spot)| Edit::Remove(old.path(*spot))))
            };
            let asked = of_bits(gone);
            for bits in [gone, other, gone ^ 1, gone | 2] {
                let draft = old.draft(&of_bits(bits)).expect("fits");
                let whole = old.judge_whole(&asked, &draft, &String::with_capacity);
                if let Some(judged) = Judged::in_stretches(&old, &asked, &draft, sizes(&draft, (stretch, probe))) {
                    prop_assert_eq!(whole.map(|whole| whole.hash()), Ok(judged.document().hash()));
                }
            }
        }
    }

    #[test]
    fn pieces_are_read_from_anywhere() {
        let old = old([9, 9, 9]);
        let draft = old.draft(&every(2, &old)).expect("fits");
        let (laid, whole) = (Laid::of(&draft), draft.pieces().collect::<String>());

        for (at, length) in (0..=whole.len() + 1).flat_map(|at| [0, 1, 100, 5000].map(|length| (at, length))) {
            let mut room = vec![b'-'; length];
            let read = laid.read(at, &mut room);
            let there = whole.as_bytes().get(at..).unwrap_or_default();
            assert_eq!(&room[..read], &there[..there.len().min(length)]);
        }
    }
}
