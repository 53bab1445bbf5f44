//! The argument `region`, which version 6 of hashicorp/aws has given to all that lives in a Region:
//! with it one provider configuration is enough for all Regions. No type knows of it; it is put
//! around them here.

mod data;
mod resource;
#[cfg(test)]
mod tests;

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, DataSource, Place, Problem, ResourceType, Schema};

use crate::region;
use data::RegionalData;
use resource::RegionalResource;

const REGION: &str = "region";

/// The summary of whatever is wrong with the argument.
const INVALID: &str = "Invalid Region Value";

/// What is the same wherever it is asked, or has an argument of that name for something else.
/// These are the ones without the argument in version 6.
const GLOBAL: [&str; 7] = [
    "aws_arn",
    "aws_caller_identity",
    "aws_default_tags",
    "aws_iam_policy_document",
    "aws_partition",
    "aws_regions",
    "aws_service_principal",
];

/// The resource types with the argument.
pub(crate) fn resource_types(types: Vec<Box<dyn ResourceType>>) -> Vec<Box<dyn ResourceType>> {
    types.into_iter().map(|kind| Box::new(RegionalResource::new(kind)) as _).collect()
}

/// The data sources or ephemeral resources, with the argument where they are of a Region.
pub(crate) fn data_sources(sources: Vec<Box<dyn DataSource>>) -> Vec<Box<dyn DataSource>> {
    let regional = |kind: Box<dyn DataSource>| match GLOBAL.contains(&kind.name()) {
        true => kind,
        false => Box::new(RegionalData::new(kind)),
    };
    sources.into_iter().map(regional).collect()
}

/// The schema with the argument at its place in the alphabet.
fn with_argument(schema: &Schema, argument: Attribute) -> Schema {
    let mut schema = schema.clone();
    let place = schema.attributes.partition_point(|it| it.name < argument.name);
    schema.attributes.insert(place, argument.supplementary());
    schema
}

fn argument() -> Attribute {
    Attribute::optional(REGION, Type::String)
}

fn nothing() -> Value {
    Value::null(Type::String)
}

/// The argument's value in an object; null where there is none.
fn given(object: &Value) -> Value {
    object.get(REGION).cloned().unwrap_or_else(nothing)
}

/// A value that names no Region, as far as it is known.
fn unknown_region(config: &Value) -> Option<Problem> {
    let value = config.get(REGION)?;
    let name = value.as_str().filter(|name| !region::is_known(name))?;
    if value.is_sensitive() {
        return Some(invalid("(sensitive value) is no Region of AWS.".to_owned()));
    }
    Some(invalid(format!("AWS has no Region {name:?}.")).help(region::advice(name)))
}

/// Credentials are good for one partition only.
fn other_partition(place: &Place, name: &str) -> Option<Problem> {
    let (here, there) = (region::partition(&place.region), region::partition(name));
    (here != there).then(|| {
        invalid(format!(
            "partition ({there}) for per-resource Region ({name}) is not the provider's configured \
             partition ({here})"
        ))
    })
}

fn invalid(detail: String) -> Problem {
    Problem::new(INVALID, detail).at(Path::attribute(REGION))
}

/// Id and Region of `ID@region`; the whole is an id where no Region is behind it.
fn parted(id: &str) -> (&str, Option<&str>) {
    match id.rsplit_once('@') {
        Some((id, name)) if !id.is_empty() && region::is_known(name) => (id, Some(name)),
        _ => (id, None),
    }
}
