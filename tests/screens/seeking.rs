//! The search in the details: in the claims and in the JSON of an entry.

use saltcellar::tui::msg::Msg;

use super::stage::Stage;

fn line(stage: &Stage) -> usize {
    stage.model.detail.line
}

#[test]
fn the_json_is_searched_from_match_to_match_and_round() {
    let mut stage = Stage::demo(80, 24);

    stage.press("3]]/nowhere");
    assert!(stage.line(" / details: ").contains("nothing found"), "{}", stage.screen());
    stage.press("<ctrl-u>CACHED_AT<enter>");
    assert!(stage.line(" / details: CACHED_AT").contains("1 line found"), "{}", stage.screen());
    stage.press("/<ctrl-u>expires_on<enter>");
    assert!(stage.line(" / details: expires_on").contains("2 lines found"), "{}", stage.screen());
    let first = line(&stage);
    stage.press("n");
    let second = line(&stage);
    stage.press("n");

    assert!(first < second);
    assert_eq!(line(&stage), first, "after the last comes the first");
    stage.press("N");
    assert_eq!(line(&stage), second);
}

#[test]
fn the_claim_that_holds_the_words_is_chosen() {
    let mut stage = Stage::demo(80, 60);

    stage.press("3]/upn<enter>");

    let claims = saltcellar::tui::detail::claims(&stage.model);
    assert_eq!(claims.get(line(&stage)).map(|(name, _)| name.as_str()), Some("upn"));
}

#[test]
fn esc_drops_the_search_and_keeps_the_filter() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/graph<enter>3]]/secret<enter>");

    stage.press("<esc>");

    assert!(stage.model.seek.text().is_empty());
    assert!(stage.shows(" / graph") && stage.shows("3 of 25 shown"), "{}", stage.screen());
}

#[test]
fn without_words_of_its_own_it_goes_to_those_of_the_filter() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/vault type:at<enter>3]]");

    stage.press("n");

    assert!(line(&stage) > 0, "{}", stage.screen());
}

#[test]
fn what_cannot_be_searched_says_why() {
    let mut stage = Stage::demo(80, 24);

    stage.press("n");
    assert!(stage.shows("choose a page to search first"), "{}", stage.screen());
    stage.press("3]]n");

    assert!(stage.shows("nothing is looked for"), "{}", stage.screen());
}

#[test]
fn words_are_pasted_and_typed_at_the_cursor() {
    let mut stage = Stage::demo(80, 24);

    stage.press("3]]/<esc>/");
    stage.send(Msg::Paste("alm".to_owned()));
    stage.press("<home>re<enter>");

    assert!(stage.shows(" / details: realm"), "{}", stage.screen());
    assert!(line(&stage) > 0);
}
