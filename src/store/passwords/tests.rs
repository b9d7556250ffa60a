//! Passwords from files and from people.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

struct Person(AtomicUsize);

impl AskPassword for Person {
    fn ask(&self, server: &str) -> Option<SecretText> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Some(SecretText::new(format!("open {server}")))
    }
}

fn why(error: StoreError) -> String {
    error.to_string()
}

#[test]
fn a_person_is_asked_once_for_a_server_and_again_for_a_wrong_answer() {
    let person = Arc::new(Person(AtomicUsize::new(0)));
    let passwords = Passwords::asking(person.clone());
    assert!(passwords.known("a", None).expect("no file").is_none());

    let typed = passwords.ask("a").expect("answered");

    assert!(passwords.clone().known("a", None).expect("no file") == Some(typed));
    assert!(passwords.known("b", None).expect("no file").is_none());
    passwords.forget("a");
    assert!(passwords.known("a", None).expect("no file").is_none());
    assert_eq!(person.0.load(Ordering::Relaxed), 1);
}

#[test]
fn nobody_to_ask_is_said() {
    let error = Passwords::default().ask("a").err().map(why);

    assert_eq!(error.as_deref(), Some("the server wants a password"));
}

#[test]
fn passwords_are_not_shown_by_debug() {
    let passwords = Passwords::asking(Arc::new(Person(AtomicUsize::new(0))));
    passwords.ask("a").expect("answered");

    assert_eq!(format!("{passwords:?}"), "[passwords]");
}

#[cfg(unix)]
#[test]
fn a_password_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    let with_mode = |mode| {
        std::fs::write(&path, "hunter2\nignored\n").expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        Passwords::default().known("a", Some(&path))
    };

    assert!(with_mode(0o600).expect("private") == Some(SecretText::new("hunter2".to_owned())));
    for mode in [0o640, 0o604, 0o644] {
        let error = with_mode(mode).err().map(why).expect("refused");
        assert!(error.ends_with(&format!("can be read by others: its mode is {mode:04o}")), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_password_file_that_is_a_link_or_empty_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let (path, link) = (folder.path().join("password"), folder.path().join("link"));
    std::fs::write(&path, "\n").expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
    std::os::unix::fs::symlink(&path, &link).expect("linked");

    let said = |path: &Path| Passwords::default().known("a", Some(path)).err().map(why).expect("refused");

    assert!(said(&path).ends_with("is empty"));
    assert!(said(&link).ends_with("is a link"));
    assert!(said(&folder.path().join("none")).contains("cannot be read"));
}
