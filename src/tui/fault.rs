//! Faults on purpose, for the tests of how the terminal is given back: a key press panics in a part of the program that
//! `SALTCELLAR_FAULT` names. Not there without debug assertions: no release has it.

/// Where to panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(debug_assertions), expect(dead_code, reason = "nothing can be asked for"))]
pub(super) enum Fault {
    /// While a frame is painted.
    View,
    /// While a message is decided on.
    Update,
    /// On the thread of a worker.
    Worker,
}

impl Fault {
    /// What `word`, the variable's value, asks for.
    #[cfg(debug_assertions)]
    pub(super) fn wanted(word: Option<&str>) -> Option<Self> {
        match word? {
            "view" => Some(Self::View),
            "update" => Some(Self::Update),
            "worker" => Some(Self::Worker),
            _ => None,
        }
    }

    /// Nothing can be asked for.
    #[cfg(not(debug_assertions))]
    pub(super) fn wanted(_word: Option<&str>) -> Option<Self> {
        None
    }

    /// Panics.
    pub(super) fn strike(self) -> ! {
        panic!("asked for, in the {self:?}")
    }
}
