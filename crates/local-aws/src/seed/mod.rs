//! Seeding: an empty cloud is filled from a description.
//!
//! All is made by the operations that clients call, so that nothing can come to
//! be that AWS would not let be.

mod format;
mod request;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::cloud::Cloud;
use crate::identity::Account;
use crate::region::Region;
pub use format::Seed;
use format::{KeySeed, SecretSeed, StateSeed, ValueSeed};
use request::{Refusal, Signer};

/// What became of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeding {
    /// Everything was made: so many keys (replicas not counted) and secrets.
    Planted {
        /// The number of keys.
        keys: usize,
        /// The number of secrets.
        secrets: usize,
    },
    /// Nothing was made, because something exists already.
    Skipped,
}

/// Why an entry of a seed cannot be made. Then nothing of the seed is.
#[derive(Debug, thiserror::Error)]
#[error("{entry}: {problem}")]
pub struct SeedError {
    entry: String,
    problem: String,
}

/// An entry that is at work.
struct Entry<'a> {
    cloud: &'a Cloud,
    account: Account,
}

impl Cloud {
    /// Makes what a seed describes, if there is nothing yet. What AWS takes
    /// seconds for is done at once.
    ///
    /// # Errors
    ///
    /// If an entry is refused, or names an environment variable that is not set.
    pub fn seed(&self, seed: &Seed) -> Result<Seeding, SeedError> {
        if !self.is_empty() {
            return Ok(Seeding::Skipped);
        }
        let rules = self.suspend_rules();
        let planted = self.plant(seed);
        self.resume_rules(rules);
        match planted {
            Ok(()) => Ok(Seeding::Planted { keys: seed.keys.len(), secrets: seed.secrets.len() }),
            Err(error) => {
                self.empty();
                Err(error)
            }
        }
    }

    fn plant(&self, seed: &Seed) -> Result<(), SeedError> {
        let entry = |account: Option<Account>| Entry {
            cloud: self,
            account: account.or(seed.account).unwrap_or(Account::DEFAULT),
        };
        let mut made = Vec::new();
        for (index, key) in seed.keys.iter().enumerate() {
            let named = |refusal| key_error(index, key, refusal);
            let id = entry(key.account).make_key(key).map_err(named)?;
            self.let_arrive();
            made.push(id);
        }
        for (index, secret) in seed.secrets.iter().enumerate() {
            let named = |refusal: Refusal| SeedError {
                entry: format!("secrets[{index}] ({})", secret.name),
                problem: refusal.to_string(),
            };
            entry(secret.account).make_secret(secret).map_err(named)?;
            self.let_arrive();
        }
        // Last, since secrets and replicas are made under keys that work.
        for (index, (key, id)) in seed.keys.iter().zip(&made).enumerate() {
            let named = |refusal| key_error(index, key, refusal);
            entry(key.account).bring_to_states(key, id).map_err(named)?;
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        let inner = self.lock();
        inner.world.keys.first().is_none() && inner.world.secrets.first().is_none()
    }

    /// Undoes what a refused seed has made.
    fn empty(&self) {
        let now = self.now();
        let mut inner = self.lock();
        inner.world.clear();
        inner.settle(now);
    }

    /// Lets happen what AWS would do in the next seconds.
    fn let_arrive(&self) {
        let mut inner = self.lock();
        let arrival = self.now().after(inner.world.delays.longest());
        inner.settle(arrival);
    }
}

fn key_error(index: usize, key: &KeySeed, refusal: Refusal) -> SeedError {
    let name = key.aliases.first().unwrap_or(&key.description);
    SeedError { entry: format!("keys[{index}] ({name})"), problem: refusal.to_string() }
}

impl Entry<'_> {
    fn kms(&self, region: Region) -> Signer<'_> {
        Signer { cloud: self.cloud, account: self.account, region, service: "kms" }
    }

    /// Makes a key and its replicas; gives its id.
    fn make_key(&self, key: &KeySeed) -> Result<String, Refusal> {
        let kms = self.kms(key.region);
        let created = kms.send(
            "CreateKey",
            &json!({
                "MultiRegion": key.multi_region,
                "KeySpec": key.spec,
                "KeyUsage": key.usage,
                "Origin": key.origin,
                "Description": key.description,
                "Policy": policy(key.policy.as_ref()),
                "Tags": tags(&key.tags, "TagKey", "TagValue"),
            }),
        )?;
        let id = created["KeyMetadata"]["KeyId"].as_str().unwrap_or_default().to_owned();
        for alias in &key.aliases {
            kms.send("CreateAlias", &json!({ "AliasName": alias, "TargetKeyId": id }))?;
        }
        if let Some(days) = key.rotation_days {
            let input = json!({ "KeyId": id, "RotationPeriodInDays": days });
            kms.send("EnableKeyRotation", &input)?;
        }
        for replica in &key.replicas {
            kms.send(
                "ReplicateKey",
                &json!({
                    "KeyId": id,
                    "ReplicaRegion": replica.region,
                    "Description": replica.description,
                    "Policy": policy(replica.policy.as_ref()),
                    "Tags": tags(&replica.tags, "TagKey", "TagValue"),
                }),
            )?;
            for alias in &replica.aliases {
                let input = json!({ "AliasName": alias, "TargetKeyId": id });
                self.kms(replica.region).send("CreateAlias", &input)?;
            }
        }
        Ok(id)
    }

    /// Brings replicas to their states, and then the primary to its own.
    fn bring_to_states(&self, key: &KeySeed, id: &str) -> Result<(), Refusal> {
        let replicas = key.replicas.iter().map(|replica| (replica.region, replica.state));
        for (region, state) in replicas.chain([(key.region, key.state)]) {
            let kms = self.kms(region);
            let input = json!({ "KeyId": id });
            match state {
                StateSeed::Enabled => continue,
                StateSeed::Disabled => kms.send("DisableKey", &input)?,
                StateSeed::PendingDeletion => kms.send("ScheduleKeyDeletion", &input)?,
            };
        }
        Ok(())
    }

    fn make_secret(&self, secret: &SecretSeed) -> Result<(), Refusal> {
        let signer = Signer { service: "secretsmanager", ..self.kms(secret.region) };
        let replicas = secret.replicas.iter();
        let replicas = replicas.map(|it| json!({ "Region": it.region, "KmsKeyId": it.key }));
        let mut input = json!({
            "Name": secret.name,
            "ClientRequestToken": Uuid::new_v4().to_string(),
            "Description": secret.description,
            "KmsKeyId": secret.key,
            "Tags": tags(&secret.tags, "Key", "Value"),
            "AddReplicaRegions": replicas.collect::<Vec<_>>(),
        });
        if let Some(value) = &secret.value {
            let (member, text) = resolve(value, &signer)?;
            input[member] = text.into();
        }
        signer.send("CreateSecret", &input)?;
        Ok(())
    }
}

/// The member of CreateSecret that a value goes to, and the value.
fn resolve(value: &ValueSeed, signer: &Signer<'_>) -> Result<(&'static str, String), Refusal> {
    let text = match value {
        ValueSeed::Text(text) => text.clone(),
        ValueSeed::Binary { binary } => return Ok(("SecretBinary", binary.clone())),
        ValueSeed::Document { json } => json.to_string(),
        ValueSeed::Environment { env } => {
            std::env::var(env).map_err(|_| Refusal::Variable(env.clone()))?
        }
        ValueSeed::Generated { generate } => {
            let input = json!({ "PasswordLength": generate });
            let password = signer.send("GetRandomPassword", &input)?;
            password["RandomPassword"].as_str().unwrap_or_default().to_owned()
        }
    };
    Ok(("SecretString", text))
}

/// A policy is a document, or the text of one.
fn policy(policy: Option<&Value>) -> Option<String> {
    policy.map(|policy| policy.as_str().map_or_else(|| policy.to_string(), str::to_owned))
}

fn tags<'a>(
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
    key_member: &str,
    value_member: &str,
) -> Vec<Value> {
    let tag = |(key, value)| json!({ key_member: key, value_member: value });
    tags.into_iter().map(tag).collect()
}
