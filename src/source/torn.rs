//! A text that is no cache, as it stands: for salvage alone. Waits as every reading does, so that a text that is just
//! being written is never taken for a damaged one.

use std::time::Duration;

use super::{Loaded, Source, SourceError};
use crate::json::{Document, ParseError};
use crate::secret::SecretBytes;

/// Between two looks at a text that seems damaged while somebody may write.
const PAUSE: Duration = Duration::from_millis(500);

/// What stands at a place.
#[derive(Debug)]
pub enum Standing {
    /// A cache.
    Whole(Box<Loaded>),
    /// A text that is none.
    Damaged {
        /// The whole text.
        bytes: SecretBytes,
        /// What is wrong with it.
        cause: ParseError,
    },
}

impl Source {
    /// Reads whatever stands there, damaged or not, once it stands still.
    ///
    /// # Errors
    /// Missing, unreadable, sealed, or changed while it was looked at.
    pub fn load_damaged(&self) -> Result<Standing, SourceError> {
        match self.load() {
            Ok(loaded) => return Ok(Standing::Whole(Box::new(loaded))),
            Err(SourceError::NotACache { .. }) => {}
            Err(error) => return Err(error),
        }
        let first = self.peek()?;
        let first_hash = first.bytes.hash();
        if first.unsteady {
            self.clock().sleep(PAUSE);
        }
        let second = self.peek()?;
        if second.bytes.hash() != first_hash {
            return Err(SourceError::Changed { place: self.place.to_string() });
        }
        let (bytes, _) = self.unseal(second.bytes).map_err(|error| self.sealed(error))?;
        match Document::parse(bytes.clone()) {
            Ok(_) => self.load().map(|loaded| Standing::Whole(Box::new(loaded))),
            Err(cause) => Ok(Standing::Damaged { bytes, cause }),
        }
    }
}
