//! What stands in a lock file: reads the note of every runtime, writes ours.
//! Believes nothing of it: whether the pid lives is for `process` to say.

use super::process;

/// The most that is read of a lock file; the longest honest note is a pid and a path.
pub(super) const LIMIT: u64 = 4096;
const NAME: &str = "saltcellar";

/// A lock file's content, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) pid: u32,
    /// What follows the pid: argv0 (Python, Go), the process name (.NET), the host (Java), nothing (Node).
    pub(super) words: Option<String>,
    /// Where the writer lived; only our own notes say it.
    pub(super) origin: Option<Origin>,
}

/// The machine's run and the process namespace in which a pid means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) boot: String,
    pub(super) namespace: String,
}

impl Origin {
    pub(super) fn here() -> Self {
        Self { boot: process::boot_id(), namespace: process::namespace() }
    }
}

impl Note {
    /// Reads `4242 az`, BOM and newline around it or not, `4242`, `{4242} {az}` and our own.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(content);
        let text = text.trim_start_matches('\u{feff}').trim();
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let digits = unbraced(first);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let pid = digits.parse().ok().filter(|pid| *pid > 0)?;
        let words = unbraced(rest.trim());
        let origin = origin(words);
        Some(Self { pid, words: Some(words.to_owned()).filter(|words| !words.is_empty()), origin })
    }

    /// The note of this process.
    pub(super) fn ours() -> String {
        let Origin { boot, namespace } = Origin::here();
        format!("{} {NAME} {boot} {namespace}", std::process::id())
    }
}

/// Go writes its braces out: `fmt.Sprintf("{%d} {%s}", …)` (lock.go).
fn unbraced(word: &str) -> &str {
    word.strip_prefix('{').and_then(|word| word.strip_suffix('}')).unwrap_or(word)
}

fn origin(words: &str) -> Option<Origin> {
    let mut parts = words.split(' ');
    let (Some(NAME), Some(boot), Some(namespace), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Some(Origin { boot: boot.to_owned(), namespace: namespace.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Option<(u32, String)> {
        Note::parse(content.as_bytes()).map(|note| (note.pid, note.words.unwrap_or_default()))
    }

    #[test]
    fn the_notes_of_all_runtimes_are_read() {
        assert_eq!(read("4242 /usr/bin/my az"), Some((4242, "/usr/bin/my az".into())), "python");
        assert_eq!(read("\u{feff}4242 pwsh\n"), Some((4242, "pwsh".into())), "dotnet");
        assert_eq!(read("4242"), Some((4242, String::new())), "node");
        assert_eq!(read("4242 buildhost"), Some((4242, "buildhost".into())), "java");
        assert_eq!(read("{4242} {/bin/kubelogin}"), Some((4242, "/bin/kubelogin".into())), "go");
    }

    #[test]
    fn our_own_note_says_where_its_pid_lives() {
        let note = Note::parse(Note::ours().as_bytes()).expect("our note reads");

        assert_eq!(note.pid, std::process::id());
        assert_eq!(note.origin, Some(Origin::here()));
    }

    #[test]
    fn a_note_that_only_looks_like_ours_is_a_strangers() {
        assert_eq!(Note::parse(b"4242 saltcellar").and_then(|note| note.origin), None);
        assert_eq!(Note::parse(b"4242 saltcellar a b c").and_then(|note| note.origin), None);
        assert_eq!(Note::parse(b"4242 notsaltcellar a b").and_then(|note| note.origin), None);
    }

    #[test]
    fn what_names_no_process_is_no_note() {
        for content in ["", " ", "az", "0 az", "-4 az", "+4 az", "4x az", "{", "{}", "{} {}", "99999999999 az", "\u{0}"]
        {
            assert_eq!(read(content), None, "{content:?}");
        }
        assert_eq!(Note::parse(&[0xff, 0xfe, b'4', 0]), None);
    }
}
