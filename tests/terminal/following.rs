//! Changes on disk as they reach the screen: how soon, and what stays when the file goes bad.

use std::time::Duration;

use saltcellar::cache::demo::DEMO;

use super::{Home, Pty, home};

/// The promise; the best of some tries must keep it, for the machine may be busy.
const SOON: Duration = Duration::from_millis(250);
const TRIES: usize = 6;

impl Home {
    /// Puts `text` in the cache's place, as writers do that write a new file.
    fn replace(&self, text: &str) {
        let beside = self.folder.path().join("new.json");
        std::fs::write(&beside, text).expect("written");
        std::fs::rename(&beside, &self.cache).expect("renamed");
    }

    /// Writes `text` as MSAL Python does: the file is emptied first.
    fn write(&self, text: &str) {
        std::fs::write(&self.cache, text).expect("written");
    }
}

fn best(pty: &Pty, name: &str, change: impl Fn(&str)) -> Duration {
    let tries = (0..TRIES).map(|at| {
        let person = format!("{name}{at}@contoso.com");
        change(&DEMO.replace("ada@contoso.com", &person));
        pty.time_for(&person)
    });
    tries.min().expect("some tries")
}

#[test]
fn a_replaced_and_a_rewritten_file_are_on_the_screen_in_a_quarter_of_a_second() {
    let home = home();
    let mut pty = home.start();

    let replaced = best(&pty, "eve", |text| home.replace(text));
    let rewritten = best(&pty, "kim", |text| home.write(text));
    pty.send("q");
    pty.end();

    println!("replaced: {replaced:?}, rewritten: {rewritten:?}");
    assert!(replaced <= SOON, "{replaced:?}");
    assert!(rewritten <= SOON, "{rewritten:?}");
}

#[test]
fn a_file_that_goes_bad_leaves_the_last_good_view_and_mends_by_itself() {
    let home = home();
    let mut pty = home.start();

    std::fs::remove_file(&home.cache).expect("removed");
    pty.wait_for("the file is gone");
    pty.wait_for("Key Vault");
    home.replace(DEMO);
    pty.wait_without("the file is gone");
    home.write(DEMO.get(..900).expect("it is longer"));
    pty.wait_for("the file is broken");
    pty.wait_for("Key Vault");
    home.write(&DEMO.replace("ada@contoso.com", "eve@contoso.com"));
    pty.wait_without("the file is broken");
    pty.wait_for("eve@contoso.com");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_frozen_screen_stands_still_and_says_what_waits() {
    let home = home();
    let mut pty = home.start();

    pty.send("f");
    pty.wait_for("FROZEN");
    home.replace(&DEMO.replace("ada@contoso.com", "eve@contoso.com"));
    pty.wait_for("1 change waits");
    pty.wait_for("ada@contoso.com");
    pty.send("f");
    pty.wait_for("eve@contoso.com");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}

#[test]
fn an_entry_put_back_long_after_it_was_pruned_is_named() {
    let home = home();
    let mut pty = home.start();
    pty.send("P");
    pty.wait_for("3 entries");
    pty.send("\rW");
    pty.wait_for("22 items");
    std::thread::sleep(Duration::from_millis(300));

    home.replace(DEMO);

    pty.wait_for("Put back by another process: ");
    pty.send("q");
    assert_eq!(pty.end().0, 0);
}
