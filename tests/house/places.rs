//! The few files where delicate things may stand: revealing, time, printing, the environment, files.
//! What ships is judged, `#[cfg(test)]` is not. To amend: add the file to the rule's list, and say in
//! the commit why it must stand there. A path that ends in `/` is a whole folder.

use super::names::{Name, flat, names};
use super::source::Source;

/// Names and the files in which they may, or may not, stand.
struct Rule {
    what: &'static [&'static str],
    stands: Stands,
}

enum Stands {
    OnlyIn(&'static [&'static str]),
    NotIn(&'static [&'static str]),
}

const RULES: &[Rule] = &[
    // The plain text of a secret, without a person's grant.
    Rule {
        what: &[".reveal", ".into_secret", "SecretText::reveal", "SecretBytes::reveal", "Masked::reveal"],
        stands: Stands::OnlyIn(&[
            "secret.rs",
            "secret/",
            "json/",
            "seal/",
            "store/",
            "cache/claims.rs",
            "ops/export.rs",
            "present/entry.rs",
            "source/undo.rs",
            "clipboard.rs",
            "tui/clipboard.rs",
        ]),
    },
    Rule {
        what: &["RevealGrant::asked_for"],
        stands: Stands::OnlyIn(&["secret.rs", "cli/show.rs", "tui/update/", "main.rs"]),
    },
    Rule { what: &["SystemTime::now", "Instant::now"], stands: Stands::OnlyIn(&["time.rs"]) },
    Rule {
        what: &["println!", "eprintln!", "print!", "eprint!", "dbg!", "std::io::stdout", "std::io::stderr"],
        stands: Stands::OnlyIn(&["cli/io.rs", "tui/terminal.rs", "main.rs"]),
    },
    Rule {
        what: &["std::env::var", "std::env::var_os", "std::env::vars", "std::env::vars_os"],
        stands: Stands::OnlyIn(&[
            "cli/io.rs",
            "cli/args.rs",
            "source/discover/folders.rs",
            "tui/terminal.rs",
            "main.rs",
        ]),
    },
    Rule { what: &["std::env::set_var", "std::env::remove_var"], stands: Stands::OnlyIn(&[]) },
    // What one system has and another has not; all else is built for Windows too.
    Rule {
        what: &[
            "std::os::unix",
            "std::os::linux",
            "std::os::windows",
            "rustix",
            "nix",
            "xattr",
            "landlock",
            "windows_sys",
        ],
        stands: Stands::OnlyIn(&[
            "system/",
            "lock/",
            "seal/",
            "store/fixed.rs",
            "store/huge.rs",
            "source/kernel_key.rs",
            "store/kernel_keyring/",
            "store/kernel_keyring.rs",
            "store/keychain.rs",
            "store/redis/stream.rs",
        ]),
    },
    // What always fails on one system is built there all the same, and no test of another notices.
    Rule {
        what: &["std::io::ErrorKind::Unsupported"],
        stands: Stands::OnlyIn(&[
            "lock/held.rs",
            "lock/primitive/",
            "store/kernel_keyring.rs",
            "store/redis/stream.rs",
            "system/windows/users.rs",
        ]),
    },
    // Pure rooms: no input, no output, no chance.
    Rule {
        what: &["std::fs", "std::net", "std::process::Command", "std::thread::sleep", "fastrand"],
        stands: Stands::NotIn(&[
            "json/",
            "cache/",
            "config/",
            "ops/",
            "lint/",
            "present/",
            "tui/update/",
            "tui/view/",
            "tui/model/",
            "tui/model.rs",
        ]),
    },
];

/// Files that may hold `unsafe`; each also needs `#[expect(unsafe_code, reason = "…")]`.
const UNSAFE: &[&str] = &["store/huge.rs", "seal/dpapi/windows.rs", "system/windows/process.rs"];

/// What stands in `file` though its rule does not let it.
pub(crate) fn offences(file: &Source) -> Vec<String> {
    let shipped: Vec<Name> = names(file).into_iter().filter(|name| !name.in_test).collect();
    let mut found = unsafe_offences(file);
    for rule in RULES.iter().filter(|rule| !rule.allows(&file.path)) {
        let hits = shipped.iter().filter(|name| rule.what.iter().any(|what| name.is(what)));
        found.extend(hits.map(|name| file.offence(name.line, &rule.says(&name.path.join("::")))));
    }
    found
}

impl Rule {
    fn allows(&self, path: &str) -> bool {
        match self.stands {
            Stands::OnlyIn(places) => lies_in(path, places),
            Stands::NotIn(places) => !lies_in(path, places),
        }
    }

    fn says(&self, name: &str) -> String {
        match self.stands {
            Stands::OnlyIn(places) => format!("{name} may stand only in [{}]", places.join(", ")),
            Stands::NotIn(_) => format!("{name} may not stand here: this room is pure"),
        }
    }
}

fn lies_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

/// Every `unsafe`, in tests and macros too.
fn unsafe_offences(file: &Source) -> Vec<String> {
    if lies_in(&file.path, UNSAFE) {
        return Vec::new();
    }
    let tokens = file.text.parse().expect("the file parsed before");
    let found = flat(&tokens).into_iter().filter(|(word, _)| word == "unsafe");
    found.map(|(_, line)| file.offence(line, "nothing here may be unsafe")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        offences(&made(path, text)).len()
    }

    #[test]
    fn revealing_is_reported_outside_its_places() {
        let text = "fn f(t: &SecretText) -> String { format!(\"{}\", t.reveal()) }";

        assert_eq!(count("cli/list.rs", text), 1);
        assert_eq!(count("cli/list.rs", "fn f() { let show = crate::secret::SecretText::reveal; }"), 1);
        assert_eq!(count("cli/list.rs", "fn f(m: Masked<'_>) { m.into_secret(); }"), 1);
        assert_eq!(count("json/print.rs", text), 0);
        assert_eq!(count("cli/list.rs", &format!("#[cfg(test)] mod tests {{ {text} }}")), 0);
    }

    #[test]
    fn a_grant_is_made_only_where_a_person_asks() {
        let text = "use crate::secret::RevealGrant as G; fn f() { G::asked_for(); }";

        assert_eq!(count("present/entry.rs", text), 1);
        assert_eq!(count("tui/update/detail.rs", text), 0);
    }

    #[test]
    fn clocks_are_asked_only_in_time() {
        let text = "use std::time::SystemTime as T; fn f() { T::now(); std::time::Instant::now(); }";

        assert_eq!(count("ops/prune.rs", text), 2);
        assert_eq!(count("time.rs", text), 0);
    }

    #[test]
    fn printing_and_the_environment_belong_to_the_edges() {
        let text = "use std::{env, io}; fn f() { println!(); io::stdout(); env::var(\"A\"); env::args(); }";

        assert_eq!(count("source/open.rs", text), 3);
        assert_eq!(count("cli/io.rs", text), 0);
        assert_eq!(count("main.rs", "fn f() { std::env::set_var(\"A\", \"B\") }"), 1);
    }

    #[test]
    fn what_one_system_has_stays_in_its_rooms() {
        let text = "use std::os::unix::fs::MetadataExt as _; fn f() { rustix::process::geteuid(); }";

        assert_eq!(count("cli/partition.rs", text), 2);
        assert_eq!(count("system/unix/files.rs", text), 0);
        assert_eq!(count("cli/partition.rs", &format!("#[cfg(test)] mod tests {{ {text} }}")), 0);
    }

    #[test]
    fn pure_rooms_touch_no_file() {
        assert_eq!(count("ops/prune.rs", "use std::{fs::File, io};"), 1);
        assert_eq!(count("tui/update/list.rs", "fn f() { std::process::Command::new(\"az\"); }"), 1);
        assert_eq!(count("store/file.rs", "use std::fs;"), 0);
    }

    #[test]
    fn unsafe_is_reported_wherever_it_hides() {
        assert_eq!(count("store/file.rs", "fn f() { unsafe { g() } }"), 1);
        assert_eq!(count("store/file.rs", "macro_rules! m { () => { unsafe { g() } } }"), 1);
        assert_eq!(count("store/file.rs", "// unsafe\nfn f() {}"), 0);
    }
}
