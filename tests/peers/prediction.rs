//! What saltcellar predicts of a case, in the terms in which a library answers: secrets name entries, by fingerprint.

use std::collections::BTreeSet;

use serde_json::Value;

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::ops::explain::{Answer, Authority, Cached, Extent, Named, Request, Runtime, Scheme, Who, explain};
use saltcellar::secret::{Fingerprint, SecretBytes};
use saltcellar::time::UnixSeconds;

/// One course that things take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    outcome: String,
    secret: Option<Fingerprint>,
    refresh_tokens: Vec<Fingerprint>,
}

/// (section, key) of entries.
type Names = BTreeSet<(String, String)>;

/// What a library answered.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) outcome: String,
    course: Course,
    gone: Option<Names>,
    /// What it raised or was refused with.
    pub(super) error: Value,
}

/// What saltcellar says that it may answer.
#[derive(Debug)]
pub(super) struct Prediction {
    pub(super) answers: Vec<Course>,
    gone: Names,
    /// Why, for each answer.
    pub(super) why: Vec<String>,
}

impl Told {
    /// Reads a line of `ask`.
    pub(super) fn read(answer: &Value) -> Self {
        let outcome = text(&answer["outcome"]);
        let tokens = rows(&answer["refresh_tokens"]).map(|secret| Fingerprint::of(&text(secret)));
        let secret = answer["secret"].as_str().map(Fingerprint::of);
        let course = Course::new(&outcome, secret, tokens);
        let name = |place: &Value| (text(&place[0]), text(&place[1]));
        let gone = answer.get("gone").map(|gone| rows(gone).map(name).collect());
        Self { outcome, course, gone, error: answer["error"].clone() }
    }
}

impl Prediction {
    /// Explains a case of `cases.py`.
    pub(super) fn of(given: &Value, runtime: Runtime) -> Self {
        let document = Document::parse(SecretBytes::new(text(&given["cache"]).into_bytes())).expect("a cache");
        let cache = Cache::of(&document);
        let now = UnixSeconds(given["now"].as_i64().expect("a moment"));
        let told = explain(&cache, &Roster::of(&cache), &request(&given["request"]), runtime, now, Extent::Every);
        let all = || std::iter::once(&told.answer).chain(&told.also_possible);
        Self {
            answers: all().map(|answer| course(&cache, answer)).collect(),
            gone: told.deletes.iter().map(|named| (named.section.clone(), named.key.clone())).collect(),
            why: all().map(|answer| answer.why.clone().unwrap_or_default()).collect(),
        }
    }

    /// Whether the library may answer so, and drops what is said.
    pub(super) fn allows(&self, told: &Told) -> bool {
        let is_gone = told.gone.as_ref().is_none_or(|gone| *gone == self.gone);
        is_gone && self.answers.contains(&told.course)
    }

    /// The answers that the library never gave.
    pub(super) fn unseen<'p>(&'p self, told: &'p [Told]) -> impl Iterator<Item = &'p Course> {
        self.answers.iter().filter(|answer| !told.iter().any(|told| told.course == **answer))
    }
}

impl Course {
    /// A secret that is empty counts as none. A token that is tried twice counts once: MSAL Python remembers refusals.
    fn new(outcome: &str, secret: Option<Fingerprint>, tokens: impl Iterator<Item = Fingerprint>) -> Self {
        let is_some = |secret: &Fingerprint| *secret != Fingerprint::of("");
        let mut refresh_tokens = Vec::new();
        for token in tokens.filter(is_some) {
            if !refresh_tokens.contains(&token) {
                refresh_tokens.push(token);
            }
        }
        Self { outcome: outcome.to_owned(), secret: secret.filter(is_some), refresh_tokens }
    }
}

fn course(cache: &Cache<'_>, answer: &Answer) -> Course {
    let secret = |named: &Named| cache.entry(named.spot)?.secret().map(|secret| secret.fingerprint());
    let tokens = answer.refresh_tokens.iter().filter_map(secret);
    Course::new(answer.outcome.name(), answer.entry.as_ref().and_then(secret), tokens)
}

fn request(given: &Value) -> Request {
    let scheme = match given["token_type"].as_str() {
        None => Scheme::Bearer,
        Some("ssh-cert") => Scheme::SshCert,
        Some(other) => panic!("no case asks for {other}"),
    };
    let data = given["data"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
    Request {
        client_id: text(&given["client"]),
        who: given["account"].as_str().map_or(Who::App, |account| Who::Account(account.to_owned())),
        authority: Authority::parse(&text(&given["authority"])).expect("an authority"),
        scopes: rows(&given["scopes"]).map(text).collect(),
        claims: given["claims"].as_str().map(str::to_owned),
        scheme,
        key_id: given["key_id"].as_str().map(str::to_owned),
        data: data.collect(),
        cached: if given["force_refresh"] == true { Cached::Refused } else { Cached::Welcome },
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn rows(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
