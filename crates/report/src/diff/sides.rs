//! A value before and after.

use meridian_lang::{Path, Step, Value};

use super::Change;

/// A value before and after; nothing where there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides<'a> {
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
}

impl<'a> Sides<'a> {
    pub(crate) fn new(before: Option<&'a Value>, after: Option<&'a Value>) -> Sides<'a> {
        Sides { before, after }
    }

    pub(super) fn created(after: &'a Value) -> Sides<'a> {
        Sides { before: None, after: Some(after) }
    }

    pub(super) fn deleted(before: &'a Value) -> Sides<'a> {
        Sides { before: Some(before), after: None }
    }

    /// What happens when nothing is known but on which side there is a value.
    pub(super) fn presence(self) -> Change {
        match (self.before, self.after) {
            (None, Some(_)) => Change::Create,
            (Some(_), None) => Change::Delete,
            _ => Change::Same,
        }
    }

    pub(super) fn is_absent(self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    /// Either side, for what they have in common.
    pub(super) fn either(self) -> Option<&'a Value> {
        self.after.or(self.before)
    }

    pub(super) fn any(self, test: fn(&Value) -> bool) -> bool {
        self.before.is_some_and(test) || self.after.is_some_and(test)
    }

    /// The part of that name on either side.
    pub(super) fn part(self, name: &str) -> Sides<'a> {
        let part = |value: Option<&'a Value>| value.and_then(|value| value.get(name));
        Sides { before: part(self.before), after: part(self.after) }
    }

    /// The same, where a value for which `test` holds counts as none.
    pub(super) fn without(self, test: fn(&Value) -> bool) -> Sides<'a> {
        let keep = |value: Option<&'a Value>| value.filter(|value| !test(value));
        Sides { before: keep(self.before), after: keep(self.after) }
    }

    /// The same, where null counts as none.
    pub(crate) fn without_null(self) -> Sides<'a> {
        self.without(Value::is_null)
    }

    pub(super) fn elements(self) -> (&'a [Value], &'a [Value]) {
        let elements = |value: Option<&'a Value>| value.and_then(Value::as_elements);
        (elements(self.before).unwrap_or_default(), elements(self.after).unwrap_or_default())
    }
}

/// The parts of a value whose change forces a replacement, as the steps that lead to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forcing<'a>(Vec<&'a [Step]>);

impl<'a> Forcing<'a> {
    pub(crate) fn of(paths: &'a [Path]) -> Forcing<'a> {
        Forcing(paths.iter().map(|path| path.0.as_slice()).collect())
    }

    /// Whether the change of the value itself does.
    pub(super) fn here(&self) -> bool {
        self.0.iter().any(|steps| steps.is_empty())
    }

    pub(super) fn part(&self, name: &str) -> Forcing<'a> {
        self.after(|step| match step {
            Step::Attribute(step) | Step::Key(step) => &**step == name,
            Step::Index(_) => false,
        })
    }

    pub(super) fn element(&self, index: usize) -> Forcing<'a> {
        self.after(|step| *step == Step::Index(index))
    }

    fn after(&self, is_taken: impl Fn(&Step) -> bool) -> Forcing<'a> {
        let rest = |steps: &&'a [Step]| match steps.split_first() {
            Some((first, rest)) if is_taken(first) => Some(rest),
            _ => None,
        };
        Forcing(self.0.iter().filter_map(rest).collect())
    }
}
