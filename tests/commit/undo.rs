//! The way back: exact where nobody wrote since, entry by entry else, for an hour, and one for each cache.

use super::*;

#[test]
fn undo_restores_the_exact_bytes_and_undo_again_redoes() {
    let (folder, path) = write(TWO);
    let source = open(&path, Access::default());
    let committed = remove(&source, "/AccessToken/a").expect("committed");
    assert_eq!((committed.undo, committed.read_back), (Undoable::Kept, ReadBack::Same));
    let removed = text(&path);

    let undo = |_: ()| patience(|patience| source.undo(patience, &ops::restore));
    let undone = undo(()).expect("undone");
    assert!(undone.exact);
    let turn = |_: ()| source.plan_undo(&ops::restore).expect("kept").turn;
    assert_eq!((undone.turn, turn(())), (Turn::Undo, Turn::Redo));
    assert_eq!(text(&path), TWO);
    undo(()).expect("redone");
    assert_eq!(turn(()), Turn::Undo, "what was done again can be taken back again");

    assert_eq!(text(&path), removed);
    let kept = folder.path().join(".cache.json.saltcellar-undo");
    assert_eq!(std::fs::metadata(&kept).expect("kept").permissions().mode() & 0o777, 0o600);
    assert!(source.drop_undo().expect("dropped"));
    assert!(!kept.exists());
}

#[test]
fn undo_puts_no_older_refresh_token_beside_a_newer_one() {
    let token = |key: &str, secret: &str| {
        format!(
            r#""{key}":{{"credential_type":"RefreshToken","home_account_id":"u.t","environment":"login.windows.net","client_id":"app","secret":"{secret}"}}"#
        )
    };
    let before =
        format!(r#"{{"RefreshToken":{{{}}},"AccessToken":{{"a":{{"secret":"A"}}}}}}"#, token("old-key", "OLD"));
    let (_folder, path) = write(&before);
    let source = open(&path, Access::default());
    let both = Patch {
        title: String::new(),
        changes: [removal("/RefreshToken/old-key"), removal("/AccessToken/a")]
            .into_iter()
            .flat_map(|p| p.changes)
            .collect(),
    };
    patience(|patience| source.commit(patience, &|_| Ok(both.clone()))).expect("committed");
    std::fs::write(&path, format!(r#"{{"RefreshToken":{{{}}},"AccessToken":{{}}}}"#, token("new-key", "NEW")))
        .expect("written");

    let undone = patience(|patience| source.undo(patience, &ops::restore)).expect("undone");

    assert!(!undone.exact);
    assert!(text(&path).contains("NEW") && !text(&path).contains("OLD"), "{}", text(&path));
    assert!(text(&path).contains(r#""a":{"secret":"A"}"#));
    assert_eq!(undone.skipped.len(), 1);
}

/// Makes the undo at `kept` seem to be `seconds` old.
fn age(kept: &FilePath, seconds: i64) {
    let old = text(kept);
    let (before, rest) = old.split_once("\"at\":").expect("a header");
    let (_, rest) = rest.split_once(',').expect("more fields");
    let at = SystemClock::new().now().plus(-seconds).0;
    std::fs::write(kept, format!("{before}\"at\":{at},{rest}")).expect("written");
}

#[test]
fn a_lapsed_undo_is_gone_and_one_outlasts_a_clock_that_is_set_back_a_little() {
    for (seconds, is_kept) in [(3595, true), (3605, false), (-3595, true), (-3605, false)] {
        let (folder, path) = write(TWO);
        let source = open(&path, Access::default());
        remove(&source, "/AccessToken/a").expect("committed");
        let kept = folder.path().join(".cache.json.saltcellar-undo");
        age(&kept, seconds);

        let undone = patience(|patience| source.undo(patience, &ops::restore));

        assert_eq!((undone.is_ok(), kept.exists(), text(&path) == TWO), (is_kept, is_kept, is_kept), "{seconds}");
        let is_gone = |error| matches!(error, SourceError::NothingToUndo { .. });
        assert!(undone.err().is_none_or(is_gone));
    }
}

#[test]
fn the_exact_text_of_before_comes_back_whatever_letters_it_has() {
    let old = r#"{"AccessToken":{"é":{"secret":"A"},"b":{"secret":"B"}}}"#;
    let (_folder, path) = write(old);
    let source = open(&path, Access::default());
    remove(&source, "/AccessToken/é").expect("committed");

    patience(|patience| source.undo(patience, &ops::restore)).expect("undone");

    assert_eq!(text(&path), old);
    remove(&source, "/AccessToken/é").expect("committed");
    std::fs::write(&path, r#"{"AccessToken":{"c":{}}}"#).expect("written");
    patience(|patience| source.undo(patience, &ops::restore)).expect("undone");
    assert_eq!(
        text(&path),
        r#"{"AccessToken":{"c":{},"\u00e9":{"secret":"A"}}}"#,
        "others may read ASCII alone by now"
    );
}

#[test]
fn a_cache_behind_a_link_is_locked_and_undone_as_the_one_it_is() {
    let (folder, path) = write(TWO);
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&path, &link).expect("linked");
    let linked = open(&link, Access { follow_symlink: true, ..Access::default() });
    for name in ["cache.json.lockfile", "link.json.lockfile"] {
        let lock = folder.path().join(name);
        std::fs::write(&lock, format!("{} peer", std::process::id())).expect("written");
        let busy = remove(&linked, "/AccessToken/a").expect_err("held by a peer that knows this name");
        assert!(busy.to_string().contains(&format!("{name} is held by")), "{busy}");
        std::fs::remove_file(lock).expect("let go");
    }
    remove(&linked, "/AccessToken/a").expect("committed");

    let direct = open(&path, Access::default());
    patience(|patience| direct.undo(patience, &ops::restore)).expect("kept where the cache lies");

    assert_eq!(text(&path), TWO);
    remove(&direct, "/AccessToken/a").expect("committed");
    remove(&open(&link, Access { follow_symlink: true, no_undo: true, ..Access::default() }), "/AccessToken/b")
        .expect("committed");
    let error = direct.plan_undo(&ops::restore).expect_err("none is kept, an older one neither");
    assert!(matches!(error, SourceError::NothingToUndo { .. }), "{error}");
}

#[test]
fn caches_whose_names_are_no_text_share_no_undo() {
    use std::os::unix::ffi::OsStrExt as _;
    let (folder, path) = write(TWO);
    let [one, other] = [b"a\xff.json", b"a\xfe.json"].map(|name| folder.path().join(std::ffi::OsStr::from_bytes(name)));
    std::fs::copy(&path, &one).expect("copied");
    std::fs::copy(&path, &other).expect("copied");

    remove(&open(&one, Access::default()), "/AccessToken/a").expect("committed");

    assert!(open(&other, Access::default()).plan_undo(&ops::restore).is_err());
    assert!(open(&one, Access::default()).plan_undo(&ops::restore).is_ok());
}
