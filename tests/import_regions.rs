//! Ids with a Region, `ID@region`, for objects that are elsewhere than the provider: of every type,
//! by blocks and by the command.

use crate::generated_config::{Import, OBJECTS, key, pulled, takes_over};
use crate::support::{HOME, PROVIDERS, Project, Server};

/// A provider in a Region where nothing is.
const ELSEWHERE: &str = "provider \"aws\" {\n  region = \"us-west-2\"\n}\n";

#[test]
fn ids_with_a_region_take_over_what_is_elsewhere() {
    let server = Server::new();
    let made = Project::of(&format!("{PROVIDERS}{OBJECTS}")).at(&server);
    let _ = made.run("apply -auto-approve").succeeds();
    let imports = Import::all(&pulled(&made));
    let blocks = imports.iter().map(|it| {
        let id = it.id_at_region();
        format!("import {{\n  to = {}\n  id = \"{id}\"\n}}\n", it.to)
    });
    let project = Project::of(&format!("{ELSEWHERE}{}", blocks.collect::<String>())).at(&server);
    let planned = project.run("plan -generate-config-out=generated.tf").succeeds();
    let _ = planned.says("0 to add,").says("0 to destroy.").never_says("Warning");
    let text = std::fs::read_to_string(project.folder().join("generated.tf")).unwrap();
    let regional = imports.iter().filter(|it| it.region.is_some()).count();
    assert_eq!(text.matches("\n  region ").count(), regional, "{text}");
    takes_over(&server, &project);

    // The command takes the same ids.
    let project = Project::of(ELSEWHERE).at(&server);
    project.write("generated.tf", &text);
    for it in &imports {
        let ran = project.run(&format!("import {} {}", it.to, it.id_at_region())).succeeds();
        let _ = ran.says("Import successful!").never_says("C4nary");
    }
    let plan = project.run("plan").succeeds();
    let _ = plan.says("0 to add,").says("0 to destroy.").never_says("Warning");
    takes_over(&server, &project);
}

#[test]
fn an_id_with_another_region_than_the_object_names_none() {
    let server = Server::new();
    let id = key(&server);
    let arn = format!("arn:aws:kms:{HOME}:123456789012:key/{id}");
    let block = "resource \"aws_kms_key\" \"a\" {\n  region = \"eu-west-1\"\n}\n";
    let command = Project::of(&format!("{PROVIDERS}{block}")).at(&server);
    for (id, told) in [
        (format!("{id}@eu-west-1"), "Cannot import non-existent remote object"),
        (
            format!("{arn}@eu-west-1"),
            "This is an ARN in eu-central-1, and the resource is in eu-west-1.",
        ),
        (format!("{id}@nowhere-1"), "is no id of such an object in eu-west-1"),
    ] {
        let _ = command.run(&format!("import aws_kms_key.a {id}")).fails().says(told);
        let import = format!("import {{\n  to = aws_kms_key.b\n  id = \"{id}\"\n}}\n");
        let project = Project::of(&format!("{PROVIDERS}{import}")).at(&server);
        let told = told.replace("such an object in eu-west-1", "such an object in eu-central-1");
        let _ = project.run("plan -generate-config-out=g.tf").fails().says(&told);
        assert!(!project.folder().join("g.tf").exists(), "{id}");
    }
    assert_eq!(command.run("state list").succeeds().out, "");
}
