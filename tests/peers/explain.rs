//! `explain` beside the real libraries: thousands of small caches, what each library answers in memory, its network
//! refusing everything, and what saltcellar predicts.
//!
//! A case is told by its number: `cases.py RUNTIME COUNT --seed N --now T` draws it again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use saltcellar::ops::explain::Runtime;

use super::super::support::msal::{Peer, program};
use super::prediction::{Prediction, Told};
use super::{all_at_once, now, ready};

/// Each library that can be asked, and whose ways it has.
const LIBRARIES: [(&str, Runtime); 4] =
    [("python-filelock", Runtime::Python), ("node", Runtime::Node), ("java", Runtime::Java), ("go", Runtime::Go)];
/// Cases for each library, and for each seed.
const CASES: usize = 2_000;
/// How many rounds a library is asked the same where it may answer one way or another, each time by a new process.
const ROUNDS: usize = 60;
/// How often in a round at most: in the first once, then twice as often in each. MSAL Go's rarest way is one in 512.
const AGAIN: usize = 256;
/// How many disagreements are shown.
const SHOWN: usize = 5;

/// A cache and what is asked of it, with the library's answer and saltcellar's.
struct Case {
    seed: usize,
    given: Value,
    told: Told,
    prediction: Prediction,
}

/// How the cases of one library came out.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    outcomes: BTreeMap<String, usize>,
    several: usize,
    disagreements: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: &Case) {
        self.cases += 1;
        *self.outcomes.entry(case.told.outcome.clone()).or_default() += 1;
        self.several += usize::from(case.prediction.answers.len() > 1);
        if !case.prediction.allows(&case.told) {
            self.disagreements.push(case.shown());
        }
    }

    fn row(&self, name: &str) -> String {
        let agree = self.cases - self.disagreements.len();
        format!(
            "{name}: {} cases, {agree} agree, {} disagree; {} predictions of several answers; {:?}",
            self.cases,
            self.disagreements.len(),
            self.several,
            self.outcomes
        )
    }
}

impl Case {
    /// The case in words: all of it is fabricated.
    fn shown(&self) -> String {
        let (number, now, request) = (&self.given["number"], &self.given["now"], &self.given["request"]);
        let cache = self.given["cache"].as_str().unwrap_or_default();
        let (told, predicted) = (&self.told, &self.prediction);
        let (error, why) = (&told.error, predicted.why.join(" / "));
        format!(
            "seed {}, case {number}, now {now}\nrequest {request}\ncache {cache}\nlibrary ({error}) {told:?}\npredicted ({why}) {predicted:#?}\n",
            self.seed
        )
    }
}

/// The cases of one seed.
fn drawn(runtime: Runtime, seed: usize, now: i64) -> Vec<Value> {
    let made = std::process::Command::new("python3")
        .arg("-B")
        .arg(program("cases.py"))
        .args([runtime.name(), &CASES.to_string(), "--seed", &seed.to_string(), "--now", &now.to_string()])
        .output()
        .expect("python3 runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = String::from_utf8(made.stdout).expect("cases are ASCII");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// What the library answers to `cases`.
fn told(peer: Peer, cases: &[Value], folder: &Path) -> Vec<Told> {
    let file = folder.join("cases.jsonl");
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    fs::write(&file, lines.join("\n") + "\n").expect("written");
    let answers = peer.start("ask", &file, &[]).answers();
    assert_eq!(answers.len(), cases.len(), "{}", peer.0);
    answers.iter().map(Told::read).collect()
}

/// Asks the library every case of `seed`, and saltcellar too.
fn compared(peer: Peer, runtime: Runtime, seed: usize, tally: &mut Tally) {
    let folder = tempfile::tempdir().expect("a folder");
    let given = drawn(runtime, seed, now());
    let told = told(peer, &given, folder.path());
    let cases: Vec<Case> = given
        .into_iter()
        .zip(told)
        .map(|(given, told)| Case { seed, prediction: Prediction::of(&given, runtime), given, told })
        .collect();
    cases.iter().for_each(|case| tally.add(case));
    nothing_is_predicted_in_vain(peer, &cases, folder.path(), tally);
}

/// Where several answers are predicted, each is given by the library, if it is asked often enough.
fn nothing_is_predicted_in_vain(peer: Peer, cases: &[Case], folder: &Path, tally: &mut Tally) {
    let several = cases.iter().filter(|case| case.prediction.answers.len() > 1);
    let mut open: Vec<(&Case, Vec<Told>)> = several.map(|case| (case, vec![case.told.clone()])).collect();
    for round in 0..ROUNDS {
        open.retain(|(case, given)| case.prediction.unseen(given).next().is_some());
        if open.is_empty() {
            return;
        }
        let again = AGAIN.min(1 << round.min(16));
        let given: Vec<Value> = open.iter().flat_map(|(case, _)| vec![case.given.clone(); again]).collect();
        let answers = told(peer, &given, folder);
        for ((case, given), told) in open.iter_mut().zip(answers.chunks(again)) {
            if let Some(odd) = told.iter().find(|told| !case.prediction.allows(told)) {
                tally.disagreements.push(format!("asked again: {odd:?}\n{}", case.shown()));
            }
            given.extend_from_slice(told);
        }
    }
    for (case, given) in open {
        for unseen in case.prediction.unseen(&given) {
            tally.disagreements.push(format!("never given: {unseen:?}\n{}", case.shown()));
        }
    }
}

#[test]
fn each_library_answers_as_explained() {
    let seeds = if std::env::var_os("SALTCELLAR_FULL").is_some() { 10 } else { 1 };
    all_at_once(ready(&LIBRARIES.map(|(peer, _)| peer)), |peer| {
        let (_, runtime) = LIBRARIES.into_iter().find(|(name, _)| *name == peer.0).expect("one of them");

        let mut tally = Tally::default();
        for seed in 1..=seeds {
            compared(peer, runtime, seed, &mut tally);
        }

        println!("{}", tally.row(runtime.name()));
        for shown in tally.disagreements.iter().take(SHOWN) {
            println!("{}: {shown}", runtime.name());
        }
        assert!(tally.disagreements.is_empty(), "{}", runtime.name());
        for outcome in ["cache", "refresh", "interaction", "error"] {
            let times = tally.outcomes.get(outcome).copied().unwrap_or_default();
            assert!(times * 50 >= tally.cases, "{}: {outcome} only {times} times", runtime.name());
        }
    });
}
