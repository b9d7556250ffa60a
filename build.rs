//! Puts the unwinder of gcc into the program where it can be had, as it comes with every gcc: a library less to look
//! for at each start, which for a command that ends in a millisecond is a tenth of its time.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let is_ours = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if !is_ours || variable("TARGET") != variable("HOST") {
        return;
    }
    // A compiler that does not know it answers with the bare name, or is not there: then the shared one serves.
    let Ok(told) = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output() else { return };
    let told = String::from_utf8_lossy(&told.stdout);
    let library = Path::new(told.trim());
    if let Some(folder) = library.parent().filter(|folder| folder.is_absolute() && library.is_file()) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
