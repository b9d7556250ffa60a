//! Any bytes as a cache: they are kept as they are, an entry taken out takes nothing else along, and the way back
//! leads to the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saltcellar::json::{Change, Document, Edit, Patch};
use saltcellar::secret::SecretBytes;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(SecretBytes::new(bytes.to_vec())) else { return };
    assert!(text_of(&document) == bytes, "a text is not what was read");
    let spots: Vec<_> = document.sections().flat_map(|section| document.entries(section)).take(8).collect();
    for spot in &spots {
        let path = document.path(*spot);
        assert_eq!(document.spot(&path), Some(*spot), "a path names another entry");
        let edit = Edit::Remove(path.clone());
        let patch = Patch { title: "one".to_owned(), changes: vec![Change { edit, why: "fuzzed".into() }] };
        let Ok((changed, back)) = document.apply(&patch) else { panic!("an entry cannot be removed: {path}") };
        let count = |document: &Document| document.sections().map(|section| document.entry_count(section)).sum::<usize>();
        assert_eq!(count(&changed) + 1, count(&document), "one removal took {path} and something else");
        let restored = back.apply(&changed).expect("the way back fits");
        assert!(text_of(&restored) == bytes, "the way back leads elsewhere");
    }
});

fn text_of(document: &Document) -> Vec<u8> {
    let mut text = Vec::new();
    document.write_to(&mut text).expect("memory takes it");
    text
}
