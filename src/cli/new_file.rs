//! A new file that may hold tokens: 0600 from its creation, never over another file, never through a link, and gone
//! again if it could not be written whole. Refuses under `--readonly`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::Serialize;

use super::args::Writing;
use super::failure::{Exit, Failure, Kind, readonly_hint};
use super::report;
use super::session::{Form, Session};
use crate::json::Document;

/// `--out` in JSON.
#[derive(Serialize)]
struct Report {
    out: String,
    bytes: usize,
    written: bool,
}

/// Writes `document` to a new file at `path` and says so.
///
/// # Errors
/// Read-only, a file that is there already, or a disk that does not take it.
pub(super) fn write(session: &Session, writing: &Writing, path: &Path, document: &Document) -> Result<Exit, Failure> {
    let name = path.display().to_string();
    let bytes = document.len();
    if writing.dry_run {
        tell(session, &Report { out: name, bytes, written: false }, "would go to");
        return Ok(Exit::Done);
    }
    if let Some(by) = session.access().readonly {
        let failure = Failure::new(Kind::ReadOnly, format!("{name} is not written: read-only, by {by}"));
        return Err(failure.hint(readonly_hint(&by)));
    }
    session.patiently(|_| create(path, document)).map_err(|error| refused(&name, &error))?;
    let exit = if sync_folder(path).is_ok() { Exit::Done } else { Exit::NotDurable };
    session.note_write(exit);
    tell(session, &Report { out: name, bytes, written: true }, "written to");
    Ok(exit)
}

fn create(path: &Path, document: &Document) -> io::Result<()> {
    let nofollow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(nofollow).open(path)?;
    let written = document.write_to(&mut file).and_then(|()| file.flush()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // Half a file of tokens is worse than none; the write's own error is the one to tell.
        _ = fs::remove_file(path);
    })
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn refused(name: &str, error: &io::Error) -> Failure {
    let failure = Failure::new(Kind::Write, format!("cannot write {name}: {error}"));
    if error.kind() == io::ErrorKind::AlreadyExists {
        return failure.hint("--out makes a new file and never replaces one");
    }
    failure
}

fn tell(session: &Session, report: &Report, verb: &str) {
    match session.form {
        Form::Words => session.tell(&format!("{} bytes {verb} {}.", report.bytes, report.out)),
        Form::Json => report::answer(session, report),
    }
}
