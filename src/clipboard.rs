//! The clipboard of both faces: the system's own, or OSC 52 through the terminal over SSH and where there is no display.
//! Refuses to clear what is not ours, to read the environment, and to write to a terminal it was not given.
//!
//! A room of its own because `cli` and `tui` may not import one another and must not differ here.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secret::{Deed, Forbidden, Hash, Law, Masked, SecretText};

/// The longest OSC 52 sequence, in base64 characters, that common terminals take whole.
pub const OSC52_LIMIT: usize = 74_994;

/// The way a text took to a clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The system's clipboard: it can be cleared again.
    Native,
    /// A terminal sequence: whether it arrived is not known, and it cannot be cleared.
    Osc52 {
        /// It went through tmux, which must allow it (`set -g set-clipboard on`).
        tmux: bool,
    },
}

/// Whether a text must stay out of clipboard histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// A token or another secret: clipboard managers are asked to forget it, and it is cleared.
    Secret,
    /// An id, a claim, redacted JSON: ordinary text, which stays.
    Public,
}

/// Which clipboard the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preferred {
    /// The system's where there is one on this side, else the terminal's.
    #[default]
    Auto,
    /// The system's, or none.
    Native,
    /// The terminal's (OSC 52).
    Osc52,
}

impl Preferred {
    /// The one that settings call `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "native" => Self::Native,
            "osc52" => Self::Osc52,
            _ => Self::Auto,
        }
    }
}

/// What the environment says of displays and terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The session came over SSH: the clipboard that matters is at the other end.
    pub ssh: bool,
    /// tmux stands between us and the terminal.
    pub tmux: bool,
    /// There is a display whose clipboard we could use.
    pub display: bool,
}

impl Surroundings {
    /// Asks `is_set` for the environment variables that matter; the face owns the environment.
    #[must_use]
    pub fn read(is_set: &dyn Fn(&str) -> bool) -> Self {
        let any = |names: &[&str]| names.iter().any(|name| is_set(name));
        Self {
            ssh: any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]),
            tmux: any(&["TMUX"]),
            display: cfg!(any(windows, target_os = "macos")) || any(&["WAYLAND_DISPLAY", "DISPLAY"]),
        }
    }
}

/// Why a text could not be copied, or a copy not be cleared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClipboardError {
    /// The law of this machine lets nobody.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The terminal could not be written to.
    #[error("cannot hand the text to the terminal")]
    Terminal(#[source] io::Error),
    /// Only the system's clipboard is wanted, and it took nothing.
    #[error("the system's clipboard cannot be used, and the settings want no other")]
    NoNative,
    /// Terminals would cut the sequence.
    #[error("{0} bytes are too long for a terminal's clipboard sequence")]
    TooLong(usize),
    /// The system's clipboard could not be cleared.
    #[error("cannot clear the clipboard: {0}")]
    Clear(String),
}

/// One clipboard for the app's whole life: on X11 and Wayland what was copied dies with it.
/// Dropping it clears a secret that is still there.
pub struct Clipboard {
    surroundings: Surroundings,
    preferred: Preferred,
    native: Option<arboard::Clipboard>,
    ours: Option<Hash>,
    law: Law,
}

impl Clipboard {
    /// A clipboard that opens nothing before the first copy.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        Self { surroundings, preferred: Preferred::Auto, native: None, ours: None, law: Law::default() }
    }

    /// The same, for who wants one clipboard and no other.
    #[must_use]
    pub fn preferring(mut self, preferred: Preferred) -> Self {
        self.preferred = preferred;
        self
    }

    /// The same, under the law of this machine.
    #[must_use]
    pub fn under(mut self, law: Law) -> Self {
        self.law = law;
        self
    }

    /// Copies `text`. For the OSC 52 route its sequence is written to `terminal`, which no other route touches.
    ///
    /// # Errors
    /// Neither the system's clipboard nor the terminal took it.
    pub fn copy(
        &mut self,
        text: &SecretText,
        secrecy: Secrecy,
        terminal: &mut dyn Write,
    ) -> Result<Route, ClipboardError> {
        self.ours = None;
        if self.copy_natively(text, secrecy).is_some() {
            self.ours = (secrecy == Secrecy::Secret).then(|| Hash::of(text.reveal().as_bytes()));
            return Ok(Route::Native);
        }
        if self.preferred == Preferred::Native {
            return Err(ClipboardError::NoNative);
        }
        let sequence = osc52(text, self.surroundings).ok_or(ClipboardError::TooLong(text.len()))?;
        terminal.write_all(&sequence).and_then(|()| terminal.flush()).map_err(ClipboardError::Terminal)?;
        Ok(Route::Osc52 { tmux: self.surroundings.tmux })
    }

    /// Copies a secret of a cache without showing it to the caller.
    ///
    /// # Errors
    /// As [`Clipboard::copy`].
    pub fn copy_secret(&mut self, secret: Masked<'_>, terminal: &mut dyn Write) -> Result<Route, ClipboardError> {
        self.law.allow(Deed::Copy)?;
        self.copy(&secret.into_secret(), Secrecy::Secret, terminal)
    }

    /// Copies a secret behind the words of an HTTP header: `Authorization: Bearer …`.
    ///
    /// # Errors
    /// As [`Clipboard::copy`].
    pub fn copy_header(
        &mut self,
        scheme: &str,
        secret: Masked<'_>,
        terminal: &mut dyn Write,
    ) -> Result<Route, ClipboardError> {
        self.law.allow(Deed::Copy)?;
        let secret = secret.into_secret();
        // Room for all of it at once: a text that grows leaves copies behind unwiped.
        let mut text = String::with_capacity("Authorization:  ".len() + scheme.len() + secret.len());
        for part in ["Authorization: ", scheme, " ", secret.reveal()] {
            text.push_str(part);
        }
        self.copy(&SecretText::new(text), Secrecy::Secret, terminal)
    }

    /// Whether a secret of ours may still be there.
    #[must_use]
    pub fn holds_secret(&self) -> bool {
        self.ours.is_some()
    }

    /// Clears the clipboard if it still holds the secret we put there; `false` if it holds something else by now.
    ///
    /// # Errors
    /// It is ours and cannot be cleared.
    pub fn clear_if_ours(&mut self) -> Result<bool, ClipboardError> {
        let (Some(ours), Some(native)) = (self.ours, self.native.as_mut()) else { return Ok(false) };
        let still_ours = match native.get_text().map(SecretText::new) {
            Ok(text) => Hash::of(text.reveal().as_bytes()) == ours,
            Err(arboard::Error::ContentNotAvailable) => false,
            Err(error) => return Err(ClipboardError::Clear(error.to_string())),
        };
        if still_ours {
            native.clear().map_err(|error| ClipboardError::Clear(error.to_string()))?;
        }
        self.ours = None;
        Ok(still_ours)
    }

    /// `None` where the other end's clipboard is meant, or there is none here: then the terminal is asked.
    fn copy_natively(&mut self, text: &SecretText, secrecy: Secrecy) -> Option<()> {
        let is_here = !self.surroundings.ssh && self.surroundings.display;
        match self.preferred {
            Preferred::Osc52 => return None,
            Preferred::Auto if !is_here => return None,
            Preferred::Auto | Preferred::Native => {}
        }
        if self.native.is_none() {
            self.native = arboard::Clipboard::new().ok();
        }
        let set = self.native.as_mut()?.set();
        let set = match secrecy {
            Secrecy::Secret => kept_out_of_histories(set),
            Secrecy::Public => set,
        };
        set.text(text.reveal()).ok()
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        // A drop has nobody to tell: on X11 and Wayland the text dies with us anyway.
        _ = self.clear_if_ours();
    }
}

impl std::fmt::Debug for Clipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clipboard").field("surroundings", &self.surroundings).finish_non_exhaustive()
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn kept_out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtLinux;
    set.exclude_from_history()
}

#[cfg(target_os = "macos")]
fn kept_out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple;
    set.exclude_from_history()
}

#[cfg(windows)]
fn kept_out_of_histories(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows;
    set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history()
}

/// The sequence that asks a terminal to take `text`; `None` if terminals would cut it.
fn osc52(text: &SecretText, surroundings: Surroundings) -> Option<Zeroizing<Vec<u8>>> {
    let coded = Zeroizing::new(STANDARD.encode(text.reveal()));
    if coded.len() > OSC52_LIMIT {
        return None;
    }
    // Room for both forms: a buffer that grows would leave copies behind unwiped.
    let mut sequence = Zeroizing::new(Vec::with_capacity(2 * coded.len() + 64));
    sequence.extend_from_slice(b"\x1b]52;c;");
    sequence.extend_from_slice(coded.as_bytes());
    sequence.extend_from_slice(b"\x07");
    if surroundings.tmux {
        // tmux takes the plain form under `set-clipboard on` and the wrapped one under
        // `allow-passthrough on`, and drops the other in silence: so it gets both.
        sequence.extend_from_slice(b"\x1bPtmux;\x1b\x1b]52;c;");
        sequence.extend_from_slice(coded.as_bytes());
        sequence.extend_from_slice(b"\x07\x1b\\");
    }
    Some(sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_ssh(tmux: bool) -> Clipboard {
        Clipboard::new(Surroundings { ssh: true, tmux, display: true })
    }

    #[test]
    fn over_ssh_the_terminal_is_asked_by_osc_52() {
        let mut terminal = Vec::new();

        let route = over_ssh(false).copy(&SecretText::new("hi".to_owned()), Secrecy::Secret, &mut terminal);

        assert_eq!(route.ok(), Some(Route::Osc52 { tmux: false }));
        assert_eq!(terminal, b"\x1b]52;c;aGk=\x07");
    }

    #[test]
    fn tmux_gets_the_plain_and_the_wrapped_form() {
        let mut terminal = Vec::new();

        let route = over_ssh(true).copy_secret(Masked::new("hi".into()), &mut terminal);

        assert_eq!(route.ok(), Some(Route::Osc52 { tmux: true }));
        assert_eq!(terminal, b"\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\");
    }

    #[test]
    fn a_header_names_its_scheme_before_the_token() {
        let mut terminal = Vec::new();

        let route = over_ssh(false).copy_header("Bearer", Masked::new("hi".into()), &mut terminal);

        assert!(route.is_ok());
        assert_eq!(terminal, format!("\x1b]52;c;{}\x07", STANDARD.encode("Authorization: Bearer hi")).as_bytes());
    }

    #[test]
    fn what_terminals_would_cut_is_refused() {
        let text = SecretText::new("x".repeat(OSC52_LIMIT));
        let mut terminal = Vec::new();

        let refused = over_ssh(false).copy(&text, Secrecy::Public, &mut terminal);

        assert!(matches!(refused, Err(ClipboardError::TooLong(OSC52_LIMIT))));
        assert!(terminal.is_empty());
    }

    #[test]
    fn what_went_through_a_terminal_is_not_claimed_as_ours() {
        let mut clipboard = over_ssh(false);

        clipboard.copy(&SecretText::new("hi".to_owned()), Secrecy::Secret, &mut Vec::new()).expect("a Vec takes it");

        assert!(!clipboard.holds_secret());
        assert!(matches!(clipboard.clear_if_ours(), Ok(false)));
    }

    #[test]
    fn surroundings_are_read_from_what_is_set() {
        let remote = Surroundings::read(&|name| name == "SSH_TTY" || name == "TMUX");

        assert!(remote.ssh && remote.tmux);
        assert!(Surroundings::read(&|name| name == "DISPLAY").display);
    }
}
