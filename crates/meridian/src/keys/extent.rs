//! How much of a state is to be sealed, as the environment says it.

use meridian_lang::Diagnostic;
use meridian_state::{Extent, SealedUnder, StateError};

use crate::failure::Failure;

/// How much of a new state is sealed, and of one that is there must be.
const SEAL: &str = "MERIDIAN_STATE_SEAL";
/// The only value of it.
const WHOLE: &str = "whole";

/// What the environment asks for.
pub fn wanted() -> Result<Extent, Failure> {
    let Some(value) = std::env::var_os(SEAL) else { return Ok(Extent::Sensitive) };
    if value == WHOLE {
        return Ok(Extent::Whole);
    }
    let detail = format!(
        "{SEAL} is {value:?}, but its only value is {WHOLE:?}: states are sealed as a whole then, and \
         not only the sensitive values in them. Nothing was changed."
    );
    let help = format!("set {SEAL}={WHOLE}, or unset it to seal sensitive values only");
    Err(Diagnostic::error("It is not clear how much of the state is to be sealed", detail)
        .help(help)
        .into())
}

/// Refuses a state of which less is sealed than the environment asks for.
pub fn check(wanted: Extent, under: &SealedUnder) -> Result<(), Failure> {
    match (wanted, under.extent) {
        (Extent::Whole, Extent::Sensitive) => Err(StateError::NotSealedWhole.into()),
        _ => Ok(()),
    }
}

/// Refuses to unseal what the environment asks to be sealed.
pub fn may_become(extent: Extent) -> Result<(), Failure> {
    if (wanted()?, extent) != (Extent::Whole, Extent::Sensitive) {
        return Ok(());
    }
    let detail = format!("{SEAL} asks for a state that is sealed as a whole. Nothing was changed.");
    let help = format!("unset {SEAL} first, wherever commands work on this state");
    Err(Diagnostic::error("The state stays sealed as a whole", detail).help(help).into())
}
