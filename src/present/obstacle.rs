//! What to do about an obstacle, in words. One sentence each, without a period; never tells to write in place or to go
//! without a lock.

use super::words::quoted;
use crate::source::Obstacle;

/// What a person can do about `obstacle`.
#[must_use]
pub fn advice(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::OtherUser { owner, us, .. } => other_user(owner.id, owner.name.as_deref(), us.id),
        Obstacle::Mode(_) => "give its owner the right to read it: chmod u+rw FILE".to_owned(),
        Obstacle::ClosedFolder(folder) => {
            let owner = folder.owner.name.clone().unwrap_or_else(|| folder.owner.to_string());
            format!("run it as {owner}, or let {owner} open the folder: chmod +x {}", quoted(&folder.path.display().to_string()))
        }
        Obstacle::LockedFolder(folder) => format!(
            "a change needs a lock and a new file beside the cache: run it as {}, or make the folder writable",
            folder.owner
        ),
        Obstacle::Symlink(Some(to)) => {
            format!("name the file itself, {}, or let --follow-symlink open and write it", quoted(&to.display().to_string()))
        }
        Obstacle::Symlink(None) => "--follow-symlink opens what a symbolic link leads to".to_owned(),
        Obstacle::HardLink => {
            "a change would part its names: give it one name, such as cp FILE NEW && mv NEW FILE".to_owned()
        }
        Obstacle::Folder => "name a file in it; list and status take a whole folder".to_owned(),
        Obstacle::NotAFile => "only a regular file can be a cache; a pipe is read as - or <(…)".to_owned(),
        Obstacle::ReadOnlyMount(_) => {
            "reading works; to change it, mount it writable (a container: without :ro), or change it outside".to_owned()
        }
        Obstacle::BindMount => {
            "reading works; to change it, mount its folder instead of the file (docker run -v ~/.azure:/root/.azure), or \
             change it outside the container; it is never written in place, where a reader could find half of it"
                .to_owned()
        }
        Obstacle::Fixed(fixed) => format!("an administrator fixed it; this lifts that: {}", fixed.lifted_by()),
        Obstacle::DiskFull(_) => "make room there and run it again; the old file stands as it was".to_owned(),
        Obstacle::NoLocks(_) => "without a lock an app could write at the same moment: change it on the machine where the \
                                 file lies, or mount it with locks (NFS: without nolock)"
            .to_owned(),
    }
}

/// Run as the owner: from root by `sudo -u`, in a container by its `--user`.
fn other_user(owner: u32, name: Option<&str>, us: u32) -> String {
    match (name, us) {
        (Some(name), 0) => format!("run it as {name}: sudo -u {} saltcellar …", quoted(name)),
        (Some(name), _) => format!("run it as {name}, or in a container start it with --user {owner}"),
        (None, _) => format!("nobody here is called uid {owner}: in a container start it with --user {owner}"),
    }
}
