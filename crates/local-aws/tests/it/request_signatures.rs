//! Signatures, verified as AWS does it, of requests that the SDK has signed.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region};
use aws_smithy_async::time::TimeSource;
use meridian_local_aws::{Clock, Cloud, Credentials as KnownKeys, ManualClock, Settings};

use crate::stage::{Stage, refusal};

/// The time of the cloud, for its clients, and how far theirs is off.
#[derive(Debug)]
struct SharedTime {
    clock: ManualClock,
    ahead_seconds: i64,
}

impl TimeSource for SharedTime {
    fn now(&self) -> SystemTime {
        let seconds = self.clock.now().milliseconds() / 1000 + self.ahead_seconds;
        UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap())
    }
}

struct Clients {
    kms: aws_sdk_kms::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sts: aws_sdk_sts::Client,
}

macro_rules! client {
    ($sdk:ident, $stage:expr, $credentials:expr, $ahead_seconds:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client($stage.cloud.http_client())
                .region(Region::new("eu-west-1"))
                .credentials_provider($credentials.clone())
                .time_source(SharedTime {
                    clock: $stage.clock.clone(),
                    ahead_seconds: $ahead_seconds,
                })
                .retry_config(RetryConfig::disabled())
                .build(),
        )
    };
}

fn clients(stage: &Stage, credentials: &Credentials, ahead_seconds: i64) -> Clients {
    Clients {
        kms: client!(aws_sdk_kms, stage, credentials, ahead_seconds),
        secrets: client!(aws_sdk_secretsmanager, stage, credentials, ahead_seconds),
        sts: client!(aws_sdk_sts, stage, credentials, ahead_seconds),
    }
}

fn stage() -> Stage {
    let keys = KnownKeys::default().with("AKIDKNOWN", "hidden");
    Stage::with(Settings { verify_signatures: Some(keys), ..Settings::default() })
}

fn keys(access_key: &str, secret: &str, token: Option<&str>) -> Credentials {
    Credentials::from_keys(access_key, secret, token.map(str::to_owned))
}

impl Clients {
    async fn refusals(&self) -> [String; 3] {
        [
            refusal(self.kms.list_keys().send().await),
            refusal(self.secrets.list_secrets().send().await),
            refusal(self.sts.get_caller_identity().send().await),
        ]
    }

    async fn succeed(&self) {
        self.kms.list_keys().send().await.unwrap();
        let secret = self.secrets.create_secret().name("app/ä b").secret_string("one");
        assert!(refusal(secret.send().await).starts_with("ValidationException"));
        self.secrets.list_secrets().send().await.unwrap();
        self.sts.get_caller_identity().send().await.unwrap();
    }
}

#[tokio::test]
async fn the_sdk_signs_what_verifies() {
    let stage = stage();
    clients(&stage, &keys("AKIDKNOWN", "hidden", None), 0).succeed().await;
    clients(&stage, &keys("AKIDKNOWN", "hidden", None), 299).succeed().await;
    clients(&stage, &keys("AKIDKNOWN", "hidden", None), -299).succeed().await;
}

#[tokio::test]
async fn another_secret_does_not_verify() {
    let stage = stage();
    let [kms, secrets, sts] =
        clients(&stage, &keys("AKIDKNOWN", "wrong", None), 0).refusals().await;
    let text = "The request signature we calculated does not match the signature you provided. \
                Check your AWS Secret Access Key and signing method. Consult the service \
                documentation for details.";
    assert_eq!(kms, format!("InvalidSignatureException: {text}"));
    assert_eq!(secrets, kms);
    assert_eq!(sts, format!("SignatureDoesNotMatch: {text}"));
}

#[tokio::test]
async fn a_stranger_is_not_recognized() {
    let stage = stage();
    let unknown = "The security token included in the request is invalid.";
    for credentials in [
        keys("AKIDOTHER", "hidden", None),
        keys("ASIAMADEUP", "hidden", Some("token")),
        keys("AKIDKNOWN", "hidden", Some("token")),
    ] {
        let [kms, secrets, sts] = clients(&stage, &credentials, 0).refusals().await;
        assert_eq!(kms, format!("UnrecognizedClientException: {unknown}"));
        assert_eq!(secrets, kms);
        assert_eq!(sts, format!("InvalidClientTokenId: {unknown}"));
    }
}

#[tokio::test]
async fn a_clock_may_not_be_off_by_more_than_five_minutes() {
    let stage = stage();
    let credentials = keys("AKIDKNOWN", "hidden", None);
    let [kms, _, sts] = clients(&stage, &credentials, -301).refusals().await;
    assert!(
        kms.starts_with("InvalidSignatureException: Signature expired: 20251231T2354"),
        "{kms}"
    );
    assert!(sts.starts_with("SignatureDoesNotMatch: Signature expired"), "{sts}");
    let [kms, _, _] = clients(&stage, &credentials, 301).refusals().await;
    assert!(kms.starts_with("InvalidSignatureException: Signature not yet current"), "{kms}");
}

#[tokio::test]
async fn lent_credentials_verify_with_their_own_secret_and_token() {
    let stage = stage();
    let role = "arn:aws:iam::123456789012:role/deploy";
    let owner = clients(&stage, &keys("AKIDKNOWN", "hidden", None), 0);
    let lent = owner.sts.assume_role().role_arn(role).role_session_name("test").send().await;
    let lent = lent.unwrap().credentials.unwrap();
    let with = |secret: &str, token: Option<&str>| {
        clients(&stage, &keys(&lent.access_key_id, secret, token), 0)
    };
    let (secret, token) = (lent.secret_access_key.as_str(), lent.session_token.as_str());
    with(secret, Some(token)).succeed().await;
    for (secret, token) in [(secret, None), (secret, Some("other")), ("hidden", Some(token))] {
        with(secret, token).refusals().await;
    }
    stage.pass(3600);
    let [kms, _, _] = with(secret, Some(token)).refusals().await;
    assert!(kms.starts_with("ExpiredTokenException"), "{kms}");
}

#[tokio::test]
async fn any_access_key_may_share_a_secret() {
    let keys_of_all = Some(KnownKeys::any_with("common"));
    let stage = Stage::with(Settings { verify_signatures: keys_of_all, ..Settings::default() });
    clients(&stage, &keys("000000000042", "common", None), 0).succeed().await;
    clients(&stage, &keys("AKIDOTHER", "other", None), 0).refusals().await;
}

#[tokio::test]
async fn lent_credentials_outlive_the_process_and_are_not_kept_in_clear() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual();
    let open = || Stage {
        cloud: Arc::new(
            Cloud::open_with(
                directory.path(),
                clock.clone(),
                Settings {
                    verify_signatures: Some(KnownKeys::any_with("common")),
                    ..Settings::default()
                },
            )
            .unwrap(),
        ),
        clock: handle.clone(),
    };
    let stage = open();
    let owner = clients(&stage, &keys("AKIDKNOWN", "common", None), 0);
    let lent = owner.sts.get_session_token().send().await.unwrap().credentials.unwrap();
    assert!(!format!("{:?}", stage.cloud).contains(&lent.secret_access_key));
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [&lent.secret_access_key, &lent.session_token] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    drop((owner, stage));
    let token = Some(lent.session_token.as_str());
    clients(&open(), &keys(&lent.access_key_id, &lent.secret_access_key, token), 0).succeed().await;
}
