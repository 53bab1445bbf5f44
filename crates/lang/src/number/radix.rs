//! Whole numbers in other bases than ten.

use dashu_base::Sign;
use dashu_int::{IBig, UBig};

use super::{Number, rounded};

impl Number {
    /// The whole number written in `base` (2 to 62) with an optional sign; digits beyond nine are
    /// letters, whose case counts in bases over 36 only.
    pub fn parse_radix(text: &str, base: u32) -> Option<Number> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (Sign::Negative, rest),
            None => (Sign::Positive, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() {
            return None;
        }
        let mut total = UBig::ZERO;
        for digit in digits.chars() {
            let digit = match digit {
                '0'..='9' => u32::from(digit) - u32::from('0'),
                'a'..='z' => u32::from(digit) - u32::from('a') + 10,
                'A'..='Z' if base <= 36 => u32::from(digit) - u32::from('A') + 10,
                'A'..='Z' => u32::from(digit) - u32::from('A') + 36,
                _ => return None,
            };
            if digit >= base {
                return None;
            }
            total = total * base + digit;
        }
        Some(rounded(IBig::from_parts(sign, total), 0))
    }

    /// The digits of a whole number in base 2, 8, 10 or 16, with a sign if negative.
    pub fn to_radix(&self, base: u32) -> Option<String> {
        if !self.is_integer() {
            return None;
        }
        let (significand, exponent) = self.parts();
        let whole = significand << exponent.unsigned_abs();
        Some(match base {
            2 => format!("{whole:b}"),
            8 => format!("{whole:o}"),
            16 => format!("{whole:x}"),
            _ => whole.to_string(),
        })
    }
}
