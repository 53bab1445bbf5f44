//! Under which keys the versions of a secret are. A secret that goes to another key takes along
//! the versions with AWS's own labels; all others stay under the old key, and so do all of them
//! if the caller may not encrypt under the new one: the call succeeds all the same.

use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Call, CloudError, ErrorClass, KeyUse, Next, Object, Place, Problem, Service,
};

use super::members::{answered, given};
use super::run_facts::{self, UNVERIFIED};
use super::secret_reading::{DEFAULT_KEY, replica_id, same_key, secret_id};
use super::{key_reading, secret_replicas};

/// The run asks for the keys of all versions.
const LISTING: &str = "run_listing";
/// The versions with their Regions, labels and keys, where they were asked for.
const IN_USE: &str = "versions_in_use";
/// Versions that are not yet under the key that their secret has now, as texts.
const LEFT: &str = "versions_left";
/// The Regions in which this run has asked for the new key.
const ASKED: &str = "run_rekeyed";
/// How many times the versions were looked at in vain.
const LOOKS: &str = "run_looks_at_versions";

/// What `ListSecretVersionIds` calls the key that AWS keeps for secrets.
const AWS_KEY: &str = "DefaultEncryptionKey";
/// Labels whose versions go along to another key.
const TAKEN_ALONG: [&str; 3] = ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"];
/// What was asked for is mostly seen at once.
const PATIENCE: i64 = 5;
const VISIBLE: Duration = Duration::from_secs(2 * 60);

/// The secret, to be read with the keys of its versions.
pub fn with_keys_in_use(object: &Object) -> Object {
    object.clone().with_fact(LISTING, Value::bool(true))
}

/// The Regions whose versions are to be listed.
pub fn listed_regions(place: &Place, object: &Object) -> Vec<String> {
    let mut regions: Vec<String> =
        run_facts::texts(object, UNVERIFIED).into_iter().map(str::to_owned).collect();
    if run_facts::holds(object, LISTING) {
        regions.push(place.region.clone());
        let replicas = secret_replicas::all(&object.attributes);
        let names = replicas.filter_map(|replica| replica.get_str("region"));
        regions.extend(names.map(str::to_owned));
    }
    regions.sort();
    regions.dedup();
    regions
}

/// The call that lists the versions in a Region.
pub fn list(place: &Place, object: &Object, region: &str) -> Call {
    let id = if region == place.region { secret_id(object) } else { replica_id(object, region) };
    let arn = id.as_str().filter(|id| id.starts_with("arn:")).unwrap_or("*").to_owned();
    let operation = "ListSecretVersionIds";
    Call::read(Service::SecretsManager, operation, region, [("SecretId", id)])
        .needs("secretsmanager:ListSecretVersionIds", arn)
}

/// The secret as it was read, with what the lists of its versions say.
pub fn noted(
    place: &Place,
    prior: &Object,
    object: Object,
    lists: &[(String, Answer)],
) -> Result<Object, CloudError> {
    if lists.is_empty() {
        return Ok(object);
    }
    let mut in_use = Vec::new();
    let mut left = Vec::new();
    let mut unverified: Vec<&str> = run_facts::texts(prior, UNVERIFIED);
    for (region, answer) in lists {
        let versions = match answer {
            Ok(answer) => answered(answer, "Versions"),
            // What never arrived there is under no key there.
            Err(error) if error.class == ErrorClass::NotFound => Value::tuple([]),
            Err(error) => return Err(error.clone()),
        };
        let before = left.len();
        if unverified.contains(&region.as_str()) {
            let key = key_in(place, &object, region);
            let behind = versions.children().filter(|version| !is_under(version, &key));
            left.extend(behind.map(|version| told(version, region)));
        }
        if left.len() == before {
            unverified.retain(|it| it != region);
        }
        let here = versions.children();
        in_use.extend(here.map(|it| it.clone().with("Region", Value::string(region))));
    }
    let looks = prior.facts.get(LOOKS).and_then(Value::as_i64).unwrap_or(0);
    let is_listing = run_facts::holds(prior, LISTING);
    let object = object
        .with_fact(UNVERIFIED, run_facts::list(unverified))
        .with_fact(LEFT, run_facts::list(&left))
        .with_fact(LOOKS, Value::number(looks + 1));
    Ok(if is_listing { object.with_fact(IN_USE, Value::tuple(in_use)) } else { object })
}

/// The key that the secret or its replica in a Region has.
fn key_in(place: &Place, object: &Object, region: &str) -> String {
    let key = match secret_replicas::in_region(&object.attributes, region) {
        _ if region == place.region => object.attribute("kms_key_id"),
        Some(replica) => answered(replica, "kms_key_id"),
        None => Value::null(Type::String),
    };
    match key.as_str() {
        None | Some("" | DEFAULT_KEY) => AWS_KEY.to_owned(),
        Some(key) => key.to_owned(),
    }
}

fn texts<'v>(version: &'v Value, member: &str) -> Vec<&'v str> {
    version.get(member).into_iter().flat_map(Value::children).filter_map(Value::as_str).collect()
}

/// Whether a version that goes along with its secret is under a key. What an alias leads to only
/// KMS could tell.
fn is_under(version: &Value, key: &str) -> bool {
    let goes_along = texts(version, "VersionStages").iter().any(|it| TAKEN_ALONG.contains(it));
    let is_alias = crate::arn::key_id(key).starts_with("alias/");
    let keys = texts(version, "KmsKeyIds");
    !goes_along
        || is_alias
        || keys.is_empty()
        || keys.iter().any(|it| crate::arn::same_key(it, key))
}

fn told(version: &Value, region: &str) -> String {
    let id = version.get_str("VersionId").unwrap_or_default();
    let labels = texts(version, "VersionStages").join(", ");
    format!("version {id} ({labels}) in {region}")
}

/// The secret after a call that put it under another key.
pub fn after(object: Object, call: &Call, answer: Option<&Value>) -> Object {
    let object = object.with_fact(LEFT, run_facts::list::<&str>([]));
    if answer.is_none() {
        return object;
    }
    let with = |object: &Object, fact: &str| {
        let mut regions = run_facts::texts(object, fact);
        if !regions.contains(&call.region.as_str()) {
            regions.push(&call.region);
        }
        run_facts::list(regions)
    };
    let (unverified, asked) = (with(&object, UNVERIFIED), with(&object, ASKED));
    object
        .with_fact(UNVERIFIED, unverified)
        .with_fact(ASKED, asked)
        .with_fact(LOOKS, Value::number(0_i64))
}

/// What remains once the secret has its key: versions that are not under it yet. They are asked
/// for once more if an earlier run has left them behind.
pub fn settling(place: &Place, observed: &Object) -> Option<Next> {
    let left = run_facts::texts(observed, LEFT);
    if left.is_empty() {
        return None;
    }
    let asked = run_facts::texts(observed, ASKED);
    let unverified = run_facts::texts(observed, UNVERIFIED);
    if let Some(region) = unverified.into_iter().find(|region| !asked.contains(region)) {
        return Some(Next::Call(Box::new(again(place, observed, region))));
    }
    let name = observed.text("name").unwrap_or("the secret");
    if observed.facts.get(LOOKS).and_then(Value::as_i64).unwrap_or(0) < PATIENCE {
        let what = format!("the versions of {name} to be under their new key");
        return Some(Next::Wait { what, at_most: VISIBLE });
    }
    Some(Next::Fail(Box::new(behind(name, &left))))
}

fn again(place: &Place, observed: &Object, region: &str) -> Call {
    let is_here = region == place.region;
    let id = if is_here { secret_id(observed) } else { replica_id(observed, region) };
    let key = match key_in(place, observed, region) {
        key if key == AWS_KEY => DEFAULT_KEY.to_owned(),
        key => key,
    };
    let (on_secret, on_key) =
        (id.as_str().unwrap_or("*").to_owned(), secret_replicas::on_key(&key).to_owned());
    let input = [("SecretId", id), ("KmsKeyId", Value::string(key))];
    Call::change(Service::SecretsManager, "UpdateSecret", region, input)
        .needs("secretsmanager:UpdateSecret", on_secret)
        .needs("kms:GenerateDataKey", on_key.clone())
        .needs("kms:Encrypt", on_key)
}

fn behind(name: &str, left: &[&str]) -> Problem {
    Problem::new(
        format!("{name} is not wholly under its new key"),
        format!(
            "Secrets Manager took the new key, but left under the old one: {}. The old key is not \
             scheduled for deletion by this apply.",
            left.join("; ")
        ),
    )
    .help(
        "Whoever applies needs kms:Decrypt on the old key and kms:GenerateDataKey and kms:Encrypt \
         on the new one; without kms:Encrypt AWS leaves versions where they are and reports no \
         error. Allow it and apply again.",
    )
}

/// What a key is to the secret, which was read with the keys of its versions.
pub fn use_of_key(place: &Place, object: &Object, wanted: &Value, key: &str) -> KeyUse {
    let versions = object.facts.get(IN_USE).cloned().unwrap_or_else(|| Value::tuple([]));
    let mut found = KeyUse::default();
    for version in versions.children() {
        let Some(region) = version.get_str("Region") else { continue };
        let keys = texts(version, "KmsKeyIds");
        let is_it = |it: &&str| key_reading::name_in(region, it) == key;
        found.is_used |= keys.iter().any(is_it);
        let labels = texts(version, "VersionStages");
        // Without a label a version may go at any time, and without the key it is under others.
        if labels.is_empty() || keys.is_empty() || !keys.iter().all(is_it) {
            continue;
        }
        let Some(goes) = leaves(place, wanted, region, key) else { continue };
        let goes_along = goes && labels.iter().any(|label| TAKEN_ALONG.contains(label));
        let why =
            if goes { "stays under it when the secret leaves" } else { "is encrypted under it" };
        if !goes_along {
            found.lost.push(format!("{} {why} and is lost with it", told(version, region)));
        }
    }
    found
}

/// Whether the secret leaves a key in a Region; `None` if there is no secret there any more.
fn leaves(place: &Place, wanted: &Value, region: &str, key: &str) -> Option<bool> {
    let wanted_key = if region == place.region {
        given(wanted, "kms_key_id")
    } else {
        if !wanted.get("replica").is_some_and(Value::is_known) {
            return Some(false);
        }
        given(secret_replicas::in_region(wanted, region)?, "kms_key_id")
    };
    let wanted_key = wanted_key.unwrap_or_else(|| Value::string(DEFAULT_KEY));
    let id = key.rsplit('/').next().unwrap_or(key);
    // A key that is not known yet is another one.
    Some(!wanted_key.is_known() || !same_key(&wanted_key, &Value::string(id)))
}
