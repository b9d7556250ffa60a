//! Signals of Unix: which of them would end the process, and a thread that tells of them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};

/// Every signal that would end the process and that may come in ordinary life.
pub const ENDING: &[i32] = &[SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU];

/// From now on a full file size limit comes back as an error of the write, not as a death in the middle of it.
///
/// # Errors
/// The system refuses a handler.
pub fn survive_size_limit() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).map(drop)
}

/// Ends [`tell_signals`].
#[derive(Debug)]
pub struct Telling(Handle);

impl Telling {
    /// No signal is told from here on.
    pub fn close(&self) {
        self.0.close();
    }
}

/// Tells of every signal that ends or suspends us, from a thread of its own.
///
/// # Errors
/// The system refuses a handler or a thread.
pub fn tell_signals(tell: impl Fn(i32) + Send + 'static) -> io::Result<Telling> {
    let mut signals = Signals::new(ENDING.iter().copied().chain([SIGTSTP]))?;
    let handle = signals.handle();
    let forward = move || signals.forever().for_each(tell);
    std::thread::Builder::new().name("saltcellar signals".to_owned()).spawn(forward)?;
    Ok(Telling(handle))
}

/// Whether `signal` suspends rather than ends.
#[must_use]
pub fn suspends(signal: i32) -> bool {
    signal == SIGTSTP
}

/// Stops this process until it is woken.
///
/// # Errors
/// Those of the system.
pub fn suspend() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(SIGTSTP)
}
