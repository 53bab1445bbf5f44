//! What a resource policy says, as far as Secrets Manager checks it.

use serde_json::Value;

use crate::error::ApiError;
use crate::identity::{Account, Arn};
use crate::inferred;
use crate::kms::is_policy_document;
use crate::world::Call;

/// The statements of a policy that is well formed.
#[derive(Debug)]
pub(crate) struct Document {
    statements: Vec<Value>,
}

impl Document {
    /// Reads a policy; refuses what AWS calls malformed.
    pub fn parse(policy: &str) -> Result<Self, ApiError> {
        let malformed = || ApiError::inferred(&inferred::SECRET_POLICY_SYNTAX, Vec::new());
        if !is_policy_document(policy) {
            return Err(malformed());
        }
        let mut document: Value = serde_json::from_str(policy).map_err(|_| malformed())?;
        let statements = as_list(document["Statement"].take());
        let has_resource = |statement: &Value| {
            statement.get("Resource").is_some() || statement.get("NotResource").is_some()
        };
        if !statements.iter().all(has_resource) {
            return Err(malformed());
        }
        let document = Self { statements };
        if document.statements.iter().flat_map(aws_principals).all(|name| is_principal(&name)) {
            return Ok(document);
        }
        Err(ApiError::new(
            "MalformedPolicyDocumentException",
            "This resource policy contains an unsupported principal",
        ))
    }

    /// Whether the policy lets everyone in without a condition.
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            statement["Effect"] == "Allow"
                && statement.get("Condition").is_none()
                && aws_principals(statement).iter().any(|name| name == "*")
        })
    }

    /// Whether the policy allows the caller anything.
    pub fn lets_in(&self, call: &Call<'_>) -> bool {
        self.statements.iter().any(|statement| {
            statement["Effect"] == "Allow"
                && aws_principals(statement).iter().any(|name| is_caller(call, name))
        })
    }

    /// Whether the policy denies the caller without a condition to change it.
    pub fn locks_out(&self, call: &Call<'_>) -> bool {
        let is_change = |action: &Value| {
            action.as_str().is_some_and(|action| {
                let action = action.to_ascii_lowercase();
                match action.strip_suffix('*') {
                    Some(prefix) => "secretsmanager:putresourcepolicy".starts_with(prefix),
                    None => action == "secretsmanager:putresourcepolicy",
                }
            })
        };
        self.statements.iter().any(|statement| {
            statement["Effect"] == "Deny"
                && statement.get("Condition").is_none()
                && aws_principals(statement).iter().any(|name| is_caller(call, name))
                && as_list(statement["Action"].clone()).iter().any(is_change)
        })
    }
}

/// Whether a principal is the caller, or one of several whom the caller is among.
fn is_caller(call: &Call<'_>, name: &str) -> bool {
    let region = call.place.region;
    let account = call.caller.account.to_string();
    let is_root =
        Arn::parse(name).is_some_and(|arn| arn.account == account && arn.resource == "root");
    let is_role = call.caller.role_arn(region).is_some_and(|role| role == name);
    name == "*" || name == account || name == call.caller.arn(region) || is_root || is_role
}

/// The accounts, users and roles that a statement names.
fn aws_principals(statement: &Value) -> Vec<String> {
    let names = match &statement["Principal"] {
        Value::Object(kinds) => kinds.get("AWS").cloned().unwrap_or_default(),
        names => names.clone(),
    };
    as_list(names).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Everyone, an account, or the ARN of a principal.
fn is_principal(name: &str) -> bool {
    name == "*"
        || Account::parse(name).is_some()
        || Arn::parse(name).is_some_and(|arn| {
            matches!(arn.service, "iam" | "sts")
                && arn.region.is_empty()
                && Account::parse(arn.account).is_some()
                && !arn.resource.is_empty()
        })
}

/// One value is as good as a list of one, in policies.
fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        Value::Null => Vec::new(),
        value => vec![value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(principal: &str, condition: &str) -> Result<Document, ApiError> {
        Document::parse(&format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"*","Resource":"*"{condition}}}]}}"#
        ))
    }

    #[test]
    fn a_policy_for_everyone_is_public_unless_it_is_conditional() {
        let is_public = |principal, condition| document(principal, condition).unwrap().is_public();
        assert!(is_public(r#""*""#, ""));
        assert!(is_public(r#"{"AWS":["*"]}"#, ""));
        assert!(!is_public(r#""*""#, r#","Condition":{"Bool":{}}"#));
        assert!(!is_public(r#"{"AWS":"123456789012"}"#, ""));
    }

    #[test]
    fn principals_are_accounts_arns_or_services() {
        for good in [
            r#"{"AWS":"arn:aws:iam::123456789012:root"}"#,
            r#"{"AWS":["arn:aws:sts::123456789012:assumed-role/a/b","*"]}"#,
            r#"{"Service":"lambda.amazonaws.com"}"#,
        ] {
            assert!(document(good, "").is_ok(), "{good}");
        }
        for bad in [r#"{"AWS":"AIDAEXAMPLE"}"#, r#"{"AWS":"arn:aws:s3:::bucket"}"#, r#""me""#] {
            let refused = document(bad, "").unwrap_err();
            assert_eq!(refused.message, "This resource policy contains an unsupported principal");
        }
    }

    #[test]
    fn statements_need_all_their_parts() {
        for bad in [
            "junk",
            r#"{"Statement":[]}"#,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#,
            r#"{"Statement":{"Effect":"Maybe","Principal":"*","Action":"*","Resource":"*"}}"#,
        ] {
            assert_eq!(Document::parse(bad).unwrap_err().code, "MalformedPolicyDocumentException");
        }
    }
}
