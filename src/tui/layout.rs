//! From a size to panes: pure, and shared by update, the mouse and the view, so that all three
//! agree where things stand. Every rectangle lies inside the screen, however small that is.

use ratatui::layout::{Rect, Size};

/// A pane of the browser; its number is the key that jumps to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// 1: accounts.
    Accounts,
    /// 2: tokens and other entries.
    Tokens,
    /// 3: one entry.
    Details,
    /// 4: when tokens expire.
    Timeline,
}

impl Pane {
    /// All panes in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Accounts, Self::Tokens, Self::Details, Self::Timeline];

    /// The name with its number.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "1 Accounts",
            Self::Tokens => "2 Tokens",
            Self::Details => "3 Details",
            Self::Timeline => "4 Expiry",
        }
    }
}

/// What was on the screen before an entry was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The pane that had the keys.
    pub focus: Pane,
    /// The pane that filled the screen, if one did.
    pub zoom: Option<Pane>,
}

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// 120 columns and 32 rows or more: four panes side by side and the activity below.
    Wide,
    /// 80 columns and 24 rows or more: two panes over the details.
    Medium,
    /// 50 columns and 14 rows or more: one pane with a tab line.
    Single,
    /// The same without borders, whatever the size: for screen readers, which read line by line.
    Plain,
    /// Less: the focused pane without borders.
    Table,
    /// Under 20 columns or 5 rows: one line.
    Tiny,
}

/// What the layout depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The size of the screen.
    pub size: Size,
    /// How much room that is.
    pub tier: Tier,
    /// The pane with the focus.
    pub focus: Pane,
    /// What stands between the title and the foot.
    pub body: Body,
    /// Whether a filter or a search needs its line.
    pub filter: FilterLine,
}

/// What stands between the title and the foot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The panes that there is room for.
    Panes,
    /// One pane alone.
    One(Pane),
    /// The reader.
    Reader,
}

/// Whether the filter has a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterLine {
    /// There is a filter, or one is being typed.
    Shown,
    /// There is none.
    Hidden,
}

/// Where everything stands. A missing part is not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panes {
    /// The first line.
    pub title: Option<Rect>,
    /// The reader, borders included.
    pub reader: Option<Rect>,
    /// The names of the panes, where only one is drawn.
    pub tabs: Option<Rect>,
    /// The filter line.
    pub filter: Option<Rect>,
    /// Accounts, borders included.
    pub accounts: Option<Rect>,
    /// Tokens, borders included.
    pub tokens: Option<Rect>,
    /// Details, borders included.
    pub details: Option<Rect>,
    /// The timeline, borders included.
    pub timeline: Option<Rect>,
    /// Recent activity, borders included.
    pub activity: Option<Rect>,
    /// The line of marks, toasts and questions.
    pub status: Option<Rect>,
    /// The line of keys.
    pub keys: Option<Rect>,
}

impl Panes {
    /// The rectangle of `pane`, if it is drawn.
    #[must_use]
    pub fn of(&self, pane: Pane) -> Option<Rect> {
        match pane {
            Pane::Accounts => self.accounts,
            Pane::Tokens => self.tokens,
            Pane::Details => self.details,
            Pane::Timeline => self.timeline,
        }
    }

    fn put(&mut self, pane: Pane, area: Rect) {
        match pane {
            Pane::Accounts => self.accounts = Some(area),
            Pane::Tokens => self.tokens = Some(area),
            Pane::Details => self.details = Some(area),
            Pane::Timeline => self.timeline = Some(area),
        }
    }
}

/// The tier of a size.
#[must_use]
pub fn tier(size: Size) -> Tier {
    let Size { width, height } = size;
    match (width, height) {
        _ if width < 20 || height < 5 => Tier::Tiny,
        _ if width < 50 || height < 14 => Tier::Table,
        _ if width < 80 || height < 24 => Tier::Single,
        _ if width < 120 || height < 32 => Tier::Medium,
        _ => Tier::Wide,
    }
}

/// Whether panes of this tier have borders.
#[must_use]
pub fn has_borders(tier: Tier) -> bool {
    match tier {
        Tier::Wide | Tier::Medium | Tier::Single => true,
        Tier::Plain | Tier::Table | Tier::Tiny => false,
    }
}

/// The part of a pane inside its borders.
#[must_use]
pub fn inner(tier: Tier, area: Rect) -> Rect {
    match tier {
        Tier::Wide | Tier::Medium | Tier::Single => {}
        // Its title has the first line.
        Tier::Plain => return top(area, 1).1,
        Tier::Table | Tier::Tiny => return area,
    }
    let Rect { x, y, width, height } = area;
    Rect { x: x + width.min(1), y: y + height.min(1), width: width.saturating_sub(2), height: height.saturating_sub(2) }
}

/// The part of the details pane for its text: a column free behind the border, as in what is read in boxes, where no
/// line need be broken for it.
#[must_use]
pub fn detail_room(tier: Tier, area: Rect) -> Rect {
    const ROOMY: u16 = 50;
    let inside = inner(tier, area);
    if !has_borders(tier) || inside.width < ROOMY {
        return inside;
    }
    Rect { x: inside.x + 1, width: inside.width - 1, ..inside }
}

/// The panes of a screen.
#[must_use]
pub fn panes(wish: &Wish) -> Panes {
    let whole = Rect::new(0, 0, wish.size.width, wish.size.height);
    let tier = wish.tier;
    let mut panes = Panes::default();
    let body = match tier {
        Tier::Tiny => return Panes { status: (whole.area() > 0).then_some(whole), ..Panes::default() },
        Tier::Table => frame_table(&mut panes, whole, wish),
        Tier::Plain | Tier::Single | Tier::Medium | Tier::Wide => frame_full(&mut panes, whole, wish),
    };
    match (tier, wish.body) {
        (_, Body::Reader) => panes.reader = Some(body),
        (_, Body::One(pane)) => panes.put(pane, body),
        (Tier::Tiny | Tier::Table, Body::Panes) => panes.put(wish.focus, body),
        (Tier::Plain | Tier::Single, Body::Panes) => single(&mut panes, body, wish.focus),
        // There is no room for it beside the others.
        (Tier::Medium, Body::Panes) if wish.focus == Pane::Timeline => panes.put(Pane::Timeline, body),
        (Tier::Medium, Body::Panes) => medium(&mut panes, body),
        (Tier::Wide, Body::Panes) => wide(&mut panes, body),
    }
    panes
}

/// The lines and columns for the text of the reader in `area`: inside its borders, or below its own heading.
#[must_use]
pub fn reader_room(tier: Tier, area: Rect) -> Rect {
    let inside = if has_borders(tier) { inner(tier, area) } else { top(area, 1).1 };
    let Rect { x, y, width, height } = inside;
    let gutter = GUTTER.min(width);
    Rect { x: x + gutter, y, width: (width - gutter).saturating_sub(1), height }
}

/// The columns before the text of the reader: its cursor, and a space.
pub const GUTTER: u16 = 2;

/// `width` by `height` in the middle of `area`, cut to what is there. What a box would leave at its sides is taken too
/// where nothing could be read in it.
#[must_use]
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    const READABLE: u16 = 6;
    let sides = area.width.saturating_sub(width);
    let width = if sides < 2 * READABLE { area.width } else { width };
    let height = height.min(area.height);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

fn frame_table(panes: &mut Panes, whole: Rect, wish: &Wish) -> Rect {
    let (title, rest) = top(whole, 1);
    let (rest, status) = bottom(rest, 1);
    panes.title = Some(title);
    panes.status = Some(status);
    filter_line(panes, rest, wish.filter)
}

fn frame_full(panes: &mut Panes, whole: Rect, wish: &Wish) -> Rect {
    let (title, rest) = top(whole, 1);
    let (rest, keys) = bottom(rest, 1);
    let (rest, status) = bottom(rest, 1);
    (panes.title, panes.status, panes.keys) = (Some(title), Some(status), Some(keys));
    filter_line(panes, rest, wish.filter)
}

fn filter_line(panes: &mut Panes, rest: Rect, filter: FilterLine) -> Rect {
    match filter {
        FilterLine::Hidden => rest,
        FilterLine::Shown => {
            let (line, rest) = top(rest, 1);
            panes.filter = Some(line);
            rest
        }
    }
}

fn single(panes: &mut Panes, body: Rect, focus: Pane) {
    let (tabs, body) = top(body, 1);
    panes.tabs = Some(tabs);
    panes.put(focus, body);
}

fn medium(panes: &mut Panes, body: Rect) {
    let details = if body.height >= 34 { body.height / 2 } else { (body.height * 3 / 7).max(9) };
    let (upper, details) = bottom(body, details);
    // Most user names fit in the wider one.
    let (accounts, tokens) = left(upper, if upper.width >= 96 { 30 } else { 24 });
    (panes.accounts, panes.tokens, panes.details) = (Some(accounts), Some(tokens), Some(details));
}

fn wide(panes: &mut Panes, body: Rect) {
    let (body, activity) = bottom(body, if body.height >= 34 { 6 } else { 4 });
    panes.activity = Some(activity);
    let (accounts, rest) = left(body, 30);
    // The table of tokens shows all its columns before the details get more than they need.
    let details = rest.width.saturating_sub(TABLE_WIDTH).clamp(DETAILS_WIDTH, (rest.width * 2 / 5).max(DETAILS_WIDTH));
    let (middle, details) = left(rest, rest.width.saturating_sub(details));
    let (tokens, timeline) = bottom(middle, (middle.height * 3 / 10).max(7));
    (panes.accounts, panes.details) = (Some(accounts), Some(details));
    (panes.tokens, panes.timeline) = (Some(tokens), Some(timeline));
}

/// The least width of the pane of tokens, borders included, with all columns; and of the details beside it.
const TABLE_WIDTH: u16 = 70;
const DETAILS_WIDTH: u16 = 38;

fn top(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
}

fn bottom(area: Rect, height: u16) -> (Rect, Rect) {
    top(area, area.height.saturating_sub(height))
}

fn left(area: Rect, width: u16) -> (Rect, Rect) {
    let width = width.min(area.width);
    (Rect { width, ..area }, Rect { x: area.x + width, width: area.width - width, ..area })
}

/// The columns of the tokens table that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The widths, 0 for a column left out: TYPE, TARGET, SCOPE, TENANT, EXPIRES, LIFETIME.
    pub kind: usize,
    /// The name of the resource, client or account.
    pub target: usize,
    /// The number of scopes.
    pub scope: usize,
    /// The tenant.
    pub tenant: usize,
    /// The time left, with a letter beside it.
    pub expires: usize,
    /// The gauge.
    pub lifetime: usize,
}

/// The columns before the first one: the cursor and the mark.
pub const CURSOR_AND_MARK: usize = 2;

/// The columns for a table `width` wide.
#[must_use]
pub fn columns(width: u16) -> Columns {
    let width = usize::from(width);
    let if_over = |least: usize, columns: usize| if width >= least { columns } else { 0 };
    let lifetime = if_over(48, 10);
    let tenant = if_over(64, 11);
    // Where the bar has gone there is room for the number of scopes again, as long as names need not be cut for it.
    let scope = if lifetime > 0 { if_over(60, 6) } else { if_over(44, 6) };
    let kind = if_over(30, 5);
    let expires = if_over(24, 12);
    let taken = CURSOR_AND_MARK + kind + scope + tenant + expires + lifetime;
    Columns { kind, target: width.saturating_sub(taken), scope, tenant, expires, lifetime }
}

/// The columns of a list of users that fit, 0 for one left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserColumns {
    /// The name of the slot.
    pub key: usize,
    /// Whose it is.
    pub account: usize,
    /// Access tokens that live, of all.
    pub live: usize,
    /// Refresh tokens.
    pub refresh: usize,
    /// Entries of every kind.
    pub entries: usize,
    /// How the accounts stand.
    pub health: usize,
    /// When the last access token expires.
    pub expires: usize,
    /// How long the place keeps it.
    pub kept: usize,
    /// The size.
    pub size: usize,
}

impl UserColumns {
    /// The columns of what is known of a cache: a label has their room where there is none.
    #[must_use]
    pub fn facts(&self) -> usize {
        self.live + self.refresh + self.entries + self.health + self.expires
    }
}

/// The columns for a list of users `width` wide.
#[must_use]
pub fn user_columns(width: u16) -> UserColumns {
    let width = usize::from(width);
    let if_over = |least: usize, columns: usize| if width >= least { columns } else { 0 };
    let [refresh, entries, size] = [if_over(112, 4), if_over(120, 9), if_over(104, 10)];
    let [live, health] = [if_over(76, 9), if_over(32, 15)];
    let [expires, kept] = [if_over(92, 11), if_over(64, 11)];
    let taken = CURSOR_AND_MARK + live + refresh + entries + health + expires + kept + size;
    let left = width.saturating_sub(taken);
    let key = if width >= 52 { left * 9 / 20 } else { 0 };
    UserColumns { key, account: left - key, live, refresh, entries, health, expires, kept, size }
}

#[cfg(test)]
mod tests;
