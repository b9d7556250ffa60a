//! A cache that is made where none is: whole at once, under the lock of its apps, wrapped as the app that it is for would
//! wrap it. Never over another one.

use super::{Committed, Loaded, ReadBack, Source, SourceError, Undoable};
use crate::json::{Document, Judged, Patch};
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
        let (after, _) = loaded.document.apply(&patch).map_err(|cause| self.unfit(cause))?;
        let after = Judged::from(after);
        self.refuse_import(&loaded.document, &after)?;
        let sealed = self.wrapped_anew(after.document().to_bytes())?;
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
            open_in: Vec::new(),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use super::*;
    use crate::config::Policy;
    use crate::json::{Change, Edit, Path, Text};
    use crate::secret::SecretText;
    use crate::source::{Access, Place};
    use crate::store::memory::MemoryStore;
    use crate::store::{Slot, Store as _};
    use crate::time::SystemClock;

    const ITEM: &str = "secret-service:a-schema";
    const CACHE: &str = r#"{"RefreshToken":{"k":{"secret":"a-refresh-token"}}}"#;

    fn source(place: &str, store: &MemoryStore, access: Access) -> Source {
        let place: Place = place.parse().expect("a place");
        Source::with_store(place, Arc::new(store.clone()), access, Arc::new(SystemClock::new()))
    }

    fn make(source: &Source) -> Result<Committed, SourceError> {
        let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
        let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel: &cancel, waiting: &|_| {} };
        let edit = Edit::Replace(Path(Vec::new()), Text::Verbatim(SecretText::new(CACHE.to_owned())));
        let whole = Patch { title: String::new(), changes: vec![Change { edit, why: "test".into() }] };
        source.make(&patience, &|_| Ok(whole.clone()))
    }

    /// What the user may where the administrator says `policy`.
    fn under(policy: &str) -> Access {
        let policy = Policy::of(std::path::Path::new("/etc/p.toml"), Ok(policy.to_owned()));
        Access { policy: Arc::new(policy), ..Access::default() }
    }

    /// What lies in `store`.
    fn kept(store: &MemoryStore) -> Option<String> {
        let snapshot = store.peek(&Slot(String::new())).expect("memory can be read")?;
        Some(String::from_utf8(snapshot.bytes.reveal().to_vec()).expect("text"))
    }

    #[test]
    fn a_new_cache_is_whole_and_told() {
        let store = MemoryStore::default();

        let made = make(&source(ITEM, &store, Access::default())).expect("made");

        assert!(made.written);
        assert_eq!(kept(&store).as_deref(), Some(CACHE));
    }

    #[test]
    fn one_that_is_there_by_now_stays_and_is_told() {
        let store = MemoryStore::new(SecretBytes::new(b"of another process".to_vec()));

        let made = make(&source(ITEM, &store, Access::default()));

        assert!(matches!(made, Err(SourceError::Changed { .. })));
        assert_eq!(kept(&store).as_deref(), Some("of another process"));
    }

    #[test]
    fn nothing_is_made_where_nothing_may_be_written() {
        let store = MemoryStore::default();
        let readonly = Access { readonly: Some("--readonly".to_owned()), ..Access::default() };
        let forbidden = under("readonly = true");

        for access in [readonly, forbidden] {
            assert!(matches!(make(&source(ITEM, &store, access)), Err(SourceError::ReadOnly { .. })));
        }

        assert_eq!(kept(&store), None);
    }

    #[test]
    fn no_token_goes_into_a_new_cache_where_import_is_forbidden() {
        let store = MemoryStore::default();

        let made = make(&source(ITEM, &store, under("forbid = [\"import\"]")));

        assert!(matches!(made, Err(SourceError::Forbidden(_))));
        assert_eq!(kept(&store), None);
    }

    #[test]
    fn only_an_item_of_ours_that_a_keyring_has_not_can_be_made() {
        let store = MemoryStore::default();
        let can = |place: &str, error: &SourceError| source(place, &store, Access::default()).can_be_made(error);
        let of = |trouble| SourceError::Keyring { place: ITEM.to_owned(), trouble: Box::new(trouble) };
        let none = || of(KeyringTrouble::NoItem { searched: "a schema".to_owned(), others: Vec::new() });

        assert!(can(ITEM, &none()));

        // Not where the keyring cannot be asked, or has several.
        let several = KeyringTrouble::SeveralItems { candidates: vec![ITEM.to_owned()] };
        for trouble in [
            KeyringTrouble::NoBus,
            KeyringTrouble::NoService,
            KeyringTrouble::NoCollection,
            KeyringTrouble::Locked,
            KeyringTrouble::Dismissed,
            KeyringTrouble::Hangs { seconds: 5 },
            KeyringTrouble::Other("words of the bus".to_owned()),
            several,
        ] {
            assert!(!can(ITEM, &of(trouble)));
        }
        // Not where something else went wrong, whatever it is.
        let missing = SourceError::Missing { place: ITEM.to_owned() };
        let refused = SourceError::Refused("words of ours".to_owned());
        assert!(!can(ITEM, &missing) && !can(ITEM, &refused));
        // Not one of several in an item, nor where no keyring is.
        assert!(!can("secret-service:a-schema#slot", &none()) && !can("/tmp/cache.json", &none()));
    }
}
