//! The promises of the workers: refusals, new files, reports. No terminal and no disk but a temporary folder.

use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::cache::demo::DEMO;
use crate::clipboard::Surroundings;
use crate::json::{Change, Edit, Layout, Patch, Path};
use crate::ops::query::Query;
use crate::secret::SecretBytes;
use crate::source::SourceError;
use crate::time::UnixSeconds;
use crate::tui::browse::SortKey;
use crate::tui::dialog::{ExportSecrets, Keeps, Proposal};
use crate::tui::model::Content;
use crate::tui::msg::{OfPlan, Outcome};
use crate::tui::page::{Around, Asked, Question, Topic};
use crate::tui::pages;

fn crew() -> (Arc<Crew>, Receiver<Event>) {
    let (tell, told) = channel();
    let orders = Orders {
        tell,
        access: Access::default(),
        home: None,
        wait: Duration::ZERO,
        cancel: Arc::default(),
        clipboard: Clipboard::new(Surroundings { ssh: true, tmux: false, display: false }),
        own: Vec::new(),
    };
    (Crew::new(orders), told)
}

fn next(told: &Receiver<Event>) -> Msg {
    match told.recv_timeout(Duration::from_secs(10)) {
        Ok(Event::Msg(msg)) => msg,
        Ok(Event::Signal(_) | Event::InputEnded) | Err(_) => panic!("a message was expected"),
    }
}

fn document(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a cache")
}

fn opened(text: &str) -> (Arc<Crew>, Receiver<Event>) {
    let (crew, told) = crew();
    crew.take(Source::memory("m", SecretBytes::new(text.as_bytes().to_vec()), Access::default()), "m".to_owned());
    next(&told);
    (crew, told)
}

fn removal(key: &str) -> Proposal {
    let edit = Edit::Remove(Path::entry("AccessToken", key));
    Proposal::Patch(Arc::new(Patch { title: "test".to_owned(), changes: vec![Change { edit, why: "test".into() }] }))
}

#[test]
fn a_worker_that_panics_is_reported_and_the_next_one_works() {
    let (crew, told) = opened(DEMO);

    crew.start(|_| panic!("on purpose"));
    assert!(matches!(next(&told), Msg::WorkerDied(_)));
    crew.load(CacheId(0), None);

    assert!(matches!(next(&told), Msg::Loaded { result: Ok(_), .. }));
}

#[test]
fn a_write_goes_through_beside_changes_elsewhere() {
    let shown = document(r#"{"AccessToken":{"a":{"secret":"1"}}}"#);
    let (crew, told) = opened(r#"{"AccessToken":{"a":{"secret":"1"},"b":{}}}"#);

    crew.commit(CacheId(0), removal("a"), shown, Keeps::Undo);

    let Msg::Written { result: Ok(Outcome::Committed(committed, _)), .. } = next(&told) else { panic!("a commit") };
    assert!(committed.written);
    assert_eq!(committed.after.document().to_bytes(), SecretBytes::new(br#"{"AccessToken":{"b":{}}}"#.to_vec()));
}

#[test]
fn a_write_about_a_value_that_changed_is_refused() {
    let shown = document(r#"{"AccessToken":{"a":{"secret":"1"}}}"#);
    let (crew, told) = opened(r#"{"AccessToken":{"a":{"secret":"2"}}}"#);

    crew.commit(CacheId(0), removal("a"), shown, Keeps::Undo);

    assert!(matches!(next(&told), Msg::Written { result: Err(SourceError::Changed { .. }), .. }));
}

/// What the screen shows of `document`.
fn shown(document: Document) -> Arc<Reading> {
    let roster = Roster::of(&Cache::of(&document));
    Arc::new(Reading::new(document, roster, None))
}

/// The same, as it is told when it is read again.
fn was_shown(document: Document) -> Box<Was> {
    Box::new(Was { reading: shown(document), query: Query::default(), key: SortKey::File, now: UnixSeconds(0) })
}

#[test]
fn a_reading_tells_what_was_added_changed_and_removed() {
    let was = document(r#"{"AccessToken":{"a":{"secret":"1"},"b":{},"c":{}}}"#);
    let (crew, told) = opened(r#"{"AccessToken":{"n":{},"a":{"secret":"2"},"b":{}}}"#);

    crew.load(CacheId(0), Some(was_shown(was)));

    let Msg::Loaded { result: Ok(fresh), .. } = next(&told) else { panic!("a reading") };
    assert_eq!(fresh.changes.tinted.iter().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(fresh.changes.moved, [Some(1), Some(2), None]);
    assert_eq!(fresh.changes.news.sum.as_deref(), Some("3 differences: 1 added, 1 removed and 1 rotated."));
}

#[test]
fn what_comes_back_with_its_secret_is_called_resurrected_unless_an_undo_brought_it() {
    const WITH: &str = r#"{"AccessToken":{"a":{"secret":"1"},"b":{"secret":"2"}}}"#;
    const WITHOUT: &str = r#"{"AccessToken":{"b":{"secret":"2"}}}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    let (crew, told) = crew();
    std::fs::write(&path, WITH).expect("written");
    crew.open(&Place::file(&path));
    next(&told);
    let tells = |was: &str, now: &str, kind: &str| {
        std::fs::write(&path, now).expect("written");
        crew.load(CacheId(0), Some(was_shown(document(was))));
        loop {
            if let Msg::Loaded { result: Ok(fresh), .. } = next(&told) {
                return fresh.changes.news.first.iter().any(|(line, _)| line.text().contains(kind));
            }
        }
    };

    assert!(tells(WITH, WITHOUT, "removed"));
    assert!(tells(WITHOUT, WITH, "resurrected"));
    assert!(tells(WITH, WITHOUT, "removed"));
    crew.forget_history(CacheId(0));

    assert!(tells(WITHOUT, WITH, "added"));
}

#[test]
fn an_export_is_a_new_file_of_the_user_alone_and_replaces_none() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.json");
    let (crew, told) = crew();
    let spots: Vec<_> = document(DEMO).sections().flat_map(|section| document(DEMO).entries(section)).collect();

    let wanted = || (spots.clone(), ExportSecrets::Redacted, Layout::Pretty);
    crew.export(document(DEMO), wanted(), path.clone());
    assert!(matches!(next(&told), Msg::Exported(Ok(_))));
    crew.export(document(DEMO), wanted(), path.clone());
    assert!(matches!(next(&told), Msg::Exported(Err(says)) if says.contains("is there already")));

    let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_copy_over_ssh_comes_back_as_a_sequence_for_the_screen_to_send() {
    let text = r#"{"AccessToken":{"a":{"secret":"hi"}}}"#;
    let (crew, told) = opened(text);
    let spot = document(text).spot(&Path::entry("AccessToken", "a")).expect("it is there");

    crew.copy(document(text), spot, CopyKind::Secret, 0);

    let Msg::Copied { result: Ok(copied), .. } = next(&told) else { panic!("a copy") };
    assert_eq!((copied.bytes, copied.sequence.as_slice()), (2, b"\x1b]52;c;aGk=\x07".as_slice()));
}

#[test]
fn what_is_too_long_for_a_terminal_is_offered_to_a_file() {
    let text = format!(r#"{{"AccessToken":{{"a":{{"secret":"{}"}}}}}}"#, "x".repeat(crate::clipboard::OSC52_LIMIT));
    let (crew, told) = opened(&text);
    let spot = document(&text).spot(&Path::entry("AccessToken", "a")).expect("it is there");

    crew.copy(document(&text), spot, CopyKind::Secret, 0);

    let Msg::Copied { result: Err(says), .. } = next(&told) else { panic!("it is refused") };
    assert!(says.contains("too long") && says.contains("{export} writes it to a file"), "{says}");
}

#[test]
fn a_change_keeps_an_undo_only_where_one_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    let text = r#"{"AccessToken":{"a":{"secret":"1"},"b":{"secret":"2"}}}"#;
    std::fs::write(&path, text).expect("written");
    let (crew, told) = crew();
    crew.open(&Place::file(&path));
    next(&told);
    let undo = folder.path().join(".cache.json.saltcellar-undo");
    let wrote = |key: &str, keeps| {
        let shown = document(&std::fs::read_to_string(&path).expect("read"));
        crew.commit(CacheId(0), removal(key), shown, keeps);
        matches!(next(&told), Msg::Written { result: Ok(Outcome::Committed(done, _)), .. } if done.written)
    };

    assert!(wrote("a", Keeps::Undo) && undo.exists());
    assert!(wrote("b", Keeps::Nothing));

    assert!(!undo.exists(), "nor does the older one stay");
}

#[test]
fn a_saved_plan_replaces_no_file_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan.txt");
    let (crew, told) = crew();

    crew.save_plan("one".to_owned(), None, path.clone());
    assert!(matches!(next(&told), Msg::OfPlan(OfPlan::Saved(Ok(_)))));
    crew.save_plan("two".to_owned(), None, path.clone());

    let Msg::OfPlan(OfPlan::Saved(Err(says))) = next(&told) else { panic!("it is refused") };
    assert!(says.contains("is there already"), "{says}");
    assert_eq!(std::fs::read_to_string(&path).expect("read"), "one");
}

#[test]
fn a_reading_that_is_stopped_reports_that_and_an_answer_nobody_waits_for_is_dropped() {
    let (crew, told) = opened(DEMO);
    let asked = Asked {
        id: CacheId(0),
        name: "m".to_owned(),
        path: None,
        since: None,
        content: Content::Ready(shown(document(DEMO))),
    };
    let question =
        Question { cache: CacheId(0), topic: Topic::Health, caches: vec![asked], log: Vec::new(), now: UnixSeconds(0) };

    let flag = locked(&crew.stops).begin(Work::Read(CacheId(0)));
    crew.stop(&Work::Read(CacheId(0)));
    let stopped = crew.source(CacheId(0)).expect("it is open").load_until(&flag);
    let ran = std::cell::Cell::new(0);
    let page = pages::page_while(&question, &Around::default(), &|| {
        ran.set(ran.get() + 1);
        ran.get() < 3
    });

    assert!(matches!(stopped, Err(SourceError::Cancelled { .. })));
    assert!(page.is_none() && ran.get() <= 4, "it looks up between its rules: {}", ran.get());
    assert!(told.try_recv().is_err());
}

#[test]
fn a_large_file_shows_its_first_rows_before_it_is_read_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    let filler = "x".repeat(3000);
    let entries: Vec<_> = (0..200).map(|n| format!(r#""k{n}":{{"secret":"{filler}","realm":"r{n}"}}"#)).collect();
    std::fs::write(&path, format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","))).expect("written");
    let (crew, told) = crew();
    crew.open(&Place::file(&path));
    next(&told);

    crew.load(CacheId(0), None);
    let Msg::Glimpsed { reading: first, .. } = next(&told) else { panic!("the first rows") };
    let Msg::Loaded { result: Ok(whole), .. } = next(&told) else { panic!("the whole") };

    let named = |reading: &Reading| -> Vec<_> {
        reading.roster.rows.iter().map(|row| (row.spot, row.key.clone(), row.realm.clone())).collect()
    };
    let (first, whole) = (named(&first), named(&whole.reading));
    assert!(first.len() > 30 && first.len() < 200, "{}", first.len());
    assert_eq!(first.as_slice(), whole.get(..first.len()).expect("the whole is longer"));
}
