//! Any text as a token: decoded, opaque or encrypted, never a panic, and never more than one kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saltcellar::cache::claims;
use saltcellar::secret::Masked;

fuzz_target!(|text: &str| {
    let token = Masked::new(text.into());
    let told = claims::of_token(&token);
    for (name, _) in told.payload().iter().chain(told.header()) {
        _ = told.get(name);
        _ = told.text(name);
    }
    _ = claims::of_client_info(text);
});
