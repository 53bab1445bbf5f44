//! Durations as provider and `timeouts` blocks spell them.

use std::time::Duration;

/// Reads `1h30m`, `15m`, `3600s`, or a bare number of seconds.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let mut seconds: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (count, unit) = rest.split_at(digits);
        let unit_seconds = match unit.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.parse::<u64>().ok()?.checked_mul(unit_seconds)?)?;
        rest = &unit[1..];
    }
    (!text.is_empty()).then_some(Duration::from_secs(seconds))
}

/// A duration as Go's `time.ParseDuration` reads it (its documentation); what is less than nothing
/// is nothing.
///
/// # Errors
/// What Go says is wrong with it.
pub(crate) fn go_duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("invalid duration {text:?}");
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (count, after) = rest.split_at(end.unwrap_or(rest.len()));
        let is_count = count.bytes().any(|it| it != b'.') && count.matches('.').count() < 2;
        let count: f64 = count.parse().ok().filter(|_| is_count).ok_or_else(invalid)?;
        let end = after.find(|letter: char| letter.is_ascii_digit() || letter == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let seconds = match unit {
            "" => return Err(format!("missing unit in duration {text:?}")),
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(format!("unknown unit {unit:?} in duration {text:?}")),
        };
        total += count * seconds;
        rest = after;
    }
    match text.starts_with('-') {
        true => Ok(Duration::ZERO),
        false => Duration::try_from_secs_f64(total).map_err(|_| invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_timeouts_are_those_of_go() {
        for (text, seconds) in [
            ("0", 0.0),
            ("15m", 900.0),
            ("1h30m", 5400.0),
            ("1.5h", 5400.0),
            ("-2s", 0.0),
            ("+3ms", 0.003),
            (".5s", 0.5),
            ("1µs", 0.000_001),
        ] {
            assert_eq!(go_duration(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        for (text, said) in [
            ("", "invalid duration \"\""),
            ("soon", "invalid duration \"soon\""),
            (".s", "invalid duration \".s\""),
            ("1.2.3s", "invalid duration \"1.2.3s\""),
            ("15", "missing unit in duration \"15\""),
            ("1d", "unknown unit \"d\" in duration \"1d\""),
        ] {
            assert_eq!(go_duration(text), Err(said.to_owned()), "{text}");
        }
    }

    #[test]
    fn durations_are_hours_minutes_and_seconds() {
        let cases = [
            ("1h", Some(3600)),
            ("1h30m", Some(5400)),
            ("90m", Some(5400)),
            ("15s", Some(15)),
            ("3600", Some(3600)),
            ("", None),
            ("h", None),
            ("1d", None),
            ("1h30", None),
            ("99999999999999999999h", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
