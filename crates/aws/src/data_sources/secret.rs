//! `aws_secretsmanager_secret`: a secret by its ARN or its name, without its value.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Problem, Schema};

use super::lookup::{
    NOT_THERE, answered, exactly_one, given, is_absent, moment, no_result, not_found, of_secret,
    text,
};
use crate::{checks, policy, tags};

const WHAT: &str = "Secrets Manager Secret";

pub(super) struct Secret {
    schema: Schema,
}

impl Secret {
    pub(super) fn new() -> Secret {
        let computed = |name| Attribute::computed(name, Type::String);
        let attributes = vec![
            Attribute::optional_computed("arn", Type::String).check(checks::arn),
            computed("created_date"),
            computed("description"),
            Attribute::optional_computed("id", Type::String),
            computed("kms_key_id"),
            computed("last_changed_date"),
            Attribute::optional_computed("name", Type::String),
            computed("policy"),
            Attribute::optional_computed("tags", Type::map(Type::String)),
        ];
        Secret { schema: Schema { attributes, ..Schema::default() } }
    }
}

/// What names the secret: its ARN, else its name.
fn secret_id(config: &Value) -> Value {
    let named = given(config, "arn").or_else(|| given(config, "name"));
    named.cloned().unwrap_or_else(|| Value::string(""))
}

/// What `DescribeSecret` says of a secret that is there.
///
/// # Errors
/// There is none of that name, it is marked for deletion, or the call failed.
pub(super) fn described(
    id: &Value,
    call: Option<&Call>,
    answers: &[Answer],
) -> Result<Value, DataError> {
    let secret = match answered(answers, 0) {
        Err(error) if is_absent(&error) => {
            return Err(not_found(WHAT, id, NOT_THERE, call, Some(&error)));
        }
        other => other.map_err(DataError::Cloud)?,
    };
    let date = moment(&secret, "DeletedDate");
    let Some(date) = date.as_str() else { return Ok(secret) };
    let problem =
        no_result(WHAT, id, NOT_THERE, format!("It is scheduled for deletion on {date}."));
    let help = "Bring it back with `aws secretsmanager restore-secret`.";
    Err(DataError::Problem(Box::new(problem.help(help))))
}

impl DataSource for Secret {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        exactly_one(config, "arn", "name")
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let id = secret_id(config);
        let read = |operation, action| of_secret(place, operation, action, &id, []);
        vec![
            read("DescribeSecret", "secretsmanager:DescribeSecret"),
            read("GetResourcePolicy", "secretsmanager:GetResourcePolicy"),
        ]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        matches!(argument, "arn" | "name") && matches!(attribute, "arn" | "id" | "name")
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let call = self.reads(place, config).into_iter().next();
        let secret = described(&secret_id(config), call.as_ref(), answers)?;
        let resource_policy = answered(answers, 1).map_err(DataError::Cloud)?;
        let policy =
            policy::normalise(resource_policy.get_str("ResourcePolicy").unwrap_or_default());
        let none = || Value::map::<&str>(Type::String, []);
        let actual = secret.get("Tags").cloned().unwrap_or_else(none);
        Ok(config
            .clone()
            .with("arn", text(&secret, "ARN"))
            .with("created_date", moment(&secret, "CreatedDate"))
            .with("description", text(&secret, "Description"))
            .with("id", text(&secret, "ARN"))
            .with("kms_key_id", text(&secret, "KmsKeyId"))
            .with("last_changed_date", moment(&secret, "LastChangedDate"))
            .with("name", text(&secret, "Name"))
            .with("policy", Value::string(policy))
            .with("tags", tags::shown(place, &actual)))
    }
}
