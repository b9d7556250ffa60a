//! Scopes as sets. Compares them as each runtime does; never says which runtime is right.

use std::fmt;

/// The scopes of a target, in the order in which they are written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Scopes(pub Vec<String>);

/// What every sign-in asks for and no access token is looked up by.
const RESERVED: [&str; 3] = ["openid", "profile", "offline_access"];

impl Scopes {
    /// The scopes of a `target`, which are separated by white space.
    #[must_use]
    pub fn of(target: &str) -> Self {
        Self(target.split_whitespace().map(str::to_owned).collect())
    }

    /// The number of scopes as written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes as written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every scope of `wanted` is here, letter by letter.
    /// (MSAL Python, `token_cache.py`: `set(target) <= set(entry["target"].split())`.)
    #[must_use]
    pub fn hold(&self, wanted: &Self) -> bool {
        wanted.iter().all(|scope| self.iter().any(|have| have == scope))
    }

    /// Whether every scope of `wanted` is here, ignoring case (.NET, Java, Go, Node).
    #[must_use]
    pub fn hold_ignoring_case(&self, wanted: &Self) -> bool {
        wanted.iter().all(|scope| self.iter().any(|have| same(have, scope)))
    }

    /// Whether any scope is in both, ignoring case: .NET and Node delete what intersects on save.
    #[must_use]
    pub fn meet_ignoring_case(&self, other: &Self) -> bool {
        self.iter().any(|scope| other.iter().any(|have| same(have, scope)))
    }

    /// Without `openid`, `profile` and `offline_access`, as .NET compares them.
    #[must_use]
    pub fn without_reserved(&self) -> Self {
        Self(self.0.iter().filter(|scope| !is_reserved(scope)).cloned().collect())
    }

    /// The same set in one spelling: lower case, single slashes, sorted, none twice. Two targets
    /// that ask for the same have the same normal form.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut scopes: Vec<_> = self.iter().map(|scope| single_slashes(scope).to_lowercase()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// The scopes sorted letter by letter and joined, as MSAL Python writes a target.
    #[must_use]
    pub fn sorted_target(&self) -> String {
        let mut scopes: Vec<_> = self.iter().collect();
        scopes.sort_unstable();
        scopes.join(" ")
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} scopes", self.len())
    }
}

/// Whether `scope` is `openid`, `profile` or `offline_access`.
#[must_use]
pub fn is_reserved(scope: &str) -> bool {
    RESERVED.iter().any(|reserved| same(reserved, scope))
}

/// `scope` with each run of slashes behind the `://` made one: Azure CLI asks for
/// `https://management.core.windows.net//.default`, other clients for the same with one slash.
#[must_use]
pub fn single_slashes(scope: &str) -> String {
    let (scheme, rest) = scope.split_once("://").map_or(("", scope), |(scheme, rest)| (scheme, rest));
    let mut out = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    for c in rest.chars() {
        if c != '/' || !out.ends_with('/') || out.ends_with("://") {
            out.push(c);
        }
    }
    out
}

/// Whether two texts are the same but for the case of their letters, any alphabet's.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    let is_ascii = a.is_ascii() && b.is_ascii();
    a.eq_ignore_ascii_case(b) || (!is_ascii && a.to_lowercase() == b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_sets_and_python_minds_their_case() {
        let have = Scopes::of("User.Read Mail.Send  openid");

        assert!(have.hold(&Scopes::of("Mail.Send User.Read")));
        assert!(!have.hold(&Scopes::of("user.read")));
        assert!(have.hold_ignoring_case(&Scopes::of("user.read MAIL.SEND")));
        assert!(have.meet_ignoring_case(&Scopes::of("other OPENID")));
        assert_eq!(have.without_reserved().len(), 2);
    }

    #[test]
    fn letters_of_any_alphabet_are_the_same_either_way_round() {
        // The sign of the kelvin is a k in lower case.
        for (a, b) in [("Key", "kEY"), ("\u{212a}ey", "key"), ("ÄPFEL", "äpfel")] {
            assert!(same(a, b) && same(b, a), "{a} {b}");
        }
        assert!(!same("key", "kex") && !same("ä", "a"));
    }

    #[test]
    fn double_slashes_and_order_do_not_change_the_normal_form() {
        let azure_cli = Scopes::of("https://Management.core.windows.net//.default b");
        let other = Scopes::of("B https://management.core.windows.net/.default b");

        assert!(azure_cli.normal() == other.normal());
        assert_eq!(single_slashes("//user.read"), "/user.read");
        assert_eq!(single_slashes("api://app//read"), "api://app/read");
    }
}
