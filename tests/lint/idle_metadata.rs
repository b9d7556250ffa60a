//! The rule `idle-metadata`.

use crate::support::lint::{findings, fixed};

const RULE: &str = "idle-metadata";

fn cache(client: &str) -> String {
    format!(
        r#"{{"AppMetadata":{{"m":{{"client_id":"c","environment":"h"}}}},"AccessToken":{{"t":{{"client_id":"{client}"}}}}}}"#
    )
}

#[test]
fn metadata_of_an_app_without_tokens_goes() {
    assert_eq!(findings(RULE, &cache("d"))[0].entries.len(), 1);
    assert_eq!(fixed(RULE, &cache("d")), r#"{"AppMetadata":{},"AccessToken":{"t":{"client_id":"d"}}}"#);
}

#[test]
fn metadata_of_an_app_with_a_token_is_none() {
    assert!(findings(RULE, &cache("C")).is_empty());
}
