//! Users taken out of a list: planned, named, confirmed, and what came of it.

use saltcellar::secret::SecretBytes;
use saltcellar::source::{Access, Source, SourceError};
use saltcellar::tui::dialog::Proposal;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::msg::{Msg, Purged, Purging};
use saltcellar::tui::purge::{How, plan};

use super::stage::Stage;
use super::users::{LIST, PLACE, cache_of, listed};

/// The list whose first users are to be taken out, as a worker plans it.
fn asked(keys: &str) -> Stage {
    let mut stage = listed(80, 24);
    stage.press(keys);
    plan_asked(&mut stage);
    stage
}

/// Answers what was asked about a purge.
fn plan_asked(stage: &mut Stage) {
    let Some(Effect::PlanPurge { list, keys, how, now }) = stage.effects.pop() else { panic!("nothing was asked") };
    let read = |key: String| {
        let name = if key.ends_with("aa") { "ada" } else { "dora" };
        let bytes = SecretBytes::new(cache_of(name, 42, Some(())).into_bytes());
        (key, Source::memory("m", bytes, Access::default()).load().expect("a cache"))
    };
    let users: Vec<_> = keys.into_iter().map(read).collect();
    stage.send(Msg::Purging { list, step: Purging::Planned(Ok(plan(&users, how, now))) });
}

pub(super) fn purging(width: u16, height: u16) -> Stage {
    let mut stage = listed(width, height);
    stage.press("d");
    plan_asked(&mut stage);
    stage
}

pub(super) fn purging_several(width: u16, height: u16) -> Stage {
    let mut stage = listed(width, height);
    stage.press("<space><space>D");
    plan_asked(&mut stage);
    stage
}

#[test]
fn a_user_goes_only_after_the_name_was_typed() {
    let mut stage = asked("d");
    assert!(stage.shows("Purge dora@contoso.com?") && stage.shows("1 refresh token goes"), "{}", stage.screen());
    stage.press("<enter>");
    assert!(stage.effects.is_empty());

    stage.press("dora@contoso.com<enter><enter>");

    let [Effect::Commit { cache: LIST, proposal: Proposal::Purge(How::Entries, doomed), .. }] =
        stage.effects.as_slice()
    else {
        panic!("no purge")
    };
    assert_eq!(doomed.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["session:5c1d9a0e77"]);
}

#[test]
fn several_users_go_after_their_number_was_typed_and_the_list_shows_what_is_left() {
    let mut stage = asked("<space><space>D");
    assert!(stage.shows("Remove 2 keys?") && stage.shows("6 entries of 2 caches"), "{}", stage.screen());
    stage.press("2 users<enter><enter>");
    let Some(Effect::Commit { proposal: Proposal::Purge(How::Keys, doomed), .. }) = stage.effects.pop() else {
        panic!("no purge")
    };
    assert_eq!(doomed.len(), 2);

    let done = vec![("session:5c1d9a0e77".to_owned(), None)];
    let changed = SourceError::Changed { place: PLACE.to_owned() };
    let failed = vec![("session:0b7712f3aa".to_owned(), changed)];
    let purged = Purged { how: How::Keys, done, failed };
    stage.send(Msg::Purging { list: LIST, step: Purging::Done(purged) });

    assert!(stage.line("5c1d9a").contains("removed") && stage.shows("ada@"), "{}", stage.screen());
    assert!(stage.shows("1 key is removed, 1 is not") && stage.model.job.is_none(), "{}", stage.screen());
}
