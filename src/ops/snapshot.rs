//! A moment that was kept: of which cache, when, and as text. Holds no secret, as a moment holds none.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::time::UnixSeconds;

/// The version of the text.
const VERSION: u32 = 1;

/// A moment, its cache and its time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    #[serde(rename = "saltcellar_snapshot")]
    version: u32,
    at: i64,
    /// The place of the cache.
    pub place: String,
    /// What stood there.
    pub moment: Moment,
}

/// Why a text is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Not the text of one.
    #[error("it is not a snapshot")]
    NotOne(#[source] serde_json::Error),
    /// Of another version.
    #[error("it is a snapshot of version {0}, and this program reads version {VERSION}")]
    Version(u32),
}

impl Snapshot {
    /// `moment` of the cache at `place`, taken `at`.
    #[must_use]
    pub fn new(place: String, at: UnixSeconds, moment: Moment) -> Self {
        Self { version: VERSION, at: at.0, place, moment }
    }

    /// When it was taken.
    #[must_use]
    pub fn at(&self) -> UnixSeconds {
        UnixSeconds(self.at)
    }

    /// The snapshot as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("names are strings, and no value refuses to be written") + "\n"
    }

    /// Reads what [`Snapshot::to_text`] wrote.
    ///
    /// # Errors
    /// Another text, or one of another version.
    pub fn parse(text: &[u8]) -> Result<Self, SnapshotError> {
        let snapshot: Self = serde_json::from_slice(text).map_err(SnapshotError::NotOne)?;
        if snapshot.version == VERSION { Ok(snapshot) } else { Err(SnapshotError::Version(snapshot.version)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_reads_back_and_another_text_or_version_does_not() {
        let kept = Snapshot::new("file:/c.json".to_owned(), UnixSeconds(7), Moment::empty());

        let read = Snapshot::parse(kept.to_text().as_bytes()).expect("it reads back");

        assert_eq!((read.at(), read.place.as_str()), (UnixSeconds(7), "file:/c.json"));
        let newer = kept.to_text().replacen("\"saltcellar_snapshot\":1", "\"saltcellar_snapshot\":2", 1);
        assert!(matches!(Snapshot::parse(newer.as_bytes()), Err(SnapshotError::Version(2))));
        assert!(matches!(Snapshot::parse(b"{}"), Err(SnapshotError::NotOne(_))));
    }
}
