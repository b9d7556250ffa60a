//! What plain `list` prints for people: 80 columns. Names no id token, no metadata and no secret: those are for details.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display};
use std::sync::Arc;

use super::columns::{cell, columns, padded, spaced};
use super::sign_in;
use super::words::{Line, Role};
use crate::cache::{AccountRow, Health, QuickMap, Roster, Row, Section, State, Stranger};
use crate::ops::summary::Standing;
use crate::secret::Fingerprint;
use crate::time::{Span, UnixSeconds};

/// The head of one cache in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheTitle {
    /// The app whose cache it is: "Azure CLI".
    pub app: String,
    /// The place, short: "~/.azure/msal_token_cache.json".
    pub place: String,
    /// "plaintext 0600", "sealed, not opened".
    pub protection: String,
    /// "RW" or "RO"; empty for what is not opened.
    pub mode: String,
}

/// The head line alone: all there is to say of a cache that is not opened.
#[must_use]
pub fn title_line(title: &CacheTitle) -> Line {
    let line =
        Line::new().with_safe(Role::Strong, cell(&title.app, 16)).with_safe(Role::Plain, spaced(&title.place, 38));
    let protection = if title.mode.is_empty() { title.protection.clone() } else { spaced(&title.protection, 18) };
    line.with(Role::Dim, &protection).with(Role::Dim, &title.mode)
}

/// The cache's head, its accounts with their health, their access and refresh tokens; at 80 columns.
#[must_use]
pub fn cache_lines(title: &CacheTitle, roster: &Roster, now: UnixSeconds) -> Vec<Line> {
    let mut facts = Facts::of(roster, now);
    let mut lines = vec![title_line(title)];
    for group in groups(roster, now) {
        lines.push(group.line());
        lines.extend(group.hint_lines());
        lines.extend(group.rows.iter().filter_map(|row| facts.token(row)).map(|token| token.line()));
    }
    if roster.rows.is_empty() {
        lines.push(Line::new().with(Role::Dim, "  empty"));
    }
    lines.extend(roster.strangers.iter().map(stranger));
    lines
}

/// Accounts of several caches by health, for the last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Caches listed, opened or not.
    pub caches: usize,
    /// Their accounts by health; app-only tokens are no account.
    pub standing: Standing,
}

impl Tally {
    /// Counts the accounts of one more cache.
    pub fn add(&mut self, roster: &Roster, now: UnixSeconds) {
        self.caches += 1;
        for (at, _) in listed(roster).filter(|(_, account)| !account.is_app_only()) {
            self.standing.count(roster.health(at, None, now));
        }
    }
}

/// "2 caches, 2 accounts: 1 renews, 1 needs sign-in. Secrets hidden; local data only."
#[must_use]
pub fn footer(tally: &Tally) -> Line {
    let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let told: Vec<String> = by_health(&tally.standing).map(|(told, _)| told).collect();
    let colon = if told.is_empty() { "" } else { ": " };
    let counts = format!("{}, {}", plural(tally.caches, "cache"), plural(tally.standing.accounts(), "account"));
    Line::new().with(Role::Dim, &format!("{counts}{colon}{}. Secrets hidden; local data only.", told.join(", ")))
}

/// "1 ok", "1 renews", "2 need sign-in", each with how it looks; nothing of those that nobody is.
pub(super) fn by_health(standing: &Standing) -> impl Iterator<Item = (String, Role)> {
    let Standing { ok, renews, sign_in_needed, unknown } = *standing;
    let renew = if renews == 1 { "renews" } else { "renew" };
    let need = if sign_in_needed == 1 { "needs sign-in" } else { "need sign-in" };
    let parts = [
        (ok, "ok", Role::Good),
        (renews, renew, Role::Good),
        (sign_in_needed, need, Role::Bad),
        (unknown, "unknown", Role::Dim),
    ];
    parts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, words, role)| (format!("{count} {words}"), role))
}

/// Those whose tokens stand together: an account, the apps themselves, or nobody.
pub(super) struct Group<'a> {
    pub(super) label: &'a str,
    pub(super) tenants: String,
    pub(super) health: &'static str,
    role: Role,
    hint: Option<String>,
    pub(super) rows: Vec<&'a Row>,
}

/// The accounts of which rows are left: a query may have taken all of them away.
pub(super) fn listed(roster: &Roster) -> impl Iterator<Item = (usize, &AccountRow)> {
    roster.accounts.iter().enumerate().filter(|(_, account)| !account.rows.is_empty())
}

fn groups(roster: &Roster, now: UnixSeconds) -> impl Iterator<Item = Group<'_>> {
    let accounts = listed(roster).map(move |(at, account)| Group::of(roster, account, roster.health(at, None, now)));
    accounts.chain(Group::of_orphans(roster))
}

impl<'a> Group<'a> {
    /// The tokens whose account is not there, if there are some.
    pub(super) fn of_orphans(roster: &'a Roster) -> Option<Self> {
        let rows: Vec<&Row> = roster.rows.iter().filter(|row| row.orphan).collect();
        let (label, tenants) = ("(orphans)", String::new());
        let group = Self { label, tenants, health: "no account entry", role: Role::Warn, hint: None, rows };
        (!group.rows.is_empty()).then_some(group)
    }

    pub(super) fn of(roster: &'a Roster, account: &'a AccountRow, health: Health) -> Self {
        let needed = health == Health::SignInNeeded && !account.is_app_only();
        let hint = needed.then(|| format!("no refresh token here; {}", sign_in::hint(roster, account)));
        let (health, role) = health_words(account, health);
        let rows = account.rows.iter().filter_map(|at| roster.rows.get(*at)).collect();
        Self { label: account.label(), tenants: tenants(account), health, role, hint, rows }
    }

    /// The hint, in two lines where one would not fit.
    fn hint_lines(&self) -> impl Iterator<Item = Line> {
        const WIDE: usize = 79;
        let hint = self.hint.as_deref().unwrap_or_default();
        let (first, second) = match hint.split_once("; ") {
            Some(parts) if columns(hint) + 4 > WIDE => parts,
            Some(_) | None => (hint, ""),
        };
        let told = [first, second].into_iter().filter(|part| !part.is_empty());
        told.map(|part| Line::new().with(Role::Warn, &format!("    {part}")))
    }

    fn line(&self) -> Line {
        let name = Line::new().with(Role::Plain, "  ").with_safe(Role::Strong, cell(self.label, 23));
        name.with_safe(Role::Dim, cell(&self.tenants, 35)).with(self.role, self.health)
    }
}

/// The health in words. What an app gets with its own credential is no matter of sign-in.
fn health_words(account: &AccountRow, health: Health) -> (&'static str, Role) {
    match health {
        Health::Ok => ("ok", Role::Good),
        Health::Renews => ("renews itself", Role::Plain),
        Health::SignInNeeded | Health::Unknown if account.is_app_only() => ("app's own credential", Role::Dim),
        Health::SignInNeeded => ("SIGN-IN NEEDED", Role::Bad),
        Health::Unknown => ("unknown", Role::Dim),
    }
}

/// "contoso, fabrikam (guest)", each name once.
fn tenants(account: &AccountRow) -> String {
    let mut names: Vec<String> = Vec::new();
    for tenant in &account.tenants {
        let guest = if tenant.home { "" } else { " (guest)" };
        let name = format!("{}{guest}", tenant.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What scopes are for, where they tell, and how many they are.
type Target = (Option<Arc<str>>, Arc<str>);

/// What all lines of one cache need.
#[derive(Clone)]
pub(super) struct Facts<'a> {
    pub(super) roster: &'a Roster,
    pub(super) now: UnixSeconds,
    families: HashMap<&'a str, usize>,
    /// By the addresses of scopes and host, which rows share: few differ in a large cache.
    targets: QuickMap<[usize; 2], Target>,
}

/// A token as the columns of its line.
pub(super) struct Token<'a> {
    pub(super) name: Arc<str>,
    pub(super) tenant: Cow<'a, str>,
    pub(super) stand: Stand,
    pub(super) scopes: Arc<str>,
    pub(super) fingerprint: Option<Fingerprint>,
}

/// How a token stands. Seconds.
pub(super) enum Stand {
    Left(i64, Role),
    Renews(i64),
    Expired(i64),
    NoExpiry,
    /// A refresh token, and how many apps share it.
    Kept(usize),
}

impl Display for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left(left, _) => write!(f, "{} left", Span(*left)),
            Self::Renews(ago) => write!(f, "old ({}), renews", Span(*ago)),
            Self::Expired(ago) => write!(f, "expired {} ago", Span(*ago)),
            Self::NoExpiry => f.write_str("no expiry"),
            Self::Kept(0 | 1) => Ok(()),
            Self::Kept(apps) => write!(f, "shared by {apps} apps"),
        }
    }
}

impl Stand {
    fn role(&self) -> Role {
        match self {
            Self::Left(_, role) => *role,
            Self::Renews(_) | Self::Expired(_) | Self::Kept(_) => Role::Dim,
            Self::NoExpiry => Role::Warn,
        }
    }

    /// In a column of its own, in which times end at the same place.
    fn cell(&self) -> String {
        match self {
            Self::Left(..) => format!("{:>8}", self.to_string()),
            Self::Renews(_) | Self::Expired(_) | Self::NoExpiry | Self::Kept(_) => self.to_string(),
        }
    }
}

impl<'a> Facts<'a> {
    pub(super) fn of(roster: &'a Roster, now: UnixSeconds) -> Self {
        Self { roster, now, families: families(roster), targets: QuickMap::default() }
    }

    /// The columns for `row`; `None` for what the list leaves out.
    pub(super) fn token(&mut self, row: &'a Row) -> Option<Token<'a>> {
        let fingerprint = row.fingerprint;
        match row.section {
            Section::AccessToken => {
                let (name, scopes) = self.target(row);
                let tenant = self.roster.tenant_name(row);
                Some(Token { name, tenant, stand: self.stand(row), scopes, fingerprint })
            }
            Section::RefreshToken => {
                let (tenant, apps) = self.family(row);
                let (name, scopes) = ("refresh token".into(), "".into());
                Some(Token { name, tenant, stand: Stand::Kept(apps), scopes, fingerprint })
            }
            Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => None,
        }
    }

    /// The name of an access token, and how many scopes it has.
    fn target(&mut self, row: &'a Row) -> (Arc<str>, Arc<str>) {
        let told = || {
            let scopes = match row.scope_count() {
                1 => "1 scope".into(),
                many => format!("{many} scopes").into(),
            };
            (row.resource_name().map(Arc::from), scopes)
        };
        let addresses =
            [&row.target, &row.environment].map(|text| text.as_ref().map_or(0, |text| text.as_ptr().addr()));
        let (resource, scopes) = self.targets.entry(addresses).or_insert_with(told).clone();
        (resource.unwrap_or_else(|| row.title().into()), scopes)
    }

    fn stand(&self, row: &Row) -> Stand {
        let left = row.expires_on.map_or(0, |expires_on| expires_on.since(self.now));
        match row.state(self.now) {
            State::Live => Stand::Left(left, Role::Plain),
            State::Expiring => Stand::Left(left, Role::Warn),
            State::Expired if row.renews(self.roster, self.now) => Stand::Renews(left),
            State::Expired => Stand::Expired(left),
            State::None => Stand::NoExpiry,
        }
    }

    /// What a refresh token is good for: its family and how many apps of this cache are in it, or its app.
    fn family(&self, row: &'a Row) -> (Cow<'a, str>, usize) {
        match row.family_id.as_deref() {
            None => (row.client_name().into(), 0),
            Some(family) => (format!("family {family}").into(), self.families.get(family).copied().unwrap_or(0)),
        }
    }
}

impl Token<'_> {
    fn line(self) -> Line {
        let (role, stand) = (self.stand.role(), self.stand.cell());
        let mut line = Line(Vec::with_capacity(5)).with_safe(Role::Plain, format!("    {}", cell(&self.name, 24)));
        // Nothing behind the tenant's column: let it run on.
        let wide = if stand.is_empty() { 37 } else { 12 };
        line = line.with_safe(Role::Dim, cell(&self.tenant, wide));
        line = match stand.len() {
            0 => line,
            1..14 => line.with_safe(role, padded(&stand, 14)).with_safe(Role::Dim, padded(&self.scopes, 11)),
            // "old (3d), renews": how many scopes it once had matters less.
            _ => line.with_safe(role, padded(&stand, 25)),
        };
        line.with_safe(Role::Secret, self.fingerprint.map(|digits| digits.to_string()).unwrap_or_default())
    }
}

/// The number of apps of each family, by metadata and by refresh tokens.
fn families(roster: &Roster) -> HashMap<&str, usize> {
    let mut apps: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in roster.rows.iter().filter(|row| matches!(row.section, Section::AppMetadata | Section::RefreshToken)) {
        if let (Some(family), Some(client)) = (row.family_id.as_deref(), row.client_id.as_deref()) {
            apps.entry(family).or_default().insert(client);
        }
    }
    apps.into_iter().map(|(family, clients)| (family, clients.len())).collect()
}

/// A section that MSAL does not know: counted, never judged.
fn stranger(section: &Stranger) -> Line {
    let entries = match section.entries {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    };
    let name = &section.name;
    Line::new().with(Role::Dim, &format!("  {entries} in section \"{name}\", which MSAL does not know; kept"))
}
