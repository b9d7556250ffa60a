//! Any bytes as a session in pickle.
#![no_main]

mod session;

use libfuzzer_sys::fuzz_target;
use saltcellar::seal::session::Layout;

fuzz_target!(|data: &[u8]| {
    session::look(data, &[Layout::Pickle, Layout::CachelibServed, Layout::CachelibFile, Layout::CachelibOldFile]);
    session::look(data, &[Layout::DjangoRow, Layout::DjangoFile]);
});
