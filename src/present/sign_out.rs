//! What a sign-out leaves at work, in words. Promises nothing that a local change cannot do.

use super::change::{counted, listed};
use super::when;
use super::words::{Line, Role};
use crate::ops::Left;
use crate::time::UnixSeconds;

/// The sentences on what works afterwards and what nobody revoked.
#[must_use]
pub fn left(left: &Left, now: UnixSeconds) -> Vec<Line> {
    let warn = |says: &str| Line::new().with(Role::Warn, says);
    let mut lines = vec![Line::new().with(Role::Strong, "What this does not do")];
    lines.push(access_tokens(left, now));
    if left.refresh_tokens > 0 {
        let tokens = counted(left.refresh_tokens, "refresh token that goes", "refresh tokens that go");
        lines.push(warn(&format!("Nothing is revoked: the {tokens} stay good at Entra ID for whoever has a copy.")));
    } else {
        lines.push(warn("Nothing is revoked: tokens on other machines and in copies stay good at Entra ID."));
    }
    let revoke =
        "To revoke: \"Sign out everywhere\" at myaccount.microsoft.com, or revokeSignInSessions of Microsoft Graph.";
    lines.push(Line::new().with(Role::Dim, revoke));
    lines.push(
        Line::new().with(Role::Dim, "The browser keeps its own session: the next sign-in may ask for no password."),
    );
    if left.broker {
        lines
            .push(warn("A broker (WAM, Company Portal) keeps tokens of its own for this account: sign out there too."));
    }
    lines.push(Line::new().with(Role::Dim, "Open apps keep what they hold in memory until they reload."));
    if !left.put_back_by.is_empty() {
        let apps: Vec<String> = left.put_back_by.iter().map(ToString::to_string).collect();
        lines.push(warn(&format!("{} apps put deleted entries back until restarted.", listed(&apps))));
    }
    lines
}

fn access_tokens(left: &Left, now: UnixSeconds) -> Line {
    let Some(until) = left.until.filter(|_| left.access_tokens > 0) else {
        return Line::new().with(Role::Dim, "No access token that goes is still valid.");
    };
    let tokens = counted(left.access_tokens, "access token that goes works", "access tokens that go work");
    let last = format!("{} ({})", when::utc(until), when::relative(until, now));
    Line::new().with(Role::Warn, &format!("{tokens} wherever a copy is, until {last} at the latest."))
}

/// "azureProfile.json still names the account; the app's own command for both: az logout --username …".
#[must_use]
pub fn sibling(file: &str, command: Option<&str>) -> Line {
    let line = Line::new().with(Role::Warn, &format!("{file} still names the account"));
    match command {
        Some(command) => line.with(Role::Warn, &format!("; the app's own command for both: {command}")),
        None => line,
    }
}

/// "~/.azure/msal_token_cache.json.bak looks like a copy of this cache and stays as it is."
#[must_use]
pub fn copy(file: &str) -> Line {
    Line::new().with(Role::Warn, &format!("{file} looks like a copy of this cache, and stays as it is."))
}

/// "Not looked into: azure-identity  ~/.IdentityService/msal.cache  sealed by DPAPI".
#[must_use]
pub fn not_looked_into(app: &str, place: &str, state: &str) -> Line {
    Line::new()
        .with(Role::Warn, "Not looked into: ")
        .with(Role::Plain, &format!("{app}  {place}  "))
        .with(Role::Dim, state)
}

/// "ada@contoso.com is the name of 2 accounts, and all of them go: …".
#[must_use]
pub fn several(name: &str, ids: &[String]) -> Line {
    let says = format!("{name} is the name of {} accounts, and all of them go: {}.", ids.len(), listed(ids));
    let line = Line::new().with(Role::Warn, &says);
    line.with(Role::Plain, " Name one by its home_account_id to take that one alone.")
}
