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

/// Other names of topics.
const ALIASES: &[(&str, &str)] = &[
    ("place", "places"),
    ("web-app", "web-apps"),
    ("webapps", "web-apps"),
    ("between-places", "between"),
    ("settings", "config"),
    ("configuration", "config"),
    ("filter", "filters"),
    ("query", "filters"),
    ("queries", "filters"),
    ("exit-code", "exit-codes"),
];

/// Explain a topic or a command
///
/// Topics: places, web-apps, between, key, keys, config, filters, safety, locks, undo, exit-codes, json.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A topic, or a command and its own command; none for the overview
    #[arg(value_name = "TOPIC", add = clap_complete::ArgValueCandidates::new(candidates))]
    topic: Vec<String>,
}

fn candidates() -> Vec<clap_complete::CompletionCandidate> {
    TOPICS.iter().map(|(name, _)| clap_complete::CompletionCandidate::new(*name)).collect()
}

/// Runs the command.
///
/// # Errors
/// There is no such topic or command.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let name = spelled(&arguments.topic);
    let text = match topic(&name) {
        _ if name.is_empty() => Cli::command().render_long_help().to_string(),
        Some(("keys", _)) => keys(session),
        Some((_, text)) => text.to_owned(),
        None => of_command(&name).ok_or_else(|| no_help(&arguments.topic.join(" ")))?,
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

/// The words as names are written: "Exit codes" is `exit-codes`.
fn spelled(words: &[String]) -> String {
    let parts: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    parts.join("-").to_lowercase()
}

/// The topic called `name`, and its text.
fn topic(name: &str) -> Option<(&'static str, &'static str)> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, topic)| topic);
    TOPICS.iter().find(|(topic, _)| *topic == name).copied()
}

fn of_command(name: &str) -> Option<String> {
    let mut program = Cli::command();
    program.build();
    command(&mut program, name).map(|command| command.render_long_help().to_string())
}

/// The command called `name` below `above`: "lock-status" is `status` below `lock`.
fn command<'c>(above: &'c mut clap::Command, name: &str) -> Option<&'c mut clap::Command> {
    if above.find_subcommand(name).is_some() {
        return above.find_subcommand_mut(name);
    }
    let (first, rest) = name.split_once('-')?;
    command(above.find_subcommand_mut(first)?, rest)
}

fn no_help(name: &str) -> Failure {
    let topics: Vec<&str> = TOPICS.iter().map(|(topic, _)| *topic).collect();
    let failure = Failure::new(Kind::NoMatch, format!("there is no help on {name}"));
    failure.hint(format!("topics: {}; or the name of a command", topics.join(", ")))
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

    #[test]
    fn a_topic_is_found_however_its_name_is_written() {
        let found = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            topic(&spelled(&words)).map(|(topic, _)| topic)
        };

        assert_eq!(found(&["JSON"]), Some("json"));
        assert_eq!(found(&["web", "apps"]), Some("web-apps"));
        assert_eq!(found(&["Exit codes"]), Some("exit-codes"));
        assert_eq!(found(&["between places"]), Some("between"));
        assert_eq!(found(&["settings"]), Some("config"));
        assert_eq!(found(&["nothing"]), None);
        assert!(ALIASES.iter().all(|(_, name)| topic(name).is_some()));
    }

    #[test]
    fn the_last_line_of_the_overview_names_every_topic() {
        let last = Cli::command().get_after_help().map(ToString::to_string).unwrap_or_default();
        let named: Vec<&str> = last.split([' ', ',', '.']).collect();

        assert!(TOPICS.iter().all(|(topic, _)| named.contains(topic)), "{last}");
    }

    #[test]
    fn a_command_of_a_command_has_its_help() {
        let usage = |name: &str| of_command(name).unwrap_or_default();

        assert!(usage("lock-status").contains("Usage: saltcellar lock status"), "{}", usage("lock-status"));
        assert!(usage("sign-out").contains("Usage: saltcellar sign-out"));
        assert_eq!(of_command("lock-nothing"), None);
    }
}
