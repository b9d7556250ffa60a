//! `help`: short texts on topics, and the help of each command. The texts stand in `assets/help/`.

use clap::{Args, CommandFactory as _};

use super::args::Cli;
use super::failure::{Exit, Failure, Kind};
use super::session::Session;
use crate::config::{Action, listed};

/// The topics, in the order in which they are offered. That on keys is made from their table.
const TOPICS: &[(&str, &str)] = &[
    ("places", include_str!("../../assets/help/places.md")),
    ("web-apps", include_str!("../../assets/help/web-apps.md")),
    ("between", include_str!("../../assets/help/between.md")),
    ("key", include_str!("../../assets/help/key.md")),
    ("keys", ""),
    ("config", include_str!("../../assets/help/config.md")),
    ("filters", include_str!("../../assets/help/filters.md")),
    ("safety", include_str!("../../assets/help/safety.md")),
    ("locks", include_str!("../../assets/help/locks.md")),
    ("undo", include_str!("../../assets/help/undo.md")),
    ("exit-codes", include_str!("../../assets/help/exit-codes.md")),
    ("json", include_str!("../../assets/help/json.md")),
];

/// Explain a topic or a command
///
/// Topics: places, web-apps, between, key, keys, config, filters, safety, locks, undo, exit-codes, json.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A topic or a command; none for the overview
    #[arg(value_name = "TOPIC", add = clap_complete::ArgValueCandidates::new(candidates))]
    topic: Option<String>,
}

fn candidates() -> Vec<clap_complete::CompletionCandidate> {
    TOPICS.iter().map(|(name, _)| clap_complete::CompletionCandidate::new(*name)).collect()
}

/// Runs the command.
///
/// # Errors
/// There is no such topic or command.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let text = match arguments.topic.as_deref() {
        None => Cli::command().render_long_help().to_string(),
        Some(name) => match TOPICS.iter().find(|(topic, _)| *topic == name) {
            Some(("keys", _)) => keys(session),
            Some((_, text)) => (*text).to_owned(),
            None => of_command(name)?,
        },
    };
    // A fault of standard output is told when the run ends.
    _ = session.io.borrow_mut().data().write_all(text.as_bytes());
    Ok(Exit::Done)
}

/// The keys of the terminal UI, as they are now: from the table that it uses itself.
fn keys(session: &Session) -> String {
    let actions = session.actions();
    let bound = session.config().settings.keys.as_ref();
    let of = |action: &Action| match bound {
        Some(bindings) => bindings.of(action.id).to_vec(),
        None => action.keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    listed(&actions, &of)
}

fn of_command(name: &str) -> Result<String, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = program.find_subcommand_mut(name).map(|command| command.render_long_help().to_string());
    command.ok_or_else(|| {
        let topics: Vec<&str> = TOPICS.iter().map(|(topic, _)| *topic).collect();
        let failure = Failure::new(Kind::NoMatch, format!("there is no help on {name}"));
        failure.hint(format!("topics: {}; or the name of a command", topics.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_offered_by_name() {
        let arguments = <Arguments as Args>::augment_args(clap::Command::new("help"));
        let offered = arguments.get_long_about().map(ToString::to_string).unwrap_or_default();

        for (topic, text) in TOPICS.iter().filter(|(_, text)| !text.is_empty()) {
            assert!(offered.contains(topic), "{topic} is not offered");
            assert!(
                text.ends_with('\n') && text.lines().all(|line| line.chars().count() <= 100),
                "{topic} is too wide"
            );
        }
    }
}
