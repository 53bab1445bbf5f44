//! The `Principal` element of a resource's policy (IAM user guide, "AWS JSON
//! policy elements: Principal" and "NotPrincipal").

use serde_json::Value;

use crate::iam::document::texts;
use crate::iam::subject::Subject;
use crate::identity::{Account, Arn};

/// Those whom a statement is about, or all others.
#[derive(Clone, Debug)]
pub(crate) struct Principals {
    named: Vec<Principal>,
    is_negated: bool,
}

#[derive(Clone, Debug)]
enum Principal {
    Everyone,
    Account(Account),
    /// A user, a role, or a session of a role.
    Arn(String),
    /// A service or an identity provider: never one who signs requests here.
    Stranger,
}

/// How a caller is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    /// As the account that the caller belongs to: its own policies decide.
    Account,
    /// As itself, or as one of everybody.
    Caller,
}

impl Principals {
    /// The principals of a statement; none if it is about nobody in particular.
    pub fn parse(statement: &Value) -> Result<Option<Self>, String> {
        let (element, is_negated) =
            match (statement.get("Principal"), statement.get("NotPrincipal")) {
                (Some(_), Some(_)) => {
                    return Err("a statement has Principal and NotPrincipal".to_owned());
                }
                (Some(element), None) => (element, false),
                (None, Some(element)) => (element, true),
                (None, None) => return Ok(None),
            };
        let mut named = Vec::new();
        match element {
            Value::String(text) if text == "*" => named.push(Principal::Everyone),
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    let names = texts(names)?;
                    named.extend(names.into_iter().map(|name| Principal::parse(kind, name)));
                }
            }
            other => return Err(format!("{other} is not a principal")),
        }
        Ok(Some(Self { named, is_negated }))
    }

    /// How the principals name a caller, if they do.
    pub fn find(&self, subject: &Subject) -> Option<Match> {
        let found = self.named.iter().filter_map(|principal| principal.find(subject)).max();
        match (self.is_negated, found) {
            (false, found) => found,
            (true, None) => Some(Match::Caller),
            (true, Some(_)) => None,
        }
    }
}

impl Principal {
    fn parse(kind: &str, name: String) -> Self {
        if kind != "AWS" {
            return Self::Stranger;
        }
        if name == "*" {
            return Self::Everyone;
        }
        let root = Arn::parse(&name)
            .filter(|arn| arn.service == "iam" && arn.resource == "root")
            .and_then(|arn| Account::parse(arn.account));
        match Account::parse(&name).or(root) {
            Some(account) => Self::Account(account),
            None => Self::Arn(name),
        }
    }

    fn find(&self, subject: &Subject) -> Option<Match> {
        match self {
            Self::Everyone => Some(Match::Caller),
            Self::Account(account) => (*account == subject.account).then_some(Match::Account),
            Self::Arn(arn) => subject.has_arn(arn).then_some(Match::Caller),
            Self::Stranger => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::iam::testing::{role_session, user};

    fn find(statement: Value, subject: &Subject) -> Option<Match> {
        Principals::parse(&statement).unwrap().unwrap().find(subject)
    }

    #[test]
    fn a_caller_is_named_as_itself_or_as_its_account() {
        let (user, session) = (user(), role_session());
        let user_arn = "arn:aws:iam::123456789012:user/local";
        let role_arn = "arn:aws:iam::123456789012:role/team/deploy";
        let session_arn = "arn:aws:sts::123456789012:assumed-role/deploy/test";
        let table = [
            (json!("*"), Some(Match::Caller), Some(Match::Caller)),
            (json!({ "AWS": "*" }), Some(Match::Caller), Some(Match::Caller)),
            (json!({ "AWS": "123456789012" }), Some(Match::Account), Some(Match::Account)),
            (
                json!({ "AWS": ["arn:aws:iam::123456789012:root"] }),
                Some(Match::Account),
                Some(Match::Account),
            ),
            (json!({ "AWS": "arn:aws:iam::000000000042:root" }), None, None),
            (json!({ "AWS": user_arn }), Some(Match::Caller), None),
            (json!({ "AWS": role_arn }), None, Some(Match::Caller)),
            (json!({ "AWS": session_arn }), None, Some(Match::Caller)),
            (
                json!({ "AWS": ["123456789012", user_arn] }),
                Some(Match::Caller),
                Some(Match::Account),
            ),
            (json!({ "Service": "kms.amazonaws.com" }), None, None),
        ];
        for (element, of_user, of_session) in table {
            let statement = json!({ "Principal": element });
            assert_eq!(find(statement.clone(), &user), of_user, "{statement}");
            assert_eq!(find(statement.clone(), &session), of_session, "{statement}");
        }
        let others = json!({ "NotPrincipal": { "AWS": [user_arn, "000000000042"] } });
        assert_eq!(find(others.clone(), &user), None);
        assert_eq!(find(others, &session), Some(Match::Caller));
        assert!(Principals::parse(&json!({ "Principal": 7 })).is_err());
        assert!(Principals::parse(&json!({})).unwrap().is_none());
    }
}
