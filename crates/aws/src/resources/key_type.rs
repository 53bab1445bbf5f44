//! What all types of keys do alike. A type says what it has alone as a [`KeyKind`].

use std::marker::PhantomData;
use std::time::Duration;

use meridian_lang::{Path, Value};
use meridian_resource::{
    Answer, Call, CloudError, Next, Notice, Object, Place, Problem, Reaction, Recovery,
    ReplacementOrder, ResourceType, Schema, WaitingPeriod,
};

use super::key_kind::{KeyKind, Role};
use super::{
    external_key, import, key_deletion, key_errors, key_reading, key_state, material_errors,
    new_key, primary_key, promotion, replica_key, replica_key_errors, run_facts, spelling,
};
use crate::{duration, tags};

/// A type of keys.
#[derive(Debug)]
pub struct KeyType<K> {
    schema: Schema,
    kind: PhantomData<K>,
}

impl<K: KeyKind> Default for KeyType<K> {
    fn default() -> KeyType<K> {
        KeyType::new()
    }
}

impl<K: KeyKind> KeyType<K> {
    /// The type.
    pub fn new() -> KeyType<K> {
        KeyType { schema: K::schema(), kind: PhantomData }
    }

    /// Something to be read, of which the origin is known with the type.
    fn of_origin(object: Object) -> Object {
        if K::IMPORTED { external_key::of_origin(object) } else { object }
    }

    /// The replica of a key, to be read.
    fn found_by(&self, id: &str) -> Object {
        let id = Value::string(id);
        let object = Object::new(self.schema.empty().with("id", id.clone()).with("key_id", id));
        KeyType::<K>::of_origin(object)
    }
}

/// The policy as it is planned. A new replica keeps it as it is written.
fn plan_policy(role: Role, prior: Option<&Object>, planned: Value) -> Value {
    let Some(policy) = planned.get("policy") else { return planned };
    let before = prior.map(|object| object.attribute("policy"));
    let kept = match (role, before) {
        (Role::Primary { .. }, before) => spelling::kept_policy(before.as_ref(), policy),
        (Role::Replica, Some(before)) if spelling::same_policy(&before, policy) => before,
        (Role::Replica, _) => return planned,
    };
    planned.with("policy", kept)
}

impl<K: KeyKind> ResourceType for KeyType<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        K::validate(config)
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
        let planned = plan_policy(K::ROLE, prior, planned);
        tags::plan(place, prior, K::plan(prior, config, planned))
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        K::replaced_by(prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        match K::ROLE {
            Role::Primary { .. } => ReplacementOrder::CreateFirst,
            Role::Replica => replica_key::replacement_order(prior, planned),
        }
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
        K::observe(&self.schema, place, prior, answers)
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => key_deletion::next(place, observed),
            (None, Some(wanted)) => {
                let misplaced = match K::ROLE {
                    Role::Primary { .. } => None,
                    Role::Replica => replica_key::misplaced(place, wanted),
                };
                match misplaced {
                    Some(problem) => Next::Fail(Box::new(problem)),
                    None => Next::Call(Box::new(K::creation(place, wanted))),
                }
            }
            (Some(observed), Some(wanted)) if K::IMPORTED => {
                external_key::next(K::SETTINGS, place, observed, wanted)
            }
            (Some(observed), Some(wanted)) => key_state::first(place, observed)
                .or_else(|| K::SETTINGS.next(place, observed, wanted))
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
        match (observed, wanted) {
            (_, Some(wanted)) if self.creating_operations().contains(&call.operation) => {
                Some(new_key::made::<K>(place, wanted, call, answer))
            }
            (Some(observed), wanted) if K::IMPORTED => {
                Some(external_key::after(K::SETTINGS, place, observed, wanted, call, answer))
            }
            (Some(observed), _) if call.operation == "ScheduleKeyDeletion" => {
                Some(key_deletion::after(observed, answer))
            }
            (Some(observed), Some(wanted)) => {
                Some(K::SETTINGS.after(place, observed, wanted, call, answer))
            }
            (observed, None) => observed.cloned(),
            (None, _) => None,
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        match (call.operation, K::ROLE) {
            ("CreateKey", _) => primary_key::reaction(call, error),
            ("ReplicateKey", _) => replica_key_errors::reaction(call, error, K::NAME, K::IMPORTED),
            ("ImportKeyMaterial", Role::Primary { .. }) => {
                material_errors::reaction(call, error, "key")
            }
            ("ImportKeyMaterial", Role::Replica) => {
                material_errors::reaction(call, error, "replica key")
            }
            _ => key_errors::reaction(call, error),
        }
    }

    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        let Some(before) = before else { return Vec::new() };
        let moved = match (config, K::ROLE) {
            (Some(_), Role::Primary { replicas }) => {
                promotion::moved_outside(place, before, replicas)
            }
            _ => None,
        };
        key_state::notices(place, before, config).into_iter().chain(moved).collect()
    }

    /// A primary has at most one replica in each Region, whose id is its own.
    fn existing(&self, place: &Place, planned: &Value) -> Option<Object> {
        if K::ROLE != Role::Replica {
            return None;
        }
        let object = self.found_by(replica_key::id(place, planned)?);
        Some(object.with_fact(run_facts::TAKEN_OVER, Value::bool(true)))
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        match K::ROLE {
            // The mark that the call carries has told already.
            Role::Primary { .. } => true,
            Role::Replica => replica_key::id_of_request(call) == found.text("key_id"),
        }
    }

    fn identity(&self, object: &Object) -> Option<String> {
        match K::ROLE {
            Role::Primary { .. } => None,
            Role::Replica => object.text("arn").map(str::to_owned),
        }
    }

    fn create_timeout(&self, wanted: &Value) -> Option<Duration> {
        let text = wanted.get("timeouts")?.get_str("create")?;
        duration::go_duration(text).ok()
    }

    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        K::ROLE == Role::Replica && replica_key::is_adoptable(call, found)
    }

    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        let there = key_reading::member_at(place, object)?;
        Some(KeyType::<K>::of_origin(match K::ROLE {
            // The key that the configuration calls the primary leads where it is put.
            Role::Primary { .. } => promotion::with_role(there, true),
            Role::Replica => replica_key::moved_to(place, object, there),
        }))
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

    fn joins(&self, planned: &Value) -> Option<String> {
        key_reading::set_of(planned.get_str("primary_key_arn")?)
    }

    fn led_by(&self, planned: &Value, member: &Object) -> Option<(Value, Notice)> {
        replica_key::led_by(planned, member)
    }

    fn waiting_period(&self, object: &Object) -> Option<WaitingPeriod> {
        Some(key_deletion::waiting_period(object))
    }

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        Some(key_reading::name_in(&place.region, object.text("key_id").or(object.text("id"))?))
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        Ok(KeyType::<K>::of_origin(import::key(&self.schema, place, id)?))
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        match K::ROLE {
            Role::Primary { .. } => &["CreateKey"],
            Role::Replica => &["ReplicateKey"],
        }
    }

    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        if !self.creating_operations().contains(&call.operation) {
            return Recovery::None;
        }
        match K::ROLE {
            Role::Primary { .. } => primary_key::recovery(place),
            Role::Replica => match replica_key::id_of_request(call) {
                Some(id) => {
                    let object = self.found_by(id);
                    let created = object.with_fact(run_facts::CREATED, Value::bool(true));
                    Recovery::Read(Box::new(created))
                }
                None => Recovery::None,
            },
        }
    }

    fn candidates(&self, answer: &Value) -> Vec<Object> {
        let found = primary_key::candidates(&self.schema, answer);
        found.map(KeyType::<K>::of_origin).collect()
    }
}
