//! Time: `/_local/clock` and `/_local/lag`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::Timestamp;
use crate::control::{Order, Refusal, present};
use crate::lag::Lag;

/// The end of the year 9999: later moments have no written form.
const LAST_MOMENT: Timestamp = Timestamp::from_milliseconds(253_402_300_799_999);

pub(super) fn show(order: &Order<'_>) -> Result<Value, Refusal> {
    let mut inner = order.cloud.lock();
    let now = order.cloud.now();
    inner.settle(now);
    let next = inner.world.transitions.first().map(|((due, _), _)| *due);
    Ok(json!({
        "clock": order.cloud.clock().kind(),
        "now": now,
        "time": written(now),
        "ahead_milliseconds": order.cloud.clock().ahead(),
        "pending": inner.world.transitions.iter().count(),
        "next_due": next,
    }))
}

fn written(moment: Timestamp) -> Option<String> {
    let nanoseconds = i128::from(moment.milliseconds()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?.format(&Rfc3339).ok()
}

/// A way of the clock, as text with units or in seconds.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Way {
    Advance(String),
    AdvanceSeconds(f64),
}

pub(super) fn advance(order: &Order<'_>) -> Result<Value, Refusal> {
    let duration = match order.document()? {
        Way::Advance(text) => parse(&text).ok_or_else(|| {
            Refusal::bad(format!("{text} is no duration; 30d, 1h30m and 250ms are some"))
        })?,
        Way::AdvanceSeconds(seconds) => Duration::try_from_secs_f64(seconds)
            .map_err(|_| Refusal::bad("the clock goes forward, by seconds that can be counted"))?,
    };
    if order.cloud.now().after(duration) > LAST_MOMENT {
        return Err(Refusal::bad("the clock does not go beyond the year 9999"));
    }
    order.cloud.advance(duration)?;
    show(order)
}

/// Reads a duration: numbers with units, one after the other.
fn parse(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|letter: char| !letter.is_ascii_digit())?);
        let end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let milliseconds: u64 = match unit.trim() {
            "ms" => 1,
            "s" => 1000,
            "m" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            "d" => 24 * 60 * 60 * 1000,
            "w" => 7 * 24 * 60 * 60 * 1000,
            _ => return None,
        };
        let part = number.parse::<u64>().ok()?.checked_mul(milliseconds)?;
        total = total.checked_add(Duration::from_millis(part))?;
        rest = after;
    }
    Some(total)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LagInput {
    #[serde(deserialize_with = "present")]
    milliseconds: Option<u64>,
    seed: Option<u64>,
}

pub(super) fn show_lag(order: &Order<'_>) -> Result<Value, Refusal> {
    let longest = order.cloud.lock().lag.longest();
    Ok(json!({ "milliseconds": longest.map(|longest| longest.as_millis()) }))
}

pub(super) fn set_lag(order: &Order<'_>) -> Result<Value, Refusal> {
    let LagInput { milliseconds, seed } = order.document()?;
    let mut inner = order.cloud.lock();
    let seed = seed.unwrap_or(inner.seed);
    inner.lag = Lag::new(milliseconds.map(Duration::from_millis), seed);
    drop(inner);
    show_lag(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs_f64());
        assert_eq!(seconds("30d"), Some(2_592_000.0));
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds(" 1w 250ms "), Some(604_800.25));
        for nonsense in ["", "d", "30", "30 years", "-1s", "1.5h", "99999999999999999999d"] {
            assert_eq!(seconds(nonsense), None, "{nonsense}");
        }
    }
}
