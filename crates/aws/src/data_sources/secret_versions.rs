//! `aws_secretsmanager_secret_versions`: the versions of a secret and their labels, without the
//! values.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, DataError, DataSource, ErrorClass, Place, Schema,
};

use super::lookup::{
    NOT_THERE, answered, members, moment, not_found, objects, of_secret, text, texts,
};

pub(super) struct SecretVersions {
    schema: Schema,
}

fn version_type() -> Type {
    Type::object([
        ("created_time", Type::String),
        ("last_accessed_date", Type::String),
        ("version_id", Type::String),
        ("version_stages", Type::list(Type::String)),
    ])
}

impl SecretVersions {
    pub(super) fn new() -> SecretVersions {
        let attributes = vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("include_deprecated", Type::Bool),
            Attribute::computed("name", Type::String),
            Attribute::required("secret_id", Type::String),
            Attribute::computed("versions", Type::list(version_type())),
        ];
        SecretVersions { schema: Schema { attributes, ..Schema::default() } }
    }
}

/// The provider leaves the day of the last access out.
fn version(entry: &Value) -> Value {
    Value::object([
        ("created_time", moment(entry, "CreatedDate")),
        ("last_accessed_date", Value::null(Type::String)),
        ("version_id", text(entry, "VersionId")),
        ("version_stages", Value::list(Type::String, texts(entry, "VersionStages"))),
    ])
}

impl DataSource for SecretVersions {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_versions"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let secret = text(config, "secret_id");
        let more = members(config, [("IncludeDeprecated", "include_deprecated")]);
        let action = "secretsmanager:ListSecretVersionIds";
        vec![of_secret(place, "ListSecretVersionIds", action, &secret, more)]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "secret_id" && matches!(attribute, "arn" | "name")
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let listed = match answered(answers, 0) {
            Err(error) if error.class == ErrorClass::NotFound => {
                let call = self.reads(place, config).into_iter().next();
                let what = "AWS Secrets Manager Secret Versions Data Source";
                let id = text(config, "secret_id");
                return Err(not_found(what, &id, NOT_THERE, call.as_ref(), Some(&error)));
            }
            other => other.map_err(DataError::Cloud)?,
        };
        let versions = objects(&listed, "Versions");
        // Of a secret without versions the provider says nothing at all.
        if versions.is_empty() {
            let null = |object: Value, name: &str| {
                let ty = self.schema.attribute(name).map(|it| it.ty.clone());
                object.with(name, Value::null(ty.unwrap_or(Type::Dynamic)))
            };
            return Ok(["arn", "name", "versions"].into_iter().fold(config.clone(), null));
        }
        Ok(config
            .clone()
            .with("arn", text(&listed, "ARN"))
            .with("name", text(&listed, "Name"))
            .with("versions", Value::list(version_type(), versions.iter().map(version))))
    }
}
