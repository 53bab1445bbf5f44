//! The ends of pieces of work, good and bad.

use std::time::Duration;

use meridian_graph::Outcome;
use meridian_lang::{Diagnostics, Marks, Severity, Value};
use meridian_plan::{Action, REGION, ResourceChange, check_postconditions};
use meridian_resource::{NOTE, Object};

use super::{Applier, End};
use crate::reconcile::Ending;
use crate::refresh::marked_as_planned;
use crate::{Cause, Event, Operation};

impl<'a> Applier<'a> {
    pub(super) fn end(&mut self, end: End) {
        let End { piece, ending, deposed, elapsed } = end;
        let change = self.change(piece);
        if let Some(key) = deposed {
            self.deposed.insert(self.list[piece].change, key);
        }
        match ending {
            Ending::Done(object) => self.done(piece, change, object, elapsed),
            Ending::Failed(diagnostic) => self.fail(piece, (*diagnostic).into()),
            Ending::Stopped { begun } => {
                self.applied.interrupted = true;
                let address = change.address.clone();
                if begun {
                    self.context.tell(Event::Interrupted { address: address.clone() });
                    self.applied.unfinished.push(address);
                } else {
                    self.skip(address, None);
                }
                self.skip_behind(piece, None);
            }
        }
    }

    fn done(
        &mut self,
        piece: usize,
        change: &'a ResourceChange,
        object: Option<Object>,
        elapsed: Duration,
    ) {
        let operation = self.operation(piece);
        match operation {
            Operation::Create => self.applied.counts.add += 1,
            Operation::Update => self.applied.counts.change += 1,
            Operation::Delete => self.applied.counts.destroy += 1,
            Operation::Record | Operation::Read | Operation::Open => {}
        }
        let shown = object.as_ref().or(change.before.as_ref());
        let going = object.as_ref().filter(|_| operation == Operation::Delete);
        let date = going.and_then(|object| self.date_of_deletion(change, object));
        let note = object.as_ref().and_then(|object| object.fact(NOTE));
        let note = date.or_else(|| note.map(str::to_owned));
        let id = shown.and_then(|object| object.attributes.get("id"));
        let id = id.filter(|id| !id.is_sensitive()).and_then(Value::as_str);
        self.context.tell(Event::Finished {
            address: change.address.clone(),
            operation,
            id: id.map(str::to_owned),
            elapsed,
            note,
        });
        if let Some(object) = object
            && operation != Operation::Delete
        {
            let value = with_planned_marks(change, object);
            let broken = self.broken_postconditions(change, &value);
            self.result(&change.address, value);
            if broken.has_errors() {
                return self.fail(piece, broken);
            }
        }
        self.schedule.finish(piece, Outcome::Done);
    }

    /// When what leads a set goes, once the ends of those that follow it are known.
    fn date_of_deletion(&mut self, change: &ResourceChange, object: &Object) -> Option<String> {
        let kind = self.context.registry.resource_type(&change.address.resource.type_name)?;
        let (set, period) = (kind.set_identity(object)?, kind.waiting_period(object)?);
        let region = object.fact(REGION).unwrap_or(&change.region);
        let ends = self.dates.note(&set, region, &period, None)?;
        (!period.begins_after.is_empty()).then(|| {
            let (on, days) = (ends.date(), period.days);
            format!("will be deleted on {on}, {days} days after the last of its replicas")
        })
    }

    fn broken_postconditions(&mut self, change: &ResourceChange, value: &Value) -> Diagnostics {
        let Some(resource) = self.resource(&change.address.resource) else {
            return Diagnostics::new();
        };
        if resource.lifecycle.postconditions.is_empty() {
            return Diagnostics::new();
        }
        let viewpoint = self.viewpoint(change).unwrap_or_default();
        check_postconditions(resource, &change.address, self.work.values, &viewpoint, value)
            .diagnostics
    }

    pub(super) fn fail(&mut self, piece: usize, diagnostics: Diagnostics) {
        let address = self.change(piece).address.clone();
        let place = self.resource(&address.resource).map(|resource| resource.span);
        for mut diagnostic in diagnostics {
            diagnostic.span = diagnostic.span.or(place);
            if diagnostic.severity == Severity::Warning {
                self.applied.diagnostics.push(diagnostic);
                continue;
            }
            self.context.tell(Event::Failed {
                address: address.clone(),
                operation: self.operation(piece),
                diagnostic: Box::new(diagnostic.clone()),
            });
            self.applied.failures.push((address.clone(), diagnostic));
        }
        self.skip_behind(piece, Some(&Cause::Instance(address)));
    }
}

/// What the configuration marks as sensitive is so for whoever refers to it.
fn with_planned_marks(change: &ResourceChange, object: Object) -> Value {
    let Some(planned) = &change.after else {
        return object.attributes;
    };
    let value = marked_as_planned(planned, object.attributes);
    match change.action {
        Action::Open => value.mark(Marks::EPHEMERAL),
        _ => value,
    }
}
