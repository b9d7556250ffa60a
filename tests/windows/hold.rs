//! Holds the lock of a cache as every write of saltcellar does, for as long as it is told: `hold CACHE MILLISECONDS`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::{Conventions, Patience, acquire};
use saltcellar::time::{Clock as _, SystemClock};

#[expect(clippy::print_stdout, reason = "whoever started it waits for its word")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [cache, milliseconds] = words.as_slice() else { return ExitCode::from(2) };
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel: &cancel, waiting: &|_| {} };
    match acquire(Path::new(cache), &Conventions::AsFolderSays, &patience) {
        Ok(lock) => {
            println!("LOCKED");
            clock.sleep(Duration::from_millis(milliseconds.parse().unwrap_or(0)));
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
