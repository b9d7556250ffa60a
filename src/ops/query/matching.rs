//! A condition held against one row: for a single run over a cache, and the measure of what the index finds.

use super::cells::{BREAK, Column, cell, fold};
use super::{Bound, Clock, Field, Fit, Flag, Node, Order, Term};
use crate::cache::{Cache, Entry, Roster, Row, Section, State, claims, names};
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
            field.columns().iter().any(|column| stands(*column, &|cell| wanted.fits(cell)))
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
    /// The columns that the field means.
    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            Self::Account => &[Column::Account],
            Self::Tenant => &[Column::Realm, Column::TenantName],
            Self::Realm => &[Column::Realm],
            Self::Client => &[Column::Client],
            Self::Audience => &[Column::Audience],
            Self::Scope => &[Column::Scopes],
            Self::Host => &[Column::Host],
        }
    }
}

/// How a text is looked for in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Anywhere.
    Part,
    /// As one of the cell's texts.
    Text,
    /// As one of the scopes in the cell's text, or as the end of one behind its last slash.
    Scope,
}

impl How {
    /// Whether `text` stands so in `cell`.
    pub(super) fn fits(self, cell: &str, text: &str) -> bool {
        let tail = |scope: &str| scope.rsplit_once('/').is_some_and(|(_, tail)| tail == text);
        match self {
            Self::Part => cell.contains(text),
            Self::Text => cell.split(BREAK).any(|known| known == text),
            Self::Scope => cell.split([BREAK, ' ']).any(|scope| scope == text || tail(scope)),
        }
    }
}

/// What is looked for in cells, one of several texts, and how.
pub(super) struct Wanted(pub(super) Vec<(How, String)>);

impl Wanted {
    pub(super) fn of(field: Field, fit: Fit, values: &[String]) -> Self {
        let how = match (fit, field) {
            (Fit::Part, _) => How::Part,
            (Fit::Whole, Field::Scope) => How::Scope,
            (
                Fit::Whole,
                Field::Account | Field::Tenant | Field::Client | Field::Audience | Field::Host | Field::Realm,
            ) => How::Text,
        };
        let mut wanted = Self::each(how, values);
        if field == Field::Audience {
            let prefixes = values.iter().filter_map(|value| names::resource_prefixes(value).first().copied());
            // What the value is short for ("arm").
            wanted.0.extend(prefixes.filter_map(names::resource).map(|name| (How::Text, fold(name))));
        }
        wanted
    }

    pub(super) fn claim(fit: Fit, values: &[String]) -> Self {
        Self::each(if fit == Fit::Part { How::Part } else { How::Text }, values)
    }

    fn each(how: How, values: &[String]) -> Self {
        Self(values.iter().map(|value| (how, value.clone())).collect())
    }

    pub(super) fn fits(&self, cell: &str) -> bool {
        self.0.iter().any(|(how, text)| how.fits(cell, text))
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

/// What the token of `entry` says under `name`, folded: a text, the items of a list, else the JSON; a break behind
/// each. `None` if it does not say it, or is no token that can be read.
pub(super) fn claim(entry: &Entry<'_>, name: &str) -> Option<String> {
    let raw = claims::one_of_token(&entry.secret()?, name)?;
    if raw.starts_with('"') {
        return Some(format!("{}{BREAK}", fold(&decode(&raw))));
    }
    let items = serde_json::from_str::<Vec<String>>(&raw).unwrap_or_else(|_| vec![raw]);
    Some(items.iter().map(|text| format!("{}{BREAK}", fold(text))).collect())
}
