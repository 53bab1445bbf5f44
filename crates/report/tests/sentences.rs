//! What is said in situations that Terraform does not have, or says nothing about.

mod support;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Type, Value};
use meridian_plan::{Mode, Plan, Reason};
use meridian_report::{
    Output, PlanFacts, StateObject, Style, object_text, plan_json, plan_text, planning_failed_text,
    state_text,
};
use serde_json::{Value as Json, json};

fn plan(json: Json) -> Plan {
    support::read_plan(&json, &support::registry())
}

fn text(plan: &Plan) -> String {
    let text = plan_text(plan, &support::registry(), Style::default());
    text.trim().to_owned()
}

fn change(address: &str, actions: Json, before: Json, after: Json) -> Json {
    let (type_name, name) = address.split_once('.').expect("an address");
    json!({
        "address": address,
        "type": type_name,
        "name": name,
        "change": { "actions": actions, "before": before, "after": after },
    })
}

fn grant(id: &str) -> Json {
    json!({"id": id, "name": "g", "operations": ["Decrypt"]})
}

#[test]
fn a_tainted_object_says_so_as_in_terraform() {
    let replace = change("aws_kms_grant.g", json!(["delete", "create"]), grant("a"), grant("a"));
    let mut plan = plan(json!({ "resource_changes": [replace] }));
    plan.changes[0].reason = Some(Reason::Tainted);
    let text = text(&plan);
    assert!(
        text.contains("\n  # aws_kms_grant.g is tainted, so must be replaced\n-/+ resource"),
        "{text}"
    );
    let config = meridian_config::Config::default();
    let (version, timestamp) = ("1", "2026-01-01T00:00:00Z");
    let facts = PlanFacts { version, timestamp, errored: false, config: &config };
    let json = plan_json(&plan, &support::registry(), facts).to_string();
    assert!(json.contains(r#""action_reason":"replace_because_tainted""#), "{json}");
}

#[test]
fn an_object_that_is_gone_says_so() {
    let create = change("aws_kms_grant.g", json!(["create"]), json!(null), grant("new"));
    let mut plan = plan(json!({ "resource_changes": [create] }));
    plan.changes[0].reason = Some(Reason::DeletedOutside);
    insta::assert_snapshot!(text(&plan), @r#"
    Meridian used the selected providers to generate the following execution
    plan. Resource actions are indicated with the following symbols:
      + create

    Meridian will perform the following actions:

      # aws_kms_grant.g will be created
      # (the object was deleted outside of Meridian; it will be created again)
      + resource "aws_kms_grant" "g" {
          + id         = "new"
          + name       = "g"
          + operations = [
              + "Decrypt",
            ]
        }

    Plan: 1 to add, 0 to change, 0 to destroy.
    "#);
}

#[test]
fn an_object_that_is_not_finished_says_so() {
    let update = change("aws_kms_grant.g", json!(["update"]), grant("g"), grant("g"));
    let mut plan = plan(json!({ "resource_changes": [update] }));
    plan.changes[0].reason = Some(Reason::Unfinished);
    insta::assert_snapshot!(text(&plan), @r#"
    Meridian used the selected providers to generate the following execution
    plan. Resource actions are indicated with the following symbols:
      ~ update in-place

    Meridian will perform the following actions:

      # aws_kms_grant.g will be updated in-place
      # (an earlier apply stopped before the object was as it should be)
      ~ resource "aws_kms_grant" "g" {
            id         = "g"
            name       = "g"
            # (1 unchanged attribute hidden)
        }

    Plan: 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn destroying_everything_has_sentences_of_its_own() {
    let mut nothing = Plan { mode: Mode::Destroy, ..Plan::default() };
    insta::assert_snapshot!(text(&nothing), @r#"
    No changes. No objects need to be destroyed.

    Either you have not created any objects yet or the existing objects were
    already deleted outside of Meridian.
    "#);
    let delete = change("aws_kms_grant.g", json!(["delete"]), grant("g"), json!(null));
    let outputs = json!({"o": {"actions": ["delete"], "before": ["a"], "after": null}});
    nothing = plan(json!({ "resource_changes": [delete], "output_changes": outputs }));
    nothing.mode = Mode::Destroy;
    insta::assert_snapshot!(text(&nothing), @r#"
    Meridian used the selected providers to generate the following execution
    plan. Resource actions are indicated with the following symbols:
      - destroy

    Meridian will perform the following actions:

      # aws_kms_grant.g will be destroyed
      - resource "aws_kms_grant" "g" {
          - id         = "g" -> null
          - name       = "g" -> null
          - operations = [
              - "Decrypt",
            ] -> null
        }

    Plan: 0 to add, 0 to change, 1 to destroy.

    Changes to Outputs:
      - o = [
          - "a",
        ] -> null
    "#);
}

#[test]
fn only_outputs_change() {
    let outputs = json!({
        "longer": {"actions": ["no-op"], "before": 1, "after": 1},
        "o": {"actions": ["update"], "before": "a", "after": "b"},
        "s": {"actions": ["update"], "before": "a", "after": "b", "after_sensitive": true},
    });
    insta::assert_snapshot!(text(&plan(json!({ "output_changes": outputs }))), @r#"
    Changes to Outputs:
      ~ o      = "a" -> "b"
      ~ s      = (sensitive value)

    You can apply this plan to save these new output values to the Meridian
    state, without changing any real infrastructure.
    "#);
}

#[test]
fn drift_is_noted_only_where_it_matters() {
    let secret = |description: &str, tags: Json| json!({"id": "s", "name": "s", "description": description, "tags": tags});
    let address = "aws_secretsmanager_secret.s";
    let reverted = change(
        address,
        json!(["update"]),
        secret("by hand", json!({})),
        secret("configured", json!({})),
    );
    let drift = |before: Json, after: Json| change(address, json!(["update"]), before, after);
    let noise = drift(secret("by hand", json!(null)), secret("by hand", json!({})));
    let silent = plan(json!({ "resource_changes": [reverted], "resource_drift": [noise] }));
    assert!(!text(&silent).contains("Note:"));

    let real = drift(secret("configured", json!(null)), secret("by hand", json!({})));
    let noted = plan(json!({ "resource_changes": [reverted], "resource_drift": [real] }));
    insta::assert_snapshot!(text(&noted), @r#"
    Note: Objects have changed outside of Meridian

    Meridian detected the following changes made outside of Meridian since the
    last "meridian apply" which may have affected this plan:

      # aws_secretsmanager_secret.s has changed
      ~ resource "aws_secretsmanager_secret" "s" {
          ~ description = "configured" -> "by hand"
            id          = "s"
            name        = "s"
        }


    Unless you have made equivalent changes to your configuration, or ignored the
    relevant attributes using ignore_changes, the following plan may include
    actions to undo or respond to these changes.

    ─────────────────────────────────────────────────────────────────────────────

    Meridian used the selected providers to generate the following execution
    plan. Resource actions are indicated with the following symbols:
      ~ update in-place

    Meridian will perform the following actions:

      # aws_secretsmanager_secret.s will be updated in-place
      ~ resource "aws_secretsmanager_secret" "s" {
          ~ description = "by hand" -> "configured"
            id          = "s"
            name        = "s"
            tags        = {}
        }

    Plan: 0 to add, 1 to change, 0 to destroy.
    "#);

    let elsewhere = change("aws_kms_grant.g", json!(["create"]), json!(null), grant("g"));
    let silent = plan(json!({ "resource_changes": [elsewhere], "resource_drift": [real] }));
    assert!(!text(&silent).contains("Note:"));
}

#[test]
fn a_stored_object_reads_like_its_configuration() {
    let address = "aws_secretsmanager_secret.s";
    let secret = json!({
        "id": "s", "name": "s", "description": "", "tags": {"A": "1"}, "policy": "{\"a\":[1]}",
        "replica": [{"region": "eu-west-1", "status": ""}],
    });
    let stored = plan(json!({
        "resource_changes": [change(address, json!(["no-op"]), json!(null), secret)],
    }));
    let registry = support::registry();
    let type_name = "aws_secretsmanager_secret";
    let schema = registry.resource_type(type_name).expect(type_name).schema();
    let object = stored.changes[0].after.as_ref().expect("an object");
    let text = object_text(address, type_name, "s", object, schema, Style::default());
    insta::assert_snapshot!(text.trim(), @r#"
    # aws_secretsmanager_secret.s:
    resource "aws_secretsmanager_secret" "s" {
        description = null
        id          = "s"
        name        = "s"
        policy      = jsonencode(
            {
                a = [
                    1,
                ]
            }
        )
        tags        = {
            "A" = "1"
        }

        replica {
            region = "eu-west-1"
            status = null
        }
    }
    "#);
}

#[test]
fn colours_follow_the_signs() {
    let update = change(
        "aws_kms_grant.g",
        json!(["update"]),
        json!({"id": "g", "name": "a", "key_id": "k"}),
        json!({"id": "g", "name": "b", "key_id": "k"}),
    );
    let plan = plan(json!({ "resource_changes": [update] }));
    let text = plan_text(&plan, &support::registry(), Style { colour: true, width: 78 });
    insta::assert_snapshot!(text.trim().replace('\u{1b}', "␛"), @r#"
    Meridian used the selected providers to generate the following execution
    plan. Resource actions are indicated with the following symbols:
      ␛[33m~␛[0m update in-place

    Meridian will perform the following actions:

      # ␛[1maws_kms_grant.g␛[0m will be updated in-place
      ␛[33m~␛[0m resource "aws_kms_grant" "g" {
            id     = "g"
          ␛[33m~␛[0m name   = "a" ␛[33m->␛[0m "b"
            ␛[90m# (1 unchanged attribute hidden)␛[0m
        }

    ␛[1mPlan:␛[0m 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn secrets_reach_neither_text_nor_json() {
    let version = |secret: &str| json!({"id": "v", "secret_id": "s", "secret_string": secret, "version_stages": ["x"]});
    let address = "aws_secretsmanager_secret_version.v";
    let update = change(address, json!(["update"]), version("hunter2"), version("hunter3"));
    let drift = change(address, json!(["update"]), version("hunter1"), version("hunter2"));
    let tagged = change(
        "aws_secretsmanager_secret.s",
        json!(["update"]),
        json!({"id": "s", "name": "s"}),
        json!({"id": "s", "name": "s"}),
    );
    let outputs = json!({
        "o": {"actions": ["update"], "before": "hunter4", "after": "hunter5", "after_sensitive": true},
    });
    let mut plan = plan(json!({
        "resource_changes": [tagged, update],
        "resource_drift": [drift],
        "output_changes": outputs,
    }));
    let secret = || Value::string("hunter6").mark(Marks::SENSITIVE);
    let tags = Value::map(meridian_lang::Type::String, [("a", secret())]);
    plan.changes[0].after = plan.changes[0].after.take().map(|object| object.with("tags", tags));
    plan.variables.insert("v".into(), secret());
    let config = meridian_config::Config::default();
    let facts = PlanFacts { version: "1.0.0", timestamp: "", errored: false, config: &config };
    let shown = text(&plan) + &plan_json(&plan, &support::registry(), facts).to_string();
    assert!(shown.contains("(sensitive value)"), "{shown}");
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn a_refresh_that_finds_something_only_tells_it() {
    let drift = |before: &str, after: &str| {
        let drifted = change("aws_kms_grant.g", json!(["update"]), grant(before), grant(after));
        let json = json!({ "resource_drift": [drifted] });
        Plan { mode: Mode::RefreshOnly, ..plan(json) }
    };
    let found = drift("old", "new");
    assert!(found.has_changes());
    insta::assert_snapshot!(text(&found), @r#"
    Note: Objects have changed outside of Meridian

    Meridian detected the following changes made outside of Meridian since the
    last "meridian apply" which may have affected this plan:

      # aws_kms_grant.g has changed
      ~ resource "aws_kms_grant" "g" {
          ~ id         = "old" -> "new"
            name       = "g"
            # (1 unchanged attribute hidden)
        }


    This is a refresh-only plan, so Meridian will not take any actions to undo
    these. If you were expecting these changes then you can apply this plan to
    record the updated values in the Meridian state without changing any remote
    objects.
    "#);
    let nothing = Plan { mode: Mode::RefreshOnly, ..Plan::default() };
    assert!(!nothing.has_changes());
    insta::assert_snapshot!(text(&nothing), @r"
    No changes. Your infrastructure still matches the configuration.

    Meridian has checked that the real remote objects still match the result of
    your most recent changes, and found no differences.
    ");
}

#[test]
fn planning_that_fails_says_so_first() {
    let expected =
        "\nPlanning failed. Meridian encountered an error while generating this plan.\n\n";
    assert_eq!(planning_failed_text(Style::default()), expected);
}

#[test]
fn a_state_is_shown_module_by_module() {
    let registry = support::registry();
    let addresses =
        ["terraform_data.a", "module.m[0].terraform_data.a", "module.m[1].terraform_data.a"];
    let inner = "module.m[0].module.n.terraform_data.a";
    let addresses: Vec<InstanceAddress> = addresses
        .iter()
        .chain([&inner])
        .map(|text| InstanceAddress::parse(text).expect(text))
        .collect();
    let object = Value::object([("id", Value::string("i"))]);
    let listed: Vec<StateObject<'_>> = addresses
        .iter()
        .map(|address| StateObject {
            address,
            deposed: None,
            attributes: &object,
            dependencies: Vec::new(),
        })
        .collect();
    let value = Value::object([("none", Value::null(Type::String)), ("one", Value::number(1))]);
    let outputs = [
        Output { name: "open", value: &value, sensitive: false },
        Output { name: "closed", value: &value, sensitive: true },
    ];
    insta::assert_snapshot!(state_text(&listed, &outputs, &registry, Style::default()), @r#"
    # terraform_data.a:
    resource "terraform_data" "a" {
        id = "i"
    }


    # module.m[0].terraform_data.a:
    resource "terraform_data" "a" {
        id = "i"
    }


    # module.m[0].module.n.terraform_data.a:
    resource "terraform_data" "a" {
        id = "i"
    }


    # module.m[1].terraform_data.a:
    resource "terraform_data" "a" {
        id = "i"
    }


    Outputs:

    open = {
        one = 1
    }
    closed = (sensitive value)
    "#);
}
