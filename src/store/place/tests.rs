//! The grammar of places: what reads, what is refused, and that whatever is printed reads back.

use proptest::prelude::*;

use super::*;
use crate::system;

fn place(text: &str) -> Place {
    text.parse().expect(text)
}

fn refusal(text: &str) -> String {
    text.parse::<Place>().expect_err(text).to_string()
}

#[test]
fn what_looks_like_an_address_is_never_taken_for_a_file() {
    let read = |text: &str| text.parse::<Place>();

    for text in ["postgresql+psycopg://ada:hunter2@db/app", "redis+unix://:hunter2@h/r.sock", "REDIS://ada:hunter2@h"] {
        let says = read(text).expect_err("unknown").to_string();
        assert!(says.contains("this version knows") && !says.contains("hunter2"), "{says}");
    }
    assert_eq!(
        read("postgresql://ada@db/app").map(|place| place.to_string()),
        Ok("postgres://ada@db:5432/app".to_owned())
    );
    assert_eq!(read("a+b:c").expect("a file").path().map(|path| path.display().to_string()), Some("a+b:c".to_owned()));
}

#[test]
fn paths_and_uris_read_as_places() {
    let path = |text: &str| place(text).path().map(|p| p.display().to_string());

    assert_eq!(path("a%20b.json").as_deref(), Some("a%20b.json"));
    assert_eq!(path("a?b#c.json").as_deref(), Some("a?b#c.json"));
    assert_eq!(path("file:/a%20b.json?lock=java").as_deref(), Some("/a b.json"));
    assert_eq!(path("C:\\cache.json").as_deref(), Some("C:\\cache.json"));
    assert_eq!(path("-"), None);
    assert!(place("dir/").folder().is_some());
}

#[test]
fn several_options_and_a_slot_are_read() {
    let of = place("secret-service:msal.cache?seal=base64&lock=java#login/3");

    assert_eq!(of.seal.as_deref(), Some("base64"));
    assert_eq!(of.lock.as_deref(), Some("java"));
    assert_eq!(of.slot.as_deref(), Some("login/3"));
}

#[test]
fn an_item_is_named_by_its_app_by_its_signal_file_or_by_what_it_says_of_itself() {
    let item = |text: &str| {
        let Address::SecretService(item) = place(text).address else { panic!("{text}") };
        item
    };
    let app = |text: &str| {
        let SecretItem::App(cache) = item(text) else { panic!("{text}") };
        (cache.app.name, cache.cache().to_owned())
    };

    assert_eq!(app("secret-service:azure-cli"), ("azure-cli", String::new()));
    assert_eq!(app("secret-service:azure-identity-python").1, "msal.cache.nocae");
    assert_eq!(app("secret-service:azure-identity-python/msal.cache.cae").1, "msal.cache.cae");
    assert_eq!(item("secret-service:/home/ada/t.bin"), SecretItem::Signal("/home/ada/t.bin".into()));
    assert_eq!(item("secret-service:?signal=t.bin"), SecretItem::Signal("t.bin".into()));
    let search = SecretItem::Search {
        schema: Some("a schema".into()),
        attributes: [("a=b".to_owned(), "c&d".to_owned())].into(),
        signal: Some("/x".into()),
    };
    assert_eq!(item("secret-service:a%20schema?attr.a%3Db=c%26d&signal=/x"), search);
}

#[test]
fn a_schema_that_is_called_as_an_app_is_written_with_its_first_letter_coded() {
    let item = SecretItem::Search { schema: Some("azure-cli".into()), attributes: BTreeMap::new(), signal: None };
    let of = Place::at(Address::SecretService(item));

    assert_eq!(of.to_string(), "secret-service:%61zure-cli");
    assert_eq!(place("secret-service:%61zure-cli"), of);
}

#[test]
fn a_key_of_the_kernel_and_an_item_of_the_keychain_have_their_names() {
    let key = KernelKey { description: "msal.cache.nocae".into(), ring: Some("user".into()) };
    assert_eq!(place("keyctl:msal.cache.nocae?ring=user").address, Address::KernelKey(key));

    let item = KeychainItem::Named { service: "a/b".into(), account: "c/d".into(), signal: None };
    assert_eq!(place("keychain:a%2Fb/c/d").address, Address::Keychain(item));
}

#[test]
fn what_is_no_place_is_refused_with_what_this_version_knows() {
    assert!(refusal("").contains("empty"));
    assert!(refusal("file:relative").contains("absolute"));
    assert!(refusal("file:/a%zz").contains('%'));
    assert!(refusal("gopher:/a").contains("knows file:, dir:, secret-service:, keyctl:, keychain:, redis:,"));
    assert!(refusal("file:/a?locks=java").contains("?seal=, ?lock= and ?key-file="));
    assert!(refusal("file:/a?signal=/b").contains("?seal=, ?lock= and ?key-file="));
    assert!(refusal("secret-service:x?atr.a=b").contains("?attr.KEY="));
    assert!(refusal("file:/a?lock=cobol").contains("python, dotnet, node, java and go"));
    assert!(refusal("file:/a?lock=java&lock=go").contains("twice"));
    assert!(refusal("file:/a?seal=").contains("empty"));
    assert!(refusal("file:/a#b").contains("%23"));
    assert!(refusal("secret-service:").contains("help places"));
    assert!(refusal("secret-service:azure-cli/other").contains("one cache"));
    assert!(refusal("secret-service:azure-cli?attr.a=b").contains("no attributes"));
    assert!(refusal("secret-service:azure-identity-python/../x").contains("a name such as"));
    assert!(refusal("keyctl:").contains("description"));
    assert!(refusal("keyctl:x?ring=onion").contains("persistent"));
    assert!(refusal("keychain:x").contains("SERVICE/ACCOUNT"));
}

#[test]
fn a_place_in_the_home_folder_is_shown_short() {
    let place = Place::file(Path::new("/home/ada/.azure/msal_token_cache.json"));

    assert_eq!(place.short(Some(Path::new("/home/ada"))), "~/.azure/msal_token_cache.json");
    assert_eq!(place.short(Some(Path::new("/"))), "/home/ada/.azure/msal_token_cache.json");
}

/// Names with all that a grammar may trip over.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z%?#&=/:. \n\u{e4}-]{1,12}",
        prop::sample::select(vec!["azure-cli", "azure-cli/x", "/", "attr.", "%41", "-", "signal"])
            .prop_map(str::to_owned),
        any::<String>().prop_filter("not empty", |name| !name.is_empty()),
    ]
}

fn path() -> impl Strategy<Value = PathBuf> {
    let bytes = prop::collection::vec(1u8..=255, 1..20);
    let named = bytes.prop_map(system::path_of);
    (named, any::<bool>()).prop_map(|(path, is_absolute)| if is_absolute { Path::new("/").join(path) } else { path })
}

fn app() -> impl Strategy<Value = AppCache> {
    let app = prop::sample::select(apps::APPS.iter().collect::<Vec<_>>());
    (app, prop::option::of("[a-z%?#& ]{1,9}")).prop_map(|(app, name)| {
        let name = name.filter(|_| !app.default_cache.is_empty());
        AppCache { app, name }
    })
}

fn secret_item() -> impl Strategy<Value = SecretItem> {
    let search = (prop::option::of(name()), prop::collection::btree_map(name(), any::<String>(), 0..4));
    let search = (search, prop::option::of(path())).prop_filter_map("a search needs a name", |(search, signal)| {
        let (schema, attributes) = search;
        let is_named = schema.is_some() || !attributes.is_empty();
        is_named.then_some(SecretItem::Search { schema, attributes, signal })
    });
    prop_oneof![search, path().prop_map(SecretItem::Signal), app().prop_map(SecretItem::App)]
}

fn keychain_item() -> impl Strategy<Value = KeychainItem> {
    let named = (name(), any::<String>(), prop::option::of(path()))
        .prop_map(|(service, account, signal)| KeychainItem::Named { service, account, signal });
    prop_oneof![named, path().prop_map(KeychainItem::Signal), app().prop_map(KeychainItem::App)]
}

fn host() -> impl Strategy<Value = Host> {
    ("[a-z][a-z0-9.-]{0,9}|[0-9a-f:]{1,9}", any::<u16>()).prop_map(|(name, port)| Host { name, port })
}

fn redis() -> impl Strategy<Value = RedisPlace> {
    let hosts = || prop::collection::vec(host(), 1..3);
    let reach = prop_oneof![
        (host(), any::<bool>()).prop_map(|(host, tls)| Reach::Server { host, tls }),
        path().prop_map(|path| Reach::Socket(Path::new("/").join(path))),
        (hosts(), any::<bool>()).prop_map(|(hosts, tls)| Reach::Cluster { hosts, tls }),
        (hosts(), name(), any::<bool>()).prop_map(|(hosts, master, tls)| Reach::Sentinel { hosts, master, tls }),
    ];
    let files = (prop::option::of(path()), prop::option::of(path()));
    let layout = prop_oneof![Just(Made::String), Just(Made::AspNet)];
    let text = || prop::option::of(name());
    (reach, text(), 0..16_u32, text(), files, any::<bool>(), layout).prop_map(
        |(reach, user, database, matching, (password_file, ca), plaintext, layout)| {
            let database = if matches!(reach, Reach::Cluster { .. }) { 0 } else { database };
            let ca = ca.filter(|_| reach.is_tls());
            RedisPlace { reach, user, database, matching, password_file, ca, plaintext, layout }
        },
    )
}

fn table() -> impl Strategy<Value = TablePlace> {
    let postgres = (prop::option::of(host()), prop::option::of(name()), name())
        .prop_map(|(host, user, name)| Database::Postgres { host, user, name });
    let database = prop_oneof![path().prop_map(Database::Sqlite), postgres];
    let column = || prop::option::of(name());
    let columns = prop::option::of((name(), column(), column(), column()));
    let files = (prop::option::of(path()), prop::option::of(path()), prop::option::of(path()));
    (database, columns, files, any::<bool>()).prop_map(|(database, columns, (password_file, ca, socket), plaintext)| {
        let is_served = matches!(database, Database::Postgres { .. });
        let (password_file, ca) = (password_file.filter(|_| is_served), ca.filter(|_| is_served));
        let socket = socket.filter(|_| matches!(database, Database::Postgres { host: None, .. }));
        let plaintext = plaintext && is_served;
        let (table, key, value, expires) =
            columns.map_or((None, None, None, None), |(table, key, value, expires)| (Some(table), key, value, expires));
        TablePlace { database, table, key, value, expires, password_file, ca, plaintext, socket }
    })
}

fn address() -> impl Strategy<Value = Address> {
    let rooted = || path().prop_map(|path| Path::new("/").join(path));
    let ring = prop::option::of(prop::sample::select(vec!["user", "persistent"]).prop_map(str::to_owned));
    prop_oneof![
        rooted().prop_map(Address::File),
        rooted().prop_map(Address::Folder),
        secret_item().prop_map(Address::SecretService),
        (name(), ring).prop_map(|(description, ring)| Address::KernelKey(KernelKey { description, ring })),
        keychain_item().prop_map(Address::Keychain),
        redis().prop_map(|redis| Address::Redis(Box::new(redis))),
        table().prop_map(|table| Address::Table(Box::new(table))),
    ]
}

proptest! {
    #[test]
    fn a_printed_place_reads_back_exactly(
        address in address(),
        seal in prop::option::of(name()),
        lock in prop::option::of(prop::sample::select(vec!["java", "python"])),
        slot in prop::option::of(any::<String>()),
    ) {
        let slot = slot.filter(|_| matches!(address, Address::SecretService(_) | Address::Redis(_) | Address::Table(_)));
        let whole = Place { seal, slot, lock: lock.map(str::to_owned), ..Place::at(address) };
        let printed = whole.to_string();

        prop_assert!(!printed.chars().any(|letter| letter.is_ascii_control()), "{printed:?}");
        prop_assert_eq!(printed.parse::<Place>(), Ok(whole), "{}", printed);
    }
}

#[test]
fn places_with_a_cache_for_each_user_are_read() {
    let redis = |text: &str| {
        let Address::Redis(redis) = place(text).address else { panic!("{text}") };
        *redis
    };
    let server = redis("redis://app@cache.example:6380/3?match=session:*");
    let host = Host { name: "cache.example".into(), port: 6380 };
    assert_eq!(server.reach, Reach::Server { host, tls: false });
    assert_eq!(
        (server.user.as_deref(), server.database, server.matching.as_deref()),
        (Some("app"), 3, Some("session:*"))
    );
    assert!(
        matches!(redis("rediss-cluster://[::1]:1,b").reach, Reach::Cluster { hosts, tls: true } if hosts.len() == 2)
    );
    assert!(matches!(redis("redis-sentinel://a/main").reach, Reach::Sentinel { master, .. } if master == "main"));
    assert_eq!(redis("redis:/run/redis.sock?db=2").database, 2);
    assert!(place("redis://localhost").is_collection());
    assert!(!place("redis://localhost#session:a").is_collection());
}

#[test]
fn a_password_in_a_place_is_refused_and_not_repeated() {
    for text in ["redis://app:hunter2@h", "postgres://app:hunter2@h/db", "rediss-cluster://:hunter2@h"] {
        let refused = text.parse::<Place>().expect_err("refused");

        assert!(refused.why.contains("password"), "{refused}");
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_path_from_here_is_made_one_from_the_root_and_nothing_else_changes() {
    let here = std::env::current_dir().expect("a folder");

    assert_eq!(Place::file(Path::new("a/c.json")).absolute().path(), Some(here.join("a/c.json").as_path()));
    for whole in ["file:/h/c.json?lock=java", "sqlite:app.db#u1", "secret-service:MsalClientID=app"] {
        let place: Place = whole.parse().expect("a place");
        assert_eq!(place.absolute(), place, "{whole}");
    }
}
