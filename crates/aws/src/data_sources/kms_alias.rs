//! `aws_kms_alias`: an alias and the key behind it. One `DescribeKey` by the alias tells all of it;
//! for one of AWS's own aliases it makes the key, if that was never used.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, DataError, DataSource, ErrorClass, Place, Schema,
};

use super::key_name;
use super::lookup::{answered, moment, no_result, not_found, of_kms, text};
use crate::arn::Arn;

/// States in which a key is on its way out.
const PENDING: [&str; 2] = ["PendingDeletion", "PendingReplicaDeletion"];

pub(super) struct KmsAlias {
    schema: Schema,
}

impl KmsAlias {
    pub(super) fn new() -> KmsAlias {
        let attributes = vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("name", Type::String).check(key_name::check_alias),
            Attribute::computed("target_key_arn", Type::String),
            Attribute::computed("target_key_id", Type::String),
        ];
        KmsAlias { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for KmsAlias {
    fn name(&self) -> &'static str {
        "aws_kms_alias"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let name = config.get_str("name").unwrap_or_default();
        let input = [("KeyId", Value::string(name))];
        vec![of_kms(place, "DescribeKey", "kms:DescribeKey", name, input)]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "name" && matches!(attribute, "arn" | "id")
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let name = text(config, "name");
        let call = self.reads(place, config).into_iter().next();
        let described = match answered(answers, 0) {
            Err(error) if error.class == ErrorClass::NotFound => {
                let call = call.as_ref();
                return Err(not_found("KMS Alias", &name, "empty result", call, Some(&error)));
            }
            other => other.map_err(DataError::Cloud)?,
        };
        let nothing = Value::object::<&str>([]);
        let key = described.get("KeyMetadata").unwrap_or(&nothing);
        if let Some(state) = key.get_str("KeyState").filter(|state| PENDING.contains(state)) {
            let date = moment(key, "DeletionDate");
            let date = date.as_str().map(|date| format!(" on {date}")).unwrap_or_default();
            let detail = format!("The key behind the alias will be deleted{date}.");
            let help = "Cancel its deletion with `aws kms cancel-key-deletion`, or lead the alias \
                        to another key.";
            let problem = no_result("KMS Key", &name, state, detail).help(help);
            return Err(DataError::Problem(Box::new(problem)));
        }
        let arn = match (key.get_str("Arn").map(Arn::parse), name.as_str()) {
            (Some(Ok(arn)), Some(name)) => Value::string(Arn { resource: name, ..arn }.to_string()),
            _ => Value::null(Type::String),
        };
        Ok(config
            .clone()
            .with("arn", arn.clone())
            .with("id", arn)
            .with("target_key_arn", text(key, "Arn"))
            .with("target_key_id", text(key, "KeyId")))
    }
}
