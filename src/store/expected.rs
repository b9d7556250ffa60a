//! What a change was planned for. Tells it from whatever stands there later, by every byte.

use std::sync::Arc;

use super::{Snapshot, State};
use crate::secret::{Hash, SecretBytes, SecretText};

/// The state that a change was planned for: it may replace no other.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The state when it was read.
    pub state: State,
    /// The bytes that were read.
    pub seen: Seen,
}

/// Bytes that were read, to be told from others.
#[derive(Clone, Debug)]
pub enum Seen {
    /// They were forgotten but for their hash.
    Hash(Hash),
    /// They are at hand: comparing is quicker than hashing.
    Text(Arc<SecretText>),
}

impl Expected {
    /// That what was read stands there still.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        Self { state: snapshot.state.clone(), seen: Seen::Hash(snapshot.bytes.hash()) }
    }

    /// Whether `bytes` are those that were read.
    #[must_use]
    pub fn is(&self, bytes: &SecretBytes) -> bool {
        match &self.seen {
            Seen::Hash(hash) => bytes.hash() == *hash,
            Seen::Text(text) => bytes.reveal() == text.reveal().as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_told_with_the_text_at_hand_and_by_its_hash() {
        let bytes = |text: &str| SecretBytes::new(text.as_bytes().to_vec());
        let text = Seen::Text(Arc::new(SecretText::new("{}".to_owned())));

        for seen in [text, Seen::Hash(bytes("{}").hash())] {
            let expected = Expected { state: State::default(), seen };
            assert!(expected.is(&bytes("{}")));
            assert!(!expected.is(&bytes("{ }")) && !expected.is(&bytes("[]")) && !expected.is(&bytes("{}\n")));
        }
    }
}
