//! A policy as JSON.

use super::document::{Condition, Document, Principals, Statement, Texts};
use crate::go_json::Json;

fn object<const N: usize>(members: [(&str, Option<Json>); N]) -> Json {
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(members.collect())
}

fn text(text: String) -> Option<Json> {
    (!text.is_empty()).then_some(Json::Text(text))
}

/// The document; what is empty is left out.
pub(super) fn document(document: Document) -> Json {
    let statements: Vec<Json> = document.statements.into_iter().map(statement).collect();
    object([
        ("Version", text(document.version)),
        ("Id", text(document.id)),
        ("Statement", (!statements.is_empty()).then_some(Json::Array(statements))),
    ])
}

fn statement(statement: Statement) -> Json {
    object([
        ("Sid", text(statement.sid)),
        ("Effect", text(statement.effect)),
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
        ("Principal", principals(statement.principals)),
        ("NotPrincipal", principals(statement.not_principals)),
        ("Condition", conditions(statement.conditions)),
    ])
}

/// Everyone is `"*"` only where nothing else is named: in trust policies that and `{"AWS": "*"}`
/// are not the same.
fn principals(all: Vec<Principals>) -> Option<Json> {
    if let [Principals { kind, identifiers }] = all.as_slice()
        && kind == "*"
        && is_everyone(identifiers)
    {
        return Some(Json::Text("*".to_owned()));
    }
    let mut merged: Vec<(String, Texts)> = Vec::new();
    for Principals { kind, mut identifiers } in all {
        if let Texts::Many(texts) = &mut identifiers {
            texts.sort_by(|a, b| b.cmp(a));
        }
        put(&mut merged, kind, identifiers);
    }
    (!merged.is_empty()).then(|| members(merged))
}

fn is_everyone(identifiers: &Texts) -> bool {
    match identifiers {
        Texts::One(text) => text == "*",
        Texts::Many(texts) => matches!(texts.as_slice(), [text] if text == "*"),
    }
}

fn put(merged: &mut Vec<(String, Texts)>, name: String, more: Texts) {
    match merged.iter_mut().find(|(known, _)| *known == name) {
        Some((_, texts)) => *texts = texts.clone().and(more),
        None => merged.push((name, more)),
    }
}

fn members(merged: Vec<(String, Texts)>) -> Json {
    let members = merged.into_iter().map(|(name, texts)| (name, texts.into_json()));
    Json::Object(members.collect()).sorted()
}

fn conditions(all: Vec<Condition>) -> Option<Json> {
    let mut tests: Vec<(String, Vec<(String, Texts)>)> = Vec::new();
    for Condition { test, variable, values } in all {
        match tests.iter_mut().find(|(known, _)| *known == test) {
            Some((_, variables)) => put(variables, variable, values),
            None => tests.push((test, vec![(variable, values)])),
        }
    }
    let members = tests.into_iter().map(|(test, variables)| {
        let variables = variables.into_iter().map(|(name, texts)| (name, texts.alone()));
        (test, members(variables.collect()))
    });
    let members: Vec<_> = members.collect();
    (!members.is_empty()).then(|| Json::Object(members).sorted())
}
