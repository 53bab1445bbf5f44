//! `state mv`: other addresses for objects.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::{Project, Server, everything};

fn backups(project: &Project) -> Vec<PathBuf> {
    let entries = fs::read_dir(project.folder().join("state")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().ends_with(".backup")).collect()
}

#[test]
fn a_secret_that_moves_keeps_its_value_and_its_place_in_the_order() {
    let server = Server::new();
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    for (from, to) in [
        ("aws_secretsmanager_secret_version.app", "aws_secretsmanager_secret_version.value"),
        ("aws_secretsmanager_secret.app", "aws_secretsmanager_secret.moved"),
        ("aws_kms_key.primary", "aws_kms_key.first"),
    ] {
        let _ = project
            .run(&format!("state mv -dry-run {from} {to}"))
            .succeeds()
            .says(&format!("Would move \"{from}\" to \"{to}\""));
        let _ = project.run(&format!("state list {from}")).succeeds();
        let said = project.run(&format!("state mv {from} {to}")).succeeds().out;
        assert_eq!(said, format!("Move \"{from}\" to \"{to}\"\nSuccessfully moved 1 object(s).\n"));
        let _ = project.run(&format!("state list {from}")).fails();
    }
    let moved = everything()
        .replace(
            "\"aws_secretsmanager_secret_version\" \"app\"",
            "\"aws_secretsmanager_secret_version\" \"value\"",
        )
        .replace("\"aws_secretsmanager_secret\" \"app\"", "\"aws_secretsmanager_secret\" \"moved\"")
        .replace("aws_secretsmanager_secret.app", "aws_secretsmanager_secret.moved")
        .replace("\"aws_kms_key\" \"primary\"", "\"aws_kms_key\" \"first\"")
        .replace("aws_kms_key.primary", "aws_kms_key.first");
    project.write("main.tf", &moved);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    project.write("main.tf", &moved.replace("\"value\"\n", "\"another\"\n"));
    let _ = project
        .run("plan")
        .succeeds()
        .says("aws_secretsmanager_secret_version.value must be replaced");
    assert_eq!(backups(&project).len(), 3);
    let _ = project.run("destroy -auto-approve").succeeds().says("4 destroyed");
}

#[test]
fn resources_instances_and_modules_move_as_in_terraform() {
    let data =
        |name: &str, more: &str| format!("resource \"terraform_data\" \"{name}\" {{\n{more}}}\n");
    let project = Project::of(&format!(
        "{}{}{}module \"m\" {{\n  source = \"./m\"\n}}\n",
        data("a", "  input = terraform_data.c\n"),
        data("c", "  count = 2\n"),
        data("f", "  for_each = toset([\"x\", \"y\"])\n"),
    ));
    fs::create_dir_all(project.folder().join("m")).unwrap();
    project.write("m/m.tf", &data("in", ""));
    let _ = project.run("-local apply -auto-approve").succeeds();
    let mv = |from: &str, to: &str| project.run(&format!("-local state mv {from} {to}"));
    // What Terraform 1.11.4 says of each.
    for (from, to, summary, detail) in [
        (
            "terraform_data.zz",
            "terraform_data.b",
            "Invalid source address",
            "Cannot move terraform_data.zz: does not match anything in the current state.",
        ),
        (
            "module.zz",
            "module.y",
            "Invalid source address",
            "Cannot move module.zz: does not match anything in the current state.",
        ),
        (
            "terraform_data.a",
            "terraform_data.a",
            "Invalid target address",
            "there is already a resource instance at that address in the current state.",
        ),
        (
            "terraform_data.c",
            "terraform_data.a",
            "Invalid target address",
            "Cannot move to terraform_data.a: there is already a resource",
        ),
        (
            "terraform_data.c[0]",
            "terraform_data.c[1]",
            "Invalid target address",
            "Cannot move to terraform_data.c[1]: there is already a resource instance",
        ),
        (
            "terraform_data.a",
            "null_resource.a",
            "Invalid state move request",
            "Cannot move terraform_data.a to null_resource.a: resource types don't match.",
        ),
        (
            "module.m",
            "terraform_data.q",
            "Invalid target address",
            "the target must also be a module.",
        ),
        (
            "terraform_data.a",
            "module.q",
            "Invalid target address",
            "Cannot move terraform_data.a to module.q: the target must also be a resource instance.",
        ),
        ("x[", "terraform_data.q", "Error parsing instance address", "Index brackets must contain"),
    ] {
        let _ = mv(from, to).fails().says(summary).says(detail);
    }
    for (from, to) in [
        ("terraform_data.a", "terraform_data.b"),
        ("terraform_data.c[0]", "terraform_data.d"),
        ("terraform_data.f", "terraform_data.g"),
        ("terraform_data.g[\"x\"]", "terraform_data.f[\"k\"]"),
        ("module.m", "module.n"),
        ("module.n", "module.o.module.p[\"z\"]"),
        ("terraform_data.b", "module.q.terraform_data.b"),
    ] {
        let _ = mv(from, to).succeeds().says("Successfully moved 1 object(s).");
    }
    let _ = mv("module.o.module.p", "module.r").fails();
    let list = project.run("-local state list").succeeds().out;
    let expected = [
        "terraform_data.c[1]",
        "terraform_data.d",
        "terraform_data.f[\"k\"]",
        "terraform_data.g[\"y\"]",
        "module.q.terraform_data.b",
        "module.o.module.p[\"z\"].terraform_data.in",
    ];
    assert_eq!(list.lines().collect::<Vec<_>>(), expected);
    // What has moved in part is needed at both addresses.
    let pulled: Json =
        serde_json::from_str(&project.run("-local state pull").succeeds().out).unwrap();
    let resources = pulled["resources"].as_array().unwrap();
    let b = resources.iter().find(|it| it["name"] == "b").expect("b");
    let needed = &b["instances"][0]["dependencies"];
    assert_eq!(*needed, json!(["terraform_data.c", "terraform_data.d"]));
}
