//! Passwords of servers: from a file of the user's own, or asked for. Takes none from a command line or the
//! environment, where others can read them; keeps one in memory for this run and nowhere else.

use std::collections::HashMap;
use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::server::ServerTrouble;
use super::{StoreError, StoreErrorKind};
use crate::secret::SecretText;
use crate::system::{self, Kind, Trace};

/// More than any password.
const LONGEST: u64 = 1 << 12;

/// Somebody who can be asked for a password.
pub trait AskPassword: Send + Sync {
    /// Asks for the password of `server`, as a place names it; `None`: nobody answers.
    fn ask(&self, server: &str) -> Option<SecretText>;
}

/// Where passwords come from in this run. Clones share what was typed.
#[derive(Clone, Default)]
pub struct Passwords {
    asked: Option<Arc<dyn AskPassword>>,
    typed: Arc<Mutex<HashMap<String, SecretText>>>,
}

impl Passwords {
    /// Those that `asked` types.
    #[must_use]
    pub fn asking(asked: Arc<dyn AskPassword>) -> Self {
        Self { asked: Some(asked), ..Self::default() }
    }

    /// The same, of which `asked` is asked for more.
    #[must_use]
    pub fn asked_by(self, asked: Arc<dyn AskPassword>) -> Self {
        Self { asked: Some(asked), ..self }
    }

    /// What was typed so far, and nobody to ask: for a face that has the terminal to itself.
    #[must_use]
    pub fn typed_so_far(self) -> Self {
        Self { asked: None, ..self }
    }

    /// The password of `server` as far as it is known without asking: what `file` holds, or what was typed before.
    ///
    /// # Errors
    /// The file cannot be read, or others can read it too.
    pub fn known(&self, server: &str, file: Option<&Path>) -> Result<Option<SecretText>, StoreError> {
        match file {
            Some(file) => from_file(file).map(Some),
            None => Ok(self.typed().get(server).cloned()),
        }
    }

    /// The password of `server`, which wants one: asked for, and kept for this run.
    ///
    /// # Errors
    /// Nobody can be asked, or nobody answers.
    pub fn ask(&self, server: &str) -> Result<SecretText, StoreError> {
        let answer = self.asked.as_ref().and_then(|asked| asked.ask(server)).filter(|answer| !answer.is_empty());
        let password = answer.ok_or_else(|| StoreError::from(ServerTrouble::NoPassword))?;
        self.typed().insert(server.to_owned(), password.clone());
        Ok(password)
    }

    /// Forgets what was typed for `server`, which does not take it: next time it is asked for again.
    pub fn forget(&self, server: &str) {
        self.typed().remove(server);
    }

    fn typed(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretText>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[passwords]")
    }
}

/// The first line of `file`, which must be the user's own and nobody else's to read.
fn from_file(file: &Path) -> Result<SecretText, StoreError> {
    let trouble = |why: String| StoreError::from(ServerTrouble::PasswordFile { path: file.to_owned(), why });
    let opened = match system::open(file, Trace::Left) {
        Err(error) if system::is_link_refused(&error) => return Err(trouble("is a link".to_owned())),
        opened => opened.map_err(|error| trouble(format!("cannot be read: {error}")))?,
    };
    let is = system::stat(&opened).map_err(|error| trouble(format!("cannot be read: {error}")))?;
    let mode = is.mode.unwrap_or_default();
    let fault = match is.kind {
        Kind::Folder | Kind::Link | Kind::Other => Some("is no file".to_owned()),
        Kind::File if !is.is_own => Some("belongs to another user".to_owned()),
        Kind::File if mode & 0o077 != 0 => Some(format!("can be read by others: its mode is {mode:04o}")),
        Kind::File if is.len > LONGEST => Some("is longer than a password".to_owned()),
        Kind::File => None,
    };
    if let Some(fault) = fault {
        return Err(trouble(fault));
    }
    let mut text = String::with_capacity(usize::try_from(LONGEST).unwrap_or_default());
    let read = opened.take(LONGEST).read_to_string(&mut text);
    let text = SecretText::new(text);
    read.map_err(|error| trouble(format!("cannot be read: {error}")))?;
    match text.reveal().lines().next() {
        Some(line) if !line.is_empty() => Ok(SecretText::new(line.to_owned())),
        Some(_) | None => Err(trouble("is empty".to_owned())),
    }
}

impl From<ServerTrouble> for StoreError {
    fn from(trouble: ServerTrouble) -> Self {
        StoreErrorKind::Served(Box::new(trouble)).into()
    }
}

#[cfg(test)]
mod tests;
