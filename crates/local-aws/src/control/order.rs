//! A request to the control endpoint, and how its parts are read.

use std::borrow::Cow;
use std::path::Path;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::cloud::Cloud;
use crate::control::Refusal;
use crate::request::Request;

/// What an action needs to know.
pub(super) struct Order<'a> {
    pub cloud: &'a Cloud,
    pub request: &'a Request,
    /// Where snapshots are, if there may be any.
    pub snapshots: Option<&'a Path>,
}

impl Order<'_> {
    /// The document that the request brings.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(self.request.body())
            .map_err(|error| Refusal::bad(format!("the body is not what is expected: {error}")))
    }

    /// The parameters of the query, of which only these are known.
    pub fn parameters<const N: usize>(
        &self,
        known: [&str; N],
    ) -> Result<[Option<Cow<'_, str>>; N], Refusal> {
        let mut values = [const { None }; N];
        let query = self.request.uri().query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(index) = known.iter().position(|known| *known == name) else {
                return Err(Refusal::bad(format!("there is no parameter {name}")));
            };
            values[index] = Some(value);
        }
        Ok(values)
    }
}

/// A parameter that is a whole number.
pub(super) fn number<T: FromStr>(name: &str, text: Option<&str>) -> Result<Option<T>, Refusal> {
    let refusal = |_| Refusal::bad(format!("{name} is not a number"));
    text.map(|text| text.parse().map_err(refusal)).transpose()
}

/// A member that must be there, though it may be null.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Deserialize::deserialize(deserializer)
}
