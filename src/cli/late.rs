//! Reads a command line by the commands alone that it names, and lays out their arguments alone: to know them all takes
//! longer than to list a small cache.

use std::ffi::{OsStr, OsString};
use std::ops::Deref;
use std::path::Path;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, CommandFactory as _, FromArgMatches, Subcommand as _};

use super::args::{Cli, Command, Screen};
use crate::config::nearest;

impl Cli {
    /// Reads the words of a command line, the program's name first. Only the commands that stand among them are looked
    /// at: to know them all takes longer than to list a small cache.
    ///
    /// # Errors
    /// A word that fits nowhere; also help that was asked for.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        turn_help(&mut words);
        // Help and complaints tell of all the commands.
        if let Some(program) = program_for(&words)
            && let Ok(matches) = program.try_get_matches_from(&words)
        {
            return Self::from_arg_matches(&matches);
        }
        let complaint = mistyped(&words);
        let read = Self::command().try_get_matches_from(words).and_then(|matches| Self::from_arg_matches(&matches));
        match (read, complaint) {
            (Ok(cli), Some(complaint)) if cli.command.is_none() => Err(complaint),
            (Err(error), Some(complaint)) if error.kind() == ErrorKind::UnknownArgument => Err(complaint),
            (read, _) => read,
        }
    }
}

/// Makes `help lock` of `lock help`: no command has one of its own that is called help.
fn turn_help(words: &mut [OsString]) {
    const ABOVE_OTHERS: [&str; 3] = ["config", "lock", "snapshot"];
    if let [_, command, help] = words
        && help == "help"
        && ABOVE_OTHERS.iter().any(|name| command == name)
    {
        std::mem::swap(command, help);
    }
}

/// What to say where the first word is nearly a command, and no file.
fn mistyped(words: &[OsString]) -> Option<clap::Error> {
    let word = words.get(1).filter(|word| may_name_a_command(word) && Path::new(word).symlink_metadata().is_err())?;
    let word = word.to_str()?;
    let program = Cli::command();
    if program.get_subcommands().flat_map(names).any(|name| name == word) {
        return None;
    }
    let meant = nearest(word, program.get_subcommands().map(clap::Command::get_name))?;
    let says = format!("there is no command and no file called {word}\nhint: did you mean `saltcellar {meant}`?\n");
    Some(clap::Error::raw(ErrorKind::InvalidSubcommand, says))
}

/// The program with no other command than those that `words` name; `None` where one of them may be a mistyped one.
fn program_for(words: &[OsString]) -> Option<clap::Command> {
    let bare = || clap::Command::new("saltcellar").disable_help_subcommand(true);
    let program = Screen::augment_args(bare().subcommand_precedence_over_arg(true));
    let words = words.get(1..).unwrap_or_default();
    if !words.iter().any(|word| may_name_a_command(word)) {
        return Some(program);
    }
    let is_named = |command: &clap::Command| names(command).any(|name| words.iter().any(|word| word == name));
    let commands = Command::augment_subcommands(bare());
    let named: Vec<clap::Command> = commands.get_subcommands().filter(|command| is_named(command)).cloned().collect();
    (!named.is_empty()).then(|| program.subcommands(named))
}

fn names(command: &clap::Command) -> impl Iterator<Item = &str> {
    std::iter::once(command.get_name()).chain(command.get_all_aliases())
}

fn may_name_a_command(word: &OsStr) -> bool {
    let bytes = word.as_encoded_bytes();
    !bytes.starts_with(b"-") && bytes.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
}

/// The arguments of one command among many.
#[derive(Clone, Debug, Default)]
pub struct Late<T>(T);

impl<T> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: FromArgMatches> FromArgMatches for Late<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Late<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(|command| laid_out(command, T::augment_args))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command.defer(|command| laid_out(command, T::augment_args_for_update))
    }
}

/// What a command is said to do stands before its arguments come, and is not theirs to say. What holds everywhere stands
/// there too, and is told last.
fn laid_out(command: clap::Command, augment: fn(clap::Command) -> clap::Command) -> clap::Command {
    let about = command.get_about().cloned().map_or(Resettable::Reset, Resettable::Value);
    let long_about = command.get_long_about().cloned().map_or(Resettable::Reset, Resettable::Value);
    let everywhere = command.get_arguments().count();
    let command = augment(command).about(about).long_about(long_about);
    let mut arguments: Vec<Arg> = command.get_arguments().cloned().collect();
    arguments.rotate_left(everywhere);
    let mut arguments = arguments.into_iter();
    command.mut_args(|argument| arguments.next().unwrap_or(argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_told_from_what_the_screen_is_given() {
        let read = |words: &str| Cli::read(words.split(' ').map(OsString::from));

        assert!(Cli::command().get_subcommands().all(|command| may_name_a_command(OsStr::new(command.get_name()))));
        let cli = read("saltcellar c.json --at 0 d/c.json").expect("read");
        assert_eq!((cli.screen.places.len(), cli.command.is_none()), (2, true));
        assert!(read("saltcellar --theme dark list").is_ok_and(|cli| cli.command.is_some()));
        assert!(read("saltcellar --help").is_err_and(|error| error.to_string().contains("Commands:")));
        assert!(read("saltcellar --nonsense").is_err_and(|error| error.to_string().contains("--nonsense")));
    }

    #[test]
    fn help_behind_a_command_that_has_others_is_help_on_it() {
        let read = |words: &str| Cli::read(words.split(' ').map(OsString::from));
        let program = Cli::command();
        let above = program.get_subcommands().filter(|command| {
            let mut command = (*command).clone();
            command.build();
            command.has_subcommands()
        });

        for name in above.map(clap::Command::get_name) {
            assert_eq!(
                format!("{:?}", read(&format!("s {name} help"))),
                format!("{:?}", read(&format!("s help {name}")))
            );
        }
    }

    #[test]
    fn a_mistyped_command_is_told_from_a_place() {
        let read = |words: &str| Cli::read(words.split(' ').map(OsString::from));
        let said = |words: &str| read(words).map_or_else(|error| error.to_string(), |_| String::new());

        for words in ["s lits", "s prun --expired -y", "s prun a.json"] {
            assert!(said(words).contains("hint: did you mean `saltcellar "), "{words}: {}", said(words));
        }
        assert!(["s src", "s frobnicate", "s list lits", "s ./lits"].map(said).iter().all(String::is_empty));
        assert!(said("s frobnicate --nonsense").contains("--nonsense"));
    }

    #[test]
    fn what_is_read_of_few_commands_is_what_all_of_them_would_read() {
        let lines = [
            "list a.json b.json --json",
            "--at 0 list --theme x",
            "--theme list stats",
            "--theme list stats a.json --json",
            "a.json list",
            "list stats --at 5",
            "reserialize a.json --as compact",
            "run --place a.json -- list --help",
            "copy-to a.json b.json --dry-run",
            "snapshot drop a",
            "config show --json",
            "prune a.json --expired -y",
            "list --nonsense",
            "frobnicate",
            "help list",
            "list --help",
        ];
        for line in lines {
            let words: Vec<OsString> = ["saltcellar"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
            let of_all =
                Cli::command().try_get_matches_from(&words).and_then(|matches| Cli::from_arg_matches(&matches));

            assert_eq!(format!("{:?}", Cli::read(words)), format!("{of_all:?}"), "{line}");
        }
        let few = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            program_for(&words).map(|program| program.get_subcommands().count())
        };
        assert_eq!(
            ["s list", "s list stats", "s reserialize", "s --at 0", "s lits"].map(few),
            [Some(1), Some(2), Some(1), Some(0), None]
        );
    }
}
