//! What programs read: the configuration in a plan's JSON as Terraform has it, numbers with all
//! their digits, and the log of `-json`.

use serde_json::{Value as Json, json};

use crate::support::{PROVIDERS, Project, Server};

/// The files of a configuration in `tests/plan_json/NAME.txt`, as its first step has them.
fn lay(project: &Project, list: &str, wanted: &str) {
    let path = format!("{}/../../tests/plan_json/{list}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let from = text.find(&format!("=== {wanted}\n")).unwrap();
    let whole = text[from..].split_once('\n').unwrap().1;
    let end = ["\n=== ", "\n>>>"].iter().filter_map(|mark| whole.find(mark)).min();
    let whole = &whole[..end.map_or(whole.len(), |end| end + 1)];
    let mut files = whole.split("\n--- ");
    project.write("main.tf", files.next().unwrap());
    for file in files {
        let (name, text) = file.split_once('\n').unwrap();
        let folder = project.folder().join(name);
        std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
        project.write(name, text);
    }
}

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// The lines of a log, all of which must be JSON with the members that every line has.
fn log(text: &str) -> Vec<Json> {
    let lines: Vec<Json> = text.lines().map(read).collect();
    for line in &lines {
        for member in ["@level", "@message", "@module", "@timestamp", "type"] {
            assert!(line[member].is_string(), "{member} of {line}");
        }
    }
    lines
}

/// Takes constants that are secrets out of what Terraform wrote: ours has none.
fn without_secrets(json: &mut Json) {
    match json {
        Json::Object(members) => {
            for (name, value) in members.iter_mut() {
                let is_secret = ["secret_key", "secret_string", "secret"].contains(&&**name);
                if let Some(expression) = value.as_object_mut().filter(|_| is_secret) {
                    expression.remove("constant_value");
                }
                without_secrets(value);
            }
            if members.get("sensitive") == Some(&json!(true)) {
                if let Some(expression) = members.get_mut("expression") {
                    expression.as_object_mut().unwrap().remove("constant_value");
                }
                if let Some(default) = members.get_mut("default") {
                    *default = Json::Null;
                }
            }
        }
        Json::Array(elements) => elements.iter_mut().for_each(without_secrets),
        _ => {}
    }
}

/// Takes constants out of expressions that refer to something.
fn without_templates(json: &mut Json) {
    match json {
        Json::Object(members) => {
            if members.contains_key("references") {
                members.remove("constant_value");
            }
            members.values_mut().for_each(without_templates);
        }
        Json::Array(elements) => elements.iter_mut().for_each(without_templates),
        _ => {}
    }
}

#[test]
fn the_configuration_is_told_as_terraform_tells_it() {
    let server = Server::new();
    let cases = [
        ("language", "references"),
        ("language", "modules"),
        ("language", "json_files"),
        ("language", "required_providers"),
        ("language", "chain"),
        ("aws", "keys"),
        ("aws", "secrets"),
        ("aws", "aliased_modules"),
    ];
    for (list, name) in cases {
        let project = Project::new().at(&server);
        lay(&project, list, name);
        let _ = project.run("plan -out=saved").succeeds();
        let shown = project.run("show -json saved").succeeds().out;
        assert!(!shown.contains("hunter2"), "{name}: {shown}");
        assert_eq!(shown.lines().count(), 1, "{name}: some tools read the first line only");
        let shown = read(&shown);
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/plan_json/terraform");
        let mut expected = read(&std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap());
        without_secrets(&mut expected);
        if name == "json_files" {
            // There, Terraform takes templates for constants.
            without_templates(&mut expected);
        }
        let configuration = &expected["configuration"];
        assert_eq!(&shown["configuration"], configuration, "configuration of {name}");
        let mut relevant = shown["relevant_attributes"].as_array().cloned().unwrap_or_default();
        let text = |it: &Json| (it["resource"].to_string(), it["attribute"].to_string());
        relevant.sort_by_key(text);
        let mut wanted = expected["relevant_attributes"].as_array().cloned().unwrap();
        wanted.sort_by_key(text);
        assert_eq!(relevant, wanted, "relevant attributes of {name}");
    }
}

#[test]
fn numbers_are_written_with_all_their_digits() {
    let project = Project::new();
    lay(&project, "language", "numbers");
    let _ = project.run("plan -out=saved").succeeds();
    let shown = project.run("show -json saved").succeeds().out;
    let _ = project.run("apply saved").succeeds();
    let state = project.run("show -json").succeeds().out;
    let outputs = project.run("output -json").succeeds().out;
    let third = format!("0.{}5", "3".repeat(154));
    for number in ["123456789012345678901234567890", &*third] {
        for text in [&shown, &state, &outputs] {
            assert!(text.contains(number), "{number} in {text}");
        }
    }
    for number in ["18446744073709551616", "-170141183460469231731687303715884105728", ":0.3,"] {
        assert!(shown.contains(number), "{number} in {shown}");
    }
    let big = project.run("output -json big").succeeds().out;
    assert_eq!(big.trim(), "123456789012345678901234567890");
    let encoded = project.run("output -raw encoded").succeeds().out;
    let million = "1000000000000000000000000000000";
    assert_eq!(encoded, format!("[123456789012345678901234567890,0.3,{million},{third}]"));
}

fn secret(value: &str) -> String {
    format!(
        r#"{PROVIDERS}
        variable "password" {{
          default   = "{value}"
          sensitive = true
        }}
        resource "aws_kms_key" "k" {{ description = "one" }}
        resource "aws_secretsmanager_secret" "s" {{
          name       = "s"
          kms_key_id = aws_kms_key.k.arn
        }}
        resource "aws_secretsmanager_secret_version" "v" {{
          secret_id     = aws_secretsmanager_secret.s.id
          secret_string = var.password
        }}
        output "key" {{ value = aws_kms_key.k.description }}
        output "password" {{
          value     = var.password
          sensitive = true
        }}
        "#
    )
}

#[test]
fn the_log_tells_what_is_planned_and_done_and_no_secret() {
    let server = Server::new();
    let project = Project::of(&secret("hunter2")).at(&server);
    let planned = project.run("plan -json -out=saved").succeeds().out;
    let lines = log(&planned);
    assert_eq!(lines[0]["type"], "version");
    assert_eq!(lines[0]["ui"], "1.2");
    assert_eq!(lines[0]["terraform"], "1.11.4");
    let creates: Vec<&str> = lines
        .iter()
        .filter(|line| line["type"] == "planned_change" && line["change"]["action"] == "create")
        .filter_map(|line| line["change"]["resource"]["addr"].as_str())
        .collect();
    assert_eq!(
        creates,
        ["aws_kms_key.k", "aws_secretsmanager_secret.s", "aws_secretsmanager_secret_version.v"]
    );
    let summary = lines.iter().find(|line| line["type"] == "change_summary").unwrap();
    assert_eq!(summary["@message"], "Plan: 3 to add, 0 to change, 0 to destroy.");
    let outputs = lines.iter().find(|line| line["type"] == "outputs").unwrap();
    assert_eq!(outputs["outputs"]["password"], json!({"action": "create", "sensitive": true}));

    let applied = project.run("apply -json saved").succeeds().out;
    let lines = log(&applied);
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((of("planned_change"), of("apply_start"), of("apply_complete")), (3, 3, 3));
    let complete = lines.iter().find(|line| {
        line["type"] == "apply_complete" && line["hook"]["resource"]["resource_name"] == "k"
    });
    let hook = &complete.unwrap()["hook"];
    assert_eq!((&hook["action"], &hook["id_key"]), (&json!("create"), &json!("id")));
    let outputs = &lines.last().unwrap()["outputs"];
    assert_eq!(outputs["key"], json!({"sensitive": false, "type": "string", "value": "one"}));
    assert_eq!(outputs["password"], json!({"sensitive": true, "type": "string"}));

    project.write("main.tf", &secret("hunter3").replace("\"one\"", "\"two\""));
    let changed = project.run("apply -json -auto-approve").succeeds().out;
    let lines = log(&changed);
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    for wanted in ["refresh_start", "refresh_complete", "planned_change", "apply_complete"] {
        assert!(types.contains(&wanted), "{wanted} in {types:?}");
    }
    let destroyed = project.run("destroy -json -auto-approve").succeeds().out;
    let lines = log(&destroyed);
    assert_eq!(lines.last().unwrap()["@message"], "Destroy complete! Resources: 3 destroyed.");
    for text in [planned, applied, changed, destroyed] {
        assert!(!text.contains("hunter"), "{text}");
    }
}

#[test]
fn errors_are_lines_of_the_log_too() {
    let server = Server::new();
    let project = Project::of("resource \"aws_kms_key\" \"k\" { descripton = 1 }\n").at(&server);
    let lines = log(&project.run("plan -json").fails().out);
    let error = lines.iter().find(|line| line["type"] == "diagnostic").unwrap();
    assert_eq!(error["@level"], "error");
    assert_eq!(error["@message"], "Error: Unsupported argument");
    assert_eq!(error["diagnostic"]["range"]["filename"], "main.tf");

    let project = Project::of(&format!("{PROVIDERS}\nresource \"aws_kms_key\" \"k\" {{}}\n"));
    let project = project.at(&server);
    let lines = log(&project.run("apply -json").fails().out);
    assert_eq!(lines[1]["@message"], "Error: Plan file or auto-approve required");
    server.refuse("CreateKey", 400, "AccessDeniedException", "No.");
    let lines = log(&project.run("apply -json -auto-approve").fails().out);
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert!(types.contains(&"apply_errored"), "{types:?}");
    assert!(types.contains(&"diagnostic"), "{types:?}");
    assert!(!types.contains(&"outputs"), "{types:?}");
}
