//! Whom does the policy of a resource let in by itself, and not by way of the policies of their account?
//!
//! A statement that names an account leaves it to the policies of that account, within the resource's own account too; one
//! that names a user, a role or a session of that account lets them in, whatever their own policies allow. So a statement that
//! names a role is not covered by one that names its account.
//!
//! AWS: IAM User Guide, "Policy evaluation logic", the table of resource-based policies
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>), and
//! "IAM JSON policy elements: Principal"; AWS KMS Developer Guide, "Default key policy", "Allows access to the AWS account and
//! enables IAM policies" (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).

use clavicle_engine::{AccountId, Principals};
use clavicle_policy::{Effect, Policy, PrincipalElement, PrincipalKind};

use crate::store::Store;
use crate::work::Limits;

/// The policy without the accounts that its Allow statements name. Statements keep their places.
pub fn by_itself(policy: &Policy) -> Policy {
    let mut rest = policy.clone();
    for statement in &mut rest.statements {
        let allows = statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow);
        if let Some(principal) = statement.principal.as_mut().filter(|it| allows && !it.negated) {
            principal
                .entries
                .retain(|entry| entry.kind != PrincipalKind::Aws || !is_account(&entry.value.value));
        }
    }
    rest
}

/// Does an Allow of it name an account?
fn names_accounts(policy: &Policy) -> bool {
    let has_one = |principal: &PrincipalElement| {
        let mut entries = principal.entries.iter();
        !principal.negated
            && entries.any(|entry| entry.kind == PrincipalKind::Aws && is_account(&entry.value.value))
    };
    policy.statements.iter().filter_map(|statement| statement.principal.as_ref()).any(has_one)
}

/// `111122223333`, or the ARN of its root user, which means the same.
fn is_account(text: &str) -> bool {
    let of_arn = || {
        let mut parts = text.split(':');
        let (account, rest) = (parts.nth(4)?, parts.next()?);
        (rest == "root" && parts.next().is_none()).then_some(account)
    };
    AccountId::parse(text).is_some() || of_arn().is_some_and(|account| AccountId::parse(account).is_some())
}

impl Store {
    /// Is everybody whom `narrow` lets in by itself let in so by `wide`, where all that it allows is allowed by that? Proved, or
    /// no. Where neither names an account, or nobody is let in by name, there is nothing to tell apart.
    pub fn lets_in_by_itself(
        &mut self,
        narrow: &Policy,
        wide: &Policy,
        principals: Principals,
        limits: Limits,
    ) -> bool {
        if principals != Principals::Required || !(names_accounts(narrow) || names_accounts(wide)) {
            return true;
        }
        let narrow = self.compile(&by_itself(narrow), Principals::Required);
        let wide = self.compile(&by_itself(wide), Principals::Required);
        self.implies(&narrow.access(), &wide.access(), limits).holds()
    }

    /// Do two policies that allow the same let in the same by themselves? Proved, or no.
    pub fn let_in_alike(
        &mut self,
        one: &Policy,
        other: &Policy,
        principals: Principals,
        limits: Limits,
    ) -> bool {
        self.lets_in_by_itself(one, other, principals, limits)
            && self.lets_in_by_itself(other, one, principals, limits)
    }
}

#[cfg(test)]
mod tests {
    use clavicle_policy::parse;

    use super::*;

    #[test]
    fn who_is_named_is_not_covered_by_their_account() {
        let policy = |principal: &str| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": "kms:Decrypt", "Resource": "*"}}]}}"#
            );
            parse(text.as_bytes()).policy.expect("a policy")
        };
        let (account, role) = (
            policy(r#"{"AWS": "arn:aws:iam::111122223333:root"}"#),
            policy(r#"{"AWS": "arn:aws:iam::111122223333:role/r"}"#),
        );
        let both = policy(r#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/r"]}"#);
        let everybody = policy(r#""*""#);
        for (narrow, wide, alike) in [
            (&role, &account, false),
            (&both, &account, false),
            (&account, &role, true),
            (&role, &both, true),
            (&both, &role, true),
            (&role, &everybody, true),
        ] {
            let found =
                |principals| Store::new().lets_in_by_itself(narrow, wide, principals, Limits::default());
            assert_eq!(found(Principals::Required), alike, "{narrow:?} {wide:?}");
            assert!(found(Principals::Ignored));
        }
        let alike =
            |one, other| Store::new().let_in_alike(one, other, Principals::Required, Limits::default());
        assert!(
            alike(&role, &both) == alike(&both, &role) && !alike(&role, &account) && !alike(&account, &role)
        );
        assert!(names_accounts(&account) && names_accounts(&both));
        assert!(!names_accounts(&role) && !names_accounts(&everybody));
    }
}
