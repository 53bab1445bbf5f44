//! `aws_kms_key`: a key by its id, its ARN, an alias or an alias's ARN, in whatever state it is.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, DataError, DataSource, ErrorClass, Place, Problem, Schema,
};

use super::key_name;
use super::lookup::{
    NOT_THERE, answered, flag, kept, moment, not_found, number, objects, of_key, text,
};

pub(super) struct KmsKey {
    schema: Schema,
}

fn related_key() -> Type {
    Type::object([("arn", Type::String), ("region", Type::String)])
}

fn multi_region_configuration() -> Type {
    Type::object([
        ("multi_region_key_type", Type::String),
        ("primary_key", Type::list(related_key())),
        ("replica_keys", Type::list(related_key())),
    ])
}

fn xks_key_configuration() -> Type {
    Type::object([("id", Type::String)])
}

/// Attributes that repeat a text of the key's metadata, and its member there.
const TEXTS: [(&str, &str); 13] = [
    ("arn", "Arn"),
    ("aws_account_id", "AWSAccountId"),
    ("cloud_hsm_cluster_id", "CloudHsmClusterId"),
    ("custom_key_store_id", "CustomKeyStoreId"),
    ("customer_master_key_spec", "CustomerMasterKeySpec"),
    ("description", "Description"),
    ("expiration_model", "ExpirationModel"),
    ("id", "KeyId"),
    ("key_manager", "KeyManager"),
    ("key_spec", "KeySpec"),
    ("key_state", "KeyState"),
    ("key_usage", "KeyUsage"),
    ("origin", "Origin"),
];

/// Attributes that hold a time of the key's metadata, and its member there.
const TIMES: [(&str, &str); 3] =
    [("creation_date", "CreationDate"), ("deletion_date", "DeletionDate"), ("valid_to", "ValidTo")];

impl KmsKey {
    pub(super) fn new() -> KmsKey {
        let computed = |name| Attribute::computed(name, Type::String);
        let attributes = vec![
            computed("arn"),
            computed("aws_account_id"),
            computed("cloud_hsm_cluster_id"),
            computed("creation_date"),
            computed("custom_key_store_id"),
            computed("customer_master_key_spec"),
            computed("deletion_date"),
            computed("description"),
            Attribute::computed("enabled", Type::Bool),
            computed("expiration_model"),
            Attribute::optional("grant_tokens", Type::list(Type::String)),
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key_id", Type::String),
            computed("key_manager"),
            computed("key_spec"),
            computed("key_state"),
            computed("key_usage"),
            Attribute::computed("multi_region", Type::Bool),
            Attribute::computed(
                "multi_region_configuration",
                Type::list(multi_region_configuration()),
            ),
            computed("origin"),
            Attribute::computed("pending_deletion_window_in_days", Type::Number),
            computed("valid_to"),
            Attribute::computed("xks_key_configuration", Type::list(xks_key_configuration())),
        ];
        KmsKey { schema: Schema { attributes, ..Schema::default() } }
    }
}

fn related(key: &Value) -> Value {
    Value::object([("arn", text(key, "Arn")), ("region", text(key, "Region"))])
}

fn multi_region(metadata: &Value) -> Value {
    let configuration = metadata.get("MultiRegionConfiguration").map(|set| {
        let replicas = objects(set, "ReplicaKeys").iter().map(related);
        Value::object([
            ("multi_region_key_type", text(set, "MultiRegionKeyType")),
            ("primary_key", Value::list(related_key(), set.get("PrimaryKey").map(related))),
            ("replica_keys", Value::list(related_key(), replicas)),
        ])
    });
    Value::list(multi_region_configuration(), configuration)
}

fn xks_key(metadata: &Value) -> Value {
    let key = metadata.get("XksKeyConfiguration");
    let key = key.map(|key| Value::object([("id", text(key, "Id"))]));
    Value::list(xks_key_configuration(), key)
}

impl DataSource for KmsKey {
    fn name(&self) -> &'static str {
        "aws_kms_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        key_name::check(config, "key_id")
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        vec![of_key(place, config, "DescribeKey", "kms:DescribeKey")]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "key_id" && matches!(attribute, "arn" | "id")
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let described = match answered(answers, 0) {
            Err(error) if error.class == ErrorClass::NotFound => {
                let call = self.reads(place, config).into_iter().next();
                let key = text(config, "key_id");
                return Err(not_found("KMS Key", &key, NOT_THERE, call.as_ref(), Some(&error)));
            }
            other => other.map_err(DataError::Cloud)?,
        };
        let nothing = Value::object::<&str>([]);
        let key = described.get("KeyMetadata").unwrap_or(&nothing);
        let object = TEXTS.iter().fold(kept(&self.schema, config), |all, (name, member)| {
            all.with(name, text(key, member))
        });
        let object =
            TIMES.iter().fold(object, |all, (name, member)| all.with(name, moment(key, member)));
        Ok(object
            .with("enabled", flag(key, "Enabled"))
            .with("multi_region", flag(key, "MultiRegion"))
            .with("multi_region_configuration", multi_region(key))
            .with("pending_deletion_window_in_days", number(key, "PendingDeletionWindowInDays"))
            .with("xks_key_configuration", xks_key(key)))
    }
}
