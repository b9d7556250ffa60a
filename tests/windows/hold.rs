//! Takes the lock of a cache as every write of saltcellar does: `hold CACHE hold` keeps it until its input ends, `hold
//! CACHE try` not at all.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::{Conventions, Patience, acquire};
use saltcellar::time::SystemClock;

#[expect(clippy::print_stdout, reason = "whoever started it waits for its word")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [cache, how] = words.as_slice() else { return ExitCode::from(2) };
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel: &cancel, waiting: &|_| {} };
    match acquire(&[Path::new(cache)], &Conventions::AsFolderSays, &patience) {
        Ok(lock) => {
            println!("LOCKED");
            if how == "hold" {
                // Whoever started it ends the input, or itself.
                _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            }
            let still = if lock.still_ours() { "OURS" } else { "LOST" };
            println!("{still}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("BUSY {error}");
            ExitCode::FAILURE
        }
    }
}
