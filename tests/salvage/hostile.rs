//! Damage made to hurt: each is settled soon, on a stack that allows no recursion.

use std::sync::mpsc;
use std::time::Duration;

use saltcellar::json::salvage::Damage;
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

/// Where the search for the rest of `text` was given up.
fn given_up(text: &str) -> Option<usize> {
    let left = salvage(SecretBytes::new(text.as_bytes().to_vec()));
    left.damage.iter().find_map(|damage| {
        let Damage::Hopeless { at } = damage else { return None };
        Some(*at)
    })
}

/// A cache with a wound behind a long entry, and behind the wound objects in objects, the innermost one long; and where
/// each of them begins.
fn nested(end: &str) -> (String, Vec<usize>) {
    let mut text = format!(r#"{{"AccessToken":{{"a":{{"p":"{}"}},"b":X"#, "p".repeat(600_000));
    text.push('{');
    let mut begins = Vec::new();
    for _ in 0..40 {
        begins.push(text.len());
        text.push_str(r#""k":{"x":1,"#);
    }
    text.push_str(&format!(r#""y":["{}"{end}"#, "x".repeat(300_000)));
    (text, begins)
}

#[test]
fn a_text_is_read_over_again_as_often_as_its_size_allows_and_what_is_given_up_is_told() {
    // Twice its length and 4 MiB.
    let (open, begins) = nested("");
    let allowed = 2 * open.len() + (4 << 20);
    assert_eq!(given_up(&open), begins.get(allowed.div_ceil(300_000) - 1).copied());

    // A whole one is read once, and six times more for each section that it could be of.
    let (whole, begins) = nested(&format!("]{}", "}".repeat(40)));
    let allowed = 2 * whole.len() + (4 << 20);
    assert_eq!(given_up(&whole), begins.get(allowed.div_ceil(7 * 300_000) - 1).copied());
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
