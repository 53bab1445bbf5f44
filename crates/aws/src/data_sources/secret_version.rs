//! `aws_secretsmanager_secret_version`: a value of a secret, by its version or its label, as a data
//! source and as an ephemeral resource.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema};

use super::lookup::{
    NOT_THERE, NoText, answered, given, is_absent, kept, members, moment, not_found, of_secret,
    secret_text, text, texts,
};

/// The label of the version that holds now.
const CURRENT: &str = "AWSCURRENT";

pub(super) struct SecretVersion {
    schema: Schema,
    is_ephemeral: bool,
}

impl SecretVersion {
    pub(super) fn data_source() -> SecretVersion {
        let mut schema = schema(
            Attribute::optional("version_stage", Type::String).default(Value::string(CURRENT)),
            Type::set(Type::String),
        );
        schema.attributes.insert(2, Attribute::optional_computed("id", Type::String));
        SecretVersion { schema, is_ephemeral: false }
    }

    pub(super) fn ephemeral() -> SecretVersion {
        let stage = Attribute::optional_computed("version_stage", Type::String);
        SecretVersion { schema: schema(stage, Type::list(Type::String)), is_ephemeral: true }
    }

    /// The label that is asked for: the configuration's, or the data source's default.
    fn stage(&self, config: &Value) -> Value {
        match config.get("version_stage") {
            Some(stage) if !stage.is_null() => stage.clone(),
            _ if self.is_ephemeral => Value::null(Type::String),
            _ => Value::string(CURRENT),
        }
    }

    /// What the provider calls the version: the secret, and its version or else its label.
    fn name_of(&self, config: &Value) -> Value {
        let secret = config.get_str("secret_id").unwrap_or_default();
        let stage = self.stage(config);
        let label = stage.as_str().unwrap_or(CURRENT);
        let version = given(config, "version_id").and_then(Value::as_str).unwrap_or(label);
        Value::string(format!("{secret}|{version}"))
    }
}

fn schema(version_stage: Attribute, stages: Type) -> Schema {
    let attributes = vec![
        Attribute::computed("arn", Type::String),
        Attribute::computed("created_date", Type::String),
        Attribute::computed("secret_binary", Type::String).sensitive(),
        Attribute::required("secret_id", Type::String),
        Attribute::computed("secret_string", Type::String).sensitive(),
        Attribute::optional_computed("version_id", Type::String),
        version_stage,
        Attribute::computed("version_stages", stages),
    ];
    Schema { attributes, ..Schema::default() }
}

impl DataSource for SecretVersion {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret_version"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The version wins over the label. The key that the secret is under is not known here.
    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let secret = text(config, "secret_id");
        let mut more: Vec<_> = members(config, [("VersionId", "version_id")]).collect();
        let stage = self.stage(config);
        if more.is_empty() && stage.as_str().is_some_and(|label| !label.is_empty()) {
            more.push(("VersionStage", stage));
        }
        let action = "secretsmanager:GetSecretValue";
        let call = of_secret(place, "GetSecretValue", action, &secret, more);
        vec![call.needs("kms:Decrypt", "*")]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        match argument {
            "secret_id" => matches!(attribute, "arn" | "id"),
            "version_id" => attribute == "id",
            "version_stage" => matches!(attribute, "id" | "version_stages"),
            _ => false,
        }
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        const WHAT: &str = "Secrets Manager Secret Version";
        let name = self.name_of(config);
        let got = match answered(answers, 0) {
            Err(error) if is_absent(&error) => {
                let call = self.reads(place, config).into_iter().next();
                return Err(not_found(WHAT, &name, NOT_THERE, call.as_ref(), Some(&error)));
            }
            other => other.map_err(DataError::Cloud)?,
        };
        let nothing = match self.is_ephemeral {
            true => Value::null(Type::String),
            false => Value::string(""),
        };
        let secret =
            |value: Option<Value>| value.unwrap_or_else(|| nothing.clone()).mark(Marks::SENSITIVE);
        let of_binary = |no: NoText| no.of("secret_binary".to_owned());
        let binary = secret_text(&got, "SecretBinary").map_err(of_binary)?;
        let stages = texts(&got, "VersionStages");
        let stages = match self.is_ephemeral {
            true => Value::list(Type::String, stages),
            false => Value::set(Type::String, stages),
        };
        let object = config
            .clone()
            .with("arn", text(&got, "ARN"))
            .with("created_date", moment(&got, "CreatedDate"))
            .with("secret_binary", secret(binary))
            .with("secret_string", secret(got.get("SecretString").cloned()))
            .with("version_id", text(&got, "VersionId"))
            .with("version_stages", stages);
        if self.is_ephemeral {
            return Ok(object);
        }
        let object = object.with("id", name).with("version_stage", self.stage(config));
        Ok(kept(&self.schema, &object))
    }
}
