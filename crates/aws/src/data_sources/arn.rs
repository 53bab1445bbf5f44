//! `aws_arn`: an ARN taken apart.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Schema};

use super::{problem, shown, with_attributes};
use crate::arn;

pub(super) struct Arn {
    schema: Schema,
}

impl Arn {
    pub(super) fn new() -> Arn {
        let attributes = vec![
            Attribute::computed("account", Type::String),
            Attribute::required("arn", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("partition", Type::String),
            Attribute::computed("region", Type::String),
            Attribute::computed("resource", Type::String),
            Attribute::computed("service", Type::String),
        ];
        Arn { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for Arn {
    fn name(&self) -> &'static str {
        "aws_arn"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, _: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let text = config.get_str("arn").unwrap_or_default();
        let parts = arn::Arn::parse(text).map_err(|_| {
            let value = config.get("arn").map_or(text, |value| shown(value, text));
            let detail = format!(
                "The provided value cannot be parsed as an ARN.\n\nPath: arn\nValue: {value}"
            );
            problem("arn", "Invalid ARN Value", detail)
        })?;
        Ok(with_attributes(
            config,
            [
                ("account", Value::string(parts.account)),
                ("id", Value::string(text)),
                ("partition", Value::string(parts.partition)),
                ("region", Value::string(parts.region)),
                ("resource", Value::string(parts.resource)),
                ("service", Value::string(parts.service)),
            ],
        ))
    }
}
