//! `partition`: one new cache for each account of a cache, and for what belongs to none. Changes the cache not.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::{OnePlace, Typed, Writing, place_parser};
use super::arriving::{self, Delivery, Terms};
use super::caches::{self, Content};
use super::failure::{Exit, Failure, Kind, readonly_hint};
use super::naming;
use super::session::{Form, Session};
use super::{new_file, report};
use crate::ops::import::Prefer;
use crate::ops::partition::{Owner, Part, partition};
use crate::present::columns::table;
use crate::present::{Line, Role, change};
use crate::secret::Deed;
use crate::system;

/// Part a cache into one for each account
///
/// Each account's entries, in all tenants and clouds, go to a file of its own, 0600, named as MSAL names the cache of a
/// user: UID.UTID.json. Tokens of an app alone go to CLIENT_TENANT_AppTokenCache.json, what belongs to nobody to
/// rest.json; metadata of an app goes to everybody who has tokens of it. `merge` puts all of it together again.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// The folder for the new files, made, 0700, if it is not there; or a place with one cache per user
    #[arg(long, value_name = "DIR|PLACE", value_parser = place_parser(), value_hint = clap::ValueHint::DirPath)]
    out: Typed,
    /// How the files of accounts are named
    #[arg(long, value_name = "STYLE", default_value = "home-account-id", hide_default_value = true)]
    name: Naming,
    #[command(flatten)]
    keys: naming::Naming,
    /// Show what would be written, and write nothing
    #[arg(long, help_heading = "Before writing")]
    dry_run: bool,
    /// Do not ask, where --out is a place with one cache per user; for new files nobody is asked
    #[arg(long, short = 'y', help_heading = "Before writing")]
    yes: bool,
}

/// How the files of accounts are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Naming {
    /// UID.UTID.json, the key under which MSAL.NET and msal-node keep the cache of a user
    HomeAccountId,
    /// The user name, where an account has one
    Username,
}

/// `partition --json`.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    parts: Vec<One<'a>>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
struct One<'a> {
    file: String,
    home_account_id: Option<&'a str>,
    username: Option<&'a str>,
    client_id: Option<&'a str>,
    realm: Option<&'a str>,
    entries: usize,
    bytes: usize,
}

/// Runs the command.
///
/// # Errors
/// The cache cannot be read or parted, or a file cannot be written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let content = Content::read(caches::open_one(session, &arguments.place, session.access())?)?;
    if arguments.out.place.is_collection() {
        return into_collection(session, arguments, &content);
    }
    let folder = folder(&arguments.out)?;
    let parts = partition(&content.cache()).map_err(|error| {
        Failure::new(Kind::NotACache, format!("{} cannot be parted: {error}", content.source.place()))
    })?;
    if parts.is_empty() {
        return Err(Failure::new(Kind::NoMatch, format!("{} has no entries to part", content.source.place())));
    }
    let files = named(arguments, folder, &parts);
    if session.form == Form::Words {
        session.talk_all(&told(&files));
    }
    let exit = write(session, arguments, folder, &files)?;
    if session.form == Form::Json {
        let parts = files.iter().map(|(path, part)| one(path, part)).collect();
        let dry_run = arguments.dry_run.then_some(true);
        let place = content.source.place().to_string();
        report::answer(session, &Report { place, parts, written: dry_run.is_none(), dry_run });
    }
    Ok(exit)
}

fn into_collection(session: &Session, arguments: &Arguments, content: &Content) -> Result<Exit, Failure> {
    let writing = Writing { dry_run: arguments.dry_run, yes: arguments.yes, confirm: None };
    let terms = Terms { writing: &writing, account: None, prefer: Prefer::Later, leaves: false };
    let (to, naming) = (&arguments.out, &arguments.keys);
    let delivery = Delivery { here: content, to, naming, terms, verb: "Part", plaintext: false };
    arriving::deliver(session, &delivery)
}

fn folder(out: &Typed) -> Result<&Path, Failure> {
    out.place.folder().or(out.place.path()).ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, format!("{} takes no files and holds no caches of many", out.text));
        failure.hint("--out takes a folder, or a place with one cache per user")
    })
}

/// The parts with the paths of their files, no two alike even where case does not count.
fn named<'p>(arguments: &Arguments, folder: &Path, parts: &'p [Part]) -> Vec<(PathBuf, &'p Part)> {
    let mut taken = BTreeSet::new();
    let mut files = Vec::new();
    for part in parts {
        let stem = stem(part, arguments.name);
        let counted = |nth: usize| if nth == 1 { stem.clone() } else { format!("{stem}-{nth}") };
        let free = (1..).map(counted).find(|name| taken.insert(name.to_lowercase())).unwrap_or_default();
        files.push((folder.join(format!("{free}.json")), part));
    }
    files
}

fn stem(part: &Part, naming: Naming) -> String {
    match (&part.owner, naming, &part.username) {
        (Owner::Account { .. }, Naming::Username, Some(name)) => safe_name(name),
        (Owner::Account { home_account_id }, _, _) => safe_name(home_account_id),
        // As MSAL.NET and Go name the cache of an app (CacheKeyFactory.cs).
        (Owner::App { client_id, realm }, _, _) => safe_name(&format!("{client_id}_{realm}_AppTokenCache")),
        (Owner::Nobody, _, _) => "rest".to_owned(),
    }
}

/// `name` as the name of a file: ids of ADFS hold slashes, and a cache may hold anything.
fn safe_name(name: &str) -> String {
    /// Room for `.json` and a count below the 255 bytes that file systems give.
    const LONGEST: usize = 200;
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte);
    let mut out = String::new();
    for (at, byte) in name.bytes().enumerate() {
        match (is_safe(byte), at, byte) {
            (true, 0, b'.' | b'-') | (false, ..) => out.push_str(&format!("%{byte:02X}")),
            (true, ..) => out.push(char::from(byte)),
        }
        if out.len() >= LONGEST {
            break;
        }
    }
    out
}

fn told(files: &[(PathBuf, &Part)]) -> Vec<Line> {
    let row = |(path, part): &(PathBuf, &Part)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let count = format!("{} {}", part.entries, if part.entries == 1 { "entry" } else { "entries" });
        [whose(part), count, change::size(part.document.len()), name]
    };
    table(&files.iter().map(row).collect::<Vec<_>>(), [Role::Strong, Role::Plain, Role::Dim, Role::Dim])
}

fn whose(part: &Part) -> String {
    match &part.owner {
        Owner::Account { home_account_id } => part.username.clone().unwrap_or_else(|| home_account_id.clone()),
        Owner::App { client_id, realm } => format!("app {client_id} in {realm}"),
        Owner::Nobody => "what belongs to no account".to_owned(),
    }
}

/// Writes all files or none.
fn write(session: &Session, arguments: &Arguments, folder: &Path, files: &[(PathBuf, &Part)]) -> Result<Exit, Failure> {
    if arguments.dry_run {
        session.tell("Nothing was written: this was a dry run.");
        return Ok(Exit::Done);
    }
    if let Some(by) = session.access().readonly {
        let failure = Failure::new(Kind::ReadOnly, format!("{} is not written: read-only, by {by}", folder.display()));
        return Err(failure.hint(readonly_hint(&by)));
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let failure = Failure::new(Kind::Write, format!("{} is there already", path.display()));
        return Err(failure.hint("name a folder without it: none is ever replaced"));
    }
    session.config().policy.law.allow(Deed::Export)?;
    make_folder(folder)
        .map_err(|error| Failure::new(Kind::Write, format!("{} cannot be made: {error}", folder.display())))?;
    let mut written: Vec<&Path> = Vec::new();
    let mut exit = Exit::Done;
    for (path, part) in files {
        let put = match session.signal() {
            Some(_) => Err(Failure::new(Kind::Cancelled, "stopped: no part was left behind")),
            None => new_file::put_untold(session, path, &part.document),
        };
        match put {
            Ok(one) => exit = exit.worse(one),
            Err(failure) => {
                // Some of the parts would look like all of them; the cache itself is as it was.
                written.iter().for_each(|path| _ = fs::remove_file(path));
                return Err(failure);
            }
        }
        written.push(path);
    }
    session.note_write(exit);
    files.iter().for_each(|(path, part)| new_file::told(session, path, &part.document));
    Ok(exit)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    match system::make_private_folder(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

fn one<'a>(path: &Path, part: &'a Part) -> One<'a> {
    let (home_account_id, client_id, realm) = match &part.owner {
        Owner::Account { home_account_id } => (Some(home_account_id.as_str()), None, None),
        Owner::App { client_id, realm } => (None, Some(client_id.as_str()), Some(realm.as_str())),
        Owner::Nobody => (None, None, None),
    };
    One {
        file: path.display().to_string(),
        home_account_id,
        username: part.username.as_deref(),
        client_id,
        realm,
        entries: part.entries,
        bytes: part.document.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_leads_nowhere_else() {
        assert_eq!(safe_name("Zm9v+/bar="), "Zm9v+%2Fbar%3D");
        assert_eq!(safe_name("../x"), "%2E.%2Fx");
        assert_eq!(safe_name("-rf"), "%2Drf");
        assert_eq!(safe_name("é@b"), "%C3%A9@b");
        assert!(safe_name(&"é".repeat(4000)).len() < 210);
    }
}
