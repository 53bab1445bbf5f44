//! A primary that moved without the configuration: by other hands, or by `meridian promote`.

use meridian_local_aws::FaultAction;

use crate::imported_promotion::external_set;
use crate::promotion::{
    AGES, applied, applied_of, changes, in_sync, no_key_is_replaced, primary_of, set,
};
use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, cloud_text, count, position};

fn promote(server: &Server, from: &str, to: &str, key: &str) {
    let call = server.kms(from).update_primary_region().key_id(key).primary_region(to);
    server.wait(call.send()).unwrap();
    let is_done = || {
        [from, to].iter().all(|region| {
            let described =
                server.wait(server.kms(region).describe_key().key_id(key).send()).unwrap();
            let state = described.key_metadata().unwrap().key_state().unwrap().as_str().to_owned();
            state == "Enabled"
        })
    };
    server.until("the promotion", |_| is_done());
}

#[test]
fn a_promotion_made_outside_blocks_nothing_and_replaces_nothing() {
    let server = Server::new();
    let (project, key) = applied(&server);
    promote(&server, HOME, IRELAND, &key);
    let plan = project.run("plan -detailed-exitcode").exits(0);
    let _ = plan
        .says(&format!("the primary of {key} is in {IRELAND} now"))
        .says("exchange their Regions (provider or region)")
        .says(&format!("meridian promote ADDRESS {HOME}"))
        .says("No changes.");
    // Other work goes on, and rotation is set where the primary is now.
    project.write("main.tf", &set("aws", "aws.ireland", "enable_key_rotation = true"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    no_key_is_replaced(&records);
    assert_eq!(records[position(&records, "EnableKeyRotation")].region, Some(IRELAND));
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 0, "nothing is moved back by itself");
    // The configuration is made to agree: only names and descriptions change places.
    project.write("main.tf", &set("aws.ireland", "aws", "enable_key_rotation = true"));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    no_key_is_replaced(&records);
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 0);
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("Warning");
}

#[test]
fn an_incident_needs_one_command() {
    let server = Server::new();
    let (project, key) = applied(&server);
    let _ = project.run("promote aws_kms_key.primary eu-west-1").fails().says("Nobody to approve");
    let mark = server.mark();
    let ran = project.run("promote aws_kms_key.primary eu-west-1 -auto-approve").succeeds();
    let _ = ran
        .says("Promotion complete!")
        .says("resource \"aws_kms_key\" \"primary\" { provider = aws.ireland # was aws }")
        .says("resource \"aws_kms_replica_key\" \"other\" { provider = aws # was aws.ireland }");
    let records = changes(server.requests_since(mark));
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 1);
    assert_eq!(records.len(), 1, "nothing else is changed: {records:#?}");
    assert_eq!(primary_of(&server, HOME, &key), IRELAND);
    let again = project.run("promote aws_kms_replica_key.other eu-west-1").succeeds();
    let _ = again.says("The primary is in eu-west-1 already");
    // The printed edit makes the configuration agree.
    project.write("main.tf", &set("aws.ireland", "aws", ""));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    no_key_is_replaced(&server.requests_since(mark));
    assert_eq!(count(&server.requests_since(mark), "UpdatePrimaryRegion"), 0);
    in_sync(&project);
    // And back, where the configuration agrees by itself once it is written back.
    let _ = project.run("promote aws_kms_key.primary eu-central-1 -auto-approve").succeeds();
    assert_eq!(primary_of(&server, IRELAND, &key), HOME);
}

#[test]
fn what_cannot_be_promoted_is_refused_before_any_call() {
    let server = Server::new();
    let (project, _) = applied(&server);
    let mark = server.mark();
    for (line, told) in [
        ("promote aws_kms_key.nobody eu-west-1", "No instance found"),
        ("promote not-an-address eu-west-1", "No instance found"),
        ("promote aws_kms_alias.home eu-west-1", "no multi-Region key"),
        ("promote aws_kms_key.primary us-east-1", "holds no key of the set"),
    ] {
        let _ = project.run(&format!("{line} -auto-approve")).fails().says(told);
    }
    assert!(changes(server.requests_since(mark)).is_empty());
    let empty = Project::of(PROVIDERS).at(&server);
    let _ = empty.run("promote aws_kms_key.primary eu-west-1 -auto-approve").fails();
    assert!(!empty.has_state());
}

#[test]
fn a_replica_is_not_replaced_by_itself() {
    let server = Server::new();
    let (project, _) = applied(&server);
    let mark = server.mark();
    let line = "apply -auto-approve -replace=aws_kms_replica_key.other";
    let _ = project.run(line).fails().says("would be the same key again");
    assert!(changes(server.requests_since(mark)).is_empty());
}

#[test]
fn a_promotion_on_command_survives_a_lost_answer_and_a_kill() {
    let line = "promote aws_kms_key.primary eu-west-1 -auto-approve";
    for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
        let server = Server::new();
        let (project, key) = applied(&server);
        server.next("UpdatePrimaryRegion", action.clone());
        let _ = project.run(line).succeeds().says("Promotion complete!");
        assert_eq!(primary_of(&server, HOME, &key), IRELAND, "{action:?}");
    }
    let server = Server::new();
    let (project, key) = applied(&server);
    server.next("UpdatePrimaryRegion", FaultAction::Delay(AGES));
    let running = project.start(line);
    server.until_asked("UpdatePrimaryRegion");
    running.kill();
    let _ = project.run(line).succeeds();
    assert_eq!(primary_of(&server, HOME, &key), IRELAND);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("is in eu-west-1 now");
    no_key_is_replaced(&server.requests_since(mark));
}

const VIRGINIA: &str = "us-east-1";

/// A replica in a third Region, of a primary of this type.
fn third(primary: &str, replica: &str, more: &str) -> String {
    format!(
        r#"
provider "aws" {{
  alias  = "virginia"
  region = "us-east-1"
}}

resource "{replica}" "third" {{
  provider        = aws.virginia
  description     = "third"
  primary_key_arn = {primary}.primary.arn
  {more}
}}
"#
    )
}

/// KMS replicates the primary only, and in its own Region.
#[test]
fn a_new_replica_is_made_where_the_primary_is_now() {
    let material = format!("key_material_base64 = \"{}\"", crate::imported_material::MATERIAL);
    let external = third("aws_kms_external_key", "aws_kms_replica_external_key", &material);
    let sets = [
        (set("aws", "aws.ireland", ""), third("aws_kms_key", "aws_kms_replica_key", "")),
        (external_set("aws", "aws.ireland"), external),
    ];
    for (before, third) in sets {
        let server = Server::new();
        let (project, key) = applied_of(&server, &before);
        promote(&server, HOME, IRELAND, &key);
        project.write("main.tf", &format!("{before}{third}"));
        let plan = project.run("plan -out=p").succeeds();
        let _ = plan
            .says(&format!(
                "the primary of {key} is in {IRELAND} now, and the replica is made from there"
            ))
            .says("1 to add, 0 to change, 0 to destroy");
        let mark = server.mark();
        let _ = project.run("apply p").succeeds();
        let records = changes(server.requests_since(mark));
        assert_eq!(count(&records, "ReplicateKey"), 1, "{records:#?}");
        assert_eq!(records[position(&records, "ReplicateKey")].region, Some(IRELAND));
        let cloud = cloud_text(&server);
        assert!(cloud.contains("us-east-1 key \"third\" Enabled REPLICA"), "{cloud}");
        in_sync(&project);
        // The ARN is written as the configuration has it meant: the same key.
        let _ = project.run("refresh").succeeds();
        in_sync(&project);
        let _ = project.run("destroy -auto-approve").succeeds();
        let cloud = cloud_text(&server);
        assert!(!cloud.contains("Enabled"), "{cloud}");
    }
}

/// The plan moves the primary itself: the replica is made where it is then.
#[test]
fn a_new_replica_waits_for_a_promotion_of_the_same_plan() {
    let server = Server::new();
    let (project, key) = applied(&server);
    let third = third("aws_kms_key", "aws_kms_replica_key", "");
    project.write("main.tf", &format!("{}{third}", set("aws.ireland", "aws", "")));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    let replicated = position(&records, "ReplicateKey");
    assert!(position(&records, "UpdatePrimaryRegion") < replicated, "{records:#?}");
    assert_eq!(records[replicated].region, Some(IRELAND));
    assert_eq!(primary_of(&server, VIRGINIA, &key), IRELAND);
    in_sync(&project);
}

#[test]
fn a_replica_beside_a_primary_that_moved_there_is_refused_in_the_plan() {
    let server = Server::new();
    let (project, key) = applied(&server);
    promote(&server, HOME, IRELAND, &key);
    let _ = project.run("state rm aws_kms_replica_key.other").succeeds();
    let mark = server.mark();
    let _ = project
        .run("plan")
        .fails()
        .says(&format!("the primary of this replica is in {IRELAND} itself"))
        .says("Give the replica another Region");
    assert!(changes(server.requests_since(mark)).is_empty());
}
