//! `aws_kms_secrets`: ciphertexts decrypted, as a data source and as an ephemeral resource.

use std::collections::BTreeSet;

use aws_smithy_types::base64;
use meridian_lang::{Marks, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, DataError, DataSource, ErrorClass, NestedBlock, Nesting,
    Place, Problem, Schema,
};

use super::lookup::{NoText, answered, members, of_kms, secret_text, text};
use super::shown;
use crate::{checks, go_base64};

const ALGORITHMS: [&str; 4] =
    ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"];

pub(super) struct KmsSecrets {
    schema: Schema,
    is_ephemeral: bool,
}

impl KmsSecrets {
    pub(super) fn data_source() -> KmsSecrets {
        let id = Attribute::optional_computed("id", Type::String);
        let check = |name: &str, value: &Value| checks::one_of(name, value, &ALGORITHMS);
        let algorithm = Attribute::optional("encryption_algorithm", Type::String).check(check);
        KmsSecrets { schema: schema(Some(id), algorithm), is_ephemeral: false }
    }

    pub(super) fn ephemeral() -> KmsSecrets {
        let algorithm = Attribute::optional("encryption_algorithm", Type::String);
        KmsSecrets { schema: schema(None, algorithm), is_ephemeral: true }
    }
}

fn schema(id: Option<Attribute>, algorithm: Attribute) -> Schema {
    let secret = Schema {
        attributes: vec![
            Attribute::optional("context", Type::map(Type::String)),
            algorithm,
            Attribute::optional("grant_tokens", Type::list(Type::String)),
            Attribute::optional("key_id", Type::String),
            Attribute::required("name", Type::String),
            Attribute::required("payload", Type::String),
        ],
        ..Schema::default()
    };
    let plaintext = Attribute::computed("plaintext", Type::map(Type::String)).sensitive();
    Schema {
        version: 0,
        attributes: id.into_iter().chain([plaintext]).collect(),
        blocks: vec![NestedBlock {
            name: "secret",
            nesting: Nesting::Set,
            max: 0,
            schema: secret,
            key: None,
            settings: false,
        }],
    }
}

fn secrets(config: &Value) -> impl Iterator<Item = &Value> {
    config.get("secret").into_iter().flat_map(Value::children)
}

/// What is wrong if there is no `secret` block.
pub(super) fn at_least_one(config: &Value) -> Vec<Problem> {
    let is_open = config.get("secret").is_some_and(|blocks| !blocks.is_known());
    if is_open || secrets(config).next().is_some() {
        return Vec::new();
    }
    let detail = "At least 1 \"secret\" blocks are required.";
    vec![Problem::new("Insufficient secret blocks", detail)]
}

/// A text of a block as messages may show it. The marks of all blocks are on their set.
fn told<'a>(config: &Value, text: &'a str) -> &'a str {
    config.get("secret").map_or(text, |blocks| shown(blocks, text))
}

/// What is wrong with one block.
fn check(config: &Value, secret: &Value) -> Option<Problem> {
    let (name, payload) = (secret.get_str("name")?, secret.get_str("payload")?);
    let name = told(config, name);
    let position = go_base64::decode(payload).err()?;
    let summary = format!("invalid base64 value for secret ({name})");
    let reason = format!("illegal base64 data at input byte {position}");
    Some(Problem::new(format!("{summary}: {reason}"), ""))
}

/// Two plaintexts cannot have one name: which of them it would be is chance.
fn check_names(config: &Value) -> Option<Problem> {
    let mut seen = BTreeSet::new();
    let mut names = secrets(config).filter_map(|secret| secret.get_str("name"));
    let name = names.find(|name| !seen.insert(*name))?;
    let detail = format!(
        "Several secret blocks have the name {:?}, by which their plaintexts are told apart.",
        told(config, name)
    );
    Some(Problem::new("Duplicate name of a secret", detail))
}

/// The ephemeral resource has its own words for an algorithm that is none.
fn check_algorithm(config: &Value, secret: &Value) -> Option<Problem> {
    let algorithm = secret.get_str("encryption_algorithm")?;
    if algorithm.is_empty() || ALGORITHMS.contains(&algorithm) {
        return None;
    }
    let detail = format!(
        "The provided value does not match any valid values.\n\nPath: \
         secret.encryption_algorithm\nGiven Value: {}\nValid Values: [{} ]",
        told(config, algorithm),
        ALGORITHMS.join(" "),
    );
    Some(Problem::new("Invalid String Enum Value", detail))
}

fn decrypt(place: &Place, secret: &Value) -> Call {
    let payload = go_base64::decode(secret.get_str("payload").unwrap_or_default());
    let blob = Value::string(base64::encode(payload.unwrap_or_default()));
    let arguments = [
        ("EncryptionAlgorithm", "encryption_algorithm"),
        ("EncryptionContext", "context"),
        ("GrantTokens", "grant_tokens"),
        ("KeyId", "key_id"),
    ];
    let input = [("CiphertextBlob", blob)].into_iter().chain(members(secret, arguments));
    let key = secret.get_str("key_id").unwrap_or_default();
    of_kms(place, "Decrypt", "kms:Decrypt", key, input)
}

/// Which secret was refused, by which call, and why.
fn refused(name: &str, call: Option<Call>, error: &CloudError) -> DataError {
    let Some(call) = call else { return DataError::Cloud(error.clone()) };
    let summary = format!("decrypting KMS Secret ({name}): {}", error.code);
    let problem = Problem::new(summary, format!("{call} failed: {error}"));
    let needed = call.permissions.first().map(|it| format!("{} on {}", it.action, it.resource));
    let problem = match (error.class, needed) {
        (ErrorClass::Denied, Some(needed)) => problem.help(format!("the call needs {needed}")),
        _ if error.code == "InvalidCiphertextException" => problem.help(
            "The context must be that of the encryption, and the ciphertext whole and of this \
             Region or a related multi-Region key.",
        ),
        _ => error.advice.into_iter().fold(problem, Problem::help),
    };
    DataError::Problem(Box::new(problem))
}

/// A block as the data source keeps it: the provider knows no null there.
fn kept(secret: &Value) -> Value {
    let or = |all: Value, name: &str, nothing: Value| match all.get(name) {
        Some(value) if value.is_null() => all.with(name, nothing),
        _ => all,
    };
    let all = or(secret.clone(), "context", Value::map::<&str>(Type::String, []));
    let all = or(all, "encryption_algorithm", Value::string(""));
    let all = or(all, "grant_tokens", Value::list(Type::String, []));
    or(all, "key_id", Value::string(""))
}

impl DataSource for KmsSecrets {
    fn name(&self) -> &'static str {
        "aws_kms_secrets"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let mut problems = at_least_one(config);
        if self.is_ephemeral && !problems.is_empty() {
            let detail = "Block secret must have a configuration value as the provider has marked \
                          it as required";
            problems = vec![Problem::new("Invalid Block", detail)];
        }
        problems.extend(check_names(config));
        problems.extend(secrets(config).filter_map(|secret| check(config, secret)));
        if self.is_ephemeral {
            problems.extend(secrets(config).filter_map(|secret| check_algorithm(config, secret)));
        }
        problems
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        secrets(config).map(|secret| decrypt(place, secret)).collect()
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        argument == "secret" && attribute == "plaintext"
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        let mut plaintexts = Vec::new();
        for (position, secret) in secrets(config).enumerate() {
            let name = secret.get_str("name").unwrap_or_default();
            let call = || self.reads(place, config).into_iter().nth(position);
            let answer =
                answered(answers, position).map_err(|error| refused(name, call(), &error))?;
            let of_secret = |no: NoText| no.of(format!("decrypting KMS Secret ({name}): it"));
            let plaintext = secret_text(&answer, "Plaintext").map_err(of_secret)?;
            plaintexts.push((name, plaintext.unwrap_or_else(|| text(&answer, "Plaintext"))));
        }
        let plaintext = Value::map(Type::String, plaintexts).mark(Marks::SENSITIVE);
        let object = config.clone().with("plaintext", plaintext);
        if self.is_ephemeral {
            return Ok(object);
        }
        let blocks =
            self.schema.blocks.iter().map(|block| {
                (block.name, Value::set(block.schema.ty(), secrets(config).map(kept)))
            });
        let object = object.with("id", Value::string(&place.region));
        Ok(blocks.fold(object, |object, (name, blocks)| object.with(name, blocks)))
    }
}
