//! The list of a place with one cache per user: rows as they come, found, ordered, marked; one opened and left again.

use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Size;
use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::json::Document;
use saltcellar::secret::SecretBytes;
use saltcellar::source::{Access, Row, SealError, SealTrouble, ServerTrouble, Source, SourceError};
use saltcellar::tui::effect::{Effect, Writes};
use saltcellar::tui::fresh::Fresh;
use saltcellar::tui::keymap::BINDINGS;
use saltcellar::tui::model::{CacheId, Session};
use saltcellar::tui::msg::{Msg, Scanning};
use saltcellar::tui::users::UserRow;

use super::laws::{looks, stays_inside};
use super::stage::{Stage, named_key, reading};

pub(super) const LIST: CacheId = CacheId(0);
pub(super) const PLACE: &str = "redis://127.0.0.1/0?match=session:*";

/// The cache of one user: an access token with so many minutes left, and a refresh token or none.
pub(super) fn cache_of(name: &str, left: i64, refresh: Option<()>) -> String {
    let (id, until) = (format!("{name}.t-0"), DEMO_NOW.0 + left * 60);
    let head = format!(r#""home_account_id":"{id}","environment":"login.microsoftonline.com","client_id":"c-1""#);
    let refresh = refresh.map_or_else(String::new, |()| {
        format!(r#","RefreshToken":{{"r":{{{head},"credential_type":"RefreshToken","secret":"rt-{name}"}}}}"#)
    });
    format!(
        r#"{{"AccessToken":{{"a":{{{head},"realm":"t-0","target":"User.Read","credential_type":"AccessToken","secret":"at-{name}","cached_at":"{}","expires_on":"{until}"}}}},"Account":{{"k":{{{head},"realm":"t-0","username":"{name}@contoso.com","authority_type":"MSSTS"}}}}{refresh}}}"#,
        until - 3600,
    )
}

pub(super) fn row(key: &str, text: &str, kept: Option<i64>) -> UserRow {
    let bytes = SecretBytes::new(text.as_bytes().to_vec());
    let cache = Source::memory("m", bytes, Access::default()).load();
    UserRow::of(&Row { key: key.to_owned(), expires: kept.map(|minutes| DEMO_NOW.plus(minutes * 60)), cache })
}

fn trouble(key: &str, error: SourceError) -> UserRow {
    UserRow::of(&Row { key: key.to_owned(), expires: None, cache: Err(error) })
}

fn not_a_cache() -> SourceError {
    let Err(cause) = Document::parse(SecretBytes::new(b"nothing".to_vec())) else { panic!("it parses") };
    SourceError::NotACache { place: PLACE.to_owned(), cause }
}

fn encrypted() -> SourceError {
    let error = SealError::new("ASP.NET Data Protection", SealTrouble::NotHere);
    SourceError::Sealed { place: PLACE.to_owned(), error }
}

fn unreachable() -> SourceError {
    let (server, why) = ("127.0.0.1:6379".to_owned(), "nobody listens there".to_owned());
    SourceError::Served { place: PLACE.to_owned(), trouble: Box::new(ServerTrouble::Unreachable { server, why }) }
}

/// What stands in a place that was in use for a while.
pub(super) fn rows() -> Vec<UserRow> {
    vec![
        row("session:5c1d9a0e77", &cache_of("dora", 42, Some(())), Some(14 * 24 * 60)),
        row("session:0b7712f3aa", &cache_of("ada", -300, Some(())), Some(90)),
        row("session:93be01c4d2", &cache_of("bob", -300, None), Some(90)),
        row("session:e21f6b9c08", &cache_of("carl", 55, Some(())), Some(12)),
        row("session:77aa", "{}", Some(5)),
        trouble("session:csrf", not_a_cache()),
        trouble("aspnet:1", encrypted()),
        row("shared", DEMO, None),
        row("session:\u{202e}evil\u{1b}[31m", &cache_of("eve\\u001b[2J\\u202e", 3, Some(())), None),
    ]
}

pub(super) fn empty(width: u16, height: u16) -> Stage {
    with(width, height, Session::default())
}

fn with(width: u16, height: u16, session: Session) -> Stage {
    let mut stage = Stage::empty(width, height, session);
    stage.send(Msg::Listed { cache: LIST, name: PLACE.to_owned(), readonly: None });
    stage
}

pub(super) fn came(stage: &mut Stage, rows: Vec<UserRow>) {
    let number = stage.model.users().map_or(0, |users| users.number);
    stage.send(Msg::Scanned { cache: LIST, number, step: Scanning::Rows(rows, Arc::default()) });
}

fn ended(stage: &mut Stage, result: Result<(), SourceError>) {
    let number = stage.model.users().map_or(0, |users| users.number);
    stage.send(Msg::Scanned { cache: LIST, number, step: Scanning::Ended(result) });
}

pub(super) fn coming(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    came(&mut stage, rows());
    stage.wait(1);
    stage
}

pub(super) fn listed(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    came(&mut stage, rows());
    ended(&mut stage, Ok(()));
    stage.effects.clear();
    stage
}

pub(super) fn lost_at_once(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    ended(&mut stage, Err(unreachable()));
    stage
}

pub(super) fn lost_later(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    came(&mut stage, rows());
    ended(&mut stage, Err(unreachable()));
    stage
}

pub(super) fn nothing(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    ended(&mut stage, Ok(()));
    stage
}

fn cursor_line(stage: &Stage) -> String {
    let screen = stage.screen();
    let found = screen.lines().find(|line| line.contains("│>") || line.starts_with('>'));
    found.unwrap_or_else(|| panic!("no cursor in\n{screen}")).to_owned()
}

#[test]
fn a_place_that_is_opened_is_read_and_its_rows_are_shown_as_they_come() {
    let mut stage = empty(80, 24);
    assert!(matches!(stage.effects.as_slice(), [Effect::Scan { cache: LIST, .. }]));

    came(&mut stage, vec![row("one", &cache_of("ada", 5, None), None)]);
    assert!(stage.line("Users").contains("1 cache, reading …"), "{}", stage.screen());
    came(&mut stage, vec![row("two", &cache_of("bob", 5, None), None)]);
    ended(&mut stage, Ok(()));

    assert!(stage.line("Users").contains("2 caches─") && stage.shows("bob@contoso.com"), "{}", stage.screen());
}

#[test]
fn each_row_says_whose_it_is_how_it_stands_and_what_is_odd() {
    let stage = listed(140, 40);

    for (key, says) in [
        ("5c1d9a0e77", "dora@contoso.com"),
        ("5c1d9a0e77", "1 of 1"),
        ("5c1d9a0e77", "ok"),
        ("0b7712f3aa", "renews itself"),
        ("93be01c4d2", "sign-in needed"),
        ("e21f6b9c08", "in 12m   !"),
        ("77aa", "empty"),
        ("csrf", "no token cache"),
        ("aspnet:1", "encrypted (ASP.NET Data Protection)"),
        ("shared", "ada@contoso.com +"),
    ] {
        assert!(stage.line(key).contains(says), "{says} in\n{}", stage.screen());
    }
}

#[test]
fn what_stands_under_the_cursor_stays_there_whatever_comes() {
    let mut stage = listed(80, 24);
    stage.press("sa/contoso<enter>jj");
    let before = cursor_line(&stage);

    came(&mut stage, vec![row("z", &cache_of("aaron", 5, None), None), row("y", &cache_of("zoe", 5, None), None)]);

    assert_eq!(cursor_line(&stage), before);
    let shown = stage.screen();
    let at = |name: &str| shown.find(name).unwrap_or_else(|| panic!("no {name} in\n{shown}"));
    assert!(at("aaron") < at("ada@") && at("ada@") < at("bob@") && at("dora") < at("zoe"), "{shown}");
}

#[test]
fn each_order_puts_its_least_first_and_turns_round() {
    for (keys, first, last) in [
        ("sa", "0b7712f3aa", "aspnet:1"),
        ("sk", "aspnet:1", "shared"),
        ("sh", "93be01c4d2", "aspnet:1"),
        ("se", "0b7712f3aa", "aspnet:1"),
        ("sl", "77aa", "evil"),
        ("sS", "csrf", "shared"),
        ("sf", "5c1d9a0e77", "evil"),
    ] {
        let mut stage = listed(140, 40);
        stage.press(if keys == "sf" { "sksf" } else { keys });
        assert!(cursor_line(stage.press("gg")).contains(first), "{keys} in\n{}", stage.screen());
        stage.press(keys).press("gg");
        assert!(cursor_line(&stage).contains(last), "{keys} turned in\n{}", stage.screen());
    }
}

#[test]
fn the_filter_finds_by_account_key_and_expiry_and_says_what_it_cannot() {
    for (words, shown) in [("ada@", 2), ("session:", 7), ("account:bob", 2), ("expired", 3), ("!contoso", 3)] {
        let mut stage = listed(80, 24);
        stage.press(&format!("/{words}<enter>"));
        assert!(stage.shows(&format!("{shown} of 9 shown")), "{words}: {}", stage.screen());
    }
    let mut stage = listed(80, 24);
    stage.press("/ada@ tenant:x");

    assert!(stage.shows("tenant: is asked inside") && stage.shows("ada@"), "{}", stage.screen());
}

#[test]
fn enter_opens_one_cache_and_esc_leads_back_to_its_row() {
    let mut stage = listed(80, 24);
    stage.press("jj");
    let before = cursor_line(&stage);
    stage.press("<enter>");
    let Some(Effect::OpenUser { list, key }) = stage.effects.pop() else { panic!("nothing was opened") };
    let user = CacheId(7);
    stage.send(Msg::UserOpened { cache: user, name: format!("{PLACE}#{key}"), readonly: None, list, key });
    let result = Ok(Fresh::of(reading(&cache_of("bob", -300, None))));
    stage.send(Msg::Loaded { cache: user, result });
    assert!(stage.shows("2 Tokens") && stage.shows("2/2 O"), "{}", stage.screen());

    stage.press("<enter><esc>/user<enter><esc><esc>");

    assert_eq!(cursor_line(&stage), before);
    stage.effects.clear();
    stage.press("<enter>");
    assert!(stage.shows("2 Tokens") && !stage.effects.iter().any(|effect| matches!(effect, Effect::OpenUser { .. })));
}

#[test]
fn reading_again_keeps_the_rows_until_the_first_comes_and_then_the_cursor_and_the_marks() {
    let mut stage = listed(80, 24);
    stage.press("j<space>");
    let before = cursor_line(&stage);
    stage.press("r");
    assert!(matches!(stage.effects.as_slice(), [Effect::Scan { number: 2, .. }]));
    assert!(stage.shows("reading again") && stage.shows("dora@"), "{}", stage.screen());
    stage.send(Msg::Scanned { cache: LIST, number: 1, step: Scanning::Rows(rows(), Arc::default()) });
    assert!(stage.shows("9 caches"), "what comes of the reading before is dropped: {}", stage.screen());

    let mut fresh = rows();
    fresh.reverse();
    came(&mut stage, fresh);
    ended(&mut stage, Ok(()));

    assert_eq!(cursor_line(&stage), before);
    assert!(stage.line("0b7712").contains('*') && stage.shows("* 1 marked"), "{}", stage.screen());
}

#[test]
fn a_place_that_was_emptied_shows_no_rows_of_before() {
    let mut stage = listed(80, 24);

    stage.press("r");
    ended(&mut stage, Ok(()));

    assert!(stage.shows("0 caches") && stage.shows("Nothing that could be a cache"), "{}", stage.screen());
}

#[test]
fn esc_stops_the_reading_and_what_came_stays() {
    let mut stage = coming(80, 24);
    assert!(stage.shows("esc stops it"), "{}", stage.screen());

    stage.press("<esc>");
    assert!(matches!(stage.effects.last(), Some(Effect::Stop(_))));
    ended(&mut stage, Err(SourceError::Cancelled { place: PLACE.to_owned() }));

    assert!(stage.shows("stopped: not all") && stage.shows("dora@"), "{}", stage.screen());
}

#[test]
fn a_place_that_cannot_be_reached_says_why_and_one_that_was_lost_keeps_its_rows() {
    let mut stage = lost_at_once(80, 24);
    assert!(
        stage.shows("nobody listens there") && stage.shows("Look whether the server") && stage.shows("r tries again"),
        "{}",
        stage.screen()
    );
    stage.effects.clear();
    stage.press("r");
    assert!(matches!(stage.effects.as_slice(), [Effect::Scan { .. }]));

    let stage = lost_later(80, 24);

    assert!(stage.shows("dora@") && stage.shows("the list is not whole"), "{}", stage.screen());
}

#[test]
fn a_click_on_a_heading_orders_and_two_on_a_row_open() {
    let mut stage = listed(100, 30);
    let click = |stage: &mut Stage, column, row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        stage.send(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    let line = stage.line("KEY");
    let column = |word: &str| {
        u16::try_from(line.chars().count() - line.split(word).last().map_or(0, |rest| rest.chars().count()))
            .expect("a column")
    };

    click(&mut stage, column("ACCOUNT"), 2);
    assert!(stage.line("Users").contains("sort: account"), "{}", stage.screen());
    click(&mut stage, 5, 4);
    click(&mut stage, 5, 4);

    assert!(matches!(stage.effects.last(), Some(Effect::OpenUser { .. })), "{}", stage.screen());
}

/// Keys that lead to each state of the list.
const WAYS: &[&str] =
    &["", "G", "/ada", "/tenant:x", "/zzz<enter>", "v3j", "*", "sh", "?", "?/x", ":", ":open", "O", "L", "s"];

fn keys() -> impl Iterator<Item = &'static str> {
    let bound = BINDINGS.iter().flat_map(|binding| binding.keys.iter()).flat_map(|keys| keys.split(' '));
    bound.chain(["W", "Y", "n", "tab", "shift-tab", "enter", "esc", "backspace", "delete", "7", "0", "é"])
}

#[test]
fn no_size_of_the_list_in_any_look_panics_or_paints_outside() {
    let mut sizes = vec![(0, 0), (1, 1), (0, 9), (9, 0), (19, 4), (20, 5), (500, 3), (3, 200)];
    sizes.extend((0..40u16).map(|at| (at * 37 % 161, at * 13 % 51)));
    for scene in [coming, listed, lost_at_once, lost_later, nothing] {
        for way in WAYS {
            let mut stage = scene(80, 24);
            stage.press(way);
            stage.wait(1);
            for ((width, height), theme) in sizes.iter().zip(looks().into_iter().cycle()) {
                stage.model.theme = theme;
                stage.send(Msg::Resize(Size { width: *width, height: *height }));
                stays_inside(&stage.model, way);
            }
        }
    }
}

#[test]
fn under_read_only_no_key_of_the_list_asks_for_a_write() {
    let session = Session { readonly: Some("--readonly".to_owned()), ..Session::default() };
    for way in WAYS {
        for key in keys() {
            let mut stage = with(80, 24, session.clone());
            came(&mut stage, rows());
            ended(&mut stage, Ok(()));
            stage.press(way);
            stage.send(Msg::Key(named_key(key)));
            stage.press("W<enter>Y");
            assert!(!stage.effects.iter().any(|effect| effect.writes() != Writes::Nothing), "{way} then {key}");
        }
    }
}

#[test]
fn no_text_of_a_key_or_a_name_reaches_a_cell_unsafe() {
    for (width, height) in [(140, 40), (80, 24), (40, 14)] {
        let mut stage = listed(width, height);
        for way in ["", "<esc>G<enter>", "<esc>O"] {
            let screen = stage.press(way).screen();
            let is_odd = |c: &char| {
                (c.is_control() && *c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            };
            assert_eq!(screen.chars().find(is_odd), None, "{screen}");
        }
    }
}

pub(super) fn password(width: u16, height: u16) -> Stage {
    let mut stage = empty(width, height);
    stage.send(Msg::PasswordAsked { server: "redis://127.0.0.1:6379".to_owned() });
    stage.press("s3cr");
    stage
}

#[test]
fn a_password_is_typed_unseen_and_handed_over_once() {
    let mut stage = password(80, 24);
    stage.send(Msg::Paste("et\n?".to_owned()));
    assert!(stage.shows("********") && !stage.shows("s3cr") && !stage.shows("*********"), "{}", stage.screen());
    stage.press("<backspace><enter>");
    let Some(Effect::AnswerPassword(Some(typed))) = stage.effects.pop() else { panic!("no answer") };
    assert_eq!(typed.len(), "s3cret".len());
    assert!(stage.model.dialog.is_none());

    let mut stage = password(80, 24);
    stage.press("<esc>");

    assert!(matches!(stage.effects.last(), Some(Effect::AnswerPassword(None))));
}
