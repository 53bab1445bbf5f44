//! Numbers: binary floating point of 512 bits, so that no decimal that people write is lost.

mod decimal;
mod double;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use dashu_base::{BitTest, DivRem, Sign, Signed, UnsignedAbs};
use dashu_int::{IBig, UBig};

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

    /// The sum; none for opposing infinities.
    pub fn add(&self, other: &Number) -> Option<Number> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
        {
            return Some(sum.into());
        }
        match (&self.0, &other.0) {
            (Repr::NegativeZero, Repr::NegativeZero) => Some(self.clone()),
            (Repr::Infinite(a), Repr::Infinite(b)) => (a == b).then(|| self.clone()),
            (Repr::Infinite(_), _) => Some(self.clone()),
            (_, Repr::Infinite(_)) => Some(other.clone()),
            _ => Some(sum(self.parts(), other.parts())),
        }
    }

    /// The difference; none for equal infinities.
    pub fn sub(&self, other: &Number) -> Option<Number> {
        self.add(&other.neg())
    }

    /// The product; none for zero times infinity.
    pub fn mul(&self, other: &Number) -> Option<Number> {
        if self.is_zero() || other.is_zero() {
            let finite = !self.is_infinite() && !other.is_infinite();
            return finite.then(|| signed_zero(self.sign() * other.sign()));
        }
        if self.is_infinite() || other.is_infinite() {
            return Some(Number(Repr::Infinite(self.sign() * other.sign())));
        }
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
        {
            return Some(product.into());
        }
        let ((a, a_exponent), (b, b_exponent)) = (self.parts(), other.parts());
        Some(rounded(a * b, a_exponent + b_exponent))
    }

    /// The quotient: infinite for a division by zero, none for zero by zero and infinity by infinity.
    pub fn div(&self, other: &Number) -> Option<Number> {
        let sign = self.sign() * other.sign();
        if other.is_zero() {
            return (!self.is_zero()).then_some(Number(Repr::Infinite(sign)));
        }
        if self.is_infinite() {
            return (!other.is_infinite()).then_some(Number(Repr::Infinite(sign)));
        }
        if self.is_zero() || other.is_infinite() {
            return Some(signed_zero(sign));
        }
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && a.checked_rem(*b) == Some(0)
        {
            return Some((a / b).into());
        }
        let ((a, a_exponent), (b, b_exponent)) = (self.parts(), other.parts());
        Some(quotient(sign, a.unsigned_abs(), b.unsigned_abs(), a_exponent - b_exponent))
    }

    /// What remains after division with the quotient cut towards zero; none for the infinities.
    /// The remainder by zero is the number itself.
    pub fn rem(&self, other: &Number) -> Option<Number> {
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0) {
            return Some(a.checked_rem(*b).unwrap_or(0).into());
        }
        let whole = self.div(other)?.trunc();
        self.sub(&other.mul(&whole)?)
    }

    /// The number with the other sign.
    #[must_use]
    pub fn neg(&self) -> Number {
        match &self.0 {
            Repr::Small(0) => Number(Repr::NegativeZero),
            Repr::Small(value) => match value.checked_neg() {
                Some(value) => value.into(),
                None => rounded(-IBig::from(*value), 0),
            },
            Repr::NegativeZero => Number::ZERO,
            // The mirror image of the smallest small number is big, so the other way must be looked at.
            Repr::Big(significand, exponent) => canonical(-significand.clone(), *exponent),
            Repr::Infinite(sign) => Number(Repr::Infinite(-*sign)),
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Number {
        match self.sign() {
            Sign::Negative => self.neg(),
            Sign::Positive => self.clone(),
        }
    }

    /// The number without its fraction.
    #[must_use]
    pub fn trunc(&self) -> Number {
        if self.is_negative() { self.ceil() } else { self.floor() }
    }

    /// The greatest whole number that is not above this one.
    #[must_use]
    pub fn floor(&self) -> Number {
        match &self.0 {
            // Shifting a negative number to the right rounds it down.
            Repr::Big(significand, exponent) if *exponent < 0 => {
                canonical(significand >> exponent.unsigned_abs(), 0)
            }
            _ => self.clone(),
        }
    }

    /// The smallest whole number that is not below this one.
    #[must_use]
    pub fn ceil(&self) -> Number {
        match &self.0 {
            Repr::Big(significand, exponent) if *exponent < 0 => {
                canonical((significand >> exponent.unsigned_abs()) + IBig::ONE, 0)
            }
            _ => self.clone(),
        }
    }

    /// This number to that power, at the precision of an IEEE double; none without a meaning.
    pub fn pow(&self, power: &Number) -> Option<Number> {
        Number::from_f64(double::pow(self.to_f64(), power.to_f64()))
    }

    /// The logarithm to that base, at the precision of an IEEE double; none without a meaning.
    pub fn log(&self, base: &Number) -> Option<Number> {
        Number::from_f64(double::ln(self.to_f64()) / double::ln(base.to_f64()))
    }

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

fn sum((a, a_exponent): (IBig, isize), (b, b_exponent): (IBig, isize)) -> Number {
    let exponent = a_exponent.min(b_exponent);
    let a = a << (a_exponent - exponent).unsigned_abs();
    let b = b << (b_exponent - exponent).unsigned_abs();
    rounded(a + b, exponent)
}

/// `a / b * 2^exponent`, rounded once. Neither is zero.
fn quotient(sign: Sign, a: UBig, b: UBig, exponent: isize) -> Number {
    // Two bits more than the precision, the last of which says whether anything was cut off.
    let shift = (PRECISION + 2 + b.bit_len()).saturating_sub(a.bit_len());
    let (mut quotient, remainder) = (a << shift).div_rem(b);
    quotient <<= 1;
    if !remainder.is_zero() {
        quotient += UBig::ONE;
    }
    rounded(IBig::from_parts(sign, quotient), exponent - shift.cast_signed() - 1)
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

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        if self.is_infinite() || other.is_infinite() {
            let side = |number: &Number| match number.0 {
                Repr::Infinite(Sign::Positive) => 1,
                Repr::Infinite(Sign::Negative) => -1,
                _ => 0,
            };
            return side(self).cmp(&side(other));
        }
        let ((a, a_exponent), (b, b_exponent)) = (self.parts(), other.parts());
        let exponent = a_exponent.min(b_exponent);
        let a = a << (a_exponent - exponent).unsigned_abs();
        let b = b << (b_exponent - exponent).unsigned_abs();
        a.cmp(&b)
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Small(value) => value.hash(state),
            Repr::NegativeZero => 0_i64.hash(state),
            Repr::Big(significand, exponent) => (significand, exponent).hash(state),
            Repr::Infinite(sign) => (*sign == Sign::Negative).hash(state),
        }
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
