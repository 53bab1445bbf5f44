//! The `Condition` element of a policy (IAM user guide, "IAM JSON policy
//! elements: Condition operators" and "Multivalued context keys").

use std::cmp::Ordering;
use std::net::IpAddr;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::iam::context::Context;
use crate::iam::document::texts;
use crate::iam::pattern::Pattern;

/// One operator applied to one key.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    quantifier: Quantifier,
    operator: Operator,
    /// The operator says `Not`.
    is_negated: bool,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    None,
    ForAllValues,
    ForAnyValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Arn,
    Bool,
    Numeric(Comparison),
    Date(Comparison),
    IpAddress,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Comparison {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Equals" => Self::Equals,
            "LessThan" => Self::LessThan,
            "LessThanEquals" => Self::LessThanEquals,
            "GreaterThan" => Self::GreaterThan,
            "GreaterThanEquals" => Self::GreaterThanEquals,
            _ => return None,
        })
    }

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

impl Condition {
    /// The conditions of a `Condition` element.
    pub fn parse_all(element: &Value) -> Result<Vec<Self>, String> {
        let operators = element.as_object().ok_or("Condition is not an object")?;
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let keys = keys.as_object().ok_or_else(|| format!("{operator} is not an object"))?;
            for (key, values) in keys {
                conditions.push(Self::parse(operator, key, texts(values)?)?);
            }
        }
        Ok(conditions)
    }

    fn parse(name: &str, key: &str, values: Vec<String>) -> Result<Self, String> {
        let (quantifier, rest) = match name.split_once(':') {
            None => (Quantifier::None, name),
            Some(("ForAllValues", rest)) => (Quantifier::ForAllValues, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::ForAnyValue, rest),
            Some(_) => return Err(format!("there is no condition operator {name}")),
        };
        let stem = rest.strip_suffix("IfExists");
        let (operator, is_negated) = operator(stem.unwrap_or(rest))
            .ok_or_else(|| format!("there is no condition operator {name}"))?;
        let if_exists = stem.is_some();
        Ok(Self { quantifier, operator, is_negated, if_exists, key: key.to_owned(), values })
    }

    /// Whether the circumstances meet the condition. Policy variables stand for
    /// values only in documents of the version that knows them.
    pub fn is_met(&self, context: &Context, has_variables: bool) -> bool {
        let actual = context.values(&self.key);
        if self.operator == Operator::Null {
            let wants_absence = self.values.iter().any(|value| value == "true");
            return actual.is_none() == wants_absence;
        }
        let Some(actual) = actual else {
            return match self.quantifier {
                _ if self.if_exists => true,
                Quantifier::None => self.is_negated,
                Quantifier::ForAllValues => true,
                Quantifier::ForAnyValue => false,
            };
        };
        let variables = has_variables.then_some(context);
        let equals = |actual: &String| {
            self.values.iter().any(|value| self.matches(value, actual, variables))
        };
        match (self.quantifier, self.is_negated) {
            (Quantifier::None | Quantifier::ForAnyValue, false) => actual.iter().any(equals),
            (Quantifier::ForAllValues, false) => actual.iter().all(equals),
            (Quantifier::None | Quantifier::ForAllValues, true) => !actual.iter().any(equals),
            (Quantifier::ForAnyValue, true) => !actual.iter().all(equals),
        }
    }

    fn matches(&self, value: &str, actual: &str, variables: Option<&Context>) -> bool {
        let literal = || Pattern::literal(value, variables);
        let wild = || Pattern::wild(value, variables);
        match self.operator {
            Operator::StringEquals => literal().is_some_and(|pattern| pattern.covers(actual)),
            Operator::StringEqualsIgnoreCase => {
                literal().is_some_and(|pattern| pattern.covers_ignoring_case(actual))
            }
            Operator::StringLike => wild().is_some_and(|pattern| pattern.covers(actual)),
            Operator::Arn => wild().is_some_and(|pattern| pattern.covers_arn(actual)),
            Operator::Bool => value.eq_ignore_ascii_case(actual),
            Operator::Numeric(comparison) => compare(number(actual), number(value), comparison),
            Operator::Date(comparison) => compare(date(actual), date(value), comparison),
            Operator::IpAddress => is_in_network(actual, value).unwrap_or(false),
            Operator::Null => false,
        }
    }
}

fn operator(name: &str) -> Option<(Operator, bool)> {
    let numeric = name.strip_prefix("Numeric").and_then(Comparison::named);
    let date = name.strip_prefix("Date").and_then(Comparison::named);
    Some(match name {
        "StringEquals" => (Operator::StringEquals, false),
        "StringNotEquals" => (Operator::StringEquals, true),
        "StringEqualsIgnoreCase" => (Operator::StringEqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Operator::StringEqualsIgnoreCase, true),
        "StringLike" => (Operator::StringLike, false),
        "StringNotLike" => (Operator::StringLike, true),
        "ArnEquals" | "ArnLike" => (Operator::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Operator::Arn, true),
        "Bool" => (Operator::Bool, false),
        "NumericNotEquals" => (Operator::Numeric(Comparison::Equals), true),
        "DateNotEquals" => (Operator::Date(Comparison::Equals), true),
        "IpAddress" => (Operator::IpAddress, false),
        "NotIpAddress" => (Operator::IpAddress, true),
        "Null" => (Operator::Null, false),
        _ => match (numeric, date) {
            (Some(comparison), _) => (Operator::Numeric(comparison), false),
            (_, Some(comparison)) => (Operator::Date(comparison), false),
            (None, None) => return None,
        },
    })
}

fn compare<T: PartialOrd>(actual: Option<T>, value: Option<T>, comparison: Comparison) -> bool {
    match (actual, value) {
        (Some(actual), Some(value)) => {
            actual.partial_cmp(&value).is_some_and(|ordering| comparison.holds(ordering))
        }
        _ => false,
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// A moment in ISO 8601, or a day, or seconds since 1970.
fn date(text: &str) -> Option<f64> {
    if let Some(seconds) = number(text) {
        return Some(seconds);
    }
    let moment = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    let moment = OffsetDateTime::parse(&moment, &Rfc3339).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "exact for any date of four digits")]
    Some(moment.unix_timestamp() as f64)
}

/// Whether an address is in a network such as `10.0.0.0/8`.
fn is_in_network(address: &str, network: &str) -> Option<bool> {
    let address: IpAddr = address.parse().ok()?;
    let (base, length) = match network.split_once('/') {
        None => (network.parse().ok()?, None),
        Some((base, length)) => (base.parse().ok()?, Some(length.parse::<u32>().ok()?)),
    };
    let (address, base, width) = match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            (u128::from(address.to_bits()), u128::from(base.to_bits()), 32_u32)
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => (address.to_bits(), base.to_bits(), 128),
        _ => return Some(false),
    };
    let host_bits = width.checked_sub(length.unwrap_or(width))?;
    let cut = |bits: u128| bits.checked_shr(host_bits).unwrap_or(0);
    Some(cut(address) == cut(base))
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
