//! Policy documents (IAM user guide, "IAM JSON policy element reference").

use serde_json::Value;

use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::pattern::Pattern;
use crate::iam::principal::{Match, Principals};
use crate::iam::subject::Subject;

/// The version of the language that knows policy variables.
const CURRENT_VERSION: &str = "2012-10-17";

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    has_variables: bool,
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    is_deny: bool,
    principals: Option<Principals>,
    actions: Choice,
    /// None for the resource that the policy is attached to.
    resources: Option<Choice>,
    conditions: Vec<Condition>,
}

/// What a list names, or all that it does not name.
#[derive(Clone, Debug)]
struct Choice {
    patterns: Vec<String>,
    is_negated: bool,
}

/// What is asked of a policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub action: &'a str,
    pub resource: &'a str,
    pub context: &'a Context,
}

/// What policies answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// A statement denies it.
    pub denies: bool,
    /// A statement allows it to the caller.
    pub allows: bool,
    /// A statement of a resource's policy leaves it to the caller's account.
    pub delegates: bool,
}

impl Policy {
    /// The policy of a principal: it has resources and no principals.
    pub fn of_principal(document: &Value) -> Result<Self, String> {
        let policy = Self::parse(document)?;
        for statement in &policy.statements {
            if statement.principals.is_some() {
                return Err("the policy of a principal has no Principal".to_owned());
            }
            if statement.resources.is_none() {
                return Err("a statement has no Resource".to_owned());
            }
        }
        Ok(policy)
    }

    /// The policy of a resource, as it is stored. What cannot be read allows nothing.
    pub fn of_resource(document: &str) -> Self {
        serde_json::from_str(document)
            .ok()
            .and_then(|document| Self::parse(&document).ok())
            .unwrap_or_else(|| Self { has_variables: false, statements: Vec::new() })
    }

    fn parse(document: &Value) -> Result<Self, String> {
        let statements = match document.get("Statement") {
            None | Some(Value::Null) => return Err("the policy has no Statement".to_owned()),
            Some(Value::Array(statements)) => statements.iter().map(Statement::parse).collect(),
            Some(statement) => Statement::parse(statement).map(|statement| vec![statement]),
        };
        let has_variables = document["Version"] == CURRENT_VERSION;
        Ok(Self { has_variables, statements: statements? })
    }

    /// What the policy of a principal answers.
    pub fn answer(&self, question: Question<'_>) -> Answer {
        let mut answer = Answer::default();
        for statement in &self.statements {
            if statement.covers(question, self.has_variables) {
                answer.denies |= statement.is_deny;
                answer.allows |= !statement.is_deny;
            }
        }
        answer
    }

    /// What the policy of a resource answers to a caller.
    pub fn answer_to(&self, subject: &Subject, question: Question<'_>) -> Answer {
        let mut answer = Answer::default();
        for statement in &self.statements {
            let principals = statement.principals.as_ref();
            let named = principals.and_then(|principals| principals.find(subject));
            if !statement.covers(question, self.has_variables) {
                continue;
            }
            match named {
                None => {}
                Some(_) if statement.is_deny => answer.denies = true,
                Some(Match::Caller) => answer.allows = true,
                Some(Match::Account) => answer.delegates = true,
            }
        }
        answer
    }
}

impl Statement {
    fn parse(statement: &Value) -> Result<Self, String> {
        let is_deny = match statement["Effect"].as_str() {
            Some("Allow") => false,
            Some("Deny") => true,
            _ => return Err("Effect is neither Allow nor Deny".to_owned()),
        };
        let actions =
            Choice::parse(statement, "Action", "NotAction")?.ok_or("a statement has no Action")?;
        let conditions = match statement.get("Condition") {
            None | Some(Value::Null) => Vec::new(),
            Some(element) => Condition::parse_all(element)?,
        };
        Ok(Self {
            is_deny,
            principals: Principals::parse(statement)?,
            actions,
            resources: Choice::parse(statement, "Resource", "NotResource")?,
            conditions,
        })
    }

    fn covers(&self, question: Question<'_>, has_variables: bool) -> bool {
        let covers_action =
            |pattern: &str| Pattern::new(pattern).covers_ignoring_case(question.action);
        let variables = has_variables.then_some(question.context);
        let covers_resource = |pattern: &str| {
            let pattern = Pattern::wild(pattern, variables);
            pattern.is_some_and(|pattern| pattern.covers_arn(question.resource))
        };
        let resources = self.resources.as_ref();
        self.actions.takes(covers_action)
            && resources.is_none_or(|resources| resources.takes(covers_resource))
            && self
                .conditions
                .iter()
                .all(|condition| condition.is_met(question.context, has_variables))
    }
}

impl Choice {
    fn parse(statement: &Value, name: &str, opposite: &str) -> Result<Option<Self>, String> {
        let (element, is_negated) = match (statement.get(name), statement.get(opposite)) {
            (Some(_), Some(_)) => return Err(format!("a statement has {name} and {opposite}")),
            (Some(element), None) => (element, false),
            (None, Some(element)) => (element, true),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { patterns: texts(element)?, is_negated }))
    }

    fn takes(&self, covers: impl Fn(&str) -> bool) -> bool {
        self.patterns.iter().any(|pattern| covers(pattern)) != self.is_negated
    }
}

/// One value or a list of values, as texts.
pub(crate) fn texts(value: &Value) -> Result<Vec<String>, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        other => Err(format!("{other} is not a text")),
    };
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(statement: Value, action: &str, resource: &str) -> Answer {
        let policy = json!({ "Version": CURRENT_VERSION, "Statement": statement });
        let mut context = Context::default();
        context.set("aws:username", "local");
        let question = Question { action, resource, context: &context };
        Policy::of_principal(&policy).unwrap().answer(question)
    }

    #[test]
    fn statements_take_actions_and_resources_or_all_others() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/k";
        let table = [
            (json!({ "Action": "kms:*", "Resource": "*" }), true),
            (json!({ "Action": ["s3:*", "KMS:encrypt"], "Resource": [key] }), true),
            (json!({ "Action": "kms:Decrypt", "Resource": "*" }), false),
            (json!({ "NotAction": "kms:Decrypt", "Resource": "*" }), true),
            (json!({ "NotAction": ["kms:E*"], "Resource": "*" }), false),
            (json!({ "Action": "*", "NotResource": key }), false),
            (json!({ "Action": "*", "NotResource": "arn:aws:s3:::*" }), true),
            (json!({ "Action": "*", "Resource": "arn:aws:kms:*:*:key/${aws:username}" }), false),
        ];
        for (mut statement, allows) in table {
            statement["Effect"] = json!("Allow");
            let expected = Answer { allows, ..Answer::default() };
            assert_eq!(answer(statement.clone(), "kms:Encrypt", key), expected, "{statement}");
        }
        let statement = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
        assert!(answer(json!([statement]), "kms:Encrypt", key).denies);
        let own = json!({ "Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::*:user/${aws:username}" });
        assert!(answer(own, "iam:GetUser", "arn:aws:iam::123456789012:user/local").allows);
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let whole = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        assert!(Policy::of_principal(&json!({ "Statement": [whole] })).is_ok());
        for member in ["Effect", "Action", "Resource"] {
            let mut statement = whole.clone();
            statement.as_object_mut().unwrap().remove(member);
            assert!(Policy::of_principal(&json!({ "Statement": statement })).is_err(), "{member}");
        }
        for (member, value) in
            [("Principal", json!("*")), ("NotAction", json!("a:b")), ("Action", json!([{}]))]
        {
            let mut statement = whole.clone();
            statement[member] = value;
            assert!(Policy::of_principal(&json!({ "Statement": statement })).is_err(), "{member}");
        }
        assert!(Policy::of_principal(&json!({})).is_err());
        let question = Question { action: "a:b", resource: "*", context: &Context::default() };
        assert_eq!(Policy::of_resource("junk").answer(question), Answer::default());
    }
}
