//! A key that is scheduled for deletion is not absent: while the configuration wants it, its
//! deletion is taken back, and the plan says so.

use meridian_local_aws::FaultAction;
use time::{Date, Duration, OffsetDateTime};

use crate::support::{
    HOME, IRELAND, KEYS, PROVIDERS, Project, Ran, Server, cloud_text, count, everything, is_change,
};

fn applied(server: &Server, text: &str) -> (Project, String) {
    let project = Project::of(text).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    (project, keys.keys()[0].key_id().unwrap().to_owned())
}

fn schedule(server: &Server, region: &str, key: &str) -> Option<String> {
    let call = server.kms(region).schedule_key_deletion().key_id(key).pending_window_in_days(7);
    let answer = server.wait(call.send()).unwrap();
    answer.deletion_date().map(|date| date.to_string()[..10].to_owned())
}

fn in_sync(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_was_scheduled_outside_is_taken_back() {
    for region in [HOME, IRELAND] {
        let server = Server::new();
        let (project, key) = applied(&server, &everything());
        let before = cloud_text(&server);
        let when = match schedule(&server, region, &key) {
            Some(day) => format!("is scheduled for deletion on {day}"),
            None => format!("is scheduled for deletion once its replicas ({IRELAND}) are deleted"),
        };
        let plan = project.run("plan -detailed-exitcode").exits(2);
        let plan = plan.says(&when).says("the deletion will be cancelled");
        let plan = plan.says("0 to add, 1 to change, 0 to destroy").says("-> true");
        let _ = plan.never_says("must be replaced").never_says("will be created");
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        let changes: Vec<String> = server
            .requests_since(mark)
            .into_iter()
            .filter(is_change)
            .map(|record| record.operation)
            .collect();
        assert_eq!(changes, ["CancelKeyDeletion", "EnableKey"], "{region}");
        assert_eq!(cloud_text(&server), before);
        in_sync(&project);
    }
}

#[test]
fn a_key_that_is_wanted_disabled_comes_back_disabled() {
    let server = Server::new();
    let disabled = format!(
        "{PROVIDERS}{}",
        KEYS.replace("description             = \"replica\"", "enabled = false")
    );
    let (project, key) = applied(&server, &disabled);
    schedule(&server, IRELAND, &key);
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("the deletion will be cancelled");
    let records = server.requests_since(mark);
    assert_eq!((count(&records, "CancelKeyDeletion"), count(&records, "EnableKey")), (1, 0));
    in_sync(&project);
}

/// A replica that a destroy has scheduled is not in the state any more; it is the same key still.
#[test]
fn a_replica_that_was_destroyed_and_is_wanted_again_is_brought_back() {
    let server = Server::new();
    let (project, key) = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let before = cloud_text(&server);
    let _ = project.run("destroy -auto-approve -target=aws_kms_replica_key.ireland").succeeds();
    let kms = server.kms(IRELAND);
    let metadata = server.wait(kms.describe_key().key_id(&key).send()).unwrap();
    let date = metadata.key_metadata().unwrap().deletion_date().unwrap().to_string();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan
        .says("it is there already, though not in the state, and is taken over")
        .says(&format!("is scheduled for deletion on {}", &date[..10]))
        .says("the deletion will be cancelled")
        .says("1 to import, 0 to add, 1 to change, 0 to destroy");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests_since(mark), "ReplicateKey"), 0);
    assert_eq!(cloud_text(&server), before);
    in_sync(&project);
}

const VIRGINIA: &str = r#"
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

resource "aws_kms_replica_key" "virginia" {
  provider                = aws.virginia
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 30
}
"#;

/// What a command says, with the day on which it ran.
fn of_one_day(project: &Project, line: &str) -> (Ran, Date) {
    let today = || OffsetDateTime::now_utc().date();
    loop {
        let day = today();
        let ran = project.run(line).succeeds();
        if today() == day {
            return (ran, day);
        }
    }
}

fn in_days(day: Date, days: i64) -> Date {
    day.checked_add(Duration::days(days)).unwrap()
}

fn deletion_date(server: &Server, region: &str, key: &str) -> OffsetDateTime {
    let described = server.wait(server.kms(region).describe_key().key_id(key).send()).unwrap();
    let date = described.key_metadata().unwrap().deletion_date().unwrap().secs();
    OffsetDateTime::from_unix_timestamp(date).unwrap()
}

#[test]
fn a_destroyed_set_tells_its_true_dates() {
    let server = Server::new();
    let (project, key) = applied(&server, &format!("{PROVIDERS}{KEYS}{VIRGINIA}"));
    let (plan, day) = of_one_day(&project, "plan -destroy -out=p");
    let [ireland, virginia, primary] = [7, 30, 37].map(|days| in_days(day, days));
    let _ = plan
        .says(&format!("(will be deleted on {ireland} at the earliest)"))
        .says(&format!("(will be deleted on {virginia} at the earliest)"))
        .says(&format!(
            "(will be deleted on {primary} at the earliest, 7 days after the last of its replicas \
             is gone (eu-west-1 on {ireland}, us-east-1 on {virginia}))"
        ));
    let shown = project.run("show -format=markdown p").succeeds();
    assert_eq!(shown.out, project.run("show -format=markdown p").succeeds().out);
    let row = format!(
        "| 🗑️ deleted, gone on {primary} | 🗑️ deleted, gone on {ireland} | 🗑️ deleted, gone on \
         {virginia} |"
    );
    let _ = shown.says(&row);
    let shown = project.run("show -json p").succeeds();
    let json: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let changes = json["resource_changes"].as_array().unwrap();
    let on = |address: &str| {
        let change = changes.iter().find(|it| it["address"] == address).unwrap();
        change["change"]["meridian"]["deletion"]["on"].as_str().unwrap().to_owned()
    };
    assert_eq!(on("aws_kms_key.primary"), primary.to_string());
    assert_eq!(on("aws_kms_replica_key.virginia"), virginia.to_string());
    // The cloud's own dates, which need not be those of the plan.
    let mut said = project.run("apply p").succeeds();
    let mut last = None;
    for region in [IRELAND, "us-east-1"] {
        let date = deletion_date(&server, region, &key);
        said = said.says(&format!("will be deleted on {}", date.date()));
        last = last.max(Some(date));
    }
    let primary = in_days(last.unwrap().date(), 7);
    let _ =
        said.says(&format!("will be deleted on {primary}, 7 days after the last of its replicas"));
    let described = server.wait(server.kms(HOME).describe_key().key_id(&key).send()).unwrap();
    let state = described.key_metadata().unwrap().key_state().unwrap().as_str().to_owned();
    assert_eq!(state, "PendingReplicaDeletion");
}

/// What was scheduled before the plan keeps its own date, and the primary waits for that.
#[test]
fn a_replica_that_goes_already_counts_with_its_own_date() {
    let server = Server::new();
    let (project, key) = applied(&server, &format!("{PROVIDERS}{KEYS}{VIRGINIA}"));
    schedule(&server, "us-east-1", &key);
    let scheduled = deletion_date(&server, "us-east-1", &key).date();
    let (plan, day) = of_one_day(&project, "plan -destroy");
    let ireland = in_days(day, 7);
    let primary = in_days(scheduled.max(ireland), 7);
    let _ = plan.says(&format!(
        "(will be deleted on {primary} at the earliest, 7 days after the last of its replicas is \
         gone (eu-west-1 on {ireland}, us-east-1 on {scheduled}))"
    ));
}

#[test]
fn a_primary_waits_for_replicas_that_a_plan_leaves() {
    let server = Server::new();
    let (project, _) = applied(&server, &format!("{PROVIDERS}{KEYS}{VIRGINIA}"));
    let _ = project.run("state rm aws_kms_replica_key.virginia").succeeds();
    let plan = project.run("plan -destroy -out=p").succeeds();
    let _ = plan
        .says(
            "will be deleted 7 days after the last of its replicas (eu-west-1, us-east-1) is gone",
        )
        .says(
            "Warning: will not be deleted before its replicas in us-east-1, which this plan leaves",
        )
        .says("aws kms schedule-key-deletion --region us-east-1");
    let shown = project.run("show -format=markdown p").succeeds();
    let _ = shown.says("> [!WARNING]").says("🗑️ deleted, gone 7 d after its replicas");
    let ran = project.run("apply p").succeeds();
    let _ = ran.says("(will be deleted 7 days after the last of its replicas)");
}

/// A set in whose place another one comes goes like any other.
#[test]
fn a_replaced_set_tells_the_dates_of_the_old_one() {
    let server = Server::new();
    let (project, _) = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    let line = "plan -replace=aws_kms_key.primary -out=p";
    let (plan, day) = of_one_day(&project, line);
    let (ireland, primary) = (in_days(day, 7), in_days(day, 14));
    let _ = plan
        .says("Plan: 2 to add, 0 to change, 2 to destroy.")
        .says(&format!("(the old one will be deleted on {ireland} at the earliest)"))
        .says(&format!(
            "(the old one will be deleted on {primary} at the earliest, 7 days after the last of \
             its replicas is gone (eu-west-1 on {ireland}))"
        ));
    let ran = project.run("apply p").succeeds();
    let _ = ran.says("7 days after the last of its replicas)");
}

/// One replica goes, and its primary stays: there is no other date than its own.
#[test]
fn a_replica_alone_has_no_date_before_it_is_scheduled() {
    let server = Server::new();
    let (project, _) = applied(&server, &format!("{PROVIDERS}{KEYS}{VIRGINIA}"));
    project.write(
        "main.tf",
        &format!("{PROVIDERS}{KEYS}{}", &VIRGINIA[..VIRGINIA.find("resource").unwrap()]),
    );
    let _ = project.run("plan").succeeds().never_says("at the earliest");
}

#[test]
fn a_deletion_that_someone_else_cancels_meanwhile_is_no_error() {
    let server = Server::new();
    let (project, key) = applied(&server, &format!("{PROVIDERS}{KEYS}"));
    schedule(&server, IRELAND, &key);
    let _ = project.run("plan -out=p").succeeds();
    server.next("CancelKeyDeletion", FaultAction::DropBeforeExecution);
    let running = project.start("apply p");
    server.until_asked("CancelKeyDeletion");
    server.wait(server.kms(IRELAND).cancel_key_deletion().key_id(&key).send()).unwrap();
    let _ = running.wait().succeeds();
    in_sync(&project);
}
