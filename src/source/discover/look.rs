//! One place looked at from outside: is it there, how is it wrapped, may it be read. Names, modes and first bytes tell;
//! no key is asked for and no service is called.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::Known;
use super::data::Entry;
use super::known::{WhyNot, modified};
use crate::seal::sniff::{self, Mark};
use crate::source::traceless::open;
use crate::source::{Obstacle, PLAINTEXT, Place};
use crate::system::{self, Kind, Stat};

/// As much of a file as tells how it is wrapped.
const HEAD: u64 = 4096;

/// What is known of the file at `path`, where the app of `entry` keeps a cache under the name of `app`.
pub(super) fn look_at(entry: &Entry, app: &str, path: PathBuf) -> Known {
    let found = system::stat_at(&path);
    let seen = match &found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::absent(),
        Err(error) => Seen::unreadable(&path, error),
        Ok(is) if is.kind == Kind::Link => Seen::behind(Obstacle::Symlink(path.read_link().ok())),
        Ok(is) if is.kind == Kind::Folder => Seen::behind(Obstacle::Folder),
        Ok(is) if is.kind == Kind::Other => Seen::behind(Obstacle::NotAFile),
        Ok(is) => look_inside(entry, &path, is),
    };
    let file = found.ok();
    Known {
        app: app.to_owned(),
        place: seen.item.as_deref().and_then(|item| item.parse().ok()).unwrap_or_else(|| Place::file(&path)),
        exists: seen.exists,
        plaintext: seen.exists && seen.why_not.is_none(),
        state: seen.state,
        seal: seen.seal,
        why_not: seen.why_not,
        bytes: file.map(|is| is.len),
        modified: file.and_then(modified),
        made_by: entry.made_by.clone(),
        path,
    }
}

/// What a look brought.
struct Seen {
    exists: bool,
    state: String,
    seal: Option<&'static str>,
    why_not: Option<WhyNot>,
    /// The place where the tokens lie, if it is not the file.
    item: Option<String>,
}

impl Seen {
    fn absent() -> Self {
        Self { exists: false, state: "not there".to_owned(), seal: None, why_not: None, item: None }
    }

    fn open(seal: &'static str, state: String) -> Self {
        Self { exists: true, state, seal: Some(seal), why_not: None, item: None }
    }

    fn closed(why_not: WhyNot, state: impl Into<String>) -> Self {
        Self { exists: true, state: state.into(), seal: None, why_not: Some(why_not), item: None }
    }

    fn behind(obstacle: Obstacle) -> Self {
        let state = obstacle.to_string();
        Self::closed(WhyNot::Obstacle(obstacle), state.trim_start_matches("it is "))
    }

    fn unreadable(path: &Path, error: &io::Error) -> Self {
        match Obstacle::to_reading(path, error) {
            Some(obstacle) => Self::behind(obstacle),
            None => Self::closed(WhyNot::Unreadable, format!("not readable: {error}")),
        }
    }

    fn sealed(self, seal: &'static str) -> Self {
        Self { seal: Some(seal), ..self }
    }
}

fn look_inside(entry: &Entry, path: &Path, is: &Stat) -> Seen {
    let mut head = Vec::new();
    if let Err(error) = open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)) {
        return Seen::unreadable(path, &error);
    }
    let mark = sniff::mark(&head);
    if let Some(mark) = mark.filter(|mark| !mark.is_open()) {
        return Seen::closed(WhyNot::Sealed, format!("sealed by {}", mark.by())).sealed(mark.name());
    }
    let is_signal = entry.signal && matches!(head.trim_ascii(), b"" | b"{}");
    if is_signal {
        let item = entry.item(path, !head.trim_ascii().is_empty());
        return Seen { item, ..Seen::closed(WhyNot::InKeyring, "the tokens are in the keyring").sealed(KEYRING) };
    }
    let mode = is.mode.map(|mode| format!(" {mode:04o}")).unwrap_or_default();
    let name = mark.map_or(PLAINTEXT, Mark::name);
    let plain = format!("{name}{mode}");
    match Obstacle::of_another(path).filter(|_| !is.is_own) {
        None => Seen::open(name, plain),
        Some(obstacle) => Seen::closed(WhyNot::Obstacle(obstacle), plain).sealed(name),
    }
}

/// Where signal files say that the tokens are.
const KEYRING: &str = if cfg!(target_os = "macos") { "keychain" } else { "secret-service" };
