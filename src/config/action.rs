//! An action as settings know it: a name, words, and the keys that each preset gives it. The face that has the
//! actions lists them; what they do is none of this room's business.

/// Something that keys can be chosen for.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name in settings.
    pub id: &'static str,
    /// What it does, in words.
    pub words: &'static str,
    /// The heading that it stands under.
    pub heading: &'static str,
    /// Where it counts, in words.
    pub place: &'static str,
    /// Its keys in the preset `vim-lite`; a sequence has spaces between its keys.
    pub keys: Vec<&'static str>,
    /// Its keys in the preset `plain`.
    pub plain: Vec<&'static str>,
    /// The screens on which it counts: two actions that share one must not share a key.
    pub screens: Vec<&'static str>,
    /// Whether it is a way out: what ctrl-c and esc may be given to.
    pub leads: Leads,
}

/// What a key that works everywhere may be given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// It leads back: esc may be its key.
    Back,
    /// It leads out of the program: ctrl-c may be its key.
    Out,
    /// Neither.
    On,
}

impl Action {
    /// Its keys in the preset called `preset`.
    #[must_use]
    pub fn keys_in(&self, preset: &str) -> &[&'static str] {
        if preset == "plain" { &self.plain } else { &self.keys }
    }

    /// Whether a screen has both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.screens.iter().any(|screen| other.screens.contains(screen))
    }
}
