//! What the engine does, as lines of the log.

use std::collections::HashMap;
use std::time::Duration;

use meridian_engine::{Event, Operation};
use meridian_graph::InstanceAddress;
use meridian_lang::Json;

use super::{LogLine, message_log, resource_json};
use crate::event::clock;

/// Turns events into lines, one event after the other.
#[derive(Debug, Default)]
pub struct EventLog {
    /// What is being done to each instance and since when, as failures do not say it.
    running: HashMap<InstanceAddress, (Operation, Duration)>,
    /// Whether all objects are being read, and which are.
    is_sweep: bool,
    refreshing: Vec<(InstanceAddress, Option<String>)>,
}

/// The words for an operation: as it is listed, while it begins, while it goes on, and for itself.
struct Words {
    action: &'static str,
    begins: &'static str,
    noun: &'static str,
}

fn words(operation: Operation) -> Option<Words> {
    let [action, begins, noun] = match operation {
        Operation::Create => ["create", "Creating", "Creation"],
        Operation::Update => ["update", "Modifying", "Modifications"],
        Operation::Delete => ["delete", "Destroying", "Destruction"],
        Operation::Read => ["read", "Refreshing", "Refresh"],
        Operation::Open => ["open", "Opening", "Opening"],
        Operation::Record => return None,
    };
    Some(Words { action, begins, noun })
}

impl EventLog {
    /// The lines for an event. `now` is the time since the command began.
    pub fn lines(&mut self, event: &Event, now: Duration) -> Vec<LogLine> {
        let line = self.line(event, now);
        match event {
            Event::RefreshStarted { .. } => self.is_sweep = true,
            Event::RefreshFinished { .. } => self.is_sweep = false,
            _ => {}
        }
        // One object by itself has been read when it is told of.
        let done = if self.is_sweep { Vec::new() } else { std::mem::take(&mut self.refreshing) };
        let done = done.into_iter().map(|(address, id)| {
            let message = format!("{address}: Refresh complete{}", suffix(&id));
            LogLine::new("refresh_complete", message).with("hook", refresh(&address, &id))
        });
        line.into_iter().chain(done).collect()
    }

    fn line(&mut self, event: &Event, now: Duration) -> Option<LogLine> {
        match event {
            Event::RefreshStarted { .. }
            | Event::RefreshFinished { .. }
            | Event::Calling { .. }
            | Event::Importing { .. } => None,
            Event::Refreshing { address, id } => {
                self.refreshing.push((address.clone(), id.clone()));
                let message = format!("{address}: Refreshing state...{}", suffix(id));
                Some(LogLine::new("refresh_start", message).with("hook", refresh(address, id)))
            }
            Event::Recovered { address, message } => {
                Some(message_log(format!("{address}: Recovered: {message}"), false))
            }
            Event::Started { address, operation, id } => {
                self.running.insert(address.clone(), (*operation, now));
                let Words { action, begins, .. } = words(*operation)?;
                let id = id.clone().filter(|_| *operation != Operation::Create);
                let message = format!("{address}: {begins}...{}", suffix(&id));
                let kind = kind(*operation, "apply_start", "ephemeral_op_start");
                let hook = hook(address, action, &id, None);
                Some(LogLine::new(kind, message).with("hook", Json::object(hook)))
            }
            Event::Waiting { address, what, elapsed } => {
                let (operation, _) = self.running.get(address).copied()?;
                let Words { action, begins, .. } = words(operation)?;
                let still = begins.to_lowercase();
                let message = format!("{address}: Still {still}... [{} elapsed]", clock(*elapsed));
                let kind = kind(operation, "apply_progress", "ephemeral_op_progress");
                let mut hook = hook(address, action, &None, Some(*elapsed));
                hook.push(("waiting_for", (&**what).into()));
                Some(LogLine::new(kind, message).with("hook", Json::object(hook)))
            }
            Event::Finished { address, operation, id, elapsed, note } => {
                self.running.remove(address);
                let Words { action, noun, .. } = words(*operation)?;
                let id = id.clone().filter(|_| *operation != Operation::Delete);
                let took = clock(*elapsed);
                let message = format!("{address}: {noun} complete after {took}{}", suffix(&id));
                let kind = kind(*operation, "apply_complete", "ephemeral_op_complete");
                let mut hook = hook(address, action, &id, Some(*elapsed));
                hook.extend(note.as_ref().map(|note| ("note", Json::from(&**note))));
                Some(LogLine::new(kind, message).with("hook", Json::object(hook)))
            }
            Event::Failed { address, operation, .. } => self.errored(address, *operation, now),
            Event::Interrupted { address } => {
                let (operation, _) = self.running.get(address).copied()?;
                self.errored(address, operation, now)
            }
            Event::Skipped { address, because } => Some(match because {
                Some(cause) => {
                    message_log(format!("{address}: Skipped, because {cause} failed"), false)
                }
                None => {
                    let text = format!("{address}: Skipped, because the run was interrupted");
                    message_log(text, false)
                }
            }),
            Event::Stopping => {
                let text = "Stopping: what is under way is finished, and nothing new begins.";
                Some(message_log(text, false))
            }
        }
    }

    fn errored(
        &mut self,
        address: &InstanceAddress,
        operation: Operation,
        now: Duration,
    ) -> Option<LogLine> {
        let begun = self.running.remove(address).map_or(now, |(_, begun)| begun);
        let elapsed = now.saturating_sub(begun);
        let Words { action, noun, .. } = words(operation)?;
        let message = format!("{address}: {noun} errored after {}", clock(elapsed));
        let kind = kind(operation, "apply_errored", "ephemeral_op_errored");
        let hook = hook(address, action, &None, Some(elapsed));
        Some(LogLine::new(kind, message).with("hook", Json::object(hook)))
    }
}

fn kind(operation: Operation, apply: &'static str, open: &'static str) -> &'static str {
    if operation == Operation::Open { open } else { apply }
}

fn hook(
    address: &InstanceAddress,
    action: &'static str,
    id: &Option<String>,
    elapsed: Option<Duration>,
) -> Vec<(&'static str, Json)> {
    let mut members = vec![("action", action.into()), ("resource", resource_json(address))];
    if let Some(id) = id {
        members.extend([("id_key", "id".into()), ("id_value", (&**id).into())]);
    }
    if let Some(elapsed) = elapsed {
        // To the nearest second.
        let seconds = (elapsed + Duration::from_millis(500)).as_secs();
        members.push(("elapsed_seconds", seconds.into()));
    }
    members
}

fn refresh(address: &InstanceAddress, id: &Option<String>) -> Json {
    let mut members = vec![("resource", resource_json(address))];
    if let Some(id) = id {
        members.extend([("id_key", "id".into()), ("id_value", (&**id).into())]);
    }
    Json::object(members)
}

fn suffix(id: &Option<String>) -> String {
    id.as_ref().map_or_else(String::new, |id| format!(" [id={id}]"))
}
