//! `aws_secretsmanager_secrets`: names and ARNs of the secrets that pass filters. Those that are
//! marked for deletion are not among them.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Schema, Service};

use super::filter;
use super::lookup::{answered, given, objects, text};

pub(super) struct Secrets {
    schema: Schema,
}

impl Secrets {
    pub(super) fn new() -> Secrets {
        let schema = Schema {
            version: 0,
            attributes: vec![
                Attribute::computed("arns", Type::set(Type::String)),
                Attribute::optional_computed("id", Type::String),
                Attribute::computed("names", Type::set(Type::String)),
            ],
            blocks: vec![filter::block()],
        };
        Secrets { schema }
    }
}

/// A filter as AWS wants it. The provider leaves out one without values, and AWS refuses it.
fn requested(block: &Value) -> Option<Value> {
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
        let input = [("Filters", Value::tuple(filter::all(config).filter_map(requested)))];
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
        let filters = match (filter::all(config).next(), config.get("filter")) {
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
