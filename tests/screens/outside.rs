//! What others do to a cache while it is on the screen: changes, resurrections, broken texts.

use clap::Parser as _;
use saltcellar::cli::Cli;
use saltcellar::json::Document;
use saltcellar::ops::Kind;
use saltcellar::secret::SecretBytes;
use saltcellar::source::{KeyringTrouble, SourceError};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;

use super::browsing::TWO_TOKENS;
use super::stage::{CACHE, Stage, compared, reading};

#[test]
fn the_log_tells_by_meaning_what_another_process_changed() {
    let mut stage = Stage::of(TWO_TOKENS, 140, 40);
    let changed = TWO_TOKENS.replace("s2", "s3").replace("1795351600\"}\n  }", "1795358800\"}\n  }");
    let [was, now] = [TWO_TOKENS, changed.as_str()].map(reading);
    let mut meaning = compared(&was, &now);

    stage.reload(now.clone(), &meaning);
    assert!(stage.line("rotated").contains("Key Vault"), "{}", stage.screen());
    stage.load(TWO_TOKENS);
    meaning.differences.iter_mut().for_each(|difference| difference.kind = Kind::Resurrected);
    stage.reload(now, &meaning);

    let toast = stage.line("Put back by another process");
    assert!(toast.contains("Key Vault") && toast.contains("restart it"), "{toast}");
}

#[test]
fn a_broken_file_leaves_the_last_good_view_with_a_banner() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);
    let error = || SourceError::Missing { place: "cache\u{1b}[2J.json".to_owned() };

    stage.send(Msg::Loaded { cache: CACHE, result: Err(error()) });
    assert!(stage.shows("Key Vault"));
    assert!(stage.line("the last good view stays").contains("the file is gone"));
    assert!(stage.press("L").shows("cache^[[2J.json does not exist"), "the log has it in full");
    stage.press("<esc>");
    stage.load(TWO_TOKENS);

    assert!(!stage.shows("the last good view"));
}

#[test]
fn a_frozen_screen_counts_what_waits_and_shows_it_when_thawed() {
    let mut stage = Stage::of(TWO_TOKENS, 100, 24);

    stage.press("f");
    assert!(stage.shows("FROZEN") && !stage.shows("wait"));
    stage.send(Msg::Changed(CACHE));
    assert!(stage.shows("FROZEN, 1 change waits"));
    stage.send(Msg::Changed(CACHE));
    assert!(stage.shows("FROZEN, 2 changes wait") && stage.effects.is_empty());
    stage.press("f");

    assert!(matches!(stage.effects.as_slice(), [Effect::Load { .. }]));
    assert!(!stage.shows("FROZEN"));
}

#[test]
fn cursor_marks_and_scroll_stay_with_their_entries_and_what_went_is_named() {
    let entries = |range: std::ops::Range<usize>| {
        let entry = |at| format!(r#""key-{at:02}":{{"secret":"s{at}","target":"scope-{at:02}"}}"#);
        format!(r#"{{"AccessToken":{{{}}}}}"#, range.map(entry).collect::<Vec<_>>().join(","))
    };
    let (old, new) = (entries(0..60), entries(5..60));
    let mut stage = Stage::of(&old, 140, 40);
    stage.press("Gkkkk<space>");
    let pointed = |stage: &Stage| {
        let cache = stage.model.cache().expect("it is open");
        let rows = &cache.reading().expect("it is read").roster.rows;
        let key = |at: usize| rows.get(at).expect("a row").key.to_string();
        let marks: Vec<_> = cache.browse.marks.iter().map(|at| key(*at)).collect();
        (key(cache.browse.current_row().expect("a row")), marks)
    };
    let before = pointed(&stage);
    let was = stage.model.cache().expect("it is open").browse.clone();

    stage.rewrite(&new.replace("\"s8\"", "\"other\""));

    assert_eq!(pointed(&stage), before);
    let browse = &stage.model.cache().expect("it is open").browse;
    assert_eq!((browse.cursor, browse.marks.len(), was.marks.len()), (was.cursor - 5, 1, 1));
    for gone in ["scope-00", "scope-04"] {
        assert!(stage.model.log.iter().any(|note| note.text.contains(gone) && note.text.contains("removed")), "{gone}");
    }
    assert_eq!(browse.tinted.iter().collect::<Vec<_>>(), [3]);
    stage.wait(2);
    assert_eq!(stage.model.cache().expect("it is open").browse.tinted.count(), 0, "for two seconds");
}

#[test]
fn a_cache_that_cannot_be_read_at_all_says_why() {
    let mut stage = Stage::empty(80, 24, Session::default());
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });

    stage.send(Msg::Loaded { cache: CACHE, result: Err(SourceError::Missing { place: "cache.json".to_owned() }) });

    assert!(stage.shows("cache.json does not exist"));
}

#[test]
fn a_broken_text_names_the_command_that_saves_what_can_be_read_of_it() {
    let mut stage = Stage::empty(120, 32, Session::default());
    let path = Some("/home/ada/msal cache.json".into());
    stage.send(Msg::Opened { cache: CACHE, name: "~/msal cache.json".to_owned(), path, readonly: None });
    let cause = Document::parse(SecretBytes::new(b"{\"AccessToken\":{".to_vec())).expect_err("half a cache is none");

    let error = SourceError::NotACache { place: "file:/home/ada/msal cache.json".to_owned(), cause };
    stage.send(Msg::Loaded { cache: CACHE, result: Err(error) });

    assert!(stage.shows("this cache cannot be shown") && stage.shows("the text ends too early"), "{}", stage.screen());
    assert!(stage.shows("saltcellar salvage '/home/ada/msal cache.json'"), "{}", stage.screen());
    let command =
        ["saltcellar", "salvage", "/home/ada/msal cache.json", "--out", "/home/ada/recovered-msal cache.json"];
    assert!(Cli::try_parse_from(command).is_ok(), "the command that is named is one that there is");
    stage.press("H");
    assert!(stage.shows("Health") && stage.shows("run  saltcellar salvage"), "{}", stage.screen());
}

#[test]
fn what_another_process_changed_is_tinted_for_two_seconds() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);

    stage.rewrite(&TWO_TOKENS.replace("s2", "s3"));
    assert_eq!(stage.model.cache().expect("a cache").browse.tinted.count(), 1);
    stage.wait(2);

    assert_eq!(stage.model.cache().expect("a cache").browse.tinted.count(), 0);
}

#[test]
fn the_title_says_why_a_keyring_gave_nothing_and_calls_only_bad_text_broken() {
    let place = || "secret-service:azure-cli".to_owned();
    let keyring = |trouble| SourceError::Keyring { place: place(), trouble: Box::new(trouble) };
    let cause = || Document::parse(SecretBytes::new(b"{".to_vec())).map(|_| ()).expect_err("it is no cache");
    let nothing = KeyringTrouble::NoItem { searched: "a=b".to_owned(), others: Vec::new() };
    for (error, title) in [
        (keyring(KeyringTrouble::Locked), "x locked"),
        (keyring(KeyringTrouble::NoBus), "x no bus"),
        (keyring(nothing), "x no such item"),
        (SourceError::Missing { place: place() }, "x missing"),
        (SourceError::NotACache { place: place(), cause: cause() }, "x broken"),
    ] {
        let mut stage = Stage::empty(100, 24, Session::default());
        stage.send(Msg::Opened { cache: CACHE, name: place(), path: None, readonly: None });
        stage.send(Msg::Loaded { cache: CACHE, result: Err(error) });

        let line = stage.line(title);
        assert!(line.contains("saltcellar"), "{title} stands in the title: {line}");
    }
}
