//! Waits that are given up.

use std::time::Duration;

use meridian_lang::Diagnostic;

use super::Reconciler;

impl Reconciler<'_> {
    pub(super) fn waited_too_long(&self, what: &str, at_most: Duration) -> Diagnostic {
        Diagnostic::error(
            "Waited too long",
            format!(
                "After {} minutes the wait for {what} was given up. Nothing is lost: the object is \
                 in the state.",
                at_most.as_secs() / 60
            ),
        )
        .about(self.address().to_string())
        .help("apply again: it goes on from where it is")
    }

    pub(super) fn never_settled(&self) -> Diagnostic {
        Diagnostic::error(
            "The cloud does not show what was asked for",
            "Every call was answered with success, but reading the object still shows something \
             else than what is wanted."
                .to_owned(),
        )
        .about(self.address().to_string())
        .help("something else may be changing the object; plan again to see the difference")
    }
}
