//! Showing an argument as a verb says.

use unicode_segmentation::UnicodeSegmentation;

use super::verb::Verb;
use crate::json::write_text;
use crate::number::Decimal;
use crate::{Number, Type, Value, convert};

pub(super) fn render(verb: &Verb<'_>, argument: &Value) -> Result<String, String> {
    if verb.letter == 'v' {
        return Ok(padded(verb, as_is(verb, argument)?));
    }
    if argument.is_null() {
        return Err("null value cannot be formatted".to_owned());
    }
    let converted = |ty| convert(argument, &ty).map_err(|error| error.to_string());
    match verb.letter {
        't' => {
            let truth = converted(Type::Bool)?.as_bool() == Some(true);
            Ok(truth.to_string())
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let value = converted(Type::Number)?;
            integer(verb, value.as_number().unwrap_or(&Number::ZERO))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let value = converted(Type::Number)?;
            Ok(float(verb, value.as_number().unwrap_or(&Number::ZERO)))
        }
        's' | 'q' => {
            let value = converted(Type::String)?;
            let text = value.as_str().unwrap_or_default();
            let cut: String = match verb.precision {
                Some(precision) => text.graphemes(true).take(precision).collect(),
                None => text.to_owned(),
            };
            Ok(padded(verb, if verb.letter == 'q' { quoted(&cut) } else { cut }))
        }
        _ => Err("unsupported format verb".to_owned()),
    }
}

/// What `%v` shows: texts and numbers as they are, anything else as JSON.
fn as_is(verb: &Verb<'_>, argument: &Value) -> Result<String, String> {
    if !verb.sharp {
        if let Some(text) = argument.as_str() {
            return Ok(text.to_owned());
        }
        if let Some(number) = argument.as_number() {
            return Ok(general(number, None, 'e'));
        }
    }
    write_text(argument)
}

fn padded(verb: &Verb<'_>, shown: String) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(shown.graphemes(true).count());
    if missing == 0 {
        return shown;
    }
    match (verb.minus, verb.zero) {
        (true, _) => shown + &" ".repeat(missing),
        (false, true) => "0".repeat(missing) + &shown,
        (false, false) => " ".repeat(missing) + &shown,
    }
}

/// A number with its sign in front of the zeros that fill the width.
fn padded_number(verb: &Verb<'_>, shown: &str, prefix: &str) -> String {
    let (sign, digits) = match shown.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None if verb.plus => ("+", shown.trim_start_matches('+')),
        None if verb.space => (" ", shown),
        None => ("", shown),
    };
    let length = sign.len() + prefix.len() + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    if verb.zero && !verb.minus {
        return format!("{sign}{prefix}{}{digits}", "0".repeat(missing));
    }
    padded(verb, format!("{sign}{prefix}{digits}"))
}

fn integer(verb: &Verb<'_>, number: &Number) -> Result<String, String> {
    let (base, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = number.to_radix(base).ok_or("an integer is required")?;
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    Ok(padded_number(verb, &digits, if verb.sharp { prefix } else { "" }))
}

fn float(verb: &Verb<'_>, number: &Number) -> String {
    if number.is_infinite() {
        return padded(verb, number.to_string());
    }
    let exact = || Decimal::exact(number);
    let shown = match verb.letter {
        'e' | 'E' => {
            let places = verb.precision.unwrap_or(6);
            exact().round(places + 1).scientific(places, verb.letter)
        }
        'g' => general(number, verb.precision, 'e'),
        'G' => general(number, verb.precision, 'E'),
        _ => {
            let places = verb.precision.unwrap_or(6);
            exact().round_after_point(places).fixed(places)
        }
    };
    padded_number(verb, &shown, "")
}

/// With an exponent where the number is very large or very small, without one elsewhere.
fn general(number: &Number, precision: Option<usize>, letter: char) -> String {
    if number.is_infinite() {
        return number.to_string();
    }
    let decimal = match precision {
        Some(precision) => Decimal::exact(number).round(precision.max(1)),
        None => Decimal::shortest(number),
    };
    let digits = decimal.digits.len();
    let wide = i64::try_from(digits).is_ok_and(|digits| digits >= decimal.point);
    let limit = match precision {
        None => 6,
        Some(precision) if precision > digits && wide => digits.max(1),
        Some(precision) => precision.max(1),
    };
    let exponent = if digits == 0 { 0 } else { decimal.point - 1 };
    if exponent < -4 || i64::try_from(limit).is_ok_and(|limit| exponent >= limit) {
        return decimal.scientific(digits.saturating_sub(1), letter);
    }
    decimal.plain()
}

/// A text between quotes, with what cannot be printed escaped.
fn quoted(text: &str) -> String {
    let mut result = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            control if control.is_control() => {
                result.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => result.push(other),
        }
    }
    result.push('"');
    result
}
