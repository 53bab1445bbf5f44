//! What nobody has recorded from AWS: error codes and texts that are inferred.
//!
//! Clients should not depend on them, and whoever knows better can say so: each
//! has a name under which [`Texts`] takes another code or message.

mod texts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use texts::*;

/// An inferred answer. In its text, `{name}` stands for a parameter.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Inferred {
    /// The operation and the case, as in `ReplicateKey.OwnRegion`.
    pub name: &'static str,
    /// The error code; empty for a text that is not an error's.
    pub code: &'static str,
    /// The message.
    pub message: &'static str,
}

/// The values that fill an inferred text.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// Another code or message for an inferred answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
struct Replacement {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// An inferred answer, and what is answered in its place.
#[derive(Debug, Serialize)]
pub(crate) struct InferredRecord<'a> {
    #[serde(flatten)]
    inferred: &'static Inferred,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a Replacement>,
}

/// What is answered in place of inferred texts.
///
/// As JSON it is an object from names to objects with `code` and `message`, of
/// which either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, Replacement>")]
pub struct Texts(BTreeMap<String, Replacement>);

impl TryFrom<BTreeMap<String, Replacement>> for Texts {
    type Error = String;

    fn try_from(replacements: BTreeMap<String, Replacement>) -> Result<Self, String> {
        let is_known = |name: &String| ALL.iter().any(|inferred| inferred.name == name);
        match replacements.keys().find(|name| !is_known(name)) {
            None => Ok(Self(replacements)),
            Some(name) => Err(format!("there is no inferred text by the name of {name}")),
        }
    }
}

impl Texts {
    /// All inferred answers, by name.
    pub(crate) fn records(&self) -> Vec<InferredRecord<'_>> {
        let tell = |inferred: &'static Inferred| InferredRecord {
            inferred,
            replacement: self.0.get(inferred.name),
        };
        let mut records: Vec<_> = ALL.iter().map(tell).collect();
        records.sort_by_key(|record| record.inferred.name);
        records
    }

    /// The code and the message to answer with.
    pub(crate) fn render(&self, inferred: &Inferred, parameters: &Parameters) -> (String, String) {
        let replacement = self.0.get(inferred.name);
        let code = replacement.and_then(|replacement| replacement.code.as_deref());
        let message = replacement.and_then(|replacement| replacement.message.as_deref());
        let mut message = message.unwrap_or(inferred.message).to_owned();
        for (name, value) in parameters {
            message = message.replace(&format!("{{{name}}}"), value);
        }
        (code.unwrap_or(inferred.code).to_owned(), message)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_answer_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ALL.iter().map(|inferred| inferred.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn a_text_is_filled_and_can_be_replaced() {
        let parameters = vec![("region", "mars-north-1".to_owned())];
        let told = Texts::default().render(&REPLICA_IN_UNKNOWN_REGION, &parameters);
        assert_eq!(told.0, "UnsupportedOperationException");
        assert_eq!(told.1, "ReplicaRegion mars-north-1 is not a supported Region.");
        let texts: Texts = serde_json::from_str(
            r#"{"ReplicateKey.UnknownRegion":{"code":"ValidationException","message":"no {region}"}}"#,
        )
        .unwrap();
        let told = texts.render(&REPLICA_IN_UNKNOWN_REGION, &parameters);
        assert_eq!(told, ("ValidationException".to_owned(), "no mars-north-1".to_owned()));
    }

    #[test]
    fn a_name_that_is_not_known_is_refused() {
        let error = serde_json::from_str::<Texts>(r#"{"Nonsense":{}}"#).unwrap_err();
        assert!(error.to_string().contains("Nonsense"));
    }
}
