//! The safe order, by the log of the server: what is new comes before what is old goes.

use meridian_local_aws::RequestRecord;

use crate::support::{IRELAND, Project, Server, count, everything, is_change, position};

fn key_and_secret(multi_region: bool) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-central-1"
}}

resource "aws_kms_key" "app" {{
  multi_region = {multi_region}
}}

resource "aws_kms_alias" "app" {{
  name          = "alias/app"
  target_key_id = aws_kms_key.app.key_id
}}

resource "aws_secretsmanager_secret" "app" {{
  name       = "app"
  kms_key_id = aws_kms_key.app.arn
}}
"#
    )
}

fn changes(records: Vec<RequestRecord>) -> Vec<RequestRecord> {
    records.into_iter().filter(is_change).collect()
}

#[test]
fn a_secret_is_under_the_new_key_before_the_old_one_goes() {
    let server = Server::new();
    let project = Project::of(&key_and_secret(false)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key_and_secret(true));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    let created = position(&records, "CreateKey");
    let moved = position(&records, "UpdateSecret");
    let aimed = position(&records, "UpdateAlias");
    let gone = position(&records, "ScheduleKeyDeletion");
    assert!(created < moved && created < aimed && moved < gone && aimed < gone, "{records:#?}");
    let seen = records[moved..gone].iter().any(|record| record.operation == "DescribeSecret");
    assert!(seen, "the secret is seen under its new key first: {records:#?}");
}

#[test]
fn an_old_key_stays_if_the_secret_cannot_leave_it() {
    let server = Server::new();
    let project = Project::of(&key_and_secret(false)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key_and_secret(true));
    let mark = server.mark();
    server.refuse("UpdateSecret", 400, "EncryptionFailure", "The key cannot be used.");
    let _ = project.run("apply -auto-approve").fails().says("EncryptionFailure");
    assert_eq!(count(&server.requests_since(mark), "ScheduleKeyDeletion"), 0);
    let _ = project.run("apply -auto-approve").succeeds();
    let records = server.requests_since(mark);
    assert_eq!(count(&records, "CreateKey"), 1, "the new key is kept for the next apply");
    assert_eq!(count(&records, "ScheduleKeyDeletion"), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn destruction_goes_from_the_leaves_to_the_root() {
    let server = Server::new();
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let mark = server.mark();
    let _ = project.run("destroy -auto-approve").succeeds();
    let records = changes(server.requests_since(mark));
    let secret = position(&records, "DeleteSecret");
    let scheduled = |region: &str| {
        let of_region = |record: &RequestRecord| {
            record.operation == "ScheduleKeyDeletion" && record.region == Some(region)
        };
        records.iter().position(of_region).expect(region)
    };
    let replicas = position(&records, "RemoveRegionsFromReplication");
    assert!(replicas < secret, "a secret's replicas go before it: {records:#?}");
    assert!(secret < scheduled(IRELAND), "the secret goes before its keys: {records:#?}");
    assert!(scheduled(IRELAND) < scheduled("eu-central-1"), "{records:#?}");
}

#[test]
fn what_is_independent_runs_at_the_same_time_unless_told_otherwise() {
    let keys = r#"
provider "aws" {
  region = "eu-central-1"
}

resource "aws_kms_key" "shard" {
  count = 4
}
"#;
    let late = meridian_local_aws::FaultAction::Delay(std::time::Duration::from_millis(300));
    let gaps = |parallelism: &str| {
        let server = Server::new();
        server.next_few("CreateKey", late.clone(), 4);
        let project = Project::of(keys).at(&server);
        let line = format!("apply -auto-approve -parallelism={parallelism}");
        let _ = project.run(&line).succeeds();
        let records = server.requests();
        let created = records.iter().filter(|record| record.operation == "CreateKey");
        let times: Vec<i64> = created.map(|record| record.time.milliseconds()).collect();
        assert_eq!(times.len(), 4);
        times.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
    };
    let one_by_one = gaps("1");
    assert!(one_by_one.iter().all(|gap| *gap >= 290), "{one_by_one:?}");
    let at_once = gaps("10");
    assert!(at_once.iter().all(|gap| *gap < 290), "{at_once:?}");
}
