//! `aws_secretsmanager_random_password`: a password that AWS draws, as a data source and as an
//! ephemeral resource. AWS keeps none of them: each read gives another one.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema, Service};

use super::lookup::{answered, kept, text};

/// The length that AWS chooses where none is given.
const LENGTH: i64 = 32;

/// The members of the request, and the arguments that give them.
const MEMBERS: [(&str, &str); 8] = [
    ("ExcludeCharacters", "exclude_characters"),
    ("ExcludeLowercase", "exclude_lowercase"),
    ("ExcludeNumbers", "exclude_numbers"),
    ("ExcludePunctuation", "exclude_punctuation"),
    ("ExcludeUppercase", "exclude_uppercase"),
    ("IncludeSpace", "include_space"),
    ("PasswordLength", "password_length"),
    ("RequireEachIncludedType", "require_each_included_type"),
];

pub(super) struct RandomPassword {
    schema: Schema,
    is_ephemeral: bool,
}

impl RandomPassword {
    /// The data source. Its id is the password itself, as with the provider, so that both are
    /// secret.
    pub(super) fn data_source() -> RandomPassword {
        let length = Attribute::optional("password_length", Type::Number)
            .default(Value::number(LENGTH))
            .check(whole);
        let mut schema = schema(length);
        schema.attributes.insert(5, Attribute::optional_computed("id", Type::String).sensitive());
        RandomPassword { schema, is_ephemeral: false }
    }

    pub(super) fn ephemeral() -> RandomPassword {
        let length = Attribute::optional("password_length", Type::Number).check(whole);
        RandomPassword { schema: schema(length), is_ephemeral: true }
    }

    fn with_length(&self, config: &Value) -> Value {
        match config.get("password_length") {
            Some(length) if length.is_null() && !self.is_ephemeral => {
                config.clone().with("password_length", Value::number(LENGTH))
            }
            _ => config.clone(),
        }
    }
}

fn schema(password_length: Attribute) -> Schema {
    let flag = |name| Attribute::optional(name, Type::Bool);
    let attributes = vec![
        Attribute::optional("exclude_characters", Type::String),
        flag("exclude_lowercase"),
        flag("exclude_numbers"),
        flag("exclude_punctuation"),
        flag("exclude_uppercase"),
        flag("include_space"),
        password_length,
        Attribute::computed("random_password", Type::String).sensitive(),
        flag("require_each_included_type"),
    ];
    Schema { attributes, ..Schema::default() }
}

fn whole(_: &str, value: &Value) -> Result<(), String> {
    match (value.as_i64(), value.as_number()) {
        (None, Some(number)) => Err(format!("Attribute must be a whole number, got {number}")),
        _ => Ok(()),
    }
}

impl DataSource for RandomPassword {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_random_password"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let config = self.with_length(config);
        let null = || Value::null(Type::Dynamic);
        let input = MEMBERS.map(|(member, name)| {
            // The service takes no empty text.
            let value = config.get(name).filter(|value| value.as_str() != Some(""));
            (member, value.cloned().unwrap_or_else(null))
        });
        let call = Call::read(Service::SecretsManager, "GetRandomPassword", &place.region, input);
        vec![call.needs("secretsmanager:GetRandomPassword", "*")]
    }

    fn shows(&self, _: &str, _: &str) -> bool {
        false
    }

    fn observe(&self, _: &Place, config: &Value, answers: &[Answer]) -> Result<Value, DataError> {
        let made = answered(answers, 0).map_err(DataError::Cloud)?;
        let password = text(&made, "RandomPassword").mark(Marks::SENSITIVE);
        if self.is_ephemeral {
            return Ok(config.clone().with("random_password", password));
        }
        let object = self.with_length(&kept(&self.schema, config));
        Ok(object.with("id", password.clone()).with("random_password", password))
    }
}
