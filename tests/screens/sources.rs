//! The list of sources: what stands in it, what opens, closes and is only looked at.

use saltcellar::source::{Known, Obstacle, Place, WhyNot};
use saltcellar::time::UnixSeconds;
use saltcellar::tui::dialog::Dialog;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::{CacheId, Demo, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::sources::{Survey, Which};

use super::stage::{CACHE, Stage};

const HOME: &str = "/home/ada";

fn known(app: &str, file: &str, state: &str) -> Known {
    let path = format!("{HOME}/{file}");
    Known {
        app: app.to_owned(),
        place: Place::file(std::path::Path::new(&path)),
        path: path.into(),
        exists: state != "not there",
        state: state.to_owned(),
        plaintext: state.starts_with("plaintext"),
        seal: None,
        why_not: why_not(state),
        bytes: None,
        modified: None,
        made_by: None,
    }
}

fn why_not(state: &str) -> Option<WhyNot> {
    match state {
        _ if state.starts_with("plaintext") || state == "not there" => None,
        _ if state.starts_with("sealed") => Some(WhyNot::Sealed),
        _ => Some(WhyNot::Obstacle(Obstacle::Symlink(None))),
    }
}

/// One cache is open, as the command line asked, and the well-known places are looked at.
pub(crate) fn listed(width: u16, height: u16) -> Stage {
    let session = Session { home: Some(HOME.into()), ..Session::default() };
    let mut stage = Stage::with(saltcellar::cache::demo::DEMO, width, height, session);
    stage.press("O");
    stage.send(Msg::Places(vec![
        known("azd", ".azd/auth/msal/cache.json", "plaintext 0600"),
        known("Azure PowerShell", ".local/share/.IdentityService/msal.cache.cae", "sealed by libsecret"),
        known("Git Credential Manager", ".gcm/msal.cache", "not there"),
    ]));
    let survey = |which, bytes, ago: i64, lock: &str| Survey {
        which,
        bytes: Some(bytes),
        modified: Some(UnixSeconds(stage.model.moment.now.0 - ago)),
        lock: lock.to_owned(),
    };
    let surveys = vec![
        survey(Which::Open(CACHE), 27_000, 240, "held by python (pid 4242), for 3s"),
        survey(Which::Known(0), 900, 86_400, "free"),
        survey(Which::Known(1), 3_000, 3_600, "free"),
    ];
    stage.send(Msg::Surveyed(surveys));
    stage
}

#[test]
fn opened_caches_and_places_stand_with_what_is_seen_of_them() {
    insta::assert_snapshot!(listed(100, 24).screen());
}

#[test]
fn looking_at_the_list_opens_nothing() {
    let stage = listed(100, 24);

    let opens = |effect: &Effect| matches!(effect, Effect::OpenKnown(_) | Effect::Load { .. } | Effect::OpenDemo(_));
    assert!(!stage.effects.iter().any(opens));
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Discover)));
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Survey { known, .. } if *known == [0, 1])));
}

#[test]
fn the_demo_and_real_caches_are_never_shown_side_by_side() {
    let mut real = listed(100, 24);
    real.press("d");
    assert!(!real.effects.iter().any(|effect| matches!(effect, Effect::OpenDemo(_))));
    assert!(real.screen().contains("saltcellar --demo"), "{}", real.screen());

    let mut demo = listed(100, 24);
    demo.model.session.demo = Some(Demo);
    demo.press("j<enter>");
    assert!(!demo.effects.iter().any(|effect| matches!(effect, Effect::OpenKnown(_))));
    assert!(demo.screen().contains("clock of its own"), "{}", demo.screen());
}

#[test]
fn a_place_opens_and_is_shown_and_the_two_are_switched_between() {
    let mut stage = listed(100, 24);

    stage.press("j<enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::OpenKnown(0))));
    let path = Some(format!("{HOME}/.azd/auth/msal/cache.json").into());
    stage.send(Msg::Opened { cache: CacheId(7), name: "~/.azd/cache.json".to_owned(), path, readonly: None });
    assert_eq!(stage.model.cache().map(|cache| cache.id), Some(CacheId(7)));
    stage.press("}");
    assert_eq!(stage.model.cache().map(|cache| cache.id), Some(CACHE));
    stage.press("{O");

    assert_eq!(stage.model.cache().map(|cache| cache.id), Some(CacheId(7)));
    assert!(stage.line("shown").contains(" azd ") && stage.line("shown").contains("~/.azd/cache.json"));
}

#[test]
fn what_is_sealed_opens_when_it_is_chosen_and_not_before() {
    let mut stage = listed(100, 24);
    assert!(stage.shows("sealed by libsecret   not opened; enter opens it"));

    stage.press("jj").effects.clear();
    stage.press("<enter>");

    assert!(matches!(stage.effects.last(), Some(Effect::OpenKnown(1))));
}

#[test]
fn a_cache_of_a_keyring_is_known_by_its_place_once_it_is_open() {
    let mut stage = listed(100, 24);
    let gcm = Known {
        place: "secret-service:git-credential-manager".parse().expect("a place"),
        ..known("Git Credential Manager", ".local/.IdentityService/msal.cache", "sealed: in the keyring")
    };
    stage.send(Msg::Places(vec![gcm]));
    stage.press("j<enter>");
    let name = "secret-service:git-credential-manager".to_owned();

    stage.send(Msg::Opened { cache: CacheId(7), name, path: None, readonly: None });
    stage.press("O");

    assert!(stage.line("shown").contains("Git Credential"), "{}", stage.screen());
    assert!(!stage.shows("not opened"), "{}", stage.screen());
}

#[test]
fn what_cannot_be_opened_is_not_and_says_why() {
    let mut stage = listed(100, 24);
    stage.send(Msg::Places(vec![known("Azure CLI copy", ".azure-old/msal_token_cache.json", "a symbolic link")]));

    stage.press("j").effects.clear();
    stage.press("<enter>");

    assert!(stage.shows("a symbolic link: it is not opened"), "{}", stage.screen());
    assert!(stage.effects.is_empty() && stage.model.dialog.is_some());
}

#[test]
fn one_of_two_closes_and_the_last_one_stays() {
    let mut stage = listed(100, 24);
    stage.send(Msg::Opened { cache: CacheId(7), name: "other.json".to_owned(), path: None, readonly: None });
    stage.effects.clear();

    stage.press("cc");

    assert!(matches!(stage.effects.first(), Some(Effect::Close(CACHE))));
    assert_eq!(stage.model.cache().map(|cache| cache.id), Some(CacheId(7)));
    assert!(stage.shows("the last one stays open") && matches!(stage.model.dialog, Some(Dialog::Sources(_))));
}
