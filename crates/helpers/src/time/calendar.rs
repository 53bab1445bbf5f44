//! Moments in the form of RFC 3339, and their arithmetic, which is Go's.

use meridian_lang::{Type, Value};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime};

use crate::arguments::{text, whole};

/// The parts of a moment.
pub(crate) const PARTS: [&str; 7] = ["day", "hour", "minute", "month", "second", "unix", "year"];

/// Reads a moment in the form of RFC 3339, in any offset.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let bytes = text.as_bytes();
    // The `time` crate also reads small letters and leap seconds.
    let is_strict = bytes.get(10) == Some(&b'T')
        && !text.ends_with('z')
        && bytes.get(17..19) != Some(b"60".as_slice());
    OffsetDateTime::parse(text, &Rfc3339).ok().filter(|_| is_strict)
}

/// A moment to the second, in the form of RFC 3339; none outside of the years 0 to 9999.
pub(crate) fn format(moment: OffsetDateTime) -> Option<String> {
    moment.replace_nanosecond(0).ok()?.format(&Rfc3339).ok()
}

/// What a call of the machine answers about time: the base and the moment that the members of
/// `input` make of it. Of several, only the last of days, hours, minutes, months, seconds, `until`
/// and years counts, as in the provider. None if the moment cannot be written down.
pub(crate) fn tell(input: &Value, now: OffsetDateTime) -> Option<Value> {
    let base = match text(input, "base") {
        "" => now,
        base => parse(base)?,
    };
    let moment = moved(base, input)?;
    let number = |number: i64| Value::number(number);
    Some(Value::object([
        ("base", Value::string(format(base)?)),
        ("moment", Value::string(format(moment)?)),
        ("day", number(moment.day().into())),
        ("hour", number(moment.hour().into())),
        ("minute", number(moment.minute().into())),
        ("month", number(u8::from(moment.month()).into())),
        ("second", number(moment.second().into())),
        ("unix", number(moment.unix_timestamp())),
        ("year", number(moment.year().into())),
    ]))
}

fn moved(base: OffsetDateTime, input: &Value) -> Option<OffsetDateTime> {
    let by = |name: &str| whole(input, name).filter(|number| *number != 0);
    let later =
        |number: i64, unit: i64| base.checked_add(Duration::seconds(number.checked_mul(unit)?));
    if let Some(years) = by("years") {
        return in_months(base, years.checked_mul(12)?);
    }
    match text(input, "until") {
        "" => {}
        until => return parse(until),
    }
    if let Some(seconds) = by("seconds") {
        return later(seconds, 1);
    }
    if let Some(months) = by("months") {
        return in_months(base, months);
    }
    let spans = [("minutes", 60), ("hours", 3600), ("days", 86400)];
    match spans.into_iter().find_map(|(name, unit)| Some((by(name)?, unit))) {
        Some((number, unit)) => later(number, unit),
        None => Some(base),
    }
}

/// The same day of a month that many months later. A day that the month does not have runs over
/// into the next one: a month after 31 January is 2 or 3 March.
fn in_months(base: OffsetDateTime, months: i64) -> Option<OffsetDateTime> {
    let month = i64::from(u8::from(base.month())) - 1;
    let total = i64::from(base.year()).checked_mul(12)?.checked_add(month)?.checked_add(months)?;
    let year = i32::try_from(total.div_euclid(12)).ok()?;
    let month = u8::try_from(total.rem_euclid(12) + 1).ok()?;
    let first = Date::from_calendar_date(year, Month::try_from(month).ok()?, 1).ok()?;
    let day = first.checked_add(Duration::days(i64::from(base.day()) - 1))?;
    Some(base.replace_date(day))
}

/// The object with all that [`tell`] says of a moment left open.
pub(crate) fn open(object: Value) -> Value {
    PARTS.iter().fold(object, |object, name| object.with(name, Value::unknown(Type::Number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-01-31 10:11:12.5 UTC);

    fn moment(input: &[(&'static str, Value)]) -> Option<String> {
        let told = tell(&Value::object(input.iter().cloned()), NOW)?;
        Some(text(&told, "moment").to_owned())
    }

    #[test]
    fn moments_move_as_in_go() {
        let number = |n: i64| Value::number(n);
        let base = |text: &str| ("base", Value::string(text));
        let cases = [
            (vec![], "2026-01-31T10:11:12Z"),
            (vec![("days", number(1))], "2026-02-01T10:11:12Z"),
            (vec![("days", number(-31))], "2025-12-31T10:11:12Z"),
            (vec![("hours", number(14))], "2026-02-01T00:11:12Z"),
            (vec![("minutes", number(49))], "2026-01-31T11:00:12Z"),
            (vec![("seconds", number(-13))], "2026-01-31T10:10:59Z"),
            (vec![("months", number(1))], "2026-03-03T10:11:12Z"),
            (vec![("months", number(-2))], "2025-12-01T10:11:12Z"),
            (vec![("years", number(-1))], "2025-01-31T10:11:12Z"),
            (vec![base("2024-02-29T00:00:00Z"), ("years", number(1))], "2025-03-01T00:00:00Z"),
            (
                vec![base("2026-03-29T00:30:00+02:00"), ("hours", number(2))],
                "2026-03-29T02:30:00+02:00",
            ),
            (vec![base("2026-03-29T00:30:00.75Z")], "2026-03-29T00:30:00Z"),
            (vec![("until", Value::string("2030-01-01T00:00:00Z"))], "2030-01-01T00:00:00Z"),
            // The last one counts.
            (vec![("days", number(1)), ("years", number(1))], "2027-01-31T10:11:12Z"),
            (vec![("days", number(1)), ("hours", number(1))], "2026-01-31T11:11:12Z"),
            (vec![("months", number(1)), ("hours", number(1))], "2026-03-03T10:11:12Z"),
        ];
        for (input, expected) in cases {
            assert_eq!(moment(&input).as_deref(), Some(expected), "{input:?}");
        }
    }

    #[test]
    fn what_cannot_be_written_down_is_none() {
        for name in ["years", "months", "days", "hours", "minutes", "seconds"] {
            for number in [i64::MAX, i64::MIN, 1 << 45] {
                assert_eq!(moment(&[(name, Value::number(number))]), None, "{name} {number}");
            }
        }
        assert_eq!(moment(&[("years", Value::number(8000))]), None);
        assert_eq!(moment(&[("base", Value::string("yesterday"))]), None);
    }

    #[test]
    fn only_rfc_3339_is_read() {
        for text in
            ["2026-01-31T10:11:12Z", "2026-01-31T10:11:12.123+05:30", "0000-01-01T00:00:00Z"]
        {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "2026-01-31",
            "2026-01-31 10:11:12Z",
            "2026-01-31t10:11:12Z",
            "2026-01-31T10:11:12z",
            "2026-01-31T10:11:12",
            "2026-02-30T10:11:12Z",
            "2026-01-31T23:59:60Z",
            "2026-01-31T10:11Z",
            "",
            "é2026-01-31T10:11:12Z",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
