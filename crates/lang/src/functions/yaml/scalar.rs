//! What plain scalars stand for.

use crate::{Number, Type, Value};

/// What the names of YAML's own tags begin with.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// The value of a scalar. What is quoted is text; a tag says what a plain scalar must be.
pub(super) fn value(text: &str, quoted: bool, tag: Option<&str>) -> Result<Value, String> {
    let Some(tag) = tag else {
        return if quoted { Ok(Value::string(text)) } else { plain(text) };
    };
    let unsupported = || format!("unsupported tag {tag:?}");
    let name = tag.strip_prefix(CORE).ok_or_else(unsupported)?;
    if !matches!(name, "str" | "binary" | "null" | "bool" | "int" | "float" | "timestamp") {
        return Err(unsupported());
    }
    if quoted || matches!(name, "str" | "binary") {
        return Ok(Value::string(text));
    }
    let found = match name {
        "null" => Some(Value::null(Type::Dynamic)),
        "bool" => boolean(text).map(Value::bool),
        "timestamp" => timestamp(text).map(Value::string),
        _ => number(text)?.map(Value::number),
    };
    found.ok_or_else(|| format!("cannot parse {text:?} as {tag}"))
}

fn plain(text: &str) -> Result<Value, String> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::null(Type::Dynamic));
    }
    if let Some(truth) = boolean(text) {
        return Ok(Value::bool(truth));
    }
    if let Some(number) = number(text)? {
        return Ok(Value::number(number));
    }
    Ok(timestamp(text).map_or_else(|| Value::string(text), Value::string))
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(false)
        }
        _ => None,
    }
}

fn number(text: &str) -> Result<Option<Number>, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("floating point NaN is not supported".to_owned());
    }
    let number = match digits {
        ".inf" | ".Inf" | ".INF" => Number::ONE.div(&Number::ZERO),
        _ => match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
            (Some(digits), _) => radix(digits, 16),
            (_, Some(digits)) => radix(digits, 8),
            _ if is_decimal(digits) => Number::parse(digits.trim_end_matches('.')),
            _ => None,
        },
    };
    Ok(number.map(|number| if negative { number.neg() } else { number }))
}

fn radix(digits: &str, base: u32) -> Option<Number> {
    let well_formed = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    well_formed.then(|| Number::parse_radix(digits, base)).flatten()
}

/// Digits with an optional point and exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    exponent && digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// The timestamp in the form of RFC 3339; a date is its midnight in UTC.
fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some((time, text.as_bytes().get(date.len()) == Some(&b' ')))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = format!("{year}-{}-{}", two(month)?, two(day)?);
    let Some((time, without_offset)) = time else {
        return crate::functions::times::normal(&format!("{date}T00:00:00Z"));
    };
    let end =
        time.find(|letter: char| !matches!(letter, '0'..='9' | ':' | '.')).unwrap_or(time.len());
    let (clock, offset) = time.split_at(end);
    let offset = match (without_offset, offset) {
        (true, "") => "Z",
        (false, offset) if !offset.is_empty() => offset,
        _ => return None,
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let clock = format!("{}:{}:{}.{fraction}", two(hour)?, two(minute)?, two(second)?);
    crate::functions::times::normal(&format!("{date}T{clock}{offset}"))
}

/// One or two digits as two.
fn two(digits: &str) -> Option<String> {
    let well_formed =
        matches!(digits.len(), 1 | 2) && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| format!("{digits:0>2}"))
}
