//! Lists of passwords in the form of PostgreSQL's `~/.pgpass`, `HOST:PORT:DATABASE:USER:PASSWORD` a line. A list that
//! anybody but its owner can read is passed over, as libpq does, and named when a password is wanted after all.

use std::path::{Path, PathBuf};

use super::private::{Fault, private};
use crate::secret::SecretText;

/// More than any list of passwords.
const LONGEST: u64 = 1 << 20;

/// The sorts of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Redis.
    Redis,
    /// A PostgreSQL.
    Postgres,
}

/// Who signs in where, as a list of passwords names it.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    /// To what sort of server.
    pub kind: Kind,
    /// Its host; `localhost` for a socket.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// The database: a name, or a number of Redis.
    pub database: &'a str,
    /// The user.
    pub user: &'a str,
}

/// A file of passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Where it lies, if it is there.
    pub path: PathBuf,
    /// The one sort of servers it is for; `None`: it is for all.
    pub only: Option<Kind>,
}

impl List {
    /// The password of `login`; `None`: the file is not there, or does not name it.
    pub(super) fn password(&self, login: &Login<'_>) -> Result<Option<SecretText>, Fault> {
        if self.only.is_some_and(|only| only != login.kind) {
            return Ok(None);
        }
        // Many keep their settings elsewhere and link to them: what counts is who can read the file itself.
        let Ok(file) = std::fs::canonicalize(&self.path) else { return Ok(None) };
        let text = private(&file, LONGEST)?;
        Ok(text.reveal().lines().find_map(|line| password_in(line, login)))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The password of `line`, if its first four fields mean `login`; the first line that does counts (libpq's fe-connect.c,
/// `passwordFromFile`).
fn password_in(line: &str, login: &Login<'_>) -> Option<SecretText> {
    if line.starts_with('#') {
        return None;
    }
    let port = login.port.to_string();
    let mut rest = line;
    for wanted in [login.host, &port, login.database, login.user] {
        let (field, behind) = field(rest);
        let is_any = rest.starts_with("*:");
        if !is_any && field.reveal() != wanted {
            return None;
        }
        rest = behind?;
    }
    let (password, _) = field(rest);
    Some(password).filter(|password| !password.is_empty())
}

/// What stands before the next colon, and what behind it; a backslash takes the next letter as it is.
fn field(text: &str) -> (SecretText, Option<&str>) {
    let mut field = String::with_capacity(text.len());
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            ':' => return (SecretText::new(field), text.get(at + 1..)),
            '\\' => field.extend(letters.next().map(|(_, letter)| letter)),
            letter => field.push(letter),
        }
    }
    (SecretText::new(field), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<String> {
        let login = Login { kind: Kind::Postgres, host: "db", port: 5432, database: "app", user: "ada" };
        password_in(line, &login).map(|password| password.reveal().to_owned())
    }

    #[test]
    fn a_line_means_who_stands_in_its_fields_and_a_star_means_anybody() {
        for line in ["db:5432:app:ada:pw", "*:*:*:*:pw", "db:*:app:*:pw:more", r"\d\b:5432:app:ada:pw"] {
            assert_eq!(found(line).as_deref(), Some("pw"), "{line}");
        }
        for line in
            ["", "# db:5432:app:ada:pw", "db:5433:app:ada:pw", "db:5432:app:bob:pw", "db:5432:app:ada", "**:*:*:*:pw"]
        {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn a_backslash_takes_colons_and_backslashes_into_a_password() {
        assert_eq!(found(r"*:*:*:*:a\:b\\c").as_deref(), Some(r"a:b\c"));
        assert_eq!(found(r"db\:5432:5432:app:ada:pw"), None);
        assert_eq!(found("*:*:*:*:"), None);
    }
}
