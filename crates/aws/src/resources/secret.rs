//! `aws_secretsmanager_secret`: a secret without its value, and its replicas.

mod arguments;
mod changes;
mod creation;

use meridian_lang::Value;
use meridian_resource::{
    Answer, Call, CloudError, KeyUse, Next, Notice, Object, Place, Problem, Reaction, Recovery,
    ReplacementOrder, ResourceType, Schema,
};

use super::members::answered;
use super::secret_reading::same_key;
use super::{
    import, secret_deletion, secret_encryption, secret_errors, secret_independence, secret_reading,
    secret_replicas, spelling,
};
use crate::tags;

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
        Secret { schema: arguments::schema() }
    }
}

impl ResourceType for Secret {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_secret"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        arguments::validate(config)
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
            (None, Some(wanted)) => match arguments::own_region(place, wanted) {
                Some(problem) => Next::Fail(Box::new(problem)),
                None => Next::Call(Box::new(creation::create(place, wanted))),
            },
            (Some(observed), Some(wanted)) => secret_deletion::restoration(place, observed)
                .or_else(|| changes::tagging(place, observed, wanted))
                .or_else(|| {
                    arguments::own_region(place, wanted).map(|found| Next::Fail(Box::new(found)))
                })
                .or_else(|| secret_replicas::next(place, observed, wanted))
                .or_else(|| changes::update(place, observed, wanted))
                .or_else(|| changes::policy(place, observed, wanted))
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
                let object = creation::created(place, wanted, call, answer);
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
        Some(changes::after(place, observed, wanted, call, answer))
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
        creation::recovery(&self.schema, call)
    }
}

#[cfg(test)]
mod tests;
