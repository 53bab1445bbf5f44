//! `aws_kms_key`: a key, multi-Region primaries among them.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, NestedBlock, Nesting, Next, Notice, Object,
    Occurrence, Place, Problem, Reaction, Recovery, ReplacementOrder, ResourceType, Schema,
    Service, WaitingPeriod,
};

use super::key_settings::KeySettings;
use super::members::{answered, answered_text, decided, flag, given};
use super::{
    conflicts, import, key_deletion, key_errors, key_reading, key_state, promotion, run_facts,
    spelling,
};
use crate::arn::Arn;
use crate::{checks, policy, region, tags};

const SETTINGS: KeySettings = KeySettings { enabled: "is_enabled", rotation: true };

const USAGES: &[&str] = &["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"];

const SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
];

/// The role by which AWS keeps multi-Region keys alike, made with an account's first one.
pub(super) const SYNCHRONISING_ROLE: &str = "role/aws-service-role/mrk.kms.amazonaws.com/\
                                  AWSServiceRoleForKeyManagementServiceMultiRegionKeys";

/// The type `aws_kms_key`.
#[derive(Debug)]
pub struct KmsKey {
    schema: Schema,
}

impl Default for KmsKey {
    fn default() -> KmsKey {
        KmsKey::new()
    }
}

impl KmsKey {
    /// The type.
    pub fn new() -> KmsKey {
        KmsKey { schema: schema() }
    }

    fn created(
        &self,
        place: &Place,
        wanted: &Value,
        call: &Call,
        answer: Option<&Value>,
    ) -> Object {
        let metadata = answer.map(|answer| answered(answer, "KeyMetadata"));
        let mut attributes = wanted
            .clone()
            .with("is_enabled", Value::bool(true))
            .with("enable_key_rotation", Value::bool(false))
            .with("custom_key_store_id", or_empty(wanted, "custom_key_store_id"))
            .with("xks_key_id", or_empty(wanted, "xks_key_id"))
            .with(
                "tags_all",
                call.input
                    .get("Tags")
                    .map_or_else(|| answered(wanted, "tags_all"), |all| tags::shown(place, all)),
            );
        let start = Object::new(Value::object::<&str>([]));
        let mut facts = Value::object([
            ("key_state", Value::string("Enabled")),
            ("origin", Value::string(origin(wanted))),
        ]);
        if let Some(metadata) = &metadata {
            attributes = key_reading::with_identity(attributes, metadata)
                .with("description", answered_text(metadata, "Description"))
                .with("policy", given_or_default_policy(wanted, metadata))
                .with("multi_region", Value::bool(flag(metadata, "MultiRegion")))
                .with("rotation_period_in_days", Value::number(0_i64));
            facts = key_reading::facts(&start, metadata);
        }
        let marked = [(tags::INTENT, Value::string(""))];
        let put = call.input.get("Tags").cloned();
        let put = put.unwrap_or_else(|| Value::map::<&str>(Type::String, []));
        let actual = tags::with(&Value::map(Type::String, marked), &put);
        Object { attributes, facts }
            .with_fact("tags", actual)
            .with_fact(run_facts::CREATED, Value::bool(true))
    }
}

fn schema() -> Schema {
    let timeouts = Schema {
        attributes: vec![Attribute::optional("create", Type::String).check(checks::timeout)],
        ..Schema::default()
    };
    Schema {
        version: 0,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("bypass_policy_lockout_safety_check", Type::Bool)
                .default(Value::bool(false)),
            Attribute::optional("custom_key_store_id", Type::String)
                .replaces()
                .check(|name, value| checks::length(name, value, 1, 22)),
            Attribute::optional("customer_master_key_spec", Type::String)
                .replaces()
                .default(Value::string("SYMMETRIC_DEFAULT"))
                .check(|name, value| checks::one_of(name, value, SPECS)),
            Attribute::optional("deletion_window_in_days", Type::Number)
                .check(|name, value| checks::in_range(name, value, 7, 30)),
            Attribute::optional_computed("description", Type::String)
                .check(|name, value| checks::length(name, value, 0, 8192)),
            Attribute::optional("enable_key_rotation", Type::Bool).default(Value::bool(false)),
            Attribute::optional_computed("id", Type::String),
            Attribute::optional("is_enabled", Type::Bool).default(Value::bool(true)),
            Attribute::computed("key_id", Type::String),
            Attribute::optional("key_usage", Type::String)
                .replaces()
                .default(Value::string("ENCRYPT_DECRYPT"))
                .check(|name, value| checks::one_of(name, value, USAGES)),
            Attribute::optional_computed("multi_region", Type::Bool).replaces(),
            Attribute::optional_computed("policy", Type::String)
                .check(checks::json)
                .equivalent(spelling::same_policy),
            Attribute::optional_computed("rotation_period_in_days", Type::Number)
                .check(|name, value| checks::in_range(name, value, 90, 2560)),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional_computed("tags_all", Type::map(Type::String)),
            Attribute::optional("xks_key_id", Type::String)
                .replaces()
                .check(|name, value| checks::length(name, value, 1, 128)),
        ],
        blocks: vec![NestedBlock {
            name: "timeouts",
            nesting: Nesting::Single,
            max: 1,
            schema: timeouts,
            key: None,
            settings: true,
        }],
    }
}

fn or_empty(wanted: &Value, name: &str) -> Value {
    given(wanted, name).unwrap_or_else(|| Value::string(""))
}

fn given_or_default_policy(wanted: &Value, metadata: &Value) -> Value {
    if let Some(policy) = decided(wanted, "policy") {
        return policy;
    }
    match Arn::parse(metadata.get_str("Arn").unwrap_or_default()) {
        Ok(arn) => Value::string(policy::default_for_key(arn.partition, arn.account)),
        Err(_) => answered(wanted, "policy"),
    }
}

fn origin(wanted: &Value) -> &'static str {
    if given(wanted, "xks_key_id").is_some() {
        "EXTERNAL_KEY_STORE"
    } else if given(wanted, "custom_key_store_id").is_some() {
        "AWS_CLOUDHSM"
    } else {
        "AWS_KMS"
    }
}

fn create(place: &Place, wanted: &Value) -> Call {
    let own = answered(wanted, "tags");
    let mut input = vec![("Tags", tags::merged(place, &own))];
    let members = [
        ("Description", decided(wanted, "description")),
        ("Policy", decided(wanted, "policy")),
        ("KeyUsage", given(wanted, "key_usage")),
        ("KeySpec", given(wanted, "customer_master_key_spec")),
        ("CustomKeyStoreId", given(wanted, "custom_key_store_id")),
        ("XksKeyId", given(wanted, "xks_key_id")),
    ];
    input.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if origin(wanted) != "AWS_KMS" {
        input.push(("Origin", Value::string(origin(wanted))));
    }
    if flag(wanted, "bypass_policy_lockout_safety_check") {
        input.push(("BypassPolicyLockoutSafetyCheck", Value::bool(true)));
    }
    let multi_region = flag(wanted, "multi_region");
    if multi_region {
        input.push(("MultiRegion", Value::bool(true)));
    }
    let call = Call::change(Service::Kms, "CreateKey", &place.region, input)
        .found_by(Occurrence::Mark)
        .needs("kms:CreateKey", "*")
        .needs("kms:TagResource", "*");
    if multi_region {
        let partition = region::partition(&place.region);
        let role = format!("arn:{partition}:iam::*:{SYNCHRONISING_ROLE}");
        return call.needs("iam:CreateServiceLinkedRole", role);
    }
    call
}

impl ResourceType for KmsKey {
    fn name(&self) -> &'static str {
        "aws_kms_key"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let period = "rotation_period_in_days";
        let mut problems = conflicts::required_with(config, period, "enable_key_rotation");
        let store = "custom_key_store_id";
        problems.extend(conflicts::required_with(config, "xks_key_id", store));
        let spec = config.get_str("customer_master_key_spec");
        let is_symmetric = spec.is_none_or(|spec| spec == "SYMMETRIC_DEFAULT");
        if flag(config, "enable_key_rotation") && !is_symmetric {
            let problem = Problem::new(
                "only symmetric encryption keys can be rotated",
                format!("A key of spec {} has no rotation.", spec.unwrap_or_default()),
            );
            problems.push(
                problem
                    .at(Path::attribute("enable_key_rotation"))
                    .help("Leave enable_key_rotation out for this key."),
            );
        }
        problems
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
        let before = prior.map(|object| object.attribute("policy"));
        let policy = spelling::kept_policy(before.as_ref(), &answered(&planned, "policy"));
        let planned = planned.with("policy", policy);
        let planned = keep_period_while_off(prior, planned);
        tags::plan(place, prior, planned)
    }

    fn replacement_order(&self, _prior: &Object, _planned: &Value) -> ReplacementOrder {
        ReplacementOrder::CreateFirst
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
        let spec = metadata.get("KeySpec").or_else(|| metadata.get("CustomerMasterKeySpec"));
        let store = answered(metadata, "XksKeyConfiguration");
        let (rotates, period) = reading.rotation;
        Ok(Some(
            reading
                .object
                .with("custom_key_store_id", answered_text(metadata, "CustomKeyStoreId"))
                .with(
                    "customer_master_key_spec",
                    spec.cloned().unwrap_or_else(|| Value::string("")),
                )
                .with("enable_key_rotation", Value::bool(rotates))
                .with("is_enabled", key_reading::enabled(metadata, prior.attribute("is_enabled")))
                .with("key_usage", answered_text(metadata, "KeyUsage"))
                .with("multi_region", Value::bool(flag(metadata, "MultiRegion")))
                .with("rotation_period_in_days", Value::number(period))
                .with("xks_key_id", answered_text(&store, "Id")),
        ))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        match (observed, wanted) {
            (None, None) => Next::Done,
            (Some(observed), None) => key_deletion::next(place, observed),
            (None, Some(wanted)) => Next::Call(Box::new(create(place, wanted))),
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
            ("CreateKey", _, Some(wanted)) => Some(self.created(place, wanted, call, answer)),
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
        if call.operation != "CreateKey" {
            return key_errors::reaction(call, error);
        }
        match error.class {
            ErrorClass::MalformedPolicy => Some(key_errors::refused_policy(call, error)),
            ErrorClass::LimitExceeded => Some(key_errors::limit(call, error)),
            _ => key_errors::tag_error(error),
        }
    }

    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        let Some(before) = before else { return Vec::new() };
        let moved =
            config.and_then(|_| promotion::moved_outside(place, before, "aws_kms_replica_key"));
        key_state::notices(place, before, config).into_iter().chain(moved).collect()
    }

    /// The key that the configuration calls the primary leads where it is put.
    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        Some(promotion::with_role(key_reading::member_at(place, object)?, true))
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

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        Some(key_reading::name_in(&place.region, object.text("key_id").or(object.text("id"))?))
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::key(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateKey"]
    }

    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        if call.operation != "CreateKey" {
            return Recovery::None;
        }
        let list = Call::read(Service::Kms, "ListKeys", &place.region, []);
        Recovery::Search(Box::new(list.needs("kms:ListKeys", "*")))
    }

    fn candidates(&self, answer: &Value) -> Vec<Object> {
        let keys = answer.get("Keys").into_iter().flat_map(Value::children);
        let object = |key: &Value| {
            let attributes = self
                .schema
                .empty()
                .with("id", answered(key, "KeyId"))
                .with("key_id", answered(key, "KeyId"))
                .with("arn", answered(key, "KeyArn"));
            Object::new(attributes).with_fact(run_facts::CREATED, Value::bool(true))
        };
        keys.map(object).collect()
    }
}

/// A period means nothing while rotation is and stays off: AWS does not keep it.
fn keep_period_while_off(prior: Option<&Object>, planned: Value) -> Value {
    let is_off = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(false);
    match prior {
        Some(prior)
            if is_off(planned.get("enable_key_rotation"))
                && is_off(prior.attributes.get("enable_key_rotation")) =>
        {
            planned.with("rotation_period_in_days", prior.attribute("rotation_period_in_days"))
        }
        _ => planned,
    }
}

#[cfg(test)]
mod tests;
