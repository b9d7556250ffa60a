//! The clean copies of damaged caches, read by the real libraries that made them.

use std::fs;

use crate::support::binary::run;
use crate::support::msal::{Peer, ready};

/// Damages the bytes of a cache and says whether all accounts must come back.
type Harm = fn(&[u8]) -> Vec<u8>;

const HARMS: &[Harm] = &[
    |bytes| [bytes, &bytes[bytes.len() / 2..]].concat(),
    |bytes| [bytes, bytes].concat(),
    |bytes| [bytes, &[0; 512]].concat(),
    |bytes| [b"\xef\xbb\xbf", bytes].concat(),
    |bytes| bytes[..bytes.len() - 1].to_vec(),
];

fn accounts(peer: Peer, file: &std::path::Path) -> usize {
    peer.run("read", file, &[])["accounts"].as_array().expect("accounts").len()
}

#[test]
fn the_libraries_read_the_clean_copy() {
    for peer in ready(&["python-filelock", "node"]) {
        let root = tempfile::tempdir().expect("a folder");
        let file = peer.make(root.path(), "work");
        let (whole, count) = (fs::read(&file).expect("readable"), accounts(peer, &file));
        assert!(count > 0);
        let whole_again = fs::read(&file).unwrap_or(whole);
        for (nth, harm) in HARMS.iter().enumerate() {
            fs::write(&file, harm(&whole_again)).expect("written");
            let out = file.with_file_name(format!("clean-{nth}.json"));

            let done = run([file.as_os_str(), "--out".as_ref(), out.as_os_str()].into_iter().fold(
                vec!["salvage".into()],
                |mut words: Vec<std::ffi::OsString>, word| {
                    words.push(word.into());
                    words
                },
            ));

            assert_eq!(done.code, Some(0), "{}", done.err);
            assert_eq!(accounts(peer, &out), count, "{peer:?}, harm {nth}");
        }
    }
}
