//! What a `provider` block says about where calls go and as whom they are made.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use meridian_lang::{Path, Step, Value};
use meridian_resource::Problem;

use crate::duration;

/// Arguments that would change where calls go or whom they reach: better refused than ignored.
const REFUSED: [&str; 8] = [
    "assume_role_with_web_identity",
    "custom_ca_bundle",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "http_proxy",
    "https_proxy",
    "insecure",
    "no_proxy",
];

/// What a `provider` block says about where calls go and as whom they are made.
#[derive(Clone, Debug, Default)]
pub struct ProviderSettings {
    /// The Region of the block.
    pub region: Option<String>,
    /// The profile, in place of the environment's.
    pub profile: Option<String>,
    /// Keys written in the block. They do not show in `Debug`.
    pub credentials: Option<Credentials>,
    /// Files in place of `~/.aws/config`.
    pub shared_config_files: Vec<String>,
    /// Files in place of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<String>,
    /// Roles to assume, each with the credentials of the one before it.
    pub assume_role: Vec<AssumeRole>,
    /// Endpoints in place of AWS's.
    pub endpoints: Endpoints,
    /// The Region whose STS is asked for roles.
    pub sts_region: Option<String>,
    /// How often a request that only reads is repeated.
    pub max_retries: Option<u32>,
    /// If not empty, the only accounts that may be reached.
    pub allowed_account_ids: Vec<String>,
    /// Accounts that may not be reached.
    pub forbidden_account_ids: Vec<String>,
    /// Whether to call FIPS endpoints.
    pub use_fips_endpoint: Option<bool>,
    /// Whether to call endpoints that have IPv6 addresses too.
    pub use_dualstack_endpoint: Option<bool>,
}

/// A role to assume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// Name of the session, as it shows in ARNs and logs.
    pub session_name: Option<String>,
    /// What the role's owner asks for as proof.
    pub external_id: Option<String>,
    /// How long the credentials hold.
    pub duration: Option<Duration>,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// Who stands behind the session.
    pub source_identity: Option<String>,
    /// Tags of the session.
    pub tags: BTreeMap<String, String>,
    /// Keys of tags that pass on to roles assumed from the session.
    pub transitive_tag_keys: Vec<String>,
}

/// Endpoints in place of AWS's, by service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Of KMS.
    pub kms: Option<String>,
    /// Of Secrets Manager.
    pub secretsmanager: Option<String>,
    /// Of STS.
    pub sts: Option<String>,
}

impl ProviderSettings {
    /// Reads an evaluated `provider` block.
    ///
    /// # Errors
    /// Arguments that are not known yet, make no sense, or are not supported.
    pub fn from_config(config: &Value) -> Result<ProviderSettings, Vec<Problem>> {
        let mut block = Block::new(config, Path::root());
        for name in REFUSED {
            block.refuse(name);
        }
        let settings = ProviderSettings {
            region: block.text("region"),
            profile: block.text("profile"),
            credentials: block.credentials(),
            shared_config_files: block.texts("shared_config_files"),
            shared_credentials_files: block.texts("shared_credentials_files"),
            assume_role: block.blocks("assume_role", Block::assume_role),
            endpoints: block.blocks("endpoints", Block::endpoints).pop().unwrap_or_default(),
            sts_region: block.text("sts_region"),
            max_retries: block.count("max_retries"),
            allowed_account_ids: block.texts("allowed_account_ids"),
            forbidden_account_ids: block.texts("forbidden_account_ids"),
            use_fips_endpoint: block.flag("use_fips_endpoint"),
            use_dualstack_endpoint: block.flag("use_dualstack_endpoint"),
        };
        if block.problems.is_empty() { Ok(settings) } else { Err(block.problems) }
    }

    /// Whether calls are made as the same one, whatever their Region.
    pub(crate) fn has_credentials_of(&self, other: &ProviderSettings) -> bool {
        self.profile == other.profile
            && self.credentials == other.credentials
            && self.shared_config_files == other.shared_config_files
            && self.shared_credentials_files == other.shared_credentials_files
            && self.assume_role == other.assume_role
    }
}

/// A block under reading.
struct Block<'a> {
    value: &'a Value,
    path: Path,
    problems: Vec<Problem>,
}

impl<'a> Block<'a> {
    fn new(value: &'a Value, path: Path) -> Self {
        Self { value, path, problems: Vec::new() }
    }

    /// An argument that is there. Empty text counts as absent, as it does with environment
    /// variables.
    fn argument(&mut self, name: &str) -> Option<&'a Value> {
        let value = self.value.get(name)?;
        if !value.is_wholly_known() {
            let detail = "The provider is configured before anything is created, so this cannot \
                          depend on something that is created first.";
            self.report(name, "Provider argument is not known yet", detail);
            return None;
        }
        Some(value).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.argument(name)?.as_str().map(str::to_owned)
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        self.argument(name)?.as_bool()
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let elements = self.argument(name).and_then(Value::as_elements).unwrap_or_default();
        elements.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn map(&mut self, name: &str) -> BTreeMap<String, String> {
        let entries = self.argument(name).and_then(Value::as_entries);
        let texts = entries.into_iter().flatten();
        texts
            .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
            .collect()
    }

    fn count(&mut self, name: &str) -> Option<u32> {
        let count = self.argument(name)?.as_i64().and_then(|count| u32::try_from(count).ok());
        if count.is_none() {
            self.report(name, "Invalid number", "This must be a whole number, 0 or more.");
        }
        count
    }

    fn blocks<T>(&mut self, name: &str, read: impl Fn(&mut Block<'a>) -> T) -> Vec<T> {
        let Some(value) = self.argument(name) else {
            return Vec::new();
        };
        let elements = value.as_elements().unwrap_or(std::slice::from_ref(value));
        let mut all = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let path = self.path.then(Step::Attribute(name.into())).then(Step::Index(index));
            let mut block = Block::new(element, path);
            all.push(read(&mut block));
            self.problems.append(&mut block.problems);
        }
        all
    }

    fn credentials(&mut self) -> Option<Credentials> {
        match (self.text("access_key"), self.text("secret_key")) {
            (Some(access_key), Some(secret_key)) => {
                let token = self.text("token");
                Some(Credentials::new(access_key, secret_key, token, None, "provider block"))
            }
            (None, None) => None,
            (access_key, _) => {
                let (there, missing) = match access_key {
                    Some(_) => ("access_key", "secret_key"),
                    None => ("secret_key", "access_key"),
                };
                let detail = format!("{there} is of no use without {missing}.");
                self.report(there, "Incomplete credentials", &detail);
                None
            }
        }
    }

    fn assume_role(&mut self) -> AssumeRole {
        let role_arn = self.text("role_arn").unwrap_or_default();
        if role_arn.is_empty() && self.problems.is_empty() {
            self.report("role_arn", "Missing role", "role_arn must name the role to assume.");
        }
        AssumeRole {
            role_arn,
            session_name: self.text("session_name"),
            external_id: self.text("external_id"),
            duration: self.duration("duration"),
            policy: self.text("policy"),
            policy_arns: self.texts("policy_arns"),
            source_identity: self.text("source_identity"),
            tags: self.map("tags"),
            transitive_tag_keys: self.texts("transitive_tag_keys"),
        }
    }

    fn endpoints(&mut self) -> Endpoints {
        Endpoints {
            kms: self.text("kms"),
            secretsmanager: self.text("secretsmanager"),
            sts: self.text("sts"),
        }
    }

    fn duration(&mut self, name: &str) -> Option<Duration> {
        let text = self.text(name)?;
        let duration = duration::parse(&text);
        if duration.is_none() {
            let detail = format!("{text:?} is not a duration such as \"1h\" or \"30m\".");
            self.report(name, "Invalid duration", &detail);
        }
        duration
    }

    fn refuse(&mut self, name: &str) {
        let Some(value) = self.argument(name) else {
            return;
        };
        let says_something =
            value.as_bool() != Some(false) && value.as_elements().is_none_or(|all| !all.is_empty());
        if says_something {
            let detail = format!("meridian does not support {name} in a provider block.");
            self.report(name, "Unsupported provider argument", &detail);
        }
    }

    fn report(&mut self, name: &str, summary: &str, detail: &str) {
        let path = self.path.then(Step::Attribute(name.into()));
        self.problems.push(Problem::new(summary, detail).at(path));
    }
}

#[cfg(test)]
mod tests;
