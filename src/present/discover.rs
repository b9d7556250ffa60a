//! The places of this machine in words: what lies there, whether it opens, and what can be seen of it from outside.

use super::list::by_health;
use super::record::tabbed;
use super::words::{Line, Role, quoted};
use super::{change, lock, obstacle, when};
use crate::ops::summary::Standing;
use crate::source::{LockStatus, WhyNot};
use crate::time::UnixSeconds;

/// What is told of one place.
pub struct Sight<'a> {
    /// The app that keeps its cache there.
    pub app: &'a str,
    /// Its place, short.
    pub place: String,
    /// How it is protected: "plaintext 0600", "sealed by …".
    pub state: &'a str,
    /// Whether others than its owner may read it.
    pub is_bare: bool,
    /// What is in it, where that was read.
    pub inside: Inside,
    /// The length of its file in bytes.
    pub bytes: Option<u64>,
    /// When that changed last.
    pub modified: Option<UnixSeconds>,
    /// Its locks.
    pub locks: &'a [LockStatus],
}

/// What is in a place.
pub enum Inside {
    /// So many entries, and accounts that stand so.
    Read(usize, Standing),
    /// It was not opened, and why; the place that opens it.
    Closed(WhyNot, String),
    /// It was to be read, and could not be.
    Failed(String),
}

/// Three lines: the app and its place, what it holds, what is seen from outside.
#[must_use]
pub fn lines(sight: &Sight<'_>, now: UnixSeconds) -> [Line; 3] {
    let head = Line::new().with(Role::Strong, sight.app).with(Role::Plain, &format!("  {}", sight.place));
    let role = if sight.is_bare { Role::Warn } else { Role::Plain };
    let holds = Line::plain("  ").with(role, sight.state).with(Role::Plain, "   ");
    [head, inside(holds, &sight.inside), Line::plain("  ").and(outside(sight, now))]
}

fn inside(line: Line, inside: &Inside) -> Line {
    match inside {
        Inside::Read(entries, standing) => {
            line.with(Role::Plain, &entry_count(*entries)).and(accounts(standing, "   accounts: "))
        }
        Inside::Closed(why_not, place) if why_not.opens_when_asked() => {
            line.with(Role::Dim, "not opened; to open it: ").with(Role::Plain, &command(place))
        }
        Inside::Closed(why_not, _) => {
            let line = line.with(Role::Dim, "not opened");
            match why_not.obstacle() {
                Some(obstacle) => line.with(Role::Dim, &format!("; {}", obstacle::advice(obstacle))),
                None => line,
            }
        }
        Inside::Failed(why) => line.with(Role::Bad, why),
    }
}

/// The command that opens the cache at `place`.
#[must_use]
pub fn command(place: &str) -> String {
    format!("saltcellar list {}", quoted(place))
}

/// "6 entries".
#[must_use]
pub fn entry_count(entries: usize) -> String {
    match entries {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}

/// "1 ok, 1 needs sign-in" behind `before`; nothing where there are no accounts.
#[must_use]
pub fn accounts(standing: &Standing, before: &str) -> Line {
    let mut gap = before;
    by_health(standing).fold(Line::new(), |line, (told, role)| {
        let before = std::mem::replace(&mut gap, ", ");
        line.with(Role::Dim, before).with(role, &told)
    })
}

/// "3.1 KiB   changed 4m ago   lock free".
fn outside(sight: &Sight<'_>, now: UnixSeconds) -> Line {
    let bytes = sight.bytes.map(|bytes| change::size(usize::try_from(bytes).unwrap_or(usize::MAX)));
    let age = sight.modified.map(|at| format!("changed {}", when::changed(at, now)));
    let facts: Vec<String> = [bytes, age].into_iter().flatten().collect();
    let says = lock::told(sight.locks);
    let role = if says == lock::FREE { Role::Dim } else { Role::Warn };
    Line::new().with(Role::Dim, &facts.join("   ")).with(Role::Dim, "   ").with(role, &format!("lock {says}"))
}

/// One record a place, tabs between: app, place, protection, "opened" or why not, accounts, entries, bytes, last change,
/// lock.
#[must_use]
pub fn record(sight: &Sight<'_>) -> Line {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (opened, people, entries) = match &sight.inside {
        Inside::Read(entries, standing) => ("opened", accounts(standing, "").text(), entries.to_string()),
        Inside::Closed(why_not, _) => (why_not.name(), String::new(), String::new()),
        Inside::Failed(why) => (why.as_str(), String::new(), String::new()),
    };
    let modified = sight.modified.map(when::utc).unwrap_or_default();
    let (bytes, lock) = (number(sight.bytes), lock::told(sight.locks));
    tabbed(&[sight.app, &sight.place, sight.state, opened, &people, &entries, &bytes, &modified, &lock])
}

/// "5 places, 3 opened. 20 more hold nothing. Nothing was unsealed."
#[must_use]
pub fn footer(places: usize, opened: usize, absent: usize) -> Line {
    let plural = |count: usize| format!("{count} place{}", if count == 1 { "" } else { "s" });
    let rest = match absent {
        0 => String::new(),
        1 => " 1 more well-known place holds nothing.".to_owned(),
        many => format!(" {many} more well-known places hold nothing."),
    };
    let told = format!("{}, {opened} opened.{rest} Nothing was unsealed, nobody was asked.", plural(places));
    Line::new().with(Role::Dim, &told)
}

/// A well-known place where nothing is, and the app's command that would make a cache there.
#[must_use]
pub fn absent(app: &str, place: &str, made_by: Option<&str>) -> Line {
    let line = Line::new().with(Role::Dim, app).with(Role::Dim, &format!("  {place}  not there"));
    match made_by {
        Some(command) => line.with(Role::Dim, &format!("; made by: {command}")),
        None => line,
    }
}
