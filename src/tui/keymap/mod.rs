//! What a key means on a screen: one table feeds routing, the foot and help. Knows what a key
//! means, not what the meaning does.

mod binding;
mod name;
mod table;

pub use binding::{Binding, Group, Scope};
pub use name::name;
pub use table::BINDINGS;

/// Which of the screens has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A cache is shown.
    Browser,
    /// An answer is read.
    Reader,
    /// None is.
    Start,
}

/// The bindings that count on `ground`.
pub fn on(ground: Ground) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| match binding.scope {
        Scope::Everywhere => true,
        Scope::Home => ground != Ground::Reader,
        Scope::Cache => ground != Ground::Start,
        Scope::Browser | Scope::Pane(_) => ground == Ground::Browser,
        Scope::Reader => ground == Ground::Reader,
        Scope::Start => ground == Ground::Start,
    })
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// This.
    Full(&'static Binding),
    /// The start of a sequence.
    Part,
    /// Nothing.
    Nothing,
}

/// Looks `keys` up on `ground`.
#[must_use]
pub fn meaning(ground: Ground, keys: &[String]) -> Meaning {
    let typed = keys.join(" ");
    let prefix = format!("{typed} ");
    let mut part = Meaning::Nothing;
    for binding in on(ground) {
        if binding.keys.contains(&typed.as_str()) {
            return Meaning::Full(binding);
        }
        if binding.keys.iter().any(|key| key.starts_with(&prefix)) {
            part = Meaning::Part;
        }
    }
    part
}

#[cfg(test)]
mod tests;
