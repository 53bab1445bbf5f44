//! `aws_default_tags`: the tags that every resource of the provider configuration gets.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Schema};

use super::with_attributes;
use crate::{region, tags};

pub(super) struct DefaultTags {
    schema: Schema,
}

impl DefaultTags {
    pub(super) fn new() -> DefaultTags {
        let attributes = vec![
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("tags", Type::map(Type::String)),
        ];
        DefaultTags { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for DefaultTags {
    fn name(&self) -> &'static str {
        "aws_default_tags"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, place: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let none = Value::null(Type::map(Type::String));
        let partition = Value::string(region::partition(&place.region));
        let attributes = [("id", partition), ("tags", tags::merged(place, &none))];
        Ok(with_attributes(config, attributes))
    }
}
