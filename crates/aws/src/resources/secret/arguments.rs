//! The arguments of a secret, and which of their values cannot be.

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{Attribute, Place, Problem, Schema};

use crate::resources::secret_reading::same_key;
use crate::resources::{conflicts, secret_replicas, spelling};
use crate::{checks, region};

/// The arguments and attributes.
pub fn schema() -> Schema {
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("description", Type::String),
            Attribute::optional("force_overwrite_replica_secret", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional_computed("id", Type::String),
            // Related keys of several Regions are one key to a secret: that of its own Region.
            Attribute::optional("kms_key_id", Type::String).equivalent(same_key),
            Attribute::optional_computed("name", Type::String)
                .replaces()
                .check(|name, value| checks::secret_name(name, value, 512)),
            Attribute::optional_computed("name_prefix", Type::String)
                .replaces()
                .check(|name, value| checks::secret_name(name, value, 486)),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            Attribute::optional("recovery_window_in_days", Type::Number)
                .default(Value::number(30_i64)),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional_computed("tags_all", Type::map(Type::String)),
        ],
        blocks: vec![secret_replicas::block()],
    }
}

fn unknown_region(replica_region: &str, index: usize) -> Problem {
    let path = Path::attribute("replica").then(Step::Index(index));
    Problem::new(
        format!("invalid AWS Region: {replica_region}"),
        format!("A replica cannot be in {replica_region:?}: AWS has no such Region."),
    )
    .at(path.then(Step::Attribute("region".into())))
    .help(region::advice(replica_region))
}

fn recovery_window(config: &Value) -> Vec<Problem> {
    let name = "recovery_window_in_days";
    let Some(value) = config.get(name).filter(|value| value.as_number().is_some()) else {
        return Vec::new();
    };
    let days = value.as_i64();
    let Err(message) = checks::in_range(name, value, 7, 30) else {
        return Vec::new();
    };
    if days == Some(0) {
        return Vec::new();
    }
    let help = "0 deletes without a way back; 7 to 30 days leave time to restore the secret.";
    let problem = |summary: String| Problem::new(summary, "").at(Path::attribute(name)).help(help);
    if days.is_none() {
        return vec![problem(message)];
    }
    let shown = message.rsplit(' ').next().unwrap_or_default().to_owned();
    vec![problem(message), problem(format!("expected {name} to be one of [0], got {shown}"))]
}

/// A replica cannot be where the secret itself is.
pub fn own_region(place: &Place, wanted: &Value) -> Option<Problem> {
    secret_replicas::in_region(wanted, &place.region)?;
    let problem = Problem::new(
        format!("the secret itself is in {}", place.region),
        "A replica must be in another Region than the secret.",
    );
    Some(
        problem
            .at(Path::attribute("replica"))
            .help(format!("Remove the replica block of {}.", place.region)),
    )
}

/// What is wrong with the arguments of a configuration.
pub fn validate(config: &Value) -> Vec<Problem> {
    let mut problems = conflicts::exclusive(config, "name", "name_prefix");
    problems.extend(recovery_window(config));
    let mut seen = Vec::new();
    for (index, replica) in secret_replicas::all(config).enumerate() {
        let Some(name) = replica.get_str("region") else {
            continue;
        };
        if !region::is_known(name) {
            problems.push(unknown_region(name, index));
        }
        if seen.contains(&name) {
            let problem = Problem::new(
                format!("two replicas in {name}"),
                "A secret has at most one replica in each Region.",
            );
            let path = Path::attribute("replica").then(Step::Index(index));
            problems.push(problem.at(path).help("Remove one of the two replica blocks."));
        }
        seen.push(name);
    }
    problems
}
