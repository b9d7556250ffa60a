//! What asks a console program of Windows to end: ctrl-c, ctrl-break and the closing of its window. The C runtime tells
//! of them as signals.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

/// Ctrl-break and the closing of the console; a number of the C runtime of Windows.
const SIGBREAK: i32 = 21;

/// Every signal that would end the process and that may come in ordinary life.
pub const ENDING: &[i32] = &[SIGINT, SIGTERM, SIGBREAK];

/// There is no such limit.
///
/// # Errors
/// None.
pub fn survive_size_limit() -> io::Result<()> {
    Ok(())
}

/// Ends [`tell_signals`].
#[derive(Debug)]
pub struct Telling(Arc<AtomicBool>);

impl Telling {
    /// No signal is told from here on.
    pub fn close(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How soon a signal is told.
const LOOK: Duration = Duration::from_millis(100);

/// Tells of every signal that ends us, from a thread of its own.
///
/// # Errors
/// The system refuses a handler or a thread.
pub fn tell_signals(tell: impl Fn(i32) + Send + 'static) -> io::Result<Telling> {
    let (came, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    for &signal in ENDING {
        signal_hook::flag::register_usize(signal, Arc::clone(&came), usize::try_from(signal).unwrap_or(0))?;
    }
    let telling = Telling(Arc::clone(&closed));
    let forward = move || {
        while !closed.load(Ordering::Relaxed) {
            match i32::try_from(came.swap(0, Ordering::Relaxed)) {
                Ok(0) | Err(_) => std::thread::sleep(LOOK),
                Ok(signal) => tell(signal),
            }
        }
    };
    std::thread::Builder::new().name("saltcellar signals".to_owned()).spawn(forward)?;
    Ok(telling)
}

/// None suspends.
#[must_use]
pub fn suspends(_signal: i32) -> bool {
    false
}

/// There are no stopped processes here.
///
/// # Errors
/// None.
pub fn suspend() -> io::Result<()> {
    Ok(())
}
