//! Tokens put together anew from claims that were made fit for other eyes. Signs nothing: where the signature stood,
//! it says that the token was redacted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::json::quote;
use crate::secret::Fingerprint;

/// `text` in base64url, as a part of a token.
pub(super) fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// An object of texts.
pub(super) fn object(members: &[(&str, String)]) -> String {
    let quoted = |(name, text): &(&str, String)| ((*name).to_owned(), quote(text, true));
    raw_object(&members.iter().map(quoted).collect::<Vec<_>>())
}

/// An object of members whose values are JSON already.
pub(super) fn raw_object(members: &[(String, String)]) -> String {
    let member = |(name, value): &(String, String)| format!("{}:{value}", quote(name, true));
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
}

/// A token of `header` and `payload` that is as long as the one whose fingerprint it bears, if its claims leave room.
pub(super) fn token(header: &str, payload: &str, fingerprint: Fingerprint, length: usize) -> String {
    let mut token = format!("{}.{}.redacted-{fingerprint}", part(header), part(payload));
    let missing = length.saturating_sub(token.len());
    token.extend(std::iter::repeat_n('-', missing));
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_keeps_its_length_if_its_claims_leave_room() {
        let print = Fingerprint::of("a");

        let token = token("{}", &object(&[("sub", "é".to_owned())]), print, 300);

        assert_eq!(token.len(), 300);
        assert!(token.starts_with("e30.eyJzdWIiOiJcdTAwZTkifQ.redacted-ca978112ca1b---"), "{token}");
    }
}
