//! Commands that look at a configuration: validate, graph, providers, get, init, version.

use std::fs;

use crate::support::{KEYS, PROVIDERS, Project};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn validate_tells_editors_what_is_wrong() {
    let project = Project::of("output \"o\" {\n  value = var.nope\n}\n");
    let ran = project.run("validate -json").fails();
    assert_eq!(ran.err, "");
    let told = json(&ran.out);
    assert_eq!(told["format_version"], "1.0");
    assert_eq!(told["valid"], false);
    assert_eq!(told["error_count"], 1);
    assert_eq!(told["warning_count"], 0);
    let error = &told["diagnostics"][0];
    assert_eq!(error["severity"], "error");
    assert_eq!(error["summary"], "Reference to undeclared input variable");
    assert_eq!(
        error["detail"],
        "An input variable with the name \"nope\" has not been declared. This variable can be \
         declared with a variable \"nope\" {} block."
    );
    assert_eq!(
        error["range"],
        serde_json::json!({
            "filename": "main.tf",
            "start": { "line": 2, "column": 11, "byte": 23 },
            "end": { "line": 2, "column": 19, "byte": 31 },
        })
    );
    assert_eq!(
        error["snippet"],
        serde_json::json!({
            "context": "output \"o\"",
            "code": "  value = var.nope",
            "start_line": 2,
            "highlight_start_offset": 10,
            "highlight_end_offset": 18,
            "values": [],
        })
    );
    project.write("main.tf", "output \"o\" {");
    let told = json(&project.run("validate -json").fails().out);
    assert_eq!(told["diagnostics"][0]["summary"], "Unclosed configuration block");
    project.write("main.tf", "output \"o\" {\n  value = 1\n}\n");
    let told = json(&project.run("validate -json").succeeds().out);
    assert_eq!(
        told,
        serde_json::json!({
            "format_version": "1.0", "valid": true, "error_count": 0, "warning_count": 0,
            "diagnostics": [],
        })
    );
    let _ = project.run("validate -no-tests").succeeds().says("Success!");
}

#[test]
fn validate_tells_warnings() {
    let project = Project::of("terraform {\n  backend \"local\" {\n  }\n}\n");
    let told = json(&project.run("validate -json").succeeds().out);
    assert_eq!((&told["valid"], &told["warning_count"]), (&true.into(), &1.into()));
    assert_eq!(told["diagnostics"][0]["severity"], "warning");
    let _ = project.run("validate").succeeds().says("there were some validation warnings");
}

#[test]
fn graphs_come_in_several_forms() {
    let project = Project::of(&format!("{PROVIDERS}{KEYS}"));
    let mermaid = project.run("graph -format=mermaid").succeeds().out;
    let expected = "flowchart RL\n  r0[\"aws_kms_key.primary\"]\n  \
                    r1[\"aws_kms_replica_key.ireland\"]\n  r1 --> r0\n";
    assert_eq!(mermaid, expected);
    for kind in ["plan", "plan-refresh-only", "plan-destroy", "apply"] {
        let whole = project.run(&format!("graph -type={kind}")).succeeds();
        let _ = whole.says("\"[root] provider.aws.ireland\"");
    }
    let _ = project.run("graph -type=nope").fails().says("Unsupported graph type");
    let _ = project.run("graph -type=plan -format=mermaid").fails().says("Incompatible options");
    let _ = project.run("-local plan -out=p").succeeds();
    let _ = project.run("graph -plan=p").succeeds().says("\"[root] aws_kms_key.primary\"");
    project.write(
        "main.tf",
        "locals {\n  a = local.b\n  b = local.a\n}\noutput \"o\" {\n  value = 1\n}\n",
    );
    let _ = project.run("graph").fails().says("Cycle");
    let _ = project
        .run("graph -type=plan -draw-cycles")
        .succeeds()
        .says("\"[root] local.a\" -> \"[root] local.b\" [color = \"red\", penwidth = \"2.0\"]");
}

#[test]
fn what_only_the_state_holds_is_drawn_too() {
    let project = Project::of(&format!("{PROVIDERS}{KEYS}"));
    let _ = project.run("-local apply -auto-approve").succeeds();
    project.write("main.tf", PROVIDERS);
    let drawn = project.run("-local graph").succeeds();
    let _ = drawn.says("\"aws_kms_key.primary\" [label=\"aws_kms_key.primary\"];");
}

fn with_modules() -> Project {
    let project = Project::of(
        "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      \
         version = \">= 5.0\"\n    }\n    foo = {\n      source = \"example.com/a/b\"\n    }\n  }\n}\n\
         module \"keys\" {\n  source = \"./keys\"\n}\nmodule \"more\" {\n  source = \"./keys\"\n}\n",
    );
    fs::create_dir(project.folder().join("keys")).expect("a folder");
    project.write("keys/main.tf", "resource \"aws_kms_key\" \"a\" {\n}\n");
    project
}

/// As `terraform providers` prints it, but in order.
#[test]
fn the_providers_of_each_module_are_shown() {
    let project = with_modules();
    let expected = "
Providers required by configuration:
.
├── provider[example.com/a/b]
├── provider[registry.terraform.io/hashicorp/aws] >= 5.0
├── module.keys
│   └── provider[registry.terraform.io/hashicorp/aws]
└── module.more
    └── provider[registry.terraform.io/hashicorp/aws]

";
    assert_eq!(project.run("providers").succeeds().out, expected);
    let _ = project.run("-local apply -auto-approve").succeeds();
    let _ = project
        .run("-local providers")
        .succeeds()
        .says("Providers required by state: provider[registry.terraform.io/hashicorp/aws]");
}

#[test]
fn init_says_what_is_needed_and_what_is_there() {
    let project = with_modules();
    let _ = project
        .run("init -input=false -backend-config=x=y -reconfigure -get=false -lockfile=readonly")
        .succeeds()
        .says("- keys in keys")
        .says("provider hashicorp/aws is built in")
        .says("aws_kms_key")
        .says("provider example.com/a/b is not built in; nothing uses it");
    let _ = project.run("get").succeeds().says("- more in keys");
    project.write(
        "more.tf",
        "module \"far\" {\n  source  = \"terraform-aws-modules/kms/aws\"\n  version = \"3.1.1\"\n}\n\
         module \"gone\" {\n  source = \"./gone\"\n}\n",
    );
    for command in ["init", "get", "validate"] {
        let _ = project.run(command).fails().says("more.tf:").says("terraform init");
    }
    let _ = Project::new().run("init").succeeds().says("holds no configuration yet");
}

#[test]
fn the_version_can_be_read_by_scripts() {
    let project = Project::new();
    let version = json(&project.run("version -json").succeeds().out);
    assert_eq!(version["terraform_version"], "1.11.4");
    assert_eq!(version["meridian_version"], "0.1.0");
    assert!(version["platform"].as_str().is_some_and(|it| it.contains('_')), "{version}");
}
