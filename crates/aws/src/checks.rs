//! Checks of single values, in the provider's words.

use meridian_lang::Value;

use crate::arn::Arn;
use crate::{duration, go_json, go_time};

/// The outcome of a check; the message says what is wrong.
pub type Verdict = Result<(), String>;

/// A value as messages show it.
fn shown(value: &Value) -> String {
    if value.is_sensitive() {
        return "(sensitive value)".to_owned();
    }
    match (value.as_str(), value.as_number()) {
        (Some(text), _) => text.to_owned(),
        (_, Some(number)) => number.to_string(),
        _ => format!("{value:?}"),
    }
}

/// A whole number within these bounds.
pub fn in_range(attribute: &str, value: &Value, low: i64, high: i64) -> Verdict {
    whole(attribute, value)?;
    match value.as_i64() {
        Some(number) if (low..=high).contains(&number) => Ok(()),
        _ => Err(format!(
            "expected {attribute} to be in the range ({low} - {high}), got {}",
            shown(value)
        )),
    }
}

/// A whole number that fits into 64 bits.
pub fn whole(_attribute: &str, value: &Value) -> Verdict {
    match value.as_i64() {
        Some(_) => Ok(()),
        None => Err(format!("Attribute must be a whole number, got {}", shown(value))),
    }
}

/// An identity: AWS gives it. The provider's schemas show it as an argument, which its validation
/// knows nothing of.
pub fn given_by_aws(_attribute: &str, _value: &Value) -> Verdict {
    Err("Invalid or unknown key".to_owned())
}

/// How long something may take.
pub fn timeout(attribute: &str, value: &Value) -> Verdict {
    match value.as_str().map(duration::go_duration) {
        Some(Err(error)) => Err(format!("Error parsing {attribute:?} timeout: time: {error}")),
        _ => Ok(()),
    }
}

/// Text of a length within these bounds.
pub fn length(attribute: &str, value: &Value, low: usize, high: usize) -> Verdict {
    match value.as_str() {
        Some(text) if !(low..=high).contains(&text.len()) => Err(format!(
            "expected length of {attribute} to be in the range ({low} - {high}), got {}",
            shown(value)
        )),
        _ => Ok(()),
    }
}

/// One of these words.
pub fn one_of(attribute: &str, value: &Value, words: &[&str]) -> Verdict {
    match value.as_str() {
        Some(text) if !words.contains(&text) => {
            let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            Err(format!(
                "expected {attribute} to be one of [{}], got {}",
                words.join(" "),
                shown(value)
            ))
        }
        _ => Ok(()),
    }
}

/// A JSON document, or nothing.
pub fn json(attribute: &str, value: &Value) -> Verdict {
    match value.as_str() {
        None | Some("") => Ok(()),
        Some(text) => match go_json::parse(text) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{attribute:?} contains an invalid JSON: {error}")),
        },
    }
}

/// An ARN.
pub fn arn(attribute: &str, value: &Value) -> Verdict {
    match value.as_str() {
        None | Some("") => Ok(()),
        Some(text) => match Arn::parse(text) {
            Ok(_) => Ok(()),
            Err(reason) => {
                Err(format!("{attribute:?} ({}) is an invalid ARN: {reason}", shown(value)))
            }
        },
    }
}

/// Bytes in base64.
pub fn base64(attribute: &str, value: &Value) -> Verdict {
    let is_base64 = |text: &str| {
        let digits = text.trim_end_matches('=');
        let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        text.len().is_multiple_of(4)
            && text.len() - digits.len() <= 2
            && digits.bytes().all(is_digit)
    };
    match value.as_str() {
        Some(text) if !is_base64(text) => Err(format!("{attribute:?} must be base64-encoded")),
        _ => Ok(()),
    }
}

/// A date in RFC 3339.
pub fn rfc3339(attribute: &str, value: &Value) -> Verdict {
    match value.as_str().map(go_time::parse) {
        Some(Err(reason)) => {
            let (shown, reason) = match value.is_sensitive() {
                true => (shown(value), String::new()),
                false => (format!("{:?}", shown(value)), format!(": {reason}")),
            };
            Err(format!("expected {attribute:?} to be a valid RFC3339 date, got {shown}{reason}"))
        }
        _ => Ok(()),
    }
}

/// The name of an alias, or the beginning of one.
pub fn alias_name(attribute: &str, value: &Value) -> Verdict {
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    let rest = text.strip_prefix("alias/").unwrap_or_default();
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'-');
    if rest.is_empty() || !rest.bytes().all(is_allowed) {
        return Err(format!(
            "{attribute:?} must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]"
        ));
    }
    if rest.starts_with("aws/") {
        return Err(format!(
            "{attribute:?} cannot begin with reserved AWS CMK prefix 'alias/aws/'"
        ));
    }
    Ok(())
}

/// The name of a secret, or the beginning of one.
pub fn secret_name(attribute: &str, value: &Value, longest: usize) -> Verdict {
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
    if text.is_empty() || !text.bytes().all(is_allowed) {
        return Err(format!(
            "only alphanumeric characters and /_+=.@- special characters are allowed in \
             {attribute:?}"
        ));
    }
    if text.len() > longest {
        return Err(format!("{attribute:?} cannot be greater than {longest} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_lang::Marks;

    #[test]
    fn messages_are_the_providers() {
        let number = |n: i64| Value::number(n);
        let cases = [
            (
                in_range("deletion_window_in_days", &number(6), 7, 30),
                "expected deletion_window_in_days to be in the range (7 - 30), got 6",
            ),
            (
                one_of("key_usage", &Value::string("FOO"), &["A", "B"]),
                "expected key_usage to be one of [\"A\" \"B\"], got FOO",
            ),
            (
                length("custom_key_store_id", &Value::string(""), 1, 22),
                "expected length of custom_key_store_id to be in the range (1 - 22), got ",
            ),
            (
                arn("primary_key_arn", &Value::string("x")),
                "\"primary_key_arn\" (x) is an invalid ARN: arn: invalid prefix",
            ),
            (
                rfc3339("valid_to", &Value::string("2027-13-01T00:00:00Z")),
                "expected \"valid_to\" to be a valid RFC3339 date, got \"2027-13-01T00:00:00Z\": \
                 parsing time \"2027-13-01T00:00:00Z\": month out of range",
            ),
            (
                rfc3339("valid_to", &Value::string("tomorrow").mark(Marks::SENSITIVE)),
                "expected \"valid_to\" to be a valid RFC3339 date, got (sensitive value)",
            ),
            (
                alias_name("name", &Value::string("app")),
                "\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]",
            ),
            (
                alias_name("name", &Value::string("alias/aws/x")),
                "\"name\" cannot begin with reserved AWS CMK prefix 'alias/aws/'",
            ),
            (
                base64("secret_binary", &Value::string("no base64")),
                "\"secret_binary\" must be base64-encoded",
            ),
        ];
        for (verdict, message) in cases {
            assert_eq!(verdict, Err(message.to_owned()));
        }
        assert!(json("policy", &Value::string("{")).is_err());
        assert!(json("policy", &Value::string("{}")).is_ok());
        assert!(base64("secret_binary", &Value::string("aGk=")).is_ok());
        assert!(secret_name("name", &Value::string("a b"), 512).is_err());
    }

    #[test]
    fn a_sensitive_value_is_not_shown() {
        let value = Value::string("hunter2").mark(Marks::SENSITIVE);
        let Err(message) = one_of("key_usage", &value, &["A"]) else {
            panic!("hunter2 is no key usage");
        };
        assert!(!message.contains("hunter2"));
    }
}
