//! PLACE of the command line as a value, read and printed. Knows the grammar, not what lies there.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a cache lies: a path, or `scheme:rest[?seal=…&lock=…][#slot]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    location: Location,
    /// Extra lock protocols, from `?lock=`: `java` for a cache that MSAL4J shares outside `.IdentityService`.
    pub lock: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Location {
    File(PathBuf),
    Folder(PathBuf),
    Stdin,
    Memory(String),
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} is not a place: {why}")]
pub struct PlaceError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Place {
    /// The file at `path`.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self::at(Location::File(path.to_owned()))
    }

    /// A cache that lives in memory under `name`: the demo, a test.
    #[must_use]
    pub fn memory(name: &str) -> Self {
        Self::at(Location::Memory(name.to_owned()))
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self::at(Location::Stdin)
    }

    fn at(location: Location) -> Self {
        Self { location, lock: None }
    }

    /// Whether this is standard input (`-`): read once, never written.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.location == Location::Stdin
    }

    /// The file, if the place is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.location {
            Location::File(path) => Some(path),
            Location::Folder(_) | Location::Stdin | Location::Memory(_) => None,
        }
    }

    /// The folder whose caches are meant, if the place is one (`dir:` or a path that ends in a slash).
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.location {
            Location::Folder(path) => Some(path),
            Location::File(_) | Location::Stdin | Location::Memory(_) => None,
        }
    }

    /// As a person would write it: `~/.azure/msal_token_cache.json` for a file in the `home` folder.
    #[must_use]
    pub fn short(&self, home: Option<&Path>) -> String {
        let path = match &self.location {
            Location::File(path) | Location::Folder(path) => path,
            Location::Stdin => return "standard input".to_owned(),
            Location::Memory(name) => return name.clone(),
        };
        let below_home = home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok());
        match below_home {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Location::File(path) => write!(f, "file:{}", percent_encoded(path))?,
            Location::Folder(path) => write!(f, "dir:{}", percent_encoded(path))?,
            Location::Stdin => f.write_str("-")?,
            Location::Memory(name) => write!(f, "memory:{name}")?,
        }
        self.lock.iter().try_for_each(|lock| write!(f, "?lock={lock}"))
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let wrong = |why| Err(PlaceError { text: text.to_owned(), why });
        match text {
            "" => return wrong("it is empty"),
            "-" => return Ok(Self::stdin()),
            _ => {}
        }
        let Some((scheme, rest)) = scheme_of(text) else {
            let folder = text.ends_with('/');
            let path = PathBuf::from(text);
            return Ok(Self::at(if folder { Location::Folder(path) } else { Location::File(path) }));
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let Some(path) = percent_decoded(rest) else {
            return wrong("a % is not followed by two hex digits");
        };
        let location = match scheme {
            "file" | "dir" if !path.is_absolute() => {
                return wrong("file: and dir: take an absolute path");
            }
            "file" => Location::File(path),
            "dir" => Location::Folder(path),
            _ => return wrong("this version knows file: and dir:"),
        };
        let lock = match query.split_once('=') {
            Some(("lock", lock)) => Some(lock.to_owned()),
            None if query.is_empty() => None,
            _ => return wrong("the only option is ?lock=RUNTIME"),
        };
        Ok(Self { location, lock })
    }
}

/// A scheme has two letters or more, so that `C:\cache.json` stays a path.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    is_scheme.then_some((scheme, rest))
}

/// `path` as it reads back: what a URI would take otherwise, what drives a terminal and what is no UTF-8 is coded.
fn percent_encoded(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '%' | '?' | '#' => text.push_str(&format!("%{:02X}", u32::from(letter))),
                _ if letter.is_ascii_control() => text.push_str(&format!("%{:02X}", u32::from(letter))),
                _ => text.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    text
}

fn percent_decoded(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, behind) = match (first, tail) {
            (b'%', [high, low, behind @ ..]) => (16 * digit(*high)? + digit(*low)?, behind),
            (b'%', _) => return None,
            (byte, behind) => (byte, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    Some(OsString::from_vec(bytes).into())
}

fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn paths_and_uris_read_as_places() {
        let path = |text: &str| text.parse::<Place>().expect(text).path().map(|p| p.display().to_string());

        assert_eq!(path("a%20b.json").as_deref(), Some("a%20b.json"));
        assert_eq!(path("file:/a%20b.json?lock=java").as_deref(), Some("/a b.json"));
        assert_eq!(path("C:\\cache.json").as_deref(), Some("C:\\cache.json"));
        assert_eq!(path("-"), None);
        assert!("dir/".parse::<Place>().expect("a folder").folder().is_some());
    }

    #[test]
    fn a_printed_place_reads_back_whatever_its_name() {
        for name in ["/a%20b.json", "/what?.json", "/a#1", "/new\nline", "/ä ö", "/plain.json"] {
            let place = Place::file(Path::new(name));
            assert_eq!(place.to_string().parse::<Place>().expect("a place"), place, "{place}");
        }
        let odd = Place::file(Path::new(OsStr::from_bytes(b"/\xff.json")));
        assert_eq!(odd.to_string(), "file:/%FF.json");
        assert_eq!(odd.to_string().parse::<Place>().expect("a place"), odd);
    }

    #[test]
    fn what_is_no_place_is_refused_with_the_reason() {
        let says = |text: &str| text.parse::<Place>().expect_err(text).to_string();

        assert!(says("").contains("empty"));
        assert!(says("file:relative").contains("absolute"));
        assert!(says("file:/a%zz").contains('%'));
        assert!(says("gopher:/a").contains("knows file:"));
    }

    #[test]
    fn a_place_in_the_home_folder_is_shown_short() {
        let place = Place::file(Path::new("/home/ada/.azure/msal_token_cache.json"));

        assert_eq!(place.short(Some(Path::new("/home/ada"))), "~/.azure/msal_token_cache.json");
        assert_eq!(place.short(Some(Path::new("/"))), "/home/ada/.azure/msal_token_cache.json");
    }
}
