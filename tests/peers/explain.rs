//! `explain` beside the real libraries: thousands of small caches, and what each library answers in memory, its network
//! refusing everything.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::super::support::msal::{Peer, program};
use super::{all_at_once, now, ready};

/// Each library that can be asked, and the runtime whose ways it has.
const RUNTIMES: [(&str, &str); 4] = [("python-filelock", "python"), ("node", "node"), ("java", "java"), ("go", "go")];
/// Cases for each runtime.
const CASES: usize = 2_000;

/// A cache, what is asked of it, and what the library answered.
struct Case {
    given: Value,
    answer: Value,
}

/// Every case of `runtime` for one seed, asked of `peer` just now.
fn asked(peer: Peer, runtime: &str, seed: u32, now: i64) -> Vec<Case> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cases.jsonl");
    let made = std::process::Command::new("python3")
        .arg("-B")
        .arg(program("cases.py"))
        .args([runtime, &CASES.to_string(), "--seed", &seed.to_string(), "--now", &now.to_string()])
        .output()
        .expect("python3 runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::write(&file, &made.stdout).expect("written");
    let text = String::from_utf8(made.stdout).expect("cases are ASCII");
    let given = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let answers = peer.start("ask", &file, &[]).answers();
    assert_eq!(answers.len(), CASES, "{runtime}");
    given.zip(answers).map(|(given, answer)| Case { given, answer }).collect()
}

impl Case {
    fn outcome(&self) -> &str {
        self.answer["outcome"].as_str().expect("a word")
    }
}

#[test]
fn the_cases_lead_each_library_to_every_outcome() {
    all_at_once(ready(&RUNTIMES.map(|(peer, _)| peer)), |peer| {
        let (_, runtime) = RUNTIMES.into_iter().find(|(name, _)| *name == peer.0).expect("one of them");

        let cases = asked(peer, runtime, 1, now());

        let mut outcomes = BTreeMap::<&str, usize>::new();
        for case in &cases {
            assert_eq!(case.given["number"], case.answer["number"], "{runtime}");
            *outcomes.entry(case.outcome()).or_default() += 1;
        }
        println!("{runtime}: {outcomes:?}");
        for outcome in ["cache", "refresh", "interaction", "error"] {
            let times = outcomes.get(outcome).copied().unwrap_or_default();
            assert!(times * 50 >= CASES, "{runtime}: {outcome} only {times} times");
        }
    });
}
