//! The program: hardens the process, reads the command line and hands over to a face. The only place where both
//! faces are known; decides nothing else.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal as _, Write as _};
use std::panic::{self, PanicHookInfo};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::CommandFactory as _;
use clap_complete::CompleteEnv;
use saltcellar::cli::{self, Chosen, Cli, ColorChoice, Exit, Interrupt};
use saltcellar::config::Config;
use saltcellar::present::{Line, words};
use saltcellar::source::policy;
use saltcellar::system::{self, Umask};
use saltcellar::tui::theme::{Drawing, Wanted};
use saltcellar::tui::{self, TuiError};

fn main() -> ExitCode {
    let umask = harden(std::env::args_os().skip(1));
    panic::set_hook(Box::new(tell_panic));
    panic::catch_unwind(|| run(umask)).unwrap_or_else(|_| Exit::Failed.into())
}

fn run(umask: Umask) -> ExitCode {
    if asks_for_version(std::env::args_os().skip(1)) {
        return told(writeln!(std::io::stdout(), "saltcellar {}", env!("CARGO_PKG_VERSION")));
    }
    match CompleteEnv::with_factory(Cli::command).var(cli::COMPLETION_VARIABLE).try_complete(std::env::args_os(), None)
    {
        Ok(false) => {}
        Ok(true) => return Exit::Done.into(),
        Err(error) => return refused(error),
    }
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return refused(error),
    };
    let ended = if wants_screen(&cli) {
        browse(&cli, umask)
    } else {
        Interrupt::install().map(|signals| cli::run(&cli, chosen(&cli), signals, umask))
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            tell(&format!("error: cannot watch for signals: {error}"));
            Exit::Failed.into()
        }
    }
}

/// Answered before anything is built: scripts ask for nothing else as often.
fn asks_for_version(mut words: impl Iterator<Item = OsString>) -> bool {
    let is_completion = || std::env::var_os(cli::COMPLETION_VARIABLE).is_some();
    words.next().is_some_and(|word| word == "--version" || word == "-V") && words.next().is_none() && !is_completion()
}

/// The terminal UI opens for a person who gives no command; pipes and scripts get the list.
fn wants_screen(cli: &Cli) -> bool {
    let is_seen = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    // A stream can be read once; the screen would want it again and again.
    let is_stream = |typed: &cli::Typed| typed.place.path().is_some_and(cli::is_stream);
    cli.command.is_none() && !cli.screen.global.json && is_seen && !cli.screen.places.iter().any(is_stream)
}

fn browse(cli: &Cli, umask: Umask) -> std::io::Result<Exit> {
    let global = &cli.screen.global;
    let chosen = chosen(cli);
    let options = tui::Options {
        places: cli.screen.places.iter().flat_map(|typed| cli::each_of(&typed.place)).collect(),
        readonly: cli::readonly_by(global, &chosen.config),
        config: chosen.config.clone(),
        demo: global.demo,
        at: global.at,
        follow_symlink: global.follow_symlink,
        wait: global.wait,
        theme: chosen.theme.clone(),
        colours: colours(global.color),
        drawing: if chosen.wants_plain_ui() { Drawing::Plain } else { Drawing::Lines },
        cancel: Arc::clone(Interrupt::for_screen()?.cancel()),
    };
    Ok(match tui::run(options) {
        Ok(()) => Exit::Done,
        Err(TuiError::Signal(signal)) => Exit::Signal(u8::try_from(signal).unwrap_or(0)),
        // A dumb terminal can still print.
        Err(TuiError::NoTerminal) => cli::run(cli, chosen, Interrupt::install()?, umask),
        Err(error) => {
            tell(&format!("error: {}", words::error(&error)));
            if matches!(error, TuiError::Theme(_)) { Exit::Usage } else { Exit::Failed }
        }
    })
}

fn colours(choice: ColorChoice) -> Option<Wanted> {
    match choice {
        ColorChoice::Auto => None,
        ColorChoice::Always => Some(Wanted::Colours),
        ColorChoice::Never => Some(Wanted::NoColours),
    }
}

/// The user's settings, read once.
fn chosen(cli: &Cli) -> Chosen {
    Chosen {
        config: settings(cli),
        actions: tui::keymap::actions,
        theme: cli.screen.theme.clone().filter(|wish| !wish.is_empty()),
        plain_ui: cli.screen.plain_ui,
    }
}

fn settings(cli: &Cli) -> Config {
    let Some((path, origin, text)) = cli::settings_text(cli.screen.global.config.clone()) else {
        return Config { policy: policy(), ..Config::default() };
    };
    Config { policy: policy(), ..Config::of(path, origin, text, &tui::keymap::actions) }
}

/// Keeps what we read to ourselves: no core dump, no debugger of the same user, no file that others can read.
/// Each is best effort: none of it may keep the program from working. Returns the umask that was.
fn harden(mut arguments: impl Iterator<Item = OsString>) -> Umask {
    let umask = system::harden();
    // What cannot be dumped cannot open its own /dev/fd/N either, which is how a shell hands over `<(…)`.
    if !arguments.any(|word| cli::is_stream(Path::new(&word))) {
        system::shut_out_debuggers();
    }
    umask
}

/// A usage error is 2; help and version that were asked for are 0, unless they could not be printed.
fn refused(error: clap::Error) -> ExitCode {
    let error = cli::made_safe(error);
    if error.use_stderr() {
        // It quotes what was typed, which may come from anywhere.
        error.render().to_string().lines().for_each(|line| tell(&Line::plain(line).text()));
        return Exit::Usage.into();
    }
    told(error.print())
}

/// Done, unless what was asked for could not be printed.
fn told(printed: std::io::Result<()>) -> ExitCode {
    match printed {
        Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => {
            tell(&format!("error: cannot write: {fault}"));
            Exit::Failed.into()
        }
        Ok(()) | Err(_) => Exit::Done.into(),
    }
}

/// The place of a fault of ours, and nothing else: a panic's message may hold text of a cache.
fn tell_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, |at| {
        let file = Path::new(at.file()).file_name().unwrap_or(OsStr::new("?")).to_string_lossy();
        format!(" at {file}:{}", at.line())
    });
    tell(&format!("error: saltcellar met a fault of its own{place}; a change that was not reported was not made"));
}

fn tell(line: &str) {
    // Nobody is left to tell when standard error fails.
    _ = writeln!(std::io::stderr(), "{line}");
}
