//! Key policies: what may be one, and who must be able to change it later.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::iam::Pattern;
use crate::identity::{Account, Arn, Place};
use crate::inferred;
use crate::kms::policy_text::lay_out;
use crate::paging::page;
use crate::validate;
use crate::world::Call;

const ONLY_NAME: &str = "default";
const LONGEST: usize = 32 * 1024;

/// The policy of a key that is made without one.
pub(crate) fn default_policy(place: Place) -> String {
    let Place { account, region } = place;
    let root = format!("arn:{}:iam::{account}:root", region.partition());
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{root}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

/// The policy for a new key: the given one, if it will do, or the default.
pub(crate) fn policy_for_new_key(
    call: &Call<'_>,
    place: Place,
    policy: Option<String>,
    bypass: bool,
) -> Result<String, ApiError> {
    let Some(policy) = policy else {
        return Ok(default_policy(place));
    };
    check(call, &policy, bypass)?;
    Ok(lay_out(&policy))
}

/// Refuses a document that is no policy, or that would lock its author out.
fn check(call: &Call<'_>, policy: &str, bypass: bool) -> Result<(), ApiError> {
    if policy.len() > LONGEST {
        return Err(ApiError::inferred(&inferred::POLICY_TOO_LONG, Vec::new()));
    }
    let malformed = |message: &str| ApiError::new("MalformedPolicyDocumentException", message);
    let statements = statements(policy)
        .ok_or_else(|| ApiError::inferred(&inferred::POLICY_MALFORMED, Vec::new()))?;
    if !statements.iter().all(|statement| has_valid_principal(&statement["Principal"])) {
        return Err(ApiError::inferred(&inferred::POLICY_PRINCIPAL, Vec::new()));
    }
    if bypass || statements.iter().any(|statement| lets_change(call, statement)) {
        return Ok(());
    }
    Err(malformed("The new key policy will not allow you to update the key policy in the future."))
}

/// Whether a text is a resource policy: JSON with well-formed statements.
pub(crate) fn is_policy_document(policy: &str) -> bool {
    statements(policy).is_some()
}

fn statements(policy: &str) -> Option<Vec<Value>> {
    let document: Value = serde_json::from_str(policy).ok()?;
    let statements = as_list(document.as_object()?.get("Statement")?.clone());
    let has =
        |statement: &Value, names: &[&str]| names.iter().any(|name| statement.get(name).is_some());
    let well_formed = statements.iter().all(|statement| {
        matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"))
            && has(statement, &["Principal", "NotPrincipal"])
            && has(statement, &["Action", "NotAction"])
    });
    (well_formed && !statements.is_empty()).then_some(statements)
}

/// Whether a statement's principals have the form of such: everyone, accounts,
/// users, roles and their sessions. Whether they exist is not known here.
fn has_valid_principal(principal: &Value) -> bool {
    let is_identity = |name: &str| {
        let is_arn_of_one = |arn: Arn<'_>| {
            let kinds: &[&str] = match arn.service {
                "iam" => &["root", "user/", "role/"],
                "sts" => &["assumed-role/", "federated-user/"],
                _ => &[],
            };
            arn.region.is_empty()
                && Account::parse(arn.account).is_some()
                && kinds.iter().any(|kind| arn.resource.starts_with(kind))
        };
        name == "*" || Account::parse(name).is_some() || Arn::parse(name).is_some_and(is_arn_of_one)
    };
    match principal {
        Value::Null => true,
        Value::String(name) => name == "*",
        Value::Object(kinds) => kinds.iter().all(|(kind, names)| match kind.as_str() {
            "AWS" => {
                as_list(names.clone()).iter().all(|name| name.as_str().is_some_and(is_identity))
            }
            "Service" | "Federated" | "CanonicalUser" => true,
            _ => false,
        }),
        _ => false,
    }
}

/// Whether a statement lets the caller put another policy. Conditions are taken
/// to be met: to refuse what AWS accepts would be the greater evil here.
fn lets_change(call: &Call<'_>, statement: &Value) -> bool {
    statement["Effect"] == "Allow"
        && as_list(statement["Action"].clone())
            .iter()
            .filter_map(Value::as_str)
            .any(|action| Pattern::new(action).covers_ignoring_case("kms:PutKeyPolicy"))
        && names_caller(call, &statement["Principal"])
}

fn names_caller(call: &Call<'_>, principal: &Value) -> bool {
    let region = call.place.region;
    let account = call.caller.account.to_string();
    let root = format!("arn:{}:iam::{account}:root", region.partition());
    let own = call.caller.arn(region);
    let role = call.caller.role_arn(region);
    let is_caller = |name: &str| {
        name == "*"
            || name == account
            || name == root
            || name == own
            || Some(name) == role.as_deref()
    };
    let names = match principal {
        Value::Object(kinds) => kinds.get("AWS").cloned().unwrap_or(Value::Null),
        other => other.clone(),
    };
    as_list(names).iter().filter_map(Value::as_str).any(is_caller)
}

/// One value is as good as a list of one, in policies.
fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        Value::Null => Vec::new(),
        value => vec![value],
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutKeyPolicyInput {
    key_id: Option<String>,
    policy_name: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: bool,
}

pub(crate) fn put_key_policy(
    call: &mut Call<'_>,
    input: PutKeyPolicyInput,
) -> Result<(), ApiError> {
    let policy = validate::required("policy", input.policy)?;
    let address = call.key_for("PutKeyPolicy", input.key_id)?;
    check_name(input.policy_name)?;
    check(call, &policy, input.bypass_policy_lockout_safety_check)?;
    call.world.key_mut(&address).policy = lay_out(&policy);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetKeyPolicyInput {
    key_id: Option<String>,
    policy_name: Option<String>,
}

pub(crate) fn get_key_policy(
    call: &mut Call<'_>,
    input: GetKeyPolicyInput,
) -> Result<Value, ApiError> {
    let address = call.find_key(input.key_id)?;
    check_name(input.policy_name)?;
    Ok(json!({ "Policy": call.world.key(&address).policy, "PolicyName": ONLY_NAME }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListKeyPoliciesInput {
    key_id: Option<String>,
    marker: Option<String>,
}

pub(crate) fn list_key_policies(
    call: &mut Call<'_>,
    input: ListKeyPoliciesInput,
) -> Result<Value, ApiError> {
    call.find_key(input.key_id)?;
    page([ONLY_NAME].into_iter(), |name| name, 1, input.marker.as_deref())?;
    Ok(json!({ "PolicyNames": [ONLY_NAME], "Truncated": false }))
}

fn check_name(name: Option<String>) -> Result<(), ApiError> {
    match name.as_deref() {
        None | Some(ONLY_NAME) => Ok(()),
        Some(_) => Err(ApiError::inferred(&inferred::POLICY_NAME, Vec::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_have_forms() {
        let is_valid = |name: &str| has_valid_principal(&json!({ "AWS": [name] }));
        for name in ["*", "123456789012", "arn:aws:iam::123456789012:role/team/app"] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "app", "arn:aws:iam::12:root", "arn:aws:s3:::bucket", "AROA123"] {
            assert!(!is_valid(name), "{name}");
        }
        assert!(has_valid_principal(&json!("*")) && !has_valid_principal(&json!("app")));
        assert!(has_valid_principal(&json!({ "Service": "s3.amazonaws.com" })));
        assert!(!has_valid_principal(&json!({ "Nobody": "x" })));
    }

    #[test]
    fn a_policy_is_json_with_whole_statements() {
        assert!(is_policy_document(
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#
        ));
        assert!(!is_policy_document("junk"));
        assert!(!is_policy_document("{}"));
        assert!(!is_policy_document(r#"{"Statement":[]}"#));
        assert!(!is_policy_document(r#"{"Statement":[{"Effect":"Allow","Action":"kms:*"}]}"#));
    }
}
