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
    /// Pairs that the encryption context must consist of.
    pub equals: Option<EncryptionContext>,
    /// Pairs that the encryption context must have among others.
    pub subset: Option<EncryptionContext>,
}

/// Whether a context has these pairs. The case of a name's letters does not matter.
fn has_pairs(context: &EncryptionContext, pairs: &EncryptionContext) -> bool {
    pairs.iter().all(|(name, value)| {
        context.iter().any(|(key, found)| key.eq_ignore_ascii_case(name) && found == value)
    })
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
        let is_met = context.is_none_or(|context| {
            let has = |pairs: &EncryptionContext| has_pairs(context, pairs);
            let is_equal = |pairs: &EncryptionContext| pairs.len() == context.len() && has(pairs);
            self.equals.as_ref().is_none_or(is_equal) && self.subset.as_ref().is_none_or(has)
        });
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
        let grant = |equals, subset| Grant {
            id: "g".to_owned(),
            grantee: user().arn,
            retiring: role_session().role_arn,
            operations: vec!["Decrypt".to_owned(), "DescribeKey".to_owned()],
            equals,
            subset,
        };
        let open = grant(None, None);
        assert!(open.allows(&user(), "kms:Decrypt", Some(&context(&[]))));
        assert!(!open.allows(&user(), "kms:Encrypt", Some(&context(&[]))));
        assert!(!open.allows(&role_session(), "kms:Decrypt", Some(&context(&[]))));
        assert!(open.allows(&role_session(), "kms:RetireGrant", None));
        assert!(!open.allows(&user(), "kms:RetireGrant", None));

        let subset = grant(None, Some(context(&pair)));
        assert!(subset.allows(&user(), "kms:Decrypt", Some(&context(&both))));
        assert!(subset.allows(&user(), "kms:Decrypt", Some(&context(&[("APP", "web")]))));
        assert!(!subset.allows(&user(), "kms:Decrypt", Some(&context(&[("app", "WEB")]))));
        assert!(!subset.allows(&user(), "kms:Decrypt", Some(&context(&[]))));
        assert!(subset.allows(&user(), "kms:DescribeKey", None));
        let equal = grant(Some(context(&pair)), None);
        assert!(equal.allows(&user(), "kms:Decrypt", Some(&context(&pair))));
        assert!(!equal.allows(&user(), "kms:Decrypt", Some(&context(&both))));
        let neither = grant(Some(context(&both)), Some(context(&[("other", "x")])));
        assert!(!neither.allows(&user(), "kms:Decrypt", Some(&context(&both))));
    }
}
