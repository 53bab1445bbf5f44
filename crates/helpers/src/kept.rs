//! From a recipe to a resource type whose objects live in the state.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{
    Answer, Call, CloudError, ErrorClass, Next, Object, Place, Problem, Reaction, ReplacementOrder,
    ResourceType, Schema,
};

use crate::recipe::Recipe;

/// The fact of an object that was made in this run: it need not be looked at again.
const MADE: &str = "run_made";

/// A resource type.
pub(crate) struct Kept<R> {
    schema: Schema,
    recipe: R,
}

impl<R: Recipe + 'static> Kept<R> {
    /// The resource type of a recipe.
    pub(crate) fn new(recipe: R) -> Kept<R> {
        let mut schema = recipe.schema();
        schema.attributes.sort_by_key(|attribute| attribute.name);
        Kept { schema, recipe }
    }

    /// The same, as providers list it.
    pub(crate) fn boxed(recipe: R) -> Box<dyn ResourceType> {
        Box::new(Kept::new(recipe))
    }

    /// Whether something is wanted otherwise than it is, and can be changed in place. What only
    /// the machine can say may stay open.
    fn must_change(&self, observed: &Object, wanted: &Value) -> bool {
        self.schema.attributes.iter().filter(|attribute| !attribute.replaces).any(|attribute| {
            let Some(wanted) = wanted.get(attribute.name) else { return false };
            let is_open = attribute.is_computed() && !wanted.is_wholly_known();
            let is = observed.attribute(attribute.name);
            let is_so =
                is.unmark_deep() == wanted.unmark_deep() || is.is_null() && wanted.is_null();
            !is_open && !is_so
        })
    }

    /// The attributes after a call that was answered. What is still open stays as it was.
    fn answered(&self, observed: Option<&Object>, wanted: &Value, answer: &Value) -> Value {
        let filled = self.recipe.fill(wanted.clone(), answer);
        let computed = self.schema.attributes.iter().filter(|attribute| attribute.is_computed());
        let filled = computed.fold(filled, |all, attribute| {
            let is_open = all.get(attribute.name).is_some_and(|value| !value.is_known());
            match observed {
                Some(observed) if is_open => {
                    all.with(attribute.name, observed.attribute(attribute.name))
                }
                _ if is_open => all.with(attribute.name, Value::null(attribute.ty.clone())),
                _ => all,
            }
        });
        mark_secrets(&self.schema, filled)
    }
}

/// Marks the attributes that the schema calls secret.
pub(crate) fn mark_secrets(schema: &Schema, attributes: Value) -> Value {
    let secret = schema.attributes.iter().filter(|attribute| attribute.sensitive);
    secret.fold(attributes, |all, attribute| match all.get(attribute.name) {
        Some(value) => {
            let marked = value.clone().mark(meridian_lang::Marks::SENSITIVE);
            all.with(attribute.name, marked)
        }
        None => all,
    })
}

/// Whether this run made the object.
pub(crate) fn is_new(object: &Object) -> bool {
    object.facts.get(MADE).and_then(Value::as_bool) == Some(true)
}

impl<R: Recipe + 'static> ResourceType for Kept<R> {
    fn name(&self) -> &'static str {
        self.recipe.name()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        self.recipe.validate(config)
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        self.recipe.plan(prior, config, proposed)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        self.recipe.replaced_by(prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        self.recipe.replacement_order(prior, planned)
    }

    fn reads(&self, _place: &Place, object: &Object) -> Vec<Call> {
        self.recipe.reads(object)
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let observed = self.recipe.observe(prior, answers)?;
        Ok(observed.map(|object| {
            let attributes = mark_secrets(&self.schema, object.attributes);
            Object { attributes, facts: object.facts }
        }))
    }

    fn next(&self, _place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => return Next::Done,
            (None, Some(wanted)) => self.recipe.create(wanted),
            (Some(observed), None) => self.recipe.remove(observed),
            (Some(observed), Some(wanted)) if self.must_change(observed, wanted) => {
                self.recipe.update(observed, wanted)
            }
            (Some(_), Some(_)) => return Next::Done,
        };
        Next::Call(Box::new(call))
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        _call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        let wanted = wanted?;
        let attributes = match answer {
            Some(answer) => self.answered(observed, wanted, answer),
            None => wanted.clone(),
        };
        let facts = observed.map_or_else(|| Value::object::<&str>([]), |it| it.facts.clone());
        Some(Object { attributes, facts }.with_fact(MADE, Value::bool(true)))
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        let summary = self.recipe.failure(call)?;
        // The engine itself says what to do about an outcome that is not known.
        if error.class == ErrorClass::OutcomeUnknown {
            return None;
        }
        Some(Reaction::Fail(Box::new(Problem::new(summary, error.to_string()))))
    }

    fn taken_over(&self, object: Object) -> Object {
        self.recipe.taken_over(object)
    }

    fn import(&self, _place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        match self.recipe.import(self.schema.empty(), id) {
            Some(Ok(object)) => {
                let attributes = mark_secrets(&self.schema, object.attributes);
                Ok(Object { attributes, facts: object.facts })
            }
            Some(Err(problem)) => Err(Box::new(problem)),
            None => Err(Box::new(Problem::new(
                "Resource Import Not Implemented",
                format!("Objects of type {} cannot be imported.", self.name()),
            ))),
        }
    }
}

/// The type of a map of texts, such as `keepers` and `triggers`.
pub(crate) fn texts_by_key() -> Type {
    Type::map(Type::String)
}
