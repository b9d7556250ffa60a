//! The list of a place with one cache per user, walked over: hostile keys and names, canaries in every value that is a
//! cache, half of one, or none; every key of every screen, and nothing written under read-only.

use rusqlite::Connection;

use super::corpus::hostile;
use super::home::Home;
use super::pty::Terminal;
use super::secrets::{AT, Secrets, cache};
use super::walk::{USERS, keys, walk};
use super::watched::must_be_ours;

const PLACE: &str = "sqlite:users.db?table=caches&key=id&value=data";

struct Scene {
    home: Home,
    secrets: Secrets,
}

impl Scene {
    fn new() -> Self {
        let (home, mut secrets) = (Home::new(), Secrets::new());
        let path = home.put("users.db", "");
        let users = Connection::open(path).expect("a database");
        users.execute_batch("CREATE TABLE caches (id TEXT PRIMARY KEY, data)").expect("a table");
        let put = |key: &str, value: &str| {
            users.execute("INSERT INTO caches VALUES (?1, ?2)", [key, value]).expect("a row");
        };
        put("session:1", &cache(&mut secrets));
        put("session:half", &cache(&mut secrets).chars().take(700).collect::<String>());
        put("session:other", &format!(r#"{{"_csrf": "{}", "user": 1}}"#, secrets.canary("csrf", 40)));
        put("session:text", &secrets.canary("text", 80));
        put("session:list", &format!(r#"["{}"]"#, secrets.canary("list", 80)));
        put("session:empty", "{}");
        for (at, text) in hostile().iter().enumerate() {
            let account = format!(r#"{{"Account":{{"k":{{"home_account_id":"u.t","username":"{}"}}}}}}"#, text.escaped);
            put(&format!("{at}{}", text.text.clone().unwrap_or_default().replace('\0', "")), &account);
        }
        Self { home, secrets }
    }

    fn walk_over(&self, more: &[&str]) -> Terminal {
        let words: Vec<&str> = [PLACE, "--at", AT].into_iter().chain(more.iter().copied()).collect();
        let mut terminal = Terminal::start(&self.home, &words);
        terminal.wait_for("as read");
        let keys: Vec<String> =
            keys().into_iter().filter(|key| !["x", "Y", "W", "yy", "yh"].contains(&key.as_str())).collect();
        walk(&mut terminal, USERS, &keys);
        terminal.settle();
        terminal
    }

    fn rows(&self) -> Vec<(String, String)> {
        let users = Connection::open(self.home.path("users.db")).expect("a database");
        let mut rows = users.prepare("SELECT id, data FROM caches ORDER BY id").expect("a table");
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }
}

#[test]
fn no_key_of_a_list_of_users_betrays_a_secret_or_drives_the_terminal() {
    let scene = Scene::new();

    let terminal = scene.walk_over(&[]);

    scene.secrets.must_not_be_in(&terminal.bytes(), "the list of users");
    must_be_ours(&terminal.bytes(), "the list of users");
}

#[test]
fn no_key_of_a_list_of_users_writes_under_readonly() {
    let scene = Scene::new();
    let before = scene.rows();

    drop(scene.walk_over(&["--readonly"]));

    assert_eq!(scene.rows(), before);
}
