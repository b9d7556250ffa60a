//! Every key with its words: the rows and nothing else. What a row may say stands in `binding.rs`.

use super::binding::{Binding, Group, Scope, row};
use crate::tui::action::{Action, Do, Go, Mark, Tell, View};
use crate::tui::browse::SortKey;
use crate::tui::dialog::CopyKind;
use crate::tui::effect::Writes;
use crate::tui::layout::Pane;
use crate::tui::users::UserSort;

const TOKENS: Scope = Scope::Pane(Pane::Tokens);
const DETAILS: Scope = Scope::Pane(Pane::Details);
const ACCOUNTS: Scope = Scope::Pane(Pane::Accounts);
const TIMELINE: Scope = Scope::Pane(Pane::Timeline);

const fn sort_users(by: UserSort, id: &'static str, keys: &'static [&'static str], words: &'static str) -> Binding {
    row(Group::Find, Action::Go(Go::SortUsers(by)), id, keys, words).at(Scope::Users)
}

/// Every key of the browser, the list of users, the reader and the start screen.
pub const BINDINGS: &[Binding] = &[
    row(Group::Move, Action::Go(Go::Down), "move.down", &["j", "down"], "down; 5j moves five lines")
        .foot("move")
        .at(Scope::Lines),
    row(Group::Move, Action::Go(Go::Up), "move.up", &["k", "up"], "up").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::HalfDown), "move.half-down", &["ctrl-d"], "half a page down").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::HalfUp), "move.half-up", &["ctrl-u"], "half a page up").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::PageDown), "move.page-down", &["pgdn"], "a page down").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::PageUp), "move.page-up", &["pgup"], "a page up").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::Top), "move.top", &["g g", "home"], "to the first line").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::Bottom), "move.bottom", &["G", "end"], "to the last line").at(Scope::Lines),
    row(Group::Move, Action::Go(Go::NextPane), "pane.next", &["tab", "l", "right"], "next pane").foot("pane"),
    row(Group::Move, Action::Go(Go::PreviousPane), "pane.previous", &["shift-tab", "h", "left"], "previous pane"),
    row(Group::Move, Action::Go(Go::Jump(Pane::Accounts)), "pane.accounts", &["1"], "to the accounts").at(Scope::Cache),
    row(Group::Move, Action::Go(Go::Jump(Pane::Tokens)), "pane.tokens", &["2"], "to the tokens").at(Scope::Cache),
    row(Group::Move, Action::Go(Go::Jump(Pane::Details)), "pane.details", &["3"], "to the details").at(Scope::Cache),
    row(Group::Move, Action::Go(Go::Jump(Pane::Timeline)), "pane.timeline", &["4"], "to the timeline").at(Scope::Cache),
    row(Group::Move, Action::Go(Go::Timeline), "timeline", &["E"], "when tokens expire, over the whole screen")
        .foot("expiry"),
    row(Group::Move, Action::Go(Go::Grow), "zoom.in", &["+"], "the pane over the whole screen; the timeline: closer"),
    row(Group::Move, Action::Go(Go::Wider), "zoom.wider", &["-"], "the timeline: more time").at(TIMELINE),
    row(Group::Move, Action::Go(Go::Shrink), "zoom.out", &["_"], "back to all panes"),
    row(Group::Move, Action::Go(Go::NextTab), "tab.next", &["]"], "next tab of the pane"),
    row(Group::Move, Action::Go(Go::PreviousTab), "tab.previous", &["["], "previous tab of the pane"),
    row(Group::Move, Action::Go(Go::Open), "open", &["enter"], "open, or fill the screen with the details"),
    row(Group::Move, Action::Go(Go::Back), "back", &["esc"], "back: range, filter, marks, zoom; never quits"),
    row(Group::Find, Action::Go(Go::Filter), "filter", &["/"], "filter: words, type:at, expires<15m, !not")
        .foot("filter"),
    row(Group::Move, Action::Go(Go::Open), "users.open", &["enter"], "open the cache of this user")
        .foot("open")
        .at(Scope::Users),
    row(Group::Move, Action::Go(Go::Back), "users.back", &["esc"], "back: range, filter, marks; never quits")
        .at(Scope::Users),
    row(Group::Find, Action::Go(Go::Filter), "users.filter", &["/"], "filter: account or key, expires<15m, !not")
        .foot("filter")
        .at(Scope::Users),
    sort_users(UserSort::Account, "users.sort-account", &["s a"], "order by account; again reverses"),
    sort_users(UserSort::Key, "users.sort-key", &["s k"], "order by key"),
    sort_users(UserSort::Health, "users.sort-health", &["s h"], "order by health: who must sign in comes first"),
    sort_users(UserSort::Expiry, "users.sort-expiry", &["s e"], "order by when the last access token expires"),
    sort_users(UserSort::Dropped, "users.sort-kept", &["s l"], "order by how long the place keeps it"),
    sort_users(UserSort::Size, "users.sort-size", &["s S"], "order by size"),
    sort_users(UserSort::Came, "users.sort-place", &["s f"], "order as the place has them"),
    row(
        Group::Write,
        Action::Do(Do::PurgeUsers),
        "users.purge",
        &["d"],
        "purge the users: every entry of their caches",
    )
    .foot("purge")
    .at(Scope::Users)
    .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::RemoveUsers), "users.remove", &["D"], "remove their whole keys")
        .at(Scope::Users)
        .writes(Writes::Cache),
    row(Group::Move, Action::Go(Go::Open), "reader.open", &["enter"], "go to the entry, or read more")
        .foot("open")
        .at(Scope::Reader),
    row(Group::Move, Action::Go(Go::Back), "reader.back", &["esc", "q"], "back; never quits")
        .foot("back")
        .at(Scope::Reader),
    row(Group::Find, Action::Go(Go::Filter), "reader.search", &["/"], "search the text")
        .foot("search")
        .at(Scope::Reader),
    row(Group::Find, Action::Go(Go::NextFound), "reader.next", &["n"], "to the next place found").at(Scope::Reader),
    row(Group::Find, Action::Go(Go::PreviousFound), "reader.previous", &["N"], "to the place found before")
        .at(Scope::Reader),
    row(Group::Find, Action::Go(Go::NextFound), "details.next", &["n"], "to the next match in Claims or Raw")
        .at(DETAILS),
    row(Group::Find, Action::Go(Go::PreviousFound), "details.previous", &["N"], "to the match before").at(DETAILS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Target)), "sort.target", &["s t"], "order by target; again reverses")
        .at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Expiry)), "sort.expiry", &["s e"], "order by expiry").at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Lifetime)), "sort.lifetime", &["s l"], "order by the lifetime gone")
        .at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Kind)), "sort.type", &["s k"], "order by type").at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Tenant)), "sort.tenant", &["s n"], "order by tenant").at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Scopes)), "sort.scopes", &["s o"], "order by the number of scopes")
        .at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Account)), "sort.account", &["s a"], "order by account").at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Cached)), "sort.cached", &["s c"], "order by when it was stored")
        .at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::Size)), "sort.size", &["s S"], "order by size").at(TOKENS),
    row(Group::Find, Action::Go(Go::Sort(SortKey::File)), "sort.file", &["s f"], "order as in the file").at(TOKENS),
    row(Group::Mark, Action::Mark(Mark::Toggle), "mark.toggle", &["space"], "mark, and move down")
        .foot("mark")
        .at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::Range), "mark.range", &["v"], "mark a range from here").at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::RangeDown), "mark.range-down", &["shift-down"], "draw the range down")
        .at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::RangeUp), "mark.range-up", &["shift-up"], "draw the range up").at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::Shown), "mark.shown", &["*"], "mark all that is shown").at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::Nothing), "mark.none", &["u"], "unmark all").at(Scope::Marks),
    row(Group::Mark, Action::Mark(Mark::Invert), "mark.invert", &["I"], "invert the marks of what is shown")
        .at(Scope::Marks),
    row(Group::Tell, Action::Tell(Tell::Why), "why", &["w"], "why: which libraries would use this token, which not")
        .foot("why")
        .at(Scope::Cache),
    row(Group::Tell, Action::Tell(Tell::Health), "health", &["H"], "health: what is wrong with this cache")
        .foot("health")
        .at(Scope::Cache),
    row(Group::Tell, Action::Tell(Tell::Stats), "stats", &["S"], "stats: what it holds, by account, client and tenant")
        .foot("stats")
        .at(Scope::Cache),
    row(Group::Tell, Action::Tell(Tell::People), "people", &["p"], "people: who is who among the accounts")
        .foot("people")
        .at(Scope::Cache),
    row(Group::Tell, Action::Tell(Tell::Changes), "changes", &["C"], "changes since it was opened, since a snapshot")
        .foot("changes")
        .at(Scope::Cache),
    row(Group::Tell, Action::Tell(Tell::Activity), "log", &["L"], "what happened, by whom and when")
        .at(Scope::Everywhere),
    row(Group::Copy, Action::Do(Do::Copy(CopyKind::Secret)), "copy.secret", &["y y"], "copy the token").foot("copy"),
    row(Group::Copy, Action::Do(Do::Copy(CopyKind::Claim)), "copy.claim", &["y c"], "copy the claim under the cursor")
        .at(DETAILS),
    row(Group::Copy, Action::Do(Do::Copy(CopyKind::Value)), "copy.value", &["y v"], "copy the value of that claim")
        .at(DETAILS),
    row(Group::Copy, Action::Do(Do::Copy(CopyKind::Json)), "copy.json", &["y j"], "copy as redacted JSON"),
    row(
        Group::Copy,
        Action::Do(Do::Copy(CopyKind::Id)),
        "copy.id",
        &["y i"],
        "copy the home account id, or the client id",
    ),
    row(Group::Copy, Action::Do(Do::Copy(CopyKind::Scopes)), "copy.scopes", &["y s"], "copy the scopes"),
    row(
        Group::Copy,
        Action::Do(Do::Copy(CopyKind::Header)),
        "copy.header",
        &["y h"],
        "copy as an Authorization header",
    ),
    row(Group::Copy, Action::Do(Do::Reveal), "reveal", &["x"], "show the secret for 10 seconds").at(DETAILS),
    row(
        Group::Write,
        Action::Do(Do::Prune),
        "prune.marked",
        &["d"],
        "prune what is marked, else the line under the cursor",
    )
    .foot("prune")
    .at(TOKENS)
    .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::PruneBy), "prune.rule", &["P"], "prune by rule: expired, …").writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Forget), "forget.account", &["D"], "forget the account")
        .at(ACCOUNTS)
        .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Renew), "renew", &["R"], "renew: drop access tokens, so that apps get fresh ones")
        .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Undo), "undo", &["z"], "take the last write back")
        .at(Scope::Cache)
        .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Redo), "redo", &["Z"], "do again what an undo took back")
        .at(Scope::Cache)
        .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Fix), "fix", &["F"], "mend what the line under the cursor tells")
        .foot("fix")
        .at(Scope::Reader)
        .writes(Writes::Cache),
    row(Group::Write, Action::Do(Do::Export), "export", &["e"], "export a redacted copy to a file")
        .writes(Writes::File),
    row(Group::View, Action::View(View::Reload), "reload", &["r"], "read the cache again").at(Scope::Lines),
    row(Group::View, Action::View(View::Freeze), "freeze", &["f"], "stop following changes on disk; again follows"),
    row(Group::View, Action::View(View::Times), "times", &["t"], "times: relative, local, UTC").at(Scope::Sources),
    row(Group::View, Action::View(View::Sources), "sources", &["O"], "sources: opened caches, and places to open")
        .at(Scope::Everywhere),
    row(Group::View, Action::View(View::NextCache), "cache.next", &["}"], "the next opened cache").at(Scope::Sources),
    row(Group::View, Action::View(View::PreviousCache), "cache.previous", &["{"], "the opened cache before")
        .at(Scope::Sources),
    row(Group::View, Action::View(View::Demo), "demo", &["d"], "open the demo, with invented data")
        .foot("demo")
        .at(Scope::Start),
    row(Group::View, Action::View(View::Help), "help", &["?", "f1"], "help").foot("help").at(Scope::Everywhere),
    row(
        Group::View,
        Action::View(View::Palette),
        "palette",
        &[":", "ctrl-p"],
        "find an action by its words, and run it",
    )
    .foot("commands")
    .at(Scope::Everywhere),
    row(Group::View, Action::View(View::Mouse), "mouse", &["M"], "free the mouse to select text; again takes it")
        .at(Scope::Everywhere),
    row(Group::View, Action::View(View::Theme), "theme", &["T"], "next theme").at(Scope::Everywhere),
    row(Group::View, Action::View(View::Suspend), "suspend", &["ctrl-z"], "suspend").at(Scope::Everywhere),
    row(Group::View, Action::View(View::Repaint), "repaint", &["ctrl-l"], "draw everything anew").at(Scope::Everywhere),
    row(Group::View, Action::View(View::Quit), "quit", &["q", "ctrl-c"], "quit").foot("quit").at(Scope::Home),
    row(Group::View, Action::View(View::QuitNow), "quit-now", &["Q"], "quit, even while a write waits")
        .at(Scope::Everywhere),
];
