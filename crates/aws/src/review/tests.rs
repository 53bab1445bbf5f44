use std::sync::Arc;

use meridian_lang::{InstanceAddress, ResourceAddress, Type, Value};
use meridian_resource::{Object, REGION, Reviewed};

use super::*;

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

fn text(text: &str) -> Value {
    Value::string(text)
}

fn unknown() -> Value {
    Value::unknown(Type::String)
}

fn set(labels: &[&str]) -> Value {
    Value::set(Type::String, labels.iter().map(Value::string))
}

fn at(address: &str) -> InstanceAddress {
    InstanceAddress::parse(address).expect("an address")
}

/// An instance: what is, what will be, and what it refers to.
struct Instance {
    address: InstanceAddress,
    before: Option<Object>,
    after: Value,
    sets: Vec<Arc<str>>,
    references: Vec<ResourceAddress>,
}

struct Plan(Vec<Instance>);

impl Plan {
    fn new() -> Plan {
        Plan(Vec::new())
    }

    fn and(mut self, address: &str, before: Option<Object>, after: Value, refers: &[&str]) -> Plan {
        let references = refers.iter().map(|address| at(address).resource).collect();
        let sets = Vec::new();
        self.0.push(Instance { address: at(address), before, after, sets, references });
        self
    }

    /// The last instance, which sets its policy.
    fn that_sets_its_policy(mut self) -> Plan {
        self.0.last_mut().expect("an instance").sets.push("policy".into());
        self
    }

    /// The address and the summary of each notice.
    fn told(&self, is_news: bool) -> Vec<(String, String)> {
        let reviewed = self.0.iter().map(|it| Reviewed {
            address: &it.address,
            region: "us-east-1",
            before: it.before.as_ref(),
            after: Some(&it.after),
            sets: &it.sets,
            references: &it.references,
            is_news,
        });
        let instances: Vec<Reviewed<'_>> = reviewed.collect();
        let told = review(&instances).into_iter();
        told.map(|(subject, it)| (self.0[subject].address.to_string(), it.line())).collect()
    }
}

fn version(id: &str, labels: &[&str]) -> Value {
    Value::object([
        ("secret_id", text(ARN)),
        ("version_id", text(id)),
        ("version_stages", set(labels)),
    ])
}

/// A version in whose place `by` is current.
fn displaced(by: &str) -> Object {
    let fact = crate::resources::version_reading::ROTATED_TO;
    Object::new(version("v1", &["AWSPREVIOUS"])).with_fact(fact, text(by))
}

const APP: &str = "aws_secretsmanager_secret_version.app";

#[test]
fn a_value_that_was_put_outside_is_told() {
    let same = version("v1", &["AWSPREVIOUS"]);
    let new = same.clone().with("version_id", unknown());
    let open = new.clone().with("version_stages", Value::unknown(Type::set(Type::String)));
    let current = version("v1", &["AWSCURRENT"]);
    for (after, is_news, told) in [
        (&same, true, Some("the secret's value was put outside")),
        (&same, false, None),
        (&open, false, Some("overwrites the current value, version v2")),
        (&new, true, None),
        (&current, false, Some("takes AWSCURRENT from version v2")),
    ] {
        let plan = Plan::new().and(APP, Some(displaced("v2")), after.clone(), &[]);
        let notices = plan.told(is_news);
        assert_eq!(notices.len(), usize::from(told.is_some()), "{after:?}: {notices:?}");
        for ((_, said), told) in notices.iter().zip(told) {
            assert!(said.starts_with(told), "{said}");
        }
    }
}

#[test]
fn a_version_that_aws_dropped_is_superseded() {
    let fact = crate::resources::version_reading::SUPERSEDED;
    let before = displaced("v3").with_fact(fact, Value::bool(true));
    let plan = Plan::new().and(APP, Some(before), version("v1", &[]), &[]);
    assert!(plan.told(true)[0].1.ends_with("AWS has dropped this version since"));
    assert!(plan.told(false).is_empty());
}

#[test]
fn a_value_that_is_managed_here_too_is_nobody_elses() {
    let two = version("v2", &["AWSCURRENT"]);
    let plan = Plan::new()
        .and(APP, Some(displaced("v2")), version("v1", &["AWSPREVIOUS"]), &[])
        .and("aws_secretsmanager_secret_version.two", Some(Object::new(two.clone())), two, &[]);
    assert!(plan.told(true).is_empty());
}

fn secret(policy: Value, tags: Value) -> Value {
    let arn = [("arn", text(ARN)), ("name", text("db"))];
    Value::object(arn.into_iter().chain([("policy", policy), ("tags_all", tags)]))
}

const SECRETS: &str = "aws_secretsmanager_secret.app";

fn rotation(is_immediate: bool) -> Value {
    Value::object([("secret_id", unknown()), ("rotate_immediately", Value::bool(is_immediate))])
}

#[test]
fn a_rotation_that_waits_for_no_value_is_told() {
    let none = || Value::null(Type::map(Type::String));
    let new_secret = || secret(unknown(), none()).with("arn", unknown());
    let new_version = || version("v1", &[]).with("secret_id", unknown());
    let rotates = "aws_secretsmanager_secret_rotation.app";
    let with = |is_immediate: bool, refers: &[&str], has_version: bool| {
        let plan = Plan::new().and(SECRETS, None, new_secret(), &[]);
        let plan = plan.and(rotates, None, rotation(is_immediate), refers);
        match has_version {
            true => plan.and(APP, None, new_version(), &[SECRETS]),
            false => plan,
        }
    };
    assert_eq!(with(true, &[SECRETS], true).told(false).len(), 1);
    assert_eq!(with(true, &[SECRETS], false).told(false).len(), 1);
    assert!(with(false, &[SECRETS], true).told(false).is_empty());
    assert!(with(true, &[SECRETS, APP], true).told(false).is_empty());
    // A secret that was there before may have a value.
    let old = Object::new(secret(text(""), none()));
    let after = rotation(true).with("secret_id", text(ARN));
    let plan = Plan::new().and(SECRETS, Some(old.clone()), old.attributes, &[]);
    assert!(plan.and(rotates, None, after, &[SECRETS]).told(false).is_empty());
}

fn policy(principal: &str) -> Value {
    text(&format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":["{principal}"]}},"Action":"*","Resource":"*"}}]}}"#
    ))
}

#[test]
fn two_owners_of_a_policy_are_told_when_they_disagree() {
    let none = || Value::null(Type::map(Type::String));
    let (one, two) = (policy("111111111111"), policy("222222222222"));
    let owner =
        |policy: &Value| Value::object([("secret_arn", text(ARN)), ("policy", policy.clone())]);
    let before = |policy: &Value| Some(Object::new(secret(policy.clone(), none())));
    let told = |had: &Value, wants: &Value, owned: &Value| {
        Plan::new()
            .and(SECRETS, before(had), secret(wants.clone(), none()), &[])
            .and("aws_secretsmanager_secret_policy.app", None, owner(owned), &[])
            .told(false)
            .len()
    };
    assert_eq!(told(&two, &one, &two), 1);
    assert_eq!(told(&two, &one, &one), 0, "both say the same");
    assert_eq!(told(&one, &one, &two), 0, "the secret does not set its policy");
    assert_eq!(told(&two, &text(""), &one), 0, "the secret has none to set");
}

#[test]
fn a_tag_that_the_secret_takes_off_is_told() {
    let tags =
        |value: Option<&str>| Value::map(Type::String, value.map(|value| ("Team", text(value))));
    let owner = Value::object([("secret_id", text(ARN)), ("key", text("Team"))]);
    let told = |after: Option<&str>| {
        Plan::new()
            .and(
                SECRETS,
                Some(Object::new(secret(text(""), tags(Some("core"))))),
                secret(text(""), tags(after)),
                &[],
            )
            .and("aws_secretsmanager_tag.app", None, owner.clone(), &[])
            .told(false)
            .len()
    };
    assert_eq!((told(None), told(Some("other")), told(Some("core"))), (1, 1, 0));
}

#[test]
fn a_principal_that_was_deleted_is_told() {
    let gone = policy("AROAEXAMPLE1234567890");
    let mended = policy("arn:aws:iam::123456789012:role/app");
    let told = |before: &Value, after: &Value, is_news: bool| {
        let holder =
            |policy: &Value| Value::object([("secret_arn", text(ARN)), ("policy", policy.clone())]);
        Plan::new()
            .and(
                "aws_secretsmanager_secret_policy.app",
                Some(Object::new(holder(before))),
                holder(after),
                &[],
            )
            .told(is_news)
            .len()
    };
    assert_eq!(told(&gone, &mended, false), 1);
    assert_eq!(told(&gone, &gone, true), 1);
    assert_eq!(told(&gone, &gone, false), 0);
    assert_eq!(told(&mended, &gone, true), 0);
}

#[test]
fn two_owners_of_a_keys_policy_are_told_when_they_disagree() {
    let (one, two) = (policy("111111111111"), policy("222222222222"));
    let key =
        |id: Value, policy: &Value| Value::object([("key_id", id), ("policy", policy.clone())]);
    let (k, p, q) = ("aws_kms_key.k", "aws_kms_key_policy.p", "aws_kms_key_policy.q");
    let by_arn = text("arn:aws:kms:us-east-1:123456789012:key/k1");
    let is_told = |plan: Plan, at: &str, first: &str| {
        let told = (at.to_owned(), format!("{first} sets the policy of the same key, too"));
        assert_eq!(plan.told(false), [told]);
    };
    let both = |id: Value, named: Value, wants: &Value| {
        let plan = Plan::new().and(k, None, key(id, &one), &[]).that_sets_its_policy();
        plan.and(p, None, key(named, wants), &[k]).that_sets_its_policy()
    };
    is_told(both(text("k1"), by_arn.clone(), &two), p, k);
    is_told(both(unknown(), unknown(), &two), p, k);
    is_told(both(unknown(), unknown(), &unknown()), p, k);
    assert!(both(text("k1"), text("k1"), &one).told(false).is_empty(), "both say the same");
    assert!(both(text("k1"), text("other"), &two).told(false).is_empty(), "of another key");
    let computed = Plan::new().and(k, None, key(text("k1"), &one), &[]);
    let computed = computed.and(p, None, key(text("k1"), &two), &[k]).that_sets_its_policy();
    assert!(computed.told(false).is_empty(), "the key leaves its policy to others");
    // A key that is managed elsewhere has one policy as well.
    let twice = Plan::new().and(p, None, key(by_arn, &one), &[]).that_sets_its_policy();
    is_told(twice.and(q, None, key(text("k1"), &two), &[]).that_sets_its_policy(), q, p);
}

#[test]
fn a_key_store_that_is_replaced_with_keys_in_it_is_told() {
    let (store, key) = ("aws_kms_custom_key_store.s", "aws_kms_key.k");
    let of = |id: Value| Value::object([("id", id)]);
    let inside = |id: &str| Value::object([("custom_key_store_id", text(id))]);
    let line = "there are keys in this custom key store, so AWS does not delete it yet";
    let moved = Object::new(of(text("cks-1"))).with_fact(REGION, text("eu-west-1"));
    let here = Object::new(of(text("cks-1")));
    for (before, after, holds, told) in [
        (moved, of(unknown()), "cks-1", Some(line.to_owned())),
        (here.clone(), of(unknown()), "cks-1", Some(format!("DANGER: {line}"))),
        (here.clone(), of(unknown()), "cks-2", None),
        (here, of(text("cks-1")), "cks-1", None),
    ] {
        let plan = Plan::new().and(store, Some(before), after, &[]);
        let plan = plan.and(key, Some(Object::new(inside(holds))), inside(holds), &[store]);
        let told = told.map(|line| (store.to_owned(), line));
        assert_eq!(plan.told(false), Vec::from_iter(told));
    }
}
