//! Stable stand-ins for the names and ids of one cache: the same original, in any letter case, always
//! gets the same one, numbered in order of appearance. Keeps what the whole world knows (Azure CLI's
//! client id, `common`), because a bug report needs it and it names nobody.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::cache::{environment, names};

/// What a text names, and so what its stand-in looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Id,
    User,
    Name,
    Tenant,
    Host,
    Client,
    Scope,
    Opaque,
}

/// Realms that name no one's tenant. The last is that of all personal accounts.
const SHARED_REALMS: [&str; 6] =
    ["common", "organizations", "consumers", "adfs", "managed_identity", "9188040d-6c67-4c5b-b112-36a304b66dad"];
/// Words that stand where a user name or a client id would: nobody's.
const NOBODY: [&str; 3] = ["missing from the token response", "system_assigned_managed_identity", "localhost"];

/// The stand-ins given so far.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    given: HashMap<String, String>,
    counts: HashMap<Kind, usize>,
    avoid: HashSet<String>,
    /// Public hosts and ids that were kept.
    kept: BTreeSet<String>,
}

impl Pseudonyms {
    /// Fresh stand-ins, none of which is one of the originals in `avoid`.
    pub(super) fn avoiding(avoid: HashSet<String>) -> Self {
        Self { avoid, ..Self::default() }
    }

    /// The originals replaced so far, lower case.
    pub(super) fn originals(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }

    /// Notes that `public` is let through: the check must not take a part of it for somebody's name.
    pub(super) fn keep(&mut self, public: &str) {
        if public.contains('.') || is_guid(public) {
            self.kept.insert(public.to_lowercase());
        }
    }

    /// `shown` (lower case) without the public hosts and ids in it.
    pub(super) fn without_kept(&self, shown: &str) -> String {
        let mut kept: Vec<&String> = self.kept.iter().collect();
        // `a.b.c` before `b.c`.
        kept.sort_by_key(|public| std::cmp::Reverse(public.len()));
        kept.into_iter().fold(shown.to_owned(), |shown, public| shown.replace(public, " "))
    }

    /// Whether a word of `text` is an original: somebody may be called as a permission is.
    pub(super) fn mentions(&self, text: &str) -> bool {
        let folded = text.to_lowercase();
        let mut words = folded.split(|c: char| !c.is_alphanumeric());
        self.avoid.contains(&folded) || words.any(|word| self.avoid.contains(word))
    }

    /// The stand-in of `original`.
    pub(super) fn of(&mut self, kind: Kind, original: &str) -> String {
        let folded = original.to_lowercase();
        if original.is_empty() || is_public(kind, &folded) {
            self.keep(&folded);
            return original.to_owned();
        }
        if let Some(given) = self.given.get(&folded) {
            return given.clone();
        }
        let fresh = self.fresh(kind, &folded);
        self.given.insert(folded, fresh.clone());
        fresh
    }

    /// `uid.utid`, each part by itself, so that the tenant is the same as in `realm`.
    pub(super) fn home_account(&mut self, original: &str) -> String {
        match original.rsplit_once('.') {
            Some((uid, utid)) => format!("{}.{}", self.user_id(uid), self.of(Kind::Tenant, utid)),
            None => self.user_id(original),
        }
    }

    /// A user's id. In B2C it is an object id with the user flow behind it: `oid-b2c_1_susi`.
    pub(super) fn user_id(&mut self, original: &str) -> String {
        match original.split_at_checked(36) {
            Some((id, flow)) if is_guid(id) && flow.starts_with('-') => {
                format!("{}-{}", self.of(Kind::Id, id), self.of(Kind::Opaque, flow.trim_start_matches('-')))
            }
            Some(_) | None => self.of(Kind::Id, original),
        }
    }

    fn fresh(&mut self, kind: Kind, folded: &str) -> String {
        loop {
            let shape = if is_guid(folded) { Kind::Id } else { kind };
            let count = self.counts.entry(shape).or_default();
            *count += 1;
            let count = *count;
            let fresh = shaped(shape, count, folded);
            if !self.is_original(&fresh, count) {
                return fresh;
            }
        }
    }
}

impl Pseudonyms {
    /// Whether the stand-in, or its word with the number in it, is the name of someone in this cache.
    fn is_original(&self, fresh: &str, count: usize) -> bool {
        let mut words = fresh.split(|c: char| !c.is_alphanumeric()).filter(|word| word.ends_with(&count.to_string()));
        self.avoid.contains(fresh) || words.any(|word| self.avoid.contains(word))
    }
}

fn shaped(shape: Kind, count: usize, folded: &str) -> String {
    match shape {
        Kind::Id if is_guid(folded) => format!("00000000-0000-0000-0000-{count:012}"),
        Kind::Id => format!("user-{count}"),
        Kind::User => format!("user{count}@example.invalid"),
        Kind::Name => format!("name {count}"),
        Kind::Tenant if folded.contains('.') => format!("tenant{count}.example.invalid"),
        Kind::Tenant => format!("tenant-{count}"),
        Kind::Host => format!("host{count}.example.invalid"),
        Kind::Client => format!("client-{count}"),
        Kind::Scope => format!("scope-{count}"),
        Kind::Opaque => format!("opaque-{count}"),
    }
}

/// What the whole world knows may stand wherever an id stands: a key can name another host than its entry.
fn is_public(kind: Kind, folded: &str) -> bool {
    if NOBODY.contains(&folded) {
        return true;
    }
    match kind {
        Kind::User | Kind::Name | Kind::Scope => false,
        Kind::Id | Kind::Tenant | Kind::Host | Kind::Client | Kind::Opaque => {
            SHARED_REALMS.contains(&folded) || environment::cloud(folded).is_some() || names::client(folded).is_some()
        }
    }
}

/// Whether `text` is a GUID in its usual spelling.
pub(super) fn is_guid(text: &str) -> bool {
    let hyphen = |at| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}
