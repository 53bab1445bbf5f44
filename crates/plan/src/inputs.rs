//! What a plan is made from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_config::Config;
use meridian_graph::{Graph, InstanceAddress, ResourceAddress, Target};
use meridian_lang::{Diagnostic, FileKind, Impure, Span, Value};
use meridian_resource::{Object, Place, ProviderKey, Registry};

use crate::{Basis, Mode};

/// Reads a file, or says why it cannot be read.
pub type ReadFile = dyn Fn(&str) -> Result<Vec<u8>, String>;

/// A keyed fingerprint of a text in a context: 64 hexadecimal digits.
pub type Fingerprint = dyn Fn(&str, &str) -> String;

/// What the configuration can see of its surroundings.
pub struct Surroundings {
    /// `terraform.workspace`
    pub workspace: String,
    /// `path.cwd`
    pub cwd: PathBuf,
    /// Reads a file for the function `file`.
    pub read_file: Box<ReadFile>,
    /// A fingerprint of a secret, in a context, that cannot be tried without a key that is not
    /// in the state. The state holds it in the place of secrets that come from the configuration.
    pub fingerprint: Box<Fingerprint>,
    /// Files and folders beside their content.
    pub folders: Box<dyn Folders>,
    /// When the plan was begun, as an RFC 3339 timestamp of UTC in seconds.
    pub start_time: Option<String>,
    /// The clock and the chance of functions such as `uuid()`; none while planning.
    pub impure: Option<Box<dyn Impure>>,
}

/// Looks at files and folders for the functions that do so. All paths are absolute.
pub trait Folders {
    /// What a path leads to, links followed; none if there is nothing.
    ///
    /// # Errors
    /// Why that cannot be told.
    fn file_kind(&self, path: &Path) -> Result<Option<FileKind>, String>;

    /// The names in a folder and what they lead to.
    ///
    /// # Errors
    /// Why the folder cannot be read.
    fn list(&self, folder: &Path) -> Result<Vec<(String, FileKind)>, String>;

    /// The home folder of the user.
    fn home(&self) -> Option<String>;
}

/// No files at all.
impl Folders for () {
    fn file_kind(&self, _: &Path) -> Result<Option<FileKind>, String> {
        Ok(None)
    }

    fn list(&self, _: &Path) -> Result<Vec<(String, FileKind)>, String> {
        Err("there are no folders".to_owned())
    }

    fn home(&self) -> Option<String> {
        None
    }
}

impl Surroundings {
    /// The path from the root, of one that may begin at the folder of the command.
    pub(crate) fn absolute(&self, path: &str) -> PathBuf {
        self.cwd.join(path)
    }
}

/// An object of the state, and what was read of it.
#[derive(Clone, Debug)]
pub struct PriorObject {
    /// The instance.
    pub address: InstanceAddress,
    /// The address that the state has it under, if it has moved since.
    pub previous_address: Option<InstanceAddress>,
    /// The identity by which it is taken over, if the state does not have it yet.
    pub importing: Option<String>,
    /// For an object that a replacement left behind: its key in the state.
    pub deposed: Option<Arc<str>>,
    /// The provider configuration that it belongs to.
    pub provider: ProviderKey,
    /// The Region that it lives in.
    pub region: String,
    /// As the state has it.
    pub stored: Object,
    /// As it was read; `None` if it is gone.
    pub observed: Option<Object>,
    /// Resources that it referred to when it was last applied.
    pub dependencies: Vec<ResourceAddress>,
    /// Whether the last apply was stopped before the object was as wanted. What has changed of
    /// it since is no drift.
    pub unfinished: bool,
}

/// An output of the state.
#[derive(Clone, Debug, PartialEq)]
pub struct PriorOutput {
    /// Its value.
    pub value: Value,
    /// Whether it was declared sensitive.
    pub sensitive: bool,
}

/// Which part of the configuration is worked on, and what is done beyond what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Only these and what they depend on; everything if there are none.
    pub targets: Vec<Target>,
    /// Everything but these and what depends on them.
    pub excludes: Vec<Target>,
    /// Objects that are replaced even if nothing of them changes.
    pub replace: Vec<InstanceAddress>,
    /// Whether objects are taken as the state has them: `-refresh=false`.
    pub without_refresh: bool,
}

/// What a plan cannot know by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// What a data source says.
    Data {
        /// The instance.
        address: InstanceAddress,
        /// The provider configuration to ask with.
        provider: ProviderKey,
        /// Its arguments, wholly known.
        config: Value,
        /// Where the block stands.
        span: Span,
    },
    /// An object that is to be taken over.
    Import {
        /// The instance that it becomes.
        address: InstanceAddress,
        /// The provider configuration to read it with.
        provider: ProviderKey,
        /// Where it is.
        region: String,
        /// Its identity.
        id: String,
        /// Where the `import` block stands.
        span: Span,
    },
    /// An object that may be there although the state does not say so, or says less of it.
    Look {
        /// The instance that asks.
        address: InstanceAddress,
        /// The provider configuration to read it with.
        provider: ProviderKey,
        /// What it is looked for.
        purpose: Purpose,
        /// Where it may be.
        region: String,
        /// Enough of it to read it.
        object: Object,
    },
}

/// What an object is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// It may be there though it is to be created. Whoever may not read it has none.
    Creation,
    /// It is the member of its set in the Region that the configuration now says.
    Relocation,
    /// A key is about to go, and it may be encrypted under it.
    Encryption,
}

/// The answers to questions so far.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Of data sources, by instance.
    pub data: BTreeMap<InstanceAddress, DataAnswer>,
    /// Of imports, by instance.
    pub imports: BTreeMap<InstanceAddress, ImportAnswer>,
    /// Of objects that were looked for, by instance and purpose.
    pub looks: BTreeMap<(InstanceAddress, Purpose), LookAnswer>,
}

/// What was found where something was looked for.
#[derive(Clone, Debug)]
pub struct LookAnswer {
    /// Where.
    pub region: String,
    /// The object if there is one, or why that cannot be told.
    pub result: Result<Option<Object>, Diagnostic>,
}

/// What a data source said.
#[derive(Clone, Debug)]
pub struct DataAnswer {
    /// The arguments that it was asked with.
    pub config: Value,
    /// The object, or why there is none.
    pub result: Result<Value, Diagnostic>,
}

/// What was found under an identity.
#[derive(Clone, Debug)]
pub struct ImportAnswer {
    /// The identity.
    pub id: String,
    /// The object, or why there is none.
    pub result: Result<Object, Diagnostic>,
    /// The resource block that was generated to describe it, if the configuration has none.
    pub generated: Option<String>,
}

/// Everything that a plan is made from.
pub struct Inputs<'a> {
    /// Normal or destroy.
    pub mode: Mode,
    /// What is wanted.
    pub config: &'a Config,
    /// What depends on what.
    pub graph: &'a Graph,
    /// The resource types.
    pub registry: &'a Registry,
    /// Values of the root module's variables, of their types and with their marks.
    pub variables: &'a BTreeMap<Arc<str>, Value>,
    /// What the configuration can see of its surroundings.
    pub surroundings: &'a Surroundings,
    /// Provider configurations, from [`crate::places`].
    pub places: &'a BTreeMap<ProviderKey, Place>,
    /// The objects of the state.
    pub objects: Vec<PriorObject>,
    /// The outputs of the state.
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// The state's identity.
    pub basis: Basis,
    /// Which part of the configuration is worked on.
    pub options: Options,
    /// The answers to questions of earlier attempts.
    pub answers: &'a Answers,
}
