//! What is told of a seal by its first bytes, what opens it, and what is refused: each condition by a case that fails
//! without it.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use saltcellar::seal::base64::Base64;
use saltcellar::seal::jwe::{Jwe, KeyRing};
use saltcellar::seal::session::Layout;
use saltcellar::seal::signed::Signer;
use saltcellar::seal::sniff::{Mark, mark};
use saltcellar::seal::{Seal, SealError, SealTrouble};
use saltcellar::secret::SecretBytes;

/// The head of what Windows writes: version 1 and the provider's GUID.
const WINDOWS: [u8; 20] =
    [1, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 1, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0, 0xc0, 0x4f, 0xc2, 0x97, 0xeb];

#[test]
fn dpapi_is_known_by_its_whole_head_and_by_wines() {
    assert_eq!(mark(&[&WINDOWS[..], b"rest"].concat()), Some(Mark::Dpapi));
    assert_eq!(mark(b"\x01\0\0\0Wine Crypt32 ok\0rest"), Some(Mark::Dpapi));
    for at in 0..WINDOWS.len() {
        let mut other = WINDOWS;
        other[at] ^= 0x40;
        assert_eq!(mark(&other), None, "byte {at}");
        assert_eq!(mark(&WINDOWS[..at]), None, "cut at {at}");
    }
    for payload in [&[0x09, 0xf0, 0xc9][..], &[0x09, 0xf0, 0xc9, 0xf1, 1], &[0x08, 0xf0, 0xc9, 0xf0]] {
        assert_eq!(mark(payload), None, "{payload:?}");
    }
}

#[test]
fn a_jwe_begins_as_a_header_and_has_its_dots_near_the_beginning() {
    let long = format!("eyJ{}..a.b.c", "A".repeat(1000));

    assert_eq!(mark(long.as_bytes()), Some(Mark::Jwe));
    // A JWE cut short is one all the same; one dot makes none.
    assert_eq!(mark(b"eyJhbGciOiJkaXIifQ..aXY"), Some(Mark::Jwe));
    assert_eq!(mark(b"eyJhbGciOiJkaXIifQ.aXY"), None);
    assert_eq!(mark(b"abc.def..ghi.jkl"), None);
}

#[test]
fn base64_is_known_by_the_brace_that_it_begins_with_and_by_its_letters() {
    for text in ["{\"a\":1}", "{\n}", "{ }", "{\r\n}", "{}", "{\"~~~\":1}", "{\"???\":1}"] {
        let coded = base64::engine::general_purpose::STANDARD.encode(text);
        assert_eq!(mark(coded.as_bytes()), Some(Mark::Base64), "{coded}");
        assert_eq!(mark(format!("{coded}\n").as_bytes()), Some(Mark::Base64), "{coded} and a line's end");
        assert_eq!(mark(coded.replace('e', "f").as_bytes()), None, "{coded}");
        assert_eq!(mark(format!("{coded}*").as_bytes()), None, "{coded}");
        let opened = Base64.open(SecretBytes::new(format!("{coded}\r\n").into_bytes())).expect("opened");
        assert_eq!(opened, SecretBytes::new(text.as_bytes().to_vec()));
    }
    assert_eq!(
        ["{\"~~~\":1}", "{\"???\":1}"]
            .map(|text| base64::engine::general_purpose::STANDARD.encode(text).contains(['+', '/'])),
        [true; 2]
    );
    assert_eq!(mark(b"eyJ"), None, "three letters are no object");
    assert!(Base64.is_open());
}

#[test]
fn each_seal_is_asked_for_by_its_name_and_only_what_anybody_reads_is_open() {
    for seal in [Mark::Dpapi, Mark::DataProtection, Mark::Jwe, Mark::Base64] {
        assert_eq!(Mark::named(seal.name()), Some(seal));
        assert!(!seal.is_open(), "{seal:?}: opened only where it is named");
        let closed = SealError::new(seal.by(), SealTrouble::Closed).to_string();
        assert!(closed.starts_with("sealed by "), "{closed}");
    }
    let sessions = Layout::ALL.into_iter().map(Mark::Session).chain(Signer::ALL.into_iter().map(Mark::Signed));
    for session in sessions {
        assert!(session.is_open(), "{session:?}");
        assert!(SealError::new(session.by(), SealTrouble::Odd).to_string().starts_with("kept in "), "{session:?}");
    }
}

/// Keys of `length` bytes, and chance that counts or fails.
struct Ring {
    length: usize,
    chance: Arc<Mutex<Option<u8>>>,
}

impl KeyRing for Ring {
    fn key(&self, _kid: &str) -> Result<SecretBytes, SealError> {
        Ok(SecretBytes::new(vec![0x2a; self.length]))
    }

    fn chance(&self, iv: &mut [u8; 16]) -> Result<(), SealError> {
        let mut chance = self.chance.lock().expect("one thread");
        let next = chance.ok_or_else(|| SealError::new("nobody", SealTrouble::Refused))?;
        *chance = Some(next + 1);
        iv.fill(next);
        Ok(())
    }
}

fn jwe(length: usize, chance: Option<u8>) -> Jwe {
    Jwe::new(Box::new(Ring { length, chance: Arc::new(Mutex::new(chance)) }))
}

/// What Go's own jwe package wrote for `{"AccessToken":{}}` with 32 times 0x2a.
const GO: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2Iiwia2lkIjoiNyJ9..a_LVTe7799F5G_hMGi_xKg.kXul_J1JFK55By5lWKMmlh2_e_zZdv5_WR3YUnaMHR4.JhDtfM6ArjUy5VxYXKSemw";

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

#[test]
fn a_jwe_of_another_form_is_not_tried() {
    let parts: Vec<&str> = GO.split('.').collect();
    let with = |head: &str, wrapped: &str| {
        let sealed = format!("{}.{wrapped}.{}", URL_SAFE_NO_PAD.encode(head), parts[2..].join("."));
        jwe(32, Some(1)).open(bytes(&sealed)).expect_err("refused").trouble
    };

    assert_eq!(with(r#"{"alg":"A128KW","enc":"A128CBC-HS256","kid":"7"}"#, ""), SealTrouble::NotHere);
    assert_eq!(with(r#"{"alg":"dir","enc":"A256CBC-HS512","kid":"7"}"#, ""), SealTrouble::NotHere);
    assert_eq!(with(r#"{"alg":"dir","enc":"A128CBC-HS256","kid":"7"}"#, "AAAA"), SealTrouble::NotHere);
    assert_eq!(with(r#"{"alg":"dir"}"#, ""), SealTrouble::Damaged);
}

#[test]
fn a_key_of_another_length_fits_nothing_and_nothing_is_sealed_with_a_key_that_does_not_fit() {
    for length in [0, 16, 31, 33, 64] {
        let refused = jwe(length, Some(1)).open(bytes(GO)).expect_err("refused");
        assert_eq!(refused.trouble, SealTrouble::WrongKey, "{length}");
        assert!(refused.why.contains("32 bytes"), "{length}: {refused}");
    }
    let altered = GO.replace("kXul", "kXum");
    let refused = jwe(32, Some(1)).close(bytes("{}"), &bytes(&altered)).expect_err("refused");
    assert_eq!(refused.trouble, SealTrouble::WrongKey);
}

#[test]
fn each_writing_takes_new_chance_and_without_any_nothing_is_sealed() {
    let seal = jwe(32, Some(1));

    let [once, twice] = [(); 2].map(|()| seal.close(bytes("{}"), &bytes(GO)).expect("sealed"));

    assert_ne!(once, twice);
    assert_eq!(seal.open(twice).expect("opened"), bytes("{}"));
    assert_eq!(jwe(32, None).close(bytes("{}"), &bytes(GO)).expect_err("refused").trouble, SealTrouble::Refused);
}
