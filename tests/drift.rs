//! What others change outside: seen by the next plan, and mended by the next apply.

use aws_sdk_kms::types::Tag;

use crate::support::{HOME, IRELAND, Project, Server, cloud_text, everything};

fn applied(server: &Server) -> (Project, String) {
    let project = Project::of(&everything()).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    (project, keys.keys()[0].key_id().unwrap().to_owned())
}

#[test]
fn what_was_changed_outside_is_put_back() {
    let server = Server::new();
    let (project, key) = applied(&server);
    let before = cloud_text(&server);
    let kms = server.kms(HOME);
    let tag = Tag::builder().tag_key("Team").tag_value("stranger").build().unwrap();
    server.wait(kms.update_key_description().key_id(&key).description("changed").send()).unwrap();
    server.wait(kms.tag_resource().key_id(&key).tags(tag).send()).unwrap();
    server.wait(server.kms(IRELAND).disable_key().key_id(&key).send()).unwrap();
    let secrets = server.secrets(HOME);
    let moved = secrets.update_secret().secret_id("app").description("changed");
    server.wait(moved.send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!(plan.plan());
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), before);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_secret_that_was_deleted_outside_is_made_again() {
    let server = Server::new();
    let (project, _) = applied(&server);
    let before = cloud_text(&server);
    let secrets = server.secrets(HOME);
    let regions = secrets.remove_regions_from_replication().secret_id("app");
    server.wait(regions.remove_replica_regions(IRELAND).send()).unwrap();
    let deletion = secrets.delete_secret().secret_id("app").force_delete_without_recovery(true);
    server.wait(deletion.send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!(plan.plan());
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), before);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// The version is still there, with its value; which one is current is only asserted by a
/// configuration that says so.
#[test]
fn a_version_that_was_put_outside_is_demoted_only_if_the_configuration_says_so() {
    let server = Server::new();
    let (project, _) = applied(&server);
    let secrets = server.secrets(HOME);
    let put = secrets.put_secret_value().secret_id("app").secret_string("other");
    server.wait(put.send()).unwrap();
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says("other");
    let line = "secret_string = \"value\"";
    let stages = format!("{line}\n  version_stages = [\"AWSCURRENT\"]");
    project.write("main.tf", &everything().replace(line, &stages));
    let _ = project.run("plan -detailed-exitcode").exits(2).never_says("other");
    let _ = project.run("apply -auto-approve").succeeds();
    let now = server.wait(secrets.get_secret_value().secret_id("app").send()).unwrap();
    assert_eq!(now.secret_string(), Some("value"));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn an_alias_that_was_deleted_outside_is_made_again() {
    let server = Server::new();
    let alias = r#"
        resource "aws_kms_alias" "app" {
          name          = "alias/app"
          target_key_id = aws_kms_key.primary.key_id
        }
    "#;
    let project = Project::of(&format!("{}{alias}", everything())).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    server.wait(server.kms(HOME).delete_alias().alias_name("alias/app").send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("aws_kms_alias.app will be created").says("deleted outside");
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn without_refresh_nothing_is_read() {
    let server = Server::new();
    let (project, _) = applied(&server);
    let mark = server.mark();
    let _ = project.run("plan -refresh=false -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(server.mark(), mark, "no request leaves");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert!(server.mark() > mark, "a plan with refresh reads");
}
