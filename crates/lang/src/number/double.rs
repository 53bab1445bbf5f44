//! Powers of IEEE doubles with the very results of Terraform, whose way of computing them is
//! not correctly rounded for large exponents.

/// `x` to the power of `y`.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    let special = y == 0.0
        || x == 0.0
        || !x.is_finite()
        || !y.is_finite()
        || [1.0, -1.0].contains(&x)
        || [1.0, 0.5, -0.5].contains(&y)
        || (x < 0.0 && y.fract() != 0.0)
        || y.abs() >= 2f64.powi(63);
    if special {
        return match y {
            0.5 => x.sqrt(),
            -0.5 => 1.0 / x.sqrt(),
            _ => x.powf(y),
        };
    }
    // x^y as x^fraction times the squares of x that the whole part is made of, each square kept
    // as a mantissa and an exponent so that none overflows.
    let mut whole = y.abs().trunc();
    let mut fraction = y.abs().fract();
    let mut mantissa = 1.0;
    let mut exponent = 0_i64;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        mantissa = (fraction * x.ln()).exp();
    }
    let (mut square, mut square_exponent) = split(x);
    // Whole numbers below 2^63, by the check above.
    let mut bits = whole as u64;
    while bits != 0 {
        if square_exponent.abs() > 1 << 12 {
            // Beyond all doubles.
            exponent += square_exponent;
            break;
        }
        if bits & 1 == 1 {
            mantissa *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        mantissa = 1.0 / mantissa;
        exponent = -exponent;
    }
    scale(mantissa, exponent)
}

/// A finite number other than zero as a mantissa of at least a half and below one, and an
/// exponent of two.
fn split(x: f64) -> (f64, i64) {
    const EXPONENT: u64 = 0x7ff;
    let bits = x.to_bits();
    let biased = (bits >> 52) & EXPONENT;
    if biased == 0 {
        let (mantissa, exponent) = split(x * 2f64.powi(64));
        return (mantissa, exponent - 64);
    }
    let mantissa = f64::from_bits((bits & !(EXPONENT << 52)) | (1022 << 52));
    (mantissa, biased.cast_signed() - 1022)
}

/// `mantissa * 2^exponent`.
fn scale(mantissa: f64, exponent: i64) -> f64 {
    let mut result = mantissa;
    let mut rest = exponent.clamp(-3000, 3000);
    while rest != 0 {
        let step = rest.clamp(-1000, 1000);
        result *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        rest -= step;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::pow;

    #[test]
    fn powers_are_those_of_terraform() {
        let cases = [
            (2.0, 10.0, "1024"),
            (2.0, -1.0, "0.5"),
            (10.0, 308.0, "1.0000000000000006e308"),
            (10.0, 309.0, "inf"),
            (2.0, 100.0, "1.2676506002282294e30"),
            (1.1, 2.0, "1.2100000000000002"),
            (9.0, 0.5, "3"),
            (-2.0, 3.0, "-8"),
            (2.0, -1074.0, "5e-324"),
            (0.0, -1.0, "inf"),
            (0.5, 1e300, "0"),
            (-8.0, 0.3, "NaN"),
        ];
        for (x, y, expected) in cases {
            let expected: f64 = expected.parse().expect("a double");
            let power = pow(x, y);
            assert!(power == expected || (power.is_nan() && expected.is_nan()), "{x}^{y}: {power}");
        }
    }
}
