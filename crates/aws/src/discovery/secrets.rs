//! Secrets. Their values are not asked for.

use meridian_lang::Value;

/// A secret that configuration could manage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSecret {
    /// The Region of its primary.
    pub region: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The id of its current version, if it has a value.
    pub current_version: Option<String>,
    /// Whether it is rotated.
    pub is_rotated: bool,
}

/// What is said of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretAnswer {
    /// Configuration could manage it.
    Found(Box<FoundSecret>),
    /// Why it is left out.
    LeftOut(String),
    /// There is nothing to be said.
    Nothing,
}

impl SecretAnswer {
    /// What the answer to [`super::describe_secret`] says.
    pub fn of(region: &str, answer: &Value) -> SecretAnswer {
        let (Some(arn), Some(name)) = (answer.get_str("ARN"), answer.get_str("Name")) else {
            return SecretAnswer::Nothing;
        };
        let left_out = |why: String| SecretAnswer::LeftOut(why);
        if let Some(service) = answer.get_str("OwningService") {
            return left_out(format!("the service {service} owns it"));
        }
        if let Some(date) = answer.get_str("DeletedDate") {
            return left_out(format!("it has been scheduled for deletion since {date}"));
        }
        if let Some(primary) = answer.get_str("PrimaryRegion").filter(|it| *it != region) {
            return left_out(format!(
                "it is a replica, and belongs to the block of the secret in {primary}"
            ));
        }
        let versions = answer.get("VersionIdsToStages").and_then(Value::as_entries);
        let is_current =
            |stages: &Value| stages.children().any(|stage| stage.as_str() == Some("AWSCURRENT"));
        let current = versions.into_iter().flatten().find(|(_, stages)| is_current(stages));
        SecretAnswer::Found(Box::new(FoundSecret {
            region: region.to_owned(),
            arn: arn.to_owned(),
            name: name.to_owned(),
            current_version: current.map(|(id, _)| id.to_string()),
            is_rotated: answer.get("RotationEnabled").and_then(Value::as_bool) == Some(true),
        }))
    }
}
