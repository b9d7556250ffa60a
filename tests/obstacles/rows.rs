//! The rows: what is provoked, and what must be told of it. Each is a script; nothing is pretended.

/// One obstacle.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// What makes it, in the home in which `c/c.json` lies.
    pub(super) provoke: &'static str,
    /// The place that is tried.
    pub(super) place: &'static str,
    /// What stands before the command: who runs it.
    pub(super) who: &'static str,
    pub(super) needs_root: bool,
    pub(super) tools: &'static [&'static str],
    pub(super) reads: Told,
    pub(super) writes: Told,
}

/// What must come of it.
pub(super) enum Told {
    /// It works.
    Works,
    /// It is refused.
    Refused { kind: &'static str, cause: &'static str, code: &'static str, says: &'static str, hint: &'static str },
}

use Told::{Refused, Works};

const fn refused(kind: &'static str, cause: &'static str, says: &'static str, hint: &'static str) -> Told {
    let code = match kind.as_bytes() {
        b"write" => "1",
        _ => "4",
    };
    Refused { kind, cause, code, says, hint }
}

/// A row of the own user.
const fn own(name: &'static str, provoke: &'static str, reads: Told, writes: Told) -> Row {
    Row { name, provoke, place: "c/c.json", who: "", needs_root: false, tools: &[], reads, writes }
}

/// A row that only root can provoke.
const fn root(name: &'static str, provoke: &'static str, reads: Told, writes: Told) -> Row {
    Row { needs_root: true, tools: &["unshare", "mount"], ..own(name, provoke, reads, writes) }
}

/// A row that root provokes for another user.
const fn other(name: &'static str, provoke: &'static str, reads: Told, writes: Told) -> Row {
    Row { who: "as 65534", tools: &["unshare", "setpriv"], ..root(name, provoke, reads, writes) }
}

const BIND: Told = refused("write", "bind-mount", "mount of its own", "mount its folder instead");

pub(super) const ROWS: &[Row] = &[
    root("a bind-mounted folder", "mv c/c.json real; mount --bind real c", Works, Works),
    root("a bind-mounted file", "mount --bind c/c.json c/c.json", Works, BIND),
    root(
        "a file that is bind-mounted read-only",
        "mount --bind c/c.json c/c.json; mount -o remount,ro,bind c/c.json",
        Works,
        BIND,
    ),
    root(
        "a read-only mount",
        "mount --bind c c; mount -o remount,ro,bind c",
        Works,
        refused("write", "read-only-mount", "/c is mounted read-only", "without :ro"),
    ),
    root(
        "a full disk",
        "mv c/c.json real; mount -t tmpfs -o size=64k,mode=700 none c; cp -p real/c.json c
         cat /dev/zero > c/fill 2> /dev/null || true",
        Works,
        refused("write", "disk-full", "/c is full", "make room there"),
    ),
    root(
        "an immutable file",
        "ext4; chattr +i c/c.json || unprovoked",
        Works,
        refused("write", "immutable", "chattr +i", "sudo chattr -i FILE"),
    ),
    root(
        "an append-only folder",
        "ext4; chattr +a c || unprovoked",
        Works,
        refused("write", "append-only", "chattr +a", "sudo chattr -a FOLDER"),
    ),
    other(
        "a file of another uid, for its owner alone",
        "chown 4242:4242 c/c.json; chmod 755 c",
        refused("unreadable", "other-user", "a file of uid 4242, mode 0600, and this process runs as", "--user 4242"),
        refused("unreadable", "other-user", "a file of uid 4242, mode 0600, and this process runs as", "--user 4242"),
    ),
    other(
        "a file of another uid that everybody may read",
        "chown 4242:4242 c/c.json; chmod 644 c/c.json; chmod 777 c",
        Works,
        refused("write", "other-user", "another user owns it", "--user 4242"),
    ),
    other(
        "a folder without the right to pass",
        "chown -R 65534:65534 c; chmod 600 c",
        refused("unreadable", "closed-folder", "/c of", "run it as"),
        refused("unreadable", "closed-folder", "mode 0600, lets", "run it as"),
    ),
    other(
        "a folder in which nothing may be made",
        "chown 65534:65534 c/c.json; chmod 755 c",
        Works,
        refused("write", "locked-folder", "mode 0755, ", "make the folder writable"),
    ),
    other(
        "a mode that keeps the owner out",
        "chown 65534:65534 c c/c.json; chmod 200 c/c.json",
        refused("unreadable", "mode", "its mode 0200 keeps its own owner out", "chmod u+rw"),
        refused("unreadable", "mode", "its mode 0200 keeps its own owner out", "chmod u+rw"),
    ),
    own(
        "a symbolic link",
        "mv c/c.json real; ln -s ../real/c.json c/c.json",
        refused("link", "symlink", "is a symbolic link", "name the file itself, ../real/c.json"),
        refused("link", "symlink", "is a symbolic link", "--follow-symlink"),
    ),
    own(
        "a hard link",
        "ln c/c.json real/other.json",
        Works,
        refused("link", "hard-link", "is a hard link", "cp FILE NEW"),
    ),
    own(
        "a pipe",
        "rm c/c.json; mkfifo c/c.json; cp() { :; }; cat() { :; }",
        refused("unreadable", "not-a-file", "a pipe, a device or a socket", "only a regular file"),
        refused("unreadable", "not-a-file", "a pipe, a device or a socket", "only a regular file"),
    ),
    Row {
        who: "strace -f -qq -o trace.log -e trace=flock -e inject=flock:error=ENOLCK:when=1+",
        tools: &["strace"],
        ..own(
            "a file system without locks",
            "",
            Works,
            refused("write", "no-locks", "keeps no locks", "change it on the machine where the file lies"),
        )
    },
];
