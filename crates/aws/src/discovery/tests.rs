use meridian_lang::Type;

use super::*;
use crate::resources::testing::{answer, text};

const ARN: &str = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1";

fn key(members: &[(&'static str, Value)]) -> KeyAnswer {
    let known = [("KeyId", text("mrk-1")), ("Arn", text(ARN))];
    let all = known.into_iter().chain(members.iter().cloned());
    KeyAnswer::of("eu-central-1", &answer([("KeyMetadata", Value::object(all))]))
}

#[test]
fn keys_go_by_their_manager_state_and_origin() {
    assert_eq!(key(&[("KeyManager", text("AWS"))]), KeyAnswer::OfAws);
    let leaving = key(&[
        ("KeyState", text("PendingDeletion")),
        ("DeletionDate", text("2026-12-01T00:00:00Z")),
    ]);
    let why = "it is deleted on 2026-12-01T00:00:00Z unless that is cancelled";
    assert_eq!(leaving, KeyAnswer::Leaving(why.to_owned()));
    for (origin, kind, type_name) in [
        ("AWS_KMS", "PRIMARY", "aws_kms_key"),
        ("AWS_KMS", "REPLICA", "aws_kms_replica_key"),
        ("EXTERNAL", "PRIMARY", "aws_kms_external_key"),
        ("EXTERNAL", "REPLICA", "aws_kms_replica_external_key"),
        ("AWS_CLOUDHSM", "", "aws_kms_key"),
    ] {
        let primary = answer([("Arn", text(ARN)), ("Region", text("eu-central-1"))]);
        let family = answer([("MultiRegionKeyType", text(kind)), ("PrimaryKey", primary)]);
        let found = key(&[("Origin", text(origin)), ("MultiRegionConfiguration", family)]);
        let KeyAnswer::Found(found) = found else { panic!("{origin} {kind}") };
        assert_eq!(found.type_name, type_name);
        assert_eq!(found.primary.is_some(), kind == "REPLICA");
    }
}

#[test]
fn secrets_go_by_their_owner_and_primary() {
    let secret = |name: &'static str, value: Value| {
        let members = [("ARN", text("arn:s")), ("Name", text("s")), (name, value)];
        SecretAnswer::of("eu-west-1", &answer(members))
    };
    for (member, value, why) in [
        ("OwningService", "rds", "the service rds owns it"),
        ("DeletedDate", "2026-12-01T00:00:00Z", "it has been scheduled"),
        ("PrimaryRegion", "eu-central-1", "it is a replica"),
    ] {
        let SecretAnswer::LeftOut(said) = secret(member, text(value)) else { panic!("{member}") };
        assert!(said.starts_with(why), "{said}");
    }
    let stages = Value::list(Type::String, [text("AWSCURRENT")]);
    let versions = Value::map(stages.ty(), [("v2", stages)]);
    let SecretAnswer::Found(found) = secret("VersionIdsToStages", versions) else { panic!() };
    assert_eq!(found.current_version.as_deref(), Some("v2"));
}

#[test]
fn aliases_of_aws_are_not_listed() {
    let alias = |name: &str| {
        answer([("AliasName", text(name)), ("AliasArn", text("arn:a")), ("TargetKeyId", text("k"))])
    };
    let aliases = Value::tuple([alias("alias/b"), alias("alias/aws/ebs"), alias("alias/a")]);
    let none = Value::object::<&str>([]);
    let listed = listed(&none, &answer([("Aliases", aliases)]), &none);
    let names: Vec<&str> = listed.aliases.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["alias/a", "alias/b"]);
}

#[test]
fn the_default_policy_is_that_of_the_account_of_the_key() {
    let own = crate::policy::default_for_key("aws", "123456789012");
    let other = crate::policy::default_for_key("aws", "210987654321");
    let narrow = own.replace("kms:*", "kms:Decrypt");
    for (policy, is_default) in [(&own, true), (&other, false), (&narrow, false)] {
        let key = answer([("arn", text(ARN)), ("policy", text(policy))]);
        assert_eq!(has_default_policy(&key), is_default, "{policy}");
    }
    assert!(!has_default_policy(&answer([("policy", text(&own))])), "no key");
}
