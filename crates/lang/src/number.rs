//! Numbers: binary floating point of 512 bits, so that no decimal that people write is lost.

mod arithmetic;
mod compare;
mod decimal;
mod double;
mod radix;

use std::cmp::Ordering;
use std::fmt;

use dashu_base::{BitTest, Sign, Signed};
use dashu_int::{IBig, UBig};

use arithmetic::quotient;
pub(crate) use decimal::Decimal;

/// Bits of a significand.
const PRECISION: usize = 512;

/// The greatest power of two, above which a number counts as infinite and below whose inverse as
/// zero: writing a greater one out would fill the memory. Terraform goes up to 2^31.
const GREATEST_EXPONENT: isize = 1 << 19;

/// A number. Whole numbers of 64 bits are kept as such and computed with at their speed.
#[derive(Clone)]
pub struct Number(Repr);

/// Every number has exactly one of these forms, but for zero, which has a negative twin.
#[derive(Clone)]
enum Repr {
    Small(i64),
    NegativeZero,
    /// `significand * 2^exponent`; the significand is odd and has at most 512 bits, and the
    /// number is none that `Small` could hold.
    Big(IBig, isize),
    Infinite(Sign),
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number(Repr::Small(0));
    /// One.
    pub const ONE: Number = Number(Repr::Small(1));

    /// The number that a decimal text stands for: digits with an optional sign, point and
    /// exponent, and nothing else.
    pub fn parse(text: &str) -> Option<Number> {
        decimal::parse(text)
    }

    /// One of the two infinities.
    fn infinite(sign: Sign) -> Number {
        Number(Repr::Infinite(sign))
    }

    /// The shortest decimal that an IEEE double stands for; none for "not a number".
    fn from_f64(value: f64) -> Option<Number> {
        if value == 0.0 && value.is_sign_negative() {
            return Some(Number(Repr::NegativeZero));
        }
        if value.is_infinite() {
            let sign = if value > 0.0 { Sign::Positive } else { Sign::Negative };
            return Some(Number(Repr::Infinite(sign)));
        }
        double::power_of_two_text(value)
            .and_then(|text| Number::parse(&text))
            .or_else(|| Number::parse(&value.to_string()))
    }

    /// The IEEE double nearest to this number.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small(value) => *value as f64,
            Repr::NegativeZero => -0.0,
            Repr::Infinite(Sign::Positive) => f64::INFINITY,
            Repr::Infinite(Sign::Negative) => f64::NEG_INFINITY,
            // The standard library rounds a decimal text correctly; our own text is exact.
            Repr::Big(..) => self.to_string().parse().unwrap_or(f64::NAN),
        }
    }

    /// The number as a whole number of 64 bits, if it is one.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(value) => Some(*value),
            Repr::NegativeZero => Some(0),
            Repr::Big(..) | Repr::Infinite(_) => None,
        }
    }

    /// Whether it has no fraction; the infinities do not count as whole.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small(_) | Repr::NegativeZero => true,
            Repr::Big(_, exponent) => *exponent >= 0,
            Repr::Infinite(_) => false,
        }
    }

    /// Whether it is one of the two infinities.
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite(_))
    }

    /// Whether it is zero of either sign.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0) | Repr::NegativeZero)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(value) => *value < 0,
            Repr::NegativeZero => false,
            Repr::Big(significand, _) => significand.is_negative(),
            Repr::Infinite(sign) => *sign == Sign::Negative,
        }
    }

    fn sign(&self) -> Sign {
        match &self.0 {
            Repr::NegativeZero => Sign::Negative,
            _ if self.is_negative() => Sign::Negative,
            _ => Sign::Positive,
        }
    }

    /// Significand and exponent of a finite number.
    fn parts(&self) -> (IBig, isize) {
        match &self.0 {
            Repr::Small(value) => ((*value).into(), 0),
            Repr::Big(significand, exponent) => (significand.clone(), *exponent),
            Repr::NegativeZero | Repr::Infinite(_) => (IBig::ZERO, 0),
        }
    }
}

fn signed_zero(sign: Sign) -> Number {
    match sign {
        Sign::Negative => Number(Repr::NegativeZero),
        Sign::Positive => Number::ZERO,
    }
}

/// `significand * 2^exponent` rounded to the precision, half to even.
fn rounded(significand: IBig, exponent: isize) -> Number {
    let (sign, magnitude) = significand.into_parts();
    let excess = magnitude.bit_len().saturating_sub(PRECISION);
    if excess == 0 {
        return canonical(IBig::from_parts(sign, magnitude), exponent);
    }
    let (below, mut kept) = magnitude.split_bits(excess);
    let half = UBig::ONE << (excess - 1);
    let up = match below.cmp(&half) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => kept.bit(0),
    };
    if up {
        kept += UBig::ONE;
    }
    canonical(IBig::from_parts(sign, kept), exponent + excess.cast_signed())
}

/// The one form of a number whose significand fits the precision.
fn canonical(significand: IBig, exponent: isize) -> Number {
    let Some(zeros) = significand.trailing_zeros() else {
        return Number::ZERO;
    };
    let (significand, exponent) = (significand >> zeros, exponent + zeros.cast_signed());
    if (0..64).contains(&exponent)
        && let Ok(small) = i64::try_from(&significand << exponent.unsigned_abs())
    {
        return small.into();
    }
    let top = exponent.saturating_add(significand.bit_len().cast_signed());
    if top > GREATEST_EXPONENT {
        return Number(Repr::Infinite(significand.sign()));
    }
    if top < -GREATEST_EXPONENT {
        return signed_zero(significand.sign());
    }
    Number(Repr::Big(significand, exponent))
}

impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number(Repr::Small(value))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Number {
        i64::from(value).into()
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Number {
        match i64::try_from(value) {
            Ok(small) => small.into(),
            Err(_) => canonical(value.into(), 0),
        }
    }
}

impl From<u128> for Number {
    fn from(value: u128) -> Number {
        match i64::try_from(value) {
            Ok(small) => small.into(),
            Err(_) => canonical(value.into(), 0),
        }
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Number {
        (value as u64).into()
    }
}

/// The shortest decimal that reads back as the same number, without an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(value) => value.fmt(f),
            Repr::NegativeZero => f.write_str("-0"),
            Repr::Infinite(Sign::Positive) => f.write_str("+Inf"),
            Repr::Infinite(Sign::Negative) => f.write_str("-Inf"),
            Repr::Big(..) => f.write_str(&Decimal::shortest(self).plain()),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
