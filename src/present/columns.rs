//! Texts fitted to columns by their width on a terminal. Makes them safe first: a width is only known of
//! what will really be printed.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::words::safe_word;

/// `text` made safe and padded to `width` columns; a longer one stays whole.
pub(super) fn padded(text: &str, width: usize) -> String {
    filled(&safe_word(text), width)
}

/// `text` made safe, cut to `width` columns less one (a gap stays), and padded to `width`.
pub(super) fn cell(text: &str, width: usize) -> String {
    let safe = safe_word(text);
    if columns(&safe) < width {
        return filled(&safe, width);
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used + 2 <= width
    };
    let mut cut: String = safe.chars().take_while(fits).collect();
    cut.push('…');
    filled(&cut, width)
}

fn filled(safe: &str, width: usize) -> String {
    let gap = width.saturating_sub(columns(safe));
    let mut text = String::with_capacity(safe.len() + gap);
    text.push_str(safe);
    text.extend(std::iter::repeat_n(' ', gap));
    text
}

/// The columns that the safe `text` takes.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_wide_as_they_should_be_in_any_script() {
        for text in ["", "ada", "ada@contoso.example", "山田太郎山田太郎", "Zoë 🔑🔑🔑🔑🔑🔑", "a\u{1b}b\u{202e}c"]
        {
            assert_eq!(columns(&cell(text, 12)), 12, "{text}");
        }
    }

    #[test]
    fn a_cut_is_marked_and_leaves_a_gap() {
        assert_eq!(cell("Azure Resource Manager", 10), "Azure Re… ");
        assert_eq!(padded("Azure Resource Manager", 10), "Azure Resource Manager");
    }
}
