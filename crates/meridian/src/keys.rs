//! The key under which the state and plan files are sealed, and where it comes from.
//!
//! A file tells how its key is had again; the environment gives what is needed for it: a key file
//! ([`paths::key_file`]), a passphrase or the right to use a KMS key.

pub mod extent;
mod kms;

use std::path::{Path, PathBuf};

use meridian_engine::plan_key;
use meridian_lang::Diagnostic;
use meridian_state::{
    DataKey, KeyOrigin, KeyRecord, NewKeyFile, SealedUnder, Sealer, StateError, Stretching,
};

use crate::arguments::{Global, RekeyArguments};
use crate::failure::Failure;
use crate::paths;

/// A passphrase, where plan and apply run on different machines.
const PASSPHRASE: &str = "MERIDIAN_STATE_KEY";
/// The passphrase to go over to.
const NEW_PASSPHRASE: &str = "MERIDIAN_NEW_STATE_KEY";
/// A KMS key, for the same.
const KMS_KEY: &str = "MERIDIAN_STATE_KMS_KEY";

const SUMMARY: &str = "The key of the state cannot be had";

/// What the environment gives.
enum Source {
    File(PathBuf),
    Passphrase(String),
    Kms(String),
}

/// The sealer of the state; of a state that is still to be made, the one that it will have. A state
/// of which less is sealed than the environment asks for is refused.
pub fn sealer(global: &Global) -> Result<Sealer, Failure> {
    let wanted = extent::wanted()?;
    let under = SealedUnder::of(&paths::state_file(global))?;
    under.as_ref().map_or(Ok(()), |under| extent::check(wanted, under))?;
    Ok(sealer_under(global, under)?.for_extent(wanted))
}

/// The same, whatever the environment asks for: for what makes the state as it asks, or must come
/// before that.
pub fn sealer_of_any_extent(global: &Global) -> Result<Sealer, Failure> {
    sealer_under(global, SealedUnder::of(&paths::state_file(global))?)
}

fn sealer_under(global: &Global, under: Option<SealedUnder>) -> Result<Sealer, Failure> {
    let source = source(global)?;
    let Some(under) = under else { return fresh(&source, None) };
    let origin = under.record.as_ref().map_or(&KeyOrigin::File, |record| &record.origin);
    match (origin, &source) {
        (KeyOrigin::File, Source::File(path)) => {
            from_file(path, &under.key_id, under.record.as_ref())
        }
        (KeyOrigin::Passphrase(_), Source::Passphrase(_)) | (KeyOrigin::Kms(_), Source::Kms(_)) => {
            match &under.record {
                Some(record) => recorded(record, "The state"),
                None => fresh(&source, Some(&under.lineage)),
            }
        }
        _ if !under.anything_sealed => fresh(&source, Some(&under.lineage)),
        (origin, source) => Err(other_kind(origin, source)),
    }
}

/// The sealer of a saved plan. The plan says where its key comes from.
pub fn of_plan(path: &Path) -> Result<Sealer, Failure> {
    let wanted = extent::wanted()?;
    let sealer = match plan_key(path)? {
        Some(record) => recorded(&record, "The plan file")?,
        None => Sealer::from_key_file(&paths::key_file()?)?,
    };
    Ok(sealer.for_extent(wanted))
}

/// A sealer for what needs no secret: values that are sealed read as unknown, and none can be
/// written.
pub fn none() -> Result<Sealer, Failure> {
    Ok(Sealer::ephemeral()?)
}

/// The key to go over to.
pub enum Target {
    /// A random key, which is on its way into the user's key file.
    File(NewKeyFile),
    /// A key that is kept nowhere.
    Elsewhere(Sealer),
}

impl Target {
    /// What was asked for; without a wish, another key of the same kind.
    pub fn of(
        arguments: &RekeyArguments,
        former: &Sealer,
        lineage: &str,
    ) -> Result<Target, Failure> {
        let kms_key = match (&arguments.kms_key, former.full_record().origin) {
            (Some(key), _) => Some(key.clone()),
            (None, _) if arguments.key_file || arguments.passphrase => None,
            (None, KeyOrigin::Kms(data_key)) => Some(data_key.key),
            (None, KeyOrigin::Passphrase(_)) => return Target::passphrase(),
            (None, KeyOrigin::File) => None,
        };
        match kms_key {
            Some(key) => Ok(Target::Elsewhere(kms::generate(&key, Some(lineage))?)),
            None if arguments.passphrase => Target::passphrase(),
            None => Ok(Target::File(NewKeyFile::make(&paths::key_file()?)?)),
        }
    }

    fn passphrase() -> Result<Target, Failure> {
        let Some(passphrase) = text(NEW_PASSPHRASE)? else {
            return Err(Diagnostic::error(
                "There is no new passphrase",
                format!("The new passphrase is read from {NEW_PASSPHRASE}, which is not set."),
            )
            .help("-key-file takes a random key instead, -kms-key=ID one of AWS KMS")
            .into());
        };
        let sealer = from_passphrase(&passphrase, Stretching::fresh()?, NEW_PASSPHRASE)?;
        Ok(Target::Elsewhere(sealer))
    }

    /// The sealer with the new key.
    pub fn sealer(&self) -> &Sealer {
        match self {
            Target::File(new) => new.sealer(),
            Target::Elsewhere(sealer) => sealer,
        }
    }
}

/// What the environment gives. That of the embedded AWS never goes to the real one.
fn source(global: &Global) -> Result<Source, Failure> {
    let kms_key = if global.local { None } else { text(KMS_KEY)? };
    match (text(PASSPHRASE)?, kms_key) {
        (Some(_), Some(_)) => Err(Failure::message(
            SUMMARY,
            format!("Both {PASSPHRASE} and {KMS_KEY} are set. Unset one of them."),
        )),
        (Some(passphrase), None) => Ok(Source::Passphrase(passphrase)),
        (None, Some(key)) => Ok(Source::Kms(key)),
        (None, None) => Ok(Source::File(paths::key_file()?)),
    }
}

/// A variable that is set to nothing is a secret that did not arrive, not a wish for none.
fn text(name: &str) -> Result<Option<String>, Failure> {
    let Some(value) = std::env::var_os(name) else { return Ok(None) };
    let value = value.into_string().ok().filter(|value| !value.is_empty());
    let refused = || {
        let detail = format!("{name} is set, but empty or no text. Nothing was changed.");
        let help =
            "perhaps a secret did not arrive here; without a wish for it, unset the variable";
        Failure::from(Diagnostic::error(SUMMARY, detail).help(help))
    };
    value.map(Some).ok_or_else(refused)
}

/// A key for a file that has none yet.
fn fresh(source: &Source, lineage: Option<&str>) -> Result<Sealer, Failure> {
    match source {
        Source::File(path) => Ok(Sealer::from_key_file(path)?),
        Source::Passphrase(passphrase) => {
            from_passphrase(passphrase, Stretching::fresh()?, PASSPHRASE)
        }
        Source::Kms(key) => kms::generate(key, lineage),
    }
}

/// The key that a file tells of.
fn recorded(record: &KeyRecord, whose: &str) -> Result<Sealer, Failure> {
    let sealer = match &record.origin {
        KeyOrigin::File => return from_file(&paths::key_file()?, &record.id, Some(record)),
        KeyOrigin::Passphrase(stretching) => {
            let passphrase = text(PASSPHRASE)?.ok_or_else(|| not_given(&record.origin, whose))?;
            from_passphrase(&passphrase, stretching.clone(), PASSPHRASE)?
        }
        KeyOrigin::Kms(data_key) => {
            let key = text(KMS_KEY)?.ok_or_else(|| not_given(&record.origin, whose))?;
            kms::decrypt(&key, data_key)?
        }
    };
    sealer.as_recorded(record)?.ok_or_else(|| match &record.origin {
        KeyOrigin::Passphrase(_) => Diagnostic::error(
            "Wrong passphrase",
            format!(
                "{whose} is sealed under another passphrase than the one in {PASSPHRASE}. Nothing \
                 was changed."
            ),
        )
        .help("set the passphrase that it was made with; \"state rekey\" changes it")
        .into(),
        _ => Failure::message(SUMMARY, format!("{whose} was tampered with: its key is another.")),
    })
}

/// A key file's key. If the file has another one, what is sealed reads as unknown.
fn from_file(path: &Path, id: &str, record: Option<&KeyRecord>) -> Result<Sealer, Failure> {
    let Some(sealer) = Sealer::from_key_file_of(path, id)? else {
        return Ok(Sealer::from_key_file(path)?);
    };
    match record {
        Some(record) => Ok(sealer.clone().as_recorded(record)?.unwrap_or(sealer)),
        None => Ok(sealer),
    }
}

fn from_passphrase(
    passphrase: &str,
    stretching: Stretching,
    variable: &str,
) -> Result<Sealer, Failure> {
    Sealer::from_passphrase(passphrase, stretching).map_err(|error| match error {
        StateError::WeakPassphrase => {
            Failure::message(format!("The passphrase in {variable} is short"), error.to_string())
        }
        other => other.into(),
    })
}

/// What a file is sealed under, in words, and what to do about it.
fn words(origin: &KeyOrigin) -> (String, String) {
    match origin {
        KeyOrigin::File => {
            ("the key of a key file".to_owned(), format!("unset {PASSPHRASE} and {KMS_KEY}"))
        }
        KeyOrigin::Passphrase(_) => {
            ("a passphrase".to_owned(), format!("set {PASSPHRASE} to the passphrase"))
        }
        KeyOrigin::Kms(DataKey { key, .. }) => {
            (format!("a data key of the KMS key {key}"), format!("set {KMS_KEY}={key}"))
        }
    }
}

fn not_given(origin: &KeyOrigin, whose: &str) -> Failure {
    let (under, todo) = words(origin);
    let detail = format!("{whose} is sealed under {under}. Nothing was changed.");
    Diagnostic::error(SUMMARY, detail).help(todo).into()
}

/// The environment asks for another kind of key than the state has.
fn other_kind(origin: &KeyOrigin, source: &Source) -> Failure {
    let (under, todo) = words(origin);
    let (given, option) = match source {
        Source::File(_) => (format!("neither {PASSPHRASE} nor {KMS_KEY} is set"), "-key-file"),
        Source::Passphrase(_) => (format!("{PASSPHRASE} is set"), "-passphrase"),
        Source::Kms(_) => (format!("{KMS_KEY} is set"), "-kms-key=ID"),
    };
    let detail = format!("The state is sealed under {under}, but {given}. Nothing was changed.");
    let help = format!("{todo}; \"state rekey {option}\" then goes over to the other kind of key");
    Diagnostic::error(SUMMARY, detail).help(help).into()
}
