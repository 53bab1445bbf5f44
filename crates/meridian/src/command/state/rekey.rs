//! `meridian state rekey`

use std::process::ExitCode;

use meridian_state::{KeyOrigin, Sealer};

use crate::arguments::{Global, RekeyArguments};
use crate::failure::Failure;
use crate::keys::{self, Target};
use crate::terminal::Terminal;
use crate::{edit, paths};

/// Goes over to another key.
pub fn run(
    global: &Global,
    arguments: &RekeyArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let former = keys::sealer(global)?;
    let mut state = edit::open(global, &arguments.locking, &former, "state rekey")?;
    state.store.check_key()?;
    let lineage = state.store.snapshot()?.lineage;
    let target = Target::of(arguments, &former, &lineage)?;
    let new = target.sealer().clone().with_fingerprints_of(&former);
    // A new key file stays even if this fails: whether the state was written is for the disk to
    // say, and a key too many is no harm.
    state.store.rekey(&new)?;
    if let Target::File(file) = target {
        file.take_place()?;
    }
    state.store.compact()?;
    state.close()?;
    terminal.line(&format!(
        "The state is sealed under a new key, {}; before, it was {}.\n\n{}\n\nCopies of the state \
         and plans made before are still sealed under the former key.",
        new.key_id(),
        former.key_id(),
        advice(&new.full_record().origin, &former)?
    ));
    Ok(ExitCode::SUCCESS)
}

fn advice(origin: &KeyOrigin, former: &Sealer) -> Result<String, Failure> {
    Ok(match origin {
        KeyOrigin::File => {
            let path = paths::key_file()?;
            let path = path.display();
            let rest = match former.full_record().origin {
                KeyOrigin::File => format!(
                    "The former key stays beside it, in {path}.{}, for other states and \
                     backups:\nremove it when nothing is sealed under it any more.",
                    former.key_id()
                ),
                _ => "Unset MERIDIAN_STATE_KEY and MERIDIAN_STATE_KMS_KEY from now on.".to_owned(),
            };
            format!("It lies in {path}. {rest} Whoever works on the same state needs this file.")
        }
        KeyOrigin::Passphrase(_) => {
            "Set MERIDIAN_STATE_KEY to the new passphrase from now on.".to_owned()
        }
        KeyOrigin::Kms(data_key) => {
            format!("Set MERIDIAN_STATE_KMS_KEY={} from now on.", data_key.key)
        }
    })
}
