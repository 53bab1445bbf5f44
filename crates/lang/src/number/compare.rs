//! The order of numbers, and what equal ones have in common.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use dashu_base::Sign;

use super::{Number, Repr};

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
