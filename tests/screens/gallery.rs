//! Every screen and dialog at six sizes, as text: one file a screen, to be looked at.

use std::path::Path;

use saltcellar::cache::demo::DEMO;
use saltcellar::json::Document;
use saltcellar::secret::SecretBytes;
use saltcellar::source::{Known, Place, SealError, SealTrouble, SourceError, WhyNot};
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;

use super::stage::{CACHE, Stage};
use super::{purging, users};

const SIZES: [(u16, u16); 6] = [(140, 40), (100, 30), (80, 24), (60, 20), (40, 14), (19, 4)];

/// What is on the stage before the first key.
type Scene = fn(u16, u16) -> Stage;

/// The name of a screen, what it begins with, and the keys that lead to it.
const SCREENS: &[(&str, Scene, &str)] = &[
    ("browser", Stage::demo, ""),
    ("browser_accounts", Stage::demo, "1jj"),
    ("browser_marks", Stage::demo, "jvjjv"),
    ("browser_filter", Stage::demo, "/graph"),
    ("timeline", Stage::demo, "Ese"),
    ("timeline_nothing", Stage::demo, "]]E"),
    ("details_summary", Stage::demo, "<enter>"),
    ("details_claims", Stage::demo, "<enter>]jj"),
    ("details_raw", Stage::demo, "<enter>]]"),
    ("details_refresh_token", Stage::demo, "]]<enter>"),
    ("which_key", which_key, ""),
    ("health", Stage::demo, "H"),
    ("rule", Stage::demo, "H<enter>"),
    ("why", Stage::demo, "w"),
    ("every_check", Stage::demo, "w<enter>"),
    ("stats", Stage::demo, "S"),
    ("people", Stage::demo, "p"),
    ("changes", Stage::demo, "C"),
    ("log", Stage::demo, "L"),
    ("log_filled", changed, "L"),
    ("sources", super::sources::listed, ""),
    ("help", Stage::demo, "?"),
    ("help_search", Stage::demo, "?/cop"),
    ("palette", Stage::demo, ":"),
    ("palette_search", Stage::demo, ":prune"),
    ("search_claims", Stage::demo, "3]/ver<enter>"),
    ("filter_wrong", Stage::demo, "/(type:at"),
    ("filter_unfinished", Stage::demo, "/type:"),
    ("mark_range", Stage::demo, "jvjj"),
    ("plan_foot", Stage::demo, "jjd"),
    ("plan_dialog", Stage::demo, "d"),
    ("plan_forget", Stage::demo, "1jD"),
    ("prune_menu", Stage::demo, "P"),
    ("plan_expired", Stage::demo, "P<enter>"),
    ("plan_diff", Stage::demo, "dD"),
    ("plan_save", Stage::demo, "ds"),
    ("export", Stage::demo, "e"),
    ("ask_copy", Stage::demo, "]]yy"),
    ("start_searching", searching, ""),
    ("start_nothing_found", nothing_found, ""),
    ("start_reading", reading, ""),
    ("empty_cache", empty, ""),
    ("empty_filter", Stage::demo, "/zzz<enter>"),
    ("only_id_tokens", only_id_tokens, ""),
    ("broken", broken, ""),
    ("sealed", sealed, ""),
    ("broken_later", broken_later, ""),
    ("users", users::listed, "j"),
    ("users_coming", users::coming, ""),
    ("users_filter", users::listed, "/contoso"),
    ("users_marks", users::listed, "s<esc>sajvjj"),
    ("users_nothing", users::nothing, ""),
    ("users_lost_at_once", users::lost_at_once, ""),
    ("users_lost_later", users::lost_later, ""),
    ("users_help", users::listed, "?"),
    ("users_password", users::password, ""),
    ("users_purge", purging::purging, ""),
    ("users_purge_several", purging::purging_several, ""),
];

fn which_key(width: u16, height: u16) -> Stage {
    let mut stage = Stage::demo(width, height);
    stage.press("y");
    stage.wait(1);
    stage
}

/// A cache in which another process has just changed something.
fn changed(width: u16, height: u16) -> Stage {
    let mut stage = Stage::demo(width, height);
    let changed = DEMO.replacen("\"cached_at\": \"1795", "\"cached_at\": \"1794", 1);
    stage.rewrite(&changed);
    // The tint is gone.
    stage.wait(2);
    stage
}

fn searching(width: u16, height: u16) -> Stage {
    let mut stage = Stage::empty(width, height, Session::default());
    stage.model.places = saltcellar::tui::model::Places::Searching;
    stage
}

fn nothing_found(width: u16, height: u16) -> Stage {
    let mut stage = Stage::empty(width, height, Session::default());
    let known = |(app, path, state, made_by): (&str, &str, &str, Option<&str>)| Known {
        app: app.to_owned(),
        place: Place::file(Path::new(path)),
        path: path.into(),
        exists: state != "not there",
        state: state.to_owned(),
        plaintext: false,
        seal: None,
        why_not: (state.starts_with("sealed") || state.contains("keyring")).then_some(WhyNot::Sealed),
        bytes: None,
        modified: None,
        made_by: made_by.map(str::to_owned),
    };
    stage.send(Msg::Places(PLACES.into_iter().map(known).collect()));
    stage
}

/// As they are found on a machine of somebody who only uses what seals its cache.
const PLACES: [(&str, &str, &str, Option<&str>); 6] = [
    ("Azure CLI", "/home/ada/.azure/msal_token_cache.json", "not there", Some("az login")),
    ("Azure CLI", "/home/ada/.azure/msal_token_cache.bin", "not there", Some("az login")),
    (
        "Azure PowerShell",
        "/home/ada/.local/share/.IdentityService/msal.cache.cae",
        "sealed by libsecret",
        Some("Connect-AzAccount"),
    ),
    ("azd", "/home/ada/.azd/auth/msal", "not there", Some("azd auth login")),
    ("Microsoft Graph SDK", "/home/ada/.mg/mg.msal.cache", "not there", Some("Connect-MgGraph")),
    ("Git Credential Manager", "/home/ada/.local/.IdentityService/msal.cache", "the tokens are in the keyring", None),
];

fn reading(width: u16, height: u16) -> Stage {
    let mut stage = Stage::empty(width, height, Session::default());
    stage.send(opened());
    stage
}

fn opened() -> Msg {
    Msg::Opened { cache: CACHE, name: "~/.azure/msal_token_cache.json".to_owned(), path: None, readonly: None }
}

fn empty(width: u16, height: u16) -> Stage {
    Stage::of("{}", width, height)
}

fn only_id_tokens(width: u16, height: u16) -> Stage {
    let text = r#"{"IdToken":{"one":{"credential_type":"IdToken","home_account_id":"a.t","environment":"login.microsoftonline.com","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","realm":"t","secret":"x.y.z"}},
        "Account":{"acc":{"home_account_id":"a.t","environment":"login.microsoftonline.com","realm":"t","username":"ada@contoso.com"}}}"#;
    Stage::of(text, width, height)
}

fn not_a_cache() -> SourceError {
    let text = b"{\n  \"AccessToken\": {\n    \"one\": nothing\n  }\n}".to_vec();
    let Err(cause) = Document::parse(SecretBytes::new(text)) else { panic!("it parses") };
    SourceError::NotACache { place: "/home/ada/.azure/msal_token_cache.json".to_owned(), cause }
}

fn broken(width: u16, height: u16) -> Stage {
    let mut stage = Stage::empty(width, height, Session::default());
    let path = Some("/home/ada/.azure/msal_token_cache.json".into());
    stage.send(Msg::Opened { cache: CACHE, name: "~/.azure/msal_token_cache.json".to_owned(), path, readonly: None });
    stage.send(Msg::Loaded { cache: CACHE, result: Err(not_a_cache()) });
    stage
}

fn sealed(width: u16, height: u16) -> Stage {
    let mut stage = Stage::empty(width, height, Session::default());
    stage.send(opened());
    let place = "/home/ada/.azure/msal_token_cache.bin".to_owned();
    let error = SealError::new("libsecret", SealTrouble::NotHere);
    stage.send(Msg::Loaded { cache: CACHE, result: Err(SourceError::Sealed { place, error }) });
    stage
}

fn broken_later(width: u16, height: u16) -> Stage {
    let mut stage = Stage::demo(width, height);
    stage.send(Msg::Loaded { cache: CACHE, result: Err(not_a_cache()) });
    stage
}

#[test]
fn every_screen_is_as_it_was_looked_at() {
    for (name, scene, keys) in SCREENS {
        let mut shown = String::new();
        for (width, height) in SIZES {
            let mut stage = scene(width, height);
            stage.press(keys);
            let screen = stage.screen();
            shown += &format!("{width}x{height}\n{}\n\n", screen.trim_end());
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots/gallery" }, {
            insta::assert_snapshot!(*name, shown.trim_end());
        });
    }
}
