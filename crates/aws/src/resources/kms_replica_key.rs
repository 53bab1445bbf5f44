//! `aws_kms_replica_key`: a multi-Region key in another Region than its primary's.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Next, Notice, Object, Occurrence, Permission,
    Place, Problem, Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service,
    WaitingPeriod,
};

use super::key_settings::{KeySettings, shown_id};
use super::members::{answered, answered_text, decided, flag, given};
use super::{
    import, key_deletion, key_errors, key_reading, key_state, promotion, replica_key_errors,
    run_facts, spelling,
};
use crate::arn::{Arn, key_id, same_key};
use crate::error::local_error;
use crate::{checks, policy, region, tags};

const SETTINGS: KeySettings = KeySettings { enabled: "enabled", rotation: false };

/// Stands for a Region that is not known yet.
const ANY_REGION: &str = "*";

/// The type `aws_kms_replica_key`.
#[derive(Debug)]
pub struct KmsReplicaKey {
    schema: Schema,
}

impl Default for KmsReplicaKey {
    fn default() -> KmsReplicaKey {
        KmsReplicaKey::new()
    }
}

impl KmsReplicaKey {
    /// The type.
    pub fn new() -> KmsReplicaKey {
        KmsReplicaKey { schema: schema() }
    }

    /// The replica of a key, to be read.
    fn found_by(&self, id: &str) -> Object {
        let id = Value::string(id);
        Object::new(self.schema.empty().with("id", id.clone()).with("key_id", id))
    }
}

fn schema() -> Schema {
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional("deletion_window_in_days", Type::Number)
                .default(Value::number(30_i64))
                .check(|name, value| checks::in_range(name, value, 7, 30)),
            Attribute::optional("description", Type::String)
                .check(|name, value| checks::length(name, value, 0, 8192)),
            Attribute::optional("enabled", Type::Bool).default(Value::bool(true)),
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("key_id", Type::String),
            Attribute::computed("key_rotation_enabled", Type::Bool),
            Attribute::computed("key_spec", Type::String),
            Attribute::computed("key_usage", Type::String),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            // A primary that moved to another Region is still the same key.
            Attribute::required("primary_key_arn", Type::String)
                .replaces()
                .check(checks::arn)
                .equivalent(same_primary),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional_computed("tags_all", Type::map(Type::String)),
        ],
        blocks: Vec::new(),
    }
}

pub(super) fn same_primary(a: &Value, b: &Value) -> bool {
    let parts = |value: &Value| {
        let arn = Arn::parse(value.as_str()?).ok()?;
        Some((arn.partition.to_owned(), arn.account.to_owned(), arn.resource.to_owned()))
    };
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

pub(super) fn replicate(place: &Place, wanted: &Value) -> Call {
    let primary = answered(wanted, "primary_key_arn");
    let arn = primary.as_str().and_then(|text| Arn::parse(text).ok());
    let key = match arn.and_then(Arn::key_id) {
        Some(id) => Value::string(id),
        None => primary.clone(),
    };
    let mut input = vec![("KeyId", key), ("ReplicaRegion", Value::string(&place.region))];
    let members =
        [("Description", given(wanted, "description")), ("Policy", decided(wanted, "policy"))];
    input.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if flag(wanted, "bypass_policy_lockout_safety_check") {
        input.push(("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    }
    let put = tags::merged(place, &answered(wanted, "tags"));
    let is_tagged = !put.is_known() || put.children().next().is_some();
    if is_tagged {
        input.push(("Tags", put));
    }
    let primary_region = arn.map_or(ANY_REGION, |arn| arn.region);
    let mut call = Call::change(Service::Kms, "ReplicateKey", primary_region, input)
        .found_by(Occurrence::Identity)
        .needs("kms:ReplicateKey", primary.as_str().unwrap_or("*"));
    let in_replica_region =
        |action| Permission { action, resource: "*".to_owned(), region: place.region.clone() };
    call.permissions.push(in_replica_region("kms:CreateKey"));
    if is_tagged {
        call.permissions.push(in_replica_region("kms:TagResource"));
    }
    call
}

/// Why AWS can make no replica of that primary here.
pub(super) fn misplaced(place: &Place, wanted: &Value) -> Option<Problem> {
    let text = wanted.get_str("primary_key_arn")?;
    let arn = Arn::parse(text).ok()?;
    let here = &place.region;
    let problem = if arn.region == *here {
        Problem::new(
            format!("the primary of this replica is in {here} itself"),
            format!("{text} is in {here}, where the replica is to be made."),
        )
        .help("Give the replica another Region (region, or provider = aws.ALIAS).")
    } else if arn.partition != region::partition(here) {
        Problem::new(
            "a replica key must stay in the partition of its primary",
            format!(
                "The primary {text} is in the partition {}, {here} in {}.",
                arn.partition,
                region::partition(here)
            ),
        )
    } else {
        return None;
    };
    Some(problem.at(Path::attribute("primary_key_arn")))
}

/// The id that the replica has, which is that of its primary: each Region has at most one of them.
pub(super) fn replica_id<'a>(place: &Place, planned: &'a Value) -> Option<&'a str> {
    let primary = Arn::parse(planned.get_str("primary_key_arn")?).ok()?;
    let is_elsewhere = primary.region != place.region;
    primary.key_id().filter(|_| is_elsewhere)
}

fn replicated(place: &Place, wanted: &Value, call: &Call, answer: Option<&Value>) -> Object {
    let put = call.input.get("Tags").cloned();
    let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let description = given(wanted, "description").unwrap_or_else(|| Value::string(""));
    let attributes = wanted
        .clone()
        .with("description", description)
        .with("enabled", Value::bool(true))
        .with("tags_all", tags::shown(place, &put));
    let (attributes, facts) = match answer {
        None => {
            let facts = Value::object([("key_state", Value::string("Enabled"))]);
            (attributes, facts)
        }
        Some(answer) => {
            let metadata = answered(answer, "ReplicaKeyMetadata");
            let policy = match decided(wanted, "policy") {
                Some(policy) => policy,
                None => created_policy(answer, &metadata),
            };
            let attributes = key_reading::with_identity(attributes, &metadata)
                .with("policy", policy)
                .with("key_rotation_enabled", Value::bool(false))
                .with("key_spec", answered_text(&metadata, "KeySpec"))
                .with("key_usage", answered_text(&metadata, "KeyUsage"));
            let start = Object::new(Value::object::<&str>([]));
            (attributes, key_reading::facts(&start, &metadata))
        }
    };
    Object { attributes, facts }
        .with_fact("tags", put)
        .with_fact(run_facts::CREATED, Value::bool(true))
}

pub(super) fn created_policy(answer: &Value, metadata: &Value) -> Value {
    match (answer.get_str("ReplicaPolicy"), Arn::parse(metadata.get_str("Arn").unwrap_or_default()))
    {
        (Some(text), _) => Value::string(policy::normalise(text)),
        (None, Ok(arn)) => Value::string(policy::default_for_key(arn.partition, arn.account)),
        (None, Err(_)) => Value::string(""),
    }
}

impl ResourceType for KmsReplicaKey {
    fn name(&self) -> &'static str {
        "aws_kms_replica_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let Some(text) = config.get_str("primary_key_arn") else {
            return Vec::new();
        };
        let is_multi_region = |arn: Arn<'_>| {
            arn.service == "kms" && arn.key_id().is_some_and(|id| id.starts_with("mrk-"))
        };
        match Arn::parse(text) {
            Ok(arn) if !is_multi_region(arn) => {
                let problem = Problem::new(
                    "only multi-Region keys have replicas",
                    format!("{text} is not the ARN of a multi-Region key."),
                );
                let help = "Give the ARN of a primary key, arn:aws:kms:REGION:ACCOUNT:key/mrk-…; \
                            an aws_kms_key is one if it has multi_region = true.";
                vec![problem.at(Path::attribute("primary_key_arn")).help(help)]
            }
            _ => Vec::new(),
        }
    }

    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let planned = spelling::keep_policy_unless_given(prior, planned);
        let planned = match (prior, planned.get("policy")) {
            (Some(prior), Some(policy))
                if spelling::same_policy(&prior.attribute("policy"), policy) =>
            {
                planned.with("policy", prior.attribute("policy"))
            }
            _ => planned,
        };
        tags::plan(place, prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        let before = prior.text("primary_key_arn").or(prior.text("key_id"));
        let is_same = match (before, planned.get_str("primary_key_arn")) {
            (Some(before), Some(after)) => same_key(before, after),
            // What is not known yet is a key that is made now.
            _ => false,
        };
        if is_same { ReplacementOrder::DeleteFirst } else { ReplacementOrder::CreateFirst }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        key_reading::reads(place, object)
    }

    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let Some(reading) = key_reading::observe(&self.schema, place, prior, answers)? else {
            return Ok(None);
        };
        let metadata = &reading.metadata;
        let enabled = key_reading::enabled(metadata, prior.attribute("enabled"));
        let written = prior.attribute("primary_key_arn");
        // A replica may become the primary, but what is imported as one must be one.
        let is_found_again = run_facts::holds(prior, run_facts::CREATED);
        let is_replica = reading.object.fact("multi_region_key_type") == Some("REPLICA");
        if !is_replica && run_facts::holds(prior, run_facts::TAKEN_OVER) {
            return Ok(None);
        }
        if written.is_null() && !is_found_again && !is_replica {
            let id = reading.object.text("key_id").unwrap_or_default();
            let message = format!("KMS Replica Key ({id}) is not a multi-Region replica key");
            return Err(local_error(ErrorClass::Invalid, message));
        }
        // The same key stays as it was written, also after it has become the primary itself.
        let primary = match (written.as_str(), reading.object.fact("primary_arn")) {
            (Some(before), Some(primary)) if !same_key(before, primary) => Value::string(primary),
            (None, Some(primary)) => Value::string(primary),
            _ => written,
        };
        Ok(Some(
            reading
                .object
                .with("enabled", enabled)
                .with("key_rotation_enabled", Value::bool(reading.rotation.0))
                .with("key_spec", answered_text(metadata, "KeySpec"))
                .with("key_usage", answered_text(metadata, "KeyUsage"))
                .with("primary_key_arn", primary),
        ))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => key_deletion::next(place, observed),
            (None, Some(wanted)) => match misplaced(place, wanted) {
                Some(problem) => Next::Fail(Box::new(problem)),
                None => Next::Call(Box::new(replicate(place, wanted))),
            },
            (Some(observed), Some(wanted)) => key_state::first(place, observed)
                .or_else(|| SETTINGS.next(place, observed, wanted))
                .or_else(|| promotion::settling(place, observed))
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
        match (call.operation, observed, wanted) {
            ("ReplicateKey", _, Some(wanted)) => Some(replicated(place, wanted, call, answer)),
            ("ScheduleKeyDeletion", Some(observed), _) => {
                Some(key_deletion::after(observed, answer))
            }
            (_, Some(observed), Some(wanted)) => {
                Some(SETTINGS.after(place, observed, wanted, call, answer))
            }
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        if call.operation == "ReplicateKey" {
            return replica_key_errors::reaction(call, error);
        }
        key_errors::reaction(call, error)
    }

    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        before.map(|before| key_state::notices(place, before, config)).unwrap_or_default()
    }

    /// A primary has at most one replica in each Region, whose id is its own.
    fn existing(&self, place: &Place, planned: &Value) -> Option<Object> {
        let object = self.found_by(replica_id(place, planned)?);
        Some(object.with_fact(run_facts::TAKEN_OVER, Value::bool(true)))
    }

    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        let same_key = call.input.get_str("KeyId").map(key_id) == found.text("key_id");
        let same_primary = found.fact("primary_region") == Some(&call.region);
        same_key && same_primary && key_reading::role(found) == Some("REPLICA")
    }

    /// A key that follows where it is put. Its primary is where it was itself until now, if it
    /// goes to where its primary was.
    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        let there = promotion::with_role(key_reading::member_at(place, object)?, false);
        let written = there.attribute("primary_key_arn");
        let names_this_region = written
            .as_str()
            .and_then(|text| Arn::parse(text).ok())
            .is_some_and(|arn| arn.region == place.region);
        Some(if names_this_region {
            there.with("primary_key_arn", object.attribute("arn"))
        } else {
            there
        })
    }

    fn set_identity(&self, object: &Object) -> Option<String> {
        key_reading::set_identity(object)
    }

    fn leads(&self, object: &Object) -> Option<bool> {
        key_reading::role(object).map(|role| role == "PRIMARY")
    }

    fn with_role(&self, object: Object, leads: bool) -> Object {
        promotion::with_role(object, leads)
    }

    fn waiting_period(&self, object: &Object) -> Option<WaitingPeriod> {
        Some(key_deletion::waiting_period(object))
    }

    fn joins(&self, planned: &Value) -> Option<String> {
        key_reading::set_of(planned.get_str("primary_key_arn")?)
    }

    fn led_by(&self, planned: &Value, member: &Object) -> Option<(Value, Notice)> {
        let primary = Value::string(member.fact("primary_arn")?);
        let named = planned.get("primary_key_arn")?;
        if named.as_str() == primary.as_str() || !same_primary(named, &primary) {
            return None;
        }
        let (id, region) = (shown_id(member), member.fact("primary_region")?);
        let notice = Notice::remark(format!(
            "the primary of {id} is in {region} now, and the replica is made from there"
        ));
        Some((planned.clone().with("primary_key_arn", primary.mark(named.marks())), notice))
    }

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        Some(key_reading::name_in(&place.region, object.text("key_id").or(object.text("id"))?))
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::key(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["ReplicateKey"]
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        let id = call.input.get_str("KeyId").map(key_id);
        match id {
            Some(id) if call.operation == "ReplicateKey" => {
                let object = self.found_by(id);
                let object = object.with_fact(run_facts::CREATED, Value::bool(true));
                Recovery::Read(Box::new(object))
            }
            _ => Recovery::None,
        }
    }
}

#[cfg(test)]
mod tests;
