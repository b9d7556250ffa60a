//! The console of Windows, asked for a word that it does not show.

use std::io;

use winapi_util::{HandleRef, console};
use zeroize::Zeroizing;

/// `ENABLE_ECHO_INPUT`.
const ECHO: u32 = 4;

/// Reads a line at the console, which shows none of it; `None`: there was none. Calls `ask` when nothing is shown any more.
///
/// # Errors
/// Those of the system and of `ask`; standard input is no console.
pub fn read_unechoed(ask: impl FnOnce() -> io::Result<()>) -> io::Result<Option<Zeroizing<String>>> {
    let console = HandleRef::stdin();
    let before = console::mode(&console)?;
    console::set_mode(&console, before & !ECHO)?;
    let mut line = Zeroizing::new(String::with_capacity(1 << 12));
    let read = ask().and_then(|()| io::stdin().read_line(&mut line));
    console::set_mode(&console, before)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok((read? > 0).then_some(line))
}

/// Whether the console of standard input has gone, which is told by its end alone here.
#[must_use]
pub fn await_hangup() -> bool {
    false
}
