//! Events as lines of text.

use std::collections::HashMap;
use std::time::Duration;

use meridian_engine::{Event, Operation};
use meridian_graph::InstanceAddress;

use crate::style::{Style, Tone};

/// Turns events into lines, one event after the other.
#[derive(Debug)]
pub struct EventLines {
    style: Style,
    /// What is being done to each instance, since a wait does not say it.
    running: HashMap<InstanceAddress, Operation>,
}

impl EventLines {
    /// Lines in this style.
    pub fn new(style: Style) -> EventLines {
        EventLines { style, running: HashMap::new() }
    }

    /// The line for an event, if it deserves one.
    pub fn line(&mut self, event: &Event) -> Option<String> {
        let (address, text) = match event {
            Event::RefreshStarted { .. }
            | Event::RefreshFinished { .. }
            | Event::Calling { .. } => {
                return None;
            }
            Event::Refreshing { address, id } => {
                (address, format!("Refreshing state...{}", suffix(id)))
            }
            Event::Importing { address, id } => (address, format!("Preparing import... [id={id}]")),
            Event::Recovered { address, message } => (address, format!("Recovered: {message}")),
            Event::Started { address, operation, id } => {
                self.running.insert(address.clone(), *operation);
                let id = if *operation == Operation::Create { String::new() } else { suffix(id) };
                (address, format!("{}...{id}", doing(*operation)?))
            }
            Event::Waiting { address, what, elapsed } => {
                let operation = self.running.get(address).copied();
                let still = match operation.and_then(doing) {
                    Some(doing) => doing.to_lowercase(),
                    None => "waiting".to_owned(),
                };
                let elapsed = clock(*elapsed);
                (address, format!("Still {still}... [{elapsed} elapsed, waiting for {what}]"))
            }
            Event::Finished { address, operation, id, elapsed, note } => {
                self.running.remove(address);
                let done = done(*operation)?;
                let id = if *operation == Operation::Delete { String::new() } else { suffix(id) };
                let note = note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
                (address, format!("{done} complete after {}{id}{note}", clock(*elapsed)))
            }
            Event::Failed { address, operation, diagnostic } => {
                self.running.remove(address);
                let what = done(*operation).unwrap_or("Change of the state");
                let failed = self.style.paint(Tone::Grave, "failed");
                (address, format!("{what} {failed}: {}", diagnostic.summary))
            }
            Event::Interrupted { address } => {
                self.running.remove(address);
                let line = "Interrupted, and not finished: the next apply goes on with it";
                (address, self.style.paint(Tone::Changed, line))
            }
            Event::Skipped { address, because } => {
                let why = match because {
                    Some(cause) => format!("Skipped, because {cause} failed"),
                    None => "Skipped, because the run was interrupted".to_owned(),
                };
                (address, self.style.paint(Tone::Changed, why))
            }
            Event::Stopping => {
                let line = "Stopping: what is under way is finished, and nothing new begins. \
                            An interruption again ends the run at once.";
                return Some(self.style.paint(Tone::Changed, line));
            }
        };
        Some(format!("{}: {text}", self.style.paint(Tone::Bold, address)))
    }
}

fn doing(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Create => Some("Creating"),
        Operation::Update => Some("Modifying"),
        Operation::Delete => Some("Destroying"),
        Operation::Read => Some("Reading"),
        Operation::Open => Some("Opening"),
        Operation::Record => None,
    }
}

fn done(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Create => Some("Creation"),
        Operation::Update => Some("Modifications"),
        Operation::Delete => Some("Destruction"),
        Operation::Read => Some("Read"),
        Operation::Open => Some("Opening"),
        Operation::Record => None,
    }
}

fn suffix(id: &Option<String>) -> String {
    id.as_ref().map_or_else(String::new, |id| format!(" [id={id}]"))
}

/// A duration to the second: `2s`, `1m30s`, `1h0m0s`.
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = (duration + Duration::from_millis(500)).as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

#[cfg(test)]
mod tests {
    use meridian_engine::Cause;
    use meridian_lang::Diagnostic;

    use super::*;

    fn address(text: &str) -> InstanceAddress {
        InstanceAddress::parse(text).expect(text)
    }

    #[test]
    fn a_run_reads_like_this() {
        let key = address("aws_kms_key.a[\"eu\"]");
        let alias = address("aws_kms_alias.a");
        let region = address("module.m[0].data.aws_region.here");
        let secret = address("ephemeral.aws_secretsmanager_secret_version.v");
        let id = Some("mrk-1".to_owned());
        let events = [
            Event::RefreshStarted { objects: 1 },
            Event::Refreshing { address: key.clone(), id: id.clone() },
            Event::Importing { address: alias.clone(), id: "alias/a".to_owned() },
            Event::Recovered { address: key.clone(), message: "it was created".to_owned() },
            Event::Started { address: region.clone(), operation: Operation::Read, id: None },
            Event::Finished {
                address: region,
                operation: Operation::Read,
                id: Some("eu-west-1".to_owned()),
                elapsed: Duration::from_millis(20),
                note: None,
            },
            Event::Started { address: secret, operation: Operation::Open, id: None },
            Event::Started { address: key.clone(), operation: Operation::Create, id: None },
            Event::Waiting {
                address: key.clone(),
                what: "replica key in eu-west-1 to be Enabled".to_owned(),
                elapsed: Duration::from_secs(70),
            },
            Event::Finished {
                address: key.clone(),
                operation: Operation::Create,
                id: id.clone(),
                elapsed: Duration::from_millis(71_400),
                note: None,
            },
            Event::Started { address: key.clone(), operation: Operation::Delete, id: id.clone() },
            Event::Finished {
                address: key.clone(),
                operation: Operation::Delete,
                id,
                elapsed: Duration::from_secs(3661),
                note: Some("gone on 2026-12-24".to_owned()),
            },
            Event::Failed {
                address: alias.clone(),
                operation: Operation::Update,
                diagnostic: Box::new(Diagnostic::error("Access denied", "")),
            },
            Event::Skipped { address: alias.clone(), because: Some(Cause::Instance(key)) },
            Event::Skipped { address: alias, because: None },
        ];
        let mut lines = EventLines::new(Style::default());
        let text: Vec<String> = events.iter().filter_map(|event| lines.line(event)).collect();
        insta::assert_snapshot!(text.join("\n"), @r#"
        aws_kms_key.a["eu"]: Refreshing state... [id=mrk-1]
        aws_kms_alias.a: Preparing import... [id=alias/a]
        aws_kms_key.a["eu"]: Recovered: it was created
        module.m[0].data.aws_region.here: Reading...
        module.m[0].data.aws_region.here: Read complete after 0s [id=eu-west-1]
        ephemeral.aws_secretsmanager_secret_version.v: Opening...
        aws_kms_key.a["eu"]: Creating...
        aws_kms_key.a["eu"]: Still creating... [1m10s elapsed, waiting for replica key in eu-west-1 to be Enabled]
        aws_kms_key.a["eu"]: Creation complete after 1m11s [id=mrk-1]
        aws_kms_key.a["eu"]: Destroying... [id=mrk-1]
        aws_kms_key.a["eu"]: Destruction complete after 1h1m1s (gone on 2026-12-24)
        aws_kms_alias.a: Modifications failed: Access denied
        aws_kms_alias.a: Skipped, because aws_kms_key.a["eu"] failed
        aws_kms_alias.a: Skipped, because the run was interrupted
"#);
    }
}
