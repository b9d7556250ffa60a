//! The palette: every action there is, found by a few letters of its words. What it lists and in what order, and where
//! its lines stand; what can do nothing now stays listed with its reason.

use ratatui::layout::Rect;

use super::available::why_not;
use super::fuzzy::fit;
use super::help::rank;
use super::input::Input;
use super::keymap::Bound;
use super::layout::centered;
use super::model::Model;

/// The palette, open.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    /// The letters looked for.
    pub words: Input,
    /// The line under the cursor.
    pub cursor: usize,
}

/// How many of the actions that were run last stand first.
pub const REMEMBERED: usize = 8;

/// An action that the palette lists.
pub struct Found<'a> {
    /// The action with its keys.
    pub bound: &'a Bound,
    /// Why it can do nothing now, if so.
    pub reason: Option<String>,
}

/// The better comes first: the fit, the run before, what can be done, the group as in help.
type Rank = (isize, usize, bool, (usize, usize));

impl Palette {
    /// What fits the letters typed, the best first; of equals those run last, then what can be done here.
    #[must_use]
    pub fn found<'a>(&self, model: &'a Model) -> Vec<Found<'a>> {
        let mut found: Vec<_> = model.keymap.all().iter().filter_map(|bound| self.scored(model, bound)).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, found)| found).collect()
    }

    fn scored<'a>(&self, model: &'a Model, bound: &'a Bound) -> Option<(Rank, Found<'a>)> {
        let words = self.words.text();
        let typed: String = words.split_whitespace().collect();
        let is_key = bound.keys.iter().any(|key| !typed.is_empty() && key.replace(' ', "") == typed);
        let is_it = is_key || words.trim() == bound.id;
        let fits = fit(&format!("{} {}", bound.words, bound.id), words);
        let score = if is_it { isize::MAX } else { isize::try_from(fits?).unwrap_or(0) };
        let reason = why_not(model, bound);
        let recent = model.recent.iter().rev().position(|id| *id == bound.id).unwrap_or(REMEMBERED);
        let group = if words.is_empty() { rank(model, bound) } else { (0, 0) };
        Some(((-score, recent, reason.is_some(), group), Found { bound, reason }))
    }

    /// The palette's frame and the room of its list within `area`; the first of its lines that is seen.
    #[must_use]
    pub fn place(&self, area: Rect) -> (Rect, Rect, usize) {
        let frame = centered(area, 96, area.height.saturating_sub(4).clamp(area.height.min(5), 22));
        let list = Rect {
            x: frame.x + frame.width.min(1),
            y: frame.y + frame.height.min(2),
            width: frame.width.saturating_sub(2),
            height: frame.height.saturating_sub(3),
        };
        (frame, list, (self.cursor + 1).saturating_sub(usize::from(list.height)))
    }
}
