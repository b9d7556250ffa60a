//! What a key in the filter costs over 160,000 entries: types queries letter by letter and prints, for each, the
//! median, the 99th percentile and the worst of a key with the frame behind it. Invented data; nothing is read or
//! written. Run it as `cargo run --release --example filter_keys [ENTRIES]` on a quiet machine.
#![expect(clippy::print_stdout, reason = "it is all that this program is for")]

mod workers;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;
use saltcellar::tui::fresh::Fresh;
use saltcellar::tui::model::{CacheId, Model, Moment, Reading, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::sieve::prepare;
use saltcellar::tui::theme::Theme;
use saltcellar::tui::update::update;
use saltcellar::tui::view::paint;

use workers::worked;

const NOW: i64 = 1_795_348_800;
const CACHE: CacheId = CacheId(0);

/// What is typed, the worst among them: one letter that stands everywhere, many at once, all turned round.
const QUERIES: [&str; 27] = [
    "graph",
    "e",
    "!e",
    "zzzz",
    "person1234",
    "a or e or i or o or u or 0 or 1 or 2",
    "a e i o 0 1 2 !x !y !z",
    "!(a or b) or !(c d)",
    "type:at expires<15m !person1",
    "expired or expiring or cached>7d",
    "tenant:a,b,c,d account:person1,person2",
    "scope=user.read aud:vault,graph",
    "client=04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "claim.upn:person1",
    "claim.upn=person1@example.invalid",
    "scope:e",
    "scope=api://1/access",
    "aud=api",
    "aud:e,a,o,i",
    "account=e",
    "account:1,2,3,4,5",
    "tenant=1 realm=2",
    "realm:a !realm:b",
    "env=e or env:login",
    "client:0,1,2,3,4,5,6,7,8,9",
    "\"user.read api\" or !\"api://0\"",
    "!(scope=access or aud=graph or client=0 or tenant=0)",
];

/// How the invented entries repeat their names.
#[derive(Clone, Copy)]
enum Names {
    /// As in a cache of many people: eight entries each.
    Shared,
    /// Every entry has a client, a tenant and a target of its own.
    Own,
}

fn main() {
    let entries = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(160_000);
    for (names, says) in [(Names::Shared, "names shared by eight"), (Names::Own, "names of their own")] {
        let reading = reading(&invented(entries, names));
        println!("\n{} entries, {says}", reading.roster.rows.len());
        let began = Instant::now();
        prepare(&reading, &[]);
        let (took, kilobytes) = (began.elapsed(), reading.index().bytes() / 1024);
        println!("index: {} ms on a worker, {kilobytes} kB", took.as_millis());
        for order in ["sf", "st"] {
            println!(
                "{:<44} {:>9} {:>9} {:>9} {:>9}  order {order}",
                "milliseconds a key", "p50", "p99", "max", "worker"
            );
            for query in QUERIES {
                let (mut keys, worker) = typed(&reading, order, query);
                keys.sort_unstable();
                let at = |share: usize| keys.get((keys.len() - 1) * share / 100).copied().unwrap_or_default();
                let ms = |time: Duration| time.as_secs_f64() * 1000.0;
                let worker = ms(worker);
                println!("{query:<44} {:>9.2} {:>9.2} {:>9.2} {worker:>9.2}", ms(at(50)), ms(at(99)), ms(at(100)));
            }
        }
    }
}

/// Types `query` and takes it away again, three times; how long each key and its frame took, and what a worker brought
/// with its frame; and beside it the longest time of a worker, which keeps no key waiting.
fn typed(reading: &Arc<Reading>, order: &str, query: &str) -> (Vec<Duration>, Duration) {
    let size = Size { width: 140, height: 40 };
    let moment = Moment { now: UnixSeconds(NOW), elapsed: Duration::from_secs(1) };
    let mut model = Model::new(size, moment, Theme::ANSI, Session::default());
    let opened = Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None };
    update(&mut model, opened);
    let fresh = Fresh::of(Arc::clone(reading));
    update(&mut model, Msg::Loaded { cache: CACHE, result: Ok(fresh) });
    let key = |code| Msg::Key(KeyEvent::new(code, KeyModifiers::NONE));
    let sorts = order.chars().flat_map(|c| update(&mut model, key(KeyCode::Char(c)))).collect::<Vec<_>>();
    sorts.into_iter().filter_map(worked).for_each(|msg| drop(update(&mut model, msg)));
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
    // A person sees the cache before typing.
    _ = paint(&model, buffer.area, &mut buffer);
    let (mut took, mut worker) = (Vec::new(), Duration::ZERO);
    let mut seen = |model: &mut Model, msg| {
        let began = Instant::now();
        let effects = update(model, msg);
        _ = paint(model, buffer.area, &mut buffer);
        took.push(began.elapsed());
        effects
    };
    for _ in 0..3 {
        update(&mut model, key(KeyCode::Char('/')));
        let strokes = query.chars().map(KeyCode::Char).chain(query.chars().map(|_| KeyCode::Backspace));
        // A filter that comes back as a whole, by the arrow up or pasted, is one stroke, too.
        let whole = [Msg::Paste(query.to_owned()), key(KeyCode::Esc)];
        for msg in strokes.map(key).chain(whole) {
            let mut effects = seen(&mut model, msg);
            while let Some(effect) = effects.pop() {
                let began = Instant::now();
                let Some(told) = worked(effect) else { continue };
                worker = worker.max(began.elapsed());
                effects.extend(seen(&mut model, told));
            }
        }
    }
    (took, worker)
}

fn reading(text: &str) -> Arc<Reading> {
    let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("the invented cache parses");
    let roster = Roster::of(&Cache::of(&document));
    Arc::new(Reading::new(document, roster, None))
}

/// A cache of five access tokens, an account, an id token and a refresh token a person.
fn invented(entries: usize, names: Names) -> String {
    let section = |name: &str, wanted: &dyn Fn(usize) -> bool| {
        let mut text = format!("\"{name}\":{{");
        for at in (0..entries).filter(|at| wanted(at % 8)) {
            let separator = if text.ends_with('{') { "" } else { "," };
            write!(text, "{separator}{}", entry(at, names)).expect("a string takes every text");
        }
        text.push('}');
        text
    };
    let sections = [
        section("AccessToken", &|kind| kind < 5),
        section("Account", &|kind| kind == 5),
        section("IdToken", &|kind| kind == 6),
        section("RefreshToken", &|kind| kind == 7),
    ];
    format!("{{{}}}", sections.join(","))
}

fn entry(at: usize, names: Names) -> String {
    const RESOURCES: [&str; 5] = [
        "https://graph.microsoft.com/User.Read https://graph.microsoft.com/Mail.Read",
        "https://management.core.windows.net//user_impersonation",
        "https://vault.azure.net/.default",
        "https://storage.azure.com/user_impersonation",
        "https://database.windows.net//.default",
    ];
    let (person, kind) = (at / 8, at % 8);
    let own = match names {
        Names::Shared => person,
        Names::Own => at,
    };
    let guid = |salt: usize| {
        let mixed =
            (own + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt.wrapping_mul(0x85eb_ca6b_c2b2_ae35));
        format!("{:08x}-{:04x}-4{:03x}-a{:03x}-{mixed:012x}", mixed >> 32, (mixed >> 16) & 0xffff, own & 0xfff, salt)
    };
    let client = if own % 3 == 0 { "04b07795-8ddb-461a-bbee-02f9e1bf7b46".to_owned() } else { guid(1) };
    let (object, tenant) = (format!("{person:08x}-5a17-4ce1-8a00-{person:012x}"), guid(2));
    let resource = RESOURCES.get(kind).copied().unwrap_or("");
    let target = match names {
        Names::Shared => resource.to_owned(),
        Names::Own => format!("{resource} api://{}/access", guid(3)),
    };
    // {"upn":"person…"} in a token that nobody signed.
    let claims = base64(format!("{{\"upn\":\"person{person}@example.invalid\",\"oid\":\"{object}\"}}").as_bytes());
    let expires = i64::try_from(at % 7200).unwrap_or(0) - 3600 + NOW;
    format!(
        "\"k{at}\":{{\"home_account_id\":\"{object}.{tenant}\",\"environment\":\"login.microsoftonline.com\",\
         \"client_id\":\"{client}\",\"realm\":\"{tenant}\",\"target\":\"{target}\",\"username\":\"person{person}@example.invalid\",\
         \"secret\":\"e30.{claims}.x\",\"cached_at\":\"{}\",\"expires_on\":\"{expires}\"}}",
        expires - 4000
    )
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number =
            (0..3).fold(0usize, |number, at| (number << 8) | three.get(at).map_or(0, |byte| usize::from(*byte)));
        let digits =
            [18, 12, 6, 0].map(|shift| DIGITS.get((number >> shift) & 63).map_or('A', |digit| char::from(*digit)));
        text.extend(digits.iter().take(three.len() + 1));
    }
    text
}
