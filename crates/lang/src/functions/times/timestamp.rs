//! Timestamps of RFC 3339.

use std::fmt;

const SECONDS_OF_DAY: i64 = 86_400;
const NANOSECONDS: i128 = 1_000_000_000;

/// A moment as it was written: local date and time, and the offset from UTC.
pub(super) struct Timestamp {
    pub(super) year: i64,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanosecond: u32,
    /// Seconds east of UTC.
    pub(super) offset: i64,
}

impl Timestamp {
    /// Reads a timestamp, or says what part of it is wrong.
    pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
        let mut rest = text;
        let year = take_number(&mut rest, 4, "year", 0..=9999)?;
        take_letter(&mut rest, '-', "-")?;
        let month = take_number(&mut rest, 2, "month", 1..=12)?;
        take_letter(&mut rest, '-', "-")?;
        let day = take_number(&mut rest, 2, "day of month", 1..=31)?;
        if !rest.starts_with('T') {
            return Err("missing required time introducer 'T'".to_owned());
        }
        take_letter(&mut rest, 'T', "T")?;
        let hour = take_number(&mut rest, 2, "hour", 0..=99)?;
        if hour > 23 {
            return Err("hour must be between 0 and 23 inclusive".to_owned());
        }
        take_letter(&mut rest, ':', ":")?;
        let minute = take_number(&mut rest, 2, "minute", 0..=99)?;
        if minute > 59 {
            return Err("minute must be between 0 and 59 inclusive".to_owned());
        }
        take_letter(&mut rest, ':', ":")?;
        let second = take_number(&mut rest, 2, "second", 0..=59)?;
        let nanosecond = take_fraction(&mut rest);
        let offset = take_offset(&mut rest)?;
        if !rest.is_empty() {
            return Err(format!("cannot use {rest:?} as timestamp segment"));
        }
        let year = i64::from(year);
        if day > days_in_month(year, month) {
            return Err("day out of range".to_owned());
        }
        Ok(Timestamp { year, month, day, hour, minute, second, nanosecond, offset })
    }

    /// Nanoseconds since 1970 in UTC.
    pub(super) fn instant(&self) -> i128 {
        let days = days_since_1970(self.year, self.month, self.day);
        let seconds = days * SECONDS_OF_DAY
            + i64::from(self.hour) * 3_600
            + i64::from(self.minute) * 60
            + i64::from(self.second)
            - self.offset;
        i128::from(seconds) * NANOSECONDS + i128::from(self.nanosecond)
    }

    /// The day of the week, from Sunday as 0.
    pub(super) fn weekday(&self) -> usize {
        let days = days_since_1970(self.year, self.month, self.day);
        usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0)
    }

    /// The moment so many nanoseconds later, at the same offset.
    pub(super) fn after(&self, nanoseconds: i64) -> Timestamp {
        let instant = self.instant() + i128::from(nanoseconds);
        // Durations are below 300 years and years have four digits, so all numbers are small.
        let seconds = i64::try_from(instant.div_euclid(NANOSECONDS)).unwrap_or(0) + self.offset;
        let nanosecond = u32::try_from(instant.rem_euclid(NANOSECONDS)).unwrap_or(0);
        let (days, second) =
            (seconds.div_euclid(SECONDS_OF_DAY), seconds.rem_euclid(SECONDS_OF_DAY));
        let (year, month, day) = date(days);
        let small = |number: i64| u32::try_from(number).unwrap_or(0);
        Timestamp {
            year,
            month,
            day,
            hour: small(second / 3_600),
            minute: small(second / 60 % 60),
            second: small(second % 60),
            nanosecond,
            offset: self.offset,
        }
    }
}

/// Without the fraction of the second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        let Timestamp { month, day, hour, minute, second, .. } = self;
        let year = self.year.abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let (sign, minutes) = offset_parts(self.offset);
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The sign and the minutes of an offset.
pub(super) fn offset_parts(offset: i64) -> (char, i64) {
    (if offset < 0 { '-' } else { '+' }, offset.abs() / 60)
}

fn take_number(
    rest: &mut &str,
    digits: usize,
    what: &str,
    allowed: std::ops::RangeInclusive<u32>,
) -> Result<u32, String> {
    if rest.is_empty() {
        return Err(format!("end of string before {what}"));
    }
    let two = |reason: &str| match what {
        "hour" | "minute" | "second" => format!("{what} must have exactly two digits"),
        _ => format!("cannot use {reason:?} as {what}"),
    };
    let number = rest
        .get(..digits)
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| two(rest))?;
    *rest = &rest[digits..];
    if allowed.contains(&number) {
        Ok(number)
    } else {
        Err(format!("cannot use {rest:?} as {what}"))
    }
}

fn take_letter(rest: &mut &str, letter: char, name: &str) -> Result<(), String> {
    match rest.strip_prefix(letter) {
        Some(after) => {
            *rest = after;
            Ok(())
        }
        None if rest.is_empty() => Err(format!("end of string before {name:?}")),
        None => Err(format!("cannot use {rest:?} as {name:?}")),
    }
}

/// The fraction of a second in nanoseconds; zero if there is none.
fn take_fraction(rest: &mut &str) -> u32 {
    let Some(after) = rest.strip_prefix(['.', ',']) else {
        return 0;
    };
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    if end == 0 {
        return 0;
    }
    let digits = &after[..end.min(9)];
    *rest = &after[end..];
    let scale = 10_u32.pow(9 - u32::try_from(digits.len()).unwrap_or(9));
    digits.parse::<u32>().unwrap_or(0) * scale
}

fn take_offset(rest: &mut &str) -> Result<i64, String> {
    const WHAT: &str = "UTC offset";
    if rest.is_empty() {
        return Err(format!("end of string before {WHAT}"));
    }
    if let Some(after) = rest.strip_prefix('Z') {
        *rest = after;
        return Ok(0);
    }
    let wrong = || format!("cannot use {rest:?} as {WHAT}");
    let sign = match rest.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return Err(wrong()),
    };
    let (hours, minutes) =
        rest.get(1..6).and_then(|offset| offset.split_once(':')).ok_or_else(wrong)?;
    let number = |text: &str, greatest: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| digits && *number <= greatest).ok_or_else(wrong)
    };
    let offset = number(hours, 24)? * 3_600 + number(minutes, 60)? * 60;
    *rest = &rest[6..];
    Ok(sign * offset)
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of January 1970, in the calendar of today at all times.
fn days_since_1970(year: i64, month: u32, day: u32) -> i64 {
    // Years are counted from March, so that a leap day is the last one of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of so many days after the first of January 1970.
fn date(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let small = |number: i64| u32::try_from(number).unwrap_or(0);
    let day = small(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    let month = small((month_from_march + 2) % 12 + 1);
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
