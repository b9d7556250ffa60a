//! A new file that may hold tokens: 0600 from its creation, never over another file, never through a link, and gone
//! again if it could not be written whole. Refuses under `--readonly`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser as _, ValueParser};
use serde::Serialize;

use super::args::Making;
use super::failure::{Exit, Failure, Kind, readonly_hint};
use super::report;
use super::session::{Form, Session};
use crate::json::Document;
use crate::ops::export::is_redacted;
use crate::secret::Deed;
use crate::system;

/// `--out` in JSON.
#[derive(Serialize)]
struct Report {
    out: String,
    bytes: usize,
    written: bool,
}

/// Reads `--out FILE`. A dash stands for standard output elsewhere, where no new file is.
pub(super) fn path_parser() -> ValueParser {
    fn named(path: PathBuf) -> Result<PathBuf, &'static str> {
        if path.as_os_str() == "-" {
            Err("this is a new file, not standard output; ./- is one of that name")
        } else {
            Ok(path)
        }
    }
    ValueParser::new(PathBufValueParser::new().try_map(named))
}

/// What fills a new file.
pub(super) trait Content {
    /// Its length in bytes.
    fn size(&self) -> usize;

    /// Whether secrets stand in it.
    fn holds_secrets(&self) -> bool;

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of `out`.
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl Content for Document {
    fn size(&self) -> usize {
        self.len()
    }

    fn holds_secrets(&self) -> bool {
        !is_redacted(self)
    }

    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        Self::write_to(self, out)
    }
}

/// A text in which no secret stands.
impl Content for String {
    fn size(&self) -> usize {
        self.len()
    }

    fn holds_secrets(&self) -> bool {
        false
    }

    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.as_bytes())
    }
}

/// Writes `content` to a new file at `path` and says so.
///
/// # Errors
/// Read-only, a file that is there already, or a disk that does not take it.
pub(super) fn write(session: &Session, making: Making, path: &Path, content: &dyn Content) -> Result<Exit, Failure> {
    let exit = put(session, making, path, content)?;
    if session.form == Form::Json {
        let out = path.display().to_string();
        report::answer(session, &Report { out, bytes: content.size(), written: !making.dry_run });
    }
    Ok(exit)
}

/// The same for a command whose own answer in JSON says what was written: says it only in words.
///
/// # Errors
/// Those of [`write`].
pub(super) fn put(session: &Session, making: Making, path: &Path, content: &dyn Content) -> Result<Exit, Failure> {
    refuse_taken(path)?;
    if making.dry_run {
        if content.holds_secrets() {
            session.config().policy.law.allow(Deed::Export)?;
        }
        tell(session, content, "would go to", path);
        return Ok(Exit::Done);
    }
    let exit = put_untold(session, path, content)?;
    session.note_write(exit);
    told(session, path, content);
    Ok(exit)
}

/// The same for one of several files, of which all are written or none: nothing is said yet.
///
/// # Errors
/// Those of [`write`].
pub(super) fn put_untold(session: &Session, path: &Path, content: &dyn Content) -> Result<Exit, Failure> {
    if content.holds_secrets() {
        session.config().policy.law.allow(Deed::Export)?;
    }
    let name = path.display().to_string();
    refuse_readonly(session, &name)?;
    session.patiently(|_| create(path, content)).map_err(|error| refused(&name, &error))?;
    Ok(if sync_folder(path).is_ok() { Exit::Done } else { Exit::NotDurable })
}

/// Says of what [`put_untold`] wrote that it is there.
pub(super) fn told(session: &Session, path: &Path, content: &dyn Content) {
    tell(session, content, "written to", path);
}

/// Refuses a file that is there already, before anything is told of what would come into it.
///
/// # Errors
/// It is there.
pub(super) fn refuse_taken(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(refused(&path.display().to_string(), &io::ErrorKind::AlreadyExists.into())),
        Err(_) => Ok(()),
    }
}

/// Makes an empty file at `path`, for a cache that comes into it under its lock: apps read it as none.
///
/// # Errors
/// Read-only, a file that is there already, or a disk that does not take it.
pub(super) fn create_empty(session: &Session, path: &Path) -> Result<(), Failure> {
    let name = path.display().to_string();
    refuse_readonly(session, &name)?;
    create(path, &String::new()).map_err(|error| refused(&name, &error))
}

fn refuse_readonly(session: &Session, name: &str) -> Result<(), Failure> {
    let Some(by) = session.access().readonly else { return Ok(()) };
    let failure = Failure::new(Kind::ReadOnly, format!("{name} is not written: read-only, by {by}"));
    Err(failure.hint(readonly_hint(&by)))
}

fn create(path: &Path, content: &dyn Content) -> io::Result<()> {
    let mut file = system::create_private(path)?;
    let written = content.write_to(&mut file).and_then(|()| file.flush()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // Half a file of tokens is worse than none; the write's own error is the one to tell.
        _ = fs::remove_file(path);
    })
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    system::sync_folder(folder)
}

fn refused(name: &str, error: &io::Error) -> Failure {
    let is = |kind: io::ErrorKind| error.kind() == kind;
    if is(io::ErrorKind::AlreadyExists) {
        let failure = Failure::new(Kind::Write, format!("cannot write {name}: it is there already"));
        return failure.hint("name a file that is not there yet: none is ever replaced");
    }
    let failure = Failure::new(Kind::Write, format!("cannot write {name}: {error}"));
    if is(io::ErrorKind::NotFound) {
        return failure.hint("its folder must be there");
    }
    if is(io::ErrorKind::StorageFull) || is(io::ErrorKind::QuotaExceeded) {
        return failure.hint("make room there and run it again; nothing of it is left there");
    }
    failure
}

fn tell(session: &Session, content: &dyn Content, verb: &str, path: &Path) {
    if session.form == Form::Words {
        session.tell(&format!("{} bytes {verb} {}.", content.size(), path.display()));
    }
}
