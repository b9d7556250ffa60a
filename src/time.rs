//! Time as MSAL writes it, and the clocks. The only file that asks the system what time it is.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(pub i64);

impl UnixSeconds {
    /// Reads the content of a time field: decimal seconds, a fraction cut off.
    /// Python writes `1700000000`, Apple's library writes `1562842351.202`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) || whole.starts_with('+') {
            return None;
        }
        whole.parse().ok().map(Self)
    }

    /// The seconds from `earlier` to this moment; negative when `earlier` is later. Saturates.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `seconds` later. Saturates.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// So many seconds in words of at most five columns: "42s", "52m", "1h02", "3d", "7y". The sign is left out.
#[must_use]
pub fn span(seconds: i64) -> String {
    Span(seconds).to_string()
}

/// What [`span`] says, written without a text of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub i64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.unsigned_abs();
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        match seconds {
            0..60 => write!(f, "{seconds}s"),
            60..3600 => write!(f, "{minutes}m"),
            3600..86_400 => write!(f, "{hours}h{:02}", minutes % 60),
            _ if days < 1000 => write!(f, "{days}d"),
            _ => write!(f, "{}y", (days / 365).min(999)),
        }
    }
}

/// Reads `15m`, `1h30m`, `2d` or plain seconds; `None` for anything else.
#[must_use]
pub fn read_span(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total = 0i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        let unit = behind.chars().next();
        let factor = match unit {
            None if number.len() == text.len() => 1,
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            Some(_) | None => return None,
        };
        let seconds = number.parse::<i64>().ok()?.checked_mul(factor)?;
        total = total.checked_add(seconds)?;
        rest = behind.get(unit.map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    (!text.is_empty()).then_some(total)
}

/// Reads a moment: Unix seconds, RFC 3339, or a date, which is its midnight in UTC.
#[must_use]
pub fn read_moment(text: &str) -> Option<UnixSeconds> {
    let rfc3339 = || text.trim().parse::<jiff::Timestamp>().ok();
    let date = || text.trim().parse::<jiff::civil::Date>().ok().filter(|_| !text.contains(['T', ' ']));
    let midnight = || date()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
    let moment = || rfc3339().or_else(midnight).map(|moment| UnixSeconds(moment.as_second()));
    UnixSeconds::parse(text).or_else(moment)
}

/// Reads a moment as databases write it: as [`read_moment`] does, or a date and a time without a zone, which is UTC.
#[must_use]
pub fn read_stamp(text: &str) -> Option<UnixSeconds> {
    let civil = || text.trim().parse::<jiff::civil::DateTime>().ok();
    let utc = || civil()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|moment| moment.timestamp());
    read_moment(text).or_else(|| utc().map(|moment| UnixSeconds(moment.as_second())))
}

/// A moment as databases write it without a zone: `2026-11-26 09:00:00`, in UTC. `None`: beyond the year 9999.
#[must_use]
pub fn stamp(moment: UnixSeconds) -> Option<String> {
    let moment = jiff::Timestamp::from_second(moment.0).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// What time it is and how to wait: real, or a test's.
pub trait Clock: Send + Sync {
    /// The time since 1970, with the system's full precision: what a file is stamped with.
    fn wall(&self) -> Duration;
    /// The time since some fixed start; never steps back.
    fn elapsed(&self) -> Duration;
    /// Waits for `duration`.
    fn sleep(&self, duration: Duration);

    /// The current moment in whole seconds.
    fn now(&self) -> UnixSeconds {
        UnixSeconds(i64::try_from(self.wall().as_secs()).unwrap_or(i64::MAX))
    }
}

/// The system's clock.
#[derive(Debug, Clone)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// A clock whose `elapsed` starts now.
    #[must_use]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// A clock that moves only when it is told to, or slept on.
#[derive(Debug, Default)]
pub struct ManualClock(Mutex<Duration>);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: UnixSeconds) -> Self {
        Self(Mutex::new(Duration::from_secs(now.0.unsigned_abs())))
    }

    fn read(&self) -> Duration {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Duration {
        self.read()
    }

    fn elapsed(&self) -> Duration {
        self.read()
    }

    fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_fields_read_as_every_runtime_writes_them() {
        assert_eq!(UnixSeconds::parse("1700000000"), Some(UnixSeconds(1_700_000_000)));
        assert_eq!(UnixSeconds::parse("1562842351.202"), Some(UnixSeconds(1_562_842_351)));
        assert_eq!(UnixSeconds::parse("-1"), Some(UnixSeconds(-1)));
    }

    #[test]
    fn a_span_is_told_in_its_largest_units() {
        let told = [0, 59, 60, 3599, 3720, -86_399, 86_400 * 3, 86_400 * 999, 86_400 * 1000, i64::MIN].map(span);

        assert_eq!(told, ["0s", "59s", "1m", "59m", "1h02", "23h59", "3d", "999d", "2y", "999y"]);
    }

    #[test]
    fn what_is_no_time_reads_as_none() {
        for text in ["", "soon", "1e9", "1.", "+5", "99999999999999999999", "1.5x"] {
            assert_eq!(UnixSeconds::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moments_read_as_seconds_rfc_3339_and_dates_in_utc() {
        let moment = Some(UnixSeconds(1_700_000_000));

        assert_eq!(read_moment("1700000000"), moment);
        assert_eq!(read_moment("2023-11-14T22:13:20Z"), moment);
        assert_eq!(read_moment("2023-11-14T23:13:20+01:00"), moment);
        assert_eq!(read_moment("2023-11-14"), Some(UnixSeconds(1_699_920_000)));
        assert!(["tomorrow", "", "2023-11", "2023-11-14T22:13:20"].into_iter().all(|text| read_moment(text).is_none()));
    }
}
