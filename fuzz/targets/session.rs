//! Any bytes as a session in some layouts: read or refused, never run; what opens closes to the same bytes, and around
//! another text to what opens as that.

use saltcellar::seal::Seal as _;
use saltcellar::seal::session::{Layout, Session};
use saltcellar::secret::SecretBytes;

/// Looks at `data` as a session in each of `layouts`.
pub fn look(data: &[u8], layouts: &[Layout]) {
    let was = SecretBytes::new(data.to_vec());
    _ = Layout::of(data);
    for layout in layouts {
        let seal = Session(*layout);
        let Ok(plain) = seal.open(was.clone()) else { continue };
        if let Ok(same) = seal.close(plain, &was) {
            assert!(same == was, "the same text makes another session");
        }
        let new = SecretBytes::new("{\"Account\": {\"é\": {}}}".repeat(20).into_bytes());
        if let Ok(closed) = seal.close(new.clone(), &was) {
            assert!(seal.open(closed).ok() == Some(new), "what was closed opens as something else");
        }
    }
}
