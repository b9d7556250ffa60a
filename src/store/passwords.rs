//! Passwords of servers: from files of the user's own, or asked for. Takes none from a command line or the
//! environment, where others can read them; keeps one in memory for this run and nowhere else.

mod listed;
mod private;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::server::ServerTrouble;
use super::{StoreError, StoreErrorKind};
use crate::secret::SecretText;
pub use listed::{Kind, List, Login};
use private::{Fault, private};

/// More than any password.
const LONGEST: u64 = 1 << 12;

/// Somebody who can be asked for a password.
pub trait AskPassword: Send + Sync {
    /// Asks for the password of `server`, as a place names it; `None`: nobody answers.
    fn ask(&self, server: &str) -> Option<SecretText>;

    /// Says, before it asks, why a list of passwords was passed over.
    fn warn(&self, _says: &str) {}
}

/// Where passwords come from in this run. Clones share what was typed.
#[derive(Clone, Default)]
pub struct Passwords {
    asked: Option<Arc<dyn AskPassword>>,
    typed: Arc<Mutex<HashMap<String, SecretText>>>,
    lists: Arc<[List]>,
    /// Lists that were passed over; why.
    passed_over: Arc<Mutex<BTreeMap<PathBuf, Fault>>>,
}

impl Passwords {
    /// Those that `asked` types.
    #[must_use]
    pub fn asking(asked: Arc<dyn AskPassword>) -> Self {
        Self { asked: Some(asked), ..Self::default() }
    }

    /// The same, with `lists` looked at before anybody is asked.
    #[must_use]
    pub fn with_lists(self, lists: Vec<List>) -> Self {
        Self { lists: lists.into(), ..self }
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

    /// The password that the first list gives that names `login`. A list that others can read is passed over.
    #[must_use]
    pub fn listed(&self, login: &Login<'_>) -> Option<SecretText> {
        self.lists.iter().find_map(|list| match list.password(login) {
            Ok(password) => password,
            Err(fault) => {
                let mut passed_over = self.passed_over.lock().unwrap_or_else(PoisonError::into_inner);
                passed_over.insert(list.path().to_owned(), fault);
                None
            }
        })
    }

    /// The password of `server`, which wants one: asked for, and kept for this run.
    ///
    /// # Errors
    /// Nobody can be asked, or nobody answers; if a list was passed over that may have told, why it was.
    pub fn ask(&self, server: &str) -> Result<SecretText, StoreError> {
        let passed_over = std::mem::take(&mut *self.passed_over.lock().unwrap_or_else(PoisonError::into_inner));
        let answer = self.asked.as_ref().and_then(|asked| {
            let says = |(path, why): (&PathBuf, &Fault)| format!("the password file {} {why}", path.display());
            passed_over.iter().map(says).for_each(|says| asked.warn(&format!("{says}: it is not used")));
            asked.ask(server)
        });
        let password = answer.filter(|answer| !answer.is_empty()).ok_or_else(|| {
            let first = passed_over.into_iter().next();
            first.map_or(ServerTrouble::NoPassword, |(path, why)| ServerTrouble::PasswordFile { path, why })
        })?;
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
    let text = private(file, LONGEST).map_err(trouble)?;
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
