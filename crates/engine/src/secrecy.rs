//! Where secrets turn up again that nothing marks: in messages of the cloud, and in what it shows
//! of other objects.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use meridian_lang::{Marks, Value};
use meridian_plan::PriorObject;
use meridian_resource::Object;
use serde_json::Value as Json;

/// What is put in the place of a secret.
const HIDDEN: &str = "(sensitive value)";
/// Shorter parts of a secret are ordinary words.
const SHORTEST_PART: usize = 8;

/// The texts in a value that are sensitive.
pub(crate) fn secrets(value: &Value) -> Vec<&str> {
    let mut secrets = Vec::new();
    gather(value, false, &mut secrets);
    secrets
}

fn gather<'v>(value: &'v Value, within: bool, secrets: &mut Vec<&'v str>) {
    let sensitive = within || value.is_sensitive();
    secrets.extend(value.as_str().filter(|text| sensitive && !text.is_empty()));
    value.children().for_each(|child| gather(child, sensitive, secrets));
}

/// A message of the cloud about a request, without what is sensitive in the request: some errors
/// repeat the value that they refuse, or a part of it.
pub(crate) fn hide_secrets(request: &Value, message: String) -> String {
    let mut hidden = Vec::new();
    for secret in secrets(request) {
        hidden.push(secret.to_owned());
        add_parts(secret, &mut hidden);
    }
    let escaped: Vec<String> = hidden.iter().map(|secret| in_json(secret)).collect();
    hidden.extend(escaped);
    // A part must not tear a hole into the whole before that is found.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    hidden.iter().fold(message, |message, secret| message.replace(secret.as_str(), HIDDEN))
}

/// The text as it stands between the quotes of JSON.
fn in_json(text: &str) -> String {
    let quoted = Json::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Its words, the texts in it if it is JSON, and what it is the base64 of.
fn add_parts(secret: &str, parts: &mut Vec<String>) {
    let mut texts = Vec::new();
    match serde_json::from_str(secret) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) => add_texts(&json, &mut texts),
        _ => texts.extend(base64_of(secret)),
    }
    texts.push(secret.to_owned());
    let words = texts.iter().flat_map(|text| text.split([' ', '\t', '\r', '\n', ',']));
    let words: Vec<String> = words.map(str::to_owned).collect();
    texts.extend(words);
    parts.extend(texts.into_iter().filter(|part| part.len() >= SHORTEST_PART));
}

fn add_texts(json: &Json, texts: &mut Vec<String>) {
    match json {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| add_texts(item, texts)),
        Json::Object(members) => members.values().for_each(|member| add_texts(member, texts)),
        _ => {}
    }
}

fn base64_of(text: &str) -> Option<String> {
    String::from_utf8(BASE64.decode(text.trim()).ok()?).ok()
}

/// What the cloud shows of one object may be what another object keeps as a secret: a secret shows
/// its policy, which is another resource's argument. It is sensitive in both.
pub(crate) fn hide_repeated(objects: &mut [PriorObject]) {
    let known: HashSet<String> = objects
        .iter()
        .flat_map(|object| secrets(&object.stored.attributes))
        .filter(|secret| secret.len() >= SHORTEST_PART)
        .map(comparable)
        .collect();
    if known.is_empty() {
        return;
    }
    for observed in objects.iter_mut().filter_map(|object| object.observed.as_mut()) {
        let attributes = marked(observed.attributes.clone(), &known);
        let facts = marked(observed.facts.clone(), &known);
        *observed = Object { attributes, facts };
    }
}

/// The same text for the same JSON.
fn comparable(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) => json.to_string(),
        _ => text.to_owned(),
    }
}

/// The members of an object, of which those are sensitive that repeat a secret.
fn marked(object: Value, known: &HashSet<String>) -> Value {
    let repeats = |value: &Value| value.as_str().is_some_and(|it| known.contains(&comparable(it)));
    let names: Vec<_> = object.as_entries().into_iter().flatten().map(|(name, _)| name).collect();
    names.into_iter().fold(object.clone(), |marked, name| match object.get(name) {
        Some(value) if !value.is_sensitive() && repeats(value) => {
            marked.with(name, value.clone().mark(Marks::SENSITIVE))
        }
        _ => marked,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use meridian_graph::InstanceAddress;
    use meridian_lang::Sources;
    use meridian_plan::{
        Action, Answers, Basis, DataAnswer, Drift, Mode, Options, OutputChange, PriorOutput,
    };
    use meridian_resource::{Call, CloudError, ProviderKey, Service};
    use meridian_state::StoredObject;

    use super::*;
    use crate::SavedInputs;

    fn hidden(secret: &str, message: &str) -> String {
        let request = Value::object([("A", Value::string(secret).mark(Marks::SENSITIVE))]);
        hide_secrets(&request, message.to_owned())
    }

    #[test]
    fn messages_repeat_neither_a_secret_nor_its_parts() {
        for (secret, message) in [
            ("abc", "'(abc)' is refused"),
            ("of hunter2hunter2", "'(hunter2hunter2)' is refused"),
            ("first\nhunter2hunter2\nlast", "'(hunter2hunter2)' is refused"),
            (r#"{"a": [{"b": "hunter2hunter2"}]}"#, "'(hunter2hunter2)' is refused"),
            (r#"{"a": "x hunter2hunter2"}"#, "'(hunter2hunter2)' is refused"),
            ("aHVudGVyMmh1bnRlcjI=", "'(hunter2hunter2)' is refused"),
            ("hunter2\"hunter2", r#"'(hunter2\"hunter2)' is refused"#),
        ] {
            assert_eq!(hidden(secret, message), "'((sensitive value))' is refused", "{secret}");
        }
    }

    #[test]
    fn debug_forms_show_no_secret() {
        let secret = || Value::string("hunter2").mark(Marks::SENSITIVE);
        let nested = || {
            let list = Value::tuple([secret(), Value::object([("deep", secret())])]);
            Value::object([("a", Value::object([("b", list)])), ("c", secret())])
        };
        let call = Call::change(Service::Kms, "CreateKey", "eu-west-1", [("Tags", nested())]);
        let object = Object { attributes: nested(), facts: nested() };
        let address = || InstanceAddress::parse("t.a").expect("an address");
        let prior = PriorObject {
            address: address(),
            previous_address: None,
            importing: None,
            deposed: None,
            provider: ProviderKey::parse("aws"),
            region: "eu-west-1".to_owned(),
            stored: object.clone(),
            observed: Some(object.clone()),
            dependencies: Vec::new(),
            unfinished: false,
        };
        let drift = Drift {
            address: address(),
            previous_address: None,
            region: "eu-west-1".to_owned(),
            before: nested(),
            after: Some(nested()),
        };
        let output = OutputChange {
            name: "o".into(),
            action: Action::Create,
            before: Some(secret()),
            after: Some(nested()),
            sensitive: true,
            was_sensitive: true,
        };
        let stored = StoredObject {
            address: address(),
            deposed: None,
            type_name: "t".to_owned(),
            provider: "aws".to_owned(),
            region: "eu-west-1".to_owned(),
            attributes: nested(),
            facts: nested(),
            dependencies: Vec::new(),
            create_before_destroy: false,
            unfinished: false,
            schema_version: 0,
        };
        let answers = DataAnswer { config: nested(), result: Ok(nested()) };
        let file = "password = \"hunter2\"".to_owned();
        let mut sources = Sources::default();
        sources.add("main.tf", &file);
        let inputs = SavedInputs {
            mode: Mode::Normal,
            local: false,
            folder: "/".into(),
            sources: vec![("main.tf".to_owned(), file)],
            places: BTreeMap::new(),
            variables: [("s".into(), nested())].into(),
            objects: vec![prior.clone()],
            outputs: [("o".into(), PriorOutput { value: nested(), sensitive: true })].into(),
            basis: Basis::default(),
            options: Options::default(),
            answers: Answers { data: [(address(), answers.clone())].into(), ..Answers::default() },
            start_time: None,
        };
        let shown: [(&str, &dyn Debug); 11] = [
            ("a value", &nested()),
            ("a call", &call),
            ("an answer", &Ok::<_, CloudError>(nested())),
            ("an object", &object),
            ("an object of the state", &stored),
            ("an object to plan with", &prior),
            ("drift", &drift),
            ("an output", &output),
            ("an answer of a data source", &answers),
            ("what a plan file holds", &inputs),
            ("source files", &sources),
        ];
        for (name, value) in shown {
            for text in [format!("{value:?}"), format!("{value:#?}")] {
                assert!(!text.contains("hunter2"), "{name}: {text}");
            }
        }
        assert!(format!("{nested:?}", nested = nested()).contains("(sensitive value)"));
    }

    #[test]
    fn ordinary_words_stay() {
        assert_eq!(hidden("the key of us", "the key is refused"), "the key is refused");
    }
}
