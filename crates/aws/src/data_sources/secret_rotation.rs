//! `aws_secretsmanager_secret_rotation`: whether, when and by what a secret is rotated.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema};

use super::lookup::{flag, number, of_secret, text};
use super::secret::described;

pub(super) struct SecretRotation {
    schema: Schema,
}

fn rules_type() -> Type {
    Type::object([
        ("automatically_after_days", Type::Number),
        ("duration", Type::String),
        ("schedule_expression", Type::String),
    ])
}

impl SecretRotation {
    pub(super) fn new() -> SecretRotation {
        let attributes = vec![
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("rotation_enabled", Type::Bool),
            Attribute::computed("rotation_lambda_arn", Type::String),
            Attribute::computed("rotation_rules", Type::list(rules_type())),
            Attribute::required("secret_id", Type::String),
        ];
        SecretRotation { schema: Schema { attributes, ..Schema::default() } }
    }
}

/// AWS tells the days that a schedule amounts to; the provider shows the schedule alone.
fn rules(rules: &Value) -> Value {
    let is_scheduled = rules.get_str("ScheduleExpression").is_some_and(|it| !it.is_empty());
    let days = match is_scheduled {
        true => Value::number(0),
        false => number(rules, "AutomaticallyAfterDays"),
    };
    Value::object([
        ("automatically_after_days", days),
        ("duration", text(rules, "Duration")),
        ("schedule_expression", text(rules, "ScheduleExpression")),
    ])
}

impl DataSource for SecretRotation {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_rotation"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let action = "secretsmanager:DescribeSecret";
        vec![of_secret(place, "DescribeSecret", action, &text(config, "secret_id"), [])]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "secret_id" && attribute == "id"
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let call = self.reads(place, config).into_iter().next();
        let secret = described(&text(config, "secret_id"), call.as_ref(), answers)?;
        Ok(config
            .clone()
            .with("id", text(&secret, "ARN"))
            .with("rotation_enabled", flag(&secret, "RotationEnabled"))
            .with("rotation_lambda_arn", text(&secret, "RotationLambdaARN"))
            .with(
                "rotation_rules",
                Value::list(rules_type(), secret.get("RotationRules").map(rules)),
            ))
    }
}
