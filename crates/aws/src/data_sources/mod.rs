//! The data sources, one file each.

mod arn;
mod caller_identity;
mod default_tags;
mod partition;
mod policy_document;
mod region;
mod regions;
mod service_principal;

use meridian_lang::{Path, Value};
use meridian_resource::{DataError, DataSource, Problem};

/// All data sources, in alphabetical order of their names.
pub fn all() -> Vec<Box<dyn DataSource>> {
    vec![
        Box::new(arn::Arn::new()),
        Box::new(caller_identity::CallerIdentity::new()),
        Box::new(default_tags::DefaultTags::new()),
        Box::new(policy_document::PolicyDocument::new()),
        Box::new(partition::Partition::new()),
        Box::new(region::Region::new()),
        Box::new(regions::Regions::new()),
        Box::new(service_principal::ServicePrincipal::new()),
    ]
}

/// The object with these attributes put in. What follows from a sensitive argument is sensitive.
fn with_attributes<const N: usize>(config: &Value, attributes: [(&str, Value); N]) -> Value {
    let marks = config.deep_marks();
    let put = |object: Value, (name, value): (&str, Value)| object.with(name, value.mark(marks));
    attributes.into_iter().fold(config.clone(), put)
}

/// A problem with an argument.
fn problem(argument: &str, summary: impl Into<String>, detail: impl Into<String>) -> DataError {
    DataError::Problem(Box::new(Problem::new(summary, detail).at(Path::attribute(argument))))
}

/// A text as messages may show it.
fn shown<'a>(value: &Value, text: &'a str) -> &'a str {
    if value.is_sensitive() { "(sensitive value)" } else { text }
}

#[cfg(test)]
mod tests;
