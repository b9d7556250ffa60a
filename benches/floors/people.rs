//! Invented caches of many people, as large as one likes.

/// The moment at which they are read, in Unix seconds.
pub(crate) const NOW: i64 = 1_795_348_800;

/// A cache of access tokens, twenty a person; those from number `from` up to `to` are newer than the others.
pub(crate) fn text(entries: usize, from: usize, to: usize) -> String {
    let token = |at: usize| {
        let (person, expires) = (at / 20, NOW - 40_000 + i64::try_from(at % 120_000).unwrap_or(0));
        let version = if (from..to).contains(&at) { "new" } else { "old" };
        format!(
            r#""u{person}.t-login.microsoftonline.com-accesstoken-c{0}-t-r{at}":{{"credential_type":"AccessToken","secret":"{version}{at}","home_account_id":"u{person}.t","environment":"login.microsoftonline.com","client_id":"c{0}","realm":"t","target":"https://graph.microsoft.com/r{at}","cached_at":"{1}","expires_on":"{expires}"}}"#,
            at % 7,
            expires - 4000
        )
    };
    let account = |person: usize| {
        format!(
            r#""u{person}.t-login.microsoftonline.com-t":{{"home_account_id":"u{person}.t","environment":"login.microsoftonline.com","realm":"t","username":"person{person}@example.invalid","authority_type":"MSSTS"}}"#
        )
    };
    let tokens: Vec<String> = (0..entries).map(token).collect();
    let accounts: Vec<String> = (0..entries.div_ceil(20)).map(account).collect();
    format!(r#"{{"AccessToken":{{{}}},"Account":{{{}}}}}"#, tokens.join(","), accounts.join(","))
}
