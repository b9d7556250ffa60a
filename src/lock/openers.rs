//! Which processes have a cache open at this moment: an app that keeps its file open, or saves it in place, takes no
//! lock that would tell of it. Looks only; sees processes of this user, where there is a `/proc`, and nothing elsewhere.

use std::path::Path;

use super::holder::{Holder, Liveness};
use super::process;

/// Which file is meant, of those that have borne its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one that bears it now.
    Present,
    /// One in whose place another has come.
    Replaced,
}

/// Who has the file at `path` open, but for this process; each process once. Whoever is only reading or saving it at this
/// moment is among them.
#[must_use]
pub fn openers(path: &Path, which: Which) -> Vec<Holder> {
    let Ok(file) = path.canonicalize() else { return Vec::new() };
    let mut name = file.into_os_string();
    if which == Which::Replaced {
        // So the kernel calls what has no name any more.
        name.push(" (deleted)");
    }
    let named = |pid| Holder { pid: Some(pid), program: process::program(pid), since: None, alive: Liveness::Alive };
    process::that_have_open(&name).into_iter().map(named).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};

    use super::super::testbed::Cache;
    use super::*;

    #[test]
    fn who_has_a_file_open_is_seen_until_it_is_closed_also_when_another_took_its_place() {
        let cache = Cache::new();
        std::fs::write(&cache.path, "old").expect("written");
        let _own = std::fs::File::open(&cache.path).expect("opened");
        assert_eq!(openers(&cache.path, Which::Present), [], "this process is no other");
        let line = "exec 7<\"$0\"; echo open; read x; exec 7<&-; echo closed; read x";
        let mut sh = Command::new("sh");
        sh.args(["-c", line]).arg(&cache.path).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = sh.spawn().expect("sh runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut stdin = child.stdin.take().expect("piped");
        assert_eq!(lines.next().expect("a line").expect("read"), "open");

        let present = openers(&cache.path, Which::Present);
        std::fs::write(cache.path.with_extension("new"), "new").expect("written");
        std::fs::rename(cache.path.with_extension("new"), &cache.path).expect("replaced");
        let replaced = openers(&cache.path, Which::Replaced);

        assert_eq!(present.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("sh (pid {})", child.id())]);
        assert_eq!((openers(&cache.path, Which::Present), replaced), (Vec::new(), present));
        stdin.write_all(b"\n").expect("told");
        assert_eq!(lines.next().expect("a line").expect("read"), "closed");
        assert_eq!(openers(&cache.path, Which::Replaced), []);
        drop(stdin);
        child.wait().expect("it ends");
    }
}
