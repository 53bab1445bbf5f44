//! Data keys of AWS KMS: made under a KMS key, kept encrypted, opened by whoever may decrypt.
//!
//! The calls go where the environment says, with its credentials: the key belongs to who plans and
//! applies, not to a provider block, which may need the state to be read first.

use std::collections::BTreeMap;
use std::time::Duration;

use meridian_aws::{AwsCloud, ProviderSettings, Transport, ambient_region};
use meridian_lang::{Diagnostic, Type, Value};
use meridian_resource::{Call, Cloud, CloudError, ErrorClass, ProviderKey, Service};
use meridian_state::{DataKey, KeyOrigin, LINEAGE_CONTEXT, Sealer};
use uuid::Uuid;

use super::{KMS_KEY, SUMMARY};
use crate::failure::Failure;

/// How often a call is made while KMS has too many of them.
const ATTEMPTS: u32 = 5;
/// How long to wait after the first of them; twice as long after each further one.
const PAUSE: Duration = Duration::from_millis(500);

/// A sealer with a new data key under a KMS key. It is bound to the state's lineage, which it
/// makes if there is no state yet.
pub fn generate(key: &str, lineage: Option<&str>) -> Result<Sealer, Failure> {
    let lineage = lineage.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let context = BTreeMap::from([(LINEAGE_CONTEXT.to_owned(), lineage)]);
    let region = match region_of(key) {
        Some(region) => region.to_owned(),
        None => wait(ambient_region())?.ok_or_else(|| no_region(key))?,
    };
    let members = [("KeyId", Value::string(key)), ("KeySpec", Value::string("AES_256"))];
    let call = call("GenerateDataKey", "kms:GenerateDataKey", key, &region, members, &context);
    let answer = answered(&call)?;
    let text = |member: &str| answer.get_str(member).unwrap_or_default().to_owned();
    let data_key =
        DataKey { key: text("KeyId"), ciphertext: text("CiphertextBlob"), region, context };
    sealer(&answer, data_key)
}

/// A sealer with the data key that a file keeps, opened with this KMS key.
pub fn decrypt(key: &str, data_key: &DataKey) -> Result<Sealer, Failure> {
    // A related key of another Region opens it as well.
    let region = region_of(key).unwrap_or(&data_key.region);
    let members = [
        // Nobody's but this key's data keys are opened: the file may have been written by anyone.
        ("KeyId", Value::string(key)),
        ("CiphertextBlob", Value::string(&data_key.ciphertext)),
    ];
    let call = call("Decrypt", "kms:Decrypt", key, region, members, &data_key.context);
    sealer(&answered(&call)?, data_key.clone())
}

/// The Region in a key's or alias's ARN.
fn region_of(key: &str) -> Option<&str> {
    key.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

fn call(
    operation: &'static str,
    action: &'static str,
    key: &str,
    region: &str,
    members: [(&'static str, Value); 2],
    context: &BTreeMap<String, String>,
) -> Call {
    let context = context.iter().map(|(name, value)| (name.as_str(), Value::string(value)));
    let context = ("EncryptionContext", Value::map(Type::String, context));
    Call::read(Service::Kms, operation, region, members.into_iter().chain([context]))
        .needs(action, key)
}

fn answered(call: &Call) -> Result<Value, Failure> {
    let transport = Transport::network()
        .map_err(|error| Failure::message("There is no way to AWS", error.to_string()))?;
    wait(async {
        let provider = ProviderKey::of_root("aws", None);
        let settings = BTreeMap::from([(provider.clone(), ProviderSettings::default())]);
        let cloud = AwsCloud::new(transport, settings);
        let mut attempt = 1;
        loop {
            match cloud.call(&provider, call).await {
                Err(error) if error.class == ErrorClass::Throttled && attempt < ATTEMPTS => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 1)).await;
                    attempt += 1;
                }
                answer => return answer.map_err(|error| refused(call, &error)),
            }
        }
    })?
}

fn sealer(answer: &Value, data_key: DataKey) -> Result<Sealer, Failure> {
    let plaintext = answer.get_str("Plaintext").unwrap_or_default();
    Ok(Sealer::from_encoded(plaintext, KeyOrigin::Kms(data_key))?)
}

/// Waits for what the commands that only look into the state cannot await. A runtime must not end
/// inside another one, so it has a thread of its own.
fn wait<T: Send>(future: impl Future<Output = T> + Send) -> Result<T, Failure> {
    let ended = || Failure::message(SUMMARY, "The call to AWS KMS ended before its time.");
    let waiting = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok::<T, std::io::Error>(runtime.block_on(future))
    };
    let waited = std::thread::scope(|scope| scope.spawn(waiting).join());
    waited.map_err(|_| ended())?.map_err(|error| Failure::message(SUMMARY, format!("{error}.")))
}

fn no_region(key: &str) -> Failure {
    let detail = format!("{KMS_KEY} is {key:?}, and it is not known in which Region that is.");
    let help = "give the ARN of the key or alias, or set AWS_REGION";
    Diagnostic::error(SUMMARY, detail).help(help).into()
}

fn refused(call: &Call, error: &CloudError) -> Failure {
    let needed = call.permissions.first();
    let on = needed.map(|it| it.resource.clone()).unwrap_or_default();
    let help = match (error.code.as_str(), error.class) {
        ("IncorrectKeyException" | "InvalidCiphertextException", _) => {
            format!("set {KMS_KEY} to the KMS key that it was made with, or to its ARN")
        }
        (_, ErrorClass::Denied) => format!(
            "whoever plans and applies needs {} on {on}",
            needed.map_or("kms:Decrypt", |it| it.action)
        ),
        (_, ErrorClass::NotFound) => {
            format!("set {KMS_KEY} to a KMS key that is there, by its ARN")
        }
        _ => format!("{KMS_KEY} names the KMS key; the credentials are those of the environment"),
    };
    let detail = format!("{call} with the KMS key {on} failed: {error}. Nothing was changed.");
    Diagnostic::error(SUMMARY, detail).help(help).into()
}
