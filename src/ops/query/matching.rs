//! A condition held against one row: for a single run over a cache, and the measure of what the index finds.

use memchr::memmem;

use super::cells::{BREAK, Column, cell, fold};
use super::{Bound, Clock, Field, Fit, Flag, Node, Order, Term};
use crate::cache::{Cache, Claims, Entry, Roster, Row, Section, State, claims, names};
use crate::json::decode;
use crate::time::UnixSeconds;

/// The cache in which is looked, and when.
pub struct Look<'a> {
    /// The cache: asked only for claims, of which there are none without it.
    pub cache: Option<Cache<'a>>,
    /// Its rows.
    pub roster: &'a Roster,
    /// Now.
    pub now: UnixSeconds,
}

pub(super) fn takes(node: &Node, look: &Look<'_>, row: &Row) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| takes(node, look, row)),
        Node::Any(nodes) => nodes.iter().any(|node| takes(node, look, row)),
        Node::Not(node) => !takes(node, look, row),
        Node::Is(term) => holds(term, look, row),
    }
}

fn holds(term: &Term, look: &Look<'_>, row: &Row) -> bool {
    let mut room = String::new();
    let mut stands = |column: Column, test: &dyn Fn(&str) -> bool| {
        cell(look.roster, row, column, &mut room);
        test(&room)
    };
    match term {
        Term::Word(word) => {
            Column::OF_WORDS.into_iter().any(|column| stands(column, &|cell| cell.contains(word.as_str())))
        }
        Term::Text(field, fit, values) => {
            let wanted = Wanted::of(*field, *fit, values);
            stands(field.column(), &|cell| wanted.fits(cell))
        }
        Term::Claim(name, fit, values) => {
            let said =
                look.cache.as_ref().and_then(|cache| cache.entry(row.spot)).and_then(|entry| claim(&entry, name));
            said.is_some_and(|said| Wanted::claim(*fit, values).fits(&said))
        }
        Term::Kind(kinds) => kinds.contains(&row.section),
        Term::Time(clock, order, bound) => is_in_time(clock.of(row), look.now, *clock, *order, *bound),
        Term::Flag(flag) => flag.holds(row, look.now),
    }
}

impl Field {
    pub(super) fn column(self) -> Column {
        match self {
            Self::Account => Column::Account,
            Self::Tenant | Self::Realm => Column::Tenant,
            Self::Client => Column::Client,
            Self::Audience => Column::Audience,
            Self::Scope => Column::Target,
            Self::Host => Column::Host,
        }
    }

    /// The part of the cell that the field means.
    fn part(self, cell: &str) -> &str {
        match self {
            Self::Realm => cell.split(BREAK).next().unwrap_or(""),
            Self::Scope => cell.rsplit(BREAK).next().unwrap_or(""),
            Self::Account | Self::Tenant | Self::Client | Self::Audience | Self::Host => cell,
        }
    }
}

/// Values made ready to be looked for in many cells.
pub(super) struct Wanted<'q> {
    field: Option<Field>,
    fit: Fit,
    pub(super) values: &'q [String],
    /// Known names that the values are short for ("arm"), folded.
    pub(super) known: Vec<String>,
    finders: Vec<memmem::Finder<'q>>,
}

impl<'q> Wanted<'q> {
    pub(super) fn of(field: Field, fit: Fit, values: &'q [String]) -> Self {
        let mut wanted = Self { field: Some(field), ..Self::claim(fit, values) };
        if field == Field::Audience {
            let prefixes = values.iter().filter_map(|value| names::resource_prefixes(value).first().copied());
            wanted.known = prefixes.filter_map(names::resource).map(fold).collect();
        }
        wanted
    }

    pub(super) fn claim(fit: Fit, values: &'q [String]) -> Self {
        let finders = values.iter().map(|value| memmem::Finder::new(value.as_bytes())).collect();
        Self { field: None, fit, values, known: Vec::new(), finders }
    }

    /// Whether a cell fits wherever it holds a value. One that holds only a known name may fit, too.
    pub(super) fn is_anywhere(&self) -> bool {
        let is_whole_cell = match self.field {
            Some(Field::Scope | Field::Realm) => false,
            Some(Field::Account | Field::Tenant | Field::Client | Field::Audience | Field::Host) | None => true,
        };
        self.fit == Fit::Part && is_whole_cell
    }

    /// Whether one of the values fits a text of `cell`.
    pub(super) fn fits(&self, cell: &str) -> bool {
        let part = self.field.map_or(cell, |field| field.part(cell));
        let is_known = || part.split(BREAK).any(|text| self.known.iter().any(|known| known == text));
        match self.fit {
            Fit::Part => self.finders.iter().any(|finder| finder.find(part.as_bytes()).is_some()) || is_known(),
            Fit::Whole => part.split(BREAK).any(|text| self.is_one(text)) || is_known(),
        }
    }

    fn is_one(&self, text: &str) -> bool {
        let is = |text: &str| self.values.iter().any(|value| value == text);
        let tail = |scope: &str| scope.rsplit_once('/').is_some_and(|(_, tail)| is(tail));
        match self.field {
            Some(Field::Scope) => text.split_whitespace().any(|scope| is(scope) || tail(scope)),
            Some(Field::Account | Field::Tenant | Field::Client | Field::Audience | Field::Host | Field::Realm)
            | None => is(text),
        }
    }
}

impl Clock {
    /// The time of `row`; only access tokens expire in the sense of a filter.
    pub(super) fn of(self, row: &Row) -> Option<UnixSeconds> {
        match self {
            Self::Expires => row.expires_on.filter(|_| row.section == Section::AccessToken),
            Self::Cached => row.cached_at,
        }
    }
}

pub(super) fn is_in_time(
    time: Option<UnixSeconds>,
    now: UnixSeconds,
    clock: Clock,
    order: Order,
    bound: Bound,
) -> bool {
    let Some(time) = time else { return false };
    let (value, bound) = match (bound, clock) {
        (Bound::At(moment), Clock::Expires | Clock::Cached) => (time.0, moment.0),
        (Bound::Span(span), Clock::Expires) => (time.since(now), span),
        (Bound::Span(span), Clock::Cached) => (now.since(time), span),
    };
    match order {
        Order::Less => value < bound,
        Order::AtMost => value <= bound,
        Order::More => value > bound,
        Order::AtLeast => value >= bound,
    }
}

impl Flag {
    pub(super) fn holds(self, row: &Row, now: UnixSeconds) -> bool {
        match self {
            Self::Expired => row.state(now) == State::Expired,
            Self::Expiring => row.state(now) == State::Expiring,
            Self::Orphan => row.orphan,
            Self::AppOnly => row.is_app_only(),
        }
    }
}

/// What the token of `entry` says under `name`, folded: a text, the items of a list with breaks between them, else
/// the JSON. `None` if it does not say it, or is no token that can be read.
pub(super) fn claim(entry: &Entry<'_>, name: &str) -> Option<String> {
    let Claims::Jwt { payload, .. } = claims::of_token(&entry.secret()?) else { return None };
    // Of duplicates readers take the last.
    let (_, raw) = payload.iter().rev().find(|(claim, _)| claim == name)?;
    if raw.starts_with('"') {
        return Some(fold(&decode(raw)));
    }
    let items = serde_json::from_str::<Vec<String>>(raw).ok();
    Some(fold(&items.map_or_else(|| raw.clone(), |items| items.join(&BREAK.to_string()))))
}
