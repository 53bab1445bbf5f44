//! Promotion of keys of imported material: their material stays where it is.

use crate::imported_material::MATERIAL;
use crate::promotion::{applied_of, changes, in_sync, no_key_is_replaced, primary_of};
use crate::support::{HOME, IRELAND, PROVIDERS, Server, cloud_text, count, position};

/// A set of two keys of imported material. `primary` is the provider of the primary.
pub fn external_set(primary: &str, replica: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_external_key" "primary" {{
  provider            = {primary}
  description         = "primary"
  multi_region        = true
  key_material_base64 = "{MATERIAL}"
}}

resource "aws_kms_replica_external_key" "other" {{
  provider            = {replica}
  description         = "replica"
  primary_key_arn     = aws_kms_external_key.primary.arn
  key_material_base64 = "{MATERIAL}"
}}
"#
    )
}

/// The material stays where it is: it is imported again nowhere.
#[test]
fn keys_of_imported_material_exchange_their_regions() {
    let server = Server::new();
    let (project, key) = applied_of(&server, &external_set("aws", "aws.ireland"));
    let by_region = |text: String| {
        text.replace("provider            = aws.ireland", "region              = \"eu-west-1\"")
            .replace("provider            = aws\n", "region              = \"eu-central-1\"\n")
    };
    for (text, primary) in [
        (external_set("aws.ireland", "aws"), IRELAND),
        (by_region(external_set("aws", "aws.ireland")), HOME),
        (by_region(external_set("aws.ireland", "aws")), IRELAND),
    ] {
        project.write("main.tf", &text);
        let plan = project.run("plan -detailed-exitcode").exits(2);
        let _ = plan
            .says("one UpdatePrimaryRegion, and no key is replaced")
            .says("0 to add, 2 to change, 0 to destroy");
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        let records = changes(server.requests_since(mark));
        no_key_is_replaced(&records);
        assert_eq!(count(&records, "UpdatePrimaryRegion"), 1, "{records:#?}");
        assert_eq!(count(&records, "ImportKeyMaterial"), 0, "{records:#?}");
        assert_eq!(primary_of(&server, HOME, &key), primary);
        in_sync(&project);
        let cloud = cloud_text(&server);
        assert!(cloud.contains(&format!("{primary} key \"primary\" Enabled PRIMARY")), "{cloud}");
    }
}

/// A replica that waits for its material cannot lead. It gets its material first.
#[test]
fn a_key_that_has_lost_its_material_gets_it_again_and_leads_then() {
    let server = Server::new();
    let (project, key) = applied_of(&server, &external_set("aws", "aws.ireland"));
    let lost = server.kms(IRELAND).delete_imported_key_material().key_id(&key);
    server.wait(lost.send()).unwrap();
    project.write("main.tf", &external_set("aws.ireland", "aws"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    no_key_is_replaced(&records);
    let imported = position(&records, "ImportKeyMaterial");
    assert!(imported < position(&records, "UpdatePrimaryRegion"), "{records:#?}");
    assert_eq!(primary_of(&server, HOME, &key), IRELAND);
    in_sync(&project);
}

#[test]
fn one_command_promotes_a_replica_of_imported_material() {
    let server = Server::new();
    let (project, key) = applied_of(&server, &external_set("aws", "aws.ireland"));
    let nowhere = project.run("promote aws_kms_external_key.primary us-east-1 -auto-approve");
    let _ = nowhere
        .fails()
        .says(&format!("no key of the set {key}"))
        .says("make one with aws_kms_replica_external_key");
    let mark = server.mark();
    let line = "promote aws_kms_external_key.primary eu-west-1 -auto-approve";
    let ran = project.run(line).succeeds();
    let _ = ran
        .says(&format!("The key {key} in eu-west-1"))
        .says("Promotion complete!")
        .says("resource \"aws_kms_external_key\" \"primary\" { provider = aws.ireland # was aws }")
        .says(
            "resource \"aws_kms_replica_external_key\" \"other\" { provider = aws # was \
             aws.ireland }",
        );
    let records = changes(server.requests_since(mark));
    assert_eq!(records.len(), 1, "nothing else is changed: {records:#?}");
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 1);
    assert_eq!(primary_of(&server, HOME, &key), IRELAND);
    let told = project.run("plan -detailed-exitcode").exits(0);
    let _ = told
        .says(&format!("the primary of {key} is in {IRELAND} now"))
        .says("aws_kms_replica_external_key")
        .says("No changes.");
    let _ = project
        .run("promote aws_kms_replica_external_key.other eu-west-1")
        .succeeds()
        .says("The primary is in eu-west-1 already");
    // The printed edit makes the configuration agree.
    project.write("main.tf", &external_set("aws.ireland", "aws"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    no_key_is_replaced(&records);
    for operation in ["UpdatePrimaryRegion", "ImportKeyMaterial"] {
        assert_eq!(count(&records, operation), 0, "{operation}");
    }
    in_sync(&project);
}
