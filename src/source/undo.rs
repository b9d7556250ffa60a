//! The way back over a restart: one hidden file beside the cache, 0600, with the old bytes and the hash of what we
//! wrote. It holds live tokens, so it lapses after an hour, and is sealed as the cache was.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::commit::{Next, Plan};
use super::{Loaded, Source, SourceError, Undoable};
use crate::json::{Document, Patch, Path};
use crate::lock::Patience;
use crate::secret::{Fingerprint, Hash, SecretBytes, SecretText};
use crate::store::atomic::{self, RealDisk};
use crate::store::place::{Address, Database, TablePlace};
use crate::store::sessions;
use crate::system;
use crate::time::UnixSeconds;

/// How long an undo is kept.
const LAPSE_SECONDS: i64 = 3600;

/// Which way the last write goes when it is taken back: undo swaps, so an undo taken back is a redo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A change is taken back.
    Undo,
    /// An undo is taken back: the change is made again.
    Redo,
}

impl Turn {
    fn other(self) -> Self {
        match self {
            Self::Undo => Self::Redo,
            Self::Redo => Self::Undo,
        }
    }
}

/// What an undo did, or would do.
#[derive(Clone, Debug)]
pub struct Undone {
    /// Whether a change was taken back, or made again.
    pub turn: Turn,
    /// Whether the exact bytes came back; otherwise an inverse patch did, beside what others wrote since.
    pub exact: bool,
    /// The cache before the undo.
    pub before: Document,
    /// The cache after it.
    pub after: Document,
    /// Entries that were not put back, each with the reason.
    pub skipped: Vec<(Path, String)>,
    /// `false`: written, but not surely on the disk.
    pub durable: bool,
}

/// Puts the removed and replaced entries of `old` back into `now`: `(old, touched paths, now)` to a patch and what it
/// skipped. `ops::restore` is the one that the faces pass.
pub type Restore<'a> = dyn Fn(&Document, &[Path], &Document) -> (Patch, Vec<(Path, String)>) + 'a;

/// The first line of an undo file; the old bytes follow it.
#[derive(Serialize, Deserialize)]
struct Header {
    /// SHA-256 of what we wrote.
    wrote: String,
    /// When, in Unix seconds.
    at: i64,
    /// The paths that the change touched.
    touched: Vec<String>,
    /// Whether that write was itself an undo.
    #[serde(default)]
    undone: bool,
    /// What the rest is sealed by: a whole undo file, whose header says what this one leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<String>,
}

/// What to write, whether it is the exact old bytes, and what was skipped and why.
type WayBack = (Option<Next>, bool, Vec<(Path, String)>);

struct Record {
    wrote: Option<Hash>,
    touched: Vec<Path>,
    old: Document,
    turn: Turn,
    seal: Option<String>,
}

impl Source {
    /// What [`Source::undo`] would do now.
    ///
    /// # Errors
    /// Nothing to undo, or the cache cannot be read.
    pub fn plan_undo(&self, restore: &Restore<'_>) -> Result<Undone, SourceError> {
        let record = self.undo_record()?;
        let now = self.load()?;
        let (next, exact, skipped) = self.plan_back(&record, &now, restore)?;
        let before = now.document;
        let after = next.map_or_else(|| before.clone(), |next| next.after.document().clone());
        Ok(Undone { turn: record.turn, exact, before, after, skipped, durable: true })
    }

    /// Puts back what our last change took: the exact bytes if nobody wrote since, else the entries one by one.
    /// The undo then undoes the undo.
    ///
    /// # Errors
    /// Nothing to undo, or those of a commit.
    pub fn undo(&self, patience: &Patience<'_>, restore: &Restore<'_>) -> Result<Undone, SourceError> {
        let record = self.undo_record()?;
        let outcome = std::cell::RefCell::new((false, Vec::new()));
        let committed = self.change(patience, &|| self.load(), &|loaded| {
            let (next, exact, skipped) = self.plan_back(&record, loaded, restore)?;
            *outcome.borrow_mut() = (exact, skipped);
            Ok(next.map(Plan::Judged))
        })?;
        let (exact, skipped) = outcome.into_inner();
        let (before, after) = (committed.before, committed.after.document().clone());
        Ok(Undone { turn: record.turn, exact, before, after, skipped, durable: committed.durable })
    }

    /// The cache as it was before our last change, as long as its undo is kept.
    #[must_use]
    pub fn before_our_change(&self) -> Option<Document> {
        self.undo_record().ok().map(|record| record.old)
    }

    /// Removes the undo file now; `false` if there was none.
    ///
    /// # Errors
    /// Read-only, or the file cannot be removed.
    pub fn drop_undo(&self) -> Result<bool, SourceError> {
        self.refuse_readonly()?;
        let Some(file) = self.undo_file() else {
            return Ok(false);
        };
        match fs::remove_file(&file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(SourceError::Write {
                place: file.display().to_string(),
                what: "the undo file cannot be removed".to_owned(),
                cause: Some(cause),
                obstacle: None,
            }),
        }
    }

    /// How many seconds ago our last change kept its undo; `None` if none is there. Looks only, also at one that lapsed.
    pub(super) fn undo_age(&self) -> Option<i64> {
        let (header, _) = decode(&read_own(&self.undo_file()?)?)?;
        Some(self.clock().now().since(UnixSeconds(header.at)))
    }

    fn plan_back(&self, record: &Record, now: &Loaded, restore: &Restore<'_>) -> Result<WayBack, SourceError> {
        if record.seal.as_deref().is_some_and(|seal| seal != now.seal()) {
            let why = format!("the undo of {} is sealed and the cache is not any more: it stays as it is", self.place);
            return Err(SourceError::Refused(why));
        }
        let now = &now.document;
        if record.wrote == Some(now.hash()) {
            let patch = Patch::new("Undo the last change");
            return Ok((
                Some(Next { patch, after: record.old.clone().into(), turn: record.turn.other() }),
                true,
                Vec::new(),
            ));
        }
        let (patch, skipped) = restore(&record.old, &record.touched, now);
        if patch.is_empty() {
            return Ok((None, false, skipped));
        }
        let after = now.apply(&patch).map_err(|cause| self.unfit(cause))?.0.into();
        // The exact text of before needs no such look: whoever reads this cache has read it already.
        self.refuse_letters(now, &after)?;
        Ok((Some(Next { patch, after, turn: record.turn.other() }), false, skipped))
    }

    /// Whether a change here can be taken back: a way back is wanted, and there is a place for it.
    #[must_use]
    pub fn keeps_undo(&self) -> bool {
        !self.access.no_undo && self.undo_file().is_some()
    }

    /// Keeps the way back to what was read, replacing any older one.
    pub(super) fn keep_undo(&self, before: &Loaded, next: &Next) -> Undoable {
        let Some(file) = self.undo_file() else {
            return match (self.place.is_kept_by_desktop(), self.place.is_served()) {
                (true, _) => Undoable::Unsealed,
                (false, true) => Undoable::Elsewhere,
                (false, false) => Undoable::NotKept,
            };
        };
        if self.access.no_undo {
            // An older undo would bring back more than the user saw go.
            let _ = fs::remove_file(file);
            return Undoable::NotKept;
        }
        let touched = next.patch.paths().map(Path::to_string).collect();
        let undone = next.turn == Turn::Redo;
        let header =
            Header { wrote: next.after.hash().to_string(), at: self.clock().now().0, touched, undone, seal: None };
        let written = encode(header, before).and_then(|(line, old)| {
            let path = self.kept_beside().unwrap_or_default();
            let folder = file.parent().filter(|_| sessions::is_named(&path));
            folder.map_or(Ok(()), system::make_private_folders)?;
            let old = match &old {
                Body::Text(text) => text.reveal().as_bytes(),
                Body::Sealed(bytes) => bytes.reveal(),
            };
            atomic::write_parts(&RealDisk, &file, &[line.reveal(), old], folder.unwrap_or(&path))
        });
        written.map_or_else(
            |cause| {
                // An older undo would take back another change than the last.
                let _ = fs::remove_file(&file);
                Undoable::Failed(cause.to_string())
            },
            |()| Undoable::Kept,
        )
    }

    fn undo_record(&self) -> Result<Record, SourceError> {
        let nothing = || SourceError::NothingToUndo { place: self.place.to_string() };
        let (header, old) = self.read_undo_file()?.ok_or_else(nothing)?;
        let old = Document::parse(old).map_err(|_| nothing())?;
        let touched = header.touched.iter().filter_map(|path| path.parse().ok()).collect();
        let turn = if header.undone { Turn::Redo } else { Turn::Undo };
        Ok(Record { wrote: Hash::parse(&header.wrote), touched, old, turn, seal: header.seal })
    }

    /// The undo file's header and old bytes, unless it lapsed: then it is removed, if we may write at all.
    fn read_undo_file(&self) -> Result<Option<(Header, SecretBytes)>, SourceError> {
        let Some(file) = self.undo_file() else { return Ok(None) };
        let Some((header, old)) = read_own(&file).and_then(|bytes| decode(&bytes)) else { return Ok(None) };
        let age = self.clock().now().since(UnixSeconds(header.at));
        // The clock may have been set back since: what seems to come from soon is not from long ago.
        if !(-LAPSE_SECONDS..LAPSE_SECONDS).contains(&age) {
            if self.readonly().is_none() {
                let _ = fs::remove_file(file);
            }
            return Ok(None);
        }
        if header.seal.is_none() {
            return Ok(Some((header, old)));
        }
        let (old, _) = self.unseal(old).map_err(|error| self.sealed(error))?;
        let inner = decode(&old);
        Ok(inner.map(|(inner, old)| (Header { seal: header.seal, ..inner }, old)))
    }

    /// `.<name>.saltcellar-undo` beside the file; of a row in a database, with a hash of the row's name; of a session
    /// in the user's own folder, where no app takes it for one.
    fn undo_file(&self) -> Option<PathBuf> {
        let path = self.kept_beside()?;
        if sessions::is_named(&path) {
            let whole = std::path::absolute(&path).unwrap_or(path);
            let name = Hash::of(whole.as_os_str().as_encoded_bytes()).to_string();
            return Some(super::discover::state_folder()?.join("saltcellar/undo").join(name));
        }
        // The name as it is: two that are no text must not share an undo.
        let mut name = OsString::from(".");
        name.push(path.file_name()?);
        name.push(self.row_hash().map(|hash| format!("-{hash}")).unwrap_or_default());
        name.push(".saltcellar-undo");
        Some(path.with_file_name(name))
    }

    /// The file that holds the cache, beside which its undo is kept as well from others as the cache itself.
    fn kept_beside(&self) -> Option<PathBuf> {
        match self.table().map(|table| &table.database) {
            Some(Database::Sqlite(path)) => Some(path.clone()),
            Some(Database::Postgres { .. }) => None,
            // By whatever link it was reached: a cache has one undo.
            None => self.target(),
        }
    }

    /// What tells the rows of one database apart.
    fn row_hash(&self) -> Option<String> {
        let table = self.table()?;
        let parts = [&table.table, &table.key, &table.value, &self.place.slot];
        let text = parts.map(|part| part.as_deref().unwrap_or_default()).join("\0");
        Some(Fingerprint::of(&text).to_string())
    }

    fn table(&self) -> Option<&TablePlace> {
        if let Address::Table(table) = self.place.address() { Some(table) } else { None }
    }
}

/// What follows the first line of an undo file.
enum Body {
    /// The old text, which is not copied for it.
    Text(Arc<SecretText>),
    /// A whole undo file, sealed.
    Sealed(SecretBytes),
}

/// The undo file of `old`, its first line and the rest: of a sealed cache, names of people and scopes are sealed with it.
fn encode(header: Header, old: &Loaded) -> io::Result<(SecretBytes, Body)> {
    let mut whole = line(&header)?;
    let text = old.document.shared_text();
    let Some(wrapping) = old.wrapping.as_ref().filter(|wrapping| !wrapping.is_open()) else {
        return Ok((whole, Body::Text(text)));
    };
    whole.extend(text.reveal().as_bytes());
    let sealed = wrapping.close(whole).map_err(io::Error::other)?;
    let outer = Header { touched: Vec::new(), seal: Some(wrapping.name().to_owned()), ..header };
    Ok((line(&outer)?, Body::Sealed(sealed)))
}

fn line(header: &Header) -> io::Result<SecretBytes> {
    let mut line = serde_json::to_vec(header)?;
    line.push(b'\n');
    Ok(SecretBytes::new(line))
}

fn decode(bytes: &SecretBytes) -> Option<(Header, SecretBytes)> {
    let bytes = bytes.reveal();
    let line = bytes.iter().position(|byte| *byte == b'\n')?;
    let header = serde_json::from_slice(bytes.get(..line)?).ok()?;
    Some((header, SecretBytes::new(bytes.get(line + 1..)?.to_vec())))
}

/// Reads a file of ours.
fn read_own(file: &FilePath) -> Option<SecretBytes> {
    super::traceless::read_own(file, u64::MAX).ok().map(|(bytes, _)| bytes)
}
