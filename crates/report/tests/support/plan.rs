//! Plans as Terraform's JSON spells them.

use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Path, Step, Type, Value, from_json};
use meridian_plan::{Action, Drift, OutputChange, Plan, Reason, ResourceChange};
use meridian_resource::{Object, ProviderKey, Registry};
use serde_json::{Value as Json, json};

/// The plan that a plan in JSON is about.
pub fn read_plan(plan: &Json, registry: &Registry) -> Plan {
    let outputs = plan["output_changes"].as_object().into_iter().flatten();
    Plan {
        gone: Vec::new(),
        changes: list(&plan["resource_changes"]).map(|it| resource_change(it, registry)).collect(),
        outputs: outputs.map(|(name, change)| output_change(name, change)).collect(),
        drift: list(&plan["resource_drift"]).map(|it| drift(it, registry)).collect(),
        ..Plan::default()
    }
}

fn list(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_array().into_iter().flatten()
}

fn resource_change(json: &Json, registry: &Registry) -> ResourceChange {
    let change = &json["change"];
    let create_first = change["actions"] == json!(["create", "delete"]);
    ResourceChange {
        previous_address: json["previous_address"].as_str().and_then(InstanceAddress::parse),
        importing: change["importing"]["id"].as_str().map(str::to_owned),
        generated_config: change["generated_config"].as_str().map(str::to_owned),
        address: address(json),
        deposed: json["deposed"].as_str().map(Arc::from),
        provider: ProviderKey::parse("aws"),
        region: "us-east-1".to_owned(),
        action: action(&change["actions"]),
        reason: json["action_reason"].as_str().map(reason),
        before: side(json, "before", registry).map(Object::new),
        after: side(json, "after", registry),
        replace_paths: list(&change["replace_paths"]).map(path).collect(),
        create_first,
        configured_create_first: create_first,
        calls: Vec::new(),
        prior_dependencies: Vec::new(),
        prior_provider: None,
        stale: false,
        notices: Vec::new(),
        former_region: None,
        deletion: None,
        dependencies: list(&json["dependencies"])
            .filter_map(|it| Some(InstanceAddress::parse(it.as_str()?)?.resource))
            .collect(),
    }
}

fn drift(json: &Json, registry: &Registry) -> Drift {
    Drift {
        address: address(json),
        previous_address: None,
        region: "us-east-1".to_owned(),
        before: side(json, "before", registry).expect("an object that drifted"),
        after: side(json, "after", registry),
    }
}

fn address(json: &Json) -> InstanceAddress {
    let text = json["address"].as_str().expect("an address");
    InstanceAddress::parse(text).expect(text)
}

fn action(actions: &Json) -> Action {
    let actions: Vec<&str> = list(actions).filter_map(Json::as_str).collect();
    match actions.as_slice() {
        ["no-op"] => Action::NoOp,
        ["create"] => Action::Create,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        ["read"] => Action::Read,
        _ => Action::Replace,
    }
}

fn reason(text: &str) -> Reason {
    match text {
        "replace_because_cannot_update" => Reason::CannotUpdate,
        "replace_by_triggers" => Reason::ReplaceTriggeredBy,
        "delete_because_no_resource_config" => Reason::NoResourceConfig,
        "delete_because_count_index" => Reason::CountIndex,
        "delete_because_each_key" => Reason::EachKey,
        "delete_because_no_module" => Reason::NoModule,
        "delete_because_wrong_repetition" => Reason::WrongRepetition,
        "read_because_config_unknown" => Reason::ConfigUnknown,
        "read_because_dependency_pending" => Reason::DependencyPending,
        "replace_by_request" => Reason::Requested,
        "replace_because_tainted" => Reason::Tainted,
        other => panic!("no such reason here: {other}"),
    }
}

fn path(json: &Json) -> Path {
    let step = |step: &Json| match step.as_u64() {
        Some(index) => Step::Index(usize::try_from(index).expect("an index")),
        None => Step::Attribute(step.as_str().expect("a name").into()),
    };
    Path(list(json).map(step).collect())
}

/// The object on one side, of the schema's type, with its marks and with what is not known.
fn side(json: &Json, side: &str, registry: &Registry) -> Option<Value> {
    let change = &json["change"];
    let object = change[side].as_object()?;
    let address = address(json);
    let schema = registry.schema(&address.resource).expect("a type that is known");
    let unknown = if side == "after" { &change["after_unknown"] } else { &Json::Null };
    let sensitive = &change[format!("{side}_sensitive")];
    let Type::Object(fields) = schema.ty() else { unreachable!("schemas are of objects") };
    let attributes = fields.iter().map(|(name, field)| {
        let json = object.get(&**name).unwrap_or(&Json::Null);
        let name_text = &**name;
        (name.clone(), value(json, &field.ty, &unknown[name_text], &sensitive[name_text]))
    });
    Some(Value::object(attributes))
}

fn output_change(name: &str, change: &Json) -> OutputChange {
    let sensitive = change["after_sensitive"] == json!(true);
    let read = |json: &Json, unknown: &Json| {
        let is_absent = json.is_null() && *unknown != json!(true);
        (!is_absent).then(|| value(json, &Type::Dynamic, unknown, &Json::Null))
    };
    OutputChange {
        name: name.into(),
        action: action(&change["actions"]),
        before: read(&change["before"], &Json::Null),
        after: read(&change["after"], &change["after_unknown"]),
        sensitive,
        was_sensitive: sensitive,
    }
}

fn value(json: &Json, ty: &Type, unknown: &Json, sensitive: &Json) -> Value {
    let marks = if *sensitive == json!(true) { Marks::SENSITIVE } else { Marks::NONE };
    if *unknown == json!(true) {
        return Value::unknown(later_type(ty, sensitive)).mark(marks);
    }
    let value = match (ty, json) {
        (Type::Dynamic, Json::Array(elements)) => {
            let element = |(at, element): (usize, &Json)| {
                value(element, &Type::Dynamic, &unknown[at], &sensitive[at])
            };
            Value::tuple(elements.iter().enumerate().map(element))
        }
        (Type::Dynamic, Json::Object(entries)) => {
            let later = unknown.as_object().into_iter().flatten().map(|(name, _)| name);
            let mut names: Vec<&String> = entries.keys().chain(later).collect();
            names.dedup();
            let part = |name: &String| {
                let json = entries.get(name).unwrap_or(&Json::Null);
                let value = value(json, &Type::Dynamic, &unknown[name], &sensitive[name]);
                (name.clone(), value)
            };
            Value::object(names.into_iter().map(part))
        }
        (Type::Set(element), Json::Array(elements)) => {
            let member = |(at, json): (usize, &Json)| match &**element {
                Type::Object(fields) => Value::object(fields.iter().map(|(name, field)| {
                    let part = json.get(&**name).unwrap_or(&Json::Null);
                    (name.clone(), value(part, &field.ty, &unknown[at][&**name], &Json::Null))
                })),
                plain => value(json, plain, &unknown[at], &Json::Null),
            };
            Value::set((**element).clone(), elements.iter().enumerate().map(member))
        }
        _ => from_json(json, ty).expect("a value of the type"),
    };
    value.mark(marks)
}

/// The type of an unknown value of an open type, as far as the mask of secrets betrays it.
fn later_type(ty: &Type, sensitive: &Json) -> Type {
    match (ty, sensitive) {
        (Type::Dynamic, Json::Array(_)) => Type::Tuple([].into()),
        (Type::Dynamic, Json::Object(_)) => Type::object::<&str>([]),
        _ => ty.clone(),
    }
}
