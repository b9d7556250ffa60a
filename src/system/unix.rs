//! Linux, macOS and the BSDs. What only Linux has stands behind `cfg` here and in `lock`.

pub(super) mod files;
pub(super) mod process;
pub(super) mod signals;
pub(super) mod terminal;
pub(super) mod users;
