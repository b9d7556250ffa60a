//! What the administrator says in `policy.toml`: it only tightens. Pure: whoever asks reads the file. In doubt (a file
//! that cannot be read, a key or a value that nobody knows) all that can be forbidden is forbidden.

use std::path::{Path, PathBuf};

use toml::Value;

use crate::secret::{Deed, Forbidden, Law};
use crate::text::Safe;

/// The stores that can be forbidden, by the schemes of places; `stdin` is what a pipe or the shell hands over.
pub const STORES: &[&str] = &["file", STDIN, "secret-service", "keyctl", "keychain", "redis", "sqlite", "postgres"];

/// What a policy calls a cache that is read from standard input, or from a stream of the shell.
pub const STDIN: &str = "stdin";

/// The policy of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    /// What nobody may do with secrets.
    pub law: Law,
    /// Why nothing may be written.
    pub readonly: Option<String>,
    /// Where every change is noted.
    pub audit: Option<PathBuf>,
    /// Why a change that cannot be noted is not made.
    pub audit_required: Option<String>,
    /// What is wrong with the file, so that it forbids everything.
    pub broken: Option<String>,
    /// Who besides the administrator could change the file, and so lift it: in words.
    pub open_to: Option<String>,
    stores: Vec<(String, String)>,
}

impl Policy {
    /// What the file at `path` says, whose text came as `text`. Where nothing is, nothing is forbidden.
    #[must_use]
    pub fn of(path: &Path, text: std::io::Result<String>) -> Self {
        match text {
            Ok(text) => Self::read(path, &text).unwrap_or_else(|why| Self::closed(path, &why)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => Self::closed(path, &format!("cannot be read: {error}")),
        }
    }

    /// Why no place of this `scheme` may be opened.
    ///
    /// # Errors
    /// None may.
    pub fn allow_store(&self, scheme: &str) -> Result<(), Forbidden> {
        match self.stores.iter().find(|(store, _)| store == scheme) {
            Some((_, by)) => Err(Forbidden { what: format!("opening {scheme}: places"), by: by.clone() }),
            None => Ok(()),
        }
    }

    /// Each thing that it says, as key and value.
    #[must_use]
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let mut told = Vec::new();
        if let Some(broken) = &self.broken {
            told.push(("broken", format!("{broken}; everything that a policy can forbid is forbidden")));
        }
        told.extend(self.open_to.iter().map(|who| ("open-to", Safe::new(who).to_string())));
        told.extend(self.readonly.is_some().then(|| ("readonly", "true".to_owned())));
        let deeds: Vec<&str> =
            Deed::ALL.into_iter().filter(|deed| self.law.allow(*deed).is_err()).map(Deed::name).collect();
        told.extend((!deeds.is_empty()).then(|| ("forbid", deeds.join(", "))));
        let stores: Vec<&str> = self.stores.iter().map(|(store, _)| store.as_str()).collect();
        told.extend((!stores.is_empty()).then(|| ("forbid-stores", stores.join(", "))));
        told.extend(self.audit.iter().map(|path| ("audit", Safe::new(&path.display().to_string()).to_string())));
        told.extend(self.audit_required.is_some().then(|| ("audit-required", "true".to_owned())));
        told
    }

    /// Forbids everything, because of `why`.
    fn closed(path: &Path, why: &str) -> Self {
        let why = Safe::new(why).to_string();
        let by = format!("{} ({why})", path.display());
        let law = Law::forbidding(Deed::ALL.into_iter().map(|deed| (deed, by.clone())).collect());
        let stores = STORES.iter().map(|store| ((*store).to_owned(), by.clone())).collect();
        let path = Some(path.to_owned());
        Self {
            path,
            law,
            readonly: Some(by),
            audit: None,
            audit_required: None,
            broken: Some(why),
            open_to: None,
            stores,
        }
    }

    fn read(path: &Path, text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        let mut policy = Self { path: Some(path.to_owned()), ..Self::default() };
        let by = |says: String| format!("{} ({says})", path.display());
        let mut deeds = Vec::new();
        for (key, value) in &table {
            match key.as_str() {
                "readonly" => policy.readonly = switch(key, value)?.then(|| by("readonly".to_owned())),
                "forbid" => {
                    for name in names(key, value)? {
                        let deed = Deed::ALL.into_iter().find(|deed| deed.name() == name);
                        let deed = deed.ok_or_else(|| format!("forbid knows no {name:?}"))?;
                        deeds.push((deed, by(format!("forbid has {name}"))));
                    }
                }
                "forbid-stores" => {
                    for name in names(key, value)? {
                        if !STORES.contains(&name.as_str()) {
                            return Err(format!("forbid-stores knows no {name:?}"));
                        }
                        policy.stores.push((name.clone(), by(format!("forbid-stores has {name}"))));
                    }
                }
                "audit" => policy.audit = Some(absolute(value)?),
                "audit-required" => {
                    policy.audit_required = switch(key, value)?.then(|| by("audit-required".to_owned()));
                }
                _ => return Err(format!("there is no key {key:?}")),
            }
        }
        if policy.audit_required.is_some() && policy.audit.is_none() {
            return Err("audit-required stands without audit".to_owned());
        }
        policy.law = Law::forbidding(deeds);
        Ok(policy)
    }
}

fn switch(key: &str, value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{key} takes true or false"))
}

fn names(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("{key} takes a list of names in quotes");
    let all = value.as_array().ok_or_else(wrong)?;
    all.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

fn absolute(value: &Value) -> Result<PathBuf, String> {
    let path = value.as_str().map(PathBuf::from).filter(|path| path.is_absolute());
    path.ok_or_else(|| "audit takes an absolute path in quotes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Policy {
        Policy::of(Path::new("/etc/saltcellar/policy.toml"), Ok(text.to_owned()))
    }

    #[test]
    fn what_it_says_is_forbidden_and_names_file_and_key() {
        let policy = of("readonly = true\nforbid = [\"reveal\", \"copy\"]\nforbid-stores = [\"redis\"]");

        assert_eq!(policy.broken, None);
        assert_eq!(policy.readonly.as_deref(), Some("/etc/saltcellar/policy.toml (readonly)"));
        assert!(policy.law.why_not(Deed::Copy).is_some_and(|why| why.contains("policy.toml (forbid has copy)")));
        assert!(policy.law.allow(Deed::Export).is_ok() && policy.allow_store("file").is_ok());
        let by = policy.allow_store("redis").expect_err("forbidden").by;
        assert!(by.ends_with("policy.toml (forbid-stores has redis)"), "{by}");
    }

    #[test]
    fn nothing_is_forbidden_where_no_policy_is() {
        let missing = Policy::of(Path::new("/p"), Err(std::io::ErrorKind::NotFound.into()));

        assert_eq!(missing, Policy::default());
        assert_eq!(of("").told(), []);
    }

    #[test]
    fn in_doubt_everything_is_forbidden_and_the_reason_is_said() {
        let doubts = [
            "readonly = 1",
            "readnoly = true",
            "forbid = \"copy\"",
            "forbid = [\"cpoy\"]",
            "forbid = [1]",
            "forbid-stores = [\"vault\"]",
            "audit = \"relative\"",
            "audit-required = true",
            "[table",
        ];
        for text in doubts {
            let policy = of(text);

            assert!(policy.broken.is_some() && policy.readonly.is_some(), "{text}");
            assert!(Deed::ALL.into_iter().all(|deed| policy.law.allow(deed).is_err()), "{text}");
            assert!(STORES.iter().all(|store| policy.allow_store(store).is_err()), "{text}");
        }
        let unreadable = Policy::of(Path::new("/p"), Err(std::io::ErrorKind::PermissionDenied.into()));
        assert!(unreadable.law.why_not(Deed::Reveal).is_some_and(|why| why.contains("permission denied")));
    }
}
