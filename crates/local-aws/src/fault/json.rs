//! What JSON rules must keep to, beyond the types of their members.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, de};

use crate::region::Region;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(super) fn is_zero(number: &u32) -> bool {
    *number == 0
}

pub(super) fn error_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    status(deserializer, 400..=599)
}

pub(super) fn server_error_status<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<u16, D::Error> {
    status(deserializer, 500..=599)
}

fn status<'de, D: Deserializer<'de>>(
    deserializer: D,
    range: RangeInclusive<u16>,
) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if range.contains(&status) {
        return Ok(status);
    }
    let (low, high) = range.into_inner();
    Err(de::Error::custom(format!("the status {status} is not between {low} and {high}")))
}

pub(super) fn known_region<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let region = Option::<Region>::deserialize(deserializer)?;
    Ok(region.map(|region| region.to_string()))
}

pub(super) fn probability<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    let probability = Option::<f64>::deserialize(deserializer)?;
    match probability.filter(|probability| !(0.0..=1.0).contains(probability)) {
        None => Ok(probability),
        Some(wrong) => {
            Err(de::Error::custom(format!("the probability {wrong} is not between 0 and 1")))
        }
    }
}

/// A duration as an object that names its unit.
pub(super) mod delay {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Delay {
        milliseconds: u64,
    }

    pub fn serialize<S: Serializer>(delay: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        Delay { milliseconds }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let Delay { milliseconds } = Delay::deserialize(deserializer)?;
        Ok(Duration::from_millis(milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::fault::{Fault, FaultAction};

    #[test]
    fn rules_are_read_as_they_are_written() {
        let rules = r#"[
            {"operation": "CreateKey", "action": "drop_after_execution", "times": 2},
            {"operation": "kms:*", "region": "eu-west-1", "account": "000000000042", "skip": 1,
             "probability": 0.5, "seed": 7, "action": {"stale_read": {"milliseconds": 5}}},
            {"operation": "*", "action": {"delay": {"milliseconds": 300}}},
            {"operation": "*", "action": {"error": {"status": 400, "code": "A", "message": "b"}}}
        ]"#;
        let rules: Vec<Fault> = serde_json::from_str(rules).unwrap();
        assert_eq!(rules[0], Fault::new("CreateKey", FaultAction::DropAfterExecution).times(2));
        let account = crate::Account::parse("000000000042").unwrap();
        let second = Fault::new("kms:*", FaultAction::StaleRead { milliseconds: 5 })
            .in_region("eu-west-1")
            .in_account(account)
            .after(1)
            .with_probability(0.5, 7);
        assert_eq!(rules[1], second);
        let late = FaultAction::Delay(Duration::from_millis(300));
        assert_eq!(rules[2], Fault::new("*", late));
        let written = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Fault>>(&written).unwrap(), rules);
    }

    #[test]
    fn what_no_rule_can_mean_is_refused() {
        let refusal = |rule: &str| serde_json::from_str::<Fault>(rule).unwrap_err().to_string();
        let reasons = [
            (r#"{"operation": "*", "action": "throttling", "regoin": "x"}"#, "regoin"),
            (r#"{"operation": "*", "action": "throttling", "region": "mars-1"}"#, "mars-1"),
            (
                r#"{"operation": "*", "action": "throttling", "probability": 1.5}"#,
                "between 0 and 1",
            ),
            (r#"{"operation": "*", "action": {"server_error": {"status": 400}}}"#, "500 and 599"),
            (r#"{"operation": "*", "action": {"delay": {"seconds": 1}}}"#, "seconds"),
            (r#"{"operation": "*", "action": "explode"}"#, "explode"),
            (r#"{"action": "throttling"}"#, "operation"),
        ];
        for (rule, reason) in reasons {
            assert!(refusal(rule).contains(reason), "{rule}: {}", refusal(rule));
        }
    }
}
