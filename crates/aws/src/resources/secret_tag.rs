//! `aws_secretsmanager_tag`: one tag of a secret that is managed elsewhere. Later versions of the
//! provider have it. Neither `default_tags` nor `ignore_tags` concern it.

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, Next, Object, Occurrence, Place, Problem, Reaction,
    Recovery, ReplacementOrder, ResourceType, Schema, ShownElsewhere,
};

use super::members::answered;
use super::version_reading::is_gone;
use super::{import, run_facts, secret_part, spelling};

/// The type `aws_secretsmanager_tag`.
#[derive(Debug)]
pub struct SecretTag {
    schema: Schema,
}

impl Default for SecretTag {
    fn default() -> SecretTag {
        SecretTag::new()
    }
}

impl SecretTag {
    /// The type.
    pub fn new() -> SecretTag {
        let attributes = vec![
            Attribute::optional_computed("id", Type::String),
            Attribute::required("key", Type::String).replaces(),
            Attribute::required("secret_id", Type::String).replaces(),
            Attribute::required("value", Type::String),
        ];
        SecretTag { schema: Schema { version: 0, attributes, blocks: Vec::new() } }
    }
}

fn tag_id(secret: &Value, key: &Value) -> Value {
    let id = match (secret.as_str(), key.as_str()) {
        (Some(secret), Some(key)) => Value::string(format!("{secret},{key}")),
        _ => Value::unknown_not_null(Type::String),
    };
    id.mark(secret.marks() | key.marks())
}

/// Secret and key of an object, also of one that is known by its id only. A key may hold a comma,
/// the ARN and the name of a secret cannot.
fn names(object: &Object) -> (Value, Value) {
    let (secret, key) = (object.attribute("secret_id"), object.attribute("key"));
    match object.text("id").and_then(|id| id.split_once(',')) {
        Some((secret_id, tag)) if secret.is_null() || key.is_null() => {
            (Value::string(secret_id), Value::string(tag))
        }
        _ => (secret, key),
    }
}

fn put(place: &Place, secret: Value, key: &Value, value: Value) -> Call {
    // While the key is not known, neither is what the request says.
    let tags = match key.as_str() {
        // A name in a map has no mark of its own.
        Some(name) => Value::map(Type::String, [(name, value)]).mark(key.marks()),
        None => Value::unknown(Type::map(Type::String)),
    };
    let action = "secretsmanager:TagResource";
    secret_part::change(place, "TagResource", action, secret, [("Tags", tags)])
}

impl ResourceType for SecretTag {
    fn name(&self) -> &'static str {
        "aws_secretsmanager_tag"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        let is_same = |name: &str| planned.get(name) == Some(&prior.attribute(name));
        if is_same("key") && is_same("secret_id") {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let (secret, _) = names(object);
        secret_part::read(place, "DescribeSecret", "secretsmanager:DescribeSecret", secret)
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let Some(described) = secret_part::answer(answers)? else {
            return Ok(None);
        };
        let (secret, key) = names(prior);
        let tags = answered(described, "Tags");
        let value = tags.get(key.as_str().unwrap_or_default()).cloned();
        let is_deleted = !answered(described, "DeletedDate").is_null();
        let Some(value) = value.filter(|_| !is_deleted) else {
            return Ok(None);
        };
        let attributes = spelling::base(&self.schema, prior)
            .with("id", tag_id(&secret, &key))
            .with("key", key)
            .with("secret_id", secret)
            .with("value", value);
        Ok(Some(Object { attributes, facts: run_facts::carried_over(prior) }))
    }

    fn shown_elsewhere(&self, object: &Object) -> Option<ShownElsewhere> {
        let (secret, key) = names(object);
        let step = Step::Key(key.as_str()?.into());
        Some(ShownElsewhere {
            types: &["aws_secretsmanager_secret"],
            id: secret.as_str()?.to_owned(),
            paths: ["tags", "tags_all"].map(|tags| Path::attribute(tags).then(step.clone())).into(),
        })
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => return Next::Done,
            (Some(observed), None) => {
                let (secret, key) = names(observed);
                let keys = ("TagKeys", Value::list(Type::String, [key]));
                let action = "secretsmanager:UntagResource";
                secret_part::change(place, "UntagResource", action, secret, [keys])
            }
            (None, Some(wanted)) => {
                let secret = answered(wanted, "secret_id");
                let value = answered(wanted, "value");
                put(place, secret, &answered(wanted, "key"), value).found_by(Occurrence::Identity)
            }
            (Some(observed), Some(wanted)) => {
                let (secret, key) = names(observed);
                let value = answered(wanted, "value");
                if observed.attribute("value").unmark_deep() == value.unmark_deep() {
                    return Next::Done;
                }
                put(place, secret, &key, value)
            }
        };
        Next::Call(Box::new(call))
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        _answer: Option<&Value>,
    ) -> Option<Object> {
        match (call.operation, observed, wanted) {
            ("TagResource", None, Some(wanted)) => {
                let id = tag_id(&answered(wanted, "secret_id"), &answered(wanted, "key"));
                Some(run_facts::created(wanted.clone().with("id", id)))
            }
            ("TagResource", Some(observed), Some(wanted)) => {
                Some(observed.clone().with("value", answered(wanted, "value")))
            }
            ("UntagResource", ..) => None,
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        (call.operation == "UntagResource" && is_gone(error)).then_some(Reaction::Reread)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::secret_tag(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["TagResource"]
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let tags = answered(&call.input, "Tags");
        let key = found.text("key").unwrap_or_default();
        tags.get_str(key).is_some() && tags.get_str(key) == found.text("value")
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        let tags = answered(&call.input, "Tags");
        let Some(key) = tags.as_entries().and_then(|tags| tags.keys().next()) else {
            return Recovery::None;
        };
        secret_part::recovery(&self.schema, call, "TagResource", |secret| {
            vec![("key", Value::string(key.clone())), ("secret_id", secret.clone())]
        })
    }
}

#[cfg(test)]
mod tests;
