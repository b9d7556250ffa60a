//! Any bytes as a session in msgpack or JSON.
#![no_main]

mod session;

use libfuzzer_sys::fuzz_target;
use saltcellar::seal::session::Layout;

fuzz_target!(|data: &[u8]| {
    session::look(data, &[Layout::Msgpack, Layout::Json]);
});
