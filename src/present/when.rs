//! Times in words: relative, local, UTC. Only [`local`] looks beyond its arguments, at the system's zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::time::{self, UnixSeconds};

/// "in 52m", "in 1h02", "EXP 3d", "none": for the EXPIRES column (at most 8 columns).
#[must_use]
pub fn expiry(expires_on: Option<UnixSeconds>, now: UnixSeconds) -> String {
    let Some(expires_on) = expires_on else { return "none".to_owned() };
    match expires_on.since(now) {
        left @ 1.. => format!("in {}", span(left)),
        left => format!("EXP {}", span(left)),
    }
}

/// "3d ago", "in 4m", "now".
#[must_use]
pub fn relative(at: UnixSeconds, now: UnixSeconds) -> String {
    match at.since(now) {
        0 => "now".to_owned(),
        ahead @ 1.. => format!("in {}", span(ahead)),
        ago => format!("{} ago", span(ago)),
    }
}

/// How long ago a file was written: a writer that wants others to read it anew stamps it a moment ahead.
#[must_use]
pub fn changed(at: UnixSeconds, now: UnixSeconds) -> String {
    relative(if at.since(now) <= AHEAD { at.min(now) } else { at }, now)
}

/// A stamp that lies no further ahead, in seconds, is one of now.
const AHEAD: i64 = 60;

/// "52m", "1h02", "3d".
#[must_use]
pub fn span(seconds: i64) -> String {
    time::span(seconds)
}

/// "11:07Z" of the day of `now`, "19 Nov" of another of its year, "Nov 2025" of another year: for columns.
#[must_use]
pub fn brief_utc(at: UnixSeconds, now: UnixSeconds) -> String {
    brief(at, now, &TimeZone::UTC, "%H:%MZ")
}

/// The same in the system's zone, without the letter.
#[must_use]
pub fn brief_local(at: UnixSeconds, now: UnixSeconds) -> String {
    brief(at, now, &TimeZone::system(), "%H:%M")
}

fn brief(at: UnixSeconds, now: UnixSeconds, zone: &TimeZone, clock: &str) -> String {
    let told = |at: UnixSeconds| Timestamp::from_second(at.0).ok().map(|moment| moment.to_zoned(zone.clone()));
    let (Some(told), Some(now)) = (told(at), told(now)) else { return at.to_string() };
    let form = match () {
        () if told.date() == now.date() => clock,
        () if told.year() == now.year() => "%-d %b",
        () => "%b %Y",
    };
    told.strftime(form).to_string()
}

/// "2026-11-19 11:07:12Z"; the bare number for a moment that no calendar has.
#[must_use]
pub fn utc(at: UnixSeconds) -> String {
    match Timestamp::from_second(at.0) {
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        Err(_) => at.to_string(),
    }
}

/// "2026-11-19 12:07:12 +01:00", in the system's zone (`TZ` included).
#[must_use]
pub fn local(at: UnixSeconds) -> String {
    match Timestamp::from_second(at.0) {
        Ok(moment) => moment.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
        Err(_) => at.to_string(),
    }
}

/// The local time of `at` beside its UTC: the date left out where both share it; `None` where the zone is UTC itself.
#[must_use]
pub fn beside_utc(at: UnixSeconds) -> Option<String> {
    told_beside(&utc(at), &local(at))
}

fn told_beside(utc: &str, local: &str) -> Option<String> {
    let (date, _) = utc.split_once(' ')?;
    let time = local.strip_prefix(date).map_or(local, str::trim_start);
    (!local.ends_with("+00:00")).then(|| format!("local {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

    #[test]
    fn the_expiry_column_is_never_wider_than_eight() {
        for far in [0, 1, 59, 60, 3599, 3600, 86_399, 86_400, 86_400 * 999, i64::MAX, i64::MIN, -1, -90_000] {
            let told = expiry(Some(NOW.plus(far)), NOW);

            assert!(told.len() <= 8, "{told}");
        }
    }

    #[test]
    fn local_time_stands_beside_utc_only_where_it_tells_something() {
        let utc = "2026-11-22 23:30:00Z";

        assert_eq!(told_beside(utc, "2026-11-22 23:30:00 +00:00"), None);
        assert_eq!(told_beside(utc, "2026-11-22 18:30:00 -05:00").as_deref(), Some("local 18:30:00 -05:00"));
        assert_eq!(told_beside(utc, "2026-11-23 00:30:00 +01:00").as_deref(), Some("local 2026-11-23 00:30:00 +01:00"));
    }

    #[test]
    fn times_are_told_from_now() {
        assert_eq!(expiry(Some(NOW), NOW), "EXP 0s");
        assert_eq!(expiry(Some(NOW.plus(3720)), NOW), "in 1h02");
        assert_eq!(expiry(None, NOW), "none");
        assert_eq!(relative(NOW.plus(-259_200), NOW), "3d ago");
        assert_eq!(relative(NOW, NOW), "now");
    }

    #[test]
    fn a_column_tells_the_hour_of_today_and_else_the_day() {
        let told = [-3600, -86_400, 86_400 * 60].map(|far| brief_utc(NOW.plus(far), NOW));

        assert_eq!(told, ["21:13Z", "13 Nov", "Jan 2024"]);
        assert_eq!(brief_utc(UnixSeconds(i64::MAX), NOW), i64::MAX.to_string());
        let kyiv = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(brief(NOW.plus(-3600), NOW, &kyiv, "%H:%M"), "14 Nov");
        assert_eq!(brief(NOW.plus(3600), NOW, &kyiv, "%H:%M"), "01:13");
    }

    #[test]
    fn a_file_that_was_just_written_did_not_change_in_the_future() {
        assert_eq!([0, 2, 60, -60].map(|far| changed(NOW.plus(far), NOW)), ["now", "now", "now", "1m ago"]);
        assert_eq!(changed(NOW.plus(3600), NOW), "in 1h00");
    }

    #[test]
    fn a_moment_is_told_in_utc_even_beyond_all_calendars() {
        assert_eq!(utc(NOW), "2023-11-14 22:13:20Z");
        assert_eq!(utc(UnixSeconds(i64::MAX)), i64::MAX.to_string());
        assert_eq!(local(UnixSeconds(i64::MIN)), i64::MIN.to_string());
    }
}
