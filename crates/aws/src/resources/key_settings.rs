//! What can be changed of a key in its Region: tags, enabled or not, rotation, description, policy.

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Next, Object, Place, Problem, Service};

use super::key_reading::{key_id, role};
use super::members::{asked, flag, given, permission_arn};
use super::{key_state, promotion, run_facts, spelling};
use crate::arn::Arn;
use crate::tags;

/// How AWS rotates a key for which no period is given.
pub const DEFAULT_ROTATION_PERIOD: i64 = 365;

/// What differs between the types of keys.
#[derive(Clone, Copy, Debug)]
pub struct KeySettings {
    /// The attribute that says whether the key is enabled.
    pub enabled: &'static str,
    /// Whether rotation is set here; replicas follow their primary.
    pub rotation: bool,
}

impl KeySettings {
    /// The next step towards the wanted settings: enabling comes first, disabling last, so that
    /// all between them meets an enabled key.
    pub fn next(self, place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
        let step = tagging(place, observed, wanted)
            .or_else(|| self.enabling(place, observed, wanted, true))
            .or_else(|| promotion::next(place, observed))
            .or_else(|| self.rotation(place, observed, wanted))
            .or_else(|| description(place, observed, wanted))
            .or_else(|| policy(place, observed, wanted))
            .or_else(|| self.enabling(place, observed, wanted, false))?;
        if observed.fact("key_state") == Some("Updating") {
            return Some(key_state::wait(place, observed, "to leave the state Updating"));
        }
        Some(step)
    }

    /// The key is enabled (`on`) or disabled if that is wanted.
    fn enabling(self, place: &Place, observed: &Object, wanted: &Value, on: bool) -> Option<Next> {
        let state = observed.fact("key_state");
        if let (Some(problem), Some(_)) =
            (key_state::unavailable(place, observed), asked(observed, wanted, self.enabled))
        {
            return Some(Next::Fail(Box::new(problem)));
        }
        if !matches!(state, None | Some("Enabled" | "Disabled" | "Updating")) {
            return None;
        }
        let target = asked(observed, wanted, self.enabled)?;
        // What is unknown while planning may turn out to be either.
        if target.as_bool().is_some_and(|target| target != on) || (!target.is_known() && !on) {
            return None;
        }
        Some(if on {
            change(place, observed, "EnableKey", "kms:EnableKey", [])
        } else {
            change(place, observed, "DisableKey", "kms:DisableKey", [])
        })
    }

    fn rotation(self, place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
        if !self.rotation {
            return None;
        }
        let switch = asked(observed, wanted, "enable_key_rotation");
        let stays_off = wanted.get("enable_key_rotation").and_then(Value::as_bool) == Some(false);
        if stays_off && switch.is_none() {
            return None;
        }
        let period = asked(observed, wanted, "rotation_period_in_days");
        let period = period.filter(|days| days.as_i64() != Some(0));
        if switch.is_none() && period.is_none() {
            return None;
        }
        // Rotation belongs to the set, and is set where its primary is.
        let primary = observed.fact("primary_region").filter(|_| role(observed) == Some("REPLICA"));
        let region = primary.unwrap_or(&place.region).to_owned();
        let place = &Place { region, ..place.clone() };
        if observed.attribute(self.enabled).as_bool() == Some(false) {
            return Some(Next::Fail(Box::new(disabled(observed, self.enabled))));
        }
        if stays_off {
            let (operation, action) = ("DisableKeyRotation", "kms:DisableKeyRotation");
            return Some(change(place, observed, operation, action, []));
        }
        let given = wanted.get("rotation_period_in_days").filter(|days| {
            let is_open = !days.is_known() && run_facts::holds(observed, run_facts::CREATED);
            !days.is_null() && days.as_i64() != Some(0) && !is_open
        });
        let (operation, action) = ("EnableKeyRotation", "kms:EnableKeyRotation");
        let member = given.map(|days| ("RotationPeriodInDays", days.clone()));
        Some(change(place, observed, operation, action, member))
    }

    /// What is after one of the calls of [`KeySettings::next`].
    pub fn after(
        self,
        place: &Place,
        observed: &Object,
        wanted: &Value,
        call: &Call,
        answer: Option<&Value>,
    ) -> Object {
        let object = observed.clone();
        let member = |name: &str| call.input.get(name).cloned();
        let wanted_is = |name: &str, expected: bool| match wanted.get(name) {
            Some(value) if !value.is_known() => value.clone(),
            _ => Value::bool(expected),
        };
        match call.operation {
            "TagResource" | "UntagResource" => after_tagging(place, object, wanted, call),
            "EnableKey" => object
                .with(self.enabled, wanted_is(self.enabled, true))
                .with_fact("key_state", Value::string("Enabled")),
            "DisableKey" => object
                .with(self.enabled, Value::bool(false))
                .with_fact("key_state", Value::string("Disabled")),
            "CancelKeyDeletion" => object
                .with(self.enabled, Value::bool(false))
                .with_fact("key_state", Value::string("Disabled"))
                .with_fact("deletion_date", Value::null(Type::String)),
            "UpdatePrimaryRegion" => promotion::after(place, &object, answer),
            "EnableKeyRotation" => {
                object.with("enable_key_rotation", wanted_is("enable_key_rotation", true)).with(
                    "rotation_period_in_days",
                    member("RotationPeriodInDays")
                        .unwrap_or_else(|| Value::number(DEFAULT_ROTATION_PERIOD)),
                )
            }
            "DisableKeyRotation" => object
                .with("enable_key_rotation", Value::bool(false))
                .with("rotation_period_in_days", Value::number(0_i64)),
            "UpdateKeyDescription" => match member("Description") {
                Some(description) => object.with("description", description),
                None => object,
            },
            "PutKeyPolicy" => match wanted.get("policy") {
                Some(policy) => object.with("policy", policy.clone()),
                None => object,
            },
            _ => object,
        }
    }
}

fn change(
    place: &Place,
    observed: &Object,
    operation: &'static str,
    action: &'static str,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Next {
    let input = [("KeyId", key_id(observed))].into_iter().chain(members);
    let call = Call::change(Service::Kms, operation, &place.region, input);
    let arn = permission_arn(observed);
    let there = Arn::parse(&arn).map(|arn| arn.in_region(&place.region).to_string());
    Next::Call(Box::new(call.needs(action, there.unwrap_or(arn))))
}

fn tagging(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let actual = observed.facts.get("tags").cloned();
    let actual = actual.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let own = wanted.get("tags").cloned();
    let own = own.unwrap_or_else(|| Value::null(Type::map(Type::String)));
    Some(match tags::change(place, &actual, &own)? {
        tags::Change::Remove(keys) => {
            let (operation, action) = ("UntagResource", "kms:UntagResource");
            change(place, observed, operation, action, [("TagKeys", keys)])
        }
        tags::Change::Put(put) => {
            let (operation, action) = ("TagResource", "kms:TagResource");
            change(place, observed, operation, action, [("Tags", put)])
        }
    })
}

/// What is after tags were put on or taken away.
pub fn after_tagging(place: &Place, object: Object, wanted: &Value, call: &Call) -> Object {
    let actual = object.facts.get("tags").cloned();
    let actual = actual.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
    let actual = match (call.input.get("Tags"), call.input.get("TagKeys")) {
        (Some(put), _) => tags::with(&actual, put),
        (_, Some(keys)) => tags::without(&actual, keys),
        _ => actual,
    };
    let own = wanted.get("tags").cloned();
    let own = own.unwrap_or_else(|| Value::null(Type::map(Type::String)));
    object.with("tags_all", tags::shown(place, &actual)).with("tags", own).with_fact("tags", actual)
}

fn description(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let description = match given(wanted, "description") {
        Some(_) => asked(observed, wanted, "description")?,
        None => Value::string(""),
    };
    if observed.attribute("description") == description {
        return None;
    }
    let (operation, action) = ("UpdateKeyDescription", "kms:UpdateKeyDescription");
    let member = [("Description", description)];
    Some(change(place, observed, operation, action, member))
}

fn policy(place: &Place, observed: &Object, wanted: &Value) -> Option<Next> {
    let policy = asked(observed, wanted, "policy")?;
    if policy.as_str() == Some("") || spelling::same_policy(&observed.attribute("policy"), &policy)
    {
        return None;
    }
    let bypass = "BypassPolicyLockoutSafetyCheck";
    let bypassed = flag(wanted, "bypass_policy_lockout_safety_check");
    let members = [("PolicyName", Value::string("default")), ("Policy", policy)]
        .into_iter()
        .chain(bypassed.then(|| (bypass, Value::bool(true))));
    let (operation, action) = ("PutKeyPolicy", "kms:PutKeyPolicy");
    Some(change(place, observed, operation, action, members))
}

/// The key's id for people.
pub fn shown_id(observed: &Object) -> &str {
    observed.text("key_id").or_else(|| observed.text("id")).unwrap_or("(not known yet)")
}

fn disabled(observed: &Object, attribute: &str) -> Problem {
    let id = shown_id(observed);
    Problem::new(
        format!("rotation of the disabled KMS key {id} cannot be changed"),
        "AWS changes the rotation of enabled keys only.",
    )
    .help(format!("Set {attribute} = true, change the rotation, and disable the key afterwards."))
}
