//! Could a grant of a KMS key let somebody do something with it?
//!
//! A grant lets its grantee use the key whatever their own policies say. See AWS: KMS Developer Guide, "Grants in AWS KMS"
//! (<https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>). What constrains a grant is not known here, so one
//! that fits may let in, and only that none fits is certain.

use clavicle_engine::Action;
use clavicle_snapshot::{AccountId, KeyGrant};

use crate::actor::{Actor, Target};
use crate::world::World;

impl World {
    /// False: the grants of the key were seen, and none of them is for this.
    pub(crate) fn a_grant_may_let(&self, actor: &Actor, action: &Action, target: &Target) -> bool {
        let grants = match target {
            Target::Resource(index) => self.snapshot().resource(*index).facts.grants.as_deref(),
            Target::Principal(_) | Target::Arn(..) | Target::Anything => None,
        };
        let Some(grants) = grants else { return true };
        grants.iter().any(|grant| is_for(grant, action.name()) && self.may_be(actor, &grant.grantee))
    }

    fn may_be(&self, actor: &Actor, grantee: &str) -> bool {
        match actor {
            Actor::Principal(index) => {
                let record = self.snapshot().principal(*index);
                grantee == &*record.arn || may_stand_for(grantee, &record.name, record.account)
            }
            Actor::Service(name) => grantee.eq_ignore_ascii_case(name),
            Actor::Everyone | Actor::CanonicalUser(_) => false,
            Actor::Root(_) | Actor::OutsideAccount(_) | Actor::Unseen(_) | Actor::Provider(_) => true,
        }
    }
}

/// An operation of a grant has the name of its action.
fn is_for(grant: &KeyGrant, action: &str) -> bool {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    grant.operations.iter().any(|known| known.eq_ignore_ascii_case(operation))
}

/// The whole account, a session of the role, or somebody by a unique id.
fn may_stand_for(grantee: &str, name: &str, account: AccountId) -> bool {
    let Some(resource) = grantee.splitn(6, ':').nth(5) else {
        // The name of a service has dots; a unique id has none, and whose it is nobody here knows.
        return !grantee.contains('.');
    };
    let of_account = AccountId::of_arn(grantee) == Some(account);
    let session = resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    of_account && (resource == "root" || session.is_some_and(|role| role.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::{is_for, may_stand_for};
    use clavicle_snapshot::{AccountId, KeyGrant};

    #[test]
    fn who_a_grantee_may_be() {
        let account = AccountId::parse("111122223333").expect("an account");
        for (grantee, may) in [
            ("arn:aws:iam::111122223333:root", true),
            ("arn:aws:iam::444455556666:root", false),
            ("arn:aws:sts::111122223333:assumed-role/web/x", true),
            ("arn:aws:sts::111122223333:assumed-role/other/x", false),
            ("arn:aws:iam::111122223333:role/other", false),
            ("AROAEXAMPLE", true),
            ("dynamodb.eu-west-1.amazonaws.com", false),
        ] {
            assert_eq!(may_stand_for(grantee, "web", account), may, "{grantee}");
        }
    }

    #[test]
    fn what_a_grant_is_for() {
        let grant = KeyGrant { grantee: "x".into(), operations: vec!["Decrypt".into()] };
        assert!(is_for(&grant, "kms:Decrypt") && !is_for(&grant, "kms:Encrypt"));
    }
}
