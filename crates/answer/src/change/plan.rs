//! A change as people say it, made exact: which policy, of whom, or who.

use std::sync::Arc;

use clavicle_graph::Actor;
use clavicle_snapshot::{Change, OrgPolicyIndex, PolicyIndex, PolicyPlace, PrincipalIndex, PrincipalKind};

use crate::count::counted;
use crate::names::Entry;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::resolve::Subject;

/// A change that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The policy gets this text.
    Write {
        /// `policy/x`, `scp/x`, `role/x#inline`, `role/x#trust`, or a thing.
        policy: String,
        /// The whole document.
        text: String,
    },
    /// The policy goes, with all its attachments; or the user, group or role, with its own policies.
    Delete(String),
    /// The policy is attached.
    Attach {
        /// Which policy.
        policy: String,
        /// To whom; of a policy of the organization: an account, a unit or a root.
        to: String,
    },
    /// The policy is attached no more.
    Detach {
        /// Which policy.
        policy: String,
        /// From whom.
        from: String,
    },
    /// The policy becomes the permissions boundary, in the place of one that is there.
    Bound {
        /// Which managed policy.
        policy: String,
        /// Of which user or role.
        of: String,
    },
    /// The user or role has no permissions boundary any more.
    Unbound(String),
}

impl Reader {
    /// What edits change in the facts.
    pub fn planned(&self, edits: &[Edit]) -> Result<Vec<Change>, QuestionError> {
        let changes: Vec<Change> = edits.iter().map(|edit| self.change_of(edit)).collect::<Result<_, _>>()?;
        for (edit, change) in edits.iter().zip(&changes) {
            if let (Edit::Delete(named), Change::Delete(PolicyPlace::Managed(index))) = (edit, change) {
                self.refuse_boundary(*index, named, &changes)?;
            }
        }
        Ok(changes)
    }

    fn change_of(&self, edit: &Edit) -> Result<Change, QuestionError> {
        match edit {
            Edit::Write { policy, text } => Ok(Change::Write(self.policy_place(policy, true)?, text.clone())),
            Edit::Delete(what) => match self.resolve_subject(what) {
                Ok(Subject::Actor(Actor::Principal(index)) | Subject::Group(index)) => {
                    self.removal(index, what)
                }
                _ => Ok(Change::Delete(self.policy_place(what, false)?)),
            },
            Edit::Attach { policy, to } => self.attachment(policy, to, true),
            Edit::Detach { policy, from } => self.attachment(policy, from, false),
            Edit::Bound { policy, of } => {
                let Subject::Policy(index) = self.resolve_subject(policy)? else {
                    return Err(QuestionError::new(format!("`{policy}` cannot be a permissions boundary"))
                        .hint("name a managed policy (`policy/x`)"));
                };
                let (bearer, boundary) = self.bounded_named(of)?;
                if boundary == Some(index) {
                    let problem = format!("`{policy}` is the permissions boundary of `{of}` as things are");
                    return Err(QuestionError::new(problem));
                }
                Ok(Change::Bound(bearer, Some(index)))
            }
            Edit::Unbound(of) => match self.bounded_named(of)? {
                (bearer, Some(_)) => Ok(Change::Bound(bearer, None)),
                (_, None) => {
                    Err(QuestionError::new(format!("`{of}` has no permissions boundary as things are")))
                }
            },
        }
    }

    /// AWS: IAM Identity Center User Guide, "Permission sets": the roles that it makes are its own to change and delete.
    fn removal(&self, index: PrincipalIndex, named: &str) -> Result<Change, QuestionError> {
        let record = self.world().snapshot().principal(index);
        if record.kind == PrincipalKind::Role && record.path.starts_with("/aws-reserved/sso.amazonaws.com/") {
            return Err(QuestionError::new(format!("`{named}` is made by IAM Identity Center")).hint(
                "it goes when nobody has its permission set in the account any more; that cannot be tried",
            ));
        }
        Ok(Change::Remove(index))
    }

    /// A user or role, and what bounds it. AWS: IAM User Guide, "Permissions boundaries for IAM entities": groups have none.
    fn bounded_named(&self, text: &str) -> Result<(PrincipalIndex, Option<PolicyIndex>), QuestionError> {
        let index = self.bearer_named(text)?;
        let record = self.world().snapshot().principal(index);
        if record.kind == PrincipalKind::Group {
            return Err(QuestionError::new(format!(
                "`{text}` is a group, and groups have no permissions boundary"
            )));
        }
        Ok((index, record.boundary))
    }

    /// AWS: IAM User Guide, "Delete IAM policies": a policy that is in use as a boundary cannot be deleted. `changes`: all
    /// that are made, which may set others free of it.
    fn refuse_boundary(
        &self,
        policy: PolicyIndex,
        named: &str,
        changes: &[Change],
    ) -> Result<(), QuestionError> {
        let is_freed = |index| {
            changes.iter().any(|change| match change {
                Change::Bound(of, other) => *of == index && *other != Some(policy),
                Change::Remove(gone) => *gone == index,
                _ => false,
            })
        };
        let gets_it =
            changes.iter().filter(|change| matches!(change, Change::Bound(_, Some(it)) if *it == policy));
        let principals = self.world().snapshot().principals.iter().enumerate();
        let bounded = principals
            .filter(|(at, principal)| {
                principal.boundary == Some(policy) && !is_freed(PrincipalIndex::at(*at))
            })
            .count()
            + gets_it.count();
        if bounded == 0 {
            return Ok(());
        }
        let who = counted(bounded, "identity", "identities");
        Err(QuestionError::new(format!("`{named}` is the permissions boundary of {who}"))
            .hint("AWS deletes no policy that is in use as a boundary; try `--no-boundary WHO` with it, or another text"))
    }

    fn attachment(&self, policy: &str, to: &str, attach: bool) -> Result<Change, QuestionError> {
        match self.resolve_subject(policy)? {
            Subject::Policy(index) => {
                let bearer = self.bearer_named(to)?;
                let is_attached = self.world().snapshot().principal(bearer).attached.contains(&index);
                if is_attached == attach {
                    return Err(self.already(policy, to, attach));
                }
                Ok(if attach { Change::Attach(index, bearer) } else { Change::Detach(index, bearer) })
            }
            Subject::OrgPolicy(index) => self.attachment_above(index, policy, to, attach),
            _ => Err(QuestionError::new(format!("`{policy}` is no policy that can be attached"))
                .hint("name a managed policy (`policy/x`) or one of the organization (`scp/x`)")),
        }
    }

    fn attachment_above(
        &self,
        index: OrgPolicyIndex,
        policy: &str,
        to: &str,
        attach: bool,
    ) -> Result<Change, QuestionError> {
        let target = self.place_above(to)?;
        let organization = self.world().snapshot().organization.as_ref();
        let is_attached = organization.is_some_and(|organization| {
            organization.attachments.iter().any(|known| known.policy == index && known.target == target)
        });
        if is_attached == attach {
            return Err(self.already(policy, to, attach));
        }
        Ok(if attach { Change::AttachAbove(index, target) } else { Change::DetachAbove(index, target) })
    }

    fn already(&self, policy: &str, to: &str, attach: bool) -> QuestionError {
        let is = if attach { "is attached to" } else { "is not attached to" };
        QuestionError::new(format!("`{policy}` {is} `{to}` as things are"))
    }

    /// A user, group or role.
    fn bearer_named(&self, text: &str) -> Result<PrincipalIndex, QuestionError> {
        match self.resolve_subject(text)? {
            Subject::Actor(Actor::Principal(index)) | Subject::Group(index) => Ok(index),
            _ => Err(QuestionError::new(format!("`{text}` is no user, group or role"))),
        }
    }

    /// An account, a unit or a root, as attachments name it.
    fn place_above(&self, text: &str) -> Result<Arc<str>, QuestionError> {
        let snapshot = self.world().snapshot();
        let units = snapshot.organization.iter().flat_map(|organization| &organization.units);
        if let Some(unit) = units.into_iter().find(|unit| *unit.id == *text) {
            return Ok(unit.id.clone());
        }
        let is_place = |entry| matches!(entry, Entry::Account(_) | Entry::Unit(_));
        match self.find(text, "account or unit", is_place)? {
            Entry::Account(place) => Ok(snapshot.accounts[place].id.to_string().into()),
            Entry::Unit(unit) => match &snapshot.organization {
                Some(organization) => Ok(organization.unit(unit).id.clone()),
                None => Err(QuestionError::new("the organization was not seen")),
            },
            _ => Err(QuestionError::new(format!("`{text}` is no account, unit or root"))),
        }
    }

    /// The place of a text. `make`: inline policies and policies of things need not be there yet.
    fn policy_place(&self, text: &str, make: bool) -> Result<PolicyPlace, QuestionError> {
        if let Some((owner, part)) = text.rsplit_once('#') {
            return match part {
                "trust" => Ok(PolicyPlace::Trust(self.bearer_named(owner)?)),
                "policy" => self.place_of_thing(owner),
                name => {
                    let bearer = self.bearer_named(owner)?;
                    let inline = &self.world().snapshot().principal(bearer).inline;
                    if !make && inline.iter().all(|policy| *policy.name != *name) {
                        let names = inline.iter().map(|policy| format!("{owner}#{}", policy.name)).collect();
                        return Err(QuestionError::new(format!("`{owner}` has no inline policy `{name}`"))
                            .candidates(names));
                    }
                    Ok(PolicyPlace::Inline(bearer, name.into()))
                }
            };
        }
        let subject = self.resolve_subject(text);
        match subject {
            Ok(Subject::Policy(index)) => Ok(PolicyPlace::Managed(index)),
            Ok(Subject::OrgPolicy(index)) => Ok(PolicyPlace::Organization(index)),
            Ok(Subject::Actor(_) | Subject::Group(_)) => {
                Err(QuestionError::new(format!("`{text}` is no policy"))
                    .hint(format!("name one of its own: `{text}#NAME`, `{text}#trust`")))
            }
            Ok(Subject::Workload(_)) => self.place_of_thing(text),
            Err(error) => self.place_of_thing(text).map_err(|_| error),
        }
    }

    fn place_of_thing(&self, text: &str) -> Result<PolicyPlace, QuestionError> {
        match self.resolve_spot(text)?.target {
            clavicle_graph::Target::Resource(index) => Ok(PolicyPlace::Resource(index)),
            clavicle_graph::Target::Principal(index) => Ok(PolicyPlace::Trust(index)),
            _ => Err(QuestionError::new(format!("`{text}` is no thing with a policy that was seen"))),
        }
    }
}
