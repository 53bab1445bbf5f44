//! What is verifiably what was to be created is taken over; everything else is left alone.

use meridian_local_aws::FaultAction;

use crate::support::{HOME, IRELAND, KEYS, PROVIDERS, Project, Server, count};

const PRIMARY: &str = r#"
resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}
"#;

/// A project whose primary has been made, and the key's id. The replica comes next.
fn with_primary(server: &Server) -> (Project, String) {
    let project = Project::of(&format!("{PROVIDERS}{PRIMARY}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}"));
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    (project, keys.keys()[0].key_id().unwrap().to_owned())
}

fn replicate(server: &Server, key: &str) {
    let call = server.kms(HOME).replicate_key().key_id(key).replica_region(IRELAND);
    server.wait(call.description("made by hand").send()).unwrap();
}

fn in_sync(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_replica_that_was_made_by_hand_is_taken_over_and_the_plan_says_so() {
    let server = Server::new();
    let (project, key) = with_primary(&server);
    replicate(&server, &key);
    let _ = project
        .run("plan")
        .succeeds()
        .says("it is there already, though not in the state, and is taken over")
        .says("\"made by hand\" -> \"replica\"")
        .says("1 to import, 0 to add, 1 to change, 0 to destroy");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("1 imported");
    assert_eq!(count(&server.requests_since(mark), "ReplicateKey"), 0);
    in_sync(&project);
}

#[test]
fn a_saved_plan_keeps_what_was_found() {
    let server = Server::new();
    let (project, key) = with_primary(&server);
    replicate(&server, &key);
    let _ = project.run("plan -out=p").succeeds().says("1 to import");
    let _ = project.run("apply p").succeeds().says("1 imported");
    in_sync(&project);
}

/// The plan found nothing, and then someone was faster.
#[test]
fn a_replica_that_comes_between_plan_and_apply_is_taken_over() {
    let server = Server::new();
    let (project, key) = with_primary(&server);
    let _ = project.run("plan -out=p").succeeds().says("1 to add");
    replicate(&server, &key);
    let _ = project.run("apply p").succeeds().says("was there already and is taken over");
    in_sync(&project);
}

#[test]
fn one_key_is_not_managed_twice() {
    let server = Server::new();
    let (project, _) = with_primary(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let twin = KEYS.replace("\"ireland\" {", "\"twin\" {");
    let twin = &twin[twin.find("resource \"aws_kms_replica_key\"").unwrap()..];
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}{twin}"));
    let told = project.run("apply -auto-approve").fails();
    let _ = told.says("aws_kms_replica_key.ireland is the same object").says("moved {");
    // The old name is gone: what would be taken over must not be deleted by the same plan.
    project.write("main.tf", &format!("{PROVIDERS}{PRIMARY}{twin}"));
    let _ = project.run("apply -auto-approve").fails().says("moved {");
    let mark = server.mark();
    let moved = "moved {\n  from = aws_kms_replica_key.ireland\n  to = aws_kms_replica_key.twin\n}";
    project.write("main.tf", &format!("{PROVIDERS}{PRIMARY}{twin}{moved}"));
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests_since(mark), "ScheduleKeyDeletion"), 0);
    in_sync(&project);
}

/// Both are new, so the plan cannot know that they are one.
#[test]
fn two_new_blocks_for_one_key_are_told_at_apply() {
    let server = Server::new();
    let twin = KEYS.replace("\"ireland\" {", "\"twin\" {");
    let twin = &twin[twin.find("resource \"aws_kms_replica_key\"").unwrap()..];
    let project = Project::of(&format!("{PROVIDERS}{KEYS}{twin}")).at(&server);
    let _ = project.run("apply -auto-approve -parallelism=1").fails().says("is the same object");
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}"));
    let listed = project.run("state list").succeeds();
    assert_eq!(listed.out.lines().count(), 2, "{}", listed.out);
}

fn alias(target: &str) -> String {
    format!(
        "{PROVIDERS}{PRIMARY}\nresource \"aws_kms_alias\" \"app\" {{\n  name = \"alias/app\"\n  \
         target_key_id = {target}\n}}\n"
    )
}

#[test]
fn an_alias_is_taken_over_only_if_it_leads_where_it_should() {
    let server = Server::new();
    let (project, key) = with_primary(&server);
    let kms = server.kms(HOME);
    let other = server.wait(kms.create_key().send()).unwrap();
    let other = other.key_metadata().unwrap().key_id().to_owned();
    let create = |target: &str| {
        server
            .wait(kms.create_alias().alias_name("alias/app").target_key_id(target).send())
            .unwrap();
    };
    create(&other);
    project.write("main.tf", &alias("aws_kms_key.primary.key_id"));
    let told = project.run("apply -auto-approve").fails();
    let _ = told.says("already has an alias alias/app that is not in the state");
    server.wait(kms.delete_alias().alias_name("alias/app").send()).unwrap();
    create(&key);
    let ran = project.run("apply -auto-approve").succeeds();
    let _ = ran.says("was there already and is taken over");
    in_sync(&project);
}

#[test]
fn who_may_not_look_learns_it_from_the_creation() {
    let server = Server::new();
    let (project, key) = with_primary(&server);
    replicate(&server, &key);
    server.cloud.inject(
        meridian_local_aws::Fault::new("DescribeKey", FaultAction::AccessDenied)
            .in_region(IRELAND)
            .times(1),
    );
    let _ = project.run("plan").succeeds().says("1 to add");
}
