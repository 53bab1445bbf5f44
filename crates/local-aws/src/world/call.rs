//! An operation at work, and what it is given.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::fault::FaultAction;
use crate::iam::Withheld;
use crate::identity::{Caller, Place};
use crate::response::Output;
use crate::world::World;

/// One operation at work: the world, who asks, where and when.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub caller: &'a Caller,
    /// The access key that signed the request.
    pub access_key: &'a str,
    pub place: Place,
    pub now: Timestamp,
    /// A fault that lets the operation succeed, but not what follows from it.
    pub fault: Option<&'a FaultAction>,
    /// What follows from the operation but the caller has no permission for.
    pub withheld: &'a Withheld,
}

impl Call<'_> {
    /// Runs an operation on the world as it was at a moment, where it can change
    /// nothing. If it has to make something, it runs in the present.
    pub fn at<T>(&mut self, moment: Timestamp, operation: impl Fn(&mut Self) -> T) -> T {
        for (_, table) in self.world.tables_mut() {
            table.rewind(moment);
        }
        let outcome = operation(self);
        let made_rows =
            self.world.tables_mut().into_iter().fold(false, |made, (_, it)| it.restore() | made);
        if made_rows { operation(self) } else { outcome }
    }

    /// Runs an operation that answers with a document.
    pub fn answer<I: DeserializeOwned, O: Serialize>(
        &mut self,
        input: &Value,
        operation: impl FnOnce(&mut Self, I) -> Result<O, ApiError>,
    ) -> Result<Output, ApiError> {
        let output = operation(self, parse(input)?)?;
        let document = serde_json::to_vec(&output).expect("an output is plain data with text keys");
        Ok(Output::Json(document))
    }

    /// Runs an operation that answers with nothing.
    pub fn acknowledge<I: DeserializeOwned>(
        &mut self,
        input: &Value,
        operation: impl FnOnce(&mut Self, I) -> Result<(), ApiError>,
    ) -> Result<Output, ApiError> {
        operation(self, parse(input)?)?;
        Ok(Output::Empty)
    }
}

fn parse<I: DeserializeOwned>(input: &Value) -> Result<I, ApiError> {
    // A serde error is not told, since it can hold a piece of the input.
    I::deserialize(input).map_err(|_| ApiError::serialization("a member has the wrong type"))
}
