//! How long an object is waited for.

use std::time::Duration;

use meridian_lang::Diagnostic;
use meridian_resource::{CloudError, ErrorClass};

use super::Reconciler;

impl Reconciler<'_> {
    /// How long the object may take to become ready: as its configuration says of its creation, as
    /// the user says of all objects, or as its type says.
    pub(super) fn patience(&self, usual: Duration) -> Duration {
        self.create_timeout().or(self.context.timeout).unwrap_or(usual)
    }

    /// How long a call is tried again that its type wants tried again. What waits for the object to
    /// be ready is as patient as any other wait; a policy that names unknown principals is what the
    /// `timeouts` block of a key is about.
    pub(super) fn persistence(&self, error: &CloudError, usual: Duration) -> Duration {
        match error.class {
            ErrorClass::InvalidState => self.patience(usual),
            ErrorClass::MalformedPolicy => self.create_timeout().unwrap_or(usual),
            _ => usual,
        }
    }

    /// What the configuration of a new object says.
    fn create_timeout(&self) -> Option<Duration> {
        let wanted = self.task.wanted.as_ref().filter(|_| self.task.start.is_none())?;
        self.kind.create_timeout(wanted)
    }

    pub(super) fn waited_too_long(&self, what: &str, at_most: Duration) -> Diagnostic {
        let longer = match self.create_timeout() {
            Some(_) => "with a longer create in its timeouts block it is waited for longer",
            None => "with -timeout=DURATION, such as -timeout=1h, it is waited for longer",
        };
        let given_up = match spelled(at_most) {
            Some(time) => format!("After {time} the wait for {what} was given up."),
            None => format!("There was no wait for {what}."),
        };
        Diagnostic::error(
            "Waited too long",
            format!("{given_up} Nothing is lost: the object is in the state."),
        )
        .about(self.address().to_string())
        .help(format!("apply again: it goes on from where it is; {longer}"))
    }
}

/// A duration in words; none for none at all.
fn spelled(duration: Duration) -> Option<String> {
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    match words.is_empty() {
        true => (!duration.is_zero()).then(|| format!("{} milliseconds", duration.as_millis())),
        false => Some(words.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_words() {
        let told = |seconds: f64| spelled(Duration::from_secs_f64(seconds));
        assert_eq!(told(1200.0).as_deref(), Some("20 minutes"));
        assert_eq!(told(5400.0).as_deref(), Some("1 hour 30 minutes"));
        assert_eq!(told(61.0).as_deref(), Some("1 minute 1 second"));
        assert_eq!(told(0.25).as_deref(), Some("250 milliseconds"));
        assert_eq!(told(0.0), None);
    }
}
