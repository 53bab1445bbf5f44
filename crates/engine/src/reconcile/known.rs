//! What is known of an object: what a read shows, with what no read can tell.

use meridian_lang::{Kind, Value};
use meridian_plan::{following, hide_parts};
use meridian_resource::{ErrorClass, Presence};

use super::{Halt, Reconciler};
use crate::refresh::{read, remark};
use crate::tell;

impl Reconciler<'_> {
    /// Reads the object again.
    pub(super) async fn look(&mut self) -> Result<(), Halt> {
        let Some(known) = self.known.clone() else {
            return Ok(());
        };
        let cloud = &*self.context.cloud;
        match read(cloud, self.kind, &self.task.place, &known).await {
            Ok(Some(seen)) => {
                self.is_visible = true;
                let mut seen = remark(seen, &known);
                hide_parts(&mut seen.attributes, &self.task.hidden);
                hide_parts(&mut seen.facts, &self.task.hidden);
                self.known = Some(seen);
                Ok(())
            }
            // What was just created may not be visible yet; what is to go is gone.
            Ok(None) if self.task.wanted.is_some() => {
                self.is_visible = false;
                Ok(())
            }
            Ok(None) => {
                self.known = None;
                Ok(())
            }
            // Reads that are tried again are given up when the user asks to stop.
            Err((_, error)) if passes(error.class) && self.context.stop.is_asked() => {
                Err(Halt::Stopped)
            }
            Err((call, error)) => Err(tell::cloud_error(self.address(), &call, &error).into()),
        }
    }

    /// What others set may have changed since the plan was made.
    pub(super) fn leave_what_others_set(&mut self) {
        let parts = &self.task.parts_of_others;
        if let (false, Some(wanted), Some(known)) =
            (parts.is_empty(), &self.task.wanted, &self.known)
        {
            self.task.wanted = Some(following(wanted, &known.attributes, parts));
        }
    }

    /// Takes over from what is wanted whatever no read can tell, such as settings that only a
    /// deletion uses.
    pub(super) fn merge_wanted(&mut self) {
        let Some(wanted) = &self.task.wanted else { return };
        let Some(known) = self.known.take() else { return };
        let schema = self.kind.schema();
        let names = schema
            .attributes
            .iter()
            // What only the cloud decides may have changed with what was asked for.
            .filter(|attribute| !attribute.write_only && attribute.presence != Presence::Computed)
            .map(|attribute| attribute.name)
            .chain(schema.blocks.iter().map(|block| block.name));
        let merged = names.fold(known, |object, name| match wanted.get(name) {
            // AWS answers with an empty text for what was never set, and so does the provider.
            Some(value) if value.is_null() && object.text(name) == Some("") => object,
            Some(value) if value.is_wholly_known() => {
                let merged = match schema.block(name) {
                    Some(_) => over_nothing(value, &object.attribute(name)),
                    None => value.clone(),
                };
                object.with(name, merged)
            }
            _ => object,
        });
        self.known = Some(merged);
    }

    /// What was found is as it was read; secrets, which no read tells, are those that were sent.
    pub(super) fn recall_secrets(&mut self) {
        let (Some(found), Some(wanted)) = (self.known.take(), &self.task.wanted) else { return };
        let secrets = self.kind.schema().attributes.iter();
        let secrets = secrets.filter(|attribute| attribute.sensitive && !attribute.write_only);
        self.known = Some(secrets.fold(found, |object, attribute| {
            match wanted.get(attribute.name).filter(|secret| secret.is_known()) {
                Some(secret) => object.with(attribute.name, secret.clone()),
                None => object,
            }
        }));
    }
}

/// Whether what is answered so is tried again.
fn passes(class: ErrorClass) -> bool {
    use ErrorClass::{OutcomeUnknown, Throttled, Unavailable};
    matches!(class, Throttled | Unavailable | OutcomeUnknown)
}

/// The wanted blocks of a list, in which what was left out stays as it was read if that is nothing,
/// too: no text, or 0.
fn over_nothing(wanted: &Value, seen: &Value) -> Value {
    match (wanted.kind(), seen.kind()) {
        (Kind::Null(_), Kind::String(text)) if text.is_empty() => seen.clone(),
        (Kind::Null(_), Kind::Number(number)) if number.is_zero() => seen.clone(),
        (Kind::List(ty, these), Kind::List(_, those)) if these.len() == those.len() => {
            let merged = these.iter().zip(those.iter()).map(|(a, b)| over_nothing(a, b));
            Value::list(ty.clone(), merged).mark(wanted.marks())
        }
        (Kind::Object(attributes), Kind::Object(_)) => {
            let merged = attributes.iter().map(|(name, value)| {
                let seen = seen.get(name);
                (name.clone(), seen.map_or_else(|| value.clone(), |it| over_nothing(value, it)))
            });
            Value::object(merged).mark(wanted.marks())
        }
        _ => wanted.clone(),
    }
}
