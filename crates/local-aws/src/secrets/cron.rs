//! The cron expressions of rotation schedules (Secrets Manager user guide,
//! "Rotation schedules"): whole hours, in UTC, every year.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use time::{Date, OffsetDateTime};

use crate::clock::Timestamp;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEK_DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const HOURS_OF_A_DAY: u8 = 24;

/// How far apart two rotations may be: from one leap day to the next.
const LONGEST_WAIT_DAYS: u32 = 8 * 366;

/// `cron(Minutes Hours Day-of-month Month Day-of-week Year)`.
#[derive(Debug)]
pub(crate) struct Cron {
    hours: BTreeSet<u8>,
    days: Days,
    months: BTreeSet<u8>,
}

/// The days of a month. Weekdays are numbered from Sunday, which is 1.
#[derive(Debug)]
enum Days {
    OfMonth(BTreeSet<u8>),
    LastOfMonth,
    OfWeek(BTreeSet<u8>),
    /// `TUE#2`: the second Tuesday.
    NthOfWeek(u8, u8),
    /// `FRIL` or `6L`: the last Friday.
    LastOfWeek(u8),
}

impl Cron {
    /// Reads what stands between the brackets.
    pub fn parse(fields: &str) -> Option<Self> {
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ["0", hours, day, month, week_day, "*"] = fields[..] else {
            return None;
        };
        // Days are given either way, and `?` stands in the other field.
        let days = match (day, week_day) {
            ("?", "?") => return None,
            (day, "?") => Days::of_month(day)?,
            ("?", week_day) => Days::of_week(week_day)?,
            _ => return None,
        };
        Some(Self {
            hours: numbers(hours, 0..=23, &[])?,
            days,
            months: numbers(month, 1..=12, &MONTHS)?,
        })
    }

    /// The first hour that begins after a moment, if there ever is one.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let midnight = after.start_of_day();
        (0..LONGEST_WAIT_DAYS)
            .map(|days| midnight.after_days(days))
            .filter(|day| self.falls_on(*day))
            .flat_map(|day| self.hours.iter().map(move |hour| day.after(hours(*hour))))
            .find(|start| *start > after)
    }

    /// Whether there is more than one rotation in a day.
    pub fn is_hourly(&self) -> bool {
        self.hours.len() > 1
    }

    /// The hours from the last start of a day to midnight.
    pub fn hours_to_midnight(&self) -> u8 {
        HOURS_OF_A_DAY - self.hours.last().copied().unwrap_or_default()
    }

    /// The fewest hours between two rotations.
    pub fn shortest_gap(&self) -> u8 {
        let first = self.hours.first().copied().unwrap_or_default();
        let mut ends = self.hours.iter().copied().skip(1).chain([first + HOURS_OF_A_DAY]);
        let gaps = self.hours.iter().filter_map(|start| Some(ends.next()? - start));
        gaps.min().unwrap_or(HOURS_OF_A_DAY)
    }

    fn falls_on(&self, day: Timestamp) -> bool {
        let seconds = day.milliseconds().div_euclid(1000);
        let Ok(moment) = OffsetDateTime::from_unix_timestamp(seconds) else {
            return false;
        };
        self.months.contains(&u8::from(moment.month())) && self.days.contain(moment.date())
    }
}

impl Days {
    fn of_month(field: &str) -> Option<Self> {
        match field {
            "L" => Some(Self::LastOfMonth),
            _ => numbers(field, 1..=31, &[]).map(Self::OfMonth),
        }
    }

    fn of_week(field: &str) -> Option<Self> {
        let day = |text: &str| number(text, &(1..=7), &WEEK_DAYS);
        if let Some((name, nth)) = field.split_once('#') {
            let nth = number(nth, &(1..=5), &[])?;
            return Some(Self::NthOfWeek(day(name)?, nth));
        }
        match field.strip_suffix('L') {
            // The last day of a week is Saturday.
            Some("") => Some(Self::OfWeek([7].into())),
            Some(name) => Some(Self::LastOfWeek(day(name)?)),
            None => numbers(field, 1..=7, &WEEK_DAYS).map(Self::OfWeek),
        }
    }

    fn contain(&self, date: Date) -> bool {
        let week_day = date.weekday().number_days_from_sunday() + 1;
        let is_same_month_after = |days| {
            date.checked_add(time::Duration::days(days)).map(Date::month) == Some(date.month())
        };
        match self {
            Self::OfMonth(days) => days.contains(&date.day()),
            Self::LastOfMonth => !is_same_month_after(1),
            Self::OfWeek(days) => days.contains(&week_day),
            Self::NthOfWeek(day, nth) => *day == week_day && (date.day() - 1) / 7 + 1 == *nth,
            Self::LastOfWeek(day) => *day == week_day && !is_same_month_after(7),
        }
    }
}

/// Reads a field: `*`, numbers, ranges and steps, with commas between them.
fn numbers(field: &str, allowed: RangeInclusive<u8>, names: &[&str]) -> Option<BTreeSet<u8>> {
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (base, step) = match part.split_once('/') {
            Some((base, step)) => (base, Some(number(step, &(1..=*allowed.end()), &[])?)),
            None => (part, None),
        };
        let (first, last) = match base.split_once('-') {
            _ if base == "*" => (*allowed.start(), *allowed.end()),
            Some((first, last)) => {
                (number(first, &allowed, names)?, number(last, &allowed, names)?)
            }
            None => {
                let first = number(base, &allowed, names)?;
                (first, if step.is_some() { *allowed.end() } else { first })
            }
        };
        if first > last {
            return None;
        }
        all.extend((first..=last).step_by(usize::from(step.unwrap_or(1))));
    }
    Some(all)
}

/// Reads a number, or a name that stands for one.
fn number(text: &str, allowed: &RangeInclusive<u8>, names: &[&str]) -> Option<u8> {
    let named = names.iter().zip(1..).find(|(name, _)| name.eq_ignore_ascii_case(text));
    let number = named.map(|(_, number)| number).or_else(|| text.parse().ok())?;
    allowed.contains(&number).then_some(number)
}

/// So many hours.
pub(crate) fn hours(count: impl Into<u64>) -> Duration {
    Duration::from_secs(count.into() * 60 * 60)
}

#[cfg(test)]
mod tests {
    use time::format_description::well_known::Rfc3339;

    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment = OffsetDateTime::parse(text, &Rfc3339).unwrap();
        Timestamp::from_milliseconds(moment.unix_timestamp() * 1000)
    }

    #[test]
    fn expressions_tell_the_next_hour() {
        // The first of January 2026 is a Thursday.
        for (fields, next) in [
            ("0 10 * * ? *", "2026-01-01T10:00:00Z"),
            ("0 9 * * ? *", "2026-01-02T09:00:00Z"),
            ("0 4/12 * * ? *", "2026-01-01T16:00:00Z"),
            ("0 0 1 * ? *", "2026-02-01T00:00:00Z"),
            ("0 16 1,15 * ? *", "2026-01-01T16:00:00Z"),
            ("0 8 L 2 ? *", "2026-02-28T08:00:00Z"),
            ("0 8 29 2 ? *", "2028-02-29T08:00:00Z"),
            ("0 18 ? * MON-FRI *", "2026-01-01T18:00:00Z"),
            ("0 0 ? * SUN *", "2026-01-04T00:00:00Z"),
            ("0 0 ? * L *", "2026-01-03T00:00:00Z"),
            ("0 10 ? FEB,MAY,AUG,NOV TUE#2 *", "2026-02-10T10:00:00Z"),
            ("0 10 ? * 6L *", "2026-01-30T10:00:00Z"),
            ("0 0 1/10 1-3 ? *", "2026-01-11T00:00:00Z"),
            ("0 0 1 */6 ? *", "2026-07-01T00:00:00Z"),
        ] {
            let cron = Cron::parse(fields).unwrap_or_else(|| panic!("{fields} is read"));
            assert_eq!(cron.next_after(at("2026-01-01T09:30:00Z")), Some(at(next)), "{fields}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for fields in [
            "5 0 * * ? *",
            "0 0 * * ? 2027",
            "0 24 * * ? *",
            "0 0 * * * *",
            "0 0 ? * ? *",
            "0 0 0 * ? *",
            "0 0 32 * ? *",
            "0 0 1 13 ? *",
            "0 0 ? * 8 *",
            "0 0 ? * MON#6 *",
            "0 9-5 * * ? *",
            "0 0/0 * * ? *",
            "0 0 * * ?",
            "0 x * * ? *",
            "",
        ] {
            assert!(Cron::parse(fields).is_none(), "{fields}");
        }
        let never = Cron::parse("0 0 31 2 ? *").unwrap();
        assert_eq!(never.next_after(at("2026-01-01T00:00:00Z")), None);
    }

    #[test]
    fn the_gap_reaches_over_midnight() {
        let gap = |fields| Cron::parse(fields).unwrap().shortest_gap();
        assert_eq!(gap("0 4/12 * * ? *"), 12);
        assert_eq!(gap("0 1,23 * * ? *"), 2);
        assert_eq!(gap("0 7 * * ? *"), 24);
    }
}
