//! Why a token is used or not, in words: a headline for each library, then what it looked at with the first check that
//! fails, then what would change it. Shows fingerprints, never a token.

use std::collections::BTreeSet;

use super::when;
use super::words::{Line, Role};
use crate::cache::{QuickSet, Roster, Row, Section, names};
use crate::json::EntrySpot;
use crate::ops::explain::{Answer, Candidate, Check, Explanation, Extent, Named, Outcome, Request, Who};
use crate::time::UnixSeconds;

/// How much is told of each candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The nearest few, each with its first failing check.
    Brief,
    /// The same, where a key and no option shows the rest.
    Near,
    /// All of them, with every check.
    Full,
}

/// A line, and the entry that it is about, if it is about one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub line: Line,
    /// The entry.
    pub about: Option<EntrySpot>,
}

impl From<Line> for Said {
    fn from(line: Line) -> Self {
        Self { line, about: None }
    }
}

/// How many candidates are told in brief.
const NEAREST: usize = 5;

/// What has to be looked at for so much detail.
#[must_use]
pub fn extent(detail: Detail) -> Extent {
    match detail {
        Detail::Full => Extent::Every,
        Detail::Brief | Detail::Near => Extent::Nearest(NEAREST),
    }
}

/// Everything that is said of one request.
#[must_use]
pub fn lines(
    request: &Request,
    explanations: &[Explanation],
    roster: &Roster,
    now: UnixSeconds,
    detail: Detail,
) -> Vec<Line> {
    let mut lines = asked(request, roster);
    if explanations.len() > 1 {
        lines.push(Line::new());
        lines.extend(agreement(explanations, roster, now));
    }
    for explanation in explanations {
        lines.push(Line::new());
        lines.extend(told(explanation, roster, now, detail).into_iter().map(|said| said.line));
    }
    lines
}

/// What one library does, the headline first.
#[must_use]
pub fn told(explanation: &Explanation, roster: &Roster, now: UnixSeconds, detail: Detail) -> Vec<Said> {
    Page::of(roster, now, detail).explanation(explanation)
}

/// Whether all libraries do the same, or what each does.
#[must_use]
pub fn agreement(explanations: &[Explanation], roster: &Roster, now: UnixSeconds) -> Vec<Line> {
    Page::of(roster, now, Detail::Brief).agreement(explanations)
}

/// "Azure CLI asks for https://… as ada@contoso.com at https://login.microsoftonline.com/…".
#[must_use]
pub fn asked(request: &Request, roster: &Roster) -> Vec<Line> {
    let client = names::client(&request.client_id).unwrap_or(&request.client_id);
    let known = |id: &String| {
        let found = roster.accounts.iter().find(|account| account.home_account_id == *id);
        found.map_or_else(|| id.clone(), |account| account.label().to_owned())
    };
    let who = match &request.who {
        Who::Account(id) => format!("for {}", known(id)),
        Who::App => "for itself".to_owned(),
    };
    let line = Line::new().with(Role::Strong, client).with(Role::Plain, " asks ").with(Role::Strong, &who);
    let line = line.with(Role::Plain, &format!(" at {}", request.authority));
    let scopes = if request.scopes.is_empty() { "any scope".to_owned() } else { request.scopes.join(" ") };
    vec![line, Line::plain("  ").with(Role::Label, "scopes ").with(Role::Plain, &scopes)]
}

/// Of how many libraries something is said.
#[derive(Clone, Copy)]
enum Libraries {
    One,
    Several,
}

struct Page<'a> {
    roster: &'a Roster,
    now: UnixSeconds,
    detail: Detail,
    /// The clients of the cache that have a name, once each.
    clients: BTreeSet<(&'a str, &'static str)>,
}

impl<'a> Page<'a> {
    fn of(roster: &'a Roster, now: UnixSeconds, detail: Detail) -> Self {
        let ids: QuickSet<&str> = roster.rows.iter().filter_map(|row| row.client_id.as_deref()).collect();
        let clients = ids.into_iter().filter_map(|id| Some((id, names::client(id)?))).collect();
        Self { roster, now, detail, clients }
    }

    fn agreement(&self, explanations: &[Explanation]) -> Vec<Line> {
        let mut groups: Vec<(String, &Answer, Vec<&'static str>)> = Vec::new();
        for explanation in explanations {
            let (says, title) = (self.course(&explanation.answer, Libraries::One), explanation.runtime.title());
            match groups.iter_mut().find(|(said, ..)| *said == says) {
                Some((.., titles)) => titles.push(title),
                None => groups.push((says, &explanation.answer, vec![title])),
            }
        }
        if let [(says, ..)] = groups.as_slice() {
            let line =
                Line::new().with(Role::Good, "All libraries agree").with(Role::Plain, &format!(": each {says}."));
            return vec![line];
        }
        let mut lines = vec![Line::new().with(Role::Warn, "The libraries disagree:")];
        lines.extend(groups.iter().map(|(says, answer, titles)| {
            let says = if titles.len() == 1 { says.clone() } else { self.course(answer, Libraries::Several) };
            Line::plain("  ").with(Role::Strong, &titles.join(", ")).with(Role::Plain, &format!(": {says}"))
        }));
        lines
    }

    fn explanation(&self, explanation: &Explanation) -> Vec<Said> {
        let basis = explanation.runtime.basis();
        let headline = self.headline(explanation);
        // On a screen the headline is better short.
        let mut lines: Vec<Said> = match self.detail {
            Detail::Near => vec![headline.into(), Line::new().with(Role::Dim, &format!("  {basis}")).into()],
            Detail::Brief | Detail::Full => vec![headline.with(Role::Dim, &format!("  ({basis})")).into()],
        };
        lines.extend(explanation.also_possible.iter().map(|other| {
            let line =
                Line::plain("  ").with(Role::Warn, "or it ").with(Role::Plain, &self.course(other, Libraries::One));
            Said::from(line.with(Role::Dim, "; its order is not fixed"))
        }));
        lines.extend(self.dropped(&explanation.deletes));
        lines.extend(self.candidates(&explanation.candidates, explanation.others));
        let told = |label: &'static str| {
            move |text: &String| Said::from(Line::plain("  ").with(Role::Label, label).with(Role::Plain, text))
        };
        lines.extend(explanation.notes.iter().map(told("note ")));
        let advice: Vec<String> = explanation.advice.iter().map(|text| self.known(text)).collect();
        lines.extend(advice.iter().map(told("> ")));
        lines
    }

    /// "it drops 3 access tokens: 5360e7ee494f, b510824b0651".
    fn dropped(&self, deletes: &[Named]) -> Option<Said> {
        let first = deletes.first()?;
        let kind = Section::named(&first.section).words();
        let names: Vec<String> = deletes.iter().map(|named| self.fingerprint(named)).collect();
        let what = match names.len() {
            1 => format!("1 {kind}: "),
            count => format!("{count} {kind}s: "),
        };
        let line = Line::plain("  ").with(Role::Warn, "it drops ").with(Role::Plain, &what);
        Some(Said { line: line.with(Role::Secret, &names.join(", ")), about: Some(first.spot) })
    }

    /// `text` with the names of accounts, clients and tenants that the cache knows in the place of their ids.
    fn known(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let accounts = self.roster.accounts.iter().filter(|account| !account.is_app_only());
        let accounts = accounts.map(|account| (account.home_account_id.as_str(), account.label()));
        let tenants = self.roster.accounts.iter().flat_map(|account| &account.tenants);
        let tenants = tenants.map(|tenant| (tenant.realm.as_ref(), tenant.name.as_str()));
        for (id, name) in accounts.chain(tenants).chain(self.clients.iter().copied()) {
            if !id.is_empty() && text.contains(id) {
                text = text.replace(id, name);
            }
        }
        text
    }

    fn headline(&self, explanation: &Explanation) -> Line {
        let role = match explanation.answer.outcome {
            Outcome::Cache => Role::Good,
            Outcome::Refresh => Role::Warn,
            Outcome::Interaction | Outcome::Error => Role::Bad,
        };
        let line = Line::new().with(Role::Strong, explanation.runtime.title()).with(Role::Plain, " ");
        let line = line.with(role, &self.course(&explanation.answer, Libraries::One));
        let why = explanation.answer.why.as_deref().filter(|_| explanation.answer.outcome != Outcome::Error);
        why.into_iter().fold(line, |line, why| line.with(Role::Plain, &format!(": {why}")))
    }

    /// What happens, to stand behind the names of the libraries.
    fn course(&self, answer: &Answer, libraries: Libraries) -> String {
        let [uses, asks, needs, fails] = match libraries {
            Libraries::One => ["uses", "asks", "needs", "fails"],
            Libraries::Several => ["use", "ask", "need", "fail"],
        };
        let mut tokens: Vec<String> = answer.refresh_tokens.iter().map(|named| self.fingerprint(named)).collect();
        // Node tries a token twice that is the family's and the client's own: that is no news to a person.
        tokens.dedup();
        let with = match tokens.as_slice() {
            [] => format!("{asks} for a new token"),
            [one] => format!("{asks} for a new token with refresh token {one}"),
            several => format!("{asks} for a new token with refresh tokens {}", several.join(", then ")),
        };
        match (answer.outcome, &answer.entry) {
            (Outcome::Cache, Some(entry)) => format!("{uses} the cached token {}", self.token(entry)),
            (Outcome::Cache, None) => format!("{uses} a cached token"),
            (Outcome::Refresh, None) => with,
            (Outcome::Refresh, Some(entry)) => format!("{with}; if that fails, {} serves", self.token(entry)),
            (Outcome::Interaction, _) => format!("{needs} a sign-in"),
            (Outcome::Error, _) => format!("{fails}: {}", answer.why.as_deref().unwrap_or("it raises")),
        }
    }

    fn candidates(&self, candidates: &[Candidate], others: usize) -> Vec<Said> {
        if self.detail == Detail::Full {
            return candidates.iter().flat_map(|candidate| self.in_full(candidate)).collect();
        }
        let mut nearest: Vec<&Candidate> = candidates.iter().collect();
        nearest.sort_by_cached_key(|candidate| candidate.distance());
        let mut lines: Vec<Said> = nearest.iter().take(NEAREST).map(|candidate| self.in_brief(candidate)).collect();
        let rest = others + nearest.len().saturating_sub(NEAREST);
        if rest > 0 {
            let (are, them) = if rest == 1 { ("entry is", "it") } else { ("entries are", "them") };
            let shows = match self.detail {
                Detail::Brief | Detail::Full => "--all",
                Detail::Near => "enter on the library",
            };
            let text = format!("  {rest} more {are} farther off; {shows} shows {them}");
            lines.push(Said::from(Line::new().with(Role::Dim, &text)));
        }
        lines
    }

    fn in_brief(&self, candidate: &Candidate) -> Said {
        let line = self.title(candidate);
        let about = Some(candidate.named.spot);
        let Some(first) = candidate.gravest() else {
            return Said { line: line.with(Role::Dim, "  fits: every check passes"), about };
        };
        let more = match candidate.failing().count() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count.saturating_sub(1)),
        };
        let line =
            line.with(Role::Label, &format!("  {}: ", first.name)).with(Role::Plain, &self.known(&short(&first.why)));
        Said { line: line.with(Role::Dim, &more), about }
    }

    fn in_full(&self, candidate: &Candidate) -> Vec<Said> {
        let told = |check: &Check| {
            let (role, mark) = if check.pass { (Role::Good, "ok ") } else { (Role::Bad, "x  ") };
            let line = Line::plain("      ").with(role, mark).with(Role::Label, &format!("{:<16}", check.name));
            Said::from(line.with(Role::Plain, &check.why))
        };
        let title = Said { line: self.title(candidate), about: Some(candidate.named.spot) };
        [title].into_iter().chain(candidate.checks.iter().map(told)).collect()
    }

    fn title(&self, candidate: &Candidate) -> Line {
        let (role, mark) = if candidate.fits() { (Role::Good, "  ok ") } else { (Role::Bad, "  x  ") };
        let kind = Section::named(&candidate.named.section).words();
        let line = Line::new().with(role, mark).with(Role::Plain, kind).with(Role::Plain, " ");
        let line = line.with(Role::Secret, &self.fingerprint(&candidate.named));
        let row = self.row(&candidate.named);
        row.into_iter().fold(line, |line, row| line.with(Role::Strong, &format!(" {}", row.title())))
    }

    fn row(&self, named: &Named) -> Option<&Row> {
        self.roster.row_at(named.spot)
    }

    fn fingerprint(&self, named: &Named) -> String {
        let fingerprint = self.row(named).and_then(|row| row.fingerprint);
        fingerprint.map_or_else(|| named.key.clone(), |fingerprint| fingerprint.to_string())
    }

    /// "9f2c1a77e4b0 (52m left)".
    fn token(&self, named: &Named) -> String {
        let left = self.row(named).and_then(|row| row.expires_on).map(|at| at.since(self.now));
        let left = left.filter(|left| *left > 0).map(|left| format!(" ({} left)", when::span(left)));
        format!("{}{}", self.fingerprint(named), left.unwrap_or_default())
    }
}

/// "missing A B and 2 more; has C": long lists of scopes cut.
fn short(why: &str) -> String {
    let cut = |list: &str| {
        let words: Vec<&str> = list.split(' ').collect();
        let (first, rest) = words.split_at(words.len().min(3));
        match rest.len() {
            0 => list.to_owned(),
            more => format!("{} and {more} more", first.join(" ")),
        }
    };
    match why.split_once("; has ") {
        Some((missing, has)) => format!("{}; has {}", cut(missing), cut(has)),
        None => why.to_owned(),
    }
}
