//! Signals. While nothing can be half done the first one ends the process at once; around a write, a lock or a
//! clipboard every one only sets a flag; after it, the second one ends the process. Refuses to do work in a handler.
//!
//! Not the second one during a write: a terminal that closes hangs up its foreground, and its shell does it again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::failure::Exit;
use crate::system;

/// The flags that the signal handlers set.
#[derive(Clone, Debug)]
pub struct Interrupt {
    cancel: Arc<AtomicBool>,
    at_once: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
    settled: Arc<AtomicBool>,
}

impl Interrupt {
    /// Installs the handlers. Until [`Interrupt::defer`] the first signal ends the process.
    ///
    /// # Errors
    /// The system refuses a handler.
    pub fn install() -> io::Result<Self> {
        let this = Self::for_screen()?;
        for &signal in system::ENDING {
            this.watch(signal)?;
        }
        Ok(this)
    }

    /// For the terminal UI, which hears signals itself: it has a terminal to give back first.
    ///
    /// # Errors
    /// The system refuses a handler.
    pub fn for_screen() -> io::Result<Self> {
        system::survive_size_limit()?;
        Ok(Self {
            cancel: Arc::new(AtomicBool::new(false)),
            at_once: Arc::new(AtomicBool::new(true)),
            signal: Arc::new(AtomicUsize::new(0)),
            settled: Arc::new(AtomicBool::new(false)),
        })
    }

    /// From now on signals only raise [`Interrupt::cancel`]: something may be half done.
    pub fn defer(&self) {
        self.at_once.store(false, Ordering::Relaxed);
    }

    /// From now on a second signal ends the process with `exit`: all is done, and what is still to be told may wait
    /// for a reader who does not read. The first call counts.
    ///
    /// # Errors
    /// The system refuses a handler.
    pub(super) fn settle(&self, exit: Exit) -> io::Result<()> {
        if self.settled.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let second = Arc::new(AtomicBool::new(false));
        for &signal in system::ENDING {
            signal_hook::flag::register_conditional_shutdown(signal, exit.code().into(), Arc::clone(&second))?;
            signal_hook::flag::register(signal, Arc::clone(&second))?;
        }
        Ok(())
    }

    /// Turns true when the user wants to stop.
    #[must_use]
    pub fn cancel(&self) -> &Arc<AtomicBool> {
        &self.cancel
    }

    /// The signal that came, if one came.
    #[must_use]
    pub fn signal(&self) -> Option<u8> {
        u8::try_from(self.signal.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }

    fn watch(&self, signal: i32) -> io::Result<()> {
        use signal_hook::flag;
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&self.at_once))?;
        flag::register_usize(signal, Arc::clone(&self.signal), usize::try_from(signal).unwrap_or(0))?;
        flag::register(signal, Arc::clone(&self.cancel))?;
        Ok(())
    }
}
