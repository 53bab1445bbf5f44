//! What is sealed goes over to another key, and everything else stays as it is.

use serde_json::{Map, Value as Json, json};

use super::{Place, looks_like_form};
use crate::seal::Opened;
use crate::{Sealer, StateError};

/// Encoded JSON with its sealed parts sealed under another key.
///
/// # Errors
/// A part is sealed under a third key, or was tampered with.
pub(crate) fn reseal(
    text: &str,
    from: &Sealer,
    to: &Sealer,
    context: &str,
) -> Result<String, StateError> {
    let json = serde_json::from_str(text).map_err(|it| StateError::malformed(context, it))?;
    Ok(Resealing { from, to, context }.part(json, &Place::Root)?.to_string())
}

struct Resealing<'a> {
    from: &'a Sealer,
    to: &'a Sealer,
    context: &'a str,
}

impl Resealing<'_> {
    fn part(&self, json: Json, place: &Place<'_>) -> Result<Json, StateError> {
        match json {
            Json::Array(elements) => {
                let elements = elements.into_iter().enumerate();
                elements.map(|(at, it)| self.part(it, &Place::Index(place, at))).collect()
            }
            Json::Object(members) if looks_like_form(members.keys().map(String::as_str)) => {
                self.form(members, place)
            }
            Json::Object(members) => self.entries(members, place),
            plain => Ok(plain),
        }
    }

    fn entries(&self, members: Map<String, Json>, place: &Place<'_>) -> Result<Json, StateError> {
        let entries = members.into_iter().map(|(name, json)| {
            let json = self.part(json, &Place::Name(place, &name))?;
            Ok((name, json))
        });
        Ok(Json::Object(entries.collect::<Result<_, StateError>>()?))
    }

    fn form(&self, mut members: Map<String, Json>, place: &Place<'_>) -> Result<Json, StateError> {
        let word = members.keys().next().cloned().unwrap_or_default();
        let inner = if word == "type" { "value" } else { &word };
        let Some(body) = members.get_mut(inner) else { return Ok(members.into()) };
        let former = body.take();
        *body = match (word.as_str(), former) {
            ("sealed", Json::String(sealed)) => json!(self.sealed(&sealed, place)?),
            ("unknown" | "unknown_not_null", former) => former,
            // It looks like a form and is none.
            ("plain", Json::Object(members)) => self.entries(members, place)?,
            (_, former) => self.part(former, place)?,
        };
        Ok(members.into())
    }

    fn sealed(&self, sealed: &str, place: &Place<'_>) -> Result<String, StateError> {
        let bound_to = place.bound_to(self.context);
        match self.from.open(&bound_to, sealed) {
            Some(Opened::Text(text)) => Ok(self.to.seal(&bound_to, text.to_vec())),
            Some(Opened::OtherKey) => {
                Err(StateError::malformed(self.context, "a part is sealed under another key"))
            }
            None => Err(StateError::malformed(self.context, "a sealed part was tampered with")),
        }
    }
}
