//! The shapes of a service model: what an input is made of, and its constraints.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;

/// The inputs of a service's operations.
#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    /// The shape of each operation's input.
    operations: BTreeMap<String, String>,
    shapes: BTreeMap<String, Shape>,
}

/// A type with its constraints.
#[derive(Debug, Deserialize)]
pub(super) struct Shape {
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether no message may show a value.
    #[serde(default)]
    pub sensitive: bool,
    /// The least number, or the least length: characters, bytes or elements.
    pub min: Option<i64>,
    /// The greatest number or length.
    pub max: Option<i64>,
    pub pattern: Option<Pattern>,
    #[serde(rename = "enum")]
    pub values: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Kind {
    String,
    Integer,
    Long,
    Boolean,
    Timestamp,
    /// Bytes, as base64.
    Blob,
    List {
        member: String,
    },
    Map {
        value: String,
    },
    Structure {
        #[serde(default)]
        required: Vec<String>,
        members: BTreeMap<String, String>,
    },
}

/// A regular expression that is compiled when it is first needed.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    pub text: String,
    compiled: OnceLock<Regex>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    /// Whether a text matches as a whole, with or without anchors in the pattern.
    pub fn matches(&self, text: &str) -> bool {
        let compile = || Regex::new(&format!("^(?:{})$", self.text)).expect("a tested pattern");
        self.compiled.get_or_init(compile).is_match(text)
    }
}

impl Model {
    pub(super) fn parse(text: &str) -> Self {
        serde_json::from_str(text).expect("a tested file")
    }

    /// The shape of an operation's input.
    pub(super) fn input(&self, operation: &str) -> Option<&Shape> {
        Some(self.shape(self.operations.get(operation)?))
    }

    pub(super) fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).expect("a model is whole")
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{KMS, SECRETS_MANAGER};

    use super::*;

    fn names(shape: &Shape) -> Vec<&String> {
        match &shape.kind {
            Kind::List { member } => vec![member],
            Kind::Map { value } => vec![value],
            Kind::Structure { members, .. } => members.values().collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_models_are_whole_and_their_patterns_compile() {
        let models = [(&*KMS, 54, 125), (&*SECRETS_MANAGER, 23, 76)];
        for (model, operations, shapes) in models {
            assert_eq!((model.operations.len(), model.shapes.len()), (operations, shapes));
            for operation in model.operations.keys() {
                assert!(matches!(model.input(operation).unwrap().kind, Kind::Structure { .. }));
            }
            for shape in model.shapes.values() {
                assert!(names(shape).into_iter().all(|name| model.shapes.contains_key(name)));
                if let Some(pattern) = &shape.pattern {
                    pattern.matches("");
                }
            }
        }
    }

    #[test]
    fn patterns_match_whole_texts() {
        let matches = |shape: &str, text| KMS.shape(shape).pattern.as_ref().unwrap().matches(text);
        assert!(matches("RegionType", "eu-west-1") && !matches("RegionType", "mars-1"));
        assert!(matches("PolicyNameType", "default") && !matches("PolicyNameType", "not one"));
        assert!(matches("PolicyType", "{\n\t\u{e9}}") && !matches("PolicyType", "\u{20ac}"));
        assert!(matches("XksKeyIdType", "a-b_c.d") && !matches("XksKeyIdType", "a b"));
    }

    #[test]
    fn selected_constraints_are_those_of_the_models() {
        let bounds = |model: &Model, shape: &str| {
            let shape = model.shape(shape);
            (shape.min, shape.max, shape.sensitive)
        };
        assert_eq!(bounds(&KMS, "PlaintextType"), (Some(1), Some(4096), true));
        assert_eq!(bounds(&KMS, "PendingWindowInDaysType"), (Some(1), Some(365), false));
        assert_eq!(bounds(&KMS, "GrantTokenList"), (Some(0), Some(10), false));
        assert_eq!(bounds(&SECRETS_MANAGER, "SecretStringType"), (Some(1), Some(65536), true));
        assert_eq!(bounds(&SECRETS_MANAGER, "NameType"), (Some(1), Some(512), false));
        assert_eq!(KMS.shape("GrantOperation").values.as_ref().unwrap().len(), 17);
    }
}
