//! From one cache into a place with one cache per user: a part for each account, made where there is none, taken in where
//! one is, read back and compared. Stopped anywhere, nothing is lost: nothing leaves its place before all of it arrived.

use std::collections::BTreeSet;

use serde::Serialize;

use super::args::{Typed, Writing};
use super::caches::Content;
use super::change::file_name;
use super::confirm::{self, Stake};
use super::failure::{Exit, Failure, Kind};
use super::import::refused;
use super::naming::Naming;
use super::session::{Form, Session};
use super::{bulk, change, each, report};
use crate::cache::Cache;
use crate::json::{Document, Path};
use crate::ops::import::{ImportOptions, Prefer, import};
use crate::ops::partition::{Owner, Part, partition};
use crate::ops::transfer::{Gone, Load, LoadOptions, arrived, choose, leave, paths, remain};
use crate::ops::{self, Severity};
use crate::present::{Line, Role, arrival, change as words};
use crate::secret::Deed;
use crate::source::{Access, Collection, Loaded, Patience, Place, SourceError};
use crate::time::UnixSeconds;

/// On what terms caches go from place to place.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// How to go about it.
    pub(super) writing: &'a Writing,
    /// Of one account alone.
    pub(super) account: Option<&'a str>,
    /// Whose value stays where one is there already.
    pub(super) prefer: Prefer,
    /// Whether what arrived leaves the first place.
    pub(super) leaves: bool,
}

/// What goes where, and how.
pub(super) struct Delivery<'a> {
    /// What it comes from.
    pub(super) here: &'a Content,
    /// Where it goes.
    pub(super) to: &'a Typed,
    /// How it is named there.
    pub(super) naming: &'a Naming,
    /// On what terms.
    pub(super) terms: Terms<'a>,
    /// "Copy", for the title of the plan.
    pub(super) verb: &'static str,
    /// Whether what is sealed here may lie open there.
    pub(super) plaintext: bool,
}

/// A part and the key of its cache.
pub(super) struct Parcel<'p> {
    /// The key.
    pub(super) key: String,
    /// What goes there.
    pub(super) part: &'p Part,
}

/// What came of all parcels.
#[derive(Default)]
pub(super) struct Delivered {
    /// Caches made.
    pub(super) made: usize,
    /// Parcels taken into a cache that was there.
    pub(super) taken_in: usize,
    /// Parcels that were there already.
    pub(super) same: usize,
    /// What stands there now as it is here.
    pub(super) gone: Vec<Gone>,
    /// What stands there with a later value, or not at all.
    pub(super) missing: Vec<Path>,
}

impl Delivered {
    /// Counts `more` in, without what it names.
    pub(super) fn add(&mut self, more: Self) {
        self.made += more.made;
        self.taken_in += more.taken_in;
        self.same += more.same;
        self.missing.extend(more.missing);
    }
}

impl Terms<'_> {
    /// Asks whether all caches at `place` are to go: to move takes sign-ins out, by name.
    pub(super) fn confirm(&self, session: &Session, place: &Place) -> Result<(), Failure> {
        if !self.leaves {
            return confirm::change(session, self.writing, &Severity::Moderate, "");
        }
        let names: Vec<String> = self.account.map(str::to_owned).into_iter().chain([place.to_string()]).collect();
        confirm::name(session, self.writing, &names, Stake::SignIn)
    }
}

/// Why nothing goes from `place`: there is no cache, or none of `account`.
pub(super) fn none_there(place: &Place, account: Option<&str>) -> Failure {
    let whose = account.map(|account| format!(" of {account}")).unwrap_or_default();
    Failure::new(Kind::NoMatch, format!("{place} holds no cache{whose}"))
}

/// Delivers.
///
/// # Errors
/// Nothing goes, nobody confirmed, or a step failed; what was delivered stands at both places.
pub(super) fn deliver(session: &Session, delivery: &Delivery<'_>) -> Result<Exit, Failure> {
    let collection = each::open(&delivery.naming.placed(delivery.to), session.access())?;
    let here = delivery.here;
    if !delivery.terms.writing.dry_run {
        bulk::refuse_readonly(&collection)?;
        if delivery.terms.leaves {
            change::refuse_readonly(&here.source)?;
        }
    }
    let parts = parts(here)?;
    let (parcels, stays) = pack(delivery, &parts);
    if parcels.is_empty() {
        let whose = delivery.terms.account.map_or("any account".to_owned(), str::to_owned);
        return Err(Failure::new(Kind::NoMatch, format!("nothing is of {whose} here")));
    }
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&told(session, delivery, &parcels, &stays));
    }
    if delivery.terms.writing.dry_run {
        session.tell("Nothing was written: this was a dry run.");
        answer(session, delivery, &parcels, &Delivered::default(), 0);
        return Ok(Exit::Done);
    }
    ask(session, delivery, &collection, &parcels)?;
    session.config().policy.law.allow(Deed::Export)?;
    let delivered = session.patiently(|patience| put_all(session, delivery, &collection, &parcels, patience))?;
    session.talk_all(&done(&delivered));
    let left = if delivery.terms.leaves { take_out(session, delivery, &delivered)? } else { 0 };
    session.note_write(Exit::Done);
    answer(session, delivery, &parcels, &delivered, left);
    Ok(Exit::Done)
}

/// What came of the parcels, and whether all that they held stands there.
pub(super) fn done(delivered: &Delivered) -> Vec<Line> {
    let Delivered { made, taken_in, same, missing, .. } = delivered;
    let parts = [
        (*made, "cache made", "caches made"),
        (*taken_in, "taken into a cache that was there", "taken into caches that were there"),
        (*same, "there already", "there already"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(many, ..)| *many > 0).map(|(many, one, more)| count(*many, one, more)).collect();
    let told = told.join(", ");
    if missing.is_empty() {
        return vec![Line::new().with(Role::Good, &format!("{told}. Read back: every entry is there."))];
    }
    let stays = count(
        missing.len(),
        "entry is not there as it is here, but with a later value. It stays here.",
        "entries are not there as they are here, but with later values. They stay here.",
    );
    let says = format!("Read back: {stays}");
    vec![Line::new().with(Role::Good, &format!("{told}.")), Line::new().with(Role::Warn, &says)]
}

/// The parts that go, each under a key of its own, and those that no key is for.
pub(super) fn pack<'p>(delivery: &Delivery<'_>, parts: &'p [Part]) -> (Vec<Parcel<'p>>, Vec<&'p Part>) {
    let (mut parcels, mut stays) = (Vec::new(), Vec::new());
    for part in parts.iter().filter(|part| is_of(part, delivery.terms.account)) {
        match delivery.naming.name(&part.owner) {
            Some(key) => parcels.push(Parcel { key, part }),
            None => stays.push(part),
        }
    }
    (parcels, stays)
}

/// What `content` is parted into, one for each account.
///
/// # Errors
/// It cannot be parted without loss.
pub(super) fn parts(content: &Content) -> Result<Vec<Part>, Failure> {
    let place = content.source.place();
    partition(&content.cache())
        .map_err(|error| Failure::new(Kind::NotACache, format!("{place} cannot be parted: {error}")))
}

/// Whether `part` is of `account`, if one is meant.
pub(super) fn is_of(part: &Part, account: Option<&str>) -> bool {
    let Some(account) = account else { return true };
    let is_its = |name: &str| name.eq_ignore_ascii_case(account);
    matches!(&part.owner, Owner::Account { home_account_id } if is_its(home_account_id))
        || part.username.as_deref().is_some_and(is_its)
}

/// Whether `parts` together are all that `content` holds.
pub(super) fn are_all<'p>(content: &Content, parts: impl Iterator<Item = &'p Document>) -> bool {
    let every = |document: &Document| paths(&Cache::of(document), &Load::default());
    let held: BTreeSet<Path> = parts.flat_map(every).collect();
    every(&content.loaded.document).iter().all(|path| held.contains(path))
}

fn count(many: usize, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}

fn told(session: &Session, delivery: &Delivery<'_>, parcels: &[Parcel<'_>], stays: &[&Part]) -> Vec<Line> {
    /// More are only counted.
    const MOST: usize = 50;
    let (from, to) = (session.named(delivery.here.source.place()), session.named(&delivery.to.place));
    let title = format!("{} {from} into {to}", delivery.verb);
    let mut lines = vec![Line::new().with(Role::Strong, &title)];
    lines.extend(parcels.iter().take(MOST).map(|Parcel { key, part }| {
        let size = words::size(part.document.len());
        let line = Line::plain("  ").with(Role::Strong, key);
        line.with(Role::Dim, &format!("  {}, {size}", count(part.entries, "entry", "entries")))
    }));
    if parcels.len() > MOST {
        lines.push(Line::new().with(Role::Dim, &format!("  … and {} more", parcels.len() - MOST)));
    }
    if !stays.is_empty() {
        let entries = stays.iter().map(|part| part.entries).sum();
        let says =
            format!("{} of no user: such a library keeps none there.", count(entries, "entry stays", "entries stay"));
        lines.push(Line::new().with(Role::Warn, &says));
    }
    lines
}

/// Asks, once it is known that nothing strange is in the way.
fn ask(session: &Session, delivery: &Delivery<'_>, there: &Collection, parcels: &[Parcel<'_>]) -> Result<(), Failure> {
    let (here, writing) = (delivery.here, delivery.terms.writing);
    let cache = here.cache();
    let name = file_name(&here.source);
    let lays_open = here.source.is_guarded(Some(&here.loaded)) && !there.cache("").is_guarded(None);
    if lays_open {
        if !delivery.plaintext {
            let failure = Failure::new(Kind::Unconfirmed, "the target would hold in plain text what is sealed here");
            return Err(failure.hint("`copy-to` or `move` with --plaintext does so"));
        }
        return confirm::name(session, writing, &[name], Stake::Seal);
    }
    let severity = match delivery.terms.leaves {
        false => Severity::Moderate,
        true => {
            let meant = meant(delivery, &cache, parcels);
            let (gone, _) = arrived(&cache, &cache, &meant);
            ops::effect(&cache, &leave(&cache, &gone), session.now).severity
        }
    };
    confirm::change(session, writing, &severity, &name)
}

/// The entries that go.
fn meant(delivery: &Delivery<'_>, cache: &Cache<'_>, parcels: &[Parcel<'_>]) -> Vec<Path> {
    let options = LoadOptions { account: delivery.terms.account.map(str::to_owned), until: None };
    let all = paths(cache, &choose(cache, &options, UnixSeconds(0)));
    let in_parts = |path: &Path| parcels.iter().any(|parcel| parcel.part.document.get(path).is_some());
    all.into_iter().filter(in_parts).collect()
}

fn put_all(
    session: &Session,
    delivery: &Delivery<'_>,
    there: &Collection,
    parcels: &[Parcel<'_>],
    patience: &Patience<'_>,
) -> Result<Delivered, Failure> {
    let mut delivered = Delivered::default();
    let expires = delivery.naming.ends(session);
    for (at, parcel) in parcels.iter().enumerate() {
        let so_far = || format!("{at} of {} caches stand there; nothing was taken out here", parcels.len());
        if patience.is_cancelled() {
            let failure = Failure::new(Kind::Cancelled, format!("stopped: {}", so_far()));
            return Err(failure.hint("run it again: what stands there already is passed over"));
        }
        put(delivery, there, parcel, expires, patience, &mut delivered).map_err(|failure| {
            failure.shows(so_far()).hint("run it again: what stands there already is passed over")
        })?;
    }
    Ok(delivered)
}

/// Makes the cache, or takes the part into the one that is there; reads back and compares.
///
/// # Errors
/// What the place said.
pub(super) fn put(
    delivery: &Delivery<'_>,
    there: &Collection,
    parcel: &Parcel<'_>,
    expires: Option<UnixSeconds>,
    patience: &Patience<'_>,
    delivered: &mut Delivered,
) -> Result<(), Failure> {
    let source = there.one_of_many(&parcel.key);
    let at = |error| Failure::at(source.place(), error);
    match there.create(&parcel.key, &parcel.part.document.to_bytes(), expires) {
        Ok(()) => delivered.made += 1,
        Err(SourceError::Changed { .. }) => {
            let propose = |loaded: &Loaded| take_in(delivery, loaded, &parcel.part.document);
            let committed = source.commit(patience, &propose).map_err(at)?;
            delivered.taken_in += usize::from(committed.written);
            delivered.same += usize::from(!committed.written);
        }
        Err(error) => return Err(at(error)),
    }
    let now = source.load().map_err(at)?;
    let (here, part) = (delivery.here.cache(), Cache::of(&parcel.part.document));
    let load = choose(&part, &LoadOptions::default(), UnixSeconds(0));
    let (gone, missing) = arrived(&here, &Cache::of(&now.document), &paths(&part, &load));
    delivered.gone.extend(gone);
    delivered.missing.extend(missing);
    Ok(())
}

fn take_in(delivery: &Delivery<'_>, there: &Loaded, part: &Document) -> Result<crate::json::Patch, SourceError> {
    let options = ImportOptions { prefer: delivery.terms.prefer, only: None };
    let found = import(&Cache::of(&there.document), &Cache::of(part), &options);
    let found = found.map_err(|error| SourceError::Refused(refused(delivery.here.source.place(), error).says()))?;
    Ok(found.patch)
}

/// Takes out here what stands there.
fn take_out(session: &Session, delivery: &Delivery<'_>, delivered: &Delivered) -> Result<usize, Failure> {
    let source = &delivery.here.source;
    // What is taken out is what was confirmed, to the byte: it cannot have grown graver.
    let severity = Severity::Severe { names: Vec::new() };
    let propose: &change::Propose<'_> = &|here: &Cache<'_>| Ok(leave(here, &delivered.gone));
    let committed = change::commit(session, source, propose, &severity)
        .map_err(|failure| failure.shows("the entries are at both places now"))?;
    change::note(session, &committed);
    if session.form == Form::Words {
        let says = words::done(&Cache::of(&committed.before), &committed.patch);
        session.talk_all(&[Line::new().with(Role::Good, &says)]);
        let remains = remain(&Cache::of(&committed.before), &delivered.gone);
        session.talk_all(&remains.iter().map(arrival::remains).collect::<Vec<_>>());
        session.talk_all(&crate::present::place::committed(&committed));
    }
    Ok(committed.patch.changes.len())
}

/// `partition`, `copy-to` and `move` into a place with one cache per user.
#[derive(Serialize)]
struct Report<'a> {
    from: String,
    to: String,
    parts: Vec<OnePart<'a>>,
    made: usize,
    taken_in: usize,
    same: usize,
    /// Entries that stand there with another value, which was later.
    kept: usize,
    removed: usize,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
struct OnePart<'a> {
    key: &'a str,
    username: Option<&'a str>,
    entries: usize,
    bytes: usize,
}

fn answer(session: &Session, delivery: &Delivery<'_>, parcels: &[Parcel<'_>], done: &Delivered, removed: usize) {
    if session.form == Form::Words {
        return;
    }
    let parts = parcels.iter().map(|Parcel { key, part }| OnePart {
        key,
        username: part.username.as_deref(),
        entries: part.entries,
        bytes: part.document.len(),
    });
    let body = Report {
        from: delivery.here.source.place().to_string(),
        to: delivery.to.place.to_string(),
        parts: parts.collect(),
        made: done.made,
        taken_in: done.taken_in,
        same: done.same,
        kept: done.missing.len(),
        removed,
        written: done.made + done.taken_in + removed > 0,
        dry_run: delivery.terms.writing.dry_run.then_some(true),
    };
    report::answer(session, &body);
}

/// The options with which a source is opened that entries are taken from.
pub(super) fn access(session: &Session, leaves: bool) -> Access {
    let readonly = if leaves { session.access().readonly } else { Some("its being read only here".to_owned()) };
    Access { readonly, no_undo: true, ..session.access() }
}
