//! The rules of the operations' models, in the framework's words.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::error::ApiError;

/// The value of a member that may not be absent.
pub(crate) fn required<T>(member: &str, value: Option<T>) -> Result<T, ApiError> {
    value.ok_or_else(|| ApiError::constraint(member, None, "Member must not be null"))
}

/// Holds a text to its length, in characters.
pub(crate) fn length(
    member: &str,
    value: &str,
    allowed: RangeInclusive<usize>,
) -> Result<(), ApiError> {
    within("length", member, value, value.chars().count(), allowed)
}

/// Holds a number to its range.
pub(crate) fn range(
    member: &str,
    value: i64,
    allowed: RangeInclusive<i64>,
) -> Result<(), ApiError> {
    within("value", member, &value.to_string(), value, allowed)
}

/// A page size: the one asked for, or the default.
pub(crate) fn limit(
    member: &str,
    value: Option<i64>,
    default: usize,
    maximum: i64,
) -> Result<usize, ApiError> {
    let Some(value) = value else {
        return Ok(default);
    };
    range(member, value, 1..=maximum)?;
    Ok(usize::try_from(value).unwrap_or(default))
}

/// Holds a text to a pattern that is one or more letters of a kind.
pub(crate) fn letters(
    member: &str,
    value: &str,
    pattern: &str,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), ApiError> {
    if !value.is_empty() && value.chars().all(is_allowed) {
        return Ok(());
    }
    let rule = format!("Member must satisfy regular expression pattern: {pattern}");
    Err(ApiError::constraint(member, Some(value), &rule))
}

/// Holds a text to the values of an enumeration.
pub(crate) fn one_of(member: &str, value: &str, allowed: &[&str]) -> Result<(), ApiError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let rule = format!("Member must satisfy enum value set: [{}]", allowed.join(", "));
    Err(ApiError::constraint(member, Some(value), &rule))
}

fn within<N: PartialOrd + Display>(
    measure: &str,
    member: &str,
    shown: &str,
    actual: N,
    allowed: RangeInclusive<N>,
) -> Result<(), ApiError> {
    let rule = if actual > *allowed.end() {
        format!("Member must have {measure} less than or equal to {}", allowed.end())
    } else if actual < *allowed.start() {
        format!("Member must have {measure} greater than or equal to {}", allowed.start())
    } else {
        return Ok(());
    };
    Err(ApiError::constraint(member, Some(shown), &rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_framework_names_member_value_and_rule() {
        assert_eq!(
            range("pendingWindowInDays", 400, 1..=365).unwrap_err().message,
            "1 validation error detected: Value '400' at 'pendingWindowInDays' failed to satisfy \
             constraint: Member must have value less than or equal to 365"
        );
        assert_eq!(
            required::<()>("keyId", None).unwrap_err().message,
            "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: \
             Member must not be null"
        );
        assert!(length("description", "", 0..=3).is_ok());
        assert!(length("description", "four", 0..=3).is_err());
        assert!(letters("name", "a1", "^[a-z0-9]+$", |letter| letter.is_alphanumeric()).is_ok());
        assert!(letters("name", "", "^[a-z0-9]+$", |letter| letter.is_alphanumeric()).is_err());
        assert!(one_of("origin", "MOON", &["AWS_KMS"]).is_err());
    }
}
