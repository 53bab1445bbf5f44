//! The way of a value to the replicas of its secret. `PutSecretValue` answers before it has begun.

use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::{Next, Object, Problem};

use super::members::answered;
use super::run_facts;

/// The fact that tells to which Regions the secret is being copied.
const COPYING: &str = "run_copying";
/// The fact that tells to which Regions it could not be copied: a map from Region to AWS's message.
const NOT_COPIED: &str = "run_not_copied";
/// How long a value may be on its way.
const REPLICATION: Duration = Duration::from_secs(20 * 60);

/// The facts with what an answer of `DescribeSecret` says of the replicas.
pub fn noted(facts: Value, described: Option<&Value>) -> Value {
    let status = described.map(|described| answered(described, "ReplicationStatus"));
    let replicas: Vec<&Value> = status.iter().flat_map(Value::children).collect();
    let with_status = |status: &'static str| {
        let replicas = replicas.iter().filter(move |it| it.get_str("Status") == Some(status));
        replicas.filter_map(|it| Some((it.get_str("Region")?, *it)))
    };
    let copying = run_facts::list(with_status("InProgress").map(|(region, _)| region));
    let message = |replica: &Value| {
        Value::string(replica.get_str("StatusMessage").unwrap_or("the replication failed"))
    };
    let failed = with_status("Failed").map(|(region, replica)| (region, message(replica)));
    facts.with(COPYING, copying).with(NOT_COPIED, Value::map(Type::String, failed))
}

/// What remains once nothing is to be called: a value that is on its way, or that was put by this
/// run and could not be copied.
pub fn settling(observed: &Object) -> Option<Next> {
    let secret = observed.text("secret_id").unwrap_or("the secret");
    let copying = run_facts::texts(observed, COPYING);
    if !copying.is_empty() {
        let what = format!("the value of {secret} to be in {}", copying.join(", "));
        return Some(Next::Wait { what, at_most: REPLICATION });
    }
    let failed = answered(&observed.facts, NOT_COPIED);
    let (region, message) = failed.as_entries()?.iter().next()?;
    let is_ours = run_facts::holds(observed, run_facts::CREATED);
    is_ours.then(|| Next::Fail(Box::new(failure(secret, region, message.as_str()))))
}

fn failure(secret: &str, region: &str, message: Option<&str>) -> Problem {
    Problem::new(
        format!("the value of {secret} is not in {region}"),
        format!("AWS says: {}", message.unwrap_or_default()),
    )
    .help(format!(
        "The value is kept in the secret itself. See that the replica's key in {region} is Enabled \
         and may be used, then apply again: the secret's replication is tried once more."
    ))
}
