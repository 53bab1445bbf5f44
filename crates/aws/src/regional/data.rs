//! A data source or ephemeral resource with the argument `region`.

use meridian_lang::Value;
use meridian_resource::{Answer, Call, DataError, DataSource, Place, Problem, Schema};

use super::{REGION, argument, given, other_partition, unknown_region, with_argument};

pub(super) struct RegionalData {
    kind: Box<dyn DataSource>,
    schema: Schema,
}

impl RegionalData {
    pub(super) fn new(kind: Box<dyn DataSource>) -> RegionalData {
        let schema = with_argument(kind.schema(), argument());
        RegionalData { kind, schema }
    }
}

/// What is wrong with where it is to be read.
fn problem(place: &Place, config: &Value) -> Option<Problem> {
    other_partition(place, config.get_str(REGION)?)
}

impl DataSource for RegionalData {
    fn name(&self) -> &'static str {
        self.kind.name()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        self.kind.validate(config).into_iter().chain(unknown_region(config)).collect()
    }

    fn home(&self, place: &Place, config: &Value) -> Place {
        match config.get_str(REGION) {
            Some(region) => Place { region: region.to_owned(), ..place.clone() },
            None => place.clone(),
        }
    }

    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        if problem(place, config).is_some() {
            return Vec::new();
        }
        self.kind.reads(&self.home(place, config), config)
    }

    fn shows(&self, attribute: &str, argument: &str) -> bool {
        self.kind.shows(attribute, argument)
    }

    fn observe(
        &self,
        place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        if let Some(problem) = problem(place, config) {
            return Err(DataError::Problem(Box::new(problem)));
        }
        let found = self.kind.observe(&self.home(place, config), config, answers)?;
        Ok(found.with(REGION, given(config)))
    }
}
