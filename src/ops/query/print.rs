//! A query as text, in the one spelling that parses to it again.

use std::fmt::{self, Display};

use super::keys::{self, CLAIM};
use super::{Bound, Fit, Node, Order, Query, Term};

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Node::All(nodes) => joined(f, nodes, " "),
            node @ (Node::Any(_) | Node::Not(_) | Node::Is(_)) => print(f, node),
        }
    }
}

fn print(f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
    match node {
        Node::Any(nodes) => joined(f, nodes, " or "),
        Node::All(_) => tight(f, node),
        Node::Not(inner) => {
            f.write_str("!")?;
            tight(f, inner)
        }
        Node::Is(term) => term.fmt(f),
    }
}

/// In parentheses, unless it holds together by itself.
fn tight(f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
    match node {
        Node::Is(_) | Node::Not(_) => print(f, node),
        Node::All(nodes) => in_parentheses(f, nodes, " "),
        Node::Any(nodes) => in_parentheses(f, nodes, " or "),
    }
}

fn in_parentheses(f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str) -> fmt::Result {
    f.write_str("(")?;
    joined(f, nodes, between)?;
    f.write_str(")")
}

fn joined(f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        match node {
            // Side by side a chain of `or` needs no parentheses.
            Node::Any(_) if between == " " => print(f, node)?,
            Node::Any(_) | Node::All(_) | Node::Not(_) | Node::Is(_) => tight(f, node)?,
        }
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&quoted(word, is_plain_word(word))),
            Self::Kind(kinds) => {
                let names: Vec<_> = kinds.iter().map(|kind| keys::kind_name(*kind)).collect();
                write!(f, "type:{}", names.join(","))
            }
            Self::Text(field, fit, values) => write!(f, "{}{}{}", keys::field_name(*field), fit.sign(), list(values)),
            Self::Claim(name, fit, values) => write!(f, "{CLAIM}{name}{}{}", fit.sign(), list(values)),
            Self::Time(clock, order, bound) => write!(f, "{}{}{bound}", keys::clock_name(*clock), order.sign()),
            Self::Flag(flag) => f.write_str(keys::flag_name(*flag)),
        }
    }
}

impl Fit {
    fn sign(self) -> &'static str {
        match self {
            Self::Part => ":",
            Self::Whole => "=",
        }
    }
}

impl Order {
    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(seconds) => write!(f, "{seconds}s"),
            Self::At(moment) => match jiff::Timestamp::from_second(moment.0) {
                Ok(moment) => write!(f, "{moment}"),
                Err(_) => write!(f, "{:09}", moment.0),
            },
        }
    }
}

fn list(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| quoted(value, is_plain_value(value))).collect();
    values.join(",")
}

fn quoted(text: &str, is_plain: bool) -> String {
    if is_plain { text.to_owned() } else { format!("\"{text}\"") }
}

/// Whether a word is read as itself without quotes.
fn is_plain_word(word: &str) -> bool {
    Query::parse(word) == Ok(Query(Node::Is(Term::Word(word.to_owned()))))
}

fn is_plain_value(value: &str) -> bool {
    !value.starts_with('"') && !value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'))
}
