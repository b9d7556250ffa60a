//! A cache that is made where none is: whole at once, under the lock of its apps, wrapped as the app that it is for would
//! wrap it. Never over another one.

use super::{Committed, Loaded, ReadBack, Source, SourceError, Undoable};
use crate::json::{Document, Patch};
use crate::lock::Patience;
use crate::seal::base64::Base64;
use crate::seal::plain::Plain;
use crate::seal::{Seal as _, SealError};
use crate::secret::SecretBytes;
use crate::store::keyring::KeyringTrouble;
use crate::store::place::apps::Hand;
use crate::store::place::{Address, SecretItem};

impl Source {
    /// Whether `error` says only that the keyring has no such item yet, and one can be made there.
    #[must_use]
    pub fn can_be_made(&self, error: &SourceError) -> bool {
        let SourceError::Keyring { trouble, .. } = error else { return false };
        let is_ours = matches!(self.place.address(), Address::SecretService(_)) && self.place.slot.is_none();
        is_ours && matches!(**trouble, KeyringTrouble::NoItem { .. })
    }

    /// Makes the cache of what `propose` puts into nothing.
    ///
    /// # Errors
    /// Read-only, locked, a cache that is there by now, or a step that failed: nothing is left then.
    pub fn make(
        &self,
        patience: &Patience<'_>,
        propose: &dyn Fn(&Loaded) -> Result<Patch, SourceError>,
    ) -> Result<Committed, SourceError> {
        self.refuse_readonly()?;
        let at = |error| SourceError::of(&self.place, error);
        let loaded = Loaded::nothing(self.no_text()?);
        let patch = propose(&loaded)?;
        let applied = loaded.document.apply(&patch);
        let (after, _) = applied.map_err(|cause| SourceError::Edit { place: self.place.to_string(), cause })?;
        self.refuse_import(&loaded.document, &after)?;
        let sealed = self.wrapped_anew(after.to_bytes())?;
        let ledger = self.ledger()?;
        let held = self.store.hold(&self.slot, patience).map_err(at)?;
        let made = self.store.create(&self.slot, &sealed, None).map_err(at);
        let released = held.release();
        made?;
        let trouble = released.trouble.or(self.note(ledger, &patch, &loaded.document, &after));
        Ok(Committed {
            written: true,
            patch,
            before: loaded.document,
            after,
            held: released.held,
            durable: released.durable,
            trouble,
            undo: Undoable::NotKept,
            read_back: ReadBack::Same,
        })
    }

    fn no_text(&self) -> Result<Document, SourceError> {
        let place = || self.place.to_string();
        Document::parse(SecretBytes::default()).map_err(|cause| SourceError::NotACache { place: place(), cause })
    }

    /// `plain` as the app of this place would write it, unless `?seal=` says how.
    fn wrapped_anew(&self, plain: SecretBytes) -> Result<SecretBytes, SourceError> {
        let hand = match self.place.seal.as_deref() {
            None => self.own_hand(),
            Some("plain") => Hand::Text,
            Some("base64") => Hand::Base64,
            Some(other) => {
                return Err(SourceError::Refused(format!(
                    "nothing new is sealed with ?seal={other}: take base64 or plain"
                )));
            }
        };
        let nothing = SecretBytes::default();
        let closed: Result<SecretBytes, SealError> = match hand {
            Hand::Text => Plain.close(plain, &nothing),
            Hand::Base64 => Base64.close(plain, &nothing),
        };
        closed.map_err(|error| self.sealed(error))
    }

    /// How the app whose place this is writes.
    fn own_hand(&self) -> Hand {
        match self.place.address() {
            Address::SecretService(SecretItem::App(cache)) => cache.app.made.hand,
            Address::SecretService(SecretItem::Signal(_) | SecretItem::Search { .. })
            | Address::File(_)
            | Address::Folder(_)
            | Address::Stdin
            | Address::Memory(_)
            | Address::KernelKey(_)
            | Address::Keychain(_)
            | Address::Redis(_)
            | Address::Table(_) => Hand::Text,
        }
    }
}
