//! `aws_region`: a Region, by name or endpoint; else the provider's own.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Schema};

use super::{problem, shown, with_attributes};
use crate::region;

pub(super) struct Region {
    schema: Schema,
}

impl Region {
    pub(super) fn new() -> Region {
        let attributes = vec![
            Attribute::computed("description", Type::String),
            Attribute::optional_computed("endpoint", Type::String),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional_computed("name", Type::String),
        ];
        Region { schema: Schema { attributes, ..Schema::default() } }
    }
}

/// The Region that an argument names, if the argument is given.
fn named_by(
    config: &Value,
    argument: &str,
    find: fn(&str) -> Option<&'static region::Region>,
) -> Result<Option<&'static region::Region>, DataError> {
    let Some((value, text)) = config.get(argument).and_then(|it| Some((it, it.as_str()?))) else {
        return Ok(None);
    };
    match find(text) {
        Some(region) => Ok(Some(region)),
        None => Err(not_found(argument, shown(value, text))),
    }
}

pub(super) fn not_found(argument: &str, text: &str) -> DataError {
    let summary = format!("finding Region by {argument} ({text})");
    problem(argument, summary, "couldn't find resource")
}

impl DataSource for Region {
    fn name(&self) -> &'static str {
        "aws_region"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, place: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let by_endpoint = named_by(config, "endpoint", region::find_by_endpoint)?;
        let by_name = named_by(config, "name", region::find)?;
        let region = match (by_endpoint, by_name) {
            (Some(one), Some(other)) if one != other => {
                return Err(problem(
                    "endpoint",
                    "multiple Regions matched",
                    "use additional constraints to reduce matches to a single Region",
                ));
            }
            (Some(region), _) | (None, Some(region)) => region,
            (None, None) => {
                region::find(&place.region).ok_or_else(|| not_found("name", &place.region))?
            }
        };
        Ok(with_attributes(
            config,
            [
                ("description", Value::string(region.description)),
                ("endpoint", Value::string(region.endpoint())),
                ("id", Value::string(region.name)),
                ("name", Value::string(region.name)),
            ],
        ))
    }
}
