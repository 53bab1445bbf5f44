//! `aws_partition`: the part of AWS in which the provider's Region lies.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Schema};

use super::with_attributes;
use crate::region;

pub(super) struct Partition {
    schema: Schema,
}

impl Partition {
    pub(super) fn new() -> Partition {
        let attributes = vec![
            Attribute::computed("dns_suffix", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("partition", Type::String),
            Attribute::computed("reverse_dns_prefix", Type::String),
        ];
        Partition { schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for Partition {
    fn name(&self) -> &'static str {
        "aws_partition"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, place: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let partition = region::Partition::of(&place.region);
        Ok(with_attributes(
            config,
            [
                ("dns_suffix", Value::string(partition.dns_suffix)),
                ("id", Value::string(partition.name)),
                ("partition", Value::string(partition.name)),
                ("reverse_dns_prefix", Value::string(partition.reverse_dns_prefix())),
            ],
        ))
    }
}
