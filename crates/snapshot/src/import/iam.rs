//! Users, groups, roles and managed policies, in the shape of GetAccountAuthorizationDetails. AWS Config records the
//! same shapes with lower-case initials, so each field is known by both spellings.
//!
//! See AWS: IAM API Reference, "GetAccountAuthorizationDetails"; AWS Config resource schemas, `AWS::IAM::Role`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document;
use crate::arn::path_and_name;
use crate::model::{AccountId, PrincipalKind};
use crate::store::{
    DocumentText, InlineFacts, ManagedPolicyFacts, PrincipalFacts, ProfileFacts, VersionFacts,
};

type Text<'a> = Cow<'a, str>;

/// How much does the source promise to carry?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything: a list that is absent is empty. AWS's own answers leave out empty lists.
    Whole,
    /// What somebody chose to select: a list that is absent was not asked for.
    Selected,
}

impl Extent {
    fn list<T>(self, list: Option<Vec<T>>) -> Option<Vec<T>> {
        match self {
            Extent::Whole => Some(list.unwrap_or_default()),
            Extent::Selected => list,
        }
    }
}

/// Where a problem is, below the element, and what it is.
pub(super) type Warn<'w> = &'w mut dyn FnMut(&str, &str);

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow, rename = "Key", alias = "key")]
    key: Text<'a>,
    #[serde(borrow, rename = "Value", alias = "value", default)]
    value: Text<'a>,
}

#[derive(Deserialize)]
struct Inline<'a> {
    #[serde(borrow, rename = "PolicyName", alias = "policyName")]
    name: Text<'a>,
    #[serde(borrow, rename = "PolicyDocument", alias = "policyDocument")]
    document: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Attached<'a> {
    #[serde(borrow, rename = "PolicyArn", alias = "policyArn")]
    arn: Text<'a>,
}

#[derive(Deserialize)]
struct Boundary<'a> {
    #[serde(borrow, rename = "PermissionsBoundaryArn", alias = "permissionsBoundaryArn")]
    arn: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Used<'a> {
    #[serde(borrow, rename = "LastUsedDate", alias = "lastUsedDate")]
    at: Option<Text<'a>>,
    #[serde(borrow, rename = "Region", alias = "region")]
    region: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Profile<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
    #[serde(borrow, rename = "Roles", alias = "roles")]
    roles: Option<Vec<ProfileRole<'a>>>,
}

#[derive(Deserialize)]
struct ProfileRole<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
    #[serde(borrow, rename = "UserId", alias = "userId")]
    id: Option<Text<'a>>,
    #[serde(borrow, rename = "CreateDate", alias = "createDate")]
    created: Option<Text<'a>>,
    #[serde(borrow, rename = "UserPolicyList", alias = "userPolicyList")]
    inline: Option<Vec<Inline<'a>>>,
    #[serde(borrow, rename = "GroupList", alias = "groupList")]
    groups: Option<Vec<Text<'a>>>,
    #[serde(borrow, rename = "AttachedManagedPolicies", alias = "attachedManagedPolicies")]
    attached: Option<Vec<Attached<'a>>>,
    #[serde(borrow, rename = "PermissionsBoundary", alias = "permissionsBoundary")]
    boundary: Option<Boundary<'a>>,
    #[serde(borrow, rename = "Tags", alias = "tags")]
    tags: Option<Vec<Tag<'a>>>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
    #[serde(borrow, rename = "GroupId", alias = "groupId")]
    id: Option<Text<'a>>,
    #[serde(borrow, rename = "CreateDate", alias = "createDate")]
    created: Option<Text<'a>>,
    #[serde(borrow, rename = "GroupPolicyList", alias = "groupPolicyList")]
    inline: Option<Vec<Inline<'a>>>,
    #[serde(borrow, rename = "AttachedManagedPolicies", alias = "attachedManagedPolicies")]
    attached: Option<Vec<Attached<'a>>>,
}

#[derive(Deserialize)]
struct Role<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
    #[serde(borrow, rename = "RoleId", alias = "roleId")]
    id: Option<Text<'a>>,
    #[serde(borrow, rename = "CreateDate", alias = "createDate")]
    created: Option<Text<'a>>,
    #[serde(borrow, rename = "AssumeRolePolicyDocument", alias = "assumeRolePolicyDocument")]
    trust: Option<&'a RawValue>,
    #[serde(borrow, rename = "InstanceProfileList", alias = "instanceProfileList")]
    profiles: Option<Vec<Profile<'a>>>,
    #[serde(borrow, rename = "RolePolicyList", alias = "rolePolicyList")]
    inline: Option<Vec<Inline<'a>>>,
    #[serde(borrow, rename = "AttachedManagedPolicies", alias = "attachedManagedPolicies")]
    attached: Option<Vec<Attached<'a>>>,
    #[serde(borrow, rename = "PermissionsBoundary", alias = "permissionsBoundary")]
    boundary: Option<Boundary<'a>>,
    #[serde(borrow, rename = "Tags", alias = "tags")]
    tags: Option<Vec<Tag<'a>>>,
    #[serde(borrow, rename = "RoleLastUsed", alias = "roleLastUsed")]
    used: Option<Used<'a>>,
}

#[derive(Deserialize)]
struct Policy<'a> {
    #[serde(borrow, rename = "Arn", alias = "arn")]
    arn: Text<'a>,
    #[serde(borrow, rename = "DefaultVersionId", alias = "defaultVersionId")]
    default: Option<Text<'a>>,
    #[serde(borrow, rename = "CreateDate", alias = "createDate")]
    created: Option<Text<'a>>,
    #[serde(borrow, rename = "UpdateDate", alias = "updateDate")]
    updated: Option<Text<'a>>,
    #[serde(borrow, rename = "PolicyVersionList", alias = "policyVersionList")]
    versions: Option<Vec<Version<'a>>>,
}

#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow, rename = "VersionId", alias = "versionId")]
    id: Text<'a>,
    #[serde(rename = "IsDefaultVersion", alias = "isDefaultVersion", default)]
    is_default: bool,
    #[serde(borrow, rename = "Document", alias = "document")]
    document: Option<&'a RawValue>,
    #[serde(borrow, rename = "CreateDate", alias = "createDate")]
    created: Option<Text<'a>>,
}

/// Why an element cannot be read: its place below the element as the parser counts, or none, and the problem.
#[derive(Debug)]
pub(super) enum Fault {
    Shape(serde_json::Error),
    Arn(String),
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        Fault::Shape(error)
    }
}

fn account(arn: &str) -> Result<AccountId, Fault> {
    AccountId::of_arn(arn).ok_or_else(|| Fault::Arn(arn.to_owned()))
}

/// A user, group or role.
pub(super) fn principal(
    kind: PrincipalKind,
    raw: &str,
    extent: Extent,
    warn: Warn<'_>,
) -> Result<PrincipalFacts, Fault> {
    match kind {
        PrincipalKind::User => user(serde_json::from_str(raw)?, extent, warn),
        PrincipalKind::Group => group(serde_json::from_str(raw)?, extent, warn),
        PrincipalKind::Role => role(serde_json::from_str(raw)?, extent, warn),
    }
}

fn user(user: User<'_>, extent: Extent, warn: Warn<'_>) -> Result<PrincipalFacts, Fault> {
    let mut facts = blank(PrincipalKind::User, &user.arn)?;
    facts.unique_id = user.id.map(String::from);
    facts.created = user.created.map(String::from);
    facts.inline = extent.list(user.inline).map(|list| inline(list, "UserPolicyList", warn));
    facts.attached = extent.list(user.attached).map(arns);
    facts.groups = extent.list(user.groups).map(|groups| groups.into_iter().map(String::from).collect());
    facts.boundary = boundary(user.boundary, extent);
    facts.tags = extent.list(user.tags).map(tags);
    Ok(facts)
}

fn group(group: Group<'_>, extent: Extent, warn: Warn<'_>) -> Result<PrincipalFacts, Fault> {
    let mut facts = blank(PrincipalKind::Group, &group.arn)?;
    facts.unique_id = group.id.map(String::from);
    facts.created = group.created.map(String::from);
    facts.inline = extent.list(group.inline).map(|list| inline(list, "GroupPolicyList", warn));
    facts.attached = extent.list(group.attached).map(arns);
    facts.boundary = Some(None);
    // Groups have no tags.
    facts.tags = Some(Vec::new());
    Ok(facts)
}

fn role(role: Role<'_>, extent: Extent, warn: Warn<'_>) -> Result<PrincipalFacts, Fault> {
    let mut facts = blank(PrincipalKind::Role, &role.arn)?;
    facts.unique_id = role.id.map(String::from);
    facts.created = role.created.map(String::from);
    facts.trust = match (role.trust, extent) {
        (None, Extent::Selected) => None,
        (raw, _) => Some(text(raw, "/AssumeRolePolicyDocument", warn)),
    };
    facts.inline = extent.list(role.inline).map(|list| inline(list, "RolePolicyList", warn));
    facts.attached = extent.list(role.attached).map(arns);
    facts.boundary = boundary(role.boundary, extent);
    facts.tags = extent.list(role.tags).map(tags);
    facts.last_used = role.used.map(|used| (used.at.map(String::from), used.region.map(String::from)));
    let of_role = |profile: Profile<'_>| {
        let account = AccountId::of_arn(&profile.arn)?;
        // The profile is listed under the role that it holds, so the list of its roles adds nothing.
        Some(ProfileFacts { arn: profile.arn.into(), account, role: Some(facts.arn.clone()) })
    };
    facts.profiles =
        extent.list(role.profiles).map(|profiles| profiles.into_iter().filter_map(of_role).collect());
    Ok(facts)
}

fn blank(kind: PrincipalKind, arn: &str) -> Result<PrincipalFacts, Fault> {
    let (path, name) = path_and_name(arn);
    Ok(PrincipalFacts {
        kind,
        account: account(arn)?,
        arn: arn.to_owned(),
        name,
        path,
        unique_id: None,
        created: None,
        tags: None,
        last_used: None,
        boundary: None,
        attached: None,
        inline: None,
        trust: None,
        groups: None,
        profiles: None,
        seen_at: None,
    })
}

/// A managed policy with the versions that the source carries.
pub(super) fn managed_policy(raw: &str, warn: Warn<'_>) -> Result<ManagedPolicyFacts, Fault> {
    let policy: Policy<'_> = serde_json::from_str(raw)?;
    if !policy.arn.contains(":policy/") {
        return Err(Fault::Arn(policy.arn.into()));
    }
    let versions =
        policy.versions.unwrap_or_default().into_iter().enumerate().map(|(at, version)| VersionFacts {
            document: text(version.document, &format!("/PolicyVersionList/{at}/Document"), warn),
            id: version.id.into(),
            is_default: version.is_default,
            created: version.created.map(String::from),
        });
    Ok(ManagedPolicyFacts {
        versions: versions.collect(),
        arn: policy.arn.into(),
        default_version: policy.default.map(String::from),
        created: policy.created.map(String::from),
        updated: policy.updated.map(String::from),
        seen_at: None,
    })
}

/// An instance profile on its own, as ListInstanceProfiles gives it.
pub(super) fn instance_profile(raw: &str) -> Result<ProfileFacts, Fault> {
    let profile: Profile<'_> = serde_json::from_str(raw)?;
    let role = profile.roles.unwrap_or_default().into_iter().next();
    Ok(ProfileFacts {
        account: account(&profile.arn)?,
        arn: profile.arn.into(),
        role: role.map(|role| role.arn.into()),
    })
}

fn text(raw: Option<&RawValue>, pointer: &str, warn: Warn<'_>) -> DocumentText {
    raw.map_or(document::Carried::Nothing, document::from_raw).expected(|why| warn(pointer, why))
}

fn inline(list: Vec<Inline<'_>>, field: &str, warn: Warn<'_>) -> Vec<InlineFacts> {
    let policy = |(at, policy): (usize, Inline<'_>)| InlineFacts {
        document: text(policy.document, &format!("/{field}/{at}/PolicyDocument"), warn),
        name: policy.name.into(),
    };
    list.into_iter().enumerate().map(policy).collect()
}

fn arns(list: Vec<Attached<'_>>) -> Vec<String> {
    list.into_iter().map(|attached| attached.arn.into()).collect()
}

fn tags(list: Vec<Tag<'_>>) -> Vec<(String, String)> {
    list.into_iter().map(|tag| (tag.key.into(), tag.value.into())).collect()
}

fn boundary(boundary: Option<Boundary<'_>>, extent: Extent) -> Option<Option<String>> {
    match (boundary, extent) {
        (Some(boundary), _) => Some(boundary.arn.map(String::from)),
        (None, Extent::Whole) => Some(None),
        (None, Extent::Selected) => None,
    }
}
