//! What a token says about itself, decoded and never verified. Never an error: what cannot be read
//! is opaque. A claim that carries a token or a secret is masked like any other secret.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

use super::loose;
use crate::json::decode;
use crate::secret::Masked;

/// A token's own words.
#[derive(Clone)]
pub enum Claims {
    /// A JWT whose payload could be read: claim name and compact JSON value, in order, duplicates
    /// kept. The header is empty when it could not be read.
    Jwt {
        /// The members of the header.
        header: Vec<(String, String)>,
        /// The claims.
        payload: Vec<(String, String)>,
    },
    /// A five-part JWE: only its header can be read.
    Encrypted {
        /// The members of the header.
        header: Vec<(String, String)>,
    },
    /// An SSH certificate.
    SshCertificate,
    /// Anything else: opaque to everyone but its audience.
    Opaque,
}

/// Longer than any token a service issues: not worth decoding.
const LONGEST: usize = 16 << 20;

impl Claims {
    /// The compact JSON value of the claim `name`; of duplicates the last, which readers take.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.payload().iter().rev().find(|(claim, _)| claim == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The claim `name` if it is a string, decoded.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).filter(|raw| raw.starts_with('"')).map(|raw| decode(raw).into_owned())
    }

    /// The claims; none unless it is a readable JWT.
    #[must_use]
    pub fn payload(&self) -> &[(String, String)] {
        match self {
            Self::Jwt { payload, .. } => payload,
            Self::Encrypted { .. } | Self::SshCertificate | Self::Opaque => &[],
        }
    }

    /// The members of the header, if it has one.
    #[must_use]
    pub fn header(&self) -> &[(String, String)] {
        match self {
            Self::Jwt { header, .. } | Self::Encrypted { header } => header,
            Self::SshCertificate | Self::Opaque => &[],
        }
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwt { payload, .. } => write!(f, "Jwt with {} claims", payload.len()),
            Self::Encrypted { .. } => f.write_str("Encrypted"),
            Self::SshCertificate => f.write_str("SshCertificate"),
            Self::Opaque => f.write_str("Opaque"),
        }
    }
}

/// Decodes the token `secret` without verifying it. Never an error: what cannot be read is opaque.
#[must_use]
pub fn of_token(secret: &Masked<'_>) -> Claims {
    if secret.len() > LONGEST {
        return Claims::Opaque;
    }
    of_text(secret.clone().into_secret().reveal().trim())
}

/// The compact JSON value of the claim `name` of the token `secret`, as [`Claims::get`] of [`of_token`] gives it. The
/// other claims are not looked at, which is most of the work where many tokens are asked.
#[must_use]
pub fn one_of_token(secret: &Masked<'_>, name: &str) -> Option<String> {
    if secret.len() > LONGEST {
        return None;
    }
    let token = secret.clone().into_secret();
    let token = token.reveal().trim();
    let (_, payload) = parts_of_jwt(token).filter(|_| !is_ssh_certificate(token))?;
    let json = String::from_utf8(decode_base64(payload)?).ok()?;
    let raw = loose::member(json.trim(), name)?;
    Some(shown(name.to_owned(), raw).1)
}

/// `uid` and `utid` of a base64url `client_info`.
#[must_use]
pub fn of_client_info(client_info: &str) -> Option<(String, String)> {
    let members = members(client_info)?;
    let text = |name: &str| {
        let found = members.iter().rev().find(|(member, raw)| member == name && raw.starts_with('"'));
        found.map(|(_, raw)| decode(raw).into_owned())
    };
    Some((text("uid")?, text("utid")?))
}

/// The header and the payload of a token that is laid out like a JWT.
fn parts_of_jwt(token: &str) -> Option<(&str, &str)> {
    let parts: Vec<_> = token.splitn(4, '.').collect();
    if let [header, payload, _] = *parts.as_slice() { Some((header, payload)) } else { None }
}

fn of_text(token: &str) -> Claims {
    if is_ssh_certificate(token) {
        return Claims::SshCertificate;
    }
    if let Some((header, payload)) = parts_of_jwt(token) {
        let header = || members(header).unwrap_or_default();
        return members(payload).map_or(Claims::Opaque, |payload| Claims::Jwt { header: header(), payload });
    }
    let parts: Vec<_> = token.splitn(6, '.').collect();
    match parts.as_slice() {
        [header, _, _, _, _] => members(header).map_or(Claims::Opaque, |header| Claims::Encrypted { header }),
        _ => Claims::Opaque,
    }
}

/// The members of the base64url JSON object `part`, values compact, secrets masked.
fn members(part: &str) -> Option<Vec<(String, String)>> {
    let json = String::from_utf8(decode_base64(part)?).ok()?;
    let found = loose::object(json.trim())?;
    Some(found.into_iter().map(|(name, raw)| shown(name, raw)).collect())
}

fn shown(name: String, raw: &str) -> (String, String) {
    let value = loose::masked(&name, &loose::compact(raw));
    (name, value)
}

/// Reads base64url and plain base64, padded or not: every runtime's tests hold some of each.
fn decode_base64(part: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    static PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
    static FOR_URLS: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);
    let is_plain = memchr::memchr2(b'+', b'/', part.as_bytes()).is_some();
    if is_plain { PLAIN.decode(part) } else { FOR_URLS.decode(part) }.ok()
}

/// The blob of an SSH certificate begins with its own name, four bytes of length before it.
fn is_ssh_certificate(token: &str) -> bool {
    const MARK: &[u8] = b"-cert-v01@openssh.com";
    /// Three bytes of the length, which are zero.
    const BEGINS: &str = "AAAA";
    if memmem::find(token.as_bytes(), BEGINS.as_bytes()).is_none() {
        return false;
    }
    let blob = token.split_ascii_whitespace().find(|word| word.starts_with(BEGINS)).unwrap_or("");
    let head = decode_base64(blob.get(..64).unwrap_or(""));
    head.is_some_and(|bytes| bytes.windows(MARK.len()).any(|window| window == MARK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn claims(token: &str) -> Claims {
        of_token(&Masked::new(token.into()))
    }

    fn jwt(payload: &str) -> String {
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn a_jwt_shows_its_claims_in_order_duplicates_kept() {
        let token = jwt(r#"{ "b" : 1.50, "a" : [ "x" ], "b" : "ë" }"#);

        let claims = claims(&token);

        let shown: Vec<_> = claims.payload().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["b=1.50", r#"a=["x"]"#, "b=\"ë\""]);
        assert_eq!(claims.text("b").as_deref(), Some("ë"));
        assert_eq!(claims.header().first().map(|(name, _)| name.as_str()), Some("alg"));
    }

    #[test]
    fn one_claim_is_told_as_among_all_of_them() {
        let inner = jwt(r#"{"sub":"ada"}"#);
        let payload = format!(r#"{{"exp": 7, "at": "{inner}", "exp":  1795348800 , "list": [ 1 ], "pass": null}}"#);
        let ssh = format!("AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20{}", "A".repeat(900));
        let tokens =
            [jwt(&payload), format!(" {}sig", jwt(&payload)), "a.b.c".into(), format!("{ssh}.a.b"), "a.b.c.d.e".into()];

        for token in tokens {
            for name in ["exp", "at", "list", "pass", "none"] {
                let one = one_of_token(&Masked::new(token.as_str().into()), name);
                assert_eq!(one.as_deref(), claims(&token).get(name), "{name} of {} bytes", token.len());
            }
        }
        assert_eq!(one_of_token(&Masked::new(jwt(&payload).into()), "exp").as_deref(), Some("1795348800"));
    }

    #[test]
    fn padded_payloads_behind_unreadable_headers_are_read() {
        let claims = claims("header.eyJvaWQiOiAib2JqZWN0MTIzNCIsICJzdWIiOiAic3ViIn0=.signature");

        assert_eq!(claims.text("oid").as_deref(), Some("object1234"));
        assert!(claims.header().is_empty());
    }

    #[test]
    fn an_encrypted_token_shows_its_header_alone() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256CBC-HS512"}"#);

        let claims = claims(&format!("{header}.key.iv.text.tag"));

        assert!(matches!(&claims, Claims::Encrypted { header } if header.len() == 2));
        assert!(claims.payload().is_empty());
    }

    #[test]
    fn an_ssh_certificate_is_named_as_such() {
        let token = format!("AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20{}", "A".repeat(900));

        assert!(matches!(claims(&token), Claims::SshCertificate));
        assert!(matches!(claims(&format!("ssh-rsa-cert-v01@openssh.com {token}")), Claims::SshCertificate));
    }

    #[test]
    fn anything_else_is_opaque_and_never_an_error() {
        let deep = jwt(&"[".repeat(100_000));
        let megabytes = "A".repeat(3 << 20);

        for token in ["", "EwBwA8l6BAAU", "1.ARoA.AgAB.x", "a.b.c", "....", "é.é.é", deep.as_str(), megabytes.as_str()]
        {
            assert!(matches!(claims(token), Claims::Opaque), "{} bytes", token.len());
        }
    }

    #[test]
    fn a_token_inside_a_token_is_masked() {
        let inner = jwt(r#"{"sub":"ada"}"#);

        let outer = claims(&jwt(&format!(r#"{{"at":"{inner}","ts":1,"password":"hunter2"}}"#)));

        assert_eq!(outer.text("at").as_deref(), Some(Masked::MASK));
        assert_eq!(outer.text("password").as_deref(), Some(Masked::MASK));
        assert_eq!(outer.get("ts"), Some("1"));
    }

    #[test]
    fn client_info_names_user_and_tenant() {
        let info = URL_SAFE_NO_PAD.encode(r#"{"uid":"u","utid":"t"}"#);

        assert_eq!(of_client_info(&info), Some(("u".to_owned(), "t".to_owned())));
        assert_eq!(of_client_info("client_info"), None);
    }
}
