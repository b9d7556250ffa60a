//! The terminal of Unix, asked for a word that it does not show.

use std::io;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use zeroize::Zeroizing;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];
const CTRL_U: u8 = 21;
/// Longer than what anybody types.
const LONGEST: usize = 1 << 12;

/// Reads a line at the terminal of standard input, which shows none of it; `None`: there was none. Calls `ask` when
/// nothing is shown any more: what answers at once, such as `expect`, would be shown, and lost. Ctrl-c is taken as usual,
/// but only when the terminal shows what is typed again.
///
/// # Errors
/// Those of the system and of `ask`; standard input is no terminal.
pub fn read_unechoed(ask: impl FnOnce() -> io::Result<()>) -> io::Result<Option<Zeroizing<String>>> {
    let terminal = rustix::stdio::stdin();
    let hidden = Hidden::new(terminal)?;
    let typed = ask().and_then(|()| typed(terminal));
    drop(hidden);
    match typed? {
        Typed::Line(line) => Ok(std::str::from_utf8(&line).ok().map(|line| Zeroizing::new(line.to_owned()))),
        Typed::Nothing => Ok(None),
        Typed::Interrupt => signal_hook::low_level::raise(SIGINT).map(|()| None),
    }
}

/// Waits until the terminal of standard input is gone: its window was closed, or the connection broke. `false`: the system
/// cannot tell. The signal that tells of it reaches only the first program of a terminal.
#[must_use]
pub fn await_hangup() -> bool {
    let terminal = rustix::stdio::stdin();
    loop {
        // Asked for nothing: only that it is gone is ever told then.
        match poll(&mut [PollFd::new(&terminal, PollFlags::empty())], None) {
            Ok(_) => return true,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

enum Typed {
    Line(Zeroizing<Vec<u8>>),
    Nothing,
    Interrupt,
}

/// Byte for byte: were signals left on, one could end us before the terminal is as it was.
fn typed(terminal: BorrowedFd<'_>) -> io::Result<Typed> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = Zeroizing::new([0u8; 1]);
    loop {
        match rustix::io::read(terminal, byte.as_mut_slice()) {
            Ok(0) => return Ok(Typed::Nothing),
            Err(rustix::io::Errno::INTR) => continue,
            read => _ = read?,
        }
        let [typed] = *byte;
        match typed {
            b'\r' | b'\n' => return Ok(Typed::Line(line)),
            CTRL_C => return Ok(Typed::Interrupt),
            CTRL_D if line.is_empty() => return Ok(Typed::Nothing),
            CTRL_U => line.clear(),
            byte if BACKSPACE.contains(&byte) => drop_letter(&mut line),
            byte if line.len() < LONGEST => line.push(byte),
            _ => {}
        }
    }
}

/// Takes back the last letter, of however many bytes.
fn drop_letter(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
}

/// A terminal that shows nothing until this is dropped.
struct Hidden<'t> {
    terminal: BorrowedFd<'t>,
    before: Termios,
}

impl<'t> Hidden<'t> {
    fn new(terminal: BorrowedFd<'t>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Nothing is left to do about a terminal that has gone.
        _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}
