//! `aws_kms_custom_key_store`: a custom key store by its id or its name, or the only one there is.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, DataError, DataSource, Place, Problem, Schema, Service,
};

use super::lookup::{
    NOT_THERE, answered, given, members, moment, no_result, not_found, objects, text,
};
use crate::resources::conflicts::exclusive;

const ARGUMENTS: [&str; 2] = ["custom_key_store_id", "custom_key_store_name"];

pub(super) struct KmsCustomKeyStore {
    schema: Schema,
}

impl KmsCustomKeyStore {
    pub(super) fn new() -> KmsCustomKeyStore {
        let computed = |name| Attribute::computed(name, Type::String);
        let named = |name| Attribute::optional_computed(name, Type::String);
        let attributes = vec![
            computed("cloud_hsm_cluster_id"),
            computed("connection_state"),
            computed("creation_date"),
            named("custom_key_store_id"),
            named("custom_key_store_name"),
            named("id"),
            computed("trust_anchor_certificate"),
        ];
        KmsCustomKeyStore { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for KmsCustomKeyStore {
    fn name(&self) -> &'static str {
        "aws_kms_custom_key_store"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        exclusive(config, ARGUMENTS[0], ARGUMENTS[1])
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let [id, name] = ARGUMENTS;
        let input = members(config, [("CustomKeyStoreId", id), ("CustomKeyStoreName", name)]);
        let call = Call::read(Service::Kms, "DescribeCustomKeyStores", &place.region, input);
        vec![call.needs("kms:DescribeCustomKeyStores", "*")]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "custom_key_store_id" && attribute == "id"
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        const WHAT: &str = "KMS Custom Key Store";
        let call = self.reads(place, config).into_iter().next();
        let asked = ARGUMENTS.iter().find_map(|name| given(config, name));
        let asked = asked.cloned().unwrap_or_else(|| Value::string(""));
        let described = match answered(answers, 0) {
            Err(error) if error.code == "CustomKeyStoreNotFoundException" => {
                return Err(not_found(WHAT, &asked, NOT_THERE, call.as_ref(), Some(&error)));
            }
            other => other.map_err(DataError::Cloud)?,
        };
        let store = match objects(&described, "CustomKeyStores") {
            [] => return Err(not_found(WHAT, &asked, NOT_THERE, call.as_ref(), None)),
            [store] => store,
            several => {
                let reason = format!("too many results: wanted 1, got {}", several.len());
                let detail = "Name one of them by custom_key_store_id or custom_key_store_name.";
                let problem = no_result(WHAT, &asked, &reason, detail.to_owned());
                return Err(DataError::Problem(Box::new(problem)));
            }
        };
        Ok(config
            .clone()
            .with("cloud_hsm_cluster_id", text(store, "CloudHsmClusterId"))
            .with("connection_state", text(store, "ConnectionState"))
            .with("creation_date", moment(store, "CreationDate"))
            .with("custom_key_store_id", text(store, "CustomKeyStoreId"))
            .with("custom_key_store_name", text(store, "CustomKeyStoreName"))
            .with("id", text(store, "CustomKeyStoreId"))
            .with("trust_anchor_certificate", text(store, "TrustAnchorCertificate")))
    }
}
