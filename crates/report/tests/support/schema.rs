//! The arguments of a few resource types, without anything behind them.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, DataError, DataSource, NestedBlock, Nesting, Next, Object,
    Place, Problem, Provider, ProviderKey, Registry, ReplacementOrder, ResourceType, Schema,
};

/// A type that has a schema and can do nothing.
struct Described {
    name: &'static str,
    schema: Schema,
}

impl ResourceType for Described {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn replacement_order(&self, _: &Object, _: &Value) -> ReplacementOrder {
        ReplacementOrder::DeleteFirst
    }

    fn reads(&self, _: &Place, _: &Object) -> Vec<Call> {
        Vec::new()
    }

    fn observe(
        &self,
        _: &Place,
        prior: &Object,
        _: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        Ok(Some(prior.clone()))
    }

    fn next(&self, _: &Place, _: Option<&Object>, _: Option<&Value>) -> Next {
        Next::Done
    }

    fn after(
        &self,
        _: &Place,
        observed: Option<&Object>,
        _: Option<&Value>,
        _: &Call,
        _: Option<&Value>,
    ) -> Option<Object> {
        observed.cloned()
    }
}

impl DataSource for Described {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, _: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        Ok(config.clone())
    }
}

struct Family {
    source: &'static str,
    name: &'static str,
    schema: Schema,
    types: Vec<Box<dyn ResourceType>>,
    data: Vec<Box<dyn DataSource>>,
}

impl Provider for Family {
    fn name(&self) -> &'static str {
        self.name
    }

    fn source(&self) -> &'static str {
        self.source
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> &[Box<dyn ResourceType>] {
        &self.types
    }

    fn data_sources(&self) -> &[Box<dyn DataSource>] {
        &self.data
    }

    fn place(&self, key: &ProviderKey, _: &Value) -> Result<Place, Vec<Problem>> {
        Ok(Place {
            provider: key.clone(),
            region: "us-east-1".to_owned(),
            default_tags: BTreeMap::new(),
            ignored_tag_keys: Vec::new(),
            ignored_tag_prefixes: Vec::new(),
            sensitive_default_tags: std::collections::BTreeSet::new(),
        })
    }
}

/// Keys, grants, secrets, their versions, and Terraform's own `terraform_data`.
pub fn registry() -> Registry {
    let aws = Family {
        source: "registry.terraform.io/hashicorp/aws",
        name: "aws",
        schema: Schema::default(),
        types: vec![
            described("aws_kms_grant", grant()),
            described("aws_kms_key", key()),
            described("aws_secretsmanager_secret", secret()),
            described("aws_secretsmanager_secret_version", version()),
        ],
        data: Vec::new(),
    };
    let terraform = Family {
        source: "terraform.io/builtin/terraform",
        name: "terraform",
        schema: Schema::default(),
        types: vec![described("terraform_data", data())],
        data: vec![Box::new(Described { name: "terraform_remote_state", schema: remote_state() })],
    };
    Registry::new([Arc::new(aws) as Arc<dyn Provider>, Arc::new(terraform)])
}

fn described(name: &'static str, schema: Schema) -> Box<dyn ResourceType> {
    Box::new(Described { name, schema })
}

/// The outputs of another configuration.
fn remote_state() -> Schema {
    let attributes = vec![
        Attribute::required("backend", Type::String),
        Attribute::optional("config", Type::Dynamic),
        Attribute::optional("defaults", Type::Dynamic),
        Attribute::computed("outputs", Type::Dynamic),
        Attribute::optional("workspace", Type::String),
    ];
    schema(attributes, Vec::new())
}

fn schema(attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Schema {
    Schema { version: 0, attributes, blocks }
}

fn text(name: &'static str) -> Attribute {
    Attribute::optional(name, Type::String)
}

fn flag(name: &'static str) -> Attribute {
    Attribute::optional(name, Type::Bool)
}

fn number(name: &'static str) -> Attribute {
    Attribute::optional(name, Type::Number)
}

fn texts_by_key(name: &'static str) -> Attribute {
    Attribute::optional(name, Type::map(Type::String))
}

fn set_of_texts(name: &'static str) -> Attribute {
    Attribute::optional(name, Type::set(Type::String))
}

fn blocks(name: &'static str, key: Option<&'static str>, schema: Schema) -> NestedBlock {
    NestedBlock { name, nesting: Nesting::Set, max: 0, schema, key, settings: false }
}

fn grant() -> Schema {
    let constraints =
        vec![texts_by_key("encryption_context_equals"), texts_by_key("encryption_context_subset")];
    schema(
        vec![
            set_of_texts("grant_creation_tokens"),
            text("grant_id"),
            text("grant_token").sensitive(),
            text("grantee_principal"),
            text("id"),
            text("key_id"),
            text("name"),
            set_of_texts("operations"),
            flag("retire_on_delete"),
            text("retiring_principal"),
        ],
        vec![blocks("constraints", None, schema(constraints, Vec::new()))],
    )
}

fn key() -> Schema {
    schema(
        vec![
            text("arn"),
            flag("bypass_policy_lockout_safety_check"),
            text("custom_key_store_id"),
            text("customer_master_key_spec"),
            number("deletion_window_in_days"),
            text("description"),
            flag("enable_key_rotation"),
            text("id"),
            flag("is_enabled"),
            text("key_id"),
            text("key_usage"),
            flag("multi_region"),
            text("policy"),
            number("rotation_period_in_days"),
            texts_by_key("tags"),
            texts_by_key("tags_all"),
            text("xks_key_id"),
        ],
        Vec::new(),
    )
}

fn secret() -> Schema {
    let replica = vec![
        text("kms_key_id"),
        text("last_accessed_date").volatile(),
        text("region"),
        text("status"),
        text("status_message"),
    ];
    schema(
        vec![
            text("arn"),
            text("description"),
            flag("force_overwrite_replica_secret"),
            text("id"),
            text("kms_key_id"),
            text("name"),
            text("name_prefix"),
            text("policy"),
            number("recovery_window_in_days"),
            texts_by_key("tags"),
            texts_by_key("tags_all"),
        ],
        vec![blocks("replica", Some("region"), schema(replica, Vec::new()))],
    )
}

fn version() -> Schema {
    schema(
        vec![
            text("arn"),
            flag("has_secret_string_wo"),
            text("id"),
            text("secret_binary").sensitive(),
            text("secret_id"),
            text("secret_string").sensitive(),
            text("secret_string_wo").sensitive().write_only(),
            number("secret_string_wo_version"),
            text("version_id"),
            set_of_texts("version_stages"),
        ],
        Vec::new(),
    )
}

fn data() -> Schema {
    schema(
        vec![
            text("id"),
            Attribute::optional("input", Type::Dynamic),
            Attribute::computed("output", Type::Dynamic),
            Attribute::optional("triggers_replace", Type::Dynamic),
        ],
        Vec::new(),
    )
}
