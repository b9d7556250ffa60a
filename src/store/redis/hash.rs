//! A new cache as ASP.NET's distributed cache keeps one in Redis: a hash of when it ends and its bytes. Such an app reads
//! no string, and fails on one.

use std::time::Duration;

use super::answer::Answer;
use super::wire::{Line, Request, granted};
use crate::secret::SecretBytes;
use crate::store::{StoreError, StoreErrorKind};
use crate::time::UnixSeconds;

/// What stands in a field where there is no such end (`RedisCache.cs`, `NotPresent`).
const NOT_PRESENT: i64 = -1;
/// .NET counts time in tenths of a microsecond since the year 1.
const TICKS: i64 = 10_000_000;
const FROM_YEAR_1: i64 = 62_135_596_800;

/// Makes the hash at `key` if nothing is there: `Microsoft.Extensions.Caching.StackExchangeRedis` has `absexp`, `sldexp` and
/// `data`, and lets Redis drop the key at its end.
pub(super) fn create(
    line: &mut Line,
    key: &[u8],
    bytes: &SecretBytes,
    ends: Option<(UnixSeconds, Duration)>,
) -> Result<(), StoreError> {
    let is_there = |answer: Answer| answer != Answer::Number(0);
    granted(line.one(&[b"WATCH", key])?)?;
    if is_there(granted(line.one(&[b"EXISTS", key])?)?) {
        granted(line.one(&[b"UNWATCH"])?)?;
        return Err(StoreErrorKind::Changed.into());
    }
    let absolute = ends.map_or(NOT_PRESENT, |(at, _)| at.0.saturating_add(FROM_YEAR_1).saturating_mul(TICKS));
    let (absolute, sliding) = (absolute.to_string(), NOT_PRESENT.to_string());
    let mut request = Request::of(&[b"MULTI"]);
    let (absolute, sliding) = (absolute.as_bytes(), sliding.as_bytes());
    request.add(&[b"HSET", key, b"absexp", absolute, b"sldexp", sliding, b"data", bytes.reveal()]);
    if let Some((_, left)) = ends {
        request.add(&[b"PEXPIRE", key, left.as_millis().max(1).to_string().as_bytes()]);
    }
    request.add(&[b"EXEC"]);
    let mut done = Answer::Nothing;
    for answer in line.ask(&request)? {
        done = granted(answer)?;
    }
    // Nothing: somebody made it between the two.
    if matches!(done, Answer::Many(_)) { Ok(()) } else { Err(StoreErrorKind::Changed.into()) }
}
