//! What may stand over the browser: plans, questions, help, lists. State alone; `update/dialog.rs`
//! moves it, `view/dialog.rs` draws it.

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::draft::Request;
use super::input::Input;
use super::model::CacheId;
use super::page::Fix;
use super::palette::Palette;
use super::prune::{Menu, Rule};
use super::purge::{Doomed, How};
use super::sources::Sources;
use super::whole_diff::WholeDiff;
use crate::json::{Document, Layout, Patch, Path};
use crate::ops::Severity;
use crate::present::Line;
use crate::source::Turn;
use crate::time::UnixSeconds;

/// Something over the browser that gets the keys.
pub enum Dialog {
    /// A change that awaits its yes.
    Plan(Box<PlanDialog>),
    /// Rules by which to prune.
    Prune(Box<Menu>),
    /// A copy of entries to a file.
    Export(Box<ExportDialog>),
    /// A question before a refresh token is copied or shown.
    Ask(Ask),
    /// All actions, found by letters.
    Palette(Palette),
    /// All keys.
    Help(HelpDialog),
    /// The opened caches and the places that could be.
    Sources(Box<Sources>),
    /// The question for a server's password.
    Password(PasswordDialog),
}

/// The question for a server's password.
pub struct PasswordDialog {
    /// Which server, as a place names it; not safe yet.
    pub server: String,
    /// What was typed; shown nowhere, wiped when the question goes.
    pub typed: Zeroizing<String>,
}

/// How a plan is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line at the foot.
    Foot,
    /// A box; `W` writes.
    Plain,
    /// A box; a name must be typed first.
    Typed,
}

/// A change that awaits its yes.
pub struct PlanDialog {
    /// The change.
    pub plan: Plan,
    /// How it is asked about.
    pub form: Form,
    /// The button or field with the focus: at first the harmless one.
    pub focus: PlanFocus,
    /// What of the plan is read.
    pub page: PlanPage,
    /// Since when, after the start, a worker makes the whole difference, if one does.
    pub differing: Option<Duration>,
    /// The first line shown.
    pub scroll: usize,
    /// The name typed so far.
    pub typed: Input,
    /// Where the plan is saved to, while that is asked.
    pub save: Option<Input>,
    /// What to say above the plan, such as that the cache changed meanwhile.
    pub note: Option<&'static str>,
}

impl PlanDialog {
    /// Whether the plan needs no name, or one of its names was typed.
    #[must_use]
    pub fn may_write(&self) -> bool {
        match &self.plan.severity {
            Severity::Mild | Severity::Moderate => true,
            Severity::Severe { names } => {
                let typed = self.typed.text().trim();
                names.iter().any(|name| name.eq_ignore_ascii_case(typed))
            }
        }
    }
}

/// What of a plan is read.
pub enum PlanPage {
    /// The whole of it in short.
    Sum,
    /// The difference of the texts, redacted, to its end.
    Diff(Vec<Line>),
}

/// What has the focus in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanFocus {
    /// The field for the name.
    Name,
    /// Whether an undo is kept.
    Keep,
    /// The button that does nothing.
    Cancel,
    /// The button that writes.
    Write,
    /// The button that shows the whole difference.
    Diff,
    /// The button that saves the plan as a text.
    Save,
    /// The path that it is saved to.
    Path,
    /// The button that saves it there.
    Put,
}

/// Whether an undo of a change is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// For an hour, with the old tokens in it.
    Undo,
    /// None, unless the user asks: it would hold what is to go.
    Nothing,
    /// None: there is no place for it.
    Nowhere,
}

/// A change, planned on one state of one cache, and in words.
pub struct Plan {
    /// Which cache.
    pub cache: CacheId,
    /// What the user asked for, to plan again when the cache changes.
    pub intent: Intent,
    /// The change itself.
    pub proposal: Proposal,
    /// The state it was planned on.
    pub shown: Document,
    /// Where the cache lies, as it is shown.
    pub place: String,
    /// When its file last changed, if that is known.
    pub modified: Option<UnixSeconds>,
    /// Whether an undo is kept.
    pub keeps: Keeps,
    /// The head of the dialog.
    pub title: String,
    /// One line a change.
    pub changes: Vec<Line>,
    /// The redacted difference of the texts.
    pub diff: Vec<Line>,
    /// What it means.
    pub effect: Vec<Line>,
    /// How much confirmation it needs.
    pub severity: Severity,
}

impl Plan {
    /// What its whole difference is made of, if it has one.
    #[must_use]
    pub fn whole(&self) -> Option<WholeDiff> {
        match &self.proposal {
            Proposal::Patch(patch) => Some(WholeDiff { shown: self.shown.clone(), patch: Arc::clone(patch) }),
            Proposal::Undo(_) | Proposal::Purge(..) => None,
        }
    }

    /// Whether it is the user's choice that an undo is kept.
    #[must_use]
    pub fn offers_undo(&self) -> bool {
        matches!(self.intent, Intent::Forget(_)) && self.keeps != Keeps::Nowhere
    }
}

/// What is to be written.
#[derive(Clone)]
pub enum Proposal {
    /// These changes.
    Patch(Arc<Patch>),
    /// The state before our last write: a change is taken back or, if that was an undo, made again.
    Undo(Turn),
    /// These users are taken out of a list.
    Purge(How, Vec<Doomed>),
}

impl Proposal {
    /// The word on the button that writes.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Patch(_) => "Write",
            Self::Undo(Turn::Undo) => "Undo",
            Self::Undo(Turn::Redo) => "Redo",
            Self::Purge(How::Entries, _) => "Purge",
            Self::Purge(How::Keys, _) => "Remove",
        }
    }
}

/// What the user asked for, in terms that outlive a reload.
#[derive(Clone)]
pub enum Intent {
    /// These entries go.
    Prune(Vec<Path>),
    /// What a rule takes goes.
    PruneBy(Rule),
    /// Everything of the account with this home account id goes.
    Forget(String),
    /// These access tokens go, where a refresh token stays.
    Renew(Vec<Path>),
    /// What a finding proposes is done.
    Mend(Arc<Fix>),
    /// The last write is taken back, in this way.
    Undo(Turn),
    /// Users go.
    Purge(How),
}

/// A plan that a worker makes.
pub struct Planning {
    /// For which cache.
    pub cache: CacheId,
    /// What was asked for.
    pub request: Request,
    /// Why.
    pub occasion: Occasion,
    /// Since when, after the start.
    pub since: Duration,
}

/// Why a plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A key asked for it.
    Asked,
    /// The cache changed while the plan before was asked about.
    Changed,
    /// The write of the plan before was crossed by another process.
    Crossed,
}

/// A write under way.
#[derive(Clone)]
pub struct Job {
    /// What is being done, for the foot.
    pub says: String,
    /// When it began, after the start.
    pub since: Duration,
    /// Who holds the lock it waits for; safe already.
    pub holder: Option<String>,
    /// What the user asked for, to ask again if another process crossed it.
    pub intent: Intent,
}

/// A copy of entries to a file.
pub struct ExportDialog {
    /// Which cache.
    pub cache: CacheId,
    /// The rows of its current reading.
    pub rows: Vec<usize>,
    /// Which rows these are, in words.
    pub says: String,
    /// The file's path.
    pub path: Input,
    /// How the text is laid out.
    pub layout: Layout,
    /// Whether tokens are carried along.
    pub secrets: ExportSecrets,
    /// Any of these must be typed before refresh tokens go out: whose sign-ins they are.
    pub names: Vec<String>,
    /// The name typed so far.
    pub typed: Input,
    /// How the copy begins, redacted whatever it carries; safe already.
    pub preview: Vec<String>,
    /// What has the focus.
    pub focus: ExportFocus,
    /// Why the last try failed.
    pub error: Option<String>,
}

impl ExportDialog {
    /// Whether no refresh token goes out, or one of the names was typed.
    #[must_use]
    pub fn may_write(&self) -> bool {
        match self.secrets {
            ExportSecrets::Redacted | ExportSecrets::WithAccessTokens => true,
            ExportSecrets::All => {
                let typed = self.typed.text().trim().to_lowercase();
                self.names.iter().any(|name| name.to_lowercase() == typed)
            }
        }
    }
}

/// What an export from the TUI may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportSecrets {
    /// No secret.
    Redacted,
    /// Access and id tokens.
    WithAccessTokens,
    /// Refresh tokens too: whoever has the file can sign in.
    All,
}

/// What has the focus in the export dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFocus {
    /// The path.
    Path,
    /// The choice of a layout.
    Layout,
    /// The choice of secrets.
    Secrets,
    /// The field for the name.
    Name,
    /// The button that does nothing.
    Cancel,
    /// The button that writes.
    Write,
}

/// A question before a refresh token is copied or shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Copy the token itself, or in a header.
    Copy(CopyKind),
    /// Show it.
    Reveal,
}

/// What of an entry is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CopyKind {
    /// The token.
    Secret,
    /// "name: value" of the claim under the cursor.
    Claim,
    /// The value of the claim under the cursor.
    Value,
    /// The entry as redacted JSON.
    Json,
    /// Its home account id, else its client id.
    Id,
    /// Its scopes.
    Scopes,
    /// "Authorization: Bearer …".
    Header,
}

impl CopyKind {
    /// What is copied, for a toast.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "token",
            Self::Claim => "claim",
            Self::Value => "value",
            Self::Json => "redacted JSON",
            Self::Id => "id",
            Self::Scopes => "scopes",
            Self::Header => "Authorization header",
        }
    }

    /// Whether the copy holds a secret.
    #[must_use]
    pub fn is_secret(self) -> bool {
        match self {
            Self::Secret | Self::Header => true,
            Self::Claim | Self::Value | Self::Json | Self::Id | Self::Scopes => false,
        }
    }
}

/// All keys, searchable.
#[derive(Clone, Debug, Default)]
pub struct HelpDialog {
    /// The words looked for.
    pub filter: Input,
    /// Whether they are being typed.
    pub typing: Option<Typing>,
    /// The binding under the cursor, counted among those shown.
    pub cursor: usize,
}

/// A field has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing;
