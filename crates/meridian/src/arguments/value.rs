//! Values of options, as Terraform reads them.

use std::time::Duration;

/// A truth value in one of the spellings that Terraform knows.
pub fn truth(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

/// A duration such as `30s`, `1m30s` or `1.5h`; `0` needs no unit.
pub fn duration(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "write a duration such as 30s, 5m or 1m30s";
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() || text.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(EXPECTED)?;
        let number: f64 = rest[..digits].parse().map_err(|_| EXPECTED)?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let seconds = match &rest[..unit] {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(EXPECTED.to_owned()),
        };
        rest = &rest[unit..];
        let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| EXPECTED)?;
        total = total.checked_add(part).ok_or(EXPECTED)?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let milliseconds = |text| duration(text).map(|it| it.as_millis());
        assert_eq!(milliseconds("0"), Ok(0));
        assert_eq!(milliseconds("0s"), Ok(0));
        assert_eq!(milliseconds("5s"), Ok(5_000));
        assert_eq!(milliseconds("1m30s"), Ok(90_000));
        assert_eq!(milliseconds("1.5h"), Ok(5_400_000));
        assert_eq!(milliseconds("250ms"), Ok(250));
        for wrong in ["", "5", "s", "5x", "-5s", "5s3", "1e300h", "1.2.3s", "ü"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn truth_has_several_spellings() {
        assert_eq!(truth("True"), Ok(true));
        assert_eq!(truth("0"), Ok(false));
        assert!(truth("yes").is_err() && truth("").is_err());
    }
}
