//! The real binary on one row of a database: shown, changed, and changed back.

use std::fmt::Write as _;

use super::super::support::home::Home;
use super::sqlite::{DJANGO, Database};

/// One account, with an expired access token and a good one.
fn cache() -> String {
    let account = "\"home_account_id\": \"u.t\", \"environment\": \"login.microsoftonline.com\"";
    let mut text = format!(
        "{{\n  \"Account\": {{\n    \"u.t-login.microsoftonline.com-t\": {{ {account}, \"realm\": \"t\", \
         \"local_account_id\": \"u\", \"username\": \"ada@contoso.com\", \"authority_type\": \"MSSTS\" }}\n  }},\n"
    );
    let token = |name: &str, expires: i64| {
        format!(
            "    \"u.t-login.microsoftonline.com-accesstoken-c-t-{name}\": {{ {account}, \"client_id\": \"c\", \
             \"realm\": \"t\", \"target\": \"{name}\", \"secret\": \"canary-{name}\", \"credential_type\": \
             \"AccessToken\", \"cached_at\": \"1700000000\", \"expires_on\": \"{expires}\" }}"
        )
    };
    write!(text, "  \"AccessToken\": {{\n{},\n{}\n  }}\n}}", token("old", 1_700_003_600), token("new", 4_100_000_000))
        .expect("written");
    text
}

fn run(home: &Home, line: &str) -> String {
    let output = home.shell(line);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{line}: {said}");
    assert!(!said.contains("canary"), "{line}: {said}");
    said
}

#[test]
fn one_row_is_listed_shown_pruned_and_put_back_byte_for_byte() {
    let (home, database) = (Home::new(), Database::made_by(DJANGO));
    let whole = cache();
    database.add("k1", &whole);
    database.add("other", "{}");
    let place = database.place("#k1");
    let value = || super::sqlite::text(&database.store(""), "k1");

    assert!(run(&home, &format!("saltcellar list '{place}'")).contains("ada@contoso.com"));
    assert!(
        run(&home, &format!("saltcellar --readonly show '{place}' u.t-login.microsoftonline.com-t"))
            .contains("ada@contoso.com")
    );
    assert_eq!(database.files(), ["app.db"]);
    run(&home, &format!("saltcellar prune '{place}' --expired --yes"));
    assert!(!value().contains("canary-old") && value().contains("canary-new"), "{}", value());
    assert!(run(&home, &format!("saltcellar undo '{place}' --yes")).contains("the exact text of before"));

    assert_eq!(value(), whole);
    assert_eq!(super::sqlite::text(&database.store(""), "other"), "{}");
}

#[test]
fn the_way_back_of_one_row_is_not_that_of_another() {
    let (home, database) = (Home::new(), Database::made_by(DJANGO));
    database.add("k1", &cache());
    database.add("k2", &cache());
    run(&home, &format!("saltcellar prune '{}' --expired --yes", database.place("#k1")));

    let output = home.shell(&format!("saltcellar undo '{}' --yes", database.place("#k2")));

    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to undo"));
    let kept = database.files().into_iter().find(|name| name.ends_with(".saltcellar-undo")).expect("one is kept");
    let path = database.folder.path().join(kept);
    let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().expect("there").permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn read_only_writes_nothing_to_a_database() {
    let (home, database) = (Home::new(), Database::made_by(DJANGO));
    database.add("k1", &cache());
    let before = std::fs::read(&database.path).expect("read");

    let output = home.shell(&format!("saltcellar --readonly prune '{}' --expired --yes", database.place("#k1")));

    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("read-only"));
    assert!(std::fs::read(&database.path).expect("read") == before);
    assert_eq!(database.files(), ["app.db"]);
}

#[cfg(feature = "postgres")]
#[test]
fn one_row_of_postgresql_is_pruned_and_no_undo_is_kept_of_it() {
    let Some(database) = super::server::Database::made_by(super::server::DJANGO) else { return };
    let home = Home::new();
    database.add("k1", &cache());
    let place = database.place("#k1");

    assert!(run(&home, &format!("saltcellar list '{place}'")).contains("ada@contoso.com"));
    let said = run(&home, &format!("saltcellar prune '{place}' --expired --yes"));

    assert!(said.contains("No undo is kept"), "{said}");
    let value = super::sqlite::text(&database.store(""), "k1");
    assert!(!value.contains("canary-old") && value.contains("canary-new"), "{value}");
    let output = home.shell(&format!("saltcellar undo '{place}' --yes"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to undo"));
}
