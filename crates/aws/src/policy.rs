//! Policies by meaning: which documents say the same, and the spelling in which they are kept.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::go_json;

/// Whether there is no policy: nothing, or a document without content.
pub fn is_blank(text: &str) -> bool {
    matches!(text.trim(), "" | "{}")
}

/// Whether two policy documents mean the same to AWS.
pub fn equivalent(a: &str, b: &str) -> bool {
    if a == b || (is_blank(a) && is_blank(b)) {
        return true;
    }
    match (document(a), document(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// The spelling in which policies are kept: keys sorted, no spaces, `<`, `>` and `&` escaped.
/// What is not JSON stays as it is.
pub fn normalise(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(json) => {
            let mut out = String::with_capacity(text.len());
            write_json(&json, &mut out);
            out
        }
        Err(_) => text.to_owned(),
    }
}

/// The policy that AWS gives to a key that is created without one.
pub fn default_for_key(partition: &str, account: &str) -> String {
    format!(
        r#"{{"Id":"key-default-1","Statement":[{{"Action":"kms:*","Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{account}:root"}},"Resource":"*","Sid":"Enable IAM User Permissions"}}],"Version":"2012-10-17"}}"#
    )
}

/// Whether a policy names a principal that IAM must know, other than whole accounts. A fresh one
/// is unknown to KMS for a while.
pub fn names_iam_principals(text: &str) -> bool {
    let Ok(json) = serde_json::from_str::<Json>(text) else {
        return false;
    };
    let statements = one_or_more(json.get("Statement"));
    statements
        .iter()
        .filter_map(|statement| statement.get("Principal")?.get("AWS"))
        .flat_map(|principals| one_or_more(Some(principals)))
        .filter_map(Json::as_str)
        .any(|name| {
            name != "*" && !name.ends_with(":root") && !name.bytes().all(|b| b.is_ascii_digit())
        })
}

/// The unique ids of users and roles that AWS shows in the place of principals that were deleted:
/// `AROA…`, `AIDA…` (IAM User Guide, "Unique identifiers").
pub fn deleted_principals(text: &str) -> Vec<String> {
    let Ok(json) = serde_json::from_str::<Json>(text) else {
        return Vec::new();
    };
    let is_unique_id = |name: &&str| {
        let has_prefix = ["AROA", "AIDA"].iter().any(|prefix| name.starts_with(prefix));
        let is_digit = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        has_prefix && name.len() >= 16 && name.bytes().all(is_digit)
    };
    let statements = one_or_more(json.get("Statement"));
    let named = statements.iter().filter_map(|statement| statement.get("Principal")?.get("AWS"));
    let names = named.flat_map(|names| one_or_more(Some(names))).filter_map(Json::as_str);
    names.filter(is_unique_id).map(str::to_owned).collect()
}

fn one_or_more(json: Option<&Json>) -> Vec<&Json> {
    match json {
        None => Vec::new(),
        Some(Json::Array(elements)) => elements.iter().collect(),
        Some(one) => vec![one],
    }
}

#[derive(PartialEq)]
struct Document {
    version: String,
    id: String,
    statements: BTreeSet<Statement>,
    count: usize,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sid: String,
    effect: String,
    /// Action, NotAction, Resource, NotResource.
    lists: [Vec<String>; 4],
    principal: Principal,
    not_principal: Principal,
    /// (operator, key, values)
    conditions: BTreeSet<(String, String, BTreeSet<String>)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Principal {
    Plain(String),
    /// (kind, names) without empty ones; so is its absence.
    Named(BTreeSet<(String, BTreeSet<String>)>),
}

fn document(text: &str) -> Option<Document> {
    let json: Json = serde_json::from_str(text).ok()?;
    let json = match &json {
        Json::Array(elements) if elements.len() == 1 => elements.first()?,
        other => other,
    };
    json.as_object()?;
    let statements = one_or_more(json.get("Statement"));
    Some(Document {
        version: string(json.get("Version"))?,
        id: string(json.get("Id"))?,
        count: statements.len(),
        statements: statements.into_iter().map(statement).collect::<Option<_>>()?,
    })
}

fn statement(json: &Json) -> Option<Statement> {
    json.as_object()?;
    Some(Statement {
        sid: string(json.get("Sid"))?,
        effect: string(json.get("Effect"))?.to_lowercase(),
        lists: [
            sorted(json.get("Action"))?,
            sorted(json.get("NotAction"))?,
            sorted(json.get("Resource"))?,
            sorted(json.get("NotResource"))?,
        ],
        principal: principal(json.get("Principal"))?,
        not_principal: principal(json.get("NotPrincipal"))?,
        conditions: conditions(json.get("Condition"))?,
    })
}

fn string(json: Option<&Json>) -> Option<String> {
    match json {
        None | Some(Json::Null) => Some(String::new()),
        Some(Json::String(text)) => Some(text.clone()),
        Some(_) => None,
    }
}

fn strings<C: FromIterator<String>>(json: Option<&Json>) -> Option<C> {
    let elements = one_or_more(json).into_iter();
    elements.map(|element| element.as_str().map(str::to_owned)).collect()
}

fn sorted(json: Option<&Json>) -> Option<Vec<String>> {
    let mut all: Vec<String> = strings(json)?;
    all.sort();
    Some(all)
}

fn principal(json: Option<&Json>) -> Option<Principal> {
    match json {
        None | Some(Json::Null) => Some(Principal::Named(BTreeSet::new())),
        Some(Json::String(text)) => Some(Principal::Plain(text.clone())),
        Some(Json::Object(kinds)) => {
            let mut named = BTreeSet::new();
            for (kind, names) in kinds {
                let names: BTreeSet<String> = strings(Some(names))?;
                let names: BTreeSet<String> = names.into_iter().map(account_of_root).collect();
                if !names.is_empty() {
                    named.insert((kind.clone(), names));
                }
            }
            Some(Principal::Named(named))
        }
        Some(_) => None,
    }
}

/// An account is named by its id or by the ARN of its root.
fn account_of_root(name: String) -> String {
    let account = name
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(":iam::"))
        .and_then(|(_, rest)| rest.strip_suffix(":root"));
    match account {
        Some(account) => account.to_owned(),
        None => name,
    }
}

fn conditions(json: Option<&Json>) -> Option<BTreeSet<(String, String, BTreeSet<String>)>> {
    let mut found = BTreeSet::new();
    let operators = match json {
        None | Some(Json::Null) => return Some(found),
        Some(json) => json.as_object()?,
    };
    for (operator, keys) in operators {
        for (key, values) in keys.as_object()? {
            let values = one_or_more(Some(values)).into_iter();
            let values: Option<BTreeSet<String>> = values.map(scalar_text).collect();
            found.insert((operator.clone(), key.clone(), values?));
        }
    }
    Some(found)
}

fn scalar_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number_text(number)),
        _ => None,
    }
}

/// Numbers pass through a 64-bit float, as they do in Go.
fn number_text(number: &serde_json::Number) -> String {
    let Some(value) = number.as_f64() else {
        return number.to_string();
    };
    let mut text = String::new();
    go_json::write_number(value, &mut text);
    text
}

fn write_json(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&number_text(number)),
        Json::String(text) => go_json::write_text(text, out),
        Json::Array(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json(element, out);
            }
            out.push(']');
        }
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (position, (key, value)) in entries.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                go_json::write_text(key, out);
                out.push(':');
                write_json(value, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_statement(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
    }

    #[test]
    fn blank_documents_are_equivalent() {
        assert!(equivalent("", "{}"));
        assert!(equivalent(" {} ", ""));
        assert!(!equivalent("", &with_statement("")));
    }

    #[test]
    fn statements_by_meaning() {
        let same = [
            (r#"{"Action":"kms:*"}"#, r#"{"Action":["kms:*"]}"#),
            (r#"{"Action":["a","b"]}"#, r#"{"Action":["b","a"]}"#),
            (r#"{"Effect":"Allow"}"#, r#"{"Effect":"allow"}"#),
            (
                r#"{"Principal":{"AWS":"123456789012"}}"#,
                r#"{"Principal":{"AWS":["arn:aws:iam::123456789012:root"]}}"#,
            ),
            (r#"{"Principal":{"AWS":[]}}"#, r#"{"Principal":{}}"#),
            (r#"{"Condition":{"Bool":{"x":true}}}"#, r#"{"Condition":{"Bool":{"x":["true"]}}}"#),
            (r#"{"Condition":{"N":{"x":[1,2]}}}"#, r#"{"Condition":{"N":{"x":["2","1"]}}}"#),
            (r#"{"Sid":"a"},{"Sid":"b"}"#, r#"{"Sid":"b"},{"Sid":"a"}"#),
        ];
        for (a, b) in same {
            assert!(equivalent(&with_statement(a), &with_statement(b)), "{a} {b}");
        }
        let different = [
            (r#"{"Action":["a","a"]}"#, r#"{"Action":"a"}"#),
            (r#"{"Principal":"*"}"#, r#"{"Principal":{"AWS":"*"}}"#),
            (r#"{"Sid":"a"}"#, r#"{"Sid":"b"}"#),
            (r#"{"Action":"a"}"#, r#"{"NotAction":"a"}"#),
            (r#"{"Condition":{"Bool":{"x":"true"}}}"#, r#"{"Condition":{"Bool":{"y":"true"}}}"#),
            (r#"{"Sid":"a"}"#, r#"{"Sid":"a"},{"Sid":"a"}"#),
        ];
        for (a, b) in different {
            assert!(!equivalent(&with_statement(a), &with_statement(b)), "{a} {b}");
        }
    }

    #[test]
    fn one_statement_or_document_may_stand_without_its_list() {
        let list = r#"{"Version":"1","Statement":[{"Action":"a"}]}"#;
        assert!(equivalent(list, r#"{"Version":"1","Statement":{"Action":"a"}}"#));
        assert!(equivalent(list, &format!("[{list}]")));
        assert!(!equivalent(list, r#"{"Version":"2","Statement":[{"Action":"a"}]}"#));
        assert!(!equivalent(list, "not json"));
    }

    #[test]
    fn the_kept_spelling_is_gos() {
        assert_eq!(
            normalise("{\"b\": [1.0, 2.50, 1e21], \"a\": \"<&>\\u0007\"}"),
            r#"{"a":"\u003c\u0026\u003e\u0007","b":[1,2.5,1e+21]}"#
        );
        assert_eq!(normalise("no json"), "no json");
        let default = default_for_key("aws", "123456789012");
        assert_eq!(normalise(&default), default);
    }

    #[test]
    fn principals_that_iam_must_know() {
        let policy = |aws: &str| with_statement(&format!(r#"{{"Principal":{{"AWS":{aws}}}}}"#));
        assert!(names_iam_principals(&policy(r#"["arn:aws:iam::1:role/app"]"#)));
        assert!(!names_iam_principals(&policy(r#"["*","1","arn:aws:iam::1:root"]"#)));
    }
}
