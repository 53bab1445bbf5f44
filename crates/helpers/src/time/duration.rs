//! Spans of time as people write them: `30s`, `1.5h`.

use std::time::Duration;

/// The greatest span in nanoseconds that 64 bits hold, as in Go: about 292 years.
const GREATEST: u128 = i64::MAX as u128;

/// Reads digits, perhaps with a fraction, and one of the units `ms`, `s`, `m` and `h`.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let units = [("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000)];
    let hours = ("h", 3_600_000_000_000_u128);
    let (number, unit) = units
        .into_iter()
        .chain([hours])
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (number, ""),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let mut nanoseconds = whole.parse::<u128>().ok()?.checked_mul(unit)?;
    // Digits beyond these are less than a nanosecond, whatever the unit is.
    let (mut share, digits) = (unit, fraction.bytes().take(15));
    let mut rest = 0;
    for digit in digits {
        rest += u128::from(digit - b'0') * share * 1000 / 10;
        share /= 10;
        if share == 0 {
            break;
        }
    }
    nanoseconds += rest / 1000;
    if nanoseconds > GREATEST {
        return None;
    }
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).ok()?;
    let part = u32::try_from(nanoseconds % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        let cases = [
            ("30s", Some(30_000)),
            ("5m", Some(300_000)),
            ("1.5h", Some(5_400_000)),
            ("250ms", Some(250)),
            ("0.25s", Some(250)),
            ("0s", Some(0)),
            ("1.s", None),
            (".5s", None),
            ("5", None),
            ("s", None),
            ("-1s", None),
            ("1h30m", None),
            ("1 s", None),
            ("9999999999h", None),
            ("99999999999999999999999999999999999999999s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected.map(Duration::from_millis), "{text}");
        }
    }
}
