//! Any bytes read as what a Redis answers, at one go and byte by byte: the same answers, the same end, never a panic.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use saltcellar::store::redis::answer::Answers;

/// Hands over one byte at a time.
struct Drops<'b>(&'b [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let one = room.len().min(1);
        self.0.read(&mut room[..one])
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (mut whole, mut drops) = (Answers::over(bytes), Answers::over(Drops(bytes)));
    loop {
        match (whole.read(), drops.read()) {
            (Ok(one), Ok(other)) => assert!(one == other, "another answer"),
            (Err(one), Err(other)) => return assert_eq!(one.kind(), other.kind()),
            _ => panic!("another end"),
        }
    }
});
