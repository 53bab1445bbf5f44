//! What is to be planned: everything or a part, forwards or backwards.

use std::path::Path;

use meridian_lang::{Diagnostic, Diagnostics, Sources};
use meridian_plan::{Mode, Options};

use crate::arguments::{PlanningArguments, replaceable, target};
use crate::failure::Failure;

/// What is to be planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Forwards, backwards, or only what was changed outside.
    pub mode: Mode,
    /// Everything or a part.
    pub options: Options,
}

/// Everything, forwards.
impl Default for Selection {
    fn default() -> Selection {
        Selection { mode: Mode::Normal, options: Options::default() }
    }
}

impl Selection {
    /// Makes sense of the options of `meridian COMMAND`.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn of(
        planning: &PlanningArguments,
        destroy: bool,
        command: &str,
    ) -> Result<Selection, Failure> {
        let mut wrong = Diagnostics::new();
        let mut refuse = |summary: String, detail: &str| {
            let advice = format!("run meridian {command} -help for more");
            wrong.push(Diagnostic::error(summary, detail).help(advice));
        };
        let mode = match (destroy, planning.refresh_only) {
            (false, false) => Mode::Normal,
            (true, false) => Mode::Destroy,
            (false, true) => Mode::RefreshOnly,
            (true, true) => {
                refuse(
                    "Incompatible plan mode options".to_owned(),
                    "The -destroy and -refresh-only options are mutually-exclusive.",
                );
                Mode::Destroy
            }
        };
        if planning.refresh_only && !planning.refresh {
            refuse(
                "Incompatible refresh options".to_owned(),
                "It doesn't make sense to use -refresh-only at the same time as -refresh=false, \
                 because Meridian would have nothing to do.",
            );
        }
        let selection = &planning.selection;
        let mut options = Options { without_refresh: !planning.refresh, ..Options::default() };
        let named = [
            (&selection.targets, &mut options.targets, "target"),
            (&selection.excludes, &mut options.excludes, "excluded address"),
        ];
        for (texts, addresses, what) in named {
            for text in texts {
                match target(text) {
                    Ok(address) => addresses.push(address),
                    Err(why) => refuse(format!("Invalid {what} {text:?}"), &why),
                }
            }
        }
        for text in &selection.replace {
            match replaceable(text) {
                Ok(address) => options.replace.push(address),
                Err(why) => refuse(format!("Invalid force-replace address {text:?}"), &why),
            }
        }
        if !selection.targets.is_empty() && !selection.excludes.is_empty() {
            refuse(
                "Incompatible options".to_owned(),
                "-target names what is worked on and -exclude what is left out: give one of them.",
            );
        }
        if !selection.replace.is_empty() && mode != Mode::Normal {
            refuse(
                "Unsupported plan mode".to_owned(),
                "Forcing resource instance replacement (with -replace=...) is allowed only in \
                 normal planning mode.",
            );
        }
        match wrong.check() {
            Ok(_) => Ok(Selection { mode, options }),
            Err(wrong) => Err(Failure::new(wrong, &Sources::default())),
        }
    }
}

/// Refuses a file for generated configuration that cannot be written.
///
/// # Errors
/// There is such a file, or the mode has nothing to generate.
pub fn check_generated_file(file: Option<&Path>, mode: Mode) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    if mode != Mode::Normal {
        return Err(Failure::message(
            "Invalid generate-config-out flag",
            "Config can only be generated during a normal plan operation, and not during a \
             refresh-only or destroy plan.",
        ));
    }
    if file.exists() {
        return Err(Failure::message(
            "Target generated file already exists",
            format!(
                "Meridian can only write generated config into a new file. Either choose a \
                 different target location or move all existing configuration out of {}, delete \
                 it and try again.",
                file.display()
            ),
        ));
    }
    Ok(())
}
