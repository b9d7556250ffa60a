//! Damage made to hurt: each is settled soon, on a stack that allows no recursion.

use std::sync::mpsc;
use std::time::Duration;

use saltcellar::ops::salvage;
use saltcellar::secret::SecretBytes;

/// Salvages `text` on a stack of 256 KiB, for at most a minute; how many entries are left.
fn left(text: String) -> usize {
    let (done, waits) = mpsc::channel();
    let small = std::thread::Builder::new().stack_size(256 << 10);
    let thread = small.spawn(move || {
        let left = salvage(SecretBytes::new(text.into_bytes())).kept.len();
        done.send(left).expect("the test waits");
    });
    let count = waits.recv_timeout(Duration::from_secs(60)).expect("it ends within a minute, without panic");
    thread.expect("a thread starts").join().expect("it did not panic");
    count
}

#[test]
fn brackets_without_end_are_soon_given_up() {
    assert_eq!(left("{".repeat(64 << 20)), 0);
    assert_eq!(left("{\"\":".repeat(4 << 20)), 0);
    assert_eq!(left(format!("{}X", "{\"\":{\"a\":".repeat(1 << 20))), 0);
    assert_eq!(left(format!("X{}1{}", "{\"a\":{\"b\":1,\"c\":".repeat(100_000), "}}".repeat(100_000))), 0);
}

#[test]
fn quotes_without_end_are_soon_given_up() {
    assert_eq!(left(format!("{{{}", "\"".repeat(1_000_000))), 0);
    assert_eq!(left(format!("{{{}", "\\\"".repeat(1_000_000))), 0);
    assert_eq!(left(format!("{{X{}", "\"\":{".repeat(1_000_000))), 0);
    assert_eq!(left(format!("{{X{}", "\"a\":{\"b\":\"".repeat(1_000_000))), 0);
    assert_eq!(left(format!("{{\"A\":{{\"k\":\"{}", "x".repeat(64 << 20))), 0);
}

#[test]
fn ten_thousand_wounds_leave_all_the_rest() {
    let text = super::texts::made(10_000);
    let all = super::texts::entries(&text);
    let mut bytes = text.into_bytes();
    all.iter().step_by(5).for_each(|whole| bytes[whole.end - 1] = b'X');

    let count = left(String::from_utf8(bytes).expect("text"));

    assert!(count * 1000 >= (all.len() - all.len().div_ceil(5)) * 999, "{count} of {}", all.len());
}
