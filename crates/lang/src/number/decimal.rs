//! Numbers as decimal text.

use dashu_base::{Sign, UnsignedAbs};
use dashu_int::{IBig, UBig};

use super::{Number, quotient, rounded, signed_zero};

/// Beyond this power of ten a text is not read: writing the number out would fill the memory.
const GREATEST_POWER: i64 = 100_000;

/// Decimal digits of a finite number: `0.DIGITS * 10^point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// Whether a minus sign goes before it.
    pub(crate) negative: bool,
    /// Digits without zeros at either end; empty for zero.
    pub(crate) digits: String,
    /// Where the point is, counted from the first digit.
    pub(crate) point: i64,
}

impl Decimal {
    /// All digits of a finite number.
    pub(crate) fn exact(number: &Number) -> Decimal {
        let (significand, exponent) = number.parts();
        let negative = number.sign() == Sign::Negative;
        let magnitude = significand.unsigned_abs();
        // m / 2^k = m * 5^k / 10^k
        let (whole, power) = if exponent >= 0 {
            (magnitude << exponent.unsigned_abs(), 0)
        } else {
            let power = exponent.unsigned_abs();
            (magnitude * UBig::from(5_u8).pow(power), power)
        };
        let digits = if whole.is_zero() { String::new() } else { whole.to_string() };
        let point = offset(digits.len()) - offset(power);
        Decimal { negative, digits, point }.trimmed()
    }

    /// The fewest digits that read back as the same number.
    pub(crate) fn shortest(number: &Number) -> Decimal {
        let exact = Decimal::exact(number);
        let fits = |digits: usize| exact.clone().round(digits).to_number().as_ref() == Some(number);
        // What reads back with n digits does so with more, too: search by halves.
        let (mut low, mut high) = (0, exact.digits.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if fits(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        exact.round(high)
    }

    /// The same number rounded, half to even, to so many digits.
    pub(crate) fn round(mut self, digits: usize) -> Decimal {
        if digits >= self.digits.len() {
            return self;
        }
        let (kept, cut) = self.digits.split_at(digits);
        let first = cut.as_bytes()[0];
        let odd = kept.bytes().last().is_some_and(|digit| digit % 2 == 1);
        let up = first > b'5' || (first == b'5' && (cut.len() > 1 || odd));
        let mut kept = kept.as_bytes().to_vec();
        if up {
            let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
            kept.truncate(digits - nines);
            match kept.last_mut() {
                Some(last) => *last += 1,
                None => {
                    kept.push(b'1');
                    self.point += 1;
                }
            }
        }
        self.digits = kept.into_iter().map(char::from).collect();
        self.trimmed()
    }

    /// The same number rounded to so many digits after the point.
    pub(crate) fn round_after_point(self, places: usize) -> Decimal {
        match usize::try_from(self.point + offset(places)) {
            Ok(digits) => self.round(digits),
            Err(_) => Decimal { digits: String::new(), point: 0, ..self },
        }
    }

    /// Without an exponent, and with as many digits after the point as there are.
    pub(crate) fn plain(&self) -> String {
        let places = usize::try_from(offset(self.digits.len()) - self.point).unwrap_or(0);
        self.fixed(places)
    }

    /// Without an exponent and with exactly `places` digits after the point.
    pub(crate) fn fixed(&self, places: usize) -> String {
        let mut text = String::from(if self.negative { "-" } else { "" });
        let digit = |at: i64| {
            let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at..=at));
            digit.unwrap_or("0")
        };
        if self.point <= 0 {
            text.push('0');
        }
        (0..self.point).for_each(|at| text.push_str(digit(at)));
        if places > 0 {
            text.push('.');
            (self.point..self.point + offset(places)).for_each(|at| text.push_str(digit(at)));
        }
        text
    }

    /// With an exponent, and with exactly `places` digits after the point.
    pub(crate) fn scientific(&self, places: usize, letter: char) -> String {
        let (first, rest) = self.digits.split_at(self.digits.len().min(1));
        let first = if first.is_empty() { "0" } else { first };
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if self.negative { "-" } else { "" };
        let point = if places > 0 { "." } else { "" };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{first}{point}{rest:0<places$}{letter}{exponent_sign}{:02}", exponent.abs())
    }

    fn trimmed(mut self) -> Decimal {
        let zeros = self.digits.bytes().take_while(|digit| *digit == b'0').count();
        self.digits.drain(..zeros);
        self.point -= offset(zeros);
        self.digits.truncate(self.digits.trim_end_matches('0').len());
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    fn to_number(&self) -> Option<Number> {
        let sign = if self.negative { Sign::Negative } else { Sign::Positive };
        from_digits(sign, &self.digits, self.point - offset(self.digits.len()))
    }
}

/// Lengths of texts in memory are far below the limit of the type.
fn offset(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

pub(super) fn parse(text: &str) -> Option<Number> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (Sign::Negative, &text[1..]),
        b'+' => (Sign::Positive, &text[1..]),
        _ => (Sign::Positive, text),
    };
    if rest == "Inf" || rest == "inf" {
        return Some(Number::infinite(sign));
    }
    let (mantissa, power) = match rest.split_once(['e', 'E']) {
        Some((mantissa, power)) => {
            let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            (mantissa, power.parse::<i64>().ok()?)
        }
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    from_digits(sign, &digits, power.checked_sub(offset(fraction.len()))?)
}

/// `digits * 10^power`.
fn from_digits(sign: Sign, digits: &str, power: i64) -> Option<Number> {
    if power == 0
        && digits.len() < 19
        && let Ok(small) = digits.parse::<i64>()
        && small != 0
    {
        return Some(if sign == Sign::Negative { -small } else { small }.into());
    }
    let magnitude = if digits.is_empty() { UBig::ZERO } else { digits.parse().ok()? };
    if magnitude.is_zero() {
        return Some(signed_zero(sign));
    }
    if power.abs() > GREATEST_POWER {
        return None;
    }
    let scale = UBig::from(10_u8).pow(usize::try_from(power.unsigned_abs()).ok()?);
    if power >= 0 {
        return Some(rounded(IBig::from_parts(sign, magnitude * scale), 0));
    }
    Some(quotient(sign, magnitude, scale, 0))
}

#[cfg(test)]
mod tests {
    use dashu_base::BitTest;

    use super::super::PRECISION;
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn texts_read_and_print() {
        let cases = [
            ("0", "0"),
            ("-0", "-0"),
            ("+5", "5"),
            ("007", "7"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("-0.001", "-0.001"),
            ("1E-2", "0.01"),
            (".5", "0.5"),
            ("9007199254740993", "9007199254740993"),
            ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("0.1", "0.1"),
            ("3.14159265358979323846264338327950288", "3.14159265358979323846264338327950288"),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text).to_string(), expected, "{text}");
        }
        assert_eq!(number("1e400").to_string(), format!("1{}", "0".repeat(400)));
        for text in ["", " 1", "1 ", "0x10", "abc", "1e", "e1", ".", "--1", "1_0", "1e999999999"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn thirds_print_as_many_digits_as_the_precision_holds() {
        let third = Number::from(1).div(&Number::from(3)).expect("a quotient");
        let expected = format!("0.{}5", "3".repeat(154));
        assert_eq!(third.to_string(), expected);
        assert_eq!(number(&expected), third);
    }

    #[test]
    fn formats_with_a_given_number_of_digits() {
        let cases = [
            ("1.5", 0, "2", "2e+00"),
            ("2.5", 0, "2", "2e+00"),
            ("0.05", 1, "0.1", "5.0e-02"),
            ("999.96", 1, "1000.0", "1.0e+03"),
            ("-12.345", 2, "-12.34", "-1.23e+01"),
            ("0", 2, "0.00", "0.00e+00"),
            ("1234567", 3, "1234567.000", "1.235e+06"),
        ];
        for (text, places, fixed, scientific) in cases {
            let exact = Decimal::exact(&number(text));
            assert_eq!(exact.clone().round_after_point(places).fixed(places), fixed, "{text}");
            assert_eq!(exact.round(places + 1).scientific(places, 'e'), scientific, "{text}");
        }
    }

    #[test]
    fn the_significand_keeps_its_limit() {
        let (significand, _) = number("0.1").parts();
        assert!(significand.unsigned_abs().bit_len() <= PRECISION);
    }
}
