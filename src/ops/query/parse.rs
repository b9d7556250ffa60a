//! From text to a condition, by recursive descent. Says at which column it stops to make sense and what would;
//! guesses nothing: a query that is read wrongly takes the wrong entries.

use super::cells::fold;
use super::keys::{self, CLAIM, Key};
use super::{Bound, Clock, Fit, Node, Order, Term};
use crate::time;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{says} at column {column}")]
pub struct QueryError {
    /// Where, in characters, from 1 on; one more than the text is long if something is missing at its end.
    pub column: usize,
    /// What is wrong or expected there.
    pub says: String,
}

/// Deeper than anybody nests, and far from the end of the stack.
const DEEPEST: usize = 40;

pub(super) fn parse(text: &str) -> Result<Node, QueryError> {
    Parser { text, at: 0, depth: 0 }.all()
}

struct Parser<'t> {
    text: &'t str,
    /// In bytes, always on a character's edge.
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    /// Terms that must all hold, up to the end or a `)`.
    fn all(&mut self) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            self.skip_blanks();
            match self.next() {
                None => break,
                Some(')') if self.depth > 0 => break,
                Some(')') => return Err(self.error(self.at, "no \"(\" is open here")),
                Some(_) => nodes.push(self.any()?),
            }
            if self.take_operator("and") {
                self.expect_term("and")?;
            }
        }
        Ok(only(nodes, Node::All))
    }

    /// Terms of which one must hold: `or` binds tighter than standing side by side.
    fn any(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.one()?];
        while self.take_operator("or") {
            self.expect_term("or")?;
            nodes.push(self.one()?);
        }
        Ok(only(nodes, Node::Any))
    }

    fn one(&mut self) -> Result<Node, QueryError> {
        let start = self.at;
        if self.depth > DEEPEST {
            return Err(self.error(start, "too many \"(\" and \"!\" in one another"));
        }
        for operator in ["or", "and"] {
            if self.take_operator(operator) {
                let says = format!("\"{operator}\" stands between two terms; in quotes it is a word,");
                return Err(self.error(start, &says));
            }
        }
        match self.next() {
            Some('!') => self.not(),
            Some('(') => self.group(),
            Some(_) | None => self.term().map(Node::Is),
        }
    }

    fn not(&mut self) -> Result<Node, QueryError> {
        self.at += 1;
        if self.next().is_none_or(|c| c.is_whitespace() || c == ')') {
            return Err(self.error(self.at, "expected a term right behind \"!\""));
        }
        self.depth += 1;
        let node = self.one()?;
        self.depth -= 1;
        Ok(Node::Not(Box::new(node)))
    }

    fn group(&mut self) -> Result<Node, QueryError> {
        let open = self.at;
        self.at += 1;
        self.depth += 1;
        let inside = self.all()?;
        self.depth -= 1;
        if self.next() != Some(')') {
            return Err(self.error(open, "unclosed \"(\""));
        }
        if inside == Node::All(Vec::new()) {
            return Err(self.error(self.at, "expected a term"));
        }
        self.at += 1;
        Ok(inside)
    }

    fn term(&mut self) -> Result<Term, QueryError> {
        let start = self.at;
        if self.next() == Some('"') {
            let word = self.quoted();
            return if word.is_empty() {
                Err(self.error(start + 1, "expected a word in the quotes"))
            } else {
                Ok(Term::Word(fold(word)))
            };
        }
        let word = self.rest().split(ends_word).next().unwrap_or("");
        if let Some((name, sign)) = head(word) {
            self.at += name.len();
            return self.keyed(name, sign, start);
        }
        self.at += word.len();
        Ok(keys::flag(word).map_or_else(|| Term::Word(fold(word)), Term::Flag))
    }

    /// A term with a key; the cursor is on its sign.
    fn keyed(&mut self, name: &str, sign: char, start: usize) -> Result<Term, QueryError> {
        if let Some(claim) = name.strip_prefix(CLAIM) {
            let fit = self.fit(name, sign)?;
            return Ok(Term::Claim(claim.to_owned(), fit, self.values(name)?.into_iter().map(|(_, v)| v).collect()));
        }
        match keys::key(name) {
            None => Err(self.error(start, &format!("no key is called \"{name}\"; in quotes it is a word,"))),
            Some(Key::Time(clock)) => self.time(name, clock),
            Some(Key::Kind) => {
                self.fit(name, sign)?;
                self.values(name)?
                    .into_iter()
                    .map(|(at, value)| self.kind(at, &value))
                    .collect::<Result<_, _>>()
                    .map(Term::Kind)
            }
            Some(Key::Text(field)) => {
                let fit = self.fit(name, sign)?;
                Ok(Term::Text(field, fit, self.values(name)?.into_iter().map(|(_, value)| value).collect()))
            }
        }
    }

    fn kind(&self, at: usize, value: &str) -> Result<crate::cache::Section, QueryError> {
        keys::kind(value).ok_or_else(|| self.error(at, "expected at, rt, id, account, app or other"))
    }

    fn fit(&mut self, name: &str, sign: char) -> Result<Fit, QueryError> {
        let fit = match sign {
            ':' => Fit::Part,
            '=' => Fit::Whole,
            _ => return Err(self.error(self.at, &format!("expected \":\" or \"=\" behind {name}"))),
        };
        self.at += 1;
        Ok(fit)
    }

    /// Values between commas, folded, each with where it stands.
    fn values(&mut self, name: &str) -> Result<Vec<(usize, String)>, QueryError> {
        let mut values = Vec::new();
        loop {
            let at = self.at;
            let value = match self.next() {
                Some('"') => self.quoted(),
                Some(_) | None => self.take_until(|c| c == ',' || ends_word(c)),
            };
            if value.is_empty() {
                return Err(self.error(self.at, &format!("expected a value for {name}")));
            }
            values.push((at, fold(value)));
            if self.next() != Some(',') {
                return Ok(values);
            }
            self.at += 1;
        }
    }

    fn time(&mut self, name: &str, clock: Clock) -> Result<Term, QueryError> {
        let sign = self.take_until(|c| !matches!(c, '<' | '>' | '=' | ':'));
        let order = match sign {
            "<" => Order::Less,
            "<=" => Order::AtMost,
            ">" => Order::More,
            ">=" => Order::AtLeast,
            _ => return Err(self.error(self.at - sign.len(), &format!("expected \"<\" or \">\" behind {name}"))),
        };
        let at = self.at;
        let bound = bound(self.take_until(ends_word));
        let bound = bound
            .ok_or_else(|| self.error(at, "expected a span such as 15m, 2h or 7d, or a date such as 2026-11-22"))?;
        Ok(Term::Time(clock, order, bound))
    }

    /// What stands in quotes; an open quote ends with the text.
    fn quoted(&mut self) -> &'t str {
        self.at += 1;
        let inside = self.take_until(|c| c == '"');
        self.at += self.next().map_or(0, char::len_utf8);
        inside
    }

    fn take_until(&mut self, is_end: impl Fn(char) -> bool) -> &'t str {
        let found = self.rest().split(is_end).next().unwrap_or("");
        self.at += found.len();
        found
    }

    /// Takes the word `operator` if it stands next, in any case.
    fn take_operator(&mut self, operator: &str) -> bool {
        let start = self.at;
        self.skip_blanks();
        let word = self.rest().split(ends_word).next().unwrap_or("");
        let is_it = word.eq_ignore_ascii_case(operator);
        self.at = if is_it { self.at + word.len() } else { start };
        is_it
    }

    fn expect_term(&mut self, operator: &str) -> Result<(), QueryError> {
        self.skip_blanks();
        let is_there = self.next().is_some_and(|c| c != ')');
        is_there.then_some(()).ok_or_else(|| self.error(self.at, &format!("expected a term behind \"{operator}\"")))
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, at: usize, says: &str) -> QueryError {
        let before = self.text.get(..at).unwrap_or(self.text);
        QueryError { column: before.chars().count() + 1, says: says.to_owned() }
    }
}

/// One node stands for itself.
fn only(mut nodes: Vec<Node>, join: impl Fn(Vec<Node>) -> Node) -> Node {
    match (nodes.len(), nodes.pop()) {
        (1, Some(node)) => node,
        (_, last) => {
            nodes.extend(last);
            join(nodes)
        }
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || c == '(' || c == ')'
}

/// The key of a term and the sign behind it; none of a plain word, such as a URL.
fn head(word: &str) -> Option<(&str, char)> {
    let (name, sign) = word.split_once([':', '=', '<', '>']).and_then(|(name, _)| {
        let sign = word.get(name.len()..)?.chars().next()?;
        Some((name, sign))
    })?;
    let is_url = word.get(name.len()..).is_some_and(|rest| rest.starts_with("://"));
    let is_claim = name.strip_prefix(CLAIM).is_some_and(|claim| !claim.is_empty() && !claim.contains('"'));
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic());
    (!is_url && (is_claim || is_name)).then_some((name, sign))
}

/// A span, or a moment: a date at midnight UTC, RFC 3339, Unix seconds.
fn bound(text: &str) -> Option<Bound> {
    const SHORTEST: usize = "100000000".len();
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_number && let Some(span) = time::read_span(text) {
        return Some(Bound::Span(span));
    }
    // A short number has lost its unit.
    let moment = time::read_moment(text).filter(|_| !is_number || text.len() >= SHORTEST);
    moment.map(Bound::At)
}
