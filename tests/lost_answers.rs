//! Answers that never come, and calls that never arrive: nothing is lost and nothing doubled.

use meridian_local_aws::{Fault, FaultAction};

use crate::support::{HOME, Project, Server, changing, cloud_text, count, everything};

const ALIAS: &str = r#"
resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}
"#;

/// What there is when everything was done once.
const ONCE: &str = r#"eu-central-1 key "primary" Enabled PRIMARY
eu-central-1 alias/app -> key "primary"
eu-central-1 secret "app" "" = "value" under key "primary" eu-west-1:InSync
eu-west-1 key "replica" Enabled REPLICA
eu-west-1 secret "app" "" replica of eu-central-1 = "value" under key "replica"
"#;

const CREATIONS: [&str; 5] =
    ["CreateKey", "ReplicateKey", "CreateAlias", "CreateSecret", "PutSecretValue"];

#[track_caller]
fn converges(server: &Server) {
    let project = Project::of(&format!("{}{ALIAS}", everything())).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(server), ONCE);
    let secrets = server.secrets(HOME);
    let versions = server.wait(secrets.list_secret_version_ids().secret_id("app").send()).unwrap();
    assert_eq!(versions.versions().len(), 1, "one value, one version");
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// Runs each scenario with a cloud of its own, at the same time: most of them wait.
fn each(scenarios: impl IntoIterator<Item = (&'static str, FaultAction)>) {
    std::thread::scope(|scope| {
        for (operation, action) in scenarios {
            scope.spawn(move || {
                let server = Server::new();
                server.next(operation, action);
                converges(&server);
            });
        }
    });
}

#[test]
fn a_lost_answer_doubles_nothing() {
    each(CREATIONS.map(|operation| (operation, FaultAction::DropAfterExecution)));
}

#[test]
fn all_answers_may_be_lost_at_once() {
    let server = Server::new();
    for operation in CREATIONS {
        server.next(operation, FaultAction::DropAfterExecution);
    }
    server.next("UntagResource", FaultAction::DropAfterExecution);
    converges(&server);
}

#[test]
fn a_request_that_never_arrived_is_sent_again() {
    let internal_error = FaultAction::Error {
        status: 500,
        code: "KMSInternalException".to_owned(),
        message: "Something broke.".to_owned(),
    };
    let lost = CREATIONS.map(|operation| (operation, FaultAction::DropBeforeExecution));
    let broken = ["CreateKey", "ReplicateKey"].map(|it| (it, internal_error.clone()));
    each(lost.into_iter().chain(broken));
}

#[test]
fn throttled_calls_are_tried_again() {
    let server = Server::new();
    for operation in CREATIONS {
        let (code, message) = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
        server.next_few(operation, FaultAction::Error { status: 400, code, message }, 2);
    }
    converges(&server);
}

#[test]
fn a_lost_read_is_read_again() {
    let server = Server::new();
    for operation in ["DescribeKey", "DescribeSecret", "GetKeyPolicy", "ListResourceTags"] {
        server.next(operation, FaultAction::DropBeforeExecution);
    }
    converges(&server);
}

/// One alias, two blocks: whichever way the answers go, one of them has it.
#[test]
fn an_alias_belongs_to_one_block_also_after_a_lost_answer() {
    let second = ALIAS.replace("\"app\" {", "\"again\" {");
    for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
        let server = Server::new();
        server.next("CreateAlias", action);
        let project = Project::of(&format!("{}{ALIAS}{second}", everything())).at(&server);
        let _ = project.run("apply -auto-approve").fails().says("is the same object");
        let listed = project.run("state list").succeeds();
        assert_eq!(listed.out.matches("aws_kms_alias.").count(), 1, "{}", listed.out);
    }
}

/// A request that never arrived, and someone else's alias of the same name: ours was never made,
/// so theirs is not taken over.
#[test]
fn what_someone_else_made_is_not_taken_for_a_lost_answer() {
    let server = Server::new();
    let kms = server.kms(HOME);
    let theirs = server.wait(kms.create_key().description("theirs").send()).unwrap();
    let theirs = theirs.key_metadata().unwrap().key_id().to_owned();
    let alias = kms.create_alias().alias_name("alias/app").target_key_id(&theirs);
    let _ = server.wait(alias.send()).unwrap();
    let project = Project::of(&format!("{}{ALIAS}", everything())).at(&server);
    server.next("CreateAlias", FaultAction::DropBeforeExecution);
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("already has an alias alias/app that is not in the state");
    let found = server.wait(kms.describe_key().key_id("alias/app").send()).unwrap();
    assert_eq!(found.key_metadata().unwrap().key_id(), theirs, "their alias leads where it led");
    let _ = project.run("state list").succeeds().never_says("aws_kms_alias.app");
}

/// The answer of `CreateKey` is lost, and lists do not show the key until the call was made once
/// more.
fn with_a_late_key(server: &Server) -> Project {
    server.next("CreateKey", FaultAction::DropAfterExecution);
    let stale = FaultAction::StaleRead { milliseconds: 3_600_000 };
    server.cloud.inject(Fault::new("ListKeys", stale));
    let project = Project::of(&everything()).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "CreateKey"), 2, "the lists are stale for long enough");
    server.cloud.clear_faults();
    project
}

#[test]
fn a_key_that_appears_late_is_found_and_goes() {
    let server = Server::new();
    let project = with_a_late_key(&server);
    let late = project.run("apply -auto-approve").succeeds();
    let both = cloud_text(&server);
    assert_eq!(both.matches("\"primary\" Enabled").count(), 1, "{both}\n{}", late.all());
    assert_eq!(both.matches("\"primary\" PendingDeletion").count(), 1, "{both}");
    for _ in 0..2 {
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
        let _ = project.run("apply -auto-approve").succeeds().says("0 added");
    }
    assert_eq!(project.run("state list").succeeds().out.lines().count(), 4);
}

#[test]
fn a_key_that_appears_late_is_found_by_recover() {
    let server = Server::new();
    let project = with_a_late_key(&server);
    let mark = server.mark();
    let found = project.run("recover").succeeds().says("it is in the state now");
    let _ = found.says("No call was left open.");
    assert_eq!(changing(&server.requests_since(mark)), "", "nothing is changed but the state");
    let _ = project.run("plan").succeeds().says("(deposed object").says("1 to destroy");
    let _ = project.run("recover").succeeds().never_says("it is in the state now");
}
