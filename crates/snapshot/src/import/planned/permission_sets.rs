//! Permission sets of IAM Identity Center, and the roles that it makes of them in the accounts in which they are assigned.
//!
//! AWS: IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS
//! key policies" (<https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>): "When you assign a
//! permission set to an AWS account, IAM Identity Center creates a role"; "If you delete all assignments to this permission set in the
//! AWS account, the corresponding role that IAM Identity Center created is also deleted".

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use super::document::Document;
use super::plan::{Fate, Principal, Result_, Written};
use super::value::Value;
use crate::model::{AccountId, Declared, PrincipalKind};
use crate::store::{DocumentText, ResourcePolicy};

/// A permission set. What its source does not say is `None`.
#[derive(Debug)]
pub(super) struct PermissionSet {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) inline: Option<Document>,
    pub(super) attached: Option<Vec<String>>,
    /// Policies of the accounts, and those of which it is known later which they are.
    pub(super) of_accounts: Vec<Named>,
    pub(super) boundary: Option<Named>,
    /// Its name and ARN are all that is said: it is looked up, and declared elsewhere.
    pub(super) is_only_named: bool,
}

/// A part of a permission set that is declared by itself.
#[derive(Debug)]
pub(super) enum SetPart {
    Attached(String),
    Inline(Document),
    OfAccounts(Named),
    Boundary(Named),
}

/// Who may use a permission set in an account.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) set: String,
    pub(super) account: AccountId,
    pub(super) is_group: bool,
    /// The id of the user or group.
    pub(super) principal: String,
    /// Where Identity Center is.
    pub(super) region: Option<String>,
    pub(super) declared: Declared,
}

/// A managed policy that a permission set names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Arn(String),
    /// That of each account, by path and name: `/team/ledger`.
    OfAccount(String),
    /// Which one is known later.
    Later,
}

impl Named {
    /// `name` and `path`, as Terraform and CloudFormation have them. `None`: there is none.
    pub(super) fn of_account(reference: &Value) -> Option<Named> {
        let either = |small: &str, large: &str| {
            let value = reference.get(small);
            if value.is_null() { reference.get(large).clone() } else { value.clone() }
        };
        match (either("name", "Name"), either("path", "Path")) {
            (Value::Null, _) => None,
            (Value::Text(name), path) if !path.has_unknown() => {
                let path = path.text().filter(|path| path.starts_with('/') && path.ends_with('/'));
                Some(Named::OfAccount(format!("{}{name}", path.unwrap_or("/"))))
            }
            _ => Some(Named::Later),
        }
    }

    /// A boundary: a policy by its ARN, or one of the account. `None`: there is none.
    pub(super) fn boundary(value: &Value) -> Option<Named> {
        if *value == Value::Unknown {
            return Some(Named::Later);
        }
        let by_arn = ["managed_policy_arn", "ManagedPolicyArn"].map(|name| value.get(name));
        if let Some(arn) = by_arn.iter().find_map(|arn| arn.text()) {
            return Some(Named::Arn(arn.to_owned()));
        }
        if by_arn.iter().any(|arn| arn.has_unknown()) {
            return Some(Named::Later);
        }
        let references = ["customer_managed_policy_reference", "CustomerManagedPolicyReference"];
        references.iter().find_map(|name| Named::of_account(value.get(name)))
    }

    fn arn(&self, account: AccountId, place: &Place) -> Option<String> {
        match self {
            Named::Arn(arn) => Some(arn.clone()),
            Named::OfAccount(name) => Some(format!("arn:{}:iam::{account}:policy{name}", place.partition())),
            Named::Later => None,
        }
    }
}

/// What Identity Center calls the inline policy of a permission set in the roles that it makes.
const INLINE: &str = "AwsSSOInlinePolicy";

/// What a role that is made of a set has.
#[derive(Clone, Debug, Default)]
struct Mould {
    attached: Vec<Named>,
    inline: Option<Document>,
    boundary: Option<Named>,
    /// Other sources than this one may have given it something, or a boundary.
    is_open: bool,
}

/// The sets of a plan, written.
#[derive(Debug, Default)]
struct Sets {
    /// Those that no other source shows: they have what the file says and nothing else.
    fresh: BTreeSet<String>,
    moulds: BTreeMap<String, Mould>,
}

impl Written<'_, '_, '_> {
    /// Permission sets, to whom they are assigned, and what that gives the roles that are made of them.
    ///
    /// Terraform's documentation of `aws_ssoadmin_managed_policy_attachment`: "Creating this resource will automatically
    /// Provision the Permission Set to apply the corresponding updates to all assigned accounts."
    pub(super) fn identity_center(
        &mut self,
        sets: Vec<(Fate, PermissionSet)>,
        parts: Vec<(Fate, String, SetPart)>,
        assignments: Vec<(Fate, Assignment)>,
    ) -> Result_ {
        let mut known = Sets::default();
        for (fate, set) in sets {
            self.permission_set(fate, set, &mut known)?;
        }
        for (fate, set, part) in parts {
            self.part_of_set(fate, &set, part, &mut known)?;
        }
        for (fate, it) in assignments {
            match fate {
                Fate::Gone => self.unassigned(&it)?,
                // It may be assigned, or not: its role, if there is one, has what nobody knows.
                Fate::Doubtful => self.assigned(it, &Sets::default())?,
                Fate::New | Fate::Changed | Fate::Kept => self.assigned(it, &known)?,
            }
        }
        Ok(())
    }

    fn permission_set(&mut self, fate: Fate, set: PermissionSet, known: &mut Sets) -> Result_ {
        if set.is_only_named {
            return self.writer.permission_set(&set.arn, &set.name, None, None);
        }
        let is_fresh = self.writer.name_of_set(&set.arn)?.is_none();
        if !fate.stays() {
            // AWS: IAM Identity Center API Reference, "DeletePermissionSet": one that is assigned is not deleted.
            if let Some(name) = self.writer.name_of_set(&set.arn)? {
                for role in self.writer.roles_of_set(&name)? {
                    self.writer.take_away(&role)?;
                }
            }
            return self.writer.drop_permission_set(&set.arn);
        }
        if is_fresh {
            known.fresh.insert(set.arn.clone());
        }
        let is_new = fate == Fate::New;
        let inline = set.inline.or_else(|| is_new.then_some(Document::None));
        if fate != Fate::Kept && matches!(inline, Some(Document::NotSeen(_))) {
            self.writer.forget_permission_set(&set.arn)?;
        }
        let attached = set.attached.or_else(|| is_fresh.then(Vec::new));
        let of_set = inline.clone().map(ResourcePolicy::from);
        self.writer.permission_set(&set.arn, &set.name, of_set.as_ref(), attached.as_deref())?;
        let by_arn = attached.into_iter().flatten().map(Named::Arn);
        let mould = Mould {
            attached: by_arn.chain(set.of_accounts).collect(),
            inline,
            boundary: set.boundary,
            is_open: !(is_fresh && (is_new || self.is_whole)),
        };
        known.moulds.insert(set.arn, mould);
        Ok(())
    }

    fn part_of_set(&mut self, fate: Fate, set: &str, part: SetPart, known: &mut Sets) -> Result_ {
        // What a set is called that nothing shows is not known, and so not which roles are made of it.
        let Some(name) = self.writer.name_of_set(set)? else { return Ok(()) };
        let stays = fate.stays();
        if let Some(mould) = known.moulds.get_mut(set).filter(|_| stays) {
            match &part {
                SetPart::Attached(policy) => mould.attached.push(Named::Arn(policy.clone())),
                SetPart::OfAccounts(policy) => mould.attached.push(policy.clone()),
                SetPart::Inline(document) => mould.inline = Some(document.clone()),
                SetPart::Boundary(policy) => mould.boundary = Some(policy.clone()),
            }
        }
        if fate == Fate::Kept && !known.fresh.contains(set) {
            return Ok(());
        }
        let roles = self.writer.roles_of_set(&name)?;
        match part {
            SetPart::Attached(policy) => {
                self.writer.part_of_set(set, &policy, stays)?;
                for role in roles {
                    self.policy_of_role(&role, Some(&policy), stays)?;
                }
            }
            SetPart::OfAccounts(policy) => {
                for role in roles {
                    let policy = AccountId::of_arn(&role).and_then(|account| policy.arn(account, self.place));
                    self.policy_of_role(&role, policy.as_deref(), stays)?;
                }
            }
            SetPart::Boundary(policy) => {
                for role in roles {
                    let Some(account) = AccountId::of_arn(&role) else { continue };
                    let boundary = stays.then(|| self.boundary_in(account, &role, &policy));
                    self.writer.bound(&role, boundary.as_deref())?;
                }
            }
            SetPart::Inline(document) => {
                let document = if stays { document } else { Document::None };
                self.writer.forget_permission_set(set)?;
                self.writer.permission_set(set, &name, Some(&document.clone().into()), None)?;
                for role in roles {
                    match &document {
                        Document::None => self.writer.drop_inline(&role, INLINE)?,
                        text => {
                            self.writer.put_inline(PrincipalKind::Role, &role, INLINE, &text.expected())?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A role has a managed policy, of which it may be known later which it is, or no more.
    fn policy_of_role(&mut self, role: &str, policy: Option<&str>, stays: bool) -> Result_ {
        match (policy, stays) {
            (Some(policy), true) => self.writer.attach(PrincipalKind::Role, role, policy),
            (Some(policy), false) => self.writer.detach(role, policy),
            (None, true) => self.writer.put_inline(
                PrincipalKind::Role,
                role,
                "a policy known later",
                &DocumentText::NotSeen,
            ),
            (None, false) => Ok(()),
        }
    }

    /// The ARN of a boundary: of one that is known later, that of a policy which no source shows.
    fn boundary_in(&self, account: AccountId, role: &str, policy: &Named) -> String {
        policy.arn(account, self.place).unwrap_or_else(|| {
            let name = role.rsplit('/').next().unwrap_or_default();
            format!("arn:{}:iam::{account}:policy/{name}~", self.place.partition())
        })
    }

    fn assigned(&mut self, it: Assignment, known: &Sets) -> Result_ {
        self.writer.assignment(&it.set, it.account, it.is_group, &it.principal)?;
        let Some(name) = self.writer.name_of_set(&it.set)? else { return Ok(()) };
        let roles = self.writer.roles_of_set(&name)?;
        if roles.iter().any(|role| AccountId::of_arn(role) == Some(it.account)) {
            return Ok(());
        }
        let mould = match known.moulds.get(&it.set) {
            Some(mould) => mould.clone(),
            None => Mould { is_open: true, ..Mould::default() },
        };
        self.role_of_set(&name, it, &mould)
    }

    /// The role that is made of a set when it is first assigned in an account.
    fn role_of_set(&mut self, set: &str, it: Assignment, mould: &Mould) -> Result_ {
        let (account, partition) = (it.account, self.place.partition());
        let region = match it.region.as_deref() {
            Some("us-east-1") => String::new(),
            region => format!("{}/", region.unwrap_or("~")),
        };
        let arn = format!(
            "arn:{partition}:iam::{account}:role/aws-reserved/sso.amazonaws.com/{region}AWSReservedSSO_{set}_{}",
            "~".repeat(16)
        );
        let (mut attached, mut inline) = (Vec::new(), Vec::new());
        let mut not_seen = |name: &str| inline.push((name.to_owned(), Document::NotSeen(String::new())));
        for policy in &mould.attached {
            match policy.arn(account, self.place) {
                Some(policy) if !attached.contains(&policy) => attached.push(policy),
                Some(_) => {}
                None => not_seen("a policy known later"),
            }
        }
        if mould.is_open {
            not_seen("policies from elsewhere");
        }
        inline.extend(
            mould.inline.clone().filter(|it| *it != Document::None).map(|text| (INLINE.to_owned(), text)),
        );
        let boundary = match &mould.boundary {
            Some(policy) => Some(Some(self.boundary_in(account, &arn, policy))),
            None if mould.is_open => Some(None),
            None => None,
        };
        self.writer.declared(&Declared { arn: arn.as_str().into(), ..it.declared })?;
        let role = Principal {
            kind: PrincipalKind::Role,
            trust: self.trust_of_role(account)?,
            boundary: Some(boundary),
            tags: None,
            attached: Some(attached),
            inline: Some(inline),
            groups: None,
            arn,
        };
        self.principal(Fate::New, role)
    }

    /// Identity Center lets people into its roles by a provider that it makes in the account, and so does nobody else.
    ///
    /// AWS: IAM Identity Center User Guide, "Using service-linked roles for IAM Identity Center"
    /// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/slrconcept.html>): it may make `saml-provider/AWSSSO_*_DO_NOT_DELETE`
    /// and roles below `aws-reserved/sso.amazonaws.com`; AWS STS API Reference, "AssumeRoleWithSAML"
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>): it "will not work on AWS IAM Identity
    /// Center managed roles" for others.
    fn trust_of_role(&self, account: AccountId) -> Result<Document, crate::error::SnapshotError> {
        let known = self.writer.provider_of_identity_center(account)?;
        let provider = known.unwrap_or_else(|| {
            let (partition, id) = (self.place.partition(), "~".repeat(16));
            format!("arn:{partition}:iam::{account}:saml-provider/AWSSSO_{id}_DO_NOT_DELETE")
        });
        let text = |text: &str| Value::Text(text.to_owned());
        let of = |name: &str, value: Value| Value::Map(vec![(name.to_owned(), value)]);
        let actions = vec![text("sts:AssumeRoleWithSAML"), text("sts:TagSession")];
        let audience = match self.place.partition() {
            "aws-cn" => "https://signin.amazonaws.cn/saml",
            "aws-us-gov" => "https://signin.amazonaws-us-gov.com/saml",
            _ => "https://signin.aws.amazon.com/saml",
        };
        let audience = of("SAML:aud", text(audience));
        Ok(Document::of_statements(vec![Value::Map(vec![
            ("Effect".to_owned(), text("Allow")),
            ("Principal".to_owned(), of("Federated", text(&provider))),
            ("Action".to_owned(), Value::List(actions)),
            ("Condition".to_owned(), of("StringEquals", audience)),
        ])]))
    }

    /// Somebody may use a set in an account no more. The role goes with the last of them, where all of them were seen.
    fn unassigned(&mut self, it: &Assignment) -> Result_ {
        let is_last = self.writer.unassign(&it.set, it.account, it.is_group, &it.principal)?;
        let name = if is_last { self.writer.name_of_set(&it.set)? } else { None };
        for role in name.map(|name| self.writer.roles_of_set(&name)).transpose()?.unwrap_or_default() {
            if AccountId::of_arn(&role) == Some(it.account) {
                self.writer.take_away(&role)?;
            }
        }
        Ok(())
    }
}
