//! Terraform's own state files, in format 4: reading and writing them, without knowing what the
//! attributes mean.

mod read;
mod values;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use meridian_graph::{ConfigResource, InstanceAddress, ModulePath};
use meridian_lang::{Path, Value};
use serde_json::Value as Json;

pub use values::{from_terraform, to_terraform};

/// The format that is read and written.
pub const TERRAFORM_FORMAT: u64 = 4;

/// The version of Terraform whose state files these are.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// A state of Terraform. It holds secrets in clear, so it is never to be shown as a whole.
#[derive(Clone, PartialEq)]
pub struct TerraformState {
    /// Identifies the state for all its life.
    pub lineage: String,
    /// Counts its changes.
    pub serial: u64,
    /// The outputs, those that are sensitive marked as such.
    pub outputs: BTreeMap<Arc<str>, TerraformOutput>,
    /// The objects, data sources included.
    pub objects: Vec<TerraformObject>,
}

/// An output of a state of Terraform.
#[derive(Clone, PartialEq)]
pub struct TerraformOutput {
    /// Its value.
    pub value: Value,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
}

/// An object of a state of Terraform.
#[derive(Clone, PartialEq)]
pub struct TerraformObject {
    /// Its address.
    pub address: InstanceAddress,
    /// Its key, if another object has taken its place.
    pub deposed: Option<Arc<str>>,
    /// The provider configuration that it was made with.
    pub provider: TerraformProvider,
    /// The version of the schema that `attributes` follow.
    pub schema_version: u64,
    /// Its attributes as the provider spells them.
    pub attributes: Json,
    /// The parts that are sensitive.
    pub sensitive: Vec<Path>,
    /// Every block that it depends on, directly or not.
    pub dependencies: Vec<ConfigResource>,
    /// Whether a replacement is made before this one goes.
    pub create_before_destroy: bool,
    /// Whether it is to be replaced.
    pub tainted: bool,
}

/// A provider configuration as Terraform names it: `module.a.provider["host/owner/name"].alias`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerraformProvider {
    /// The module whose configuration it is.
    pub module: ModulePath,
    /// The full source address.
    pub source: String,
    /// Its alias, if it is not the default one.
    pub alias: Option<Arc<str>>,
}

impl fmt::Display for TerraformProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "provider[\"{}\"]", self.source)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, ".{alias}"))
    }
}

/// Why a state file of Terraform cannot be read. The words never repeat a value of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerraformStateError {
    /// It is no JSON, or nested too deeply.
    #[error(
        "Unsupported state file format: The state file could not be parsed as JSON: error at line \
         {line}, column {column}."
    )]
    Syntax {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It does not say which format it has.
    #[error(
        "Unsupported state file format: The state file does not have a \"version\" attribute, \
         which is required to identify the format version."
    )]
    NoVersion,
    /// It is of another format.
    #[error(
        "Unsupported state file format: The state file uses format version {0}, and only format \
         version 4 is understood. A file of an older format is brought up to date by any command \
         of Terraform that writes it, such as \"terraform apply -refresh-only\"."
    )]
    Version(u64),
    /// Something in it is not as the format has it.
    #[error("Unsupported state file format: {place}: {detail}.")]
    Malformed {
        /// Which part.
        place: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl TerraformStateError {
    fn malformed(place: impl Into<String>, detail: impl Into<String>) -> TerraformStateError {
        TerraformStateError::Malformed { place: place.into(), detail: detail.into() }
    }
}

#[cfg(test)]
mod tests;
