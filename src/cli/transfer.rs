//! `copy-to` and `move`: entries to another place. Plan, write there under its lock, read back and compare; only then,
//! and only to move, they are taken out here. Stopped anywhere, they are at both places at worst.

mod many;

use std::path::Path as FilePath;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::{Forgetting, OnePlace, Typed, Writing, moment, place_parser, span};
use super::caches::{self, Content};
use super::change::{self, Propose, file_name, refuse_readonly};
use super::complete;
use super::confirm::{self, Stake};
use super::failure::{Exit, Failure, Kind};
use super::filter::{again, shows};
use super::import::{Choice, cautions, refused};
use super::naming::Naming;
use super::session::{Form, Session};
use super::target::Target;
use super::transfer_report::{self, Outcome};
use crate::cache::{AccountRow, Cache, Roster};
use crate::json::Patch;
use crate::ops::import::{Import, ImportOptions, import};
use crate::ops::transfer::{Gone, Load, LoadOptions, Remains, arrived, choose, leave, paths, remain, standing};
use crate::ops::{self, Severity};
use crate::present::{self, Line, Role, arrival};
use crate::secret::Deed;
use crate::source::{Access, Committed, Source};
use crate::time::UnixSeconds;

/// From where to where.
#[derive(Debug, Args)]
struct Way {
    /// The cache to take from
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    from: Option<Typed>,
    /// The cache to put into; a file that is not there yet is made, 0600, a keyring's item as its app makes it
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    to: Option<Typed>,
    /// Only what is of this account: its user name or home_account_id
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(complete::accounts))]
    account: Option<String>,
    #[command(flatten)]
    choice: Choice,
    /// Let what is sealed, or in a keyring, come to lie in plain text; takes a name typed
    #[arg(long)]
    plaintext: bool,
    #[command(flatten)]
    naming: Naming,
}

/// Copy entries to another place
///
/// Every entry goes as it is, and as `import` takes it in. The target is written under its locks, read back and
/// compared entry by entry.
#[derive(Debug, Args)]
#[command(after_help = RECIPE)]
pub struct CopyArguments {
    #[command(flatten)]
    way: Way,
    /// Only access tokens and the account that they are for: no refresh token, no id token
    #[arg(long, requires = "account", requires = "box")]
    access_tokens_only: bool,
    /// Only access tokens that are no longer good at this moment
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "access_tokens_only", group = "box")]
    until: Option<UnixSeconds>,
    /// The same as a span from now, such as 1h
    #[arg(long = "for", value_name = "SPAN", value_parser = span, requires = "access_tokens_only", group = "box")]
    within: Option<i64>,
    #[command(flatten)]
    writing: Writing,
    /// Keep no undo file at the target
    #[arg(long, help_heading = "Before writing")]
    no_undo: bool,
}

const RECIPE: &str = "For a container: one account, access tokens alone, an hour at most. A token that is good for \
longer is left out, for it cannot be made to end earlier.
  mkdir -m 700 box
  saltcellar copy-to ~/.azure/msal_token_cache.json box/msal_token_cache.json \\
    --account ada@contoso.com --access-tokens-only --for 1h
  cp ~/.azure/azureProfile.json box/
  docker run --rm --user \"$(id -u):$(id -g)\" -e AZURE_CONFIG_DIR=/box -v \"$PWD/box:/box\" IMAGE az …";

/// Move entries to another place
///
/// As `copy-to`; what was found there again, with the same value, is then taken out here. Stopped anywhere, the entries
/// are at both places at worst.
#[derive(Debug, Args)]
pub struct MoveArguments {
    #[command(flatten)]
    way: Way,
    #[command(flatten)]
    forgetting: Forgetting,
}

/// What is asked for.
struct Errand<'a> {
    way: &'a Way,
    options: LoadOptions,
    writing: &'a Writing,
    /// Whether an undo is kept at the target.
    no_undo: bool,
    /// Whether what came is taken out here, and an undo of that is kept.
    then: Then,
}

/// What becomes of the entries here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Stay,
    Leave { keep_undo: bool },
}

/// Runs `copy-to`.
///
/// # Errors
/// Nothing goes, nobody confirmed, or the target could not be written.
pub(super) fn copy(session: &Session, arguments: &CopyArguments) -> Result<Exit, Failure> {
    let until = arguments.until.or(arguments.within.map(|span| UnixSeconds(session.now.0.saturating_add(span))));
    let options = LoadOptions { account: arguments.way.account.clone(), until };
    let (way, writing) = (&arguments.way, &arguments.writing);
    run(session, &Errand { way, options, writing, no_undo: arguments.no_undo, then: Then::Stay })
}

/// Runs `move`.
///
/// # Errors
/// Those of [`copy`]; or the entries could not be taken out here.
pub(super) fn move_(session: &Session, arguments: &MoveArguments) -> Result<Exit, Failure> {
    let options = LoadOptions { account: arguments.way.account.clone(), until: None };
    let Forgetting { writing, keep_undo, .. } = &arguments.forgetting;
    let then = Then::Leave { keep_undo: *keep_undo };
    run(session, &Errand { way: &arguments.way, options, writing, no_undo: false, then })
}

/// What goes from where to where.
struct Trip<'a> {
    errand: &'a Errand<'a>,
    here: Content,
    there: Target,
    load: Load,
}

fn run(session: &Session, errand: &Errand<'_>) -> Result<Exit, Failure> {
    if let Some(done) = many::run(session, errand) {
        return done;
    }
    let trip = Trip::plan(session, errand)?;
    let planned = trip.import(&trip.there.cache())?;
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&trip.told(session, &planned));
    }
    if errand.writing.dry_run {
        return Ok(trip.only_planned(session, &planned));
    }
    trip.confirm(session, &planned)?;
    let (exit, done, committed) = trip.write(session, &planned)?;
    let gone = trip.compare(&done)?;
    let left = match errand.then {
        Then::Stay => None,
        Then::Leave { .. } if exit == Exit::NotDurable => {
            session.tell("Nothing was taken out here, for the copy may not survive a power cut.");
            None
        }
        Then::Leave { .. } => Some(trip.take_out(session, &gone)?),
    };
    let exit = left.as_ref().map_or(exit, |left| exit.worse(change::note(session, left)));
    trip.tell(session, &done, &committed, left.as_ref());
    Ok(exit)
}

impl<'a> Trip<'a> {
    fn plan(session: &Session, errand: &'a Errand<'a>) -> Result<Self, Failure> {
        let (Some(from), Some(to)) = (&errand.way.from, &errand.way.to) else {
            let failure = Failure::new(Kind::Usage, "two PLACEs say from where, and to where");
            return Err(failure.hint("see: saltcellar help copy-to"));
        };
        let readonly = match errand.then {
            Then::Stay => Some("its being read only here".to_owned()),
            Then::Leave { .. } => session.access().readonly,
        };
        let no_undo = !matches!(errand.then, Then::Leave { keep_undo: true });
        let access = Access { readonly, no_undo, ..session.access() };
        let here = Content::read(caches::open_one(session, &OnePlace { place: Some(from.clone()) }, access)?)?;
        let there = Target::open(session, to, Access { no_undo: errand.no_undo, ..session.access() })?;
        refuse_same(&here.source, &there.source)?;
        if !errand.writing.dry_run {
            refuse_readonly(&there.source)?;
            if errand.then != Then::Stay {
                refuse_readonly(&here.source)?;
            }
        }
        let load = choose(&here.cache(), &errand.options, session.now);
        refuse_nothing(errand, &load, &again(session, Some(from)))?;
        Ok(Self { errand, here, there, load })
    }

    fn import(&self, there: &Cache<'_>) -> Result<Import, Failure> {
        let options = ImportOptions { prefer: self.errand.way.choice.prefer(), only: self.load.spots.clone() };
        let found = import(there, &self.here.cache(), &options);
        found.map_err(|error| refused(self.here.source.place(), error))
    }

    /// Whether what is kept from other eyes here would lie open there.
    fn lays_open(&self) -> bool {
        self.here.source.is_guarded(Some(&self.here.loaded)) && !self.there.is_guarded()
    }

    fn told(&self, session: &Session, planned: &Import) -> Vec<Line> {
        let verb = if self.errand.then == Then::Stay { "Copy" } else { "Move" };
        let (from, to) = (self.here.source.place(), self.there.source.place());
        let title = format!("{verb} from {} to {}", session.named(from), session.named(to));
        let mut lines = vec![Line::new().with(Role::Strong, &title)];
        lines.extend(arrival::lines(&self.here.cache(), planned));
        let left = self.load.left.iter().map(|(path, why)| (path, ("  ", Role::Warn, why.as_ref())));
        lines.extend(arrival::entries(&self.here.cache(), left));
        lines.extend(self.remains(planned).iter().map(arrival::remains));
        lines.extend(cautions(&self.there.cache(), &self.here.cache(), planned));
        if self.there.is_new_item() {
            lines.push(
                Line::new().with(Role::Warn, "The keyring has no such item yet: it is made, as its app makes it."),
            );
        }
        if self.lays_open() {
            lines.push(
                Line::new().with(Role::Bad, "What is sealed or in a keyring here would lie there in plain text."),
            );
        }
        lines
    }

    fn confirm(&self, session: &Session, planned: &Import) -> Result<(), Failure> {
        let (errand, cache) = (self.errand, self.here.cache());
        if self.lays_open() {
            if !errand.way.plaintext {
                let failure =
                    Failure::new(Kind::Unconfirmed, "the target would hold in plain text what is sealed here");
                return Err(failure.hint("--plaintext, and the name of the account or file, if that is what you want"));
            }
            let names = names(&self.here, errand.way.account.as_deref());
            return confirm::name(session, errand.writing, &names, Stake::Seal);
        }
        let severity = match errand.then {
            Then::Leave { .. } => {
                let (gone, _) = arrived(&cache, &cache, &paths(&cache, &self.load));
                ops::effect(&cache, &leave(&cache, &gone), session.now).severity
            }
            Then::Stay if planned.patch.is_empty() => return Ok(()),
            Then::Stay => Severity::Moderate,
        };
        confirm::change(session, errand.writing, &severity, &file_name(&self.here.source))
    }

    /// Puts the entries there; what came of each.
    fn write(&self, session: &Session, planned: &Import) -> Result<(Exit, Import, Option<Committed>), Failure> {
        if planned.patch.is_empty() {
            return Ok((Exit::Done, planned.clone(), None));
        }
        session.config().policy.law.allow(Deed::Export)?;
        let propose: &Propose<'_> = &|there| Ok(self.import(there)?.patch);
        let committed = self.there.commit(session, propose, &Severity::Moderate)?;
        let done = self.import(&Cache::of(&committed.before))?;
        Ok((change::note(session, &committed), done, Some(committed)))
    }

    /// Reads what is there now and finds every entry again that came or was there before.
    fn compare(&self, done: &Import) -> Result<Vec<Gone>, Failure> {
        let there = self.there.source.load().map_err(|error| Failure::at(self.there.source.place(), error))?;
        let meant = standing(done);
        let (gone, missing) = arrived(&self.here.cache(), &Cache::of(&there.document), &meant);
        if missing.is_empty() {
            return Ok(gone);
        }
        let says =
            format!("{} of {} entries do not stand at {} any more", missing.len(), meant.len(), there_name(self));
        let failure = Failure::new(Kind::Changed, says);
        Err(failure.hint("another process wrote there; nothing was taken out here: look, and run it again"))
    }

    /// The accounts that stay here too once `import` is done.
    fn remains(&self, import: &Import) -> Vec<Remains> {
        if self.errand.then == Then::Stay {
            return Vec::new();
        }
        let cache = self.here.cache();
        remain(&cache, &arrived(&cache, &cache, &standing(import)).0)
    }

    fn take_out(&self, session: &Session, gone: &[Gone]) -> Result<Committed, Failure> {
        let both = "the entries are at both places now";
        if session.signal().is_some() {
            return Err(Failure::new(Kind::Cancelled, format!("stopped: {both}")));
        }
        // What is taken out is what was confirmed, to the byte: it cannot have grown graver.
        let severity = Severity::Severe { names: Vec::new() };
        let propose: &Propose<'_> = &|here: &Cache<'_>| -> Result<Patch, Failure> { Ok(leave(here, gone)) };
        change::commit(session, &self.here.source, propose, &severity).map_err(|failure| failure.shows(both))
    }

    fn only_planned(&self, session: &Session, planned: &Import) -> Exit {
        match session.form {
            Form::Words => session.tell("Nothing was written: this was a dry run."),
            Form::Json => self.report(session, planned, None, None, true),
        }
        Exit::Done
    }

    fn tell(&self, session: &Session, done: &Import, committed: &Option<Committed>, left: Option<&Committed>) {
        if session.form == Form::Json {
            return self.report(session, done, committed.as_ref(), left, false);
        }
        let good = |says: &str| Line::new().with(Role::Good, says);
        match committed {
            Some(committed) => {
                session.talk_all(&[good(&format!("{} Read back: all are there.", arrival::done(done)))]);
                session.talk_all(&present::place::committed(committed));
            }
            None => session.tell("Everything was there already."),
        }
        match left {
            Some(left) if left.written => {
                session.talk_all(&[good(&present::change::done(&Cache::of(&left.before), &left.patch))]);
                session.talk_all(&present::place::committed(left));
            }
            Some(_) => session.tell("Nothing of it was left to take out here: another process had done that."),
            None => {}
        }
    }

    fn report(
        &self,
        session: &Session,
        import: &Import,
        committed: Option<&Committed>,
        left: Option<&Committed>,
        dry_run: bool,
    ) {
        let places = (self.here.source.place().to_string(), self.there.source.place().to_string());
        let remains = self.remains(import);
        let outcome = Outcome { import, load: &self.load, remains: &remains, committed, left, dry_run };
        transfer_report::answer(session, places, &outcome);
    }
}

fn there_name(trip: &Trip<'_>) -> String {
    trip.there.source.place().to_string()
}

/// What a person types who means what goes.
fn names(here: &Content, only: Option<&str>) -> Vec<String> {
    let roster: &Roster = &here.roster;
    let is_meant = |names: [&str; 2]| only.is_none_or(|only| names.iter().any(|name| name.eq_ignore_ascii_case(only)));
    let meant = |account: &&AccountRow| !account.is_app_only() && is_meant([account.label(), &account.home_account_id]);
    let accounts = roster.accounts.iter().filter(meant);
    let mut names: Vec<String> =
        accounts.flat_map(|one| [one.label().to_owned(), one.home_account_id.clone()]).collect();
    names.push(file_name(&here.source));
    names
}

fn refuse_same(here: &Source, there: &Source) -> Result<(), Failure> {
    let whole = |path: &FilePath| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let same_file = here.path().zip(there.path()).is_some_and(|(a, b)| whole(&a) == whole(&b));
    if same_file || here.place() == there.place() {
        return Err(Failure::new(Kind::Usage, format!("{} is named twice: from where, and to where", here.place())));
    }
    Ok(())
}

fn refuse_nothing(errand: &Errand<'_>, load: &Load, from: &str) -> Result<(), Failure> {
    let is_nothing = load.spots.as_ref().is_some_and(std::collections::BTreeSet::is_empty);
    let account = errand.options.account.as_deref().unwrap_or_default();
    if is_nothing {
        let failure = Failure::new(Kind::NoMatch, format!("nothing is of {account} here"));
        return Err(failure.hint(shows("--account", from)));
    }
    if errand.options.until.is_none() || load.tokens > 0 {
        return Ok(());
    }
    let failure = Failure::new(Kind::NoMatch, format!("no access token of {account} fits in that time"));
    let failure = load.left.iter().fold(failure, |failure, (_, why)| failure.shows(why.as_ref()));
    Err(failure.hint("a token cannot be made to end earlier: allow more time, or come back when less is left"))
}
