//! Live sessions of real web apps in rows that a library writes: Flask-Session over SQLAlchemy, express-session over
//! connect-pg-simple. Their tables are known without a word, and the app serves on what we changed.

use serde_json::{Value, json};

use super::super::sql::server::Database;
use super::sessions::App;
use super::{now, ready, rows};

/// `saltcellar SUBCOMMAND PLACE WORDS… --json`, which must end well.
fn answer(app: &App, subcommand: &str, place: &str, words: &[&str]) -> Value {
    let run = app.run(subcommand, place, &[words, &["--json"]].concat());
    assert_eq!(run.code, Some(0), "{subcommand} {place} {words:?}: {}{}", run.out, run.err);
    run.json()
}

/// The place of the one cache of `name` among those at `place`, and when its row goes.
fn row_of(app: &App, place: &str, name: &str) -> (String, i64) {
    let listed = answer(app, "list", place, &[]);
    let has_it = |one: &&Value| one["accounts"].to_string().contains(name);
    let found: Vec<&Value> = rows(&listed["caches"]).filter(has_it).collect();
    let [one] = &found[..] else { panic!("{name}: {listed}") };
    let slot = one["place"].as_str().expect("a place").to_owned();
    (slot, one["expires_on"].as_i64().expect("its row goes"))
}

/// Two users sign in; one is forgotten, all access tokens go: the app serves both sessions on, whole but for that.
fn goes_on(app: &mut App, place: &str) {
    let cookies = ["ada", "bob"].map(|name| app.word(&format!("login {name}")));
    let [ada, bob] = cookies.each_ref().map(|cookie| app.order(&format!("who {cookie}")));
    assert!(ada["tokens"] == 1 && bob["tokens"] == 1, "{ada} {bob}");
    let (adas, goes) = row_of(app, place, "ada@contoso.com");
    assert!((3000..=40 * 86_400).contains(&(goes - now())), "{goes}");

    let pruned = answer(app, "prune", place, &["--type", "AT", "--yes"]);
    assert_eq!(pruned["changed"], 2, "{pruned}");
    let [less, other] = cookies.each_ref().map(|cookie| app.order(&format!("who {cookie}")));
    assert_eq!((&less["accounts"], &less["tokens"], &less["rest"]), (&ada["accounts"], &json!(0), &ada["rest"]));
    assert_eq!((&other["accounts"], &other["tokens"], &other["rest"]), (&bob["accounts"], &json!(0), &bob["rest"]));
    answer(app, "forget", &adas, &["--account", "ada@contoso.com", "--confirm", "ada@contoso.com"]);

    let gone = app.order(&format!("who {}", cookies[0]));
    assert_eq!((&gone["accounts"], &gone["rest"]), (&json!([]), &ada["rest"]));
    assert_eq!(app.order(&format!("who {}", cookies[1])), other);
    // The app's next write keeps what we left, and what it adds is read again.
    let visited = app.word(&format!("visit {}", cookies[0]));
    let served = app.order(&format!("who {visited}"));
    assert_eq!((&served["accounts"], &served["rest"]["visits"]), (&json!([]), &json!(1)));
    app.word(&format!("login ada {visited}"));
    assert_eq!(row_of(app, place, "ada@contoso.com").0, adas);
}

#[test]
fn flask_serves_sessions_on_that_sqlalchemy_keeps_in_sqlite_and_we_changed() {
    for peer in ready(&["web-8"]) {
        let mut app = App::start(peer, "app.py", "sqlalchemy");
        let place = format!("sqlite:{}", app.sessions().join("app.db").display());

        goes_on(&mut app, &place);
    }
}

#[test]
fn flask_serves_sessions_on_that_sqlalchemy_keeps_in_postgresql_and_we_changed() {
    for peer in ready(&["web-8"]) {
        let Some(database) = Database::made_by("") else { return };
        let (port, name) = (database.server.port, &database.name);
        let url = format!("postgresql+psycopg://postgres@127.0.0.1:{port}/{name}");
        let mut app = App::start_at(peer, "app.py", "sqlalchemy", &[url]);

        goes_on(&mut app, &database.place(""));
    }
}

#[test]
fn express_serves_sessions_on_that_connect_pg_simple_keeps_and_we_changed() {
    for peer in ready(&["node"]) {
        let Some(database) = Database::made_by("") else { return };
        let port = database.server.port.to_string();
        let mut app = App::start_at(peer, "serve", &port, std::slice::from_ref(&database.name));

        goes_on(&mut app, &database.place(""));
    }
}
