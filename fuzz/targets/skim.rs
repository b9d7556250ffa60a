//! A skim tells the entries of the whole reading, and takes no text that the whole reading refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saltcellar::json::{Document, Skim};
use saltcellar::secret::{FingerprintMaker, SecretBytes};

fuzz_target!(|data: &[u8]| {
    let Some(([piece, batch], text)) = data.split_first_chunk() else { return };
    let (mut skim, mut maker) = (Skim::new(usize::from(*batch)), FingerprintMaker::default());
    let (mut prints, mut batches) = (Vec::new(), Vec::new());
    for piece in text.chunks(usize::from(*piece) + 1) {
        let room = SecretBytes::new(piece.to_vec());
        for part in skim.take(&room, piece.len()) {
            maker.add(&room, part.range);
            prints.extend(part.ends.then(|| maker.finish()));
        }
        batches.extend(skim.ready());
    }
    let Some(last) = skim.finish() else { return };
    assert_eq!(last.before + last.secrets(), prints.len());
    batches.push(last);
    let mut keys = Vec::new();
    for batch in batches {
        let range = batch.before..batch.before + batch.secrets();
        let Some(part) = batch.document(&prints[range]) else { return };
        keys.extend(entries(&part));
    }
    let whole = Document::parse(SecretBytes::new(text.to_vec())).expect("what a skim takes is valid");
    assert_eq!(keys, entries(&whole));
});

fn entries(document: &Document) -> Vec<String> {
    let spots = document.sections().flat_map(|section| document.entries(section));
    spots.map(|spot| document.raw_key(spot).into_owned()).collect()
}
