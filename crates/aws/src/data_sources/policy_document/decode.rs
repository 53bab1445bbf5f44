//! Policies from JSON, with the messages that Go gives the provider.

use super::document::{Condition, Document, Principals, Statement, Texts};
use crate::go_json::{self, Json};

/// Why a text is no policy.
pub(super) struct Refused {
    pub message: String,
    pub help: Option<&'static str>,
}

impl From<String> for Refused {
    fn from(message: String) -> Refused {
        Refused { message, help: None }
    }
}

type Decoded<T> = Result<T, Refused>;

/// Reads a policy. Members are found whatever the case of their names; others are dropped.
pub(super) fn document(text: &str) -> Decoded<Document> {
    let mut document = Document::default();
    let members = match go_json::parse(text)? {
        Json::Null => return Ok(document),
        Json::Object(members) => members,
        other => {
            let kind = other.kind();
            let message =
                format!("json: cannot unmarshal {kind} into Go value of type iam.IAMPolicyDoc");
            return Err(message.into());
        }
    };
    for (name, value) in members {
        let field = |name: &str| format!("IAMPolicyDoc.{name}");
        match name.to_ascii_lowercase().as_str() {
            "version" => set_text(&mut document.version, value, &field("Version"))?,
            "id" => set_text(&mut document.id, value, &field("Id"))?,
            "statement" => document.statements = statements(value)?,
            _ => {}
        }
    }
    Ok(document)
}

fn mismatch(value: &Json, field: &str, ty: &str) -> Refused {
    let kind = value.kind();
    format!("json: cannot unmarshal {kind} into Go struct field {field} of type {ty}").into()
}

/// Puts a text in; null changes nothing.
fn set_text(text: &mut String, value: Json, field: &str) -> Decoded<()> {
    match value {
        Json::Null => {}
        Json::Text(new) => *text = new,
        other => return Err(mismatch(&other, field, "string")),
    }
    Ok(())
}

fn statements(value: Json) -> Decoded<Vec<Statement>> {
    match value {
        Json::Null => Ok(Vec::new()),
        Json::Array(elements) => elements.into_iter().map(statement).collect(),
        other => Err(Refused {
            help: Some("Put the statement into a list: \"Statement\": [{ … }]."),
            ..mismatch(&other, "IAMPolicyDoc.Statement", "[]*iam.IAMPolicyStatement")
        }),
    }
}

fn statement(value: Json) -> Decoded<Statement> {
    let members = match value {
        Json::Object(members) => members,
        Json::Null => return Err("a statement is null".to_owned().into()),
        other => return Err(mismatch(&other, "IAMPolicyDoc.Statement", "iam.IAMPolicyStatement")),
    };
    let mut statement = Statement::default();
    for (name, value) in members {
        let field = |name: &str| format!("IAMPolicyStatement.Statement.{name}");
        let verbatim = |value: Json| Some(value.sorted()).filter(|value| *value != Json::Null);
        match name.to_ascii_lowercase().as_str() {
            "sid" => set_text(&mut statement.sid, value, &field("Sid"))?,
            "effect" => set_text(&mut statement.effect, value, &field("Effect"))?,
            "action" => statement.actions = verbatim(value),
            "notaction" => statement.not_actions = verbatim(value),
            "resource" => statement.resources = verbatim(value),
            "notresource" => statement.not_resources = verbatim(value),
            "principal" => statement.principals = principals(value)?,
            "notprincipal" => statement.not_principals = principals(value)?,
            "condition" => statement.conditions = conditions(value)?,
            _ => {}
        }
    }
    Ok(statement)
}

/// A kind of value as Go's types of parsed JSON name it.
fn go_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "<nil>",
        Json::Bool(_) => "bool",
        Json::Number(_) => "float64",
        Json::Text(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    }
}

fn unsupported(value: &Json, place: &str) -> Refused {
    format!("Unsupported data type {} for {place}", go_type(value)).into()
}

/// The members of an object, the last of each name, in alphabetical order.
fn entries(members: Vec<(String, Json)>) -> Vec<(String, Json)> {
    match Json::Object(members).sorted() {
        Json::Object(members) => members,
        _ => Vec::new(),
    }
}

/// The provider takes any text for `*`. That would open a policy to everyone where another name
/// is written, so only `*` itself passes here.
fn principals(value: Json) -> Decoded<Vec<Principals>> {
    let place = "IAMPolicyStatementPrincipalSet";
    match value {
        Json::Text(text) if text == "*" => {
            Ok(vec![Principals { kind: text.clone(), identifiers: Texts::Many(vec![text]) }])
        }
        Json::Text(text) => Err(Refused {
            message: format!("a principal that stands alone must be \"*\", not {text:?}"),
            help: Some("Name the type of the principal: { \"AWS\": \"…\" }."),
        }),
        Json::Object(members) => entries(members)
            .into_iter()
            .map(|(kind, value)| {
                let place = format!("{place}.Identifiers");
                let identifiers = match value {
                    Json::Text(text) => Texts::One(text),
                    Json::Array(elements) => Texts::Many(texts(elements, &place)?),
                    other => return Err(unsupported(&other, &place)),
                };
                Ok(Principals { kind, identifiers })
            })
            .collect(),
        other => Err(unsupported(&other, place)),
    }
}

fn texts(elements: Vec<Json>, place: &str) -> Decoded<Vec<String>> {
    let text = |element| match element {
        Json::Text(text) => Ok(text),
        other => Err(unsupported(&other, place)),
    };
    elements.into_iter().map(text).collect()
}

/// The provider drops values that are neither text nor bool, and the test with them. A policy
/// would grant more than is written, so they are refused here.
fn conditions(value: Json) -> Decoded<Vec<Condition>> {
    let field = "IAMPolicyStatement.Statement.Condition";
    let tests = match value {
        Json::Null => return Ok(Vec::new()),
        Json::Object(tests) => entries(tests),
        other => return Err(mismatch(&other, field, "map[string]map[string]interface {}")),
    };
    let mut conditions = Vec::new();
    for (test, variables) in tests {
        let variables = match variables {
            Json::Null => continue,
            Json::Object(variables) => entries(variables),
            other => return Err(mismatch(&other, field, "map[string]interface {}")),
        };
        for (variable, value) in variables {
            let place = "IAMPolicyStatementConditionSet.Values";
            let quoted = |refused: Refused| Refused {
                help: Some("Write the values of conditions as strings, such as \"3600\"."),
                ..refused
            };
            let values = match value {
                Json::Text(text) => Texts::Many(vec![text]),
                Json::Bool(value) => Texts::Many(vec![value.to_string()]),
                Json::Array(elements) => Texts::Many(texts(elements, place).map_err(quoted)?),
                other => return Err(quoted(unsupported(&other, place))),
            };
            conditions.push(Condition { test: test.clone(), variable, values });
        }
    }
    Ok(conditions)
}
