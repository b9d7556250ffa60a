//! An administrator's policy that others than root can change: who, and the commands that end it. Changes nothing.

use serde::Serialize;

use super::session::Session;
use crate::present::{Line, Role};
use crate::text::Safe;

/// What the doctor says of it, in JSON too.
#[derive(Serialize)]
pub(super) struct Lax {
    path: String,
    says: String,
    run: Vec<String>,
}

impl Lax {
    /// What is wrong with the policy of this machine; `None` if root alone can change it, or there is none.
    pub(super) fn of(session: &Session) -> Option<Self> {
        let policy = &session.config().policy;
        let (path, who) = policy.path.as_ref().zip(policy.open_to.as_ref())?;
        let quoted = |path: &std::path::Path| crate::present::words::quoted(&path.display().to_string());
        let both =
            [Some(path.as_path()), path.parent()].into_iter().flatten().map(quoted).collect::<Vec<_>>().join(" ");
        let run = vec![format!("sudo chown root {both}"), format!("sudo chmod go-w {both}")];
        let says = format!("the policy can be changed, and so lifted, by {who}");
        Some(Self { path: path.display().to_string(), says, run })
    }

    /// The same in words.
    pub(super) fn lines(&self) -> Vec<Line> {
        let path = Safe::new(&self.path).to_string();
        let mut lines = vec![Line::new().with(Role::Strong, &path)];
        lines.push(Line::new().with(Role::Bad, "error    ").with(Role::Plain, &Safe::new(&self.says).to_string()));
        lines.extend(self.run.iter().map(|run| Line::new().with(Role::Label, "  run: ").with(Role::Plain, run)));
        lines.push(Line::new());
        lines
    }
}
