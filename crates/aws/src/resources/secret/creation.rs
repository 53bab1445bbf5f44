//! Creating a secret: the call, the secret after it, and how it is found again.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Object, Occurrence, Place, Recovery, Schema, Service};

use crate::resources::members::{answered, decided, flag, given};
use crate::resources::{generated_name, run_facts, secret_replicas};
use crate::{region, tags};

/// Prefix of the name of a secret that is given none.
const ANONYMOUS: &str = "terraform-";

/// The call that creates the secret, with its replicas.
pub fn create(place: &Place, wanted: &Value) -> Call {
    let name = decided(wanted, "name");
    let shown_name = name.as_ref().and_then(Value::as_str).unwrap_or("*");
    let partition = region::partition(&place.region);
    let on_secret =
        format!("arn:{partition}:secretsmanager:{}:*:secret:{shown_name}-??????", place.region);
    let named = match name {
        Some(name) => ("Name", name),
        None => {
            let prefix = decided(wanted, "name_prefix");
            ("NamePrefix", prefix.unwrap_or_else(|| Value::string(ANONYMOUS)))
        }
    };
    let description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
    let mut input = vec![named, ("Description", description)];
    let key = given(wanted, "kms_key_id").filter(|key| key.as_str() != Some(""));
    let key_text = key.as_ref().map(|key| key.as_str().unwrap_or("*").to_owned());
    input.extend(key.map(|key| ("KmsKeyId", key)));
    let put = tags::merged(place, &answered(wanted, "tags"));
    let is_tagged = !put.is_known() || put.children().next().is_some();
    if is_tagged {
        input.push(("Tags", put));
    }
    let replicas: Vec<Value> = secret_replicas::all(wanted).map(secret_replicas::request).collect();
    let replica_keys = secret_replicas::keys(&replicas);
    let is_replicated = !replicas.is_empty();
    if is_replicated {
        input.push(("AddReplicaRegions", Value::tuple(replicas)));
        let force = flag(wanted, "force_overwrite_replica_secret");
        input.push(("ForceOverwriteReplicaSecret", Value::bool(force)));
    }
    let mut call = Call::change(Service::SecretsManager, "CreateSecret", &place.region, input)
        .found_by(Occurrence::Identity)
        .needs("secretsmanager:CreateSecret", &on_secret);
    if is_tagged {
        call = call.needs("secretsmanager:TagResource", &on_secret);
    }
    if is_replicated {
        call = call.needs("secretsmanager:ReplicateSecretToRegions", &on_secret);
    }
    if let Some(key) = key_text {
        let on_key = secret_replicas::on_key(&key);
        call = call.needs("kms:GenerateDataKey", on_key).needs("kms:Decrypt", on_key);
    }
    secret_replicas::with_key_permissions(call, replica_keys)
}

/// The secret after [`create`].
pub fn created(place: &Place, wanted: &Value, call: &Call, answer: Option<&Value>) -> Object {
    let unknown = || Value::unknown_not_null(Type::String);
    let name = call.input.get("Name").cloned();
    let name = name.or(answer.map(|answer| answered(answer, "Name")));
    let name = name.unwrap_or_else(unknown);
    let prefix = match (decided(wanted, "name_prefix"), name.as_str()) {
        (Some(prefix), _) => prefix,
        (None, Some(name)) => Value::string(generated_name::prefix(name)),
        (None, None) => answered(wanted, "name_prefix"),
    };
    let put = call.input.get("Tags").cloned();
    let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let empty = || Value::string("");
    let arn = answer.map_or_else(unknown, |answer| answered(answer, "ARN"));
    let start = Object::new(wanted.clone());
    let replicas = match (answer, wanted.get("replica")) {
        (None, Some(replicas)) if replicas.is_known() => replicas.clone(),
        (None, _) => secret_replicas::set([]),
        (Some(answer), _) => secret_replicas::observed(&start, answer),
    };
    let regions = secret_replicas::all(wanted).filter_map(|replica| replica.get_str("region"));
    let attributes = wanted
        .clone()
        .with("id", arn.clone())
        .with("arn", arn)
        .with("name", name)
        .with("name_prefix", prefix)
        .with("description", given(wanted, "description").unwrap_or_else(empty))
        .with("kms_key_id", given(wanted, "kms_key_id").unwrap_or_else(empty))
        .with("policy", empty())
        .with("replica", replicas)
        .with("tags_all", tags::shown(place, &put));
    run_facts::created(attributes)
        .with_fact("tags", put)
        .with_fact(run_facts::REPLICATED, run_facts::list(regions))
}

/// The secret of an unanswered creation is found by its name; a generated name is known to no one.
pub fn recovery(schema: &Schema, call: &Call) -> Recovery {
    match call.input.get("Name") {
        Some(name) if call.operation == "CreateSecret" => {
            let attributes = schema.empty().with("id", name.clone()).with("name", name.clone());
            Recovery::Read(Box::new(run_facts::created(attributes)))
        }
        _ => Recovery::None,
    }
}
