//! Whether two places with one cache per user may be one and the same under two names. In doubt they may be; names that
//! only a network resolves are not looked up.

use std::path::{Path, PathBuf};

use super::{Address, Database, Host, Place, Reach, RedisPlace, TablePlace};

impl Place {
    /// Whether what lies here may lie at `other` too.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        match (self.address(), other.address()) {
            (Address::Redis(one), Address::Redis(other)) => redis(one, other),
            (Address::Table(one), Address::Table(other)) => table(one, other),
            (one, other) => one == other,
        }
    }
}

fn redis(one: &RedisPlace, other: &RedisPlace) -> bool {
    if one.database != other.database {
        return false;
    }
    match (&one.reach, &other.reach) {
        (Reach::Socket(one), Reach::Socket(other)) => whole(one) == whole(other),
        (Reach::Socket(_), reach) | (reach, Reach::Socket(_)) => hosts(reach).iter().any(Host::is_this_machine),
        (Reach::Sentinel { master: one, .. }, Reach::Sentinel { master: other, .. }) if one != other => false,
        // The port of a sentinel is not that of the server it names.
        (Reach::Sentinel { .. }, Reach::Server { .. } | Reach::Cluster { .. })
        | (Reach::Server { .. } | Reach::Cluster { .. }, Reach::Sentinel { .. }) => {
            any_pair(&one.reach, &other.reach, is_same_machine)
        }
        (
            Reach::Server { .. } | Reach::Cluster { .. } | Reach::Sentinel { .. },
            Reach::Server { .. } | Reach::Cluster { .. } | Reach::Sentinel { .. },
        ) => any_pair(&one.reach, &other.reach, |one, other| one.port == other.port && is_same_machine(one, other)),
    }
}

fn hosts(reach: &Reach) -> &[Host] {
    match reach {
        Reach::Server { host, .. } => std::slice::from_ref(host),
        Reach::Cluster { hosts, .. } | Reach::Sentinel { hosts, .. } => hosts,
        Reach::Socket(_) => &[],
    }
}

fn any_pair(one: &Reach, other: &Reach, is_pair: impl Fn(&Host, &Host) -> bool) -> bool {
    hosts(one).iter().any(|one| hosts(other).iter().any(|other| is_pair(one, other)))
}

fn is_same_machine(one: &Host, other: &Host) -> bool {
    one.name.eq_ignore_ascii_case(&other.name) || (one.is_this_machine() && other.is_this_machine())
}

fn table(one: &TablePlace, other: &TablePlace) -> bool {
    let are_named = one.table.as_ref().zip(other.table.as_ref());
    let is_same_table = are_named.is_none_or(|(one, other)| one.eq_ignore_ascii_case(other));
    is_same_table && database(&one.database, &other.database)
}

fn database(one: &Database, other: &Database) -> bool {
    match (one, other) {
        (Database::Sqlite(one), Database::Sqlite(other)) => whole(one) == whole(other),
        (Database::Postgres { host: one, name, .. }, Database::Postgres { host: other, name: other_name, .. }) => {
            let is_same_server = match (one, other) {
                (Some(one), Some(other)) => one.port == other.port && is_same_machine(one, other),
                (None, Some(host)) | (Some(host), None) => host.is_this_machine(),
                (None, None) => true,
            };
            name == other_name && is_same_server
        }
        (Database::Sqlite(_), Database::Postgres { .. }) | (Database::Postgres { .. }, Database::Sqlite(_)) => false,
    }
}

fn whole(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(one: &str, other: &str) -> bool {
        let place = |text: &str| text.parse::<Place>().unwrap_or_else(|error| panic!("{text}: {error}"));
        let (there, back) = (place(one).may_be(&place(other)), place(other).may_be(&place(one)));
        assert_eq!(there, back, "{one} {other}");
        there
    }

    #[test]
    fn two_names_of_one_place_are_seen_to_be() {
        for (one, other) in [
            ("redis://127.0.0.1:7000/0?match=a*", "redis://localhost:7000?match=b*"),
            ("redis:/run/redis.sock", "redis://localhost"),
            ("redis-sentinel://localhost:26379/main", "redis://127.0.0.1:6379"),
            ("redis-cluster://a:7000,b:7000", "redis://B:7000"),
            ("sqlite:/srv/app.db", "sqlite:/srv/app.db?table=t&key=k&value=v"),
            ("postgres://ada@localhost/app", "postgres:///app"),
            ("postgres://ada@db/app?table=T&key=k&value=v", "postgres://bob@DB:5432/app?table=t&key=k&value=v"),
        ] {
            assert!(may_be(one, other), "{one} {other}");
        }
    }

    #[test]
    fn places_that_differ_in_machine_port_database_or_table_are_others() {
        for (one, other) in [
            ("redis://127.0.0.1:7000", "redis://127.0.0.1:7001"),
            ("redis://127.0.0.1/0", "redis://127.0.0.1/1"),
            ("redis://a", "redis://b"),
            ("redis-sentinel://a/main", "redis-sentinel://a/other"),
            ("redis://a", "postgres://a/app"),
            ("sqlite:/srv/app.db", "sqlite:/srv/other.db"),
            ("sqlite:/srv/app.db", "postgres:///app"),
            ("postgres://db/app", "postgres://db/other"),
            ("postgres://db/app?table=t&key=k&value=v", "postgres://db/app?table=u&key=k&value=v"),
        ] {
            assert!(!may_be(one, other), "{one} {other}");
        }
    }
}
