//! Follows a pickle with a stack of small values, of which it knows only what a cache needs: texts by where they stand, and
//! dictionaries. One loop, no recursion; every store has a cap, so that no pickle makes it large.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Texts, is_name};
use super::ops::{self, Argument, Effect};
use super::{NEWEST, Odd, Spot, text_at};

/// Values on the stack at once. Python writes a dictionary or a list by the thousand.
const STACK: usize = 1 << 17;
/// Marks on the stack at once. Python itself pickles no deeper than its recursion limit of 1,000.
const DEPTH: usize = 1000;
/// Values remembered: every text and dictionary of a session is.
const MEMO: usize = 1 << 18;
/// Values under the name of a cache, in the session or deeper.
const NAMED: usize = 1000;

/// A value, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Mark,
    /// By where its opcode stands.
    Text(usize),
    /// By where it began.
    Dict(usize),
    Other,
}

/// A pickle that is followed.
pub(super) struct Machine<'a> {
    session: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    depth: usize,
    memo: BTreeMap<usize, Value>,
    /// Texts that were fetched from the memo or doubled: they stand for more than one value.
    shared: BTreeSet<usize>,
    /// Frames, by where their content begins and ends.
    frames: Vec<(usize, usize)>,
    /// What stands under a known name: the dictionary, where the name stands, and the value.
    named: Vec<(usize, usize, Value)>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(session: &'a [u8], from: usize) -> Self {
        let (stack, frames, named) = (Vec::new(), Vec::new(), Vec::new());
        let (memo, shared) = (BTreeMap::new(), BTreeSet::new());
        Self { session, at: from, stack, depth: 0, memo, shared, frames, named }
    }

    /// Follows it to its end; what stands under the known names of the outermost dictionary.
    pub(super) fn run(&mut self) -> Result<Texts, Odd> {
        loop {
            let start = self.at;
            let op = self.take(1)?.first().copied().ok_or(SHORT)?;
            let (argument, effect) = ops::op(op).ok_or(Odd::Broken("it has an opcode that pickle has not"))?;
            let argument = self.argument(argument)?;
            if effect == Effect::Stop {
                return self.end();
            }
            self.act(effect, start, argument)?;
        }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Odd> {
        let end = self.at.checked_add(len).ok_or(SHORT)?;
        let taken = self.session.get(self.at..end).ok_or(SHORT)?;
        self.at = end;
        Ok(taken)
    }

    fn argument(&mut self, argument: Argument) -> Result<&'a [u8], Odd> {
        match argument {
            Argument::Bytes(len) => self.take(len),
            Argument::Counted(width) => {
                let len = ops::little(self.take(width)?).ok_or(SHORT)?;
                self.take(len)
            }
            Argument::Line => {
                let rest = self.session.get(self.at..).unwrap_or_default();
                let len = memchr::memchr(b'\n', rest).ok_or(SHORT)?;
                self.take(len + 1).map(<[u8]>::trim_ascii_end)
            }
        }
    }

    fn act(&mut self, effect: Effect, start: usize, argument: &[u8]) -> Result<(), Odd> {
        match effect {
            Effect::Stop => Ok(()),
            Effect::Push => self.push(Value::Other),
            Effect::Text => self.push(Value::Text(start)),
            Effect::Mark => self.mark(),
            Effect::Fold(count) => self.drop(count).and_then(|()| self.push(Value::Other)),
            Effect::FoldToMark => self.down_to_mark().and_then(|_| self.push(Value::Other)),
            Effect::Drop(count) => self.drop(count),
            Effect::DropToMark => self.down_to_mark().map(drop),
            Effect::Dup => self.top().and_then(|top| self.again(top)),
            Effect::Dict => self.push(Value::Dict(start)),
            Effect::DictOfMark => {
                let items = self.down_to_mark()?;
                self.push(Value::Dict(start))?;
                self.set(&items)
            }
            Effect::Set => {
                let value = self.pop()?;
                let name = self.pop()?;
                self.set(&[name, value])
            }
            Effect::Sets => self.down_to_mark().and_then(|items| self.set(&items)),
            Effect::Put => self.number(start, argument).and_then(|number| self.remember(number)),
            Effect::Memoize => self.remember(self.memo.len()),
            Effect::Get => {
                let known = self.memo.get(&self.number(start, argument)?).copied();
                self.again(known.ok_or(Odd::Broken("it fetches what it never remembered"))?)
            }
            Effect::Proto => match argument {
                [0..=NEWEST] => Ok(()),
                _ => Err(Odd::Form("its pickle protocol is newer than 5")),
            },
            Effect::Frame => self.frame(argument),
            Effect::Code => Err(self.code(start, argument)),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), Odd> {
        if self.stack.len() >= STACK {
            return Err(Odd::Form("it has more values at once than a session has"));
        }
        self.stack.push(value);
        Ok(())
    }

    fn mark(&mut self) -> Result<(), Odd> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Odd::Form("it is nested deeper than 1,000 levels"));
        }
        self.push(Value::Mark)
    }

    fn pop(&mut self) -> Result<Value, Odd> {
        match self.stack.pop() {
            Some(Value::Mark) | None => Err(EMPTY),
            Some(value) => Ok(value),
        }
    }

    fn drop(&mut self, count: usize) -> Result<(), Odd> {
        (0..count).try_for_each(|_| self.pop().map(drop))
    }

    fn top(&self) -> Result<Value, Odd> {
        self.stack.last().copied().filter(|top| *top != Value::Mark).ok_or(EMPTY)
    }

    /// Takes what lies above the last mark, and the mark.
    fn down_to_mark(&mut self) -> Result<Vec<Value>, Odd> {
        let mark = self.stack.iter().rposition(|value| *value == Value::Mark).ok_or(EMPTY)?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        self.depth -= 1;
        Ok(items)
    }

    /// Puts a value on the stack that is on it, or was, already.
    fn again(&mut self, value: Value) -> Result<(), Odd> {
        if let Value::Text(at) = value {
            self.shared.insert(at);
        }
        self.push(value)
    }

    fn remember(&mut self, number: usize) -> Result<(), Odd> {
        let top = self.top()?;
        if self.memo.len() >= MEMO {
            return Err(Odd::Form("it remembers more values than a session has"));
        }
        self.memo.insert(number, top);
        Ok(())
    }

    /// The number of the opcode at `start`: bytes, or a line of digits in protocol 0.
    fn number(&self, start: usize, argument: &[u8]) -> Result<usize, Odd> {
        let number = match self.session.get(start) {
            Some(b'p' | b'g') => std::str::from_utf8(argument).ok().and_then(|digits| digits.parse().ok()),
            _ => ops::little(argument),
        };
        number.ok_or(Odd::Broken("a number is none"))
    }

    /// Notes the names and values in `items` that matter, of the dictionary on top.
    fn set(&mut self, items: &[Value]) -> Result<(), Odd> {
        let top = self.top()?;
        let (pairs, odd) = items.as_chunks::<2>();
        if !odd.is_empty() {
            return Err(Odd::Broken("a name has no value"));
        }
        let Value::Dict(dict) = top else { return Ok(()) };
        for [name, value] in pairs {
            if let Value::Text(name) = name
                && self.text(*name).is_some_and(is_name)
            {
                self.named.push((dict, *name, *value));
            }
        }
        if self.named.len() > NAMED { Err(Odd::Form("it has too many caches")) } else { Ok(()) }
    }

    fn frame(&mut self, len: &[u8]) -> Result<(), Odd> {
        let end = ops::little(len).and_then(|len| self.at.checked_add(len)).ok_or(SHORT)?;
        let begins_inside = self.frames.last().is_some_and(|(_, last)| self.at < last + 9);
        if end > self.session.len() || begins_inside {
            return Err(Odd::Broken("a frame is longer than what there is"));
        }
        self.frames.push((self.at, end));
        Ok(())
    }

    fn text(&self, at: usize) -> Option<&'a [u8]> {
        self.session.get(text_at(self.session, at)?.text)
    }

    fn end(&mut self) -> Result<Texts, Odd> {
        let [Value::Dict(outermost)] = self.stack[..] else { return Err(Odd::Form("it is no dictionary")) };
        let mut texts = Texts::default();
        for (dict, name, value) in &self.named {
            if *dict == outermost {
                texts.note(self.text(*name).unwrap_or_default(), self.spot(*value));
            }
        }
        Ok(texts)
    }

    /// Where `value` stands, if it is a text.
    fn spot(&self, value: Value) -> Option<Spot> {
        let Value::Text(at) = value else { return None };
        let frame = self.frames.iter().rfind(|(start, _)| *start <= at).filter(|(_, end)| at < *end);
        let spot = text_at(self.session, at)?;
        Some(Spot { frame: frame.map(|(start, _)| start - 8), is_shared: self.shared.contains(&at), ..spot })
    }

    /// What the opcode at `start` asks for, by name if it tells.
    fn code(&mut self, start: usize, argument: &[u8]) -> Odd {
        let op = self.session.get(start).copied().unwrap_or_default();
        let names = match op {
            b'c' | b'i' => {
                let class = self.argument(Argument::Line).unwrap_or_default();
                [argument, class].map(plain)
            }
            0x93 => {
                let mut name = || match self.stack.pop() {
                    Some(Value::Text(at)) => plain(self.text(at).unwrap_or_default()),
                    _ => String::new(),
                };
                let class = name();
                [name(), class]
            }
            _ => Default::default(),
        };
        match names {
            [module, class] if module.is_empty() && class.is_empty() => Odd::Code("it asks for an object".to_owned()),
            [module, class] => Odd::Code(format!("it asks for {module}.{class}")),
        }
    }
}

/// The name of a module or a class; nothing that could be anything else.
fn plain(name: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    name.iter().take_while(|byte| is_plain(byte)).take(64).map(|byte| char::from(*byte)).collect()
}

const SHORT: Odd = Odd::Broken("it ends too soon");
const EMPTY: Odd = Odd::Broken("it takes what is not there");
