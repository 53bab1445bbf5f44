//! Whether something is allowed (IAM user guide, "Policy evaluation logic"; AWS
//! KMS developer guide, "Troubleshooting key access").

use crate::iam::document::{Answer, Policy, Question};
use crate::iam::grant::{EncryptionContext, Grant};
use crate::iam::policies::Policies;
use crate::iam::subject::Subject;
use crate::identity::Account;

/// What a resource itself has to say.
#[derive(Debug)]
pub(crate) enum Protection {
    /// Nothing: the caller's own policies decide.
    None,
    /// A key. Not even its own account may use it unless its policy says so.
    Key { account: Account, policy: Policy, grants: Vec<Grant> },
    /// A secret, whose policy may let in others than its account would.
    Secret { account: Account, policy: Option<Policy> },
}

impl Protection {
    fn account(&self) -> Option<Account> {
        match self {
            Self::None => None,
            Self::Key { account, .. } | Self::Secret { account, .. } => Some(*account),
        }
    }

    fn answer(&self, subject: &Subject, question: Question<'_>) -> Answer {
        match self {
            Self::None | Self::Secret { policy: None, .. } => Answer::default(),
            Self::Key { policy, .. } | Self::Secret { policy: Some(policy), .. } => {
                policy.answer_to(subject, question)
            }
        }
    }

    /// Whether the resource itself opens its account to a caller, or to the
    /// caller's account.
    pub fn lets_in(
        &self,
        subject: &Subject,
        question: Question<'_>,
        encryption_context: Option<&EncryptionContext>,
    ) -> bool {
        let answer = self.answer(subject, question);
        let is_named = answer.allows || answer.delegates;
        !answer.denies && (is_named || self.grants_it(subject, question, encryption_context))
    }

    fn grants_it(
        &self,
        subject: &Subject,
        question: Question<'_>,
        encryption_context: Option<&EncryptionContext>,
    ) -> bool {
        let allows = |grant: &Grant| grant.allows(subject, question.action, encryption_context);
        self.grants().iter().any(allows)
    }

    fn grants(&self) -> &[Grant] {
        match self {
            Self::Key { grants, .. } => grants,
            Self::None | Self::Secret { .. } => &[],
        }
    }
}

/// Why something is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    DeniedByServiceControl,
    DeniedByResource,
    DeniedByIdentity,
    NotAllowedByServiceControl,
    NotAllowedByResource,
    NotAllowedByIdentity,
}

impl Denial {
    /// The end of the sentence that refuses an action.
    pub fn explain(self, action: &str) -> String {
        let (is_explicit, kind) = match self {
            Self::DeniedByServiceControl => (true, "a service control policy"),
            Self::DeniedByResource => (true, "a resource-based policy"),
            Self::DeniedByIdentity => (true, "an identity-based policy"),
            Self::NotAllowedByServiceControl => (false, "service control policy"),
            Self::NotAllowedByResource => (false, "resource-based policy"),
            Self::NotAllowedByIdentity => (false, "identity-based policy"),
        };
        if is_explicit {
            format!("with an explicit deny in {kind}")
        } else {
            format!("because no {kind} allows the {action} action")
        }
    }
}

/// Decides on one action of a caller on one resource.
pub(crate) fn decide(
    policies: &Policies,
    subject: &Subject,
    protection: &Protection,
    question: Question<'_>,
    encryption_context: Option<&EncryptionContext>,
) -> Result<(), Denial> {
    let control = policies.service_control(question);
    let identity = policies.answer(subject, question);
    let resource = protection.answer(subject, question);
    if control.is_some_and(|answer| answer.denies) {
        return Err(Denial::DeniedByServiceControl);
    }
    if resource.denies {
        return Err(Denial::DeniedByResource);
    }
    if identity.denies {
        return Err(Denial::DeniedByIdentity);
    }
    if control.is_some_and(|answer| !answer.allows) {
        return Err(Denial::NotAllowedByServiceControl);
    }
    let is_granted = protection.grants_it(subject, question, encryption_context);
    let is_let_in = resource.allows || is_granted;
    let is_at_home = protection.account().is_none_or(|account| account == subject.account);
    let may_identity_decide = match protection {
        Protection::None => true,
        Protection::Key { .. } => resource.delegates || is_let_in,
        Protection::Secret { .. } => is_at_home || resource.delegates || is_let_in,
    };
    if is_let_in && is_at_home {
        Ok(())
    } else if !may_identity_decide {
        Err(Denial::NotAllowedByResource)
    } else if identity.allows {
        Ok(())
    } else {
        Err(Denial::NotAllowedByIdentity)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::iam::context::Context;
    use crate::iam::testing::user;

    const ALLOW: Option<&str> = Some("Allow");
    const DENY: Option<&str> = Some("Deny");
    const ROOT: &str = "arn:aws:iam::123456789012:root";
    const USER: &str = "arn:aws:iam::123456789012:user/local";

    fn document(effect: Option<&str>, principal: Option<&str>) -> Value {
        let statement = effect.map(|effect| {
            let mut statement = json!({ "Effect": effect, "Action": "*", "Resource": "*" });
            if let Some(principal) = principal {
                statement["Principal"] = json!({ "AWS": principal });
            }
            statement
        });
        json!({ "Statement": statement.into_iter().collect::<Vec<_>>() })
    }

    fn check(
        identity: Option<&str>,
        control: Option<Option<&str>>,
        protection: &Protection,
    ) -> Result<(), Denial> {
        let mut file = json!({ "default": document(identity, None) });
        if let Some(control) = control {
            file["service_control_policy"] = document(control, None);
        }
        let policies = Policies::try_from(file).unwrap();
        let question =
            Question { action: "kms:Decrypt", resource: "*", context: &Context::default() };
        decide(&policies, &user(), protection, question, Some(&EncryptionContext::new()))
    }

    fn resource(effect: Option<&str>, principal: &str) -> Policy {
        Policy::of_resource(&document(effect, Some(principal)).to_string())
    }

    fn key(account: &str, effect: Option<&str>, principal: &str, grants: Vec<Grant>) -> Protection {
        let policy = resource(effect, principal);
        Protection::Key { account: Account::parse(account).unwrap(), policy, grants }
    }

    fn secret(account: &str, effect: Option<&str>, principal: &str) -> Protection {
        let policy = Some(resource(effect, principal));
        Protection::Secret { account: Account::parse(account).unwrap(), policy }
    }

    const HOME: &str = "123456789012";
    const AWAY: &str = "000000000042";

    #[test]
    fn a_key_is_open_to_those_whom_its_policy_names_and_to_those_it_leaves_to_the_account() {
        use Denial::{
            DeniedByIdentity, DeniedByResource, NotAllowedByIdentity, NotAllowedByResource,
        };
        let table = [
            (HOME, ALLOW, ROOT, ALLOW, Ok(())),
            (HOME, ALLOW, ROOT, None, Err(NotAllowedByIdentity)),
            (HOME, ALLOW, USER, None, Ok(())),
            (HOME, ALLOW, "*", None, Ok(())),
            (HOME, ALLOW, AWAY, ALLOW, Err(NotAllowedByResource)),
            (HOME, None, ROOT, ALLOW, Err(NotAllowedByResource)),
            (HOME, ALLOW, USER, DENY, Err(DeniedByIdentity)),
            (HOME, DENY, ROOT, ALLOW, Err(DeniedByResource)),
            (AWAY, ALLOW, ROOT, ALLOW, Ok(())),
            (AWAY, ALLOW, USER, ALLOW, Ok(())),
            (AWAY, ALLOW, USER, None, Err(NotAllowedByIdentity)),
            (AWAY, ALLOW, ROOT, None, Err(NotAllowedByIdentity)),
            (AWAY, None, ROOT, ALLOW, Err(NotAllowedByResource)),
        ];
        for (account, effect, principal, identity, expected) in table {
            let key = key(account, effect, principal, Vec::new());
            let found = check(identity, None, &key);
            assert_eq!(found, expected, "{account} {effect:?} {principal} {identity:?}");
        }
    }

    #[test]
    fn a_secret_is_open_to_those_whom_either_policy_lets_in_and_abroad_both() {
        use Denial::{DeniedByResource, NotAllowedByIdentity, NotAllowedByResource};
        let table = [
            (HOME, None, ROOT, ALLOW, Ok(())),
            (HOME, None, ROOT, None, Err(NotAllowedByIdentity)),
            (HOME, ALLOW, USER, None, Ok(())),
            (HOME, ALLOW, ROOT, None, Err(NotAllowedByIdentity)),
            (HOME, DENY, USER, ALLOW, Err(DeniedByResource)),
            (AWAY, None, USER, ALLOW, Err(NotAllowedByResource)),
            (AWAY, ALLOW, USER, ALLOW, Ok(())),
            (AWAY, ALLOW, ROOT, ALLOW, Ok(())),
            (AWAY, ALLOW, USER, None, Err(NotAllowedByIdentity)),
        ];
        for (account, effect, principal, identity, expected) in table {
            let found = check(identity, None, &secret(account, effect, principal));
            assert_eq!(found, expected, "{account} {effect:?} {principal} {identity:?}");
        }
        let bare = Protection::Secret { account: Account::DEFAULT, policy: None };
        assert_eq!(check(ALLOW, None, &bare), Ok(()));
    }

    #[test]
    fn a_service_control_policy_must_allow_and_not_deny() {
        use Denial::{DeniedByServiceControl, NotAllowedByServiceControl};
        for protection in [Protection::None, key(HOME, ALLOW, USER, Vec::new())] {
            assert_eq!(check(ALLOW, Some(ALLOW), &protection), Ok(()));
            assert_eq!(check(ALLOW, Some(DENY), &protection), Err(DeniedByServiceControl));
            assert_eq!(check(ALLOW, Some(None), &protection), Err(NotAllowedByServiceControl));
        }
        assert_eq!(check(None, None, &Protection::None), Err(Denial::NotAllowedByIdentity));
    }

    #[test]
    fn a_grant_lets_in_without_any_policy_but_not_against_one() {
        let grant = Grant {
            id: "g".to_owned(),
            grantee: USER.to_owned(),
            retiring: None,
            operations: vec!["Decrypt".to_owned()],
            equals: None,
            subset: None,
        };
        let granted = |account, effect| key(account, effect, AWAY, vec![grant.clone()]);
        assert_eq!(check(None, None, &granted(HOME, None)), Ok(()));
        assert_eq!(check(DENY, None, &granted(HOME, None)), Err(Denial::DeniedByIdentity));
        assert_eq!(check(ALLOW, None, &granted(AWAY, None)), Ok(()));
        assert_eq!(check(None, None, &granted(AWAY, None)), Err(Denial::NotAllowedByIdentity));
    }

    #[test]
    fn a_denial_says_which_policy_it_comes_from() {
        assert_eq!(
            Denial::DeniedByServiceControl.explain("kms:X"),
            "with an explicit deny in a service control policy"
        );
        assert_eq!(
            Denial::NotAllowedByResource.explain("kms:X"),
            "because no resource-based policy allows the kms:X action"
        );
    }
}
