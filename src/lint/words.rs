//! Words that several rules share. Refuses what holds a secret.

/// "1 entry stands", "3 entries stand".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// "c.json.bak (1 account, 0600)"; without the mode where the system has none.
pub(super) fn described(name: &str, holds: &str, mode: Option<u32>) -> String {
    match mode {
        Some(mode) => format!("{name} ({holds}, {mode:04o})"),
        None => format!("{name} ({holds})"),
    }
}
