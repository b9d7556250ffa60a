//! The tabs in titles, as words: painted by the view, and hit by the mouse where they stand.

use unicode_width::UnicodeWidthStr;

use super::browse::{Browse, Tab};
use super::layout::Pane;
use super::model::DetailTab;

/// The pages of the details pane in their order, with their names.
pub const PAGES: [(DetailTab, &str); 3] =
    [(DetailTab::Summary, "Summary"), (DetailTab::Claims, "Claims"), (DetailTab::Raw, "Raw")];

/// A tab, its words, and what it is now.
pub struct Named<T> {
    /// What it leads to.
    pub to: T,
    /// What is painted, blanks included.
    pub words: String,
    /// How it stands.
    pub state: State,
}

/// How a tab stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is shown.
    Here,
    /// There is something under it.
    Filled,
    /// There is nothing under it.
    Empty,
}

/// The tabs of the tokens pane, which is `width` wide.
#[must_use]
pub fn tokens(browse: &Browse, width: u16) -> Vec<Named<Tab>> {
    // Where there is little room, the place in the list matters more than the other tabs' counts.
    let roomy = width >= 64;
    let named = |((tab, name), count): ((Tab, &str), usize)| {
        let state = match count {
            _ if tab == browse.tab => State::Here,
            0 => State::Empty,
            _ => State::Filled,
        };
        let words = match state {
            // Before a cache is read nobody knows how many there are.
            State::Here if browse.tally.tabs.is_empty() => format!("[{name}] "),
            State::Here => format!("[{name} {count}] "),
            State::Filled if roomy => format!("{name} {count} "),
            State::Filled | State::Empty => format!("{name} "),
        };
        Named { to: tab, words, state }
    };
    Tab::ALL.into_iter().zip(browse.tabs).map(named).collect()
}

/// The pages of the details pane, of which `shown` is shown.
#[must_use]
pub fn details(shown: DetailTab) -> Vec<Named<DetailTab>> {
    let named = |(to, name): (DetailTab, &str)| {
        if to == shown {
            Named { to, words: format!("[{name}] "), state: State::Here }
        } else {
            Named { to, words: format!("{name} "), state: State::Filled }
        }
    };
    PAGES.into_iter().map(named).collect()
}

/// The names of the panes, where only one of them is drawn.
#[must_use]
pub fn panes(shown: Pane) -> Vec<Named<Pane>> {
    let named = |to: Pane| {
        if to == shown {
            Named { to, words: format!("[{}]", to.name()), state: State::Here }
        } else {
            Named { to, words: format!(" {} ", to.name()), state: State::Filled }
        }
    };
    Pane::ALL.into_iter().map(named).collect()
}

/// The tab in column `column` of a line on which `tabs` follow `before`.
#[must_use]
pub fn at<T: Copy>(before: usize, tabs: &[Named<T>], column: usize) -> Option<T> {
    let mut from = before;
    for tab in tabs {
        let word = tab.words.trim_end().width();
        if (from..from + word).contains(&column) {
            return Some(tab.to);
        }
        from += tab.words.width();
    }
    None
}
