//! Who can do everything?

use clavicle_engine::{Action, Context, Verdict};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, PrincipalRecord};
use rayon::prelude::*;

use crate::actor::Target;
use crate::ruling::Ruling;
use crate::side::{ActorSide, Levels};
use crate::world::World;

/// An action of no service, on a thing of no service: only who may do everything may do that.
const EVERYTHING: &str = "clavicle:Everything";
const ANY_THING: &str = "arn:aws:clavicle:::thing";

impl World {
    /// Can it do everything in its account, by its policies? Its own documents and its boundary have to allow an action
    /// that no pattern but `*` covers (conditions such as a second factor may stand before it), and the organization
    /// must not keep it from changing who may do what: a guard against some region or service leaves an administrator
    /// one.
    pub fn is_admin(&self, principal: PrincipalIndex) -> bool {
        self.administrators().binary_search(&principal).is_ok()
    }

    /// All administrators, in the order of the snapshot. Worked out once.
    pub fn administrators(&self) -> &[PrincipalIndex] {
        self.administrators.get_or_init(|| {
            let when = self.context(&Default::default());
            let ladders = self.ladders();
            let principals: Vec<PrincipalIndex> = self.principals().collect();
            principals
                .into_par_iter()
                .filter(|index| {
                    let bearer = self.bearer(*index);
                    bearer.may_allow_action(&self.documents, "clavicle:everything") && {
                        let account = self.snapshot().principal(*index).account;
                        let ladder = self.account_place(account).and_then(|at| ladders.get(at));
                        self.is_administrator(*index, ladder.cloned().unwrap_or(Levels::NotSeen), &when)
                    }
                })
                .collect()
        })
    }

    /// Could it be one, if what was not seen of its policies or its boundary said so?
    pub fn may_be_admin(&self, principal: PrincipalIndex) -> bool {
        let when = self.context(&Default::default());
        let record = self.snapshot().principal(principal);
        let ladder = self.scps_of(Some(record.account));
        match (self.principal_side(principal, Levels::None), self.principal_side(principal, ladder)) {
            (Some(free), Some(bound)) => {
                self.everything(record, &free, &when).may() && self.can_give_rights(record, &bound, &when)
            }
            _ => false,
        }
    }

    fn is_administrator(&self, index: PrincipalIndex, ladder: Levels<'_>, when: &Context) -> bool {
        let record = self.snapshot().principal(index);
        // The organization is asked below: allow-lists of services would stop an action of no service.
        match (self.principal_side(index, Levels::None), self.principal_side(index, ladder)) {
            (Some(free), Some(bound)) => self.can_do_everything(record, &free, &bound, when),
            _ => false,
        }
    }

    /// Can somebody do everything who is `free` without the organization's control policies, and `bound` with them?
    pub(crate) fn can_do_everything(
        &self,
        record: &PrincipalRecord,
        free: &ActorSide<'_>,
        bound: &ActorSide<'_>,
        when: &Context,
    ) -> bool {
        let everything = self.everything(record, free, when);
        everything.may() && !everything.turns_on_unseen() && self.can_give_rights(record, bound, when)
    }

    /// Is everything allowed by what the caller bears?
    fn everything(&self, record: &PrincipalRecord, free: &ActorSide<'_>, when: &Context) -> Ruling {
        let anything = self.target_side(&Target::Arn(ANY_THING.into(), Some(record.account)), None);
        self.rule(free, &Action::new(EVERYTHING), &anything.open_to_policies_of_callers(), when)
    }

    /// Does the organization let the caller change who may do what?
    fn can_give_rights(&self, record: &PrincipalRecord, bound: &ActorSide<'_>, when: &Context) -> bool {
        let (change, path) = match record.kind {
            PrincipalKind::User => ("iam:AttachUserPolicy", "user"),
            PrincipalKind::Role | PrincipalKind::Group => ("iam:AttachRolePolicy", "role"),
        };
        let partition = record.arn.split(':').nth(1).unwrap_or("aws");
        let someone = format!("arn:{partition}:iam::{}:{path}/clavicle-anyone", record.account);
        let someone = self.target_side(&Target::Arn(someone.into(), Some(record.account)), None);
        let verdict = self.verdict(bound, &Action::new(change), &someone.open_to_policies_of_callers(), when);
        matches!(verdict, Verdict::Allowed | Verdict::Depends)
    }
}
