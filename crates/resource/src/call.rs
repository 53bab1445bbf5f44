//! One cloud API call as data.

use std::fmt;

use meridian_lang::Value;

/// A service of the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// AWS Key Management Service.
    Kms,
    /// AWS Secrets Manager.
    SecretsManager,
    /// AWS Security Token Service.
    Sts,
    /// This machine: chance, the clock and files. Nothing of it leaves, and nothing is lost that
    /// could not be made again.
    Machine,
}

impl Service {
    /// The service's prefix in IAM actions: `kms`, `secretsmanager`, `sts`; `machine` is in none.
    pub fn prefix(self) -> &'static str {
        match self {
            Service::Kms => "kms",
            Service::SecretsManager => "secretsmanager",
            Service::Sts => "sts",
            Service::Machine => "machine",
        }
    }

    /// Whether calls leave this machine.
    pub fn is_remote(self) -> bool {
        self != Service::Machine
    }
}

/// How to find out, after a lost answer, whether a call was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// It changes nothing.
    Read,
    /// Repeating it leads to the same end, or reading the object tells: it can be decided anew
    /// from what is.
    Declarative,
    /// It creates an object whose identity is known beforehand (a name, a key id in a Region).
    Identity,
    /// It creates an object that only a mark in the call itself lets us find again. The engine
    /// adds the mark as a tag to the member `Tags`.
    Mark,
}

/// A permission that a call needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// IAM action, such as `kms:ReplicateKey`.
    pub action: &'static str,
    /// The ARN that it is needed on, `*` where none can be named, or a pattern.
    pub resource: String,
    /// The Region in which it is needed.
    pub region: String,
}

/// One API call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The service.
    pub service: Service,
    /// The operation, in the service's spelling.
    pub operation: &'static str,
    /// The Region whose endpoint is called.
    pub region: String,
    /// Members of the request by the service's names. Tags are a map from key to value, blobs
    /// are base64. While planning, members may be unknown.
    pub input: Value,
    /// What a least-privilege policy must allow for it.
    pub permissions: Vec<Permission>,
    /// How to know whether it already happened.
    pub occurrence: Occurrence,
}

impl Call {
    /// A call that only reads.
    pub fn read(
        service: Service,
        operation: &'static str,
        region: &str,
        input: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Call {
        Call {
            service,
            operation,
            region: region.to_owned(),
            input: Value::object(input),
            permissions: Vec::new(),
            occurrence: Occurrence::Read,
        }
    }

    /// A call that changes something and can be decided anew from what is.
    pub fn change(
        service: Service,
        operation: &'static str,
        region: &str,
        input: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Call {
        Call {
            occurrence: Occurrence::Declarative,
            ..Call::read(service, operation, region, input)
        }
    }

    /// The same call, of which this tells whether it happened.
    #[must_use]
    pub fn found_by(mut self, occurrence: Occurrence) -> Call {
        self.occurrence = occurrence;
        self
    }

    /// The same call, which needs this action on this resource in the call's Region.
    #[must_use]
    pub fn needs(mut self, action: &'static str, resource: impl Into<String>) -> Call {
        let region = self.region.clone();
        self.permissions.push(Permission { action, resource: resource.into(), region });
        self
    }

    /// Whether it changes anything.
    pub fn is_mutating(&self) -> bool {
        self.occurrence != Occurrence::Read
    }
}

/// `kms:ReplicateKey in eu-west-1`; on this machine there is no Region: `machine:WriteFile`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.prefix(), self.operation)?;
        if self.region.is_empty() { Ok(()) } else { write!(f, " in {}", self.region) }
    }
}
