//! Words that several rules share. Refuses what holds a secret.

/// "1 entry stands", "3 entries stand".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
