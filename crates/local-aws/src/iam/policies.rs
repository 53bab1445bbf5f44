//! The policies that a cloud is opened with.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::iam::document::{Answer, Policy, Question};
use crate::iam::subject::Subject;

/// Who may do what.
///
/// As JSON it has one of two forms. A plain policy document, an object with
/// `Statement`, is the policy of every caller:
///
/// ```json
/// {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
/// ```
///
/// Otherwise each principal has its own:
///
/// ```json
/// {
///   "principals": {"AKIDREADER": {"Version": "2012-10-17", "Statement": []}},
///   "default": [],
///   "service_control_policy": []
/// }
/// ```
///
/// `principals` maps a principal to a policy or a list of policies. A principal
/// is named by its access key, by its ARN (of the user, of the role, or of one
/// session of the role), or by the name of its role. A caller has the policies
/// of all its names; one that has no name there has those of `default`, and is
/// allowed nothing if there are none. Of the documents in
/// `service_control_policy`, if it is there, one must allow whatever is done in
/// any account, and none may deny it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct Policies {
    principals: BTreeMap<String, Vec<Policy>>,
    default: Vec<Policy>,
    service_control: Option<Vec<Policy>>,
}

impl TryFrom<Value> for Policies {
    type Error = String;

    fn try_from(file: Value) -> Result<Self, String> {
        if file.get("Statement").is_some() {
            let default = vec![Policy::of_principal(&file)?];
            return Ok(Self { principals: BTreeMap::new(), default, service_control: None });
        }
        let Value::Object(mut members) = file else {
            return Err("the policies are not an object".to_owned());
        };
        let principals = match members.remove("principals") {
            None => BTreeMap::new(),
            Some(Value::Object(principals)) => {
                let list = |(name, policies): (String, Value)| {
                    let policies = list(&policies).map_err(|error| format!("{name}: {error}"))?;
                    Ok((name, policies))
                };
                principals.into_iter().map(list).collect::<Result<_, String>>()?
            }
            Some(_) => return Err("principals is not an object".to_owned()),
        };
        let mut optional = |name: &str| {
            let policies = members.remove(name).as_ref().map(list).transpose();
            policies.map_err(|error| format!("{name}: {error}"))
        };
        let default = optional("default")?.unwrap_or_default();
        let service_control = optional("service_control_policy")?;
        match members.keys().next() {
            None => Ok(Self { principals, default, service_control }),
            Some(name) => Err(format!("there is no setting by the name of {name}")),
        }
    }
}

/// One policy or a list of them.
fn list(policies: &Value) -> Result<Vec<Policy>, String> {
    match policies {
        Value::Array(policies) => policies.iter().map(Policy::of_principal).collect(),
        policy => Ok(vec![Policy::of_principal(policy)?]),
    }
}

impl Policies {
    /// What a caller's own policies answer.
    pub(crate) fn answer(&self, subject: &Subject, question: Question<'_>) -> Answer {
        let named: Vec<&Policy> = self
            .principals
            .iter()
            .filter(|(name, _)| subject.is_called(name))
            .flat_map(|(_, policies)| policies)
            .collect();
        let is_known = self.principals.keys().any(|name| subject.is_called(name));
        if is_known { union(named, question) } else { union(&self.default, question) }
    }

    /// What the organization answers, if it has a say.
    pub(crate) fn service_control(&self, question: Question<'_>) -> Option<Answer> {
        self.service_control.as_ref().map(|policies| union(policies, question))
    }
}

fn union<'a>(policies: impl IntoIterator<Item = &'a Policy>, question: Question<'_>) -> Answer {
    policies.into_iter().fold(Answer::default(), |answer, policy| {
        let more = policy.answer(question);
        Answer {
            denies: answer.denies || more.denies,
            allows: answer.allows || more.allows,
            ..answer
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::iam::context::Context;
    use crate::iam::testing::{role_session, user};

    fn allow(action: &str) -> Value {
        json!({ "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
    }

    fn allows(policies: &Policies, subject: &Subject, action: &str) -> bool {
        let question = Question { action, resource: "*", context: &Context::default() };
        policies.answer(subject, question).allows
    }

    #[test]
    fn a_plain_document_is_for_everyone() {
        let policies = Policies::try_from(allow("kms:*")).unwrap();
        for subject in [user(), role_session()] {
            assert!(allows(&policies, &subject, "kms:ListKeys"));
            assert!(!allows(&policies, &subject, "sts:AssumeRole"));
        }
    }

    #[test]
    fn each_principal_has_the_policies_of_all_its_names() {
        for name in [
            "arn:aws:iam::123456789012:role/team/deploy",
            "arn:aws:sts::123456789012:assumed-role/deploy/test",
            "team/deploy",
            "deploy",
            "ASIASESSION",
        ] {
            let file = json!({ "principals": { name: [allow("a:one"), allow("a:two")] },
                "default": allow("b:*") });
            let policies = Policies::try_from(file).unwrap();
            assert!(allows(&policies, &role_session(), "a:one"), "{name}");
            assert!(allows(&policies, &role_session(), "a:two"), "{name}");
            assert!(!allows(&policies, &role_session(), "b:one"), "{name}");
            assert!(allows(&policies, &user(), "b:one"), "{name}");
        }
        let nothing = Policies::try_from(json!({ "principals": { "AKIDLOCAL": [] } })).unwrap();
        assert!(!allows(&nothing, &user(), "a:one"));
    }

    #[test]
    fn a_setting_that_is_not_known_is_refused() {
        for file in [
            json!([]),
            json!({ "principal": {} }),
            json!({ "principals": [] }),
            json!({ "default": { "Statement": [{ "Effect": "Allow" }] } }),
        ] {
            assert!(Policies::try_from(file.clone()).is_err(), "{file}");
        }
    }
}
