//! What holds of the places of panes and columns at every size.

use ratatui::layout::{Rect, Size};

use super::*;

fn wish(width: u16, height: u16) -> Wish {
    let size = Size { width, height };
    Wish { size, tier: tier(size), focus: Pane::Tokens, body: Body::Panes, filter: FilterLine::Shown }
}

fn parts(panes: &Panes) -> Vec<Rect> {
    let Panes { title, reader, tabs, filter, accounts, tokens, details, timeline, activity, status, keys } = *panes;
    let all = [title, reader, tabs, filter, accounts, tokens, details, timeline, activity, status, keys];
    all.into_iter().flatten().collect()
}

#[test]
fn at_every_size_the_parts_lie_inside_the_screen_and_do_not_overlap() {
    for (width, height) in (0..=210).step_by(7).flat_map(|w| (0..=70).map(move |h| (w, h))) {
        let whole = Rect::new(0, 0, width, height);
        let all = Pane::ALL.map(|focus| Wish { focus, ..wish(width, height) });
        for wish in all.into_iter().chain([Wish { body: Body::Reader, ..wish(width, height) }]) {
            let parts = parts(&panes(&wish));

            for (at, part) in parts.iter().enumerate() {
                assert_eq!(whole.intersection(*part), *part, "{width}x{height}");
                assert!(parts.iter().skip(at + 1).all(|other| !part.intersects(*other)), "{width}x{height}");
            }
        }
    }
}

#[test]
fn the_tiers_begin_where_the_design_says() {
    let tier_of = |width, height| tier(Size { width, height });

    assert_eq!(tier_of(120, 32), Tier::Wide);
    assert_eq!(tier_of(120, 31), Tier::Medium);
    assert_eq!(tier_of(80, 24), Tier::Medium);
    assert_eq!(tier_of(79, 60), Tier::Single);
    assert_eq!(tier_of(80, 14), Tier::Single);
    assert_eq!(tier_of(49, 60), Tier::Table);
    assert_eq!(tier_of(20, 5), Tier::Table);
    assert_eq!(tier_of(19, 5), Tier::Tiny);
    assert_eq!(tier_of(0, 0), Tier::Tiny);
}

#[test]
fn narrow_tables_lose_the_bar_first_then_tenant_scopes_and_type() {
    let left = |width| {
        let Columns { kind, scope, tenant, lifetime, .. } = columns(width);
        [lifetime, tenant, scope, kind].map(|columns| columns > 0)
    };

    assert_eq!(left(68), [true; 4]);
    assert_eq!(left(54), [true, false, false, true], "beside the accounts the bar tells more");
    assert_eq!(left(47), [false, false, true, true]);
    assert_eq!(left(39), [false, false, false, true]);
    assert_eq!(left(27), [false; 4]);
    assert!((24..200).all(|width| columns(width).target >= 10), "the name always has room");
}

#[test]
fn a_wide_screen_has_the_timeline_below_the_tokens_and_the_others_have_it_alone() {
    let panes_of = |width, height, focus| panes(&Wish { focus, ..wish(width, height) });

    let wide = panes_of(140, 40, Pane::Tokens);
    assert_eq!((wide.tokens.map(|area| area.width), wide.details.map(|area| area.width)), (Some(70), Some(40)));
    assert_eq!(wide.timeline.map(|area| (area.x, area.width)), wide.tokens.map(|area| (area.x, area.width)));
    for (width, height) in [(80, 24), (60, 20), (40, 14)] {
        assert_eq!(panes_of(width, height, Pane::Tokens).timeline, None);
        let alone = panes_of(width, height, Pane::Timeline);
        assert_eq!((alone.timeline.map(|area| area.width), alone.tokens), (Some(width), None));
    }
}

#[test]
fn a_zoomed_pane_has_the_body_alone() {
    let panes = panes(&Wish { body: Body::One(Pane::Details), ..wish(140, 40) });

    assert!(panes.details.is_some_and(|area| area.width == 140));
    assert_eq!((panes.accounts, panes.tokens), (None, None));
}
