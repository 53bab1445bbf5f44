//! Computing with numbers.

use dashu_base::{BitTest, DivRem, Sign, UnsignedAbs};
use dashu_int::{IBig, UBig};

use super::{Number, PRECISION, Repr, canonical, double, rounded, signed_zero};

impl Number {
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
}

fn sum((a, a_exponent): (IBig, isize), (b, b_exponent): (IBig, isize)) -> Number {
    let exponent = a_exponent.min(b_exponent);
    let a = a << (a_exponent - exponent).unsigned_abs();
    let b = b << (b_exponent - exponent).unsigned_abs();
    rounded(a + b, exponent)
}

/// `a / b * 2^exponent`, rounded once. Neither is zero.
pub(super) fn quotient(sign: Sign, a: UBig, b: UBig, exponent: isize) -> Number {
    // Two bits more than the precision, the last of which says whether anything was cut off.
    let shift = (PRECISION + 2 + b.bit_len()).saturating_sub(a.bit_len());
    let (mut quotient, remainder) = (a << shift).div_rem(b);
    quotient <<= 1;
    if !remainder.is_zero() {
        quotient += UBig::ONE;
    }
    rounded(IBig::from_parts(sign, quotient), exponent - shift.cast_signed() - 1)
}
