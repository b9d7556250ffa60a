//! Filter by words (the whole language comes later): every word must be found, `!word` must not,
//! in target, account, client, tenant or their known names; case-insensitive.

use std::borrow::Cow;

use crate::cache::{Roster, Row};

/// A parsed query: words, lower case, each with whether it must be found (`true`) or must not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(pub Vec<(bool, String)>);

impl Query {
    /// Reads words separated by blanks; `"two words"` is one word, `!word` must not be found.
    /// Never an error: an open quote ends with the text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut words = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (wanted, after) = rest.strip_prefix('!').map_or((true, rest), |after| (false, after));
            let (word, after) = first_word(after);
            if !word.is_empty() {
                words.push((wanted, word.to_lowercase()));
            }
            rest = after.trim_start();
        }
        Self(words)
    }

    /// Whether every word holds of `row`, which is of `roster`. An empty query takes everything.
    #[must_use]
    pub fn takes(&self, roster: &Roster, row: &Row) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let texts = texts(roster, row);
        self.0.iter().all(|(wanted, word)| texts.iter().any(|text| contains(text, word)) == *wanted)
    }
}

fn first_word(text: &str) -> (&str, &str) {
    match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    }
}

/// What a person may call an entry by.
fn texts<'a>(roster: &'a Roster, row: &'a Row) -> Vec<Cow<'a, str>> {
    let mut texts: Vec<Cow<'a, str>> = vec![row.title().into(), row.client_name().into()];
    let fields = [&row.target, &row.username, &row.home_account_id, &row.client_id, &row.realm, &row.environment];
    texts.extend(fields.into_iter().filter_map(|field| field.as_deref()).map(Cow::Borrowed));
    if let Some(account) = row.account.and_then(|at| roster.accounts.get(at)) {
        texts.extend([account.username.as_deref(), account.name.as_deref()].into_iter().flatten().map(Cow::Borrowed));
    }
    texts.extend(row.realm.is_some().then(|| Cow::Owned(roster.tenant_name(row))));
    texts
}

/// Whether `text` holds `word` (lower case) in any spelling.
fn contains(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    text.as_bytes().windows(word.len().max(1)).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quotes_and_negations_are_read() {
        let Query(words) = Query::parse(r#" Graph !"key vault"  !bob "open end"#);

        let expected = [(true, "graph"), (false, "key vault"), (false, "bob"), (true, "open end")];
        assert_eq!(words, expected.map(|(wanted, word)| (wanted, word.to_owned())));
    }

    #[test]
    fn blanks_and_lone_marks_ask_for_nothing() {
        assert_eq!(Query::parse("  ! \"\" "), Query::default());
    }
}
