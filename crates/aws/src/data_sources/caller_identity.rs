//! `aws_caller_identity`: as whom calls are made.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema, Service};

use super::with_attributes;

pub(super) struct CallerIdentity {
    schema: Schema,
}

impl CallerIdentity {
    pub(super) fn new() -> CallerIdentity {
        let attributes = vec![
            Attribute::computed("account_id", Type::String),
            Attribute::computed("arn", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("user_id", Type::String),
        ];
        CallerIdentity { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for CallerIdentity {
    fn name(&self) -> &'static str {
        "aws_caller_identity"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    /// STS tells everyone who they are: no permission is needed.
    fn reads(&self, place: &Place, _: &Value) -> Vec<Call> {
        vec![Call::read(Service::Sts, "GetCallerIdentity", &place.region, [])]
    }

    fn observe(&self, _: &Place, config: &Value, answers: &[Answer]) -> Result<Value, DataError> {
        let identity = match answers.first() {
            Some(Ok(identity)) => identity.clone(),
            Some(Err(error)) => return Err(DataError::Cloud(error.clone())),
            None => Value::null(Type::Dynamic),
        };
        let member = |name: &str| match identity.get_str(name) {
            Some(text) => Value::string(text),
            None => Value::null(Type::String),
        };
        Ok(with_attributes(
            config,
            [
                ("account_id", member("Account")),
                ("arn", member("Arn")),
                ("id", member("Account")),
                ("user_id", member("UserId")),
            ],
        ))
    }
}
