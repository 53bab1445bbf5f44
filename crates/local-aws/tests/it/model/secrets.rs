//! Secrets against a model: primaries, replicas, strangers of the same name.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::cloud::{MOMENT, REGIONS, Subject};

const DAY: u64 = 24 * 60 * 60;
const WINDOW_DAYS: u64 = 7;
/// All secrets have one name, so that they get in each other's way.
const NAME: &str = "app";

#[derive(Clone, Debug)]
enum Action {
    Create { region: usize, value: u8 },
    Put { region: usize, value: u8 },
    Describe { region: usize, description: String },
    Replicate { region: usize, to: usize },
    Remove { region: usize, from: usize },
    Stop { region: usize },
    Delete { region: usize, at_once: bool },
    Restore { region: usize },
    PassMoment,
    PassDays(u64),
    Restart,
}

fn action() -> impl Strategy<Value = Action> {
    let region = || 0..REGIONS.len();
    prop_oneof![
        3 => (region(), any::<u8>()).prop_map(|(region, value)| Action::Create { region, value }),
        3 => (region(), any::<u8>()).prop_map(|(region, value)| Action::Put { region, value }),
        1 => (region(), "[a-c]{1,2}")
            .prop_map(|(region, description)| Action::Describe { region, description }),
        5 => (region(), region()).prop_map(|(region, to)| Action::Replicate { region, to }),
        3 => (region(), region()).prop_map(|(region, from)| Action::Remove { region, from }),
        2 => region().prop_map(|region| Action::Stop { region }),
        3 => (region(), any::<bool>()).prop_map(|(region, at_once)| Action::Delete { region, at_once }),
        1 => region().prop_map(|region| Action::Restore { region }),
        6 => Just(Action::PassMoment),
        1 => (1..12_u64).prop_map(Action::PassDays),
        1 => Just(Action::Restart),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    InProgress,
    InSync,
    Failed,
}

#[derive(Clone, Debug)]
struct Secret {
    /// Tells apart secrets that had the name one after the other.
    lineage: u64,
    value: u8,
    description: String,
    primary: Option<usize>,
    replicas: BTreeMap<usize, Status>,
    deletion: Option<u64>,
}

#[derive(Debug, Default)]
struct Model {
    now: u64,
    lineages: u64,
    secrets: BTreeMap<usize, Secret>,
    /// Replications on their way, from and to, in the order in which they will arrive.
    queue: Vec<(usize, usize)>,
    /// The name is not free at once after a forced deletion.
    just_deleted: [bool; REGIONS.len()],
}

type Refusal = Result<(), &'static str>;

const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID_REQUEST: &str = "InvalidRequestException";
const INVALID_PARAMETER: &str = "InvalidParameterException";

impl Model {
    fn secret(&mut self, region: usize) -> Result<&mut Secret, &'static str> {
        self.secrets.get_mut(&region).ok_or(NOT_FOUND)
    }

    /// A secret that may be changed: kept, and no replica.
    fn writable(&mut self, region: usize) -> Result<&mut Secret, &'static str> {
        let secret = self.secret(region)?;
        if secret.deletion.is_some() {
            return Err(INVALID_REQUEST);
        }
        if secret.primary.is_some() {
            return Err(INVALID_PARAMETER);
        }
        Ok(secret)
    }

    fn perform(&mut self, action: &Action) -> Refusal {
        match action {
            Action::Create { region, value } => self.create(*region, *value),
            Action::Put { region, value } => {
                let secret = self.writable(*region)?;
                secret.value = *value;
                self.spread(*region);
                Ok(())
            }
            Action::Describe { region, description } => {
                let secret = self.writable(*region)?;
                secret.description.clone_from(description);
                self.spread(*region);
                Ok(())
            }
            Action::Replicate { region, to } => {
                let secret = self.writable(*region)?;
                if region == to {
                    return Err(INVALID_PARAMETER);
                }
                let known = secret.replicas.get(to);
                if known.is_none_or(|status| *status == Status::Failed) {
                    secret.replicas.insert(*to, Status::InProgress);
                    self.queue.push((*region, *to));
                }
                Ok(())
            }
            Action::Remove { region, from } => {
                self.writable(*region)?.replicas.remove(from);
                Ok(())
            }
            Action::Stop { region } => self.stop(*region),
            Action::Delete { region, at_once } => self.delete(*region, *at_once),
            Action::Restore { region } => {
                let secret = self.secret(*region)?;
                if secret.primary.is_some() {
                    return Err(INVALID_PARAMETER);
                }
                secret.deletion = None;
                Ok(())
            }
            Action::PassMoment | Action::PassDays(_) | Action::Restart => Ok(()),
        }
    }

    fn create(&mut self, region: usize, value: u8) -> Refusal {
        match self.secrets.get(&region) {
            Some(secret) if secret.deletion.is_some() => return Err(INVALID_REQUEST),
            Some(_) => return Err("ResourceExistsException"),
            None if self.just_deleted[region] => return Err(INVALID_REQUEST),
            None => {}
        }
        self.lineages += 1;
        let secret = Secret {
            lineage: self.lineages,
            value,
            description: String::new(),
            primary: None,
            replicas: BTreeMap::new(),
            deletion: None,
        };
        self.secrets.insert(region, secret);
        Ok(())
    }

    fn stop(&mut self, region: usize) -> Refusal {
        let secret = self.secret(region)?;
        let lineage = secret.lineage;
        let Some(primary) = secret.primary.take() else {
            return Err(INVALID_REQUEST);
        };
        if let Some(primary) = self.secrets.get_mut(&primary)
            && primary.lineage == lineage
        {
            primary.replicas.remove(&region);
        }
        Ok(())
    }

    fn delete(&mut self, region: usize, at_once: bool) -> Refusal {
        let due = self.now + WINDOW_DAYS * DAY;
        let secret = match self.secret(region) {
            // Nothing to delete is as good as deleted.
            Err(_) if at_once => return Ok(()),
            other => other?,
        };
        if secret.deletion.is_some() && !at_once {
            return Err(INVALID_REQUEST);
        }
        if secret.primary.is_some() || !secret.replicas.is_empty() {
            return Err(INVALID_PARAMETER);
        }
        secret.deletion = Some(due);
        if at_once {
            self.secrets.remove(&region);
            self.just_deleted[region] = true;
        }
        Ok(())
    }

    fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        self.just_deleted = [false; REGIONS.len()];
        for (region, to) in std::mem::take(&mut self.queue) {
            self.replicate(region, to);
        }
        self.remove_unwanted();
        let now = self.now;
        self.secrets.retain(|_, secret| secret.deletion.is_none_or(|due| due > now));
    }

    /// A change goes to all replicas that have not failed.
    fn spread(&mut self, region: usize) {
        let Some(secret) = self.secrets.get_mut(&region) else { return };
        for (to, status) in &mut secret.replicas {
            if *status != Status::Failed {
                *status = Status::InProgress;
                self.queue.push((region, *to));
            }
        }
    }

    /// A replication that is on its way arrives, or fails.
    fn replicate(&mut self, region: usize, to: usize) {
        let Some(primary) = self.secrets.get(&region).cloned() else { return };
        if primary.replicas.get(&to) != Some(&Status::InProgress) {
            return;
        }
        let is_free = self.secrets.get(&to).is_none_or(|existing| {
            existing.primary == Some(region) && existing.lineage == primary.lineage
        });
        if is_free {
            let replicas = BTreeMap::new();
            let replica = Secret { primary: Some(region), replicas, ..primary };
            self.secrets.insert(to, replica);
        }
        let status = if is_free { Status::InSync } else { Status::Failed };
        let secret = self.secrets.get_mut(&region).expect("the primary is there");
        secret.replicas.insert(to, status);
    }

    /// Replicas whose Region was removed go.
    fn remove_unwanted(&mut self) {
        let lists = |primary: usize, region: usize, lineage: u64| {
            self.secrets.get(&primary).is_some_and(|primary| {
                primary.lineage == lineage && primary.replicas.contains_key(&region)
            })
        };
        let unwanted: Vec<usize> = (self.secrets.iter())
            .filter(|(region, secret)| {
                secret.primary.is_some_and(|primary| !lists(primary, **region, secret.lineage))
            })
            .map(|(region, _)| *region)
            .collect();
        for region in unwanted {
            self.secrets.remove(&region);
        }
    }
}

fn value(value: u8) -> String {
    format!("value {value}")
}

fn ask(subject: &mut Subject, action: &Action) -> Result<(), String> {
    let (region, operation, mut body) = match action {
        Action::Create { region, value: number } => {
            let token = uuid::Uuid::new_v4().to_string();
            let body = json!({
                "Name": NAME, "SecretString": value(*number), "ClientRequestToken": token,
            });
            return subject.call(*region, "secretsmanager.CreateSecret", &body).map(|_| ());
        }
        Action::Put { region, value: number } => {
            let token = uuid::Uuid::new_v4().to_string();
            let body = json!({ "SecretString": value(*number), "ClientRequestToken": token });
            (region, "PutSecretValue", body)
        }
        Action::Describe { region, description } => {
            let token = uuid::Uuid::new_v4().to_string();
            let body = json!({ "Description": description, "ClientRequestToken": token });
            (region, "UpdateSecret", body)
        }
        Action::Replicate { region, to } => {
            let regions = json!([{ "Region": REGIONS[*to] }]);
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
    subject.call(*region, &format!("secretsmanager.{operation}"), &body).map(|_| ())
}

fn expected(model: &Model, region: usize) -> Result<Value, String> {
    let secret = model.secrets.get(&region).ok_or(NOT_FOUND)?;
    let status =
        |(region, status): (&usize, &Status)| json!([REGIONS[*region], format!("{status:?}")]);
    let readable =
        if secret.deletion.is_none() { json!(value(secret.value)) } else { json!(INVALID_REQUEST) };
    Ok(json!({
        "description": secret.description,
        "replicas": secret.replicas.iter().map(status).collect::<Vec<_>>(),
        "is_replica": secret.primary.is_some(),
        "is_deleted": secret.deletion.is_some(),
        "value": readable,
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
    let primary = described["PrimaryRegion"].as_str();
    Ok(json!({
        "description": described["Description"].as_str().unwrap_or_default(),
        "replicas": replicas,
        "is_replica": primary.is_some_and(|primary| primary != REGIONS[region]),
        "is_deleted": !described["DeletedDate"].is_null(),
        "value": value,
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replicas_follow_their_primary_and_nobody_else(
        actions in prop::collection::vec(action(), 1..60)
    ) {
        let mut subject = Subject::new();
        let mut model = Model::default();
        for action in &actions {
            let told_by_cloud = ask(&mut subject, action);
            let predicted = model.perform(action).map_err(str::to_owned);
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
