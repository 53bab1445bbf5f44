//! The server, and the wire as raw clients see it.

use std::sync::Arc;

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use meridian_local_aws::{Clock, Cloud, Fault, FaultAction, Request, Response, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::stage::{Stage, kms, refusal};

struct Server {
    cloud: Arc<Cloud>,
    endpoint: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel();
    let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
    let task = tokio::spawn(serve(Arc::clone(&cloud), listener, async {
        let _ = stopped.await;
    }));
    Server { cloud, endpoint, stop, task }
}

/// A plain GET, as bare as HTTP allows.
async fn get(address: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn one_port_serves_all_regions_until_it_is_told_to_stop() {
    let server = start().await;
    let http = Builder::new().build_http();
    let client = |region| kms(http.clone(), region, "AKIDLOCAL", Some(&server.endpoint));
    let (here, there) = (client("eu-west-1"), client("us-east-1"));
    let key = here.create_key().multi_region(true).send().await.unwrap().key_metadata.unwrap();
    here.replicate_key().key_id(key.key_id()).replica_region("us-east-1").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let replica = there.describe_key().key_id(key.key_id()).send().await.unwrap();
    assert!(replica.key_metadata().unwrap().enabled());
    here.disable_key().key_id(key.key_id()).send().await.unwrap();
    assert!(refusal(here.describe_key().key_id("x").send().await).starts_with("NotFoundException"));

    server.cloud.inject(Fault::new("CreateKey", FaultAction::DropAfterExecution).once());
    here.create_key().send().await.unwrap_err();
    assert_eq!(here.list_keys().send().await.unwrap().keys().len(), 2);

    let page = |path: &'static str| {
        let address = server.endpoint.trim_start_matches("http://").to_owned();
        async move { get(&address, path).await }
    };
    assert!(page("/").await.contains("<title>Local AWS</title>"));
    assert!(page("/_local/requests").await.contains("\"operation\":\"ReplicateKey\""));

    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn sts_tells_who_calls_and_lends_roles() {
    let stage = Stage::new();
    let sts = |credentials: aws_credential_types::Credentials| {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(stage.cloud.http_client())
            .region(Region::new("eu-west-1"))
            .credentials_provider(credentials)
            .retry_config(RetryConfig::disabled());
        aws_sdk_sts::Client::from_conf(config.build())
    };
    let client = sts(aws_credential_types::Credentials::from_keys("AKIDLOCAL", "secret", None));
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("123456789012"));
    let role = "arn:aws:iam::000000000042:role/team/deploy";
    let lent = client.assume_role().role_arn(role).role_session_name("test").send().await.unwrap();
    let lent = lent.credentials.unwrap();
    assert_eq!(lent.expiration.secs() * 1000, stage.clock.now().milliseconds() + 3_600_000);
    let token = Some(lent.session_token);
    let credentials = aws_credential_types::Credentials::from_keys(
        lent.access_key_id,
        lent.secret_access_key,
        token,
    );
    let identity = sts(credentials).get_caller_identity().send().await.unwrap();
    assert_eq!(
        (identity.account(), identity.arn()),
        (Some("000000000042"), Some("arn:aws:sts::000000000042:assumed-role/deploy/test"))
    );
    let outcome =
        client.assume_role().role_arn("arn:aws:s3:::some-bucket").role_session_name("test");
    assert!(refusal(outcome.send().await).starts_with("ValidationException"));
}

fn send(cloud: &Cloud, target: &str, body: &'static str) -> Response {
    let authorization =
        "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0";
    let request: Request = http::Request::post("/")
        .header("Authorization", authorization)
        .header("X-Amz-Target", target)
        .body(body.into())
        .unwrap();
    cloud.handle(&request).response.unwrap()
}

#[test]
fn the_framework_refuses_what_is_no_request() {
    let cloud = Cloud::in_memory(Clock::Fast);
    let kind = |target, body| {
        let response = send(&cloud, target, body);
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["x-amzn-RequestId"].len(), 36);
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        body["__type"].as_str().unwrap().to_owned()
    };
    let service = "com.amazon.coral.service#";
    assert_eq!(kind("TrentService.Nonsense", "{}"), format!("{service}UnknownOperationException"));
    assert_eq!(kind("S3.Get", "{}"), format!("{service}UnknownOperationException"));
    assert_eq!(kind("TrentService.DescribeKey", "{"), format!("{service}SerializationException"));
    assert_eq!(
        kind("TrentService.DescribeKey", r#"{"KeyId":7}"#),
        format!("{service}SerializationException")
    );
    assert_eq!(
        kind("TrentService.DescribeKey", "{}"),
        "com.amazon.coral.validate#ValidationException"
    );
    assert_eq!(kind("secretsmanager.CreateSecret", r#"{"Name":"a"}"#), "InvalidRequestException");
    let unsigned = http::Request::post("/").body(Default::default()).unwrap();
    let refused = cloud.handle(&unsigned).response.unwrap();
    assert!(refused.body().starts_with(br#"{"__type":"MissingAuthenticationTokenException""#));
}

#[test]
fn an_operation_without_output_answers_with_an_empty_body() {
    let cloud = Cloud::in_memory(Clock::Fast);
    let created = send(&cloud, "TrentService.CreateKey", "{}");
    let created: serde_json::Value = serde_json::from_slice(created.body()).unwrap();
    let key = created["KeyMetadata"]["KeyId"].as_str().unwrap();
    let body: &'static str = format!(r#"{{"KeyId":"{key}"}}"#).leak();
    let response = send(&cloud, "TrentService.DisableKey", body);
    assert_eq!((response.status().as_u16(), response.body().len()), (200, 0));
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
}

#[test]
fn a_delivery_does_not_show_what_it_brings() {
    let cloud = Cloud::in_memory(Clock::Fast);
    let body = r#"{"Name":"app","SecretString":"correct horse","ClientRequestToken":"00000000000000000000000000000001"}"#;
    assert_eq!(send(&cloud, "secretsmanager.CreateSecret", body).status(), 200);
    let request = http::Request::post("/")
        .header("Authorization", "Credential=AKID/20260101/eu-west-1/secretsmanager/aws4_request")
        .header("X-Amz-Target", "secretsmanager.GetSecretValue")
        .body(r#"{"SecretId":"app"}"#.into())
        .unwrap();
    let delivery = cloud.handle(&request);
    let told = delivery.response.as_ref().unwrap().body();
    assert!(String::from_utf8_lossy(told).contains("correct horse"));
    let shown = format!("{delivery:?}");
    assert!(shown.contains("200") && !shown.contains("correct horse"), "{shown}");
}
