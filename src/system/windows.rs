//! Windows. A new file inherits the access list of its folder, which in a user's profile lets in that user, the system
//! and administrators: nothing here narrows it further, and there is no umask to set.

pub(super) mod files;
pub(super) mod process;
pub(super) mod signals;
pub(super) mod terminal;
pub(super) mod users;
