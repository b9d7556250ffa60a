//! Texts fitted to columns by their width on a terminal. Makes them safe first: a width is only known of
//! what will really be printed.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::words::{Line, Role, safe_word};

/// `text` made safe and padded to `width` columns; a longer one stays whole.
pub(super) fn padded(text: &str, width: usize) -> String {
    filled(&safe_word(text), width)
}

/// The same with two blanks at least behind it, for what comes next.
pub(super) fn spaced(text: &str, width: usize) -> String {
    let safe = safe_word(text);
    filled(&safe, width.max(columns(&safe) + 2))
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

/// Rows under one another, two blanks between their columns; each column looks as its role says.
#[must_use]
pub fn table<const N: usize>(rows: &[[String; N]], roles: [Role; N]) -> Vec<Line> {
    let mut widths = [0; N];
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = columns(&safe_word(text)).max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let last = row.iter().rposition(|text| !text.is_empty());
        let cells = row.iter().zip(widths).zip(roles).enumerate().filter(|(_, ((_, width), _))| *width > 0);
        cells.take_while(|(at, _)| Some(*at) <= last).fold(Line::new(), |line, (at, ((text, width), role))| {
            let width = if Some(at) == last { 0 } else { width + 2 };
            line.with_safe(role, padded(text, width))
        })
    };
    rows.iter().map(line).collect()
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
    fn rows_stand_in_columns_and_end_where_their_words_end() {
        let rows = [["a", "", "b"], ["long", "", ""], ["c", "", "d"]].map(|row| row.map(str::to_owned));

        let told: Vec<String> = table(&rows, [Role::Plain; 3]).iter().map(Line::text).collect();
        assert_eq!(told, ["a     b", "long", "c     d"]);
    }

    #[test]
    fn a_cut_is_marked_and_leaves_a_gap() {
        assert_eq!(cell("Azure Resource Manager", 10), "Azure Re… ");
        assert_eq!(padded("Azure Resource Manager", 10), "Azure Resource Manager");
        assert_eq!(["ab", "abcd", "abcdefgh"].map(|text| spaced(text, 5)), ["ab   ", "abcd  ", "abcdefgh  "]);
    }
}
