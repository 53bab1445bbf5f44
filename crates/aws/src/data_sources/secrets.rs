//! `aws_secretsmanager_secrets`: names and ARNs of the secrets that pass filters. Those that are
//! marked for deletion are not among them.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, DataError, DataSource, NestedBlock, Nesting, Place, Schema, Service,
};

use super::lookup::{answered, given, objects, text};

pub(super) struct Secrets {
    schema: Schema,
}

impl Secrets {
    pub(super) fn new() -> Secrets {
        let filter = Schema {
            attributes: vec![
                Attribute::required("name", Type::String),
                Attribute::required("values", Type::set(Type::String)),
            ],
            ..Schema::default()
        };
        let schema = Schema {
            version: 0,
            attributes: vec![
                Attribute::computed("arns", Type::set(Type::String)),
                Attribute::optional_computed("id", Type::String),
                Attribute::computed("names", Type::set(Type::String)),
            ],
            blocks: vec![NestedBlock {
                name: "filter",
                nesting: Nesting::Set,
                max: 0,
                schema: filter,
                key: None,
                settings: false,
            }],
        };
        Secrets { schema }
    }
}

fn filters(config: &Value) -> impl Iterator<Item = &Value> {
    config.get("filter").into_iter().flat_map(Value::children)
}

/// A filter as AWS wants it. The provider leaves out one without values, and AWS refuses it.
fn filter(block: &Value) -> Option<Value> {
    let values = given(block, "values")?.children().cloned();
    let values = Value::list(Type::String, values);
    Some(Value::object([("Key", text(block, "name")), ("Values", values)]))
}

impl DataSource for Secrets {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secrets"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let input = [("Filters", Value::tuple(filters(config).filter_map(filter)))];
        let call = Call::read(Service::SecretsManager, "ListSecrets", &place.region, input);
        vec![call.needs("secretsmanager:ListSecrets", "*")]
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "filter" && matches!(attribute, "arns" | "names")
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let listed = answered(answers, 0).map_err(DataError::Cloud)?;
        let all = |member: &str| {
            let members = objects(&listed, "SecretList").iter().map(|it| text(it, member));
            Value::set(Type::String, members)
        };
        // The provider keeps no filters as null.
        let filters = match (filters(config).next(), config.get("filter")) {
            (None, Some(none)) => Value::null(none.ty()),
            (_, given) => given.cloned().unwrap_or_else(|| Value::null(Type::Dynamic)),
        };
        Ok(config
            .clone()
            .with("arns", all("ARN"))
            .with("filter", filters)
            .with("id", Value::string(&place.region))
            .with("names", all("Name")))
    }
}
