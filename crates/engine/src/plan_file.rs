//! Saved plans.
//!
//! Planning is pure, so a plan file keeps what the plan was made from: the texts of the
//! configuration, the values of variables, and the objects as they were read. Whoever loads it
//! plans again and must come to the same plan; its digest says whether that is so. Everything but
//! the state's identity is sealed, because all of it may hold secrets.

mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_lang::{Marks, Value};
use meridian_plan::{Answers, Basis, Mode, Options, Plan, PriorObject, PriorOutput, Purpose};
use meridian_resource::{Place, ProviderKey};
use meridian_state::{KeyRecord, Sealer, StateError, decode, encode};
use serde_json::{Value as Json, json};

/// The version of the file's format.
const FORMAT: u64 = 4;
/// What the seal is bound to.
const CONTEXT: &str = "plan";

/// What a plan was made from.
#[derive(Clone)]
pub struct SavedInputs {
    /// Normal or destroy.
    pub mode: Mode,
    /// Whether it is about the embedded AWS.
    pub local: bool,
    /// The folder that the configuration was read from.
    pub folder: PathBuf,
    /// Names and texts of the configuration's files.
    pub sources: Vec<(String, String)>,
    /// What resource types need of the provider configurations.
    pub places: BTreeMap<ProviderKey, Place>,
    /// Values of variables.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The objects of the state, as they were read.
    pub objects: Vec<PriorObject>,
    /// The outputs of the state.
    pub outputs: BTreeMap<Arc<str>, PriorOutput>,
    /// The state's identity.
    pub basis: Basis,
    /// Which part of the configuration was planned.
    pub options: Options,
    /// What was asked of the cloud for it.
    pub answers: Answers,
    /// When the plan was begun, in RFC 3339: `plantimestamp()` stays what it was.
    pub start_time: Option<String>,
}

/// Shows nothing that stands in configuration files: secrets may be written there.
impl fmt::Debug for SavedInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<&String> = self.sources.iter().map(|(name, _)| name).collect();
        f.debug_struct("SavedInputs")
            .field("mode", &self.mode)
            .field("folder", &self.folder)
            .field("files", &files)
            .field("objects", &self.objects)
            .finish_non_exhaustive()
    }
}

/// Why a plan file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{} is not a plan file of meridian", path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// Another version wrote it.
    #[error(
        "{} was written by another version of meridian (plan format {format}); plan again, or use that \
         version",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u64,
    },
    /// It was sealed under another key.
    #[error(
        "{} is sealed under another key. A saved plan is applied under the key that it was made \
         with: by the user who made it, or with the same MERIDIAN_STATE_KEY or \
         MERIDIAN_STATE_KMS_KEY",
        path.display()
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// The state's sealing failed.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A digest by which two plans can be told apart; no secret goes into it.
fn digest(plan: &Plan) -> String {
    // The debug form of values hides what is sensitive, and is stable within a version.
    let text = format!("{:?}{:?}{:?}", plan.mode, plan.changes, plan.outputs);
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a plan file, readable by its owner only.
///
/// # Errors
/// The file cannot be written.
pub fn save_plan(
    path: &Path,
    inputs: &SavedInputs,
    plan: &Plan,
    sealer: &Sealer,
) -> Result<(), PlanFileError> {
    let content = write::to_json(inputs, sealer).to_string();
    let sealed = encode(&Value::string(content).mark(Marks::SENSITIVE), sealer, CONTEXT);
    let file = json!({
        "meridian_plan": FORMAT,
        "meridian_version": env!("CARGO_PKG_VERSION"),
        "state_lineage": inputs.basis.lineage,
        "state_serial": inputs.basis.serial,
        "digest": digest(plan),
        "key": sealer.full_record(),
        "content": sealed,
    });
    let failed = |source| PlanFileError::Io { path: path.to_owned(), source };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = options.open(path).map_err(failed)?;
    // A file that was there keeps its mode when it is written anew.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        out.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    }
    out.write_all(file.to_string().as_bytes()).map_err(failed)?;
    out.sync_all().map_err(failed)
}

/// The key that a plan file is sealed under; none if an earlier version wrote it, under the key of
/// the user's key file.
///
/// # Errors
/// The file cannot be read, or is no plan.
pub fn plan_key(path: &Path) -> Result<Option<KeyRecord>, PlanFileError> {
    let record = whole(path)?.get_mut("key").map(Json::take);
    let record = record.map(serde_json::from_value).transpose();
    record.map_err(|_| PlanFileError::NotAPlan { path: path.to_owned() })
}

fn whole(path: &Path) -> Result<Json, PlanFileError> {
    let not_a_plan = || PlanFileError::NotAPlan { path: path.to_owned() };
    let text = std::fs::read(path)
        .map_err(|source| PlanFileError::Io { path: path.to_owned(), source })?;
    let file: Json = serde_json::from_slice(&text).map_err(|_| not_a_plan())?;
    let format = file.get("meridian_plan").and_then(Json::as_u64).ok_or_else(not_a_plan)?;
    if format != FORMAT {
        return Err(PlanFileError::Newer { path: path.to_owned(), format });
    }
    Ok(file)
}

/// Reads a plan file: what it was made from, and a check that the plan made of it again is the
/// one that was saved.
///
/// # Errors
/// The file cannot be read, is no plan, or was sealed under another key.
pub fn load_plan(
    path: &Path,
    sealer: &Sealer,
) -> Result<(SavedInputs, impl Fn(&Plan) -> bool + use<>), PlanFileError> {
    let not_a_plan = || PlanFileError::NotAPlan { path: path.to_owned() };
    let file = whole(path)?;
    let content = file.get("content").ok_or_else(not_a_plan)?;
    let content = decode(content, sealer, CONTEXT)?;
    let content =
        content.as_str().ok_or_else(|| PlanFileError::OtherKey { path: path.to_owned() })?;
    let content: Json = serde_json::from_str(content).map_err(|_| not_a_plan())?;
    let inputs = read::from_json(&content, sealer)?.ok_or_else(not_a_plan)?;
    let expected = file.get("digest").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok((inputs, move |plan: &Plan| digest(plan) == expected))
}

const PURPOSES: [Purpose; 3] = [Purpose::Creation, Purpose::Relocation, Purpose::Encryption];

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Creation => "creation",
        Purpose::Relocation => "relocation",
        Purpose::Encryption => "encryption",
    }
}
