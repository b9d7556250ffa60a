//! From a place with one cache per user into one cache: all of its caches, or those of one account, put together and
//! taken in; read back and compared, and only then, and only to move, taken out there.

use std::ops::ControlFlow;

use serde::Serialize;

use super::args::Typed;
use super::arriving::{self, Terms, none_there};
use super::caches::Content;
use super::change::{self, Propose};
use super::failure::{Exit, Failure, Kind};
use super::import::refused;
use super::session::{Form, Session};
use super::target::Target;
use super::{bulk, each, report};
use crate::cache::{Cache, Roster};
use crate::json::{Document, Patch, Path};
use crate::ops::Severity;
use crate::ops::import::{ImportOptions, Prefer, import};
use crate::ops::merge::{MergeError, merge};
use crate::ops::tenure::{Holds, holds};
use crate::ops::transfer::{Gone, Load, arrived, leave, paths};
use crate::present::{self, Line, Role, arrival, crossing};
use crate::secret::Deed;
use crate::source::{Access, Collection, PLAINTEXT, Patience, Row, SourceError};

/// What is gathered, and how.
pub(super) struct Harvest<'a> {
    /// From where.
    pub(super) from: &'a Typed,
    /// Into what.
    pub(super) to: &'a Typed,
    /// On what terms.
    pub(super) terms: Terms<'a>,
    /// Whether no undo is kept at the target.
    pub(super) no_undo: bool,
}

/// The caches of the collection at `typed` that hold something, by key, and how many values are none; of `account` alone,
/// if one is meant.
///
/// # Errors
/// What the place said, or nothing is there.
pub(super) fn caches(
    session: &Session,
    typed: &Typed,
    account: Option<&str>,
    access: Access,
) -> Result<(Collection, Vec<(String, Content)>), Failure> {
    let collection = each::open(typed, access)?;
    let mut found = Vec::new();
    let mut passed = 0;
    let read = collection.each(&mut |page| {
        for row in page {
            match held(&collection, row) {
                Held::Cache(key, content) if is_of(&content.roster, account) => found.push((key, *content)),
                Held::Cache(..) | Held::Nothing => {}
                Held::Other => passed += 1,
            }
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| Failure::at(&typed.place, error))?;
    if passed > 0 {
        let (values, are) = if passed == 1 { ("value", "is") } else { ("values", "are") };
        session.tell(&format!("Passed over {passed} {values} that {are} no cache or encrypted."));
    }
    if found.is_empty() {
        return Err(none_there(&typed.place, account));
    }
    // The place has no order of its own, and a merge depends on it.
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok((collection, found))
}

/// What a row holds.
pub(super) enum Held {
    /// A cache with something in it, and its key.
    Cache(String, Box<Content>),
    /// A cache with nothing in it.
    Nothing,
    /// No cache, or one that cannot be read.
    Other,
}

/// What `row` of `collection` holds.
pub(super) fn held(collection: &Collection, row: Row) -> Held {
    let Ok(loaded) = row.cache else { return Held::Other };
    let cache = Cache::of(&loaded.document);
    let roster = Roster::of(&cache);
    match holds(&cache, &roster) {
        Holds::Entries => {
            let source = collection.one_of_many(&row.key);
            Held::Cache(row.key, Box::new(Content { source, loaded, roster }))
        }
        Holds::Nothing => Held::Nothing,
        Holds::Other => Held::Other,
    }
}

/// Whether `account` is among the accounts, if one is meant.
pub(super) fn is_of(roster: &Roster, account: Option<&str>) -> bool {
    let Some(account) = account else { return true };
    let is_its = |name: &str| name.eq_ignore_ascii_case(account);
    roster.accounts.iter().any(|one| is_its(&one.home_account_id) || one.username.as_deref().is_some_and(is_its))
}

/// One cache, and what of it goes.
struct Share {
    key: String,
    content: Content,
    /// All of it, or the parts of one account.
    goes: Vec<Document>,
}

impl Share {
    fn of((key, content): (String, Content), account: Option<&str>) -> Result<Self, Failure> {
        let goes = match account {
            None => vec![content.loaded.document.clone()],
            Some(_) => {
                let parts = arriving::parts(&content)?.into_iter();
                parts.filter(|part| arriving::is_of(part, account)).map(|part| part.document).collect()
            }
        };
        Ok(Self { key, content, goes })
    }

    /// What of it stands in `there` as it is here, and how much does not.
    fn arrived(&self, there: &Cache<'_>) -> (Vec<Gone>, usize) {
        let every = |document| paths(&Cache::of(document), &Load::default());
        let meant: Vec<Path> = self.goes.iter().flat_map(every).collect();
        let (gone, missing) = arrived(&self.content.cache(), there, &meant);
        (gone, missing.len())
    }
}

/// What goes of all of them.
fn together(shares: &[Share], prefer: Prefer) -> Result<Document, Failure> {
    let (mut documents, mut places) = (Vec::new(), Vec::new());
    for share in shares {
        documents.extend(share.goes.iter().cloned());
        places.resize(documents.len(), share.content.source.place());
    }
    let merged = merge(&documents, &ImportOptions { prefer, only: None }).map_err(|error| match error {
        MergeError::Refused(at, cause) => match places.get(at) {
            Some(place) => refused(place, cause),
            None => Failure::from_error(Kind::NotACache, cause),
        },
        MergeError::Edit(cause) => Failure::from_error(Kind::Write, cause),
    })?;
    Ok(merged.document)
}

/// Gathers.
///
/// # Errors
/// Nothing goes, nobody confirmed, or a step failed; what was gathered stands at both places.
pub(super) fn gather(session: &Session, harvest: &Harvest<'_>) -> Result<Exit, Failure> {
    let access = arriving::access(session, harvest.terms.leaves);
    let (collection, contents) = caches(session, harvest.from, harvest.terms.account, access)?;
    let there = Target::open(session, harvest.to, Access { no_undo: harvest.no_undo, ..session.access() })?;
    if !harvest.terms.writing.dry_run {
        change::refuse_readonly(&there.source)?;
        if harvest.terms.leaves {
            bulk::refuse_readonly(&collection)?;
        }
    }
    let shares = contents.into_iter().map(|one| Share::of(one, harvest.terms.account));
    let shares: Vec<Share> = shares.collect::<Result<_, _>>()?;
    let all = together(&shares, harvest.terms.prefer)?;
    let planned = take_in(harvest, &there.cache(), &all)?;
    if session.form == Form::Words || session.io.borrow().can_ask() {
        let verb = if harvest.terms.leaves { "Move" } else { "Copy" };
        let (from, to) = (session.named(&harvest.from.place), session.named(&harvest.to.place));
        let title = format!("{verb} {} from {from} to {to}", caches_of(shares.len()));
        session.talk_all(&[Line::new().with(Role::Strong, &title)]);
        session.talk_all(&arrival::lines(&Cache::of(&all), &planned));
    }
    if harvest.terms.writing.dry_run {
        session.tell("Nothing was written: this was a dry run.");
        answer(session, harvest, &shares, &Gathered::default());
        return Ok(Exit::Done);
    }
    harvest.terms.confirm(session, &harvest.from.place)?;
    session.config().policy.law.allow(Deed::Export)?;
    let mut exit = Exit::Done;
    if !planned.patch.is_empty() {
        let propose: &Propose<'_> = &|there| Ok(take_in(harvest, there, &all)?.patch);
        let committed = there.commit(session, propose, &Severity::Moderate)?;
        exit = change::note(session, &committed);
        session.talk_all(&present::place::committed(&committed));
    }
    let gathered = settle(session, harvest, &collection, &shares, &there, exit)?;
    answer(session, harvest, &shares, &gathered);
    Ok(exit)
}

/// Reads back what stands at the target now, and takes out at the first place what does.
fn settle(
    session: &Session,
    harvest: &Harvest<'_>,
    collection: &Collection,
    shares: &[Share],
    there: &Target,
    exit: Exit,
) -> Result<Gathered, Failure> {
    let now = there.source.load().map_err(|error| Failure::at(there.source.place(), error))?;
    let mut gathered = Gathered::default();
    let mut stood = Vec::new();
    for share in shares {
        let (gone, kept) = share.arrived(&Cache::of(&now.document));
        gathered.arrived += gone.len();
        gathered.kept += kept;
        stood.push((share, gone, kept == 0));
    }
    let says = format!("Read back: {} entries stand there.", gathered.arrived);
    session.talk_all(&[Line::new().with(Role::Good, &says)]);
    if gathered.kept > 0 {
        let says = format!("{} stay where they were: a later value stands there.", gathered.kept);
        session.talk_all(&[Line::new().with(Role::Warn, &says)]);
    }
    if harvest.terms.leaves && exit == Exit::NotDurable {
        session.tell("Nothing was taken out, for the copy may not survive a power cut.");
    } else if harvest.terms.leaves {
        session.patiently(|patience| take_out(collection, &stood, patience, &mut gathered))?;
        session.note_write(exit);
        session.talk_all(&crossing::left(gathered.emptied, gathered.parted, &harvest.from.place.to_string()));
    }
    Ok(gathered)
}

fn caches_of(many: usize) -> String {
    if many == 1 { "1 cache".to_owned() } else { format!("{many} caches") }
}

fn take_in(harvest: &Harvest<'_>, there: &Cache<'_>, all: &Document) -> Result<crate::ops::import::Import, Failure> {
    let options = ImportOptions { prefer: harvest.terms.prefer, only: None };
    import(there, &Cache::of(all), &options).map_err(|error| refused(&harvest.from.place, error))
}

/// What came of all.
#[derive(Default)]
struct Gathered {
    arrived: usize,
    kept: usize,
    /// Caches taken out whole.
    emptied: usize,
    /// Caches of which a part stays.
    parted: usize,
}

/// A cache, what of it arrived, and whether that is all that was to go.
type Stood<'a> = (&'a Share, Vec<Gone>, bool);

fn take_out(
    collection: &Collection,
    stood: &[Stood<'_>],
    patience: &Patience<'_>,
    gathered: &mut Gathered,
) -> Result<(), Failure> {
    for (at, (share, gone, is_all)) in stood.iter().enumerate() {
        let Share { key, content, goes } = share;
        let so_far = || format!("{at} of {} caches were taken out; the others are at both places", stood.len());
        if patience.is_cancelled() {
            let failure = Failure::new(Kind::Cancelled, format!("stopped: {}", so_far()));
            return Err(failure.hint("run it again: it does the rest"));
        }
        let is_whole = *is_all && content.loaded.seal() == PLAINTEXT && arriving::are_all(content, goes.iter());
        let out = match is_whole {
            true => collection.remove(key, &content.loaded, patience),
            false => {
                let propose = |here: &crate::source::Loaded| -> Result<Patch, SourceError> {
                    Ok(leave(&Cache::of(&here.document), gone))
                };
                content.source.commit(patience, &propose).map(|_| ())
            }
        };
        out.map_err(|error| Failure::at(content.source.place(), error).shows(so_far()))?;
        match is_all {
            true => gathered.emptied += 1,
            false => gathered.parted += 1,
        }
    }
    Ok(())
}

/// `copy-to` and `move` out of a place with one cache per user.
#[derive(Serialize)]
struct Report {
    from: String,
    to: String,
    caches: usize,
    arrived: usize,
    kept: usize,
    removed_caches: usize,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

fn answer(session: &Session, harvest: &Harvest<'_>, shares: &[Share], gathered: &Gathered) {
    if session.form == Form::Words {
        return;
    }
    let body = Report {
        from: harvest.from.place.to_string(),
        to: harvest.to.place.to_string(),
        caches: shares.len(),
        arrived: gathered.arrived,
        kept: gathered.kept,
        removed_caches: gathered.emptied,
        written: !harvest.terms.writing.dry_run,
        dry_run: harvest.terms.writing.dry_run.then_some(true),
    };
    report::answer(session, &body);
}
