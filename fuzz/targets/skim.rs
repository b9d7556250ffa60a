//! Stretches tell the entries of the whole reading, and take no text that the whole reading refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saltcellar::json::{Document, Joined, Sizes, Stretches, Worker};
use saltcellar::secret::SecretBytes;

fuzz_target!(|data: &[u8]| {
    let Some(([stretch, probe], text)) = data.split_first_chunk() else { return };
    let sizes = Sizes { text: text.len() as u64, stretch: u64::from(*stretch) + 1, probe: usize::from(*probe) };
    let read = |at: u64, room: &mut [u8]| {
        let rest = &text[at as usize..];
        let len = rest.len().min(room.len());
        room[..len].copy_from_slice(&rest[..len]);
        Some(len)
    };
    let stretches = Stretches { read: &read, each: &|(), part, _| entries(part), sizes };
    let mut worker = Worker::default();
    let found: Vec<_> = (0..stretches.count()).filter_map(|nth| stretches.stretch(nth, &mut worker)).collect();
    let (mut joined, mut keys) = (Joined::default(), Vec::new());
    for stretch in found {
        let added = stretches.add(&mut joined, stretch, &mut worker, &mut |_, part| keys.extend(part));
        if added.is_none() {
            return;
        }
    }
    if !stretches.is_whole(&joined) {
        return;
    }
    let whole = Document::parse(SecretBytes::new(text.to_vec())).expect("what stretches take is valid");
    assert_eq!(keys, entries(&whole));
});

fn entries(document: &Document) -> Vec<String> {
    let spots = document.sections().flat_map(|section| document.entries(section));
    spots.map(|spot| document.raw_key(spot).into_owned()).collect()
}
