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
        mantissa = (fraction * ln(x)).exp();
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

/// The natural logarithm, by the method that Terraform's runtime and FreeBSD's share, so that the
/// last bit is the same.
pub(super) fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const SERIES: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if x.is_nan() || x <= 0.0 || x.is_infinite() {
        return x.ln();
    }
    // x = 2^k * (1 + f), with 1 + f between the root of a half and that of two.
    let (mut mantissa, mut k) = split(x);
    if mantissa < std::f64::consts::FRAC_1_SQRT_2 {
        mantissa *= 2.0;
        k -= 1;
    }
    let (f, k) = (mantissa - 1.0, k as f64);
    let s = f / (2.0 + f);
    let (s2, s4) = (s * s, (s * s) * (s * s));
    let [l1, l2, l3, l4, l5, l6, l7] = SERIES;
    let odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)));
    let even = s4 * (l2 + s4 * (l4 + s4 * l6));
    let half_square = 0.5 * f * f;
    let rest = s * (half_square + odd + even);
    k * LN2_HIGH - ((half_square - (rest + k * LN2_LOW)) - f)
}

/// The text of a power of two beyond all doubles that are exact, as Terraform shows it: with the
/// fewest digits that lie within half a step, the step above being taken for the one below, too.
pub(super) fn power_of_two_text(value: f64) -> Option<String> {
    let (mantissa, exponent) = split_finite(value)?;
    if mantissa.abs() != 0.5 || !(54..=127).contains(&exponent) {
        return None;
    }
    let exact = 1_i128.checked_shl(u32::try_from(exponent - 1).ok()?)?;
    let half_step = 1_i128 << (exponent - 54);
    (0..17).find_map(|digits| {
        let text = format!("{:.digits$e}", value.abs());
        let (mantissa, power) = text.split_once('e')?;
        let figures: i128 = mantissa.replace('.', "").parse().ok()?;
        let zeros = power.parse::<u32>().ok()?.checked_sub(u32::try_from(digits).ok()?)?;
        let shown = figures.checked_mul(10_i128.checked_pow(zeros)?)?;
        let close = (shown - exact).abs() <= half_step;
        close.then(|| format!("{}{shown}", if value < 0.0 { "-" } else { "" }))
    })
}

fn split_finite(value: f64) -> Option<(f64, i64)> {
    (value.is_finite() && value != 0.0).then(|| split(value))
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
