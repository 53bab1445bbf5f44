//! What the state tells of keys and secrets, for the page that shows it.

use aws_sdk_kms::primitives::DateTime;
use aws_sdk_kms::types::ExpirationModelType;
use aws_sdk_secretsmanager::types::RotationRulesType;
use serde_json::{Value, json};

use crate::raw::local;
use crate::stage::Stage;
use crate::wrapped::{external_key, importing};

fn state(stage: &Stage) -> Value {
    local(&stage.cloud, "GET", "/_local/state", &Value::Null).1
}

#[tokio::test]
async fn a_rotation_on_demand_is_told_while_it_is_at_work() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let told = || state(&stage)["keys"][0]["on_demand_rotation"].clone();
    assert_eq!(told(), Value::Null);
    client.rotate_key_on_demand().key_id(&key).send().await.unwrap();
    assert_eq!(told(), json!(1_767_225_600.0));
    stage.pass(60);
    assert_eq!(told(), Value::Null);
}

#[tokio::test]
async fn the_end_of_imported_material_is_told() {
    let stage = Stage::new();
    let client = stage.kms("eu-west-1");
    let key = external_key(&client, false).await;
    let told = || state(&stage)["keys"][0]["valid_to"].clone();
    assert_eq!(told(), Value::Null);
    let end = stage.clock.now().after_days(30).milliseconds();
    let import = importing(&client, &key, &[1; 32]).await;
    let import = import.expiration_model(ExpirationModelType::KeyMaterialExpires);
    import.valid_to(DateTime::from_millis(end)).send().await.unwrap();
    assert_eq!(told(), json!(1_769_817_600.0));
    stage.clock.advance_days(30);
    assert_eq!(told(), Value::Null);
}

#[tokio::test]
async fn the_rotation_of_a_secret_is_told() {
    let stage = Stage::new();
    let client = stage.secrets("eu-west-1");
    let told = || state(&stage)["secrets"][0]["rotation"].clone();
    client.create_secret().name("app").secret_string("a").send().await.unwrap();
    assert_eq!(told(), Value::Null);
    let rules = RotationRulesType::builder().automatically_after_days(30).build();
    let function = "arn:aws:lambda:eu-west-1:123456789012:function:rotate";
    let rotate = client.rotate_secret().secret_id("app").rotation_rules(rules);
    rotate.rotation_lambda_arn(function).send().await.unwrap();
    assert_eq!((&told()["enabled"], &told()["running"]), (&json!(true), &json!(true)));
    stage.pass(60);
    assert_eq!(told()["running"], json!(false));
    let described = client.describe_secret().secret_id("app").send().await.unwrap();
    assert_eq!(told()["next"], json!(described.next_rotation_date.unwrap().as_secs_f64()));
    client.cancel_rotate_secret().secret_id("app").send().await.unwrap();
    assert_eq!(told()["enabled"], json!(false));
}
