//! Secrets against a model: what a cloud answers, and what it tells afterwards.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::cloud::{MOMENT, REGIONS, Subject};
use super::secret_model::{Action, DAY, Model, NOT_FOUND, WINDOW_DAYS};
use super::secret_state::{CURRENT, Status};

/// All secrets have one name, so that they get in each other's way.
const NAME: &str = "app";

fn action() -> impl Strategy<Value = Action> {
    let region = || 0..REGIONS.len();
    let own_label = || prop::option::weighted(0.3, Just("mine"));
    let label = prop_oneof![Just(CURRENT), Just("mine")];
    let to = prop::option::weighted(0.8, any::<Index>());
    prop_oneof![
        3 => (region(), any::<u8>()).prop_map(|(region, value)| Action::Create { region, value }),
        3 => (region(), any::<u8>(), own_label())
            .prop_map(|(region, value, label)| Action::Put { region, value, label }),
        3 => (region(), label, to, prop::bool::weighted(0.8)).prop_map(
            |(region, label, to, names_holder)| Action::Label { region, label, to, names_holder }
        ),
        1 => (region(), "[a-c]{1,2}")
            .prop_map(|(region, description)| Action::Describe { region, description }),
        5 => (region(), region()).prop_map(|(region, to)| Action::Replicate { region, to }),
        3 => (region(), region()).prop_map(|(region, from)| Action::Remove { region, from }),
        2 => region().prop_map(|region| Action::Stop { region }),
        3 => (region(), any::<bool>()).prop_map(|(region, at_once)| Action::Delete { region, at_once }),
        1 => region().prop_map(|region| Action::Restore { region }),
        3 => (region(), prop::bool::weighted(0.7)).prop_map(|(region, on)| Action::Switch { region, on }),
        6 => Just(Action::PassMoment),
        1 => (1..12_u64).prop_map(Action::PassDays),
        1 => Just(Action::Restart),
    ]
}

fn value(value: u8) -> String {
    format!("value {value}")
}

/// The id of the version that a step makes.
fn version(step: usize) -> String {
    format!("{step:032}")
}

/// Makes a key in each Region.
fn make_keys(subject: &Subject) -> Vec<Value> {
    let make = |region| {
        let mut made = subject.call(region, "TrentService.CreateKey", &json!({})).unwrap();
        made["KeyMetadata"]["KeyId"].take()
    };
    (0..REGIONS.len()).map(make).collect()
}

fn ask(
    subject: &mut Subject,
    (keys, model): (&[Value], &Model),
    step: usize,
    action: &Action,
) -> Result<(), String> {
    let (region, operation, mut body) = match action {
        Action::Create { region, value: number } => {
            let body = json!({
                "Name": NAME, "SecretString": value(*number), "KmsKeyId": keys[*region],
            });
            (region, "CreateSecret", body)
        }
        Action::Put { region, value: number, label } => {
            let stages = label.map(|label| [label]);
            let body = json!({ "SecretString": value(*number), "VersionStages": stages });
            (region, "PutSecretValue", body)
        }
        Action::Label { region, label, to, names_holder } => {
            let secret = model.secrets.get(region);
            let (to, from) = secret
                .map(|secret| secret.move_of(label, to.as_ref(), *names_holder))
                .unwrap_or_default();
            let body = json!({
                "VersionStage": label,
                "MoveToVersionId": to.map(version),
                "RemoveFromVersionId": from.map(version),
            });
            (region, "UpdateSecretVersionStage", body)
        }
        Action::Describe { region, description } => {
            (region, "UpdateSecret", json!({ "Description": description }))
        }
        Action::Replicate { region, to } => {
            let regions = json!([{ "Region": REGIONS[*to], "KmsKeyId": keys[*to] }]);
            (region, "ReplicateSecretToRegions", json!({ "AddReplicaRegions": regions }))
        }
        Action::Remove { region, from } => {
            let body = json!({ "RemoveReplicaRegions": [REGIONS[*from]] });
            (region, "RemoveRegionsFromReplication", body)
        }
        Action::Stop { region } => (region, "StopReplicationToReplica", json!({})),
        Action::Delete { region, at_once: true } => {
            (region, "DeleteSecret", json!({ "ForceDeleteWithoutRecovery": true }))
        }
        Action::Delete { region, at_once: false } => {
            (region, "DeleteSecret", json!({ "RecoveryWindowInDays": WINDOW_DAYS }))
        }
        Action::Restore { region } => (region, "RestoreSecret", json!({})),
        Action::Switch { region, on } => {
            let target = if *on { "TrentService.EnableKey" } else { "TrentService.DisableKey" };
            return subject.call(*region, target, &json!({ "KeyId": keys[*region] })).map(|_| ());
        }
        Action::PassMoment => {
            subject.pass(MOMENT);
            return Ok(());
        }
        Action::PassDays(days) => {
            subject.pass(Duration::from_secs(days * DAY));
            return Ok(());
        }
        Action::Restart => {
            subject.restart();
            return Ok(());
        }
    };
    body["SecretId"] = json!(NAME);
    body["ClientRequestToken"] = json!(version(step));
    subject.call(*region, &format!("secretsmanager.{operation}"), &body).map(|_| ())
}

fn expected(model: &Model, region: usize) -> Result<Value, String> {
    let secret = model.secrets.get(&region).ok_or(NOT_FOUND)?;
    let status =
        |(region, status): (&usize, &Status)| json!([REGIONS[*region], format!("{status:?}")]);
    let mut labels = json!({});
    for (label, step) in &secret.labels {
        labels[label] = json!(version(*step));
    }
    Ok(json!({
        "description": secret.description,
        "labels": labels,
        "replicas": secret.replicas.iter().map(status).collect::<Vec<_>>(),
        "is_replica": secret.primary.is_some(),
        "is_deleted": secret.deletion.is_some(),
        "value": model.value(region).map_or_else(|code| json!(code), |number| json!(value(number))),
    }))
}

fn told(subject: &Subject, region: usize) -> Result<Value, String> {
    let body = json!({ "SecretId": NAME });
    let described = subject.call(region, "secretsmanager.DescribeSecret", &body)?;
    let value = match subject.call(region, "secretsmanager.GetSecretValue", &body) {
        Ok(mut answer) => answer["SecretString"].take(),
        Err(code) => json!(code),
    };
    let replicas = described["ReplicationStatus"].as_array().cloned().unwrap_or_default();
    let replicas: Vec<Value> =
        replicas.iter().map(|replica| json!([replica["Region"], replica["Status"]])).collect();
    let mut labels = json!({});
    for (id, stages) in described["VersionIdsToStages"].as_object().into_iter().flatten() {
        for stage in stages.as_array().into_iter().flatten().filter_map(Value::as_str) {
            labels[stage] = json!(id);
        }
    }
    let primary = described["PrimaryRegion"].as_str();
    Ok(json!({
        "description": described["Description"].as_str().unwrap_or_default(),
        "labels": labels,
        "replicas": replicas,
        "is_replica": primary.is_some_and(|primary| primary != REGIONS[region]),
        "is_deleted": !described["DeletedDate"].is_null(),
        "value": value,
    }))
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn replicas_follow_their_primary_and_nobody_else(
        actions in prop::collection::vec(action(), 1..60)
    ) {
        let mut subject = Subject::new();
        let mut model = Model::new();
        let keys = make_keys(&subject);
        for (step, action) in actions.iter().enumerate() {
            let told_by_cloud = ask(&mut subject, (&keys, &model), step, action);
            let predicted = model.perform(step, action).map_err(str::to_owned);
            prop_assert_eq!(told_by_cloud, predicted, "{:?} of {:#?}", action, model);
            match action {
                Action::PassMoment => model.pass(MOMENT.as_secs()),
                Action::PassDays(days) => model.pass(days * DAY),
                _ => {}
            }
            for region in 0..REGIONS.len() {
                let told = told(&subject, region);
                prop_assert_eq!(told, expected(&model, region), "after {:?} of {:#?}", action, model);
            }
        }
    }
}
