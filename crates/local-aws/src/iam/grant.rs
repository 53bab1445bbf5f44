//! Grants, as far as they permit things (AWS KMS developer guide, "Grants in
//! AWS KMS").

use std::collections::BTreeMap;

use crate::iam::subject::Subject;

/// The pairs that a request must name.
pub(crate) type EncryptionContext = BTreeMap<String, String>;

/// What a grant permits to whom.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub id: String,
    pub grantee: String,
    pub retiring: Option<String>,
    pub operations: Vec<String>,
    pub constraint: Option<Constraint>,
}

/// Which encryption contexts a grant is for.
#[derive(Clone, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "made by `connections::grants_of` alone"))]
pub(crate) enum Constraint {
    Equals(EncryptionContext),
    Subset(EncryptionContext),
}

impl Constraint {
    fn is_met(&self, context: &EncryptionContext) -> bool {
        match self {
            Self::Equals(wanted) => wanted == context,
            Self::Subset(wanted) => {
                wanted.iter().all(|(key, value)| context.get(key) == Some(value))
            }
        }
    }
}

impl Grant {
    /// Whether the grant lets a caller do this. The context is none for an
    /// operation that has none, which no constraint concerns.
    pub fn allows(
        &self,
        subject: &Subject,
        action: &str,
        context: Option<&EncryptionContext>,
    ) -> bool {
        let operation = action.strip_prefix("kms:").unwrap_or(action);
        let is_retiring = self.retiring.as_deref().is_some_and(|arn| subject.has_arn(arn));
        if operation == "RetireGrant" && is_retiring {
            return true;
        }
        let is_met = match (&self.constraint, context) {
            (Some(constraint), Some(context)) => constraint.is_met(context),
            _ => true,
        };
        is_met
            && subject.has_arn(&self.grantee)
            && self.operations.iter().any(|granted| granted == operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::testing::{role_session, user};

    fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
        pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }

    #[test]
    fn a_grant_permits_its_operations_to_its_grantee_under_its_constraint() {
        let pair = [("app", "web")];
        let both = [("app", "web"), ("env", "prod")];
        let grant = |constraint| Grant {
            id: "g".to_owned(),
            grantee: user().arn,
            retiring: role_session().role_arn,
            operations: vec!["Decrypt".to_owned(), "DescribeKey".to_owned()],
            constraint,
        };
        let open = grant(None);
        assert!(open.allows(&user(), "kms:Decrypt", Some(&context(&[]))));
        assert!(!open.allows(&user(), "kms:Encrypt", Some(&context(&[]))));
        assert!(!open.allows(&role_session(), "kms:Decrypt", Some(&context(&[]))));
        assert!(open.allows(&role_session(), "kms:RetireGrant", None));
        assert!(!open.allows(&user(), "kms:RetireGrant", None));

        let subset = grant(Some(Constraint::Subset(context(&pair))));
        assert!(subset.allows(&user(), "kms:Decrypt", Some(&context(&both))));
        assert!(!subset.allows(&user(), "kms:Decrypt", Some(&context(&[]))));
        assert!(subset.allows(&user(), "kms:DescribeKey", None));
        let equal = grant(Some(Constraint::Equals(context(&pair))));
        assert!(equal.allows(&user(), "kms:Decrypt", Some(&context(&pair))));
        assert!(!equal.allows(&user(), "kms:Decrypt", Some(&context(&both))));
    }
}
