//! `discover` in an account that has grown: sets with replicas in three Regions, imported material,
//! secrets that replicate and rotate, names that collide. What is written is read as a reviewer
//! would, and takes everything over without a change.

use crate::discover::{takes_over, text};
use crate::support::{HOME, Project, Server};

/// What people made.
const MADE: &str = include_str!("discover/sets.tf");

#[test]
fn a_grown_account_is_written_in_order_and_taken_over() {
    let server = Server::new();
    let made = Project::of(MADE).at(&server);
    let _ = made.run("apply -auto-approve").succeeds();
    // A key that is disabled after a secret has used it.
    let kms = server.kms(HOME);
    let single = server.wait(kms.describe_key().key_id("alias/single").send()).unwrap();
    let single = single.key_metadata.unwrap().key_id;
    server.wait(kms.disable_key().key_id(single).send()).unwrap();

    let project = Project::new().at(&server);
    let line = format!("discover -region={HOME} -region=us-east-1 -single-region-keys -out=d.tf");
    let _ = project.run(&line).succeeds().says("Wrote 30 resources to d.tf");
    let written = text(&project);
    let headers: Vec<&str> = written.lines().filter(|line| line.starts_with("resource ")).collect();
    let headers = headers.join("\n").replace("resource ", "").replace(" {", "").replace('"', "");
    let masked = headers.split('\n').map(|line| match line.split_once(" key_") {
        Some((kind, name)) => format!("{kind} key_~{}", name.get(8..).unwrap_or_default()),
        None => line.to_owned(),
    });
    insta::assert_snapshot!(masked.collect::<Vec<_>>().join("\n"));
    let squeezed = written.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        // A set begins with what it is.
        ": primary in eu-central-1, replicas in ap-southeast-2, eu-west-1, us-east-1 import {",
        ": primary in us-east-1, replicas in eu-central-1 import {",
        ": primary in eu-central-1, no replicas import {",
        "# Secret prod/db in eu-central-1 import {",
        // Each refers to what is written of the rest.
        "target_key_id = aws_kms_external_key.external.id",
        "target_key_id = aws_kms_replica_key.orders_main_us_east_1.key_id",
        "kms_key_id = aws_kms_replica_key.analytics_eu_central_1.arn region = \"eu-central-1\"",
        "kms_key_id = aws_kms_alias.orders_main.name",
        "secret_id = aws_secretsmanager_secret.prod_db_2.id",
        "# grants are not looked for",
        "# secret prod/db-us in eu-central-1: it is a replica",
    ] {
        assert!(squeezed.contains(part), "{part} is not in:\n{written}");
    }
    // Two secrets whose names differ in letters only have versions of their own names.
    assert!(written.contains("\"aws_secretsmanager_secret_version\" \"prod_db_2\""), "{written}");
    assert!(!written.contains("\"aws_secretsmanager_secret_version\" \"prod_db\""), "{written}");
    assert!(!written.contains("key-default-1"), "what each key has anyway is not said: {written}");
    assert!(written.contains("\"All\""), "a policy that someone wrote is: {written}");
    assert!(!written.contains("C4nary"), "{written}");
    takes_over(&server, &project);
}
