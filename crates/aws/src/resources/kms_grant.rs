//! `aws_kms_grant`: leave for one principal to use one key, in one Region.

mod arguments;
mod calls;
mod constraints;
mod errors;
mod reading;

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{
    Answer, CREATED_AT, Call, CloudError, Next, Object, Place, Problem, Reaction, Recovery,
    ReplacementOrder, ResourceType, Schema, Service, TAKEN,
};

use super::members::{answered, decided, given};
use super::{import, run_facts, spelling};
use calls::{create, delete, key_arn};
use constraints::Constraints;
use reading::{read, same_request};

/// The grant was found again after a lost answer, and its token was in that answer.
const TOKEN_LOST: &str = "token_lost";
/// The ARN of the grant's key: retiring needs it.
const KEY_ARN: &str = "key_arn";

/// The type `aws_kms_grant`.
#[derive(Debug)]
pub struct KmsGrant {
    schema: Schema,
}

impl Default for KmsGrant {
    fn default() -> KmsGrant {
        KmsGrant::new()
    }
}

impl KmsGrant {
    /// The type.
    pub fn new() -> KmsGrant {
        KmsGrant { schema: arguments::schema() }
    }
}

fn unknown_text() -> Value {
    Value::unknown_not_null(Type::String)
}

/// A set of which an element is not known is not known itself: two elements may be the same.
fn undecided(planned: Value, name: &str) -> Value {
    match planned.get(name) {
        Some(set) if !set.is_wholly_known() => {
            let unknown = Value::unknown(Type::set(Type::String)).mark(set.deep_marks());
            planned.with(name, unknown)
        }
        _ => planned,
    }
}

fn created(wanted: &Value, answer: Option<&Value>) -> Object {
    let (grant, token) = match answer {
        Some(answer) => (answered(answer, "GrantId"), answered(answer, "GrantToken")),
        None => (unknown_text(), unknown_text()),
    };
    let id = match (wanted.get_str("key_id"), grant.as_str()) {
        (Some(key), Some(grant)) => Value::string(format!("{key}:{grant}")),
        _ => unknown_text(),
    };
    let attributes = wanted
        .clone()
        .with("grant_id", grant)
        .with("grant_token", token.mark(Marks::SENSITIVE))
        .with("id", id);
    run_facts::created(attributes)
}

/// Whether the token of a grant that was found again can still be had: asked for once more, AWS
/// answers with the same grant if it has a name.
fn lacks_token(observed: &Object, wanted: &Value) -> bool {
    let is_open = wanted.get("grant_token").is_some_and(|token| !token.is_known());
    observed.attribute("grant_token").is_null() && is_open && decided(wanted, "name").is_some()
}

/// Whether a listed grant is that of another instance.
fn belongs_to_another(looked_for: &Object, grant: &Value) -> bool {
    let is_it = |taken: &str| grant.get_str("GrantId") == Some(taken);
    run_facts::texts(looked_for, TAKEN).into_iter().any(is_it)
}

/// The arguments of a grant that a request asks for.
fn asked_for(schema: &Schema, call: &Call) -> Value {
    let sent = |member: &str| match call.input.get(member) {
        Some(value) => value.clone(),
        None => Value::null(Type::String),
    };
    let operations = Value::set(Type::String, sent("Operations").children().cloned());
    let constraints = Constraints::of_answer(&answered(&call.input, "Constraints"));
    schema
        .empty()
        .with("key_id", sent("KeyId"))
        .with("grantee_principal", sent("GranteePrincipal"))
        .with("operations", operations)
        .with("name", sent("Name"))
        .with("retiring_principal", sent("RetiringPrincipal"))
        .with("constraints", constraints.blocks(&Value::null(Type::Dynamic)))
}

impl ResourceType for KmsGrant {
    fn name(&self) -> &'static str {
        "aws_kms_grant"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        arguments::validate(config)
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        let proposed =
            ["grant_creation_tokens", "operations"].into_iter().fold(proposed, undecided);
        let Some(before) = prior else { return proposed };
        let planned = spelling::keep_blank(&self.schema, prior, proposed);
        let blocks =
            constraints::kept(&before.attribute("constraints"), &answered(&planned, "constraints"));
        let planned = planned.with("constraints", blocks);
        if run_facts::holds(before, TOKEN_LOST) && decided(&planned, "name").is_some() {
            return planned.with("grant_token", unknown_text().mark(Marks::SENSITIVE));
        }
        planned
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        let (before, after) = (prior.attribute("constraints"), answered(planned, "constraints"));
        let differs = before.unmark_deep() != after.unmark_deep();
        if differs { vec![Path::attribute("constraints")] } else { Vec::new() }
    }

    /// Without a gap in what the grantee may do, unless AWS would answer with the very grant that
    /// is to go.
    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        if same_request(&prior.attributes, planned) {
            ReplacementOrder::DeleteFirst
        } else {
            ReplacementOrder::CreateFirst
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let key = object.attribute("key_id");
        let on_key = key_arn(Some(object), &key);
        let grant = match given(&object.attributes, "grant_id") {
            Some(id) => ("GrantId", id),
            None => ("GranteePrincipal", object.attribute("grantee_principal")),
        };
        let call = Call::read(Service::Kms, "ListGrants", &place.region, [("KeyId", key), grant]);
        vec![call.needs("kms:ListGrants", on_key)]
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let grants = match answers.first() {
            Some(Ok(answer)) => answered(answer, "Grants"),
            Some(Err(error)) if errors::is_gone(error) => return Ok(None),
            Some(Err(error)) => return Err(error.clone()),
            None => return Ok(None),
        };
        let base = spelling::base(&self.schema, prior);
        let found = match prior.text("grant_id") {
            Some(id) => grants.children().find(|grant| grant.get_str("GrantId") == Some(id)),
            // Of several alike the last one made is the one whose answer was lost.
            None => grants
                .children()
                .filter(|grant| !belongs_to_another(prior, grant))
                .filter(|grant| same_request(&read(base.clone(), prior, grant), &prior.attributes))
                .max_by_key(|grant| grant.get_str("CreationDate")),
        };
        let Some(grant) = found else { return Ok(None) };
        let mut facts = run_facts::carried_over(prior);
        if run_facts::holds(prior, TOKEN_LOST) {
            facts = facts.with(TOKEN_LOST, Value::bool(true));
        }
        if let Some(arn) = grant.get_str("KeyId").filter(|key| key.starts_with("arn:")) {
            facts = facts.with(KEY_ARN, Value::string(arn));
        }
        facts = facts.with(CREATED_AT, answered(grant, "CreationDate"));
        Ok(Some(Object { attributes: read(base, prior, grant), facts }))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (None, Some(wanted)) => Next::Call(Box::new(create(place, wanted))),
            (Some(observed), None) => Next::Call(Box::new(delete(place, observed))),
            (Some(observed), Some(wanted)) if lacks_token(observed, wanted) => {
                Next::Call(Box::new(create(place, wanted)))
            }
            // Every argument replaces.
            (Some(_), Some(_)) => Next::Done,
        }
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        match (call.operation, observed, wanted) {
            ("CreateGrant", None, Some(wanted)) => Some(created(wanted, answer)),
            ("CreateGrant", Some(observed), Some(wanted)) => {
                let token = created(wanted, answer).attribute("grant_token");
                let object = observed.clone().with("grant_token", token);
                Some(object.with_fact(TOKEN_LOST, Value::bool(false)))
            }
            ("RevokeGrant" | "RetireGrant", ..) => None,
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        errors::reaction(call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::grant(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateGrant"]
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        same_request(&asked_for(&self.schema, call), &found.attributes)
    }

    /// With a name, the same request leads to the same grant, whoever sends it.
    fn identity(&self, object: &Object) -> Option<String> {
        let has_name = object.text("name").is_some_and(|name| !name.is_empty());
        object.text("grant_id").filter(|_| !has_name).map(str::to_owned)
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        if call.operation != "CreateGrant" {
            return Recovery::None;
        }
        let object = run_facts::created(asked_for(&self.schema, call))
            .with_fact(TOKEN_LOST, Value::bool(true));
        Recovery::Read(Box::new(object))
    }
}

#[cfg(test)]
mod tests;
