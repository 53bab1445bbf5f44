//! Why a replication fails, and what becomes of it.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, StatusType};
use meridian_local_aws::{Fault, FaultAction};

use crate::stage::{Stage, multi_region_key, refusal};

const NO_ACCESS: &str = "Replication failed: Access to KMS is not allowed";
const NOT_FOUND: &str =
    "ResourceNotFoundException: Secrets Manager can't find the specified secret.";

struct Scene {
    stage: Stage,
    here: Client,
    there: Client,
    keys_here: aws_sdk_kms::Client,
    keys_there: aws_sdk_kms::Client,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        Self {
            here: stage.secrets("eu-west-1"),
            there: stage.secrets("us-east-1"),
            keys_here: stage.kms("eu-west-1"),
            keys_there: stage.kms("us-east-1"),
            stage,
        }
    }

    async fn create(&self, key: &str) {
        let create = self.here.create_secret().name("app").kms_key_id(key).secret_string("ours");
        create.send().await.unwrap();
    }

    /// Asks for the replica, and waits until it is there or failed.
    async fn replicate(&self, key: &str, overwrite: bool) -> (StatusType, String) {
        let region = ReplicaRegionType::builder().region("us-east-1").kms_key_id(key).build();
        self.here
            .replicate_secret_to_regions()
            .secret_id("app")
            .add_replica_regions(region)
            .force_overwrite_replica_secret(overwrite)
            .send()
            .await
            .unwrap();
        assert_eq!(self.status().await.0, StatusType::InProgress);
        self.wait().await
    }

    async fn wait(&self) -> (StatusType, String) {
        self.stage.clock.advance(std::time::Duration::from_millis(1500));
        self.status().await
    }

    async fn status(&self) -> (StatusType, String) {
        let described = self.here.describe_secret().secret_id("app").send().await.unwrap();
        let [replica] = described.replication_status() else { panic!("one replica") };
        let message = replica.status_message().unwrap_or_default().to_owned();
        (replica.status().unwrap().clone(), message)
    }

    async fn value_there(&self) -> Result<String, String> {
        match self.there.get_secret_value().secret_id("app").send().await {
            Ok(value) => Ok(value.secret_string.unwrap()),
            refused => Err(refusal(refused)),
        }
    }
}

async fn new_key(client: &aws_sdk_kms::Client) -> String {
    client.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap()
}

fn failed(message: &str) -> (StatusType, String) {
    (StatusType::Failed, message.to_owned())
}

fn in_sync() -> (StatusType, String) {
    (StatusType::InSync, "Replication succeeded".to_owned())
}

#[tokio::test]
async fn a_key_that_cannot_be_used_there_fails_and_leaves_nothing() {
    for cause in ["missing", "disabled", "doomed", "creating", "asymmetric"] {
        let scene = Scene::new();
        scene.create("").await;
        let key = match cause {
            "missing" => "alias/none".to_owned(),
            "creating" => multi_region_key(&scene.keys_here).await,
            "asymmetric" => {
                let create = scene.keys_there.create_key();
                let create = create.key_spec(aws_sdk_kms::types::KeySpec::Rsa2048);
                let create = create.key_usage(aws_sdk_kms::types::KeyUsageType::EncryptDecrypt);
                create.send().await.unwrap().key_metadata.unwrap().key_id
            }
            _ => new_key(&scene.keys_there).await,
        };
        match cause {
            "disabled" => drop(scene.keys_there.disable_key().key_id(&key).send().await.unwrap()),
            "doomed" => {
                drop(scene.keys_there.schedule_key_deletion().key_id(&key).send().await.unwrap());
            }
            "creating" => {
                let replicate = scene.keys_here.replicate_key().key_id(&key);
                replicate.replica_region("us-east-1").send().await.unwrap();
            }
            _ => {}
        }
        assert_eq!(scene.replicate(&key, false).await, failed(NO_ACCESS), "{cause}");
        assert_eq!(scene.value_there().await.unwrap_err(), NOT_FOUND, "{cause}");
        // It stays failed, whatever changes here, and keeps the primary from being deleted.
        scene.here.put_secret_value().secret_id("app").secret_string("x").send().await.unwrap();
        scene.stage.pass(60);
        assert_eq!(scene.status().await, failed(NO_ACCESS), "{cause}");
        let deleted = scene.here.delete_secret().secret_id("app").send().await;
        assert!(refusal(deleted).ends_with("that still has replica regions [us-east-1]."));
        // Another request with a key that works repairs it.
        let key = new_key(&scene.keys_there).await;
        assert_eq!(scene.replicate(&key, false).await, in_sync(), "{cause}");
        assert_eq!(scene.value_there().await.unwrap(), "x", "{cause}");
    }
}

#[tokio::test]
async fn a_primary_key_that_cannot_be_used_fails_too() {
    let scene = Scene::new();
    let key = new_key(&scene.keys_here).await;
    scene.create(&key).await;
    scene.keys_here.disable_key().key_id(&key).send().await.unwrap();
    assert_eq!(scene.replicate("", false).await, failed(NO_ACCESS));
    assert_eq!(scene.value_there().await.unwrap_err(), NOT_FOUND);
    scene.keys_here.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(scene.replicate("", false).await, in_sync());
}

#[tokio::test]
async fn an_old_version_under_a_disabled_key_fails_but_the_others_arrive() {
    let scene = Scene::new();
    let (old, new) = (new_key(&scene.keys_here).await, new_key(&scene.keys_here).await);
    scene.create(&old).await;
    let put = scene.here.put_secret_value().secret_id("app").secret_string("kept");
    put.version_stages("mine").send().await.unwrap();
    scene.here.update_secret().secret_id("app").kms_key_id(&new).send().await.unwrap();
    scene.keys_here.disable_key().key_id(&old).send().await.unwrap();
    assert_eq!(scene.replicate("", false).await, failed(NO_ACCESS));
    assert_eq!(scene.value_there().await.unwrap(), "ours");
    let mine = || scene.there.get_secret_value().secret_id("app").version_stage("mine").send();
    assert!(refusal(mine().await).starts_with("ResourceNotFoundException"));
    scene.keys_here.enable_key().key_id(&old).send().await.unwrap();
    assert_eq!(scene.replicate("", false).await, in_sync());
    assert_eq!(mine().await.unwrap().secret_string(), Some("kept"));
    // Versions that have arrived stay when they cannot be read here any more.
    scene.keys_here.disable_key().key_id(&old).send().await.unwrap();
    scene.here.put_secret_value().secret_id("app").secret_string("new").send().await.unwrap();
    assert_eq!(scene.wait().await, failed(NO_ACCESS));
    assert_eq!(scene.value_there().await.unwrap(), "new");
    assert_eq!(mine().await.unwrap().secret_string(), Some("kept"));
}

#[tokio::test]
async fn a_replica_key_that_is_disabled_later_stops_what_comes_after() {
    let scene = Scene::new();
    scene.create("").await;
    let key = new_key(&scene.keys_there).await;
    assert_eq!(scene.replicate(&key, false).await, in_sync());
    scene.keys_there.disable_key().key_id(&key).send().await.unwrap();
    assert!(scene.value_there().await.unwrap_err().starts_with("DecryptionFailure"));
    scene.here.put_secret_value().secret_id("app").secret_string("new").send().await.unwrap();
    assert_eq!(scene.wait().await, failed(NO_ACCESS));
    scene.keys_there.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(scene.value_there().await.unwrap(), "ours");
    assert_eq!(scene.replicate(&key, false).await, in_sync());
    assert_eq!(scene.value_there().await.unwrap(), "new");
}

#[tokio::test]
async fn a_network_error_is_tried_again() {
    let scene = Scene::new();
    scene.create("").await;
    let message = "Replication failed: network error";
    scene.stage.cloud.inject(
        Fault::new(
            "ReplicateSecretToRegions",
            FaultAction::FailReplication { message: message.to_owned() },
        )
        .once(),
    );
    assert_eq!(scene.replicate("", false).await, failed(message));
    assert_eq!(scene.replicate("", false).await, in_sync());
}

#[tokio::test]
async fn a_standalone_secret_gives_way_only_to_force() {
    let scene = Scene::new();
    scene.there.create_secret().name("app").secret_string("theirs").send().await.unwrap();
    scene.create("").await;
    let clash = "Replication failed: Secret name app already exists in region us-east-1.";
    assert_eq!(scene.replicate("", false).await, failed(clash));
    assert_eq!(scene.value_there().await.unwrap(), "theirs");
    // To remove the Region does not touch what is not ours.
    let remove = scene.here.remove_regions_from_replication().secret_id("app");
    remove.remove_replica_regions("us-east-1").send().await.unwrap();
    scene.stage.pass(60);
    assert_eq!(scene.value_there().await.unwrap(), "theirs");
    assert_eq!(scene.replicate("", true).await, in_sync());
    assert_eq!(scene.value_there().await.unwrap(), "ours");
}

#[tokio::test]
async fn force_at_creation_overwrites_as_well() {
    let scene = Scene::new();
    scene.there.create_secret().name("app").secret_string("theirs").send().await.unwrap();
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let create = scene.here.create_secret().name("app").secret_string("ours");
    let create = create.add_replica_regions(region).force_overwrite_replica_secret(true);
    create.send().await.unwrap();
    assert_eq!(scene.wait().await, in_sync());
    assert_eq!(scene.value_there().await.unwrap(), "ours");
}

#[tokio::test]
async fn the_replica_of_another_primary_does_not_give_way_at_all() {
    let scene = Scene::new();
    let third = scene.stage.secrets("ap-south-1");
    let region = ReplicaRegionType::builder().region("us-east-1").build();
    let create = third.create_secret().name("app").secret_string("theirs");
    create.add_replica_regions(region).send().await.unwrap();
    scene.stage.pass(2);
    scene.create("").await;
    let clash = "Replication failed: Secret name app is currently replicated to us-east-1 with a \
                 different arn";
    assert_eq!(scene.replicate("", false).await, failed(clash));
    assert_eq!(scene.replicate("", true).await, failed(clash));
    scene.there.stop_replication_to_replica().secret_id("app").send().await.unwrap();
    let force = scene.there.delete_secret().secret_id("app").force_delete_without_recovery(true);
    force.send().await.unwrap();
    assert_eq!(scene.replicate("", false).await, in_sync());
}

#[tokio::test]
async fn a_region_in_sync_is_left_alone() {
    let scene = Scene::new();
    scene.create("").await;
    assert_eq!(scene.replicate("", false).await, in_sync());
    let key = new_key(&scene.keys_there).await;
    let region = ReplicaRegionType::builder().region("us-east-1").kms_key_id(key).build();
    let again = scene.here.replicate_secret_to_regions().secret_id("app");
    let again = again.add_replica_regions(region).send().await.unwrap();
    let [replica] = again.replication_status() else { panic!("one replica") };
    assert_eq!(replica.kms_key_id(), Some("alias/aws/secretsmanager"));
    assert_eq!(replica.status(), Some(&StatusType::InSync));
}

#[tokio::test]
async fn a_primary_tells_when_its_replicas_were_read() {
    let scene = Scene::new();
    scene.create("").await;
    scene.replicate("", false).await;
    let accessed = || async {
        let described = scene.here.describe_secret().secret_id("app").send().await.unwrap();
        let replica = described.replication_status()[0].last_accessed_date().copied();
        (described.last_accessed_date().copied(), replica)
    };
    assert_eq!(accessed().await, (None, None));
    scene.stage.clock.advance_days(3);
    scene.value_there().await.unwrap();
    let (own, replica) = accessed().await;
    let today = scene.stage.clock.now().start_of_day().milliseconds();
    assert_eq!((own, replica.unwrap().to_millis().unwrap()), (None, today));
}

#[tokio::test]
async fn all_that_is_shared_reaches_the_replica() {
    let scene = Scene::new();
    scene.create("").await;
    scene.replicate("", false).await;
    let policy = r#"{"Statement":[{"Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"secretsmanager:DeleteSecret","Resource":"*"}]}"#;
    let here = &scene.here;
    here.put_resource_policy().secret_id("app").resource_policy(policy).send().await.unwrap();
    here.update_secret().secret_id("app").description("shared").send().await.unwrap();
    let label = here.put_secret_value().secret_id("app").secret_string("x").version_stages("mine");
    label.send().await.unwrap();
    assert_eq!(scene.status().await.0, StatusType::InProgress);
    assert_eq!(scene.wait().await, in_sync());
    let told = scene.there.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(told.description(), Some("shared"));
    assert_eq!(told.version_ids_to_stages().unwrap().len(), 2);
    let told = scene.there.get_resource_policy().secret_id("app").send().await.unwrap();
    assert_eq!(told.resource_policy(), Some(policy));
}
