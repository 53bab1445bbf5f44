//! The question whether a plan is to be carried out.

use meridian_plan::Mode;

use crate::arguments::Global;
use crate::dangers::Dangers;
use crate::failure::Failure;
use crate::questions;
use crate::terminal::Terminal;

/// Asks. A plan with dangers is approved by naming how many there are.
pub(super) fn is_approved(
    mode: Mode,
    dangers: &Dangers,
    global: &Global,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    let place = if global.local { " on the embedded AWS" } else { "" };
    let wanted = dangers.acknowledgement();
    let question = match mode {
        Mode::RefreshOnly => format!(
            "\nWould you like to update the Meridian state to reflect these detected \
             changes{place}?\n  Meridian will write these changes to the state without modifying \
             any real infrastructure.\n  There is no undo. Only '{wanted}' will be accepted to \
             confirm.\n\n  Enter a value: "
        ),
        Mode::Normal => format!(
            "\nDo you want to perform these actions{place}?\n  Meridian will perform the actions \
             described above.\n  Only '{wanted}' will be accepted to approve.\n\n  Enter a value: "
        ),
        Mode::Destroy => format!(
            "\nDo you really want to destroy all resources{place}?\n  Meridian will destroy all \
             your managed infrastructure, as shown above.\n  There is no undo. Only '{wanted}' will be \
             accepted to confirm.\n\n  Enter a value: "
        ),
    };
    let question = format!("{}{question}", dangers.before_the_question());
    let otherwise = "Without a terminal, give -auto-approve, or apply a plan saved with plan -out.";
    let answer = questions::answer(&question, otherwise, terminal)?;
    if answer == "yes" && answer != wanted {
        terminal.line(&dangers.too_short());
    }
    Ok(answer == wanted)
}
