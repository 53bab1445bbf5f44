//! Keys against a model: sets of related keys, promotion, deletion, rotation.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::cloud::{MOMENT, REGIONS, Subject};

const DAY: u64 = 24 * 60 * 60;

/// A thing that somebody does. An index chooses a set of those there are.
#[derive(Clone, Debug)]
enum Action {
    Create { region: usize, multi_region: bool },
    Replicate { set: Index, from: usize, to: usize, description: String },
    Promote { set: Index, from: usize, to: usize },
    Describe { set: Index, region: usize, description: String },
    Tag { set: Index, region: usize, value: String },
    Enable { set: Index, region: usize },
    Disable { set: Index, region: usize },
    Rotate { set: Index, region: usize, period: Option<u32> },
    Schedule { set: Index, region: usize, days: u64 },
    Cancel { set: Index, region: usize },
    PassMoment,
    PassDays(u64),
    Restart,
}

fn action() -> impl Strategy<Value = Action> {
    let region = || 0..REGIONS.len();
    let set = any::<Index>;
    let text = || "[a-c]{0,3}";
    prop_oneof![
        3 => (region(), prop::bool::weighted(0.8))
            .prop_map(|(region, multi_region)| Action::Create { region, multi_region }),
        6 => (set(), region(), region(), text())
            .prop_map(|(set, from, to, description)| Action::Replicate { set, from, to, description }),
        3 => (set(), region(), region()).prop_map(|(set, from, to)| Action::Promote { set, from, to }),
        2 => (set(), region(), text())
            .prop_map(|(set, region, description)| Action::Describe { set, region, description }),
        2 => (set(), region(), text()).prop_map(|(set, region, value)| Action::Tag { set, region, value }),
        2 => (set(), region()).prop_map(|(set, region)| Action::Enable { set, region }),
        2 => (set(), region()).prop_map(|(set, region)| Action::Disable { set, region }),
        2 => (set(), region(), prop::option::of(90..2560_u32))
            .prop_map(|(set, region, period)| Action::Rotate { set, region, period }),
        3 => (set(), region(), 7..30_u64)
            .prop_map(|(set, region, days)| Action::Schedule { set, region, days }),
        2 => (set(), region()).prop_map(|(set, region)| Action::Cancel { set, region }),
        4 => Just(Action::PassMoment),
        2 => (1..40_u64).prop_map(Action::PassDays),
        1 => Just(Action::Restart),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Creating,
    Enabled,
    Disabled,
    Updating,
    PendingDeletion { due: u64 },
    PendingReplicaDeletion { days: u64 },
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Updating => "Updating",
            Self::PendingDeletion { .. } => "PendingDeletion",
            Self::PendingReplicaDeletion { .. } => "PendingReplicaDeletion",
        }
    }

    fn is_pending(self) -> bool {
        matches!(self, Self::PendingDeletion { .. } | Self::PendingReplicaDeletion { .. })
    }
}

/// What a Region has for itself.
#[derive(Debug)]
struct Key {
    state: State,
    description: String,
    tag: Option<String>,
}

/// What related keys share.
#[derive(Debug)]
struct Set {
    id: String,
    multi_region: bool,
    primary: usize,
    keys: BTreeMap<usize, Key>,
    rotation: Option<u32>,
    replicated_rotation: Option<u32>,
}

#[derive(Debug, Default)]
struct Model {
    now: u64,
    sets: Vec<Set>,
}

type Refusal = Result<(), &'static str>;

const INVALID_STATE: &str = "KMSInvalidStateException";
const DISABLED: &str = "DisabledException";
const NOT_FOUND: &str = "NotFoundException";
const UNSUPPORTED: &str = "UnsupportedOperationException";

impl Set {
    fn key(&mut self, region: usize) -> Result<&mut Key, &'static str> {
        self.keys.get_mut(&region).ok_or(NOT_FOUND)
    }

    fn require_primary(&mut self, region: usize) -> Refusal {
        self.key(region)?;
        if self.multi_region && self.primary == region { Ok(()) } else { Err(UNSUPPORTED) }
    }

    /// Refuses what needs a working key.
    fn require_working(&mut self, region: usize) -> Refusal {
        match self.key(region)?.state {
            State::Disabled => Err(DISABLED),
            State::Enabled | State::Updating => Ok(()),
            _ => Err(INVALID_STATE),
        }
    }

    fn require_kept(&mut self, region: usize) -> Refusal {
        if self.key(region)?.state.is_pending() { Err(INVALID_STATE) } else { Ok(()) }
    }

    fn require_steady(&mut self, region: usize) -> Refusal {
        match self.key(region)?.state {
            State::Enabled | State::Disabled => Ok(()),
            _ => Err(INVALID_STATE),
        }
    }

    fn replicate(&mut self, from: usize, to: usize, description: &str) -> Refusal {
        self.require_primary(from)?;
        self.require_working(from)?;
        if self.keys[&from].state == State::Updating {
            return Err(INVALID_STATE);
        }
        if from == to {
            return Err(UNSUPPORTED);
        }
        if self.keys.contains_key(&to) {
            return Err("AlreadyExistsException");
        }
        let description = description.to_owned();
        self.keys.insert(to, Key { state: State::Creating, description, tag: None });
        self.replicated_rotation = self.rotation;
        Ok(())
    }

    fn promote(&mut self, from: usize, to: usize) -> Refusal {
        self.require_primary(from)?;
        self.require_working(from)?;
        if from == to {
            return Err(UNSUPPORTED);
        }
        self.require_working(to)?;
        self.primary = to;
        for region in [from, to] {
            self.key(region)?.state = State::Updating;
        }
        Ok(())
    }

    fn schedule(&mut self, region: usize, days: u64, now: u64) -> Refusal {
        self.require_kept(region)?;
        if self.keys[&region].state == State::Updating {
            return Err(INVALID_STATE);
        }
        let waits = self.primary == region && self.keys.len() > 1;
        self.key(region)?.state = if waits {
            State::PendingReplicaDeletion { days }
        } else {
            State::PendingDeletion { due: now + days * DAY }
        };
        Ok(())
    }

    fn cancel(&mut self, region: usize) -> Refusal {
        if !self.key(region)?.state.is_pending() {
            return Err(INVALID_STATE);
        }
        self.key(region)?.state = State::Disabled;
        Ok(())
    }

    fn rotate(&mut self, region: usize, period: Option<u32>) -> Refusal {
        self.require_working(region)?;
        if self.multi_region && self.primary != region {
            return Err(UNSUPPORTED);
        }
        self.rotation = period;
        Ok(())
    }

    /// What takes seconds is over.
    fn settle(&mut self) {
        self.replicated_rotation = self.rotation;
        for key in self.keys.values_mut() {
            if matches!(key.state, State::Creating | State::Updating) {
                key.state = State::Enabled;
            }
        }
    }

    fn next_deletion(&self, now: u64) -> Option<(u64, usize)> {
        let due = |(region, key): (&usize, &Key)| match key.state {
            State::PendingDeletion { due } if due <= now => Some((due, *region)),
            _ => None,
        };
        self.keys.iter().filter_map(due).min()
    }

    /// Windows that are over, in their order.
    fn delete_due(&mut self, now: u64) {
        while let Some((due, region)) = self.next_deletion(now) {
            self.keys.remove(&region);
            let alone = self.keys.len() == 1;
            if let Some(primary) = self.keys.get_mut(&self.primary)
                && let State::PendingReplicaDeletion { days } = primary.state
                && alone
            {
                primary.state = State::PendingDeletion { due: due + days * DAY };
            }
        }
    }
}

impl Model {
    fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        for set in &mut self.sets {
            set.settle();
            set.delete_due(self.now);
        }
    }
}

/// Does it to both, and asserts that both take it the same way.
fn perform(model: &mut Model, subject: &mut Subject, action: &Action) {
    let chosen =
        |model: &Model, set: &Index| (!model.sets.is_empty()).then(|| set.index(model.sets.len()));
    let (set, region, operation, mut body) = match action {
        Action::Create { region, multi_region } => {
            let body = json!({ "MultiRegion": multi_region });
            let made = subject.call(*region, "TrentService.CreateKey", &body).unwrap();
            let key = Key { state: State::Enabled, description: String::new(), tag: None };
            model.sets.push(Set {
                id: made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned(),
                multi_region: *multi_region,
                primary: *region,
                keys: BTreeMap::from([(*region, key)]),
                rotation: None,
                replicated_rotation: None,
            });
            return;
        }
        Action::PassMoment => {
            model.pass(MOMENT.as_secs());
            return subject.pass(MOMENT);
        }
        Action::PassDays(days) => {
            model.pass(days * DAY);
            return subject.pass(Duration::from_secs(days * DAY));
        }
        Action::Restart => return subject.restart(),
        Action::Replicate { set, from, to, description } => {
            let body = json!({ "ReplicaRegion": REGIONS[*to], "Description": description });
            (set, *from, "ReplicateKey", body)
        }
        Action::Promote { set, from, to } => {
            (set, *from, "UpdatePrimaryRegion", json!({ "PrimaryRegion": REGIONS[*to] }))
        }
        Action::Describe { set, region, description } => {
            (set, *region, "UpdateKeyDescription", json!({ "Description": description }))
        }
        Action::Tag { set, region, value } => {
            let tags = json!([{ "TagKey": "tag", "TagValue": value }]);
            (set, *region, "TagResource", json!({ "Tags": tags }))
        }
        Action::Enable { set, region } => (set, *region, "EnableKey", json!({})),
        Action::Disable { set, region } => (set, *region, "DisableKey", json!({})),
        Action::Rotate { set, region, period: Some(period) } => {
            (set, *region, "EnableKeyRotation", json!({ "RotationPeriodInDays": period }))
        }
        Action::Rotate { set, region, period: None } => {
            (set, *region, "DisableKeyRotation", json!({}))
        }
        Action::Schedule { set, region, days } => {
            (set, *region, "ScheduleKeyDeletion", json!({ "PendingWindowInDays": days }))
        }
        Action::Cancel { set, region } => (set, *region, "CancelKeyDeletion", json!({})),
    };
    let Some(index) = chosen(model, set) else { return };
    body["KeyId"] = json!(model.sets[index].id);
    let told = subject.call(region, &format!("TrentService.{operation}"), &body);
    let expected = predict(model, index, action);
    assert_eq!(told.map(|_| ()), expected.map_err(str::to_owned), "{action:?} of {model:#?}");
}

fn predict(model: &mut Model, index: usize, action: &Action) -> Refusal {
    let now = model.now;
    let set = &mut model.sets[index];
    match action {
        Action::Replicate { from, to, description, .. } => set.replicate(*from, *to, description),
        Action::Promote { from, to, .. } => set.promote(*from, *to),
        Action::Describe { region, description, .. } => {
            set.require_kept(*region)?;
            set.key(*region)?.description.clone_from(description);
            Ok(())
        }
        Action::Tag { region, value, .. } => {
            set.require_kept(*region)?;
            set.key(*region)?.tag = Some(value.clone());
            Ok(())
        }
        Action::Enable { region, .. } => {
            set.require_steady(*region)?;
            set.key(*region)?.state = State::Enabled;
            Ok(())
        }
        Action::Disable { region, .. } => {
            set.require_steady(*region)?;
            set.key(*region)?.state = State::Disabled;
            Ok(())
        }
        Action::Rotate { region, period, .. } => set.rotate(*region, *period),
        Action::Schedule { region, days, .. } => set.schedule(*region, *days, now),
        Action::Cancel { region, .. } => set.cancel(*region),
        Action::Create { .. } | Action::PassMoment | Action::PassDays(_) | Action::Restart => {
            Ok(())
        }
    }
}

/// All that a Region tells of a key, as the model has it.
fn expected(set: &Set, region: usize) -> Result<Value, String> {
    let key = set.keys.get(&region).ok_or(NOT_FOUND)?;
    let rotation = if region == set.primary { set.rotation } else { set.replicated_rotation };
    let kind = match set.primary == region && key.state != State::Updating {
        true => "PRIMARY",
        false => "REPLICA",
    };
    let replicas: Vec<&str> = (set.keys.keys().filter(|region| **region != set.primary))
        .map(|region| REGIONS[*region])
        .collect();
    Ok(json!({
        "state": key.state.name(),
        "enabled": matches!(key.state, State::Enabled | State::Updating),
        "description": key.description,
        "kind": set.multi_region.then_some(kind),
        "primary": set.multi_region.then_some(REGIONS[set.primary]),
        "replicas": set.multi_region.then_some(replicas),
        "tag": key.tag,
        "rotation": rotation.filter(|_| !key.state.is_pending()),
        "due": match key.state { State::PendingDeletion { due } => Some(due.to_string()), _ => None },
    }))
}

/// All that a Region tells of a key, asked for.
fn told(subject: &Subject, start: f64, id: &str, region: usize) -> Result<Value, String> {
    let ask = |operation: &str| {
        subject.call(region, &format!("TrentService.{operation}"), &json!({ "KeyId": id }))
    };
    let metadata = ask("DescribeKey")?["KeyMetadata"].take();
    let configuration = &metadata["MultiRegionConfiguration"];
    let replicas = configuration["ReplicaKeys"].as_array().map(|replicas| {
        replicas.iter().map(|replica| replica["Region"].clone()).collect::<Vec<_>>()
    });
    let status = ask("GetKeyRotationStatus")?;
    let due = metadata["DeletionDate"].as_f64().map(|date| date - start);
    Ok(json!({
        "state": metadata["KeyState"],
        "enabled": metadata["Enabled"],
        "description": metadata["Description"],
        "kind": configuration["MultiRegionKeyType"],
        "primary": configuration["PrimaryKey"]["Region"],
        "replicas": replicas,
        "tag": ask("ListResourceTags")?["Tags"][0]["TagValue"],
        "rotation": status["RotationPeriodInDays"],
        "due": due.map(|seconds| format!("{seconds:.0}")),
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn related_keys_share_what_aws_says_they_share(
        actions in prop::collection::vec(action(), 1..60)
    ) {
        let mut subject = Subject::new();
        // Each manual clock begins at the same moment.
        let start = 1_767_225_600.0;
        let mut model = Model::default();
        for action in &actions {
            perform(&mut model, &mut subject, action);
            for set in &model.sets {
                for region in 0..REGIONS.len() {
                    let told = told(&subject, start, &set.id, region);
                    prop_assert_eq!(told, expected(set, region), "after {:?}", action);
                }
            }
        }
    }
}
