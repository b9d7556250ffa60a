//! What a cache costs, in words: what each runtime reads, walks and writes, what would trim it, what is large in it.
//! Says what happens, not how long it takes: that is another machine's.

use super::change::{counted, size};
use super::columns::padded;
use super::words::{Line, Role, quoted};
use crate::cache::{Cache, Dialect};
use crate::ops::cost::{Cost, Growth, Pile, Suspect};

/// What one runtime does with a cache of this size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toll {
    /// The runtime.
    pub runtime: Dialect,
    /// A sentence.
    pub says: String,
}

/// The cost as lines; `place` is how a command names the cache.
#[must_use]
pub fn lines(cache: &Cache<'_>, cost: &Cost, place: &str) -> Vec<Line> {
    let mut lines = vec![Line::new(), Line::new().with(Role::Strong, "Cost of a look-up")];
    let own = |toll: &Toll| cost.dialect == Dialect::Unknown || toll.runtime == cost.dialect;
    lines.extend(tolls(cost).iter().filter(|toll| own(toll)).map(|toll| {
        Line::plain("  ").with(Role::Plain, &padded(toll.runtime.library(), 13)).with(Role::Plain, &toll.says)
    }));
    if !cost.suspects.is_empty() {
        lines.extend([Line::new(), Line::new().with(Role::Strong, "What makes it grow")]);
        lines.extend(cost.suspects.iter().flat_map(|suspect| told(suspect, cost, place)));
    }
    if !cost.largest.is_empty() {
        lines.extend([Line::new(), Line::new().with(Role::Strong, "Largest entries")]);
        lines.extend(cost.largest.iter().map(|large| {
            let print = cache.entry(large.spot).and_then(|entry| entry.secret()).map(|secret| secret.fingerprint());
            let line = Line::plain("  ").with(Role::Plain, &padded(&large.title, 40));
            let line = line.with(Role::Dim, &format!("{:>10}", size(large.bytes)));
            match print {
                Some(print) => line.with(Role::Secret, &format!("  {print}")),
                None => line,
            }
        }));
    }
    lines
}

/// What each runtime does with the cache.
#[must_use]
pub fn tolls(cost: &Cost) -> Vec<Toll> {
    let (all, bytes) = (counted(cost.access_tokens, "access token", "access tokens"), size(cost.bytes));
    let expired = match cost.expired.entries {
        0 => "none has expired".to_owned(),
        count => format!("{count} of them expired: it takes those out and writes the file anew"),
    };
    let says = |runtime| match runtime {
        Dialect::Python => format!("loads {bytes} when the file has changed; a miss walks {all}, {expired}"),
        Dialect::DotNet => {
            format!(
                "loads {bytes} under the lock at every call, walks the tokens of the account (or of the app and tenant), writes all of it for each new one"
            )
        }
        Dialect::Node => {
            format!("loads {bytes} when the file has changed; every look-up walks the keys of {all}; writes all of it")
        }
        Dialect::Java => format!("loads {bytes} when the file has changed; walks {all}; writes all of it"),
        Dialect::Go => format!("loads {bytes} at every call; walks {all}; writes all of it for each new token"),
        Dialect::Unknown => String::new(),
    };
    let known = [Dialect::Python, Dialect::DotNet, Dialect::Node, Dialect::Java, Dialect::Go];
    known.into_iter().map(|runtime| Toll { runtime, says: says(runtime) }).collect()
}

/// The command that trims what `suspect` names, for the cache at `place`.
#[must_use]
pub fn command(suspect: &Suspect, place: &str) -> Option<String> {
    let (verb, options) = suspect.command.as_ref()?;
    let options: Vec<String> = options.iter().map(|option| quoted(option)).collect();
    Some(format!("saltcellar {verb} {} {}", quoted(place), options.join(" ")))
}

fn told(suspect: &Suspect, cost: &Cost, place: &str) -> Vec<Line> {
    let Pile { entries, bytes } = suspect.pile;
    let share = bytes.saturating_mul(100) / cost.bytes.max(1);
    let line = Line::plain("  ").with(Role::Warn, &what(suspect, entries));
    let line = line.with(Role::Dim, &format!("  {}, {share}% of the cache", size(bytes)));
    let how = match command(suspect, place) {
        Some(command) => Line::plain("    ").with(Role::Strong, &command),
        None => Line::plain("    ").with(
            Role::Dim,
            "ask for fewer groups: \"groups assigned to the application\" in the app's token configuration",
        ),
    };
    vec![line, how]
}

fn what(suspect: &Suspect, entries: usize) -> String {
    let tokens = |words: &str| format!("{entries} {words}{}", if entries == 1 { "" } else { "s" });
    let of = &suspect.of;
    match suspect.cause {
        Growth::Expired => tokens("expired access token"),
        Growth::AppOnly => format!("{} of {of}", tokens("app-only token")),
        Growth::Extended => {
            format!("{} of {of}, one for each session or path", tokens("extended token"))
        }
        Growth::Duplicates => format!("{} beside another one for the same", tokens("access token")),
        Growth::Heavy => format!("{} of more than 4 KiB, {of}", tokens("access token")),
    }
}
