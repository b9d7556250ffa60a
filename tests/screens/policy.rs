//! Under a policy that forbids all that one can forbid: no key shows, copies or exports a secret, and each that would
//! says by which rule not.

use std::path::Path;

use saltcellar::cache::demo::DEMO;
use saltcellar::config::{Config, Policy};
use saltcellar::tui::dialog::{CopyKind, ExportSecrets};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::keymap::BINDINGS;
use saltcellar::tui::model::Session;

use super::stage::Stage;

fn ruled() -> Stage {
    let text = "forbid = [\"reveal\", \"copy\", \"export\", \"import\"]".to_owned();
    let policy = Policy::of(Path::new("/etc/saltcellar/policy.toml"), Ok(text));
    let session = Session { config: Config { policy, ..Config::default() }, ..Session::default() };
    Stage::with(DEMO, 140, 40, session)
}

fn breaks_it(effect: &Effect) -> bool {
    let copies = matches!(effect, Effect::Copy { kind: CopyKind::Secret | CopyKind::Header, .. });
    copies || matches!(effect, Effect::Export { secrets, .. } if *secrets != ExportSecrets::Redacted)
}

/// Keys as the table spells them, as the stage takes them.
fn pressed(keys: &str) -> String {
    let one = |key: &str| if key.chars().count() == 1 { key.to_owned() } else { format!("<{key}>") };
    keys.split(' ').map(one).collect()
}

#[test]
fn no_key_does_what_a_policy_forbids() {
    for binding in BINDINGS {
        for keys in binding.keys {
            for pane in ["", "3"] {
                let mut stage = ruled();
                stage.press("jj").press(pane).press(&pressed(keys)).press("y").press("<enter>");
                assert!(stage.model.reveal.is_none(), "{keys} shows a secret");
                assert!(!stage.effects.iter().any(breaks_it), "{keys} lets a secret out");
            }
        }
    }
}

#[test]
fn a_forbidden_key_says_by_which_rule() {
    for (keys, rule) in [("3x", "forbid has reveal"), ("yy", "forbid has copy")] {
        let mut stage = ruled();

        stage.press("jj").press(keys);

        assert!(stage.shows(rule), "{keys}\n{}", stage.screen());
    }
    let mut stage = ruled();
    stage.press("e<tab><enter>");
    assert!(stage.shows("forbid has export"), "{}", stage.screen());
}
