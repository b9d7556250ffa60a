//! Which nodes a place has, which of them has a key, and a connection to each: one server, whom the sentinels name, or
//! the masters of a cluster. Looks again after any trouble, and decides nothing about keys.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::answer::Answer;
use super::slots::part_of;
use super::trouble;
use super::wire::{Dialling, End, Line, granted, is_refused, number, refusal, text};
use crate::store::place::{Host, Reach};
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, StoreErrorKind};

/// A node and the parts of the keys that it has.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) end: End,
    parts: Vec<RangeInclusive<u16>>,
}

impl Node {
    fn alone(end: End) -> Self {
        Self { end, parts: vec![0..=u16::MAX] }
    }
}

/// The nodes of a place and the connections to them.
pub(super) struct Fleet {
    nodes: Vec<Node>,
    lines: HashMap<End, Line>,
}

impl Fleet {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self { nodes: Vec::new(), lines: HashMap::new() }
    }

    /// All nodes that have keys.
    pub(super) fn nodes(&mut self, dialling: &Dialling) -> Result<&[Node], StoreError> {
        if self.nodes.is_empty() {
            self.nodes = look_up(dialling)?;
        }
        Ok(&self.nodes)
    }

    /// The node that has `key`.
    pub(super) fn end_of(&mut self, dialling: &Dialling, key: &[u8]) -> Result<End, StoreError> {
        let part = part_of(key);
        let nodes = self.nodes(dialling)?;
        let owner = nodes.iter().find(|node| node.parts.iter().any(|parts| parts.contains(&part)));
        owner
            .map(|node| node.end.clone())
            .ok_or_else(|| ServerTrouble::Unready(format!("no node of the cluster has part {part} of the keys")).into())
    }

    /// The connection to the node at `end`.
    pub(super) fn line(&mut self, dialling: &Dialling, end: &End) -> Result<&mut Line, StoreError> {
        if !self.lines.contains_key(end) {
            self.lines.insert(end.clone(), dialling.dial(end)?);
        }
        self.lines.get_mut(end).ok_or_else(|| StoreErrorKind::Unreadable.into())
    }

    /// Forgets what was known: nodes and connections are looked up again.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }
}

/// The nodes of the place, as it tells them now.
fn look_up(dialling: &Dialling) -> Result<Vec<Node>, StoreError> {
    match &dialling.place.reach {
        Reach::Server { host, .. } => Ok(vec![Node::alone(End::Port(host.clone()))]),
        Reach::Socket(path) => Ok(vec![Node::alone(End::Socket(path.clone()))]),
        Reach::Sentinel { hosts, master, .. } => first_of(hosts, |host| named(dialling, host, master)),
        Reach::Cluster { hosts, .. } => first_of(hosts, |host| masters(dialling, host)),
    }
}

/// What the first of `hosts` says that says anything; else the last one's trouble.
fn first_of<T>(hosts: &[Host], mut ask: impl FnMut(&Host) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut last = StoreErrorKind::Unreadable.into();
    for host in hosts {
        match ask(host) {
            Ok(said) => return Ok(said),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whom a sentinel calls `master`; the server must think so too, or it is about to be replaced.
fn named(dialling: &Dialling, sentinel: &Host, master: &str) -> Result<Vec<Node>, StoreError> {
    let mut line = dialling.dial_sentinel(&End::Port(sentinel.clone()))?;
    let answer = line.one(&[b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", master.as_bytes()])?;
    let Answer::Many(words) = granted(answer)? else {
        let says = format!("the sentinel at {} knows no {master}", line.server);
        return Err(ServerTrouble::Unready(says).into());
    };
    let [name, port] = words.as_slice() else { return Err(trouble::odd(&line.server)) };
    let host = host(name, port).ok_or_else(|| trouble::odd(&line.server))?;
    let end = End::Port(host);
    let role = dialling.dial(&end)?.one(&[b"ROLE"])?;
    // A user who may not ask is told by the first write.
    if is_refused(&role, "NOPERM") || first_word(&role).as_deref() == Some("master") {
        return Ok(vec![Node::alone(end)]);
    }
    Err(ServerTrouble::Unready(format!("{end} is not the master any more: a failover is under way")).into())
}

fn first_word(answer: &Answer) -> Option<String> {
    let Answer::Many(words) = answer else { return None };
    words.first().and_then(text)
}

/// The masters of the cluster to which `host` belongs.
fn masters(dialling: &Dialling, host: &Host) -> Result<Vec<Node>, StoreError> {
    let asked = End::Port(host.clone());
    let mut line = dialling.dial(&asked)?;
    let answer = line.one(&[b"CLUSTER", b"SLOTS"])?;
    if refusal(&answer).is_some_and(|refusal| refusal.details.contains("cluster support disabled")) {
        return Err(StoreErrorKind::Server(format!("{asked} is no cluster: name it as redis:")).into());
    }
    let Answer::Many(ranges) = granted(answer)? else { return Err(trouble::odd(&line.server)) };
    let mut nodes: Vec<Node> = Vec::new();
    for range in &ranges {
        let (parts, end) = owned(range, host).ok_or_else(|| trouble::odd(&line.server))?;
        match nodes.iter_mut().find(|node| node.end == end) {
            Some(node) => node.parts.push(parts),
            None => nodes.push(Node { end, parts: vec![parts] }),
        }
    }
    match nodes.is_empty() {
        true => Err(ServerTrouble::Unready("no node of the cluster has any keys".to_owned()).into()),
        false => Ok(nodes),
    }
}

/// `[first, last, [name, port, …], …]`; the name of the node that was asked may be left out.
fn owned(range: &Answer, asked: &Host) -> Option<(RangeInclusive<u16>, End)> {
    let Answer::Many(range) = range else { return None };
    let [Answer::Number(first), Answer::Number(last), Answer::Many(master), ..] = range.as_slice() else { return None };
    let [name, port, ..] = master.as_slice() else { return None };
    let nameless = Answer::Word(asked.name.clone());
    let name = if text(name).is_none_or(|name| name.is_empty()) { &nameless } else { name };
    Some((u16::try_from(*first).ok()?..=u16::try_from(*last).ok()?, End::Port(host(name, port)?)))
}

fn host(name: &Answer, port: &Answer) -> Option<Host> {
    let port = number(port).or_else(|| text(port)?.parse().ok())?;
    Some(Host { name: text(name)?, port: u16::try_from(port).ok()? })
}
