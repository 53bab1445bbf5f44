//! A resource type with the argument `region`.

use std::time::Duration;

use meridian_lang::{Path, Value};
use meridian_resource::{
    Answer, Call, CloudError, KeyUse, Next, Notice, Object, Place, Problem, Reaction, Recovery,
    ReplacementOrder, ResourceType, Schema, ShownElsewhere, WaitingPeriod,
};

use super::{
    REGION, argument, given, invalid, nothing, other_partition, parted, unknown_region,
    with_argument,
};
use crate::checks::given_by_aws;
use crate::region;

pub(super) struct RegionalResource {
    kind: Box<dyn ResourceType>,
    schema: Schema,
}

impl RegionalResource {
    pub(super) fn new(kind: Box<dyn ResourceType>) -> RegionalResource {
        let mut schema = with_argument(kind.schema(), argument().replaces());
        for identity in schema.attributes.iter_mut().filter(|it| it.name == "id") {
            identity.check = Some(given_by_aws);
        }
        RegionalResource { kind, schema }
    }
}

/// The object with the argument, which the types themselves leave out of what they make anew.
fn whole(object: Object) -> Object {
    match object.attributes.get(REGION) {
        Some(_) => object,
        None => object.with(REGION, nothing()),
    }
}

impl ResourceType for RegionalResource {
    fn name(&self) -> &'static str {
        self.kind.name()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        self.kind.validate(config).into_iter().chain(unknown_region(config)).collect()
    }

    fn region_argument(&self) -> Option<&'static str> {
        Some(REGION)
    }

    fn home(&self, place: &Place, region: &Value) -> Result<Place, Box<Problem>> {
        let refused = |why: &str, help: &str| Err(Box::new(invalid(why.to_owned()).help(help)));
        if region.is_sensitive() {
            return refused(
                "The Region of an object cannot be sensitive: it is shown in the plan.",
                "nonsensitive() takes the mark away from a value that is no secret",
            );
        }
        if !region.is_known() {
            return refused(
                "The Region of an object depends on values that cannot be determined until apply, \
                 so the object cannot be planned.",
                "use variables, locals or literal values here, not attributes of resources that \
                 are still to be made",
            );
        }
        let Some(name) = region.as_str().filter(|name| region::is_known(name)) else {
            return Ok(place.clone());
        };
        match other_partition(place, name) {
            Some(problem) => Err(Box::new(problem)),
            None => Ok(Place { region: name.to_owned(), ..place.clone() }),
        }
    }

    fn plan(
        &self,
        place: &Place,
        prior: Option<&Object>,
        config: &Value,
        proposed: Value,
    ) -> Value {
        let region = given(&proposed);
        self.kind.plan(place, prior, config, proposed).with(REGION, region)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        self.kind.replaced_by(prior, planned)
    }

    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        self.kind.replacement_order(prior, planned)
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        self.kind.reads(place, object)
    }

    fn observe(
        &self,
        place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let found = self.kind.observe(place, prior, answers)?;
        Ok(found.map(|found| found.with(REGION, given(&prior.attributes))))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        self.kind.next(place, observed, wanted)
    }

    fn after(
        &self,
        place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        let region = wanted.or(observed.map(|it| &it.attributes)).map_or_else(nothing, given);
        let object = self.kind.after(place, observed, wanted, call, answer)?;
        Some(object.with(REGION, region))
    }

    fn reaction(&self, place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        self.kind.reaction(place, call, error)
    }

    fn create_timeout(&self, wanted: &Value) -> Option<Duration> {
        self.kind.create_timeout(wanted)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        let (id, region) = parted(id);
        let stub = self.kind.import(place, id)?;
        Ok(stub.with(REGION, region.map_or_else(nothing, Value::string)))
    }

    fn region_of_import(&self, id: &str) -> Option<String> {
        parted(id).1.map(str::to_owned)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        self.kind.creating_operations()
    }

    fn is_adoptable(&self, call: &Call, found: &Object) -> bool {
        self.kind.is_adoptable(call, found)
    }

    fn existing(&self, place: &Place, planned: &Value) -> Option<Object> {
        self.kind.existing(place, planned).map(whole)
    }

    fn set_identity(&self, object: &Object) -> Option<String> {
        self.kind.set_identity(object)
    }

    fn member_at(&self, place: &Place, object: &Object) -> Option<Object> {
        self.kind.member_at(place, object).map(whole)
    }

    fn leads(&self, object: &Object) -> Option<bool> {
        self.kind.leads(object)
    }

    fn with_role(&self, object: Object, leads: bool) -> Object {
        self.kind.with_role(object, leads)
    }

    fn joins(&self, planned: &Value) -> Option<String> {
        self.kind.joins(planned)
    }

    fn led_by(&self, planned: &Value, member: &Object) -> Option<(Value, Notice)> {
        self.kind.led_by(planned, member)
    }

    fn waiting_period(&self, object: &Object) -> Option<WaitingPeriod> {
        self.kind.waiting_period(object)
    }

    fn notices(
        &self,
        place: &Place,
        before: Option<&Object>,
        config: Option<&Value>,
    ) -> Vec<Notice> {
        self.kind.notices(place, before, config)
    }

    fn taken_over(&self, object: Object) -> Object {
        whole(self.kind.taken_over(object))
    }

    fn shown_elsewhere(&self, object: &Object) -> Option<ShownElsewhere> {
        self.kind.shown_elsewhere(object)
    }

    fn provides_key(&self, place: &Place, object: &Object) -> Option<String> {
        self.kind.provides_key(place, object)
    }

    fn with_keys_in_use(&self, object: &Object) -> Option<Object> {
        self.kind.with_keys_in_use(object)
    }

    fn use_of_key(&self, place: &Place, object: &Object, wanted: &Value, key: &str) -> KeyUse {
        self.kind.use_of_key(place, object, wanted, key)
    }

    fn asks_for_another_look(&self, observed: &Object) -> bool {
        self.kind.asks_for_another_look(observed)
    }

    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        match self.kind.recovery(place, call) {
            Recovery::Read(stub) => Recovery::Read(Box::new(whole(*stub))),
            other => other,
        }
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        self.kind.is_result_of(call, found)
    }

    fn identity(&self, object: &Object) -> Option<String> {
        self.kind.identity(object)
    }

    fn candidates(&self, answer: &Value) -> Vec<Object> {
        self.kind.candidates(answer).into_iter().map(whole).collect()
    }
}
