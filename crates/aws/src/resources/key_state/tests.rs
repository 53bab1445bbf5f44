use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Gravity, Next, Notice, Object, Place, ResourceType};

use crate::resources::testing::{answer, place, text, wanted};
use crate::resources::{KmsKey, KmsReplicaKey};

const HOME: &str = "us-east-1";
const IRELAND: &str = "eu-west-1";

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/mrk-1")
}

fn answers(region: &str, state: &str, role: &str) -> Vec<Answer> {
    let of = |region: &str| answer([("Arn", text(&arn(region))), ("Region", text(region))]);
    let primary = if (role == "PRIMARY") == (region == HOME) { HOME } else { IRELAND };
    let set = answer([
        ("MultiRegionKeyType", text(role)),
        ("PrimaryKey", of(primary)),
        ("ReplicaKeys", Value::tuple([of(if primary == HOME { IRELAND } else { HOME })])),
    ]);
    let metadata = answer([
        ("Arn", text(&arn(region))),
        ("KeyId", text("mrk-1")),
        ("Description", text("orders")),
        ("KeyState", text(state)),
        ("KeySpec", text("SYMMETRIC_DEFAULT")),
        ("KeyUsage", text("ENCRYPT_DECRYPT")),
        ("Origin", text("AWS_KMS")),
        ("MultiRegion", Value::bool(true)),
        ("MultiRegionConfiguration", set),
    ]);
    vec![
        Ok(answer([("KeyMetadata", metadata)])),
        Ok(answer([("Policy", text("{}"))])),
        Ok(answer([("Tags", Value::map::<&str>(Type::String, []))])),
        Ok(answer([("KeyRotationEnabled", Value::bool(false))])),
    ]
}

/// A key of either type: the type, its place, its role, the name of its switch, and what is
/// wanted of it with another description.
struct Subject {
    kind: Box<dyn ResourceType>,
    place: Place,
    role: &'static str,
    switch: &'static str,
}

impl Subject {
    fn all() -> [Subject; 2] {
        let key = Subject {
            kind: Box::new(KmsKey::new()),
            place: place(HOME),
            role: "PRIMARY",
            switch: "is_enabled",
        };
        let replica = Subject {
            kind: Box::new(KmsReplicaKey::new()),
            place: place(IRELAND),
            role: "REPLICA",
            switch: "enabled",
        };
        [key, replica]
    }

    fn observed(&self, state: &str) -> Object {
        let empty = self.kind.schema().empty().with("id", text("mrk-1"));
        let prior = match self.role {
            "REPLICA" => empty.with("primary_key_arn", text(&arn(HOME))),
            _ => empty,
        };
        let answers = answers(&self.place.region, state, self.role);
        let observed = self.kind.observe(&self.place, &Object::new(prior), &answers);
        observed.expect("good answers").expect("a key")
    }

    /// The key as it is when all is well, but for one argument.
    fn wanted(&self, name: &str, value: Value) -> Value {
        let known = self.observed("Enabled").attributes;
        let filled = wanted(&*self.kind, []);
        let names = filled.as_entries().into_iter().flatten().map(|(name, _)| name.clone());
        let all = names.collect::<Vec<_>>().into_iter().fold(filled, |all, name| {
            match known.get(&name).filter(|value| !value.is_null()) {
                Some(value) => all.with(&name, value.clone()),
                None => all,
            }
        });
        all.with(name, value)
    }

    /// What comes next, in a word.
    fn next(&self, object: &Object, wanted: Option<&Value>) -> String {
        match self.kind.next(&self.place, Some(object), wanted) {
            Next::Done => "-".to_owned(),
            Next::Call(call) => call.operation.to_owned(),
            Next::Wait { .. } => "wait".to_owned(),
            Next::Fail(problem) => {
                assert!(problem.help.is_some(), "{}", problem.summary);
                "refused".to_owned()
            }
        }
    }
}

/// For each state: what comes next if the key is to stay as it is, to get another description, to
/// be disabled, to lead its set, and to go.
const TABLE: [(&str, [&str; 5]); 8] = [
    (
        "Enabled",
        ["-", "UpdateKeyDescription", "DisableKey", "UpdatePrimaryRegion", "ScheduleKeyDeletion"],
    ),
    ("Disabled", ["EnableKey", "EnableKey", "-", "EnableKey", "ScheduleKeyDeletion"]),
    ("Creating", ["wait", "wait", "wait", "wait", "ScheduleKeyDeletion"]),
    ("Updating", ["-", "wait", "wait", "wait", "wait"]),
    ("PendingImport", ["refused", "refused", "refused", "refused", "ScheduleKeyDeletion"]),
    (
        "PendingDeletion",
        ["CancelKeyDeletion", "CancelKeyDeletion", "CancelKeyDeletion", "CancelKeyDeletion", "-"],
    ),
    (
        "PendingReplicaDeletion",
        ["CancelKeyDeletion", "CancelKeyDeletion", "CancelKeyDeletion", "CancelKeyDeletion", "-"],
    ),
    ("Unavailable", ["-", "UpdateKeyDescription", "refused", "refused", "ScheduleKeyDeletion"]),
];

#[test]
fn each_state_is_understood_for_each_wish() {
    for subject in Subject::all() {
        let same = subject.wanted("description", text("orders"));
        let described = subject.wanted("description", text("invoices"));
        let disabled = subject.wanted(subject.switch, Value::bool(false));
        for (state, [stay, change, disable, lead, go]) in TABLE {
            let object = subject.observed(state);
            let object = match (state, object.attribute(subject.switch).as_bool()) {
                // Between two states a key is what it was.
                ("Creating" | "Updating" | "Unavailable", Some(on)) => {
                    assert!(on, "{state}");
                    object
                }
                (_, on) => {
                    assert_eq!(on, Some(state == "Enabled"), "{state}");
                    object
                }
            };
            let about = format!("{} {state}", subject.kind.name());
            assert_eq!(subject.next(&object, Some(&same)), stay, "{about}, to stay");
            assert_eq!(subject.next(&object, Some(&described)), change, "{about}, to change");
            assert_eq!(subject.next(&object, Some(&disabled)), disable, "{about}, to be disabled");
            // A replica that is to lead; a primary leads already.
            if subject.role == "REPLICA" {
                let chosen = subject.kind.with_role(object.clone(), true);
                assert_eq!(subject.next(&chosen, Some(&same)), lead, "{about}, to lead");
            }
            assert_eq!(subject.next(&object, None), go, "{about}, to go");
        }
    }
}

#[test]
fn the_plan_says_what_a_state_means() {
    for subject in Subject::all() {
        let same = subject.wanted("description", text("orders"));
        let remarks = |state: &str, wanted: Option<&Value>| {
            let object = subject.observed(state).with_fact("deletion_date", text("2026-12-01"));
            let notices = subject.kind.notices(&subject.place, Some(&object), wanted);
            assert!(notices.iter().all(|it| it.gravity == Gravity::Remark), "{notices:?}");
            notices.iter().map(Notice::line).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            remarks("PendingDeletion", Some(&same)),
            "is scheduled for deletion on 2026-12-01; the deletion will be cancelled"
        );
        assert_eq!(
            remarks("PendingDeletion", None),
            "is scheduled for deletion on 2026-12-01 already"
        );
        assert!(remarks("PendingReplicaDeletion", Some(&same)).contains("once its replicas"));
        assert_eq!(remarks("Enabled", Some(&same)), "");
        let warned = |state: &str| {
            let object = subject.observed(state);
            let notices = subject.kind.notices(&subject.place, Some(&object), Some(&same));
            notices.iter().filter(|it| it.gravity == Gravity::Warning).count()
        };
        assert_eq!((warned("Unavailable"), warned("Enabled")), (1, 0));
    }
}

/// What is not the primary any more is told, and neither replaced nor moved back.
#[test]
fn a_primary_that_follows_now_is_told() {
    let [key, _] = Subject::all();
    let key = Subject { role: "REPLICA", ..key };
    let observed = key.observed("Enabled");
    let same = key.wanted("description", text("orders"));
    let notices = key.kind.notices(&key.place, Some(&observed), Some(&same));
    assert_eq!(notices[0].gravity, Gravity::Warning);
    assert!(notices[0].line().contains("is in eu-west-1 now"), "{notices:?}");
    assert_eq!(key.next(&observed, Some(&same)), "-");
    let rotated = key.wanted("enable_key_rotation", Value::bool(true));
    let Next::Call(call) = key.kind.next(&key.place, Some(&observed), Some(&rotated)) else {
        panic!("rotation can be set");
    };
    assert_eq!((call.operation, &*call.region), ("EnableKeyRotation", IRELAND));
    assert_eq!(call.permissions[0].resource, arn(IRELAND));
}

/// After `UpdatePrimaryRegion` AWS may show both keys as replicas, and shows both as `Updating`.
#[test]
fn a_promotion_is_waited_for_through_all_that_aws_shows() {
    let [_, replica] = Subject::all();
    let same = replica.wanted("description", text("orders"));
    let chosen = replica.kind.with_role(replica.observed("Enabled"), true);
    let Next::Call(call) = replica.kind.next(&replica.place, Some(&chosen), Some(&same)) else {
        panic!("a replica that is to lead is promoted");
    };
    assert_eq!((call.operation, &*call.region), ("UpdatePrimaryRegion", HOME));
    let regions: Vec<&str> = call.permissions.iter().map(|it| &*it.region).collect();
    assert_eq!(regions, [HOME, IRELAND]);
    let empty = answer([]);
    let asked = replica.kind.after(&replica.place, Some(&chosen), Some(&same), &call, Some(&empty));
    let asked = asked.expect("a key");
    for (state, role, expected) in [
        ("Updating", "REPLICA", "wait"),
        ("Enabled", "REPLICA", "wait"),
        ("Updating", "PRIMARY", "wait"),
        ("Enabled", "PRIMARY", "-"),
    ] {
        let seen = replica.kind.observe(&replica.place, &asked, &answers(IRELAND, state, role));
        let seen = seen.expect("good answers").expect("a key");
        assert_eq!(replica.next(&seen, Some(&same)), expected, "{state} {role}");
    }
    let [key, _] = Subject::all();
    let same = key.wanted("description", text("orders"));
    let follower = key.kind.with_role(key.observed("Enabled"), false);
    for (state, role, expected) in [
        ("Enabled", "PRIMARY", "wait"),
        ("Updating", "PRIMARY", "wait"),
        ("Updating", "REPLICA", "wait"),
        ("Enabled", "REPLICA", "-"),
    ] {
        let seen = key.kind.observe(&key.place, &follower, &answers(HOME, state, role));
        let seen = seen.expect("good answers").expect("a key");
        assert_eq!(key.next(&seen, Some(&same)), expected, "{state} {role}");
    }
}
