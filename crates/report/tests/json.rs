//! What programs read: planned values, the prior state, our additions, and states.

mod support;

use meridian_config::Config;
use meridian_graph::InstanceAddress;
use meridian_lang::{Type, Value};
use meridian_plan::{Deletion, Drift, Plan, Reason};
use meridian_report::{Output, PlanFacts, StateObject};
use meridian_resource::{Call, Gravity, Notice, Problem, Service};
use serde_json::{Value as Json, json};

/// What a program reads of a plan.
fn plan_json(plan: &Plan) -> Json {
    let config = Config::default();
    let facts = PlanFacts {
        version: "0.1.0",
        timestamp: "2026-01-01T00:00:00Z",
        errored: false,
        config: &config,
    };
    let text = meridian_report::plan_json(plan, &support::registry(), facts).to_string();
    serde_json::from_str(&text).expect("JSON")
}

/// What a program reads of a state.
fn state_json(objects: &[StateObject<'_>], outputs: &[Output<'_>]) -> Json {
    let written = meridian_report::state_json(objects, outputs, &support::registry());
    serde_json::from_str(&written.to_string()).expect("JSON")
}

fn replacement() -> Plan {
    let change = json!({
        "address": "aws_kms_grant.g[\"eu\"]",
        "type": "aws_kms_grant",
        "name": "g",
        "change": {
            "actions": ["delete", "create"],
            "before": {"id": "k:1", "grant_token": "secret", "operations": ["Decrypt"]},
            "after": {"operations": ["Encrypt"]},
            "after_unknown": {"id": true, "grant_token": true},
            "replace_paths": [["operations"]],
        },
        "dependencies": ["aws_kms_key.k"],
    });
    let outputs = json!({
        "known": {"actions": ["update"], "before": ["a"], "after": ["b"]},
        "later": {"actions": ["create"], "before": null, "after_unknown": true},
    });
    let json = json!({ "resource_changes": [change], "output_changes": outputs });
    let mut plan = support::read_plan(&json, &support::registry());
    let change = &mut plan.changes[0];
    change.reason = Some(Reason::CannotUpdate);
    change.create_first = true;
    change.calls = vec![Call::change(Service::Kms, "CreateGrant", "eu-west-1", [])];
    plan
}

fn without_nulls(json: &Json) -> Json {
    let mut json = json.clone();
    if let Some(members) = json.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    json
}

#[test]
fn a_replacement_has_terraforms_order_and_ours() {
    let json = plan_json(&replacement());
    let change = &json["resource_changes"][0];
    assert_eq!(change["index"], json!("eu"));
    assert_eq!(change["provider_name"], json!("registry.terraform.io/hashicorp/aws"));
    assert_eq!(change["action_reason"], json!("replace_because_cannot_update"));
    let change = &change["change"];
    assert_eq!(change["actions"], json!(["delete", "create"]));
    assert_eq!(change["replace_paths"], json!([["operations"]]));
    assert_eq!(
        change["meridian"],
        json!({
            "create_first": true,
            "region": "us-east-1",
            "calls": [{"service": "kms", "operation": "CreateGrant", "region": "eu-west-1"}],
        })
    );
    assert_eq!(change["before_sensitive"], json!({"grant_token": true, "operations": [false]}));
}

#[test]
fn a_notice_tells_how_grave_it_is() {
    let problem = || Problem::new("summary", "detail").help("help");
    let remark = Notice::remark("only a line");
    for (notice, severity) in [
        (Notice::danger(problem()), "danger"),
        (Notice::warning(problem()), "warning"),
        (Notice { gravity: Gravity::Remark, problem: problem() }, "remark"),
    ] {
        let mut plan = replacement();
        plan.changes[0].notices = vec![notice, remark.clone()];
        let json = plan_json(&plan);
        assert_eq!(
            json["resource_changes"][0]["change"]["meridian"]["notices"],
            json!([
                {"severity": severity, "summary": "summary", "detail": "detail", "help": "help"},
                {"severity": "remark", "summary": "only a line", "detail": null, "help": null},
            ])
        );
    }
}

#[test]
fn a_set_that_goes_tells_when() {
    let mut plan = replacement();
    plan.changes[0].deletion = Some(Deletion { on: None, days: 7, is_last: true });
    let json = plan_json(&plan);
    assert_eq!(
        json["resource_changes"][0]["change"]["meridian"]["deletion"],
        json!({"on": null, "waiting_period_in_days": 7, "after_replicas": true})
    );
}

#[test]
fn planned_values_and_the_prior_state_surround_the_changes() {
    let json = plan_json(&replacement());
    assert_eq!(json["format_version"], json!("1.2"));
    assert_eq!(json["terraform_version"], json!("1.11.4"));
    assert_eq!(json["meridian_version"], json!("0.1.0"));
    assert_eq!(json["applyable"], json!(true));
    assert_eq!(
        json["planned_values"]["outputs"],
        json!({
            "known": {"sensitive": false, "type": ["tuple", ["string"]], "value": ["b"]},
            "later": {"sensitive": false},
        })
    );
    let planned = &json["planned_values"]["root_module"]["resources"][0];
    assert_eq!(planned["schema_version"], json!(0));
    assert_eq!(without_nulls(&planned["values"]), json!({"operations": ["Encrypt"]}));
    let prior = &json["prior_state"]["values"]["root_module"]["resources"][0];
    assert_eq!(prior["depends_on"], json!(["aws_kms_key.k"]));
    assert_eq!(without_nulls(&prior["values"]), json!({"id": "k:1", "operations": ["Decrypt"]}));
}

#[test]
fn drift_is_told_with_what_moved() {
    let plan = replacement();
    let change = &plan.changes[0];
    let before = change.before.as_ref().expect("a prior object").attributes.clone();
    let other = before.clone().with("operations", Value::null(Type::Dynamic));
    let drift = |name: &str, previous: Option<&str>, after| Drift {
        address: InstanceAddress::parse(name).expect("an address"),
        previous_address: previous.and_then(InstanceAddress::parse),
        region: "us-east-1".to_owned(),
        before: before.clone(),
        after,
    };
    let plan = Plan {
        drift: vec![
            drift("aws_kms_grant.b", None, Some(other)),
            drift("aws_kms_grant.d", None, None),
        ],
        quiet_drift: vec![
            drift("aws_kms_grant.a", Some("aws_kms_grant.z"), Some(before.clone())),
            drift("aws_kms_grant.c", Some("aws_kms_grant.y"), None),
        ],
        ..plan
    };
    let json = plan_json(&plan);
    let told = json["resource_drift"].as_array().expect("a list").iter();
    let told =
        told.map(|it| json!([it["address"], it["previous_address"], it["change"]["actions"]]));
    let expected = [
        json!(["aws_kms_grant.a", "aws_kms_grant.z", ["no-op"]]),
        json!(["aws_kms_grant.b", null, ["update"]]),
        json!(["aws_kms_grant.c", "aws_kms_grant.y", ["delete"]]),
        json!(["aws_kms_grant.d", null, ["delete"]]),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn an_empty_plan_has_little_to_say() {
    let json = plan_json(&Plan::default());
    assert_eq!(json["applyable"], json!(false));
    assert_eq!(json["planned_values"], json!({"root_module": {}}));
    for absent in
        ["resource_changes", "prior_state", "resource_drift", "output_changes", "variables"]
    {
        assert_eq!(json.get(absent), None, "{absent}");
    }
}

#[test]
fn a_state_lists_objects_and_outputs() {
    let plan = replacement();
    let change = &plan.changes[0];
    let object = StateObject {
        address: &change.address,
        deposed: Some("0badcafe"),
        attributes: &change.before.as_ref().expect("a prior object").attributes,
        dependencies: vec!["aws_kms_key.k".to_owned()],
    };
    let value = Value::map(Type::String, [("a", Value::string("b"))]);
    let outputs = [Output { name: "o", value: &value, sensitive: true }];
    let json = state_json(&[object], &outputs);
    assert_eq!(
        json["values"]["outputs"],
        json!({"o": {"sensitive": true, "type": ["map", "string"], "value": null}})
    );
    let object = &json["values"]["root_module"]["resources"][0];
    assert_eq!(object["address"], json!("aws_kms_grant.g[\"eu\"]"));
    assert_eq!(object["deposed_key"], json!("0badcafe"));
    assert_eq!(object["values"]["grant_token"], json!(null));
    let nothing = state_json(&[], &[]);
    assert_eq!(nothing, json!({"format_version": "1.0"}));
}

#[test]
fn what_lives_in_no_region_calls_no_cloud() {
    let mut plan = replacement();
    let change = &mut plan.changes[0];
    change.region = String::new();
    change.calls = vec![Call::change(Service::Machine, "DrawBytes", "", [])];
    let json = plan_json(&plan);
    let additions = &json["resource_changes"][0]["change"]["meridian"];
    assert_eq!(additions, &json!({"create_first": true, "calls": []}));
}

#[test]
fn the_prior_state_has_what_outputs_are_known_to_be() {
    let outputs = json!({
        "known": {"actions": ["update"], "before": "a", "after": "b"},
        "later": {"actions": ["update"], "before": "c", "after_unknown": true},
    });
    let plan = support::read_plan(&json!({ "output_changes": outputs }), &support::registry());
    let json = plan_json(&plan);
    let outputs = &json["prior_state"]["values"]["outputs"];
    assert_eq!(
        (&outputs["known"]["value"], &outputs["later"]["value"]),
        (&json!("b"), &json!("c"))
    );
}
