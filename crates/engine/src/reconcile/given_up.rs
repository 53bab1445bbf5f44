//! An object that never becomes what was asked for.

use meridian_lang::Diagnostic;

use super::Reconciler;

impl Reconciler<'_> {
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
