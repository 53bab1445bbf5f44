//! `aws_secretsmanager_secret`: a secret without its value, and its replicas.

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, KeyUse, Next, Notice, Object, Occurrence, Place, Problem,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, asked, decided, flag, given, permission_arn};
use super::secret_reading::{DEFAULT_KEY, same_key, secret_id};
use super::{
    conflicts, generated_name, import, key_settings, run_facts, secret_deletion, secret_encryption,
    secret_errors, secret_independence, secret_reading, secret_replicas, spelling,
};
use crate::{checks, policy, region, tags};

/// Prefix of the name of a secret that is given none.
const ANONYMOUS: &str = "terraform-";

/// The type `aws_secretsmanager_secret`.
#[derive(Debug)]
pub struct Secret {
    schema: Schema,
}

impl Default for Secret {
    fn default() -> Secret {
        Secret::new()
    }
}

impl Secret {
    /// The type.
    pub fn new() -> Secret {
        Secret { schema: schema() }
    }
}

fn schema() -> Schema {
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

fn create(place: &Place, wanted: &Value) -> Call {
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
    let replica_keys: Vec<(String, String)> = replicas
        .iter()
        .filter_map(|replica| {
            let key = replica.get_str("KmsKeyId")?;
            Some((replica.get_str("Region")?.to_owned(), key.to_owned()))
        })
        .collect();
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

fn created(place: &Place, wanted: &Value, call: &Call, answer: Option<&Value>) -> Object {
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
    Object::new(attributes)
        .with_fact("tags", put)
        .with_fact(run_facts::CREATED, Value::bool(true))
        .with_fact(run_facts::REPLICATED, run_facts::list(regions))
}

fn change(
    place: &Place,
    observed: &Object,
    operation: &'static str,
    action: &'static str,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Call {
    let input = [("SecretId", secret_id(observed))].into_iter().chain(members);
    Call::change(Service::SecretsManager, operation, &place.region, input)
        .needs(action, permission_arn(observed))
}

fn tagging(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let actual = answered(&observed.facts, "tags");
    let (operation, action, member) = match tags::change(place, &actual, &answered(wanted, "tags"))?
    {
        tags::Change::Remove(keys) => {
            let action = "secretsmanager:UntagResource";
            ("UntagResource", action, ("TagKeys", keys))
        }
        tags::Change::Put(put) => ("TagResource", "secretsmanager:TagResource", ("Tags", put)),
    };
    Some(Next::Call(Box::new(change(place, observed, operation, action, [member]))))
}

/// The description and the key, which one call changes.
fn update(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let wanted_description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
    let is_described =
        observed.attribute("description").unmark_deep() == wanted_description.unmark_deep();
    let wanted_key = answered(wanted, "kms_key_id");
    let key = (!same_key(&observed.attribute("kms_key_id"), &wanted_key)).then_some(wanted_key);
    // Without a key the secret goes back to the one that AWS keeps for it.
    let key = key.map(|key| match key.as_str() {
        None if key.is_known() => Value::string(DEFAULT_KEY),
        Some("") => Value::string(DEFAULT_KEY),
        _ => key,
    });
    if is_described && key.is_none() {
        return None;
    }
    let new_key = key.as_ref().map(|key| key.as_str().unwrap_or("*").to_owned());
    let members = (!is_described)
        .then_some(("Description", wanted_description))
        .into_iter()
        .chain(key.map(|key| ("KmsKeyId", key)));
    let action = "secretsmanager:UpdateSecret";
    let mut call = change(place, observed, "UpdateSecret", action, members);
    if let Some(new_key) = new_key {
        let on_new = secret_replicas::on_key(&new_key);
        call = call
            .needs("kms:GenerateDataKey", on_new)
            .needs("kms:Encrypt", on_new)
            .needs("kms:Decrypt", on_new);
        if let Some(old) = observed.text("kms_key_id").filter(|old| !old.is_empty()) {
            call = call.needs("kms:Decrypt", secret_replicas::on_key(old));
        }
    }
    Some(Next::Call(Box::new(call)))
}

fn policy_change(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let wanted = asked(observed, wanted, "policy")?;
    if spelling::same_policy(&observed.attribute("policy"), &wanted) {
        return None;
    }
    let call = if wanted.as_str().is_some_and(policy::is_blank) {
        let action = "secretsmanager:DeleteResourcePolicy";
        change(place, observed, "DeleteResourcePolicy", action, [])
    } else {
        let action = "secretsmanager:PutResourcePolicy";
        let member = [("ResourcePolicy", wanted)];
        change(place, observed, "PutResourcePolicy", action, member)
    };
    Some(Next::Call(Box::new(call)))
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

impl ResourceType for Secret {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
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

    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let planned = spelling::keep_policy_unless_given(prior, planned);
        let before = prior.map(|object| object.attribute("policy"));
        let kept = spelling::kept_policy(before.as_ref(), &answered(&planned, "policy"));
        let mut planned = planned.with("policy", kept);
        let asks_for_none = secret_replicas::all(config).next().is_none()
            && config.get("replica").is_none_or(Value::is_known);
        planned = match prior {
            // Without replica blocks the replicas are whatever they are.
            None if asks_for_none => {
                let unknown = Value::unknown(secret_replicas::block().ty());
                planned.with("replica", unknown)
            }
            None => planned,
            Some(prior) if asks_for_none => {
                planned.with("replica", secret_replicas::of_others(prior))
            }
            Some(prior) => {
                let planned = secret_independence::without_left_alone(prior, planned);
                secret_replicas::plan(prior, planned)
            }
        };
        if let Some(prior) = prior {
            let before = prior.attribute("kms_key_id");
            let key = answered(&planned, "kms_key_id");
            let is_default = key.is_null() && same_key(&before, &key);
            if is_default {
                planned = planned.with("kms_key_id", before);
            }
        }
        tags::plan(place, prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        if planned.get("name") == Some(&prior.attribute("name")) {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        secret_reading::reads(place, object)
    }

    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        secret_reading::observe(&self.schema, place, prior, answers)
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => secret_deletion::next(place, observed),
            (None, Some(wanted)) => match own_region(place, wanted) {
                Some(problem) => Next::Fail(Box::new(problem)),
                None => Next::Call(Box::new(create(place, wanted))),
            },
            (Some(observed), Some(wanted)) => secret_deletion::restoration(place, observed)
                .or_else(|| tagging(place, observed, wanted))
                .or_else(|| own_region(place, wanted).map(|found| Next::Fail(Box::new(found))))
                .or_else(|| secret_replicas::next(place, observed, wanted))
                .or_else(|| update(place, observed, wanted))
                .or_else(|| policy_change(place, observed, wanted))
                .or_else(|| secret_replicas::settling(place, observed, wanted))
                .or_else(|| secret_encryption::settling(place, observed))
                .unwrap_or(Next::Done),
        }
    }

    fn after(
        &self,
        place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        let observed = match (call.operation, observed, wanted) {
            ("CreateSecret", _, Some(wanted)) => {
                let object = created(place, wanted, call, answer);
                return Some(secret_replicas::note_asked(object, call));
            }
            (_, Some(observed), _) => observed,
            (_, None, _) => return None,
        };
        if call.operation == "DeleteSecret" {
            return secret_deletion::after(observed, answer);
        }
        if call.operation == "RestoreSecret" {
            return Some(secret_deletion::restored(observed));
        }
        if let Some(replicated) = secret_replicas::after(observed, wanted, call, answer) {
            return Some(secret_replicas::note_asked(replicated, call));
        }
        let object = observed.clone();
        let member = |name: &str| call.input.get(name).cloned();
        Some(match (call.operation, wanted) {
            ("TagResource" | "UntagResource", Some(wanted)) => {
                key_settings::after_tagging(place, object, wanted, call)
            }
            ("UpdateSecret", _) => {
                let object = match member("Description") {
                    Some(description) => object.with("description", description),
                    None => object,
                };
                let rekeyed = |key: Value| {
                    let object = object.clone().with("kms_key_id", key);
                    secret_encryption::after(object, call, answer)
                };
                match member("KmsKeyId") {
                    Some(key) if key.as_str() == Some(DEFAULT_KEY) => rekeyed(Value::string("")),
                    Some(key) => rekeyed(key),
                    None => object,
                }
            }
            ("PutResourcePolicy" | "DeleteResourcePolicy", Some(wanted)) => {
                object.with("policy", answered(wanted, "policy"))
            }
            _ => object,
        })
    }

    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        secret_errors::reaction(place, call, error)
    }

    fn notices(
        &self,
        _place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        let mut notices = Vec::new();
        if let Some(before) = before {
            notices.extend(secret_deletion::notice(before, config.is_some()));
            let independent = config.map(|config| secret_independence::notices(before, config));
            notices.extend(independent.into_iter().flatten());
        }
        notices.extend(config.and_then(|config| secret_replicas::overwriting(before, config)));
        notices
    }

    fn asks_for_another_look(&self, observed: &Object) -> bool {
        !secret_independence::looked_at(observed).is_empty()
    }

    fn with_keys_in_use(&self, object: &Object) -> Option<Object> {
        Some(secret_encryption::with_keys_in_use(object))
    }

    fn use_of_key(&self, place: &Place, object: &Object, wanted: &Value, key: &str) -> KeyUse {
        secret_encryption::use_of_key(place, object, wanted, key)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::secret(&self.schema, place, id)
    }

    fn taken_over(&self, object: Object) -> Object {
        secret_replicas::all_asked(object)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateSecret"]
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        call.input.get_str("Name") == found.text("name")
    }

    fn identity(&self, object: &Object) -> Option<String> {
        object.text("arn").map(str::to_owned)
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        match call.input.get("Name") {
            Some(name) if call.operation == "CreateSecret" => {
                let attributes =
                    self.schema.empty().with("id", name.clone()).with("name", name.clone());
                let object =
                    Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true));
                Recovery::Read(Box::new(object))
            }
            _ => Recovery::None,
        }
    }
}

/// A replica cannot be where the secret itself is.
fn own_region(place: &Place, wanted: &Value) -> Option<Problem> {
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

#[cfg(test)]
mod tests;
