//! Durations as provider blocks spell them.

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

#[cfg(test)]
mod tests {
    use super::*;

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
