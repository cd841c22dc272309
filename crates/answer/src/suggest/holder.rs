//! Whose rights are held to what is used: a user, a role, a group, or a permission set of IAM Identity Center. Rights of a
//! group are used by its members, those of a permission set by the roles that are made of it, one in each account.

use clavicle_graph::{Actor, Document, permission_set_name};
use clavicle_snapshot::{IdentityCenter, PermissionSet, PolicyState, PrincipalIndex, PrincipalKind};

use crate::question::QuestionError;
use crate::reader::Reader;
use crate::resolve::Subject;
use crate::shape::Thing;
use crate::unused::granted::documents;

/// Who has the rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A user or role.
    One(PrincipalIndex),
    Group(PrincipalIndex),
    /// A permission set, by the places of the instance and of the set.
    Set(usize, usize),
}

impl Reader {
    /// The holder that is named: as elsewhere, or `permission-set/NAME`, or the ARN of a permission set.
    pub(super) fn holder(&self, who: &str) -> Result<Holder, QuestionError> {
        if let Some(found) = self.set_named(who.trim()) {
            return found.map(|(center, set)| Holder::Set(center, set));
        }
        match self.resolve_subject(who)? {
            Subject::Group(index) => Ok(Holder::Group(index)),
            Subject::Actor(Actor::Principal(index)) => Ok(Holder::One(index)),
            _ => self.one_principal(who).map(Holder::One),
        }
    }

    fn set_named(&self, who: &str) -> Option<Result<(usize, usize), QuestionError>> {
        let name = who.strip_prefix("permission-set/");
        if name.is_none() && !(who.starts_with("arn:") && who.contains(":permissionSet/")) {
            return None;
        }
        let sets =
            self.world().snapshot().identity_center.iter().enumerate().flat_map(|(center, instance)| {
                instance.permission_sets.iter().enumerate().map(move |(set, record)| (center, set, record))
            });
        let meant: Vec<(usize, usize)> = sets
            .filter(|(_, _, record)| name.map_or(&*record.arn == who, |name| &*record.name == name))
            .map(|(center, set, _)| (center, set))
            .collect();
        Some(match meant.as_slice() {
            [one] => Ok(*one),
            [] => Err(QuestionError::new(format!("`{who}` is no permission set of the snapshot"))
                .hint("`clavicle collect --org` reads those of IAM Identity Center")),
            _ => {
                Err(QuestionError::new(format!("several instances have `{who}`")).hint("name it by its ARN"))
            }
        })
    }

    pub(super) fn set_of(&self, center: usize, set: usize) -> Option<(&IdentityCenter, &PermissionSet)> {
        let instance = self.world().snapshot().identity_center.get(center)?;
        Some((instance, instance.permission_sets.get(set)?))
    }

    /// The policies that give the rights.
    pub(super) fn documents_of(&self, holder: Holder) -> Result<Vec<Document>, QuestionError> {
        match holder {
            // What it has perhaps is not there to be narrowed.
            Holder::One(index) | Holder::Group(index) => {
                let all = documents(self, index).into_iter();
                Ok(all.filter(|document| !self.world().is_perhaps(document)).collect())
            }
            Holder::Set(center, place) => {
                let Some((_, set)) = self.set_of(center, place) else { return Ok(Vec::new()) };
                let Some(attached) = &set.attached else {
                    return Err(QuestionError::new(format!(
                        "the managed policies of permission-set/{} were not seen",
                        set.name
                    )));
                };
                let mut found: Vec<Document> =
                    attached.iter().map(|policy| Document::Managed(*policy)).collect();
                if set.inline != PolicyState::None {
                    found.push(Document::PermissionSet(center, place));
                }
                Ok(found)
            }
        }
    }

    /// Those who use the rights. Of a permission set whose roles were not all seen, what is used is not known.
    pub(super) fn users_of(&self, holder: Holder) -> Result<Vec<PrincipalIndex>, QuestionError> {
        match holder {
            Holder::One(index) => Ok(vec![index]),
            Holder::Group(index) => Ok(self.world().members(index).to_vec()),
            Holder::Set(center, place) => {
                let Some((instance, set)) = self.set_of(center, place) else { return Ok(Vec::new()) };
                let snapshot = self.world().snapshot();
                let roles: Vec<PrincipalIndex> = self
                    .world()
                    .principals()
                    .filter(|index| permission_set_name(snapshot.principal(*index)) == Some(&*set.name))
                    .collect();
                let assigned: Vec<_> =
                    instance.assignments.iter().filter(|it| it.permission_set == set.arn).collect();
                let is_seen = |account| roles.iter().any(|role| snapshot.principal(*role).account == account);
                if assigned.is_empty() || assigned.iter().any(|it| !is_seen(it.account)) {
                    return Err(QuestionError::new(format!(
                        "the roles of permission-set/{} were not all seen, so that its use is not known",
                        set.name
                    ))
                    .hint("read all accounts that it is assigned in, and its assignments: `clavicle collect --org`"));
                }
                Ok(roles)
            }
        }
    }

    pub(super) fn thing_of_holder(&self, holder: Holder) -> Thing {
        match holder {
            Holder::One(index) | Holder::Group(index) => self.thing_of_principal(index),
            Holder::Set(center, place) => {
                let found = self.set_of(center, place);
                Thing {
                    name: found.map(|(_, set)| format!("permission-set/{}", set.name)).unwrap_or_default(),
                    arn: found.map(|(_, set)| set.arn.to_string()),
                    kind: "permission set".to_owned(),
                    account: found.and_then(|(instance, _)| Some(instance.account?.to_string())),
                    known_as: None,
                }
            }
        }
    }

    /// Why the policies of a holder cannot be edited.
    pub(super) fn refuse_made_by_aws(&self, holder: Holder) -> Result<(), QuestionError> {
        let Holder::One(index) = holder else { return Ok(()) };
        let record = self.world().snapshot().principal(index);
        if record.kind != PrincipalKind::Role
            || !(record.path.starts_with("/aws-reserved/") || record.path.starts_with("/aws-service-role/"))
        {
            return Ok(());
        }
        let error = QuestionError::new(format!("the policies of `{}` cannot be edited", record.name));
        Err(match permission_set_name(record) {
            Some(name) => {
                error.hint(format!("it is made of a permission set: `clavicle trim permission-set/{name}`"))
            }
            None => error.hint("AWS makes such roles for its services; `suggest` says what would be enough"),
        })
    }
}
