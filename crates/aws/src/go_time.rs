//! RFC 3339 as Go reads it: Terraform's messages about dates hold those of Go's parser.

/// What Go calls the layout of RFC 3339.
const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// A point in time: seconds since the beginning of 1970 in UTC, parts of a second left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

/// Reads a date.
///
/// # Errors
/// What Go says of it.
pub fn parse(text: &str) -> Result<Instant, String> {
    Reader { text, rest: text }.date()
}

/// Whether two texts are dates of the same second, however they are written.
pub fn same(a: &str, b: &str) -> bool {
    matches!((parse(a), parse(b)), (Ok(a), Ok(b)) if a == b)
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

impl Reader<'_> {
    fn date(mut self) -> Result<Instant, String> {
        let year = self.digits(4, "2006")?;
        self.letter("-")?;
        let month = self.digits(2, "01")?;
        self.within("month", (1..=12).contains(&month))?;
        self.letter("-")?;
        let day = self.digits(2, "02")?;
        self.letter("T")?;
        let hour = self.hour()?;
        self.within("hour", hour < 24)?;
        self.letter(":")?;
        let minute = self.digits(2, "04")?;
        self.within("minute", minute < 60)?;
        self.letter(":")?;
        let second = self.digits(2, "05")?;
        self.within("second", second < 60)?;
        self.skip_fraction();
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("parsing time {:?}: extra text: {:?}", self.text, self.rest));
        }
        self.within("day", (1..=days_in(month, year)).contains(&day))?;
        let days = days_since_1970(year, month, day);
        Ok(Instant(days * 86_400 + hour * 3_600 + minute * 60 + second - offset))
    }

    /// This many digits.
    fn digits(&mut self, count: usize, element: &str) -> Result<i64, String> {
        let digits = self.rest.get(..count).filter(|it| it.bytes().all(|b| b.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        let number = number.ok_or_else(|| self.unexpected(element))?;
        self.rest = &self.rest[count..];
        Ok(number)
    }

    /// Go takes an hour of one digit too.
    fn hour(&mut self) -> Result<i64, String> {
        let is_digit = |b: &u8| b.is_ascii_digit();
        let count = self.rest.bytes().take(2).take_while(is_digit).count().max(1);
        self.digits(count, "15")
    }

    fn letter(&mut self, letter: &str) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(letter).ok_or_else(|| self.unexpected(letter))?;
        Ok(())
    }

    fn skip_fraction(&mut self) {
        let Some(fraction) = self.rest.strip_prefix(['.', ',']) else { return };
        let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < fraction.len() {
            self.rest = rest;
        }
    }

    /// The seconds by which local time is ahead of UTC.
    fn offset(&mut self) -> Result<i64, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let parts = self.rest.get(..6).filter(|it| it.is_ascii()).and_then(|offset| {
            let sign = match &offset[..1] {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            let (hours, minutes) = (&offset[1..3], &offset[4..]);
            let is_whole = &offset[3..4] == ":" && is_number(hours) && is_number(minutes);
            is_whole.then_some((sign, hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?))
        });
        let (sign, hours, minutes) = parts.ok_or_else(|| self.unexpected("Z07:00"))?;
        self.within("time zone offset hour", hours <= 24)?;
        self.within("time zone offset minute", minutes <= 60)?;
        self.rest = &self.rest[6..];
        Ok(sign * (hours * 3_600 + minutes * 60))
    }

    fn unexpected(&self, element: &str) -> String {
        let Reader { text, rest } = self;
        format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {rest:?} as {element:?}")
    }

    fn within(&self, what: &str, is_within: bool) -> Result<(), String> {
        if is_within {
            return Ok(());
        }
        Err(format!("parsing time {:?}: {what} out of range", self.text))
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the beginning of 1970 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Leap days before the beginning of a year, counted from the year 0.
    let leap_days = |year: i64| {
        let past = year - 1;
        past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400)
    };
    let years = (year - 1970) * 365 + leap_days(year) - leap_days(1970);
    let months: i64 = (1..month).map(|month| days_in(month, year)).sum();
    years + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_points_in_time() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2026-12-31T01:00:00+01:00", 1_798_675_200),
            ("2026-12-31T00:00:00.999Z", 1_798_675_200),
            ("2026-12-30T20:30:00-03:30", 1_798_675_200),
            ("1969-12-31T23:59:59Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] {
            assert_eq!(parse(text), Ok(Instant(seconds)), "{text}");
        }
        assert!(same("2026-12-31T01:00:00+01:00", "2026-12-31T00:00:00Z"));
        assert!(!same("2026-12-31T01:00:00Z", "2026-12-31T00:00:00Z"));
        assert!(!same("", ""));
    }

    #[test]
    fn what_is_no_date_is_refused_in_gos_words() {
        for (text, message) in [
            ("", r#"cannot parse "" as "2006""#),
            ("tomorrow", r#"cannot parse "tomorrow" as "2006""#),
            ("2027-01-01", r#"cannot parse "" as "T""#),
            ("2027-01-01 00:00:00Z", r#"cannot parse " 00:00:00Z" as "T""#),
            ("2027-01-01t00:00:00z", r#"cannot parse "t00:00:00z" as "T""#),
            ("2027-01-01T00:00:00", r#"cannot parse "" as "Z07:00""#),
            ("2027-01-01T00:00:00+0100", r#"cannot parse "+0100" as "Z07:00""#),
            ("2027-1-01T00:00:00Z", r#"cannot parse "1-01T00:00:00Z" as "01""#),
        ] {
            let expected =
                format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": {message}");
            assert_eq!(parse(text), Err(expected));
        }
        for (text, message) in [
            ("2027-13-01T00:00:00Z", "month out of range"),
            ("2027-02-29T00:00:00Z", "day out of range"),
            ("2027-01-01T24:00:00Z", "hour out of range"),
            ("2027-01-01T00:00:60Z", "second out of range"),
            ("2027-01-01T00:00:00Zulu", "extra text: \"ulu\""),
        ] {
            assert_eq!(parse(text), Err(format!("parsing time {text:?}: {message}")));
        }
        assert!(parse("2027-01-01T00:00:00é+01:00").is_err(), "and without panic");
        assert!(parse("é2027").is_err());
    }
}
