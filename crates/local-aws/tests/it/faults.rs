//! Faults, and the log of requests.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::types::KeyState;
use aws_sdk_secretsmanager::types::ReplicaRegionType;
use aws_smithy_http_client::Builder;
use meridian_local_aws::{Clock, Cloud, Fault, FaultAction, Settings, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::raw::{aws, document, request};
use crate::stage::{Stage, kms, multi_region_key, refusal};

fn fault(operation: &str, action: FaultAction) -> Fault {
    Fault::new(operation, action).once()
}

#[tokio::test]
async fn a_lost_answer_leaves_the_key_behind() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let keys = || async { client.list_keys().send().await.unwrap().keys().len() };
    stage.cloud.inject(fault("CreateKey", FaultAction::DropBeforeExecution));
    assert!(client.create_key().send().await.is_err());
    assert_eq!(keys().await, 0);
    stage.cloud.inject(fault("CreateKey", FaultAction::DropAfterExecution));
    let lost = client.create_key().send().await.unwrap_err();
    assert!(
        matches!(&lost, aws_sdk_kms::error::SdkError::DispatchFailure(failure) if failure.is_io())
    );
    assert_eq!(keys().await, 1);
}

#[tokio::test]
async fn an_error_is_answered_as_often_as_asked() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    stage.cloud.inject(fault(
        "CreateKey",
        FaultAction::Error {
            status: 400,
            code: "ThrottlingException".to_owned(),
            message: "slow down".to_owned(),
        },
    ));
    assert_eq!(refusal(client.create_key().send().await), "ThrottlingException: slow down");
    client.create_key().send().await.unwrap();
    let records = stage.cloud.requests();
    let codes: Vec<_> = records.iter().map(|record| record.error_code.as_deref()).collect();
    assert_eq!(codes, [Some("ThrottlingException"), None]);
    assert_eq!(records[1].operation, "CreateKey");
    assert_eq!(records[1].region, Some("eu-west-1"));
}

#[tokio::test]
async fn a_replica_key_can_be_stuck_and_a_replication_can_fail() {
    let stage = Stage::new();
    let (client, secrets) = (stage.kms("eu-west-1"), stage.secrets("eu-west-1"));
    let key = client.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    stage.cloud.inject(fault("ReplicateKey", FaultAction::StuckCreating));
    client.replicate_key().key_id(key.key_id()).replica_region("us-east-1").send().await.unwrap();
    stage.pass(3600);
    let replica = stage.kms("us-east-1").describe_key().key_id(key.key_id()).send().await.unwrap();
    assert_eq!(replica.key_metadata().unwrap().key_state(), Some(&KeyState::Creating));

    let message = "Replication failed: network error".to_owned();
    stage
        .cloud
        .inject(fault("CreateSecret", FaultAction::FailReplication { message: message.clone() }));
    let region =
        aws_sdk_secretsmanager::types::ReplicaRegionType::builder().region("us-east-1").build();
    secrets.create_secret().name("app").add_replica_regions(region).send().await.unwrap();
    stage.pass(2);
    let described = secrets.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(described.replication_status()[0].status_message(), Some(message.as_str()));
}

#[test]
fn each_service_refuses_in_its_own_words() {
    let stage = Stage::new();
    let refuse = |action: FaultAction, target: &str| {
        stage.cloud.inject(Fault::new("*", action).once());
        let (status, error) = aws(&stage.cloud, "eu-west-1", target, &json!({}));
        (status, error["__type"].as_str().unwrap().to_owned())
    };
    let cases = [
        (FaultAction::Throttling, 400, "ThrottlingException", "ThrottlingException"),
        (FaultAction::AccessDenied, 400, "AccessDeniedException", "AccessDeniedException"),
        (FaultAction::ClockSkew, 400, "RequestTimeTooSkewed", "RequestTimeTooSkewed"),
        (
            FaultAction::ServerError { status: 500 },
            500,
            "KMSInternalException",
            "InternalServiceError",
        ),
        (
            FaultAction::ServerError { status: 503 },
            503,
            "DependencyTimeoutException",
            "ServiceUnavailable",
        ),
    ];
    for (action, status, of_kms, of_secrets) in cases {
        let told = refuse(action.clone(), "TrentService.CreateKey");
        assert_eq!(told, (status, of_kms.to_owned()));
        let told = refuse(action, "secretsmanager.CreateSecret");
        assert_eq!(told, (status, of_secrets.to_owned()));
    }
    let (_, keys) = aws(&stage.cloud, "eu-west-1", "TrentService.ListKeys", &json!({}));
    assert_eq!(keys["Keys"], json!([]));

    stage.cloud.inject(Fault::new("sts:*", FaultAction::AccessDenied).once());
    let mut form = request("AKIDLOCAL", "eu-west-1", "", &json!({}));
    form.headers_mut().remove("X-Amz-Target");
    *form.body_mut() = "Action=GetCallerIdentity".into();
    let response = stage.cloud.handle(&form).response.unwrap();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert_eq!(response.status(), 403);
    assert!(body.contains("<Code>AccessDenied</Code>"), "{body}");
    assert!(body.contains("not authorized to perform: sts:GetCallerIdentity"), "{body}");
}

#[test]
fn a_status_that_is_none_does_no_harm() {
    let stage = Stage::new();
    for status in [0, 200, 1000] {
        let (code, message) = ("Odd".to_owned(), String::new());
        let odd = FaultAction::Error { status, code, message };
        stage.cloud.inject(Fault::new("CreateKey", odd).once());
        let (status, error) = aws(&stage.cloud, "eu-west-1", "TrentService.CreateKey", &json!({}));
        assert_eq!((status, error), (500, json!({ "__type": "Odd" })));
    }
}

#[test]
fn rules_of_the_settings_act_by_place_count_and_chance() {
    let rules = r#"[
        {"operation": "CreateKey", "region": "eu-west-1", "account": "000000000042",
         "skip": 1, "times": 1, "action": "drop_before_execution"},
        {"operation": "ListKeys", "probability": 0.5, "action": "throttling"}
    ]"#;
    let create = |cloud: &Cloud, account: &str, region: &str| {
        let request = request(account, region, "TrentService.CreateKey", &json!({}));
        cloud.handle(&request).response.is_some()
    };
    let run = |seed| {
        let faults = serde_json::from_str(rules).unwrap();
        let settings = Settings { faults, seed, ..Settings::default() };
        let cloud = Cloud::in_memory_with(Clock::manual().0, settings);
        assert!(create(&cloud, "AKIDLOCAL", "eu-west-1"));
        assert!(create(&cloud, "000000000042", "us-east-1"));
        let answered = [(); 3].map(|()| create(&cloud, "000000000042", "eu-west-1"));
        assert_eq!(answered, [true, false, true]);
        let list = || aws(&cloud, "eu-west-1", "TrentService.ListKeys", &json!({})).0;
        [(); 32].map(|()| list())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    assert!(run(1).contains(&200) && run(1).contains(&400));
}

#[tokio::test]
async fn a_request_that_arrives_twice_is_carried_out_twice() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    stage.cloud.inject(fault("CreateKey", FaultAction::DuplicateDelivery));
    let key = multi_region_key(&client).await;
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 2);
    // The second delivery would be refused; the sender never learns of it.
    stage.cloud.inject(fault("ReplicateKey", FaultAction::DuplicateDelivery));
    client.replicate_key().key_id(&key).replica_region("us-east-1").send().await.unwrap();
    stage.cloud.inject(fault("CreateSecret", FaultAction::DuplicateDelivery));
    let vault = stage.secrets("eu-west-1");
    vault.create_secret().name("app").secret_string("a").send().await.unwrap();
    assert_eq!(vault.list_secrets().send().await.unwrap().secret_list().len(), 1);
}

#[tokio::test]
async fn a_stranded_replica_outlives_its_removal() {
    let stage = Stage::new();
    let (here, there) = (stage.secrets("eu-west-1"), stage.secrets("us-east-1"));
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let create = here.create_secret().name("app").secret_string("a").add_replica_regions(region);
    create.send().await.unwrap();
    stage.pass(2);
    stage.cloud.inject(fault("RemoveRegionsFromReplication", FaultAction::StrandedReplica));
    let remove = || here.remove_regions_from_replication().secret_id("app");
    let removed = remove().remove_replica_regions("us-east-1").send().await.unwrap();
    assert!(removed.replication_status().is_empty());
    stage.clock.advance_days(365);
    let stranded = there.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(stranded.primary_region(), Some("eu-west-1"));
    let lost = refusal(there.delete_secret().secret_id("app").send().await);
    assert!(lost.starts_with("InvalidParameterException"), "{lost}");
    there.stop_replication_to_replica().secret_id("app").send().await.unwrap();
    there.delete_secret().secret_id("app").send().await.unwrap();
}

#[test]
fn a_late_answer_tells_how_late_it_is() {
    let stage = Stage::new();
    let late = Duration::from_secs(300);
    stage.cloud.inject(fault("CreateKey", FaultAction::Delay(late)));
    let create = request("AKIDLOCAL", "eu-west-1", "TrentService.CreateKey", &json!({}));
    let delays = [(); 2].map(|()| stage.cloud.handle(&create).delay);
    assert_eq!(delays, [late, Duration::ZERO]);
}

#[tokio::test]
async fn half_an_answer_breaks_off_at_both_doors() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    stage.cloud.inject(Fault::new("*", FaultAction::TruncatedBody).times(2));
    client.create_key().send().await.unwrap_err();
    let id = client.disable_key().key_id("alias/none").send().await.unwrap_err();
    assert!(matches!(id, SdkError::ServiceError(_) | SdkError::ResponseError(_)), "{id:?}");
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 1);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(Arc::clone(&stage.cloud), listener, std::future::pending()));
    let client = kms(Builder::new().build_http(), "eu-west-1", "AKIDLOCAL", Some(&endpoint));
    stage.cloud.inject(fault("CreateKey", FaultAction::TruncatedBody));
    let broken = client.create_key().send().await.unwrap_err();
    assert!(matches!(broken, SdkError::ResponseError(_)), "{broken:?}");
    // The next request finds a connection that works.
    assert_eq!(client.list_keys().send().await.unwrap().keys().len(), 2);

    stage.cloud.inject(fault("DescribeCustomKeyStores", FaultAction::TruncatedBody));
    let mut stream = TcpStream::connect(endpoint.trim_start_matches("http://")).await.unwrap();
    let request = "POST / HTTP/1.1\r\nHost: local\r\nX-Amz-Target: TrentService.DescribeCustomKeyStores\r\n\
        Authorization: Credential=A/20260101/eu-west-1/kms/aws4_request\r\n\
        Content-Length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let whole = r#"{"CustomKeyStores":[],"Truncated":false}"#;
    assert!(head.contains(&format!("content-length: {}\r\n", whole.len())), "{head}");
    assert_eq!(body, &whole[..whole.len() / 2]);
    server.abort();
}

#[test]
fn an_answer_without_a_body_is_lost_rather_than_cut() {
    let stage = Stage::new();
    let create = request("AKIDLOCAL", "eu-west-1", "TrentService.CreateKey", &json!({}));
    let created = document(&stage.cloud.handle(&create).response.unwrap());
    let body = json!({ "KeyId": created["KeyMetadata"]["KeyId"] });
    stage.cloud.inject(fault("DisableKey", FaultAction::TruncatedBody));
    let disable = request("AKIDLOCAL", "eu-west-1", "TrentService.DisableKey", &body);
    assert!(stage.cloud.handle(&disable).response.is_none());
    let (_, told) = aws(&stage.cloud, "eu-west-1", "TrentService.DescribeKey", &body);
    assert_eq!(told["KeyMetadata"]["Enabled"], json!(false));
}
