//! Answers of the Organizations API, lying side by side in one document or in several.
//!
//! The API tells the parent of a unit or account by separate calls; the document that we read carries it as a field
//! `ParentId` of the unit or account. See AWS: Organizations API Reference.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document;
use crate::model::{AccountId, OrgPolicyKind};
use crate::store::{AccountFacts, OrgPolicyFacts, UnitFacts};

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawOrganization<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    arn: Option<Text<'a>>,
    #[serde(borrow, alias = "ManagementAccountId")]
    master_account_id: Option<Text<'a>>,
}

/// The organization: its id, ARN and management account.
pub(super) fn organization(
    raw: &str,
) -> Result<(String, Option<String>, Option<AccountId>), serde_json::Error> {
    let it: RawOrganization<'_> = serde_json::from_str(raw)?;
    // The ARN of an organization carries its management account.
    let management = it.master_account_id.as_deref().and_then(AccountId::parse);
    let management = management.or_else(|| AccountId::of_arn(it.arn.as_deref()?));
    Ok((it.id.into(), it.arn.map(String::from), management))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawUnit<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    arn: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    parent_id: Option<Text<'a>>,
    #[serde(borrow)]
    policy_types: Option<Vec<RawPolicyType<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPolicyType<'a> {
    #[serde(borrow, rename = "Type")]
    kind: Text<'a>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

/// A root or a unit.
pub(super) fn unit(raw: &str, root: bool) -> Result<UnitFacts, serde_json::Error> {
    let it: RawUnit<'_> = serde_json::from_str(raw)?;
    let enabled = it.policy_types.filter(|_| root).map(|types| {
        let enabled = |kind: &&RawPolicyType<'_>| kind.status.as_deref() == Some("ENABLED");
        types.iter().filter(enabled).map(|kind| policy_kind(&kind.kind)).collect()
    });
    Ok(UnitFacts {
        name: it.name.as_deref().unwrap_or(&it.id).to_owned(),
        id: it.id.into(),
        arn: it.arn.map(String::from),
        root,
        parent: it.parent_id.map(String::from),
        enabled,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAccount<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, alias = "State")]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    parent_id: Option<Text<'a>>,
}

/// A member account. Its e-mail address is not kept: nothing about access depends on it. `None`: the id is none.
pub(super) fn account(raw: &str) -> Result<Option<AccountFacts>, serde_json::Error> {
    let it: RawAccount<'_> = serde_json::from_str(raw)?;
    Ok(AccountId::parse(&it.id).map(|id| AccountFacts {
        id,
        name: it.name.map(String::from),
        status: it.status.map(String::from),
        parent: it.parent_id.map(String::from),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawPolicy<'a> {
    #[serde(borrow)]
    policy_summary: Option<RawSummary<'a>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    targets: Option<Vec<RawTarget<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawSummary<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    arn: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, rename = "Type")]
    kind: Option<Text<'a>>,
    #[serde(default)]
    aws_managed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawTarget<'a> {
    #[serde(borrow)]
    target_id: Text<'a>,
}

/// A policy: DescribePolicy's answer, with the targets of ListTargetsForPolicy beside it, or ListPolicies' summary.
pub(super) fn policy(raw: &str, warn: super::iam::Warn<'_>) -> Result<OrgPolicyFacts, serde_json::Error> {
    let it: RawPolicy<'_> = serde_json::from_str(raw)?;
    let summary = match it.policy_summary {
        Some(summary) => summary,
        None => serde_json::from_str(raw)?,
    };
    let content = it.content.map(|raw| document::from_raw(raw).expected(|why| warn("/Content", why)));
    Ok(OrgPolicyFacts {
        kind: summary.kind.as_deref().map_or(OrgPolicyKind::Other, policy_kind),
        id: summary.id.into(),
        arn: summary.arn.map(String::from),
        name: summary.name.map(String::from),
        aws_managed: summary.aws_managed,
        document: content,
        targets: it
            .targets
            .map(|targets| targets.into_iter().map(|target| target.target_id.into()).collect()),
    })
}

fn policy_kind(text: &str) -> OrgPolicyKind {
    match text {
        "SERVICE_CONTROL_POLICY" => OrgPolicyKind::Scp,
        "RESOURCE_CONTROL_POLICY" => OrgPolicyKind::Rcp,
        _ => OrgPolicyKind::Other,
    }
}
